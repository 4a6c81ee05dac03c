import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { fen, formatFen, points } from '@huike/shared/quantities'
import { valuesOf, type Tx } from '../platform/database.js'
import type { PointsHold } from './points-hold.entity.js'
import type { PointsBook } from './points-book.service.js'

// Points set aside for an order, in one transaction. Setting aside takes them out of the member's
// lots, so that nobody else spends them and they do not expire meanwhile; giving them back returns
// them to the same lots. Paying an order moves them on to what was redeemed. Whoever changes a hold
// holds the account of its member.
//
//   reserved → spent      the order came
//   reserved → released   the deadline passed, the shopper changed their mind, two records were merged
//   released → unpaid     the order came all the same: the points are taken as soon as they are there
//   unpaid → spent
//   spent → released      the receipt was given to the wrong member

/** A hold is given back by itself after this long. */
export const HOLD_MS = 30 * 60_000
/** How long the next attempt waits where the points are not there. */
export const UNPAID_AGAIN_MS = 86_400_000

const COLUMNS = [
  'id',
  'memberId',
  'storeId',
  'terminalId',
  'points',
  'valueFen',
  'orderFen',
  'state',
  'round',
  'heldTransferId',
  'expiresAtMs',
  'createdAtMs',
  'deadlineAtMs',
  'endedAtMs',
  'purchaseId',
  'allowanceId',
] as const satisfies (keyof PointsHold)[]
const CHANGING_COLUMNS = [
  'memberId',
  'state',
  'round',
  'heldTransferId',
  'expiresAtMs',
  'deadlineAtMs',
  'endedAtMs',
  'purchaseId',
] as const satisfies (keyof PointsHold)[]

/** Who does something with a hold, and when. */
export interface HoldActor {
  actor: string
  nowMs: number
}

/** A refund, or what refunds before the sale had a member give back, and by which key. */
export interface SpendReturned extends HoldActor {
  ownerId: string
  sourceKey: string
  count: number
  occurredAtMs: number
  explanation: string
}

export class OpenHolds {
  readonly #rows = new Map<string, PointsHold>()
  readonly #changed = new Set<PointsHold>()
  readonly #fresh = new Set<PointsHold>()

  constructor(rows: readonly PointsHold[] = []) {
    for (const row of rows) this.#rows.set(row.id, row)
  }

  byId(id: string): PointsHold | undefined {
    return this.#rows.get(id)
  }

  /** What paid a sale, or is owed by it. */
  ofSale(purchaseId: string): PointsHold | undefined {
    return [...this.#rows.values()].find(
      (row) => row.purchaseId === purchaseId && (row.state === 'spent' || row.state === 'unpaid'),
    )
  }

