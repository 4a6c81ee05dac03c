import type { ConsoleToday } from '@huike/shared/contracts/console'
import { count, money, share } from './format.js'
import { strings } from './strings.js'

/** Today's four numbers, each with the one that explains it. */
export function Today({ today }: { today: ConsoleToday }) {
  const { home } = strings
  const tiles = [
    {
      label: home.sales,
      number: money(today.salesFen),
      note: home.salesCount(count(today.salesCount)),
    },
    {
      label: home.memberSales,
      number: money(today.memberSalesFen),
      note: home.memberShare(
        share(today.memberSalesFen, today.salesFen),
        count(today.memberSalesCount),
      ),
    },
    { label: home.newMembers, number: count(today.newMembers), note: home.newMembersUnit },
    { label: home.pointsGiven, number: count(today.pointsGiven), note: home.pointsUnit },
  ]
  return (
    <section aria-labelledby="today">
      <h2 id="today">
        {home.today} <small>{home.businessDay(today.businessDate)}</small>
      </h2>
      <dl className="tiles">
        {tiles.map(({ label, number, note }) => (
          <div key={label} className="tile">
            <dt>{label}</dt>
            <dd className="number">{number}</dd>
            <dd className="note">{note}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
