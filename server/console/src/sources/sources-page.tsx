import type { ConsoleSource, ConsoleSources, SourceState } from '@huike/shared/contracts/console'
import { Button, Empty, Tag } from 'antd'
import { useState } from 'react'
import { ago, count, duration } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { strings } from '../strings.js'
import { Tiles } from '../tiles.js'
import { Trouble } from '../trouble.js'
import { REFRESH_EVERY_MS, useQuery } from '../use-query.js'
import { sourcesStrings as words } from './strings.js'

/** A chain may have a thousand: the rest is shown when asked for. */
const SHOWN_AT_FIRST = 48

/** What needs somebody comes first. */
const STATES: readonly SourceState[] = ['silent', 'behind', 'unenrolled', 'stopped', 'ok']
const COLOURS: Readonly<Record<SourceState, string>> = {
  ok: 'success',
  behind: 'warning',
  silent: 'error',
  stopped: 'default',
  unenrolled: 'default',
}

/** Where the data comes from, how far each source has come, and what the server still does. */
export default function SourcesPage() {
  const query = useQuery<ConsoleSources>('/sources', { everyMs: REFRESH_EVERY_MS })
  const { value } = query
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={<Button href={hrefOf('/sources/offline')}>{words.offline}</Button>}
    >
      <Trouble query={query} />
      {value !== null && (
        <>
          <Summary answer={value} />
          <List answer={value} />
          <Deliveries deliveries={value.deliveries} />
        </>
      )}
    </PageFrame>
  )
}

function Summary({ answer }: { answer: ConsoleSources }) {
  const of = (state: SourceState) => answer.sources.filter((one) => one.state === state).length
  const waiting = answer.parked.reduce((sum, one) => sum + one.count, 0)
  const dead = answer.deliveries.reduce((sum, one) => sum + one.dead, 0)
  const tiles: { label: string; number: number; note: string; href?: string }[] = [
    { label: words.state('ok'), number: of('ok'), note: words.ofAll(answer.sources.length) },
    { label: words.state('behind'), number: of('behind'), note: words.behindNote },
    { label: words.state('silent'), number: of('silent'), note: words.silentNote },
    { label: words.parked, number: waiting, note: words.parkedNote, href: hrefOf('/parked') },
    { label: words.dead, number: dead, note: words.deadNote },
  ]
  return (
    <Tiles
      className="tiles-small"
      label={words.summary}
      tiles={tiles.map((tile) => ({ ...tile, number: count(tile.number) }))}
    />
  )
}

function List({ answer }: { answer: ConsoleSources }) {
  const [isWhole, setIsWhole] = useState(false)
  const { sources, thresholds, serverTimeMs } = answer
  const sorted = [...sources].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))
  const shown = isWhole ? sorted : sorted.slice(0, SHOWN_AT_FIRST)
  return (
    <section aria-labelledby="source-list">
      <h2 id="source-list">{words.list}</h2>
      {sources.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />
      )}
      <ul className="cards">
        {shown.map((source) => (
          <Source
            key={source.id}
            source={source}
            nowMs={serverTimeMs}
            skewMsMax={thresholds.clockSkewMs}
          />
        ))}
      </ul>
      {shown.length < sorted.length && (
        <Button
          className="more"
          block
          onClick={() => {
            setIsWhole(true)
          }}
        >
          {words.showAll(count(sorted.length))}
        </Button>
      )}
      {sources.length > 0 && (
        <p className="note legend">
          {words.legend({
            silent: duration(thresholds.silentMs),
            lag: duration(thresholds.behindLagMs),
            outbox: count(thresholds.behindOutbox),
          })}
        </p>
      )}
    </section>
  )
}

interface SourceProps {
  source: ConsoleSource
  nowMs: number
  skewMsMax: number
}

function Source({ source, nowMs, skewMsMax }: SourceProps) {
  const { state, lastSyncAtMs, lastSeenAtMs, lagMs, outboxDepth, clockSkewMs } = source
  const facts = [
    { label: words.mode, value: words.modeWords(source.mode) },
    {
      label: words.lastSync,
      value: lastSyncAtMs === null ? words.never : ago(lastSyncAtMs, nowMs),
    },
    {
      label: words.lastSeen,
      value: lastSeenAtMs === null ? words.never : ago(lastSeenAtMs, nowMs),
    },
    { label: words.lag, value: lagMs === null ? strings.nothing : duration(lagMs) },
    { label: words.outbox, value: words.pieces(count(outboxDepth)) },
  ]
  const isClockOff = clockSkewMs !== null && Math.abs(clockSkewMs) > skewMsMax
  return (
    <li className="tile source">
      <div className="source-head">
        <strong>
          {source.storeName} {source.terminalCode}
        </strong>
        <Tag color={COLOURS[state]}>{words.state(state)}</Tag>
        {isClockOff && (
          <Tag color="warning">{words.clock(clockSkewMs > 0, duration(Math.abs(clockSkewMs)))}</Tag>
        )}
        <span className="note">{words.kind(source.kind)}</span>
      </div>
      <dl className="facts">
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  )
}

function Deliveries({ deliveries }: Pick<ConsoleSources, 'deliveries'>) {
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">{words.deliveries}</h2>
      {deliveries.length === 0 ? (
        <p className="note">{words.deliveriesDone}</p>
      ) : (
        <ul className="rows">
          {deliveries.map(({ consumer, pending, retrying, dead, lastError }) => (
            <li key={consumer} className="row">
              <strong>{words.consumer(consumer)}</strong>
              <span>{words.pending(count(pending))}</span>
              {retrying > 0 && <Tag color="warning">{words.retrying(count(retrying))}</Tag>}
              {dead > 0 && <Tag color="error">{words.given(count(dead))}</Tag>}
              {lastError !== null && <span className="note row-note">{lastError}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
