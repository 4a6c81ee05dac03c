import type { LevelsPage, SchemeVersion } from '@huike/shared/contracts/levels'
import { Alert, Button } from 'antd'
import { useId, useState } from 'react'
import { count, dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { SchemeWords } from './scheme-words.js'
import { levelsStrings as words } from './strings.js'
import './levels.css'

/** Past versions are shown so many at a time. */
const PAST_SHOWN = 10

/** The levels of members: what is in force with how many have each, what comes, what was. */
export default function LevelsPageView() {
  const { may } = useSession()
  const query = useQuery<LevelsPage>('/levels')
  const { versions = [], members = [] } = query.value ?? {}
  const now = versions.find(({ state }) => state === 'now')
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        may('points.manage') ? (
          <Button type="primary" href={hrefOf('/levels/new')}>
            {words.change}
          </Button>
        ) : undefined
      }
    >
      <Published versions={versions} />
      <Trouble query={query} />
      {now !== undefined && (
        <div className="sections">
          <section aria-labelledby="now">
            <h2 id="now">{words.now}</h2>
            <div className="tile">
              <SchemeWords terms={now.scheme} members={members} />
              <p className="note">{words.multiplier}</p>
              <p className="note">
                {words.version(count(now.scheme.version))} · {sinceWords(now)}
              </p>
            </div>
          </section>
          <Coming versions={versions.filter(({ state }) => state === 'coming')} />
          <Past versions={versions.filter(({ state }) => state === 'past')} />
        </div>
      )}
    </PageFrame>
  )
}

/** Says that the version was published which the address names. */
function Published({ versions }: { versions: readonly SchemeVersion[] }) {
  const named = Number(usePlace().query.get('published'))
  const published = versions.find(({ scheme }) => scheme.version === named)
  if (published === undefined) return null
  const { state, effectiveFromMs } = published
  return (
    <Alert
      type="success"
      role="status"
      showIcon
      title={words.published(count(named))}
      description={
        state === 'coming' && effectiveFromMs !== null
          ? words.publishedFrom(dateTime(effectiveFromMs))
          : words.publishedNow
      }
    />
  )
}

function Coming({ versions }: { versions: readonly SchemeVersion[] }) {
  if (versions.length === 0) return null
  return (
    <section aria-labelledby="coming">
      <h2 id="coming">{words.coming}</h2>
      <p className="note before-table">{words.comingNote}</p>
      <VersionList versions={versions} />
    </section>
  )
}

function Past({ versions }: { versions: readonly SchemeVersion[] }) {
  const [shown, setShown] = useState(PAST_SHOWN)
  return (
    <section aria-labelledby="past">
      <h2 id="past">{words.past}</h2>
      {versions.length === 0 && <p className="note">{words.noPast}</p>}
      <VersionList versions={versions.slice(0, shown)} />
      {versions.length > shown && (
        <div className="rest">
          <Button
            onClick={() => {
              setShown(shown + PAST_SHOWN)
            }}
          >
            {strings.more}
          </Button>
        </div>
      )}
    </section>
  )
}

function VersionList({ versions }: { versions: readonly SchemeVersion[] }) {
  return (
    <div className="levels-versions">
      {versions.map((version) => (
        <VersionTile key={version.scheme.version} version={version} />
      ))}
    </div>
  )
}

function VersionTile({ version }: { version: SchemeVersion }) {
  const id = useId()
  return (
    <article className="tile" aria-labelledby={id}>
      <h3 id={id}>{words.version(count(version.scheme.version))}</h3>
      <p className="note">{sinceWords(version)}</p>
      <SchemeWords terms={version.scheme} />
    </article>
  )
}

/** Since when a version holds, and who published it. */
function sinceWords({ effectiveFromMs, publishedAtMs, publishedBy }: SchemeVersion): string {
  if (effectiveFromMs === null || publishedAtMs === null) return words.first
  return [
    words.from(dateTime(effectiveFromMs)),
    words.by(publishedBy, dateTime(publishedAtMs)),
  ].join(' · ')
}
