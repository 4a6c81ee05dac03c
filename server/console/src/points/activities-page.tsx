import { activityWords } from '@huike/shared/activities'
import type { ActivityVersion, ActivityVersions } from '@huike/shared/contracts/activities'
import { Alert } from 'antd'
import { useId, useState } from 'react'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { publishedWords, versionName } from '../version-words.js'
import { ActivityEditor } from './activity-editor.js'
import { activityStrings as words } from './strings.js'
import { expiryWords } from './terms-words.js'
import { sinceWords } from './versions.js'
import { Withdraw } from './withdraw.js'
import './points.css'

/** What is given without a purchase: what holds, what comes and what was, and the next version. */
export default function ActivitiesPage() {
  const { may } = useSession()
  const query = useQuery<ActivityVersions>('/points/activities')
  const [published, setPublished] = useState<number | null>(null)
  const versions = query.value?.versions ?? []
  const of = (...states: ActivityVersion['state'][]) =>
    versions.filter(({ state }) => states.includes(state))
  const latest = versions.find(({ state }) => state !== 'withdrawn')
  const past = of('past', 'withdrawn')
  const onPublished = (told: ActivityVersions) => {
    setPublished(told.versions[0]?.rule.version ?? null)
    query.replace(told)
  }
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/points'), words: words.back }}
    >
      {published !== null && (
        <Alert type="success" role="status" showIcon title={publishedWords(published)} />
      )}
      <Trouble query={query} />
      {latest !== undefined && (
        <div className="sections">
          <Versions title={words.now} versions={of('now')} />
          {of('coming').length > 0 && (
            <Versions
              title={words.coming}
              versions={of('coming')}
              onWithdrawn={may('points.manage') ? query.replace : undefined}
            />
          )}
          {may('points.manage') && (
            <ActivityEditor
              key={published ?? 0}
              latest={latest}
              onPublished={onPublished}
              onLookAgain={query.refresh}
            />
          )}
          <Versions title={words.past} versions={past} />
          {past.length === 0 && <p className="note">{words.noPast}</p>}
        </div>
      )}
    </PageFrame>
  )
}

interface VersionsProps {
  title: string
  versions: readonly ActivityVersion[]
  onWithdrawn?: ((versions: ActivityVersions) => void) | undefined
}

function Versions({ title, versions, onWithdrawn }: VersionsProps) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className="versions">
        {versions.map((version) => (
          <article key={version.rule.version} className="tile">
            <h3>{versionName(version.rule.version)}</h3>
            <p className="note">{sinceWords(version)}</p>
            <ul>
              {[...activityWords(version.rule), expiryWords(version.rule.expiry)].map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            {onWithdrawn !== undefined && (
              <Withdraw<ActivityVersions> path="/points/activities" {...{ version, onWithdrawn }} />
            )}
          </article>
        ))}
      </div>
    </section>
  )
}
