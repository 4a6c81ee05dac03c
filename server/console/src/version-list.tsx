import { Alert, Button } from 'antd'
import { useId, useState, type ReactNode } from 'react'
import { dateTime } from './format.js'
import { usePlace } from './router.js'
import { strings } from './strings.js'
import { publishedWords, versionName, type Stated } from './version-words.js'

/** Past versions are shown so many at a time. */
const PAST_SHOWN = 10

interface PublishedProps<Version extends Stated> {
  versions: readonly Version[]
  numberOf: (version: Version) => number
  words: { publishedNow: string; publishedFrom: (at: string) => string }
}

/** Says that the version was published which the address names. */
export function Published<Version extends Stated>(props: PublishedProps<Version>) {
  const { versions, numberOf, words } = props
  const named = Number(usePlace().query.get('published'))
  const published = versions.find((version) => numberOf(version) === named)
  if (published === undefined) return null
  const { state, effectiveFromMs } = published
  return (
    <Alert
      type="success"
      role="status"
      showIcon
      title={publishedWords(named)}
      description={
        state === 'coming' && effectiveFromMs !== null
          ? words.publishedFrom(dateTime(effectiveFromMs))
          : words.publishedNow
      }
    />
  )
}

interface ListProps<Version extends Stated> {
  versions: readonly Version[]
  numberOf: (version: Version) => number
  /** Since when it holds, and by whom. */
  sinceOf: (version: Version) => string
  /** What it says. */
  children: (version: Version) => ReactNode
  words: { coming: string; comingNote: string; past: string; pastNote: string }
}

/** What is to come, and what was: a tile for each version. */
export function ComingAndPast<Version extends Stated>(props: ListProps<Version>) {
  const { versions, words } = props
  const [shown, setShown] = useState(PAST_SHOWN)
  const coming = versions.filter(({ state }) => state === 'coming')
  const past = versions.filter(({ state }) => state === 'past' || state === 'withdrawn')
  return (
    <>
      {coming.length > 0 && (
        <section aria-labelledby="coming">
          <h2 id="coming">{words.coming}</h2>
          <p className="note before-table">{words.comingNote}</p>
          <Tiles {...props} versions={coming} />
        </section>
      )}
      <section aria-labelledby="past">
        <h2 id="past">{words.past}</h2>
        {words.pastNote !== '' && <p className="note before-table">{words.pastNote}</p>}
        <Tiles {...props} versions={past.slice(0, shown)} />
        {past.length > shown && (
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
    </>
  )
}

function Tiles<Version extends Stated>(props: ListProps<Version>) {
  return (
    <div className="versions">
      {props.versions.map((version) => (
        <Tile key={props.numberOf(version)} {...props} version={version} />
      ))}
    </div>
  )
}

function Tile<Version extends Stated>(props: ListProps<Version> & { version: Version }) {
  const { version, numberOf, sinceOf, children } = props
  const id = useId()
  return (
    <article className="tile" aria-labelledby={id}>
      <h3 id={id}>{versionName(numberOf(version))}</h3>
      <p className="note">{sinceOf(version)}</p>
      {children(version)}
    </article>
  )
}
