import type { LevelsPage, SchemeVersion } from '@huike/shared/contracts/levels'
import { Button } from 'antd'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { ComingAndPast, Published } from '../version-list.js'
import { sinceWords, versionName } from '../version-words.js'
import { SchemeWords } from './scheme-words.js'
import { levelsStrings as words } from './strings.js'
import './levels.css'

const numberOf = ({ scheme }: SchemeVersion) => scheme.version

/** The levels of members: what is in force with how many have each, what comes, what was. */
export default function LevelsPageView() {
  const { may } = useSession()
  const query = useQuery<LevelsPage>('/levels')
  const { versions = [], members = [] } = query.value ?? {}
  const now = versions.find(({ state }) => state === 'now')
  const isFirst = versions.every(({ state }) => state !== 'past')
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
      <Published {...{ versions, numberOf, words }} />
      <Trouble query={query} />
      {now !== undefined && (
        <div className="sections">
          <section aria-labelledby="now">
            <h2 id="now">{words.now}</h2>
            <div className="tile">
              <SchemeWords terms={now.scheme} members={members} />
              <p className="note">{words.multiplier}</p>
              <p className="note">
                {versionName(now.scheme.version)} · {sinceWords(now, words.first)}
              </p>
            </div>
          </section>
          <ComingAndPast
            {...{ versions, numberOf }}
            words={{ ...words, pastNote: isFirst ? words.noPast : '' }}
            sinceOf={(version) => sinceWords(version, words.first)}
          >
            {({ scheme }) => <SchemeWords terms={scheme} />}
          </ComingAndPast>
        </div>
      )}
    </PageFrame>
  )
}
