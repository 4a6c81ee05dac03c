import { fen } from '@huike/shared/quantities'
import { count, money } from '../format.js'
import type { Outcome } from './basket.js'
import { basketStrings as words } from './form-strings.js'

/** What is taken off each line, and what is left to pay; or why nothing is. */
export function BasketResult({ outcome }: { outcome: Outcome }) {
  const { lines, shippingFen, quote } = outcome
  const { applied, refused } = quote
  const offFen = fen(quote.offFen + quote.shippingOffFen)
  const rows = [
    ...lines.map(({ name, amountFen }, at) => ({
      ...{ name: name === '' ? words.unnamed : name, amountFen },
      offFen: quote.lineOffFen[at] ?? fen(0),
    })),
    ...(shippingFen === 0
      ? []
      : [{ name: words.shippingRow, amountFen: shippingFen, offFen: quote.shippingOffFen }]),
  ]
  const why = refused[0]?.why ?? ''
  return (
    <>
      <p className="number">{words.due(money(quote.dueFen))}</p>
      {applied.length === 0 ? (
        <p className="warn">{words.notApplied(why)}</p>
      ) : (
        <p>{words.applied(count(applied.length), money(offFen))}</p>
      )}
      {applied.length > 0 && refused.length > 0 && (
        <p className="note">{words.rest(count(refused.length), why)}</p>
      )}
      <table className="table coupon-table">
        <thead>
          <tr>
            <th scope="col">{words.head.name}</th>
            <th scope="col">{words.head.amount}</th>
            <th scope="col">{words.head.off}</th>
            <th scope="col">{words.head.left}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={String(at)}>
              <th scope="row">{row.name}</th>
              <td>{money(row.amountFen)}</td>
              <td>{row.offFen === 0 ? '—' : money(fen(-row.offFen))}</td>
              <td>{money(fen(row.amountFen - row.offFen))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
