import type { ConsentCounts as Counts } from '@huike/shared/contracts/console-rights'
import { consentWayWords } from '@huike/shared/purposes'
import { withQuery } from '../api.js'
import { count } from '../format.js'
import { CONSENT_DAYS_MAX } from '../limits.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import type { ConsentFilter } from './consent-filters.js'
import { consentStrings as words } from './strings.js'

const DAY_MS = 86_400_000
const STATES = ['noticed', 'granted', 'withdrawn'] as const

/** How often each was said in the days of the filter, or in the latest when it has none or many. */
export function ConsentCounts({ filter }: { filter: ConsentFilter }) {
  const { from, to, purpose } = filter
  const isCountable = from !== undefined && to !== undefined && daysOf(from, to) <= CONSENT_DAYS_MAX
  const query = useQuery<Counts>(withQuery('/consents/counts', isCountable ? { from, to } : {}), {
    keepsLast: true,
  })
  const rows = query.value?.counts.filter((row) => purpose === undefined || row.purpose === purpose)
  return (
    <section aria-labelledby="consent-counts">
      <h2 id="consent-counts">{words.counts}</h2>
      <Trouble query={query} rows={3} />
      {query.value !== null && (
        <p className="note before-table">{words.countsOf(query.value.from, query.value.to)}</p>
      )}
      {rows?.length === 0 && <p className="note">{words.countsEmpty}</p>}
      {rows !== undefined && rows.length > 0 && (
        <div className="table-wrap tile">
          <table className="table stacks">
            <thead>
              <tr>
                <th scope="col">{words.purpose}</th>
                <th scope="col" className="text">
                  {words.way}
                </th>
                {STATES.map((state) => (
                  <th key={state} scope="col">
                    {words.said(state)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.purpose} ${row.how}`}>
                  <th scope="row">{row.purposeTitle}</th>
                  <td className="text" data-label={words.way}>
                    {consentWayWords(row.how)}
                  </td>
                  {STATES.map((state) => (
                    <td key={state} data-label={words.said(state)}>
                      {count(row[state])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function daysOf(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
}
