import type { ConsoleToday } from '@huike/shared/contracts/console'
import { count } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'

const words = strings.today

/** What needs somebody, each with the way there; or that nothing does. */
export function Attention({ today }: { today: ConsoleToday }) {
  const { may } = useSession()
  const { terminals, parkedCount, quality } = today
  const all = [
    {
      times: terminals.silent,
      say: words.silent,
      path: '/sources',
      needs: 'sources.view',
      isBad: true,
    },
    {
      times: terminals.behind,
      say: words.behind,
      path: '/sources',
      needs: 'sources.view',
      isBad: true,
    },
    { times: parkedCount, say: words.parked, path: '/parked', needs: 'sources.view', isBad: true },
    {
      times: quality?.anomalies ?? 0,
      say: words.anomalies,
      path: '/quality',
      needs: 'quality.view',
      isBad: true,
    },
    {
      times: quality?.failing ?? 0,
      say: words.qualityFailing,
      path: '/quality',
      needs: 'quality.view',
      isBad: true,
    },
    {
      times: terminals.unenrolled,
      say: words.unenrolled,
      path: '/stores',
      needs: 'terminals.manage',
      isBad: false,
    },
  ] as const
  const found = all.filter(({ times, needs }) => times > 0 && may(needs))
  return (
    <section aria-labelledby="today-attention">
      <div className="section-head">
        <h2 id="today-attention">{words.attention}</h2>
        <span className="note">{words.terminals(count(terminals.total))}</span>
      </div>
      {terminals.total === 0 && <p className="note">{words.noTerminals}</p>}
      {terminals.total > 0 && found.length === 0 && <p className="note">{words.allWell}</p>}
      <ul className="rows">
        {found.map(({ times, say, path, isBad }) => (
          <li key={say('')}>
            <a className="row" href={hrefOf(path)}>
              <span className={isBad ? 'dot dot-warn' : 'dot'} aria-hidden="true" />
              {say(count(times))}
              <span className="row-end link">{words.look} ›</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
