import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import { isWithin, memberAccount } from './chain.js'
import type { PointsLotUse } from './points-lot-use.entity.js'
import type { PointsLot } from './points-lot.entity.js'
import type { PointsTransfer } from './points-transfer.entity.js'

// The lots of one member: which earned points are still there, from when they may be spent and when
// they expire. A pure function of the member's transfers, in order: the book keeps it as rows, the
// verifier works it out again from the chain.
//
// - What is earned pays a debt first; the rest is a lot. So the lots sum to the balance, or to
//   nothing while the balance is below zero.
// - What is taken comes first from the lot it answers (a refund takes what its sale gave), then from
//   what expires first. What is set aside for an order, or goes for something in the points mall,
//   comes from what may be spent: neither pending nor expired.
//   What a till set aside without a network and is not there any more is a debt.
// - What is given back goes to the lots it was taken from, as far as no debt has to be paid, and
//   as they are still this member's; the rest is a lot of its own.
// - What came in before lots were kept is one lot, named by the member, that never expires; what was
//   taken from it is not remembered.

/** Earned points that are, or were, there. */
export type Lot = Pick<PointsLot, 'id' | 'leftPoints' | 'availableAtMs' | 'expiresAtMs'>

/** Points of a lot that a transfer took, and how many of them were given back since. */
export type LotUse = PointsLotUse

/** What the lots must know of a transfer. */
export type LotMove = Pick<
  PointsTransfer,
  | 'id'
  | 'memberId'
  | 'toAccount'
  | 'points'
  | 'balanceAfterPoints'
  | 'reason'
  | 'recordedAtMs'
  | 'answersTransferId'
  | 'availableAtMs'
  | 'expiresAtMs'
>

export class MemberLots {
  readonly #lots = new Map<string, Lot>()
  /** Transfer → what it took. */
  readonly #uses = new Map<string, LotUse[]>()

  /**
   * @param lots - As they are now; from the member's first transfer on, none.
   * @param uses - Of the transfers that may be answered; from the first transfer on, none.
   */
  constructor(lots: readonly Lot[] = [], uses: readonly LotUse[] = []) {
    for (const lot of lots) this.#lots.set(lot.id, { ...lot })
    for (const use of uses) this.#use({ ...use })
  }

  /** Every lot that was met, those without points left included. */
  lots(): Lot[] {
    return [...this.#lots.values()]
  }

  /** What was taken from which lot by which transfer, where it is remembered. */
  uses(): LotUse[] {
    return [...this.#uses.values()].flat()
  }

  /** What a transfer took, as lots with the points taken; what is not remembered is left out. */
  takenBy(transferId: string): Lot[] {
    return (this.#uses.get(transferId) ?? []).flatMap(({ lotId, points }) => {
      const lot = this.#lots.get(lotId)
      return lot ? [{ ...lot, leftPoints: points }] : []
    })
  }

  /** Whether a transfer, not followed yet, takes all that is left of a lot that has expired. */
  wasDue(move: LotMove): boolean {
    const lot = this.#lots.get(move.answersTransferId ?? '')
    return lot?.leftPoints === move.points && lot.expiresAtMs <= move.recordedAtMs
  }

  /** What may be spent at a moment. */
  spendableAt(nowMs: number): number {
    return this.lots().reduce((sum, lot) => sum + (isSpendable(lot, nowMs) ? lot.leftPoints : 0), 0)
  }

  /** Whether what a transfer, not followed yet, sets aside could be spent when it was. */
  wasSpendable(move: LotMove): boolean {
    return this.spendableAt(move.recordedAtMs) >= move.points
  }

  /** Follows one transfer of this member. */
  follow(move: LotMove): void {
    if (isWithin(move.reason)) return
    if (move.toAccount === memberAccount(move.memberId)) this.#in(move)
    else this.#out(move)
  }

  #in(move: LotMove): void {
    const { balanceAfterPoints, points } = move
    let left = Math.max(0, balanceAfterPoints) - Math.max(0, balanceAfterPoints - points)
    // What lives longest comes back first.
    const uses = [...(this.#uses.get(move.answersTransferId ?? '') ?? [])]
    for (const use of uses.sort((a, b) => this.#compare(b.lotId, a.lotId))) {
      const lot = this.#lots.get(use.lotId)
      const back = Math.min(left, use.points - use.returnedPoints)
      if (!lot || back <= 0) continue
      lot.leftPoints += back
      use.returnedPoints += back
      left -= back
    }
    if (left <= 0) return
    const id = move.expiresAtMs === null ? move.memberId : move.id
    const known = this.#lots.get(id)
    if (known) known.leftPoints += left
    else
      this.#lots.set(id, {
        id,
        leftPoints: left,
        availableAtMs: move.availableAtMs ?? 0,
        expiresAtMs: move.expiresAtMs ?? NEVER_EXPIRES_MS,
      })
  }

  #out(move: LotMove): void {
    const answered = move.answersTransferId
    // Of what a till took off without a network some may be spent by now: then all that is there goes.
    const takable =
      isSpent(move.reason) && this.wasSpendable(move)
        ? this.lots().filter((lot) => isSpendable(lot, move.recordedAtMs))
        : this.lots()
    const order = takable.sort(
      (a, b) => Number(b.id === answered) - Number(a.id === answered) || compareLots(a, b),
    )
    let wanted = move.points
    for (const lot of order) {
      const taken = Math.min(wanted, lot.leftPoints)
      if (taken <= 0) continue
      lot.leftPoints -= taken
      wanted -= taken
      if (lot.id !== move.memberId)
        this.#use({ transferId: move.id, lotId: lot.id, points: taken, returnedPoints: 0 })
    }
  }

  #use(use: LotUse): void {
    const those = this.#uses.get(use.transferId) ?? []
    this.#uses.set(use.transferId, those)
    those.push(use)
  }

  #compare(oneId: string, otherId: string): number {
    const [one, other] = [this.#lots.get(oneId), this.#lots.get(otherId)]
    return one && other ? compareLots(one, other) : 0
  }
}

/** Whether a transfer of this reason spends: it takes of what may be spent alone. */
export function isSpent(reason: string): boolean {
  return reason === 'held' || reason === 'exchanged'
}

function isSpendable({ availableAtMs, expiresAtMs }: Lot, nowMs: number): boolean {
  return availableAtMs <= nowMs && nowMs < expiresAtMs
}

/** First what expires first; of those, what was earned first. */
export function compareLots(a: Lot, b: Lot): number {
  return a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : Number(a.id > b.id))
}
