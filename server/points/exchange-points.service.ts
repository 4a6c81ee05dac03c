import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { points } from '@huike/shared/quantities'
import type { PointsBook } from './points-book.service.js'

// Points that go for what somebody takes in the points mall, and come back where it is not taken
// after all. Each exchange takes once and gives back at most once: its id is the key of both.

/** An exchange, and what is said of it in the member's chain. */
export interface ExchangePoints {
  exchangeId: string
  memberId: string
  points: number
  explanation: string
  actor: string
  nowMs: number
}

/**
 * Takes points for an exchange, of what may be spent: what expires first goes first. The lots of the
 * member have been read, and so many may be spent. Answers the transfer, and until when the last of
 * these points were good.
 */
export function takeForExchange(
  book: PointsBook,
  of: ExchangePoints,
): { transferId: string; expiresAtMs: number } {
  const transferId = book.post({
    ...postingOf(of),
    ...{ direction: 'out', reason: 'exchanged', answersTransferId: null },
  })
  if (transferId === null) throw new Error('an exchange takes points')
  const taken = book.lotsOf(of.memberId).takenBy(transferId)
  // What was there before lots were kept is not remembered, and never expires.
  const isRemembered = taken.reduce((sum, lot) => sum + lot.leftPoints, 0) === of.points
  const expiresAtMs = isRemembered
    ? Math.max(...taken.map((lot) => lot.expiresAtMs))
    : NEVER_EXPIRES_MS
  return { transferId, expiresAtMs }
}

/**
 * Gives the points of an exchange back, to the lots they were taken from; to whoever has the record by
 * now, whose own lots they are not, as points that expire when they would have. A lot that has
 * expired meanwhile expires again, as with a refund. Answers the transfer.
 */
export function giveBackExchange(
  book: PointsBook,
  of: ExchangePoints & { takenTransferId: string; expiresAtMs: number },
): string {
  const transferId = book.post({
    ...postingOf(of),
    ...{ direction: 'in', reason: 'exchange_returned', answersTransferId: of.takenTransferId },
    lot: { availableAtMs: of.nowMs, expiresAtMs: of.expiresAtMs },
  })
  if (transferId === null) throw new Error('an exchange gives points back')
  return transferId
}

function postingOf({ exchangeId, memberId, points: count, ...of }: ExchangePoints) {
  const { explanation, actor, nowMs } = of
  return {
    ...{ memberId, points: points(count), sourceKey: exchangeId, rule: null },
    ...{ explanation, actor, occurredAtMs: nowMs, recordedAtMs: nowMs },
  }
}
