import type { EarningVersions } from '@huike/shared/contracts/console-points'
import { Alert, Button } from 'antd'
import { useId, useState } from 'react'
import { count, dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { Example } from './example.js'
import { checkStrings, owedStrings } from './report-strings.js'
import { useRuleNames, type RuleNames } from './rule-names.js'
import { RuleWords } from './rule-words.js'
import { SpendingSettingsForm } from './spending-settings.js'
import { pointsStrings as words } from './strings.js'
import { sinceWords, type Version } from './versions.js'
import { Withdraw } from './withdraw.js'
import './points.css'

/** Past versions are shown so many at a time. */
const PAST_SHOWN = 10

/** How points are earned: what holds now, what is to come, what was. */
export default function RulesPage() {
  const { may } = useSession()
  const names = useRuleNames()
  const query = useQuery<EarningVersions>('/points/rules')
  const versions = query.value?.versions ?? []
  const now = versions.find(({ state }) => state === 'now')
  const actions = (
    <>
      <Button href={hrefOf('/points/activities')}>{words.activities}</Button>
      <Button href={hrefOf('/points/owed')}>{owedStrings.title}</Button>
      <Button href={hrefOf('/points/checks')}>{checkStrings.title}</Button>
      {may('points.manage') && (
        <Button type="primary" href={hrefOf('/points/new')}>
          {words.change}
        </Button>
      )}
    </>
  )
  return (
    <PageFrame title={words.title} note={words.note} actions={actions}>
      <Published versions={versions} />
      <Trouble query={query} />
      {now !== undefined && (
        <div className="rule-beside">
          <section aria-labelledby="now">
            <h2 id="now">{words.now}</h2>
            <div className="tile rule-now">
              <RuleWords terms={now.rule} names={names} />
              <p className="note">
                {words.version(count(now.rule.version))} · {sinceWords(now)}
              </p>
            </div>
          </section>
          <div className="rule-aside">
            <Example now={now.rule} names={names} />
          </div>
          <div className="sections">
            <Coming
              versions={versions.filter(({ state }) => state === 'coming')}
              names={names}
              onWithdrawn={may('points.manage') ? query.replace : undefined}
            />
            <Past
              versions={versions.filter(({ state }) => state === 'past' || state === 'withdrawn')}
              names={names}
            />
          </div>
        </div>
      )}
      <SpendingSettingsForm />
    </PageFrame>
  )
}

/** Says that the version was published which the address names. */
function Published({ versions }: { versions: readonly Version[] }) {
  const named = Number(usePlace().query.get('published'))
  const published = versions.find(({ rule }) => rule.version === named)
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

interface ListProps {
  versions: readonly Version[]
  names: RuleNames
  /** Given to who may withdraw them. */
  onWithdrawn?: ((versions: EarningVersions) => void) | undefined
}

function Coming(props: ListProps) {
  if (props.versions.length === 0) return null
  return (
    <section aria-labelledby="coming">
      <h2 id="coming">{words.coming}</h2>
      <p className="note before-table">{words.comingNote}</p>
      <VersionList {...props} />
    </section>
  )
}

function Past({ versions, names }: ListProps) {
  const [shown, setShown] = useState(PAST_SHOWN)
  return (
    <section aria-labelledby="past">
      <h2 id="past">{words.past}</h2>
      <p className="note before-table">
        {versions.length === 0 ? words.noPast : words.pastNote(count(versions.length))}
      </p>
      <VersionList versions={versions.slice(0, shown)} names={names} />
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

function VersionList({ versions, names, onWithdrawn }: ListProps) {
  return (
    <div className="rule-versions">
      {versions.map((version) => (
        <VersionTile key={version.rule.version} {...{ version, names, onWithdrawn }} />
      ))}
    </div>
  )
}

interface TileProps extends Pick<ListProps, 'names' | 'onWithdrawn'> {
  version: Version
}

function VersionTile({ version, names, onWithdrawn }: TileProps) {
  const id = useId()
  return (
    <article className="tile" aria-labelledby={id}>
      <h3 id={id}>{words.version(count(version.rule.version))}</h3>
      <p className="note">{sinceWords(version)}</p>
      <RuleWords terms={version.rule} names={names} />
      {onWithdrawn !== undefined && (
        <Withdraw<EarningVersions> path="/points/rules" {...{ version, onWithdrawn }} />
      )}
    </article>
  )
}
