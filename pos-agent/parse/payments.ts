import type { Fen } from '@huike/shared/quantities'
import type { CapturedDocument } from './document.js'
import type { MoneyEntry, Summary } from './summary.js'

// How it was paid: the printed payments, or the one method named without an amount.

/** The payments of a document whose payable amount is `payableFen`; `sign` is -1 on a refund. */
export function readPayments(
  summary: Summary,
  payableFen: number,
  sign: 1 | -1,
): CapturedDocument['payments'] {
  const printed = summary.entries.filter(({ role, fen }) => role === 'payment' && fen !== 0)
  const payments = onceEach(printed, payableFen + (readChange(summary) ?? 0))
  if (payments.length > 0)
    return payments.map(({ method, fen }) => ({
      method: method ?? 'other',
      amountFen: signed(fen, sign),
    }))
  const methods = [...new Set(summary.namedMethods)]
  const [method] = methods
  if (method === undefined || methods.length > 1) return []
  const change = readChange(summary) ?? 0
  return [{ method, amountFen: signed(payableFen + change, sign) }]
}

/** The change given back as printed; null when the document does not mention it. */
export function readChange(summary: Summary): Fen | null {
  const change = summary.entries.find(({ role }) => role === 'change')
  return change ? (Math.abs(change.fen) as Fen) : null
}

/** A payment printed twice (in a list and again below it) is one, if only so the sums agree. */
function onceEach(entries: readonly MoneyEntry[], expectedFen: number): readonly MoneyEntry[] {
  const total = entries.reduce((sum, { fen }) => sum + Math.abs(fen), 0)
  if (total === expectedFen) return entries
  const distinct = [
    ...new Map(entries.map((e) => [`${e.method ?? ''}|${String(e.fen)}`, e])).values(),
  ]
  const once = distinct.reduce((sum, { fen }) => sum + Math.abs(fen), 0)
  return once === expectedFen ? distinct : entries
}

function signed(fen: number, sign: 1 | -1): Fen {
  return (fen === 0 ? 0 : sign * Math.abs(fen)) as Fen
}
