import type { Retention, RetentionRuns } from '@huike/shared/contracts/rights'
import { RETENTION_TERMS } from '@huike/shared/retention'
import { Button } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { count, dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery, usePages } from '../use-query.js'
import { RetentionDialog } from './retention-dialog.js'
import { RightsTabs } from './rights-tabs.js'
import { retentionStrings as words } from './strings.js'
import './rights.css'

const PATH = '/retention'
const PAGE_ROWS = 20
const runsOf = (page: RetentionRuns) => page.runs

export type RetentionRule = Retention['rules'][number]

/** How long everything is kept, the next purge of each, and what was purged. */
export default function RetentionPage() {
  const query = useQuery<Retention>(PATH)
  const [changing, setChanging] = useState<RetentionRule | null>(null)
  return (
    <PageFrame title={words.title} note={words.note}>
      <RightsTabs />
      <Trouble query={query} />
      {query.value !== null && (
        <section aria-label={words.rules} className="cards">
          {query.value.rules.map((rule) => (
            <RuleCard
              key={rule.name}
              rule={rule}
              onChange={() => {
                setChanging(rule)
              }}
            />
          ))}
        </section>
      )}
      <Runs />
      {changing !== null && (
        <RetentionDialog
          rule={changing}
          onDone={(retention) => {
            setChanging(null)
            query.replace(retention)
          }}
          onCancel={() => {
            setChanging(null)
          }}
        />
      )}
    </PageFrame>
  )
}

function RuleCard({ rule, onChange }: { rule: RetentionRule; onChange: () => void }) {
  const { may } = useSession()
  const { title, text, keptDays, defaultDays } = rule
  return (
    <section className="tile rights-rule" aria-label={title}>
      <div className="rights-head">
        <h3>{title}</h3>
        {may('settings.manage') && (
          <Button aria-label={words.changeOf(title)} onClick={onChange}>
            {words.change}
          </Button>
        )}
      </div>
      <p>
        <strong>{words.kept(count(keptDays))}</strong>
        {keptDays !== defaultDays && (
          <span className="note"> · {words.default(count(defaultDays))}</span>
        )}
      </p>
      <p className="note">{text}</p>
      <p className="note">{purgeWords(rule)}</p>
    </section>
  )
}

/** The last purge and the next, in words. */
function purgeWords({ lastRun, nextAtMs }: RetentionRule): string {
  const isDue = nextAtMs === null || nextAtMs <= Date.now()
  const next = isDue ? words.nextSoon : words.next(dateTime(nextAtMs))
  if (lastRun === null) return `${words.notYet} · ${next}`
  const { startedAtMs, finishedAtMs, deletedRows } = lastRun
  const [started, rows] = [dateTime(startedAtMs), count(deletedRows)]
  if (finishedAtMs === null) return words.running(started, rows)
  return `${words.last(started, rows)} · ${next}`
}

function Runs() {
  const list = usePages(withQuery('/retention/runs', { limit: PAGE_ROWS }), runsOf)
  return (
    <section aria-labelledby="retention-runs">
      <h2 id="retention-runs">{words.runs}</h2>
      <ul className="rows">
        {list.items?.map((run) => (
          <li key={run.id} className="row">
            <span>
              <strong>{RETENTION_TERMS[run.name].title}</strong>{' '}
              {words.run(count(run.keptDays), count(run.deletedRows))}
            </span>
            <span className="note row-end">
              {dateTime(run.startedAtMs)}
              {run.finishedAtMs === null && ` · ${words.unfinished}`}
            </span>
          </li>
        ))}
      </ul>
      <PagesEnd list={list} empty={words.runsEmpty} skeletonRows={4} />
    </section>
  )
}
