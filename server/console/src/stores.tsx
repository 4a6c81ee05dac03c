import type { ConsoleStores, ConsoleTerminal } from '@huike/shared/contracts/console'
import { Card, Empty, Tag } from 'antd'
import { ago, count } from './format.js'
import { strings } from './strings.js'

/** A till not heard of for this long is shown as offline: it speaks every few seconds. */
const SILENT_MS_MAX = 120_000

type Store = ConsoleStores['stores'][number]

/** Every store with its tills and how they are. */
export function Stores({ stores, nowMs }: { stores: readonly Store[]; nowMs: number }) {
  return (
    <section aria-labelledby="stores">
      <h2 id="stores">{strings.home.stores}</h2>
      {stores.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={strings.home.storesEmpty} />
      )}
      <div className="stores">
        {stores.map((store) => (
          <Card key={store.id} size="small" title={store.name} extra={store.code}>
            {store.terminals.length === 0 ? (
              <p className="note">{strings.home.terminalsEmpty}</p>
            ) : (
              <ul className="terminals">
                {store.terminals.map((terminal) => (
                  <Terminal key={terminal.id} terminal={terminal} nowMs={nowMs} />
                ))}
              </ul>
            )}
          </Card>
        ))}
      </div>
    </section>
  )
}

function Terminal({ terminal, nowMs }: { terminal: ConsoleTerminal; nowMs: number }) {
  const { lastSeenAtMs, outboxDepth, agentVersion } = terminal
  const { colour, words } = health(terminal, nowMs)
  return (
    <li className="terminal">
      <strong>{terminal.code}</strong>
      <Tag color={colour}>{words}</Tag>
      {outboxDepth > 0 && <Tag color="warning">{strings.terminal.outbox(count(outboxDepth))}</Tag>}
      <span className="note">
        {lastSeenAtMs === null
          ? strings.terminal.neverSeen
          : strings.terminal.lastSeen(ago(lastSeenAtMs, nowMs))}
        {agentVersion !== null && ` · ${strings.terminal.version(agentVersion)}`}
      </span>
    </li>
  )
}

function health(terminal: ConsoleTerminal, nowMs: number): { colour: string; words: string } {
  switch (terminal.state) {
    case 'unenrolled':
      return { colour: 'default', words: strings.terminal.unenrolled }
    case 'revoked':
      return { colour: 'error', words: strings.terminal.revoked }
    case 'active':
      return terminal.lastSeenAtMs !== null && nowMs - terminal.lastSeenAtMs <= SILENT_MS_MAX
        ? { colour: 'success', words: strings.terminal.online }
        : { colour: 'error', words: strings.terminal.offline }
  }
}
