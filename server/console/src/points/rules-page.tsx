import type { EarningVersions } from '@huike/shared/contracts/console-points'
import { Button } from 'antd'
import { count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { ComingAndPast, Published } from '../version-list.js'
import { versionName } from '../version-words.js'
import { Example } from './example.js'
import { checkStrings, owedStrings } from './report-strings.js'
import { useRuleNames } from './rule-names.js'
import { RuleWords } from './rule-words.js'
import { SpendingSettingsForm } from './spending-settings.js'
import { pointsStrings as words } from './strings.js'
import { sinceWords, type Version } from './versions.js'
import { Withdraw } from './withdraw.js'
import './points.css'

const numberOf = ({ rule }: Version) => rule.version

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
      <Published {...{ versions, numberOf, words }} />
      <Trouble query={query} />
      {now !== undefined && (
        <div className="rule-beside">
          <section aria-labelledby="now">
            <h2 id="now">{words.now}</h2>
            <div className="tile rule-now">
              <RuleWords terms={now.rule} names={names} />
              <p className="note">
                {versionName(now.rule.version)} · {sinceWords(now)}
              </p>
            </div>
          </section>
          <div className="rule-aside">
            <Example now={now.rule} names={names} />
          </div>
          <div className="sections">
            <ComingAndPast
              {...{ versions, numberOf }}
              words={{ ...words, pastNote: pastNote(versions) }}
              sinceOf={sinceWords}
            >
              {(version) => (
                <>
                  <RuleWords terms={version.rule} names={names} />
                  {version.state === 'coming' && may('points.manage') && (
                    <Withdraw<EarningVersions>
                      path="/points/rules"
                      version={version}
                      onWithdrawn={query.replace}
                    />
                  )}
                </>
              )}
            </ComingAndPast>
          </div>
        </div>
      )}
      <SpendingSettingsForm />
    </PageFrame>
  )
}

function pastNote(versions: readonly Version[]): string {
  const past = versions.filter(({ state }) => state === 'past' || state === 'withdrawn').length
  return past === 0 ? words.noPast : words.pastNote(count(past))
}