  /** Whose points they are. */
  memberIds(): string[] {
    return [...this.#rows.values()].map(({ memberId }) => memberId)
  }

  /** The transfers that gave members less: what giving back answers. */
  heldTransferIds(): string[] {
    return [...this.#rows.values()].map(({ heldTransferId }) => heldTransferId)
  }

  /** Sets points aside. The lots of the member have been read, and so many may be spent. */
  setAside(
    book: PointsBook,
    fresh: Omit<
      PointsHold,
      'state' | 'round' | 'heldTransferId' | 'expiresAtMs' | 'endedAtMs' | 'purchaseId'
    >,
    actor: string,
  ): PointsHold {
    const row: PointsHold = {
      ...fresh,
      ...{ state: 'reserved', round: 1, endedAtMs: null, purchaseId: null },
      ...take(book, { ...fresh, round: 1 }, { actor, nowMs: fresh.createdAtMs }),
    }
    this.#rows.set(row.id, row)
    this.#fresh.add(row)
    return row
  }

  /**
   * Sets points aside that a till without a network took off an order already: all of them, though
   * the member may lack some by now. What is missing is a debt, as that of a refund is.
   */
  setAsideOffline(
    book: PointsBook,
    fresh: Parameters<OpenHolds['setAside']>[1] & { allowanceId: string },
    actor: string,
  ): { hold: PointsHold; missingPoints: number } {
    const spendable = book.lotsOf(fresh.memberId).spendableAt(fresh.createdAtMs)
    const hold = this.setAside(book, fresh, actor)
    return { hold, missingPoints: Math.max(0, fresh.points - spendable) }
  }

  /** Gives back what is set aside; nothing to be done where it is not any more. */
  release(book: PointsBook, hold: PointsHold, by: HoldActor): void {
    if (hold.state !== 'reserved') return
    giveBack(book, hold, { ...by, explanation: `退回预留的 ${String(hold.points)} 分` })
    this.#change(hold, { state: 'released', endedAtMs: by.nowMs })
  }

  /**
   * Has a hold pay a sale. Answers how many points did: 0 where they were given back before, in which
   * case they are taken as soon as they are there.
   */
  pay(book: PointsBook, hold: PointsHold, saleId: string, by: HoldActor): number {
    if (hold.state === 'released') {
      this.#change(hold, { state: 'unpaid', purchaseId: saleId, deadlineAtMs: by.nowMs })
      return 0
    }
    if (hold.state !== 'reserved') return 0
    moveWithin(book, hold, saleId, { ...by, reason: 'spent' })
    this.#change(hold, { state: 'spent', purchaseId: saleId, endedAtMs: by.nowMs })
    return hold.points
  }

  /**
   * Takes what an order is owed, if the member has it by now; answers how many points that were. The
   * lots of `ownerId` have been read.
   */
  collect(book: PointsBook, hold: PointsHold, ownerId: string, by: HoldActor): number {
    const saleId = hold.purchaseId
    if (hold.state !== 'unpaid' || saleId === null) return 0
    if (book.lotsOf(ownerId).spendableAt(by.nowMs) < hold.points) return this.putOff(hold, by)
    const next = { ...hold, memberId: ownerId, round: hold.round + 1 }
    const taken = take(book, next, by)
    Object.assign(hold, { memberId: ownerId, round: next.round, ...taken })
    moveWithin(book, hold, saleId, { ...by, reason: 'spent' })
    this.#change(hold, { state: 'spent', endedAtMs: by.nowMs })
    return hold.points
  }

  /** What an order is owed is not there: it is tried again later. No points are taken. */
  putOff(hold: PointsHold, { nowMs }: HoldActor): 0 {
    this.#change(hold, { deadlineAtMs: nowMs + UNPAID_AGAIN_MS })
    return 0
  }

  /** Gives back whole what paid a sale that was given to the wrong member. */
  undo(book: PointsBook, hold: PointsHold, by: HoldActor & { ownerId: string }): void {
    const { purchaseId } = hold
    if (hold.state === 'unpaid') this.#change(hold, { state: 'released', purchaseId: null })
    if (hold.state !== 'spent' || purchaseId === null) return
    const owned = { ...hold, memberId: by.ownerId }
    moveWithin(book, owned, purchaseId, { ...by, reason: 'spend_undone' })
    giveBack(book, owned, { ...by, explanation: `小票记错会员，退回 ${String(hold.points)} 分` })
    this.#change(hold, { state: 'released', endedAtMs: by.nowMs })
  }

  /** Gives back points that paid a sale which is refunded; to whoever has the record now. */
  returnSpent(book: PointsBook, hold: PointsHold, back: SpendReturned): void {
    book.post({
      memberId: back.ownerId,
      direction: 'in',
      points: points(back.count),
      reason: 'spend_returned',
      sourceKey: back.sourceKey,
      rule: null,
      explanation: back.explanation,
      actor: back.actor,
      occurredAtMs: back.occurredAtMs,
      recordedAtMs: back.nowMs,
      answersTransferId: hold.heldTransferId,
      lot: { availableAtMs: back.nowMs, expiresAtMs: hold.expiresAtMs },
    })
  }

  /** Writes what changed. */
  async write(tx: Tx): Promise<void> {
    await tx.insert(
      'points_hold',
      COLUMNS,
      [...this.#fresh].map((row) => valuesOf(row, COLUMNS)),
    )
    await tx.updateEach(
      'points_hold',
      'id',
      CHANGING_COLUMNS,
      [...this.#changed].map((row) => [row.id, ...valuesOf(row, CHANGING_COLUMNS)]),
    )
  }

  #change(row: PointsHold, to: Partial<PointsHold>): void {
    Object.assign(row, to)
    if (!this.#fresh.has(row)) this.#changed.add(row)
  }
}

function take(
  book: PointsBook,
  hold: Pick<PointsHold, 'id' | 'memberId' | 'points' | 'round' | 'orderFen' | 'valueFen'>,
  { actor, nowMs }: HoldActor,
): Pick<PointsHold, 'heldTransferId' | 'expiresAtMs'> {
  const { memberId } = hold
  const heldTransferId = book.post({
    memberId,
    direction: 'out',
    points: points(hold.points),
    reason: 'held',
    sourceKey: keyOf(hold),
    rule: null,
    explanation: heldInWords(hold),
    actor,
    occurredAtMs: nowMs,
    recordedAtMs: nowMs,
    answersTransferId: null,
  })
  if (heldTransferId === null) throw new Error('nothing was set aside')
  const taken = book.lotsOf(memberId).takenBy(heldTransferId)
  // What was there before lots were kept is not remembered, and never expires.
  const isRemembered = taken.reduce((sum, { leftPoints }) => sum + leftPoints, 0) === hold.points
  const expiresAtMs = isRemembered
    ? Math.max(...taken.map((lot) => lot.expiresAtMs))
    : NEVER_EXPIRES_MS
  return { heldTransferId, expiresAtMs }
}

function giveBack(
  book: PointsBook,
  hold: PointsHold,
  { actor, nowMs, explanation }: HoldActor & { explanation: string },
): void {
  book.post({
    memberId: hold.memberId,
    direction: 'in',
    points: points(hold.points),
    reason: 'released',
    sourceKey: keyOf(hold),
    rule: null,
    explanation,
    actor,
    occurredAtMs: nowMs,
    recordedAtMs: nowMs,
    answersTransferId: hold.heldTransferId,
    lot: { availableAtMs: nowMs, expiresAtMs: hold.expiresAtMs },
  })
}

function moveWithin(
  book: PointsBook,
  hold: PointsHold,
  saleId: string,
  { reason, actor, nowMs }: HoldActor & { reason: 'spent' | 'spend_undone' },
): void {
  book.post({
    memberId: hold.memberId,
    direction: 'within',
    points: points(hold.points),
    reason,
    sourceKey: `${saleId}|${keyOf(hold)}`,
    rule: null,
    explanation:
      reason === 'spent'
        ? `${String(hold.points)} 分抵了订单`
        : `${String(hold.points)} 分不再抵这张订单`,
    actor,
    occurredAtMs: nowMs,
    recordedAtMs: nowMs,
    answersTransferId: hold.heldTransferId,
  })
}

/** What the chain says of a hold; the verifier asks for these words. */
export function heldInWords(hold: Pick<PointsHold, 'points' | 'orderFen' | 'valueFen'>): string {
  const [order, value] = [hold.orderFen, hold.valueFen].map((amount) => formatFen(fen(amount)))
  return `为 ${String(order)} 的订单预留 ${String(hold.points)} 分，抵 ${String(value)}`
}

/** At most 64 characters with a sale's id before it. */
function keyOf({ id, round }: Pick<PointsHold, 'id' | 'round'>): string {
  return `${id}|${String(round)}`
}
