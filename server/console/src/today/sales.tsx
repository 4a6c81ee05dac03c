import type { ConsoleToday } from '@huike/shared/contracts/console'
import { fen } from '@huike/shared/quantities'
import { count, money } from '../format.js'
import { strings } from '../strings.js'

const words = strings.today

/** What was sold today, how much of it to members, and what the programme gave for it. */
export function Sales({ today }: { today: ConsoleToday }) {
  const { salesFen, salesCount, memberSalesFen, memberSalesCount } = today
  const memberPercent = salesFen === 0 ? 0 : Math.round((memberSalesFen / salesFen) * 100)
  const parts = [
    {
      key: 'member',
      label: words.member,
      amount: memberSalesFen,
      times: memberSalesCount,
      percent: memberPercent,
    },
    {
      key: 'no-member',
      label: words.noMember,
      amount: fen(salesFen - memberSalesFen),
      times: salesCount - memberSalesCount,
      percent: salesFen === 0 ? 0 : 100 - memberPercent,
    },
  ]
  const [member = '', noMember = ''] = parts.map(({ percent }) => `${String(percent)}%`)
  return (
    <>
      <section className="tile hero" aria-labelledby="today-sales">
        <h2 id="today-sales" className="tile-label">
          {words.sales}
        </h2>
        <p className="hero-number">{money(salesFen)}</p>
        <p className="note">
          {salesCount === 0 ? words.empty : words.salesCount(count(salesCount))}
        </p>
        {salesCount > 0 && (
          <>
            <div className="split" role="img" aria-label={words.shareLabel(member, noMember)}>
              <span style={{ width: member }} />
            </div>
            <dl className="split-parts">
              {parts.map(({ key, label, amount, times, percent }) => (
                <div key={key} className={key}>
                  <dt>{label}</dt>
                  <dd className="number">{money(amount)}</dd>
                  <dd className="note">{words.part(`${String(percent)}%`, count(times))}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </section>
      <dl className="tiles">
        <Tile
          label={words.newMembers}
          number={count(today.newMembers)}
          note={words.newMembersNote}
        />
        <Tile label={words.pointsGiven} number={count(today.pointsGiven)} note={words.pointsNote} />
      </dl>
    </>
  )
}

function Tile({ label, number, note }: Record<'label' | 'number' | 'note', string>) {
  return (
    <div className="tile">
      <dt>{label}</dt>
      <dd className="number">{number}</dd>
      <dd className="note">{note}</dd>
    </div>
  )
}
