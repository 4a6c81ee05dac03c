// A small points book with every kind of row in it.
import { expect } from '@jest/globals'
import { assignment, checkout, refundOf, registration, undo } from './events.js'
import type { TestTill } from './server.js'

export const BOOK_PHONES = ['13600000001', '13600000002', '13600000003', '13600000004']

/**
 * Sales, refunds before and after the sale had a member, too many refunds, a quiet member, and a
 * sale that was given to the wrong one first.
 */
export async function fillBook(till: TestTill): Promise<void> {
  for (const phone of BOOK_PHONES) await till.sendOne(registration(till, phone))
  const who = (n: number) => ({ by: 'phone' as const, phone: BOOK_PHONES[n] ?? '' })
  const refunded = checkout(till, { who: who(0) })
  const assigned = checkout(till)
  const mistaken = checkout(till)
  const mistake = assignment(till, mistaken.eventId, who(0))
  const overRefunded = checkout(till, { who: who(1), receipt: { totalFen: 50_000 } })
  const results = await till.send([
    refunded,
    refundOf(till, refunded.receipt.receiptNo, 1_066),
    refundOf(till, refunded.receipt.receiptNo, 500),
    checkout(till, { who: who(0), receipt: { totalFen: 9_900 } }),
    assigned,
    refundOf(till, assigned.receipt.receiptNo, 1_066),
    assignment(till, assigned.eventId, who(2)),
    refundOf(till, assigned.receipt.receiptNo, 300),
    overRefunded,
    refundOf(till, overRefunded.receipt.receiptNo, 49_000),
    refundOf(till, overRefunded.receipt.receiptNo, 2_000),
    refundOf(till, overRefunded.receipt.receiptNo, 5),
    checkout(till, { who: who(1), receipt: { totalFen: 700 } }),
    checkout(till),
    refundOf(till, null, 400),
    mistaken,
    refundOf(till, mistaken.receipt.receiptNo, 1_066),
    mistake,
    refundOf(till, mistaken.receipt.receiptNo, 300),
    undo(till, mistake.eventId),
    assignment(till, mistaken.eventId, who(1)),
    refundOf(till, mistaken.receipt.receiptNo, 400),
  ])
  expect(results.results.map((result) => result.status)).not.toContain('rejected')
}
