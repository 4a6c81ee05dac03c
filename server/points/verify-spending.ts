import type { PointsHold } from './points-hold.entity.js'
import { LATE, purchaseOfKey, type CausedTransfer } from './source-keys.js'
import { ABOUT_NOTHING, aboutPurchase } from './verify-about.js'
import type { Find } from './verify-lots.js'
import { heldInWords } from './open-holds.js'
import type { HoldRow, NamingTransfer, PurchaseRow } from './verify-pages.js'

// What paid orders, told three times: by the holds, by the purchases, and by the transfers.

/** A sale against its refunds: what it says came back, and what they say. */
interface Returned {
  says: number
  refunds: number
}

export class SpendingCheck {
  readonly #returned = new Map<string, Returned>()

  constructor(private readonly find: Find) {}

  /** One hold, with the transfers that name it. */
  hold(row: HoldRow, transfers: readonly NamingTransfer[]): void {
    const wrong = whatIsWrong(row, transfers)
    const { memberId, id: holdId } = row
    if (wrong !== null)
      this.find('points_hold', row.id, wrong, { memberId, purchaseId: null, holdId })
  }

  /** One purchase, with the transfers it caused. */
  purchase(row: PurchaseRow, caused: readonly CausedTransfer[]): void {
    const about = aboutPurchase(row)
    const spent = sumOf(caused, 'spent') - sumOf(caused, 'spend_undone')
    const told = row.spentPoints ?? 0
    if (told !== spent)
      this.find(
        'purchase',
        row.id,
        `says ${String(told)} points paid for it, the book has ${String(spent)}`,
        about,
      )
    const most = row.kind === 'refund' ? row.reversedPoints : 0
    if (sumOf(caused, 'settled') > most)
      this.find('purchase', row.id, 'more was paid in money than it took back', about)
    const returned = caused.filter(({ reason }) => reason === 'spend_returned')
    const late = returned.filter(({ sourceKey }) => sourceKey.startsWith(LATE))
    if (row.kind === 'sale') {
      if (returned.length > late.length)
        this.find('purchase', row.id, 'a sale that gives back what paid for it', about)
      if ((row.returnedPoints ?? 0) !== 0)
        this.#of(row.id).says += (row.returnedPoints ?? 0) - sumOf(late, 'spend_returned')
      else if (late.length > 0) this.#of(row.id).says -= sumOf(late, 'spend_returned')
      return
    }
    const back = sumOf(returned, 'spend_returned')
    if ((row.returnedPoints ?? 0) !== back)
      this.find(
        'purchase',
        row.id,
        `says ${String(row.returnedPoints ?? 0)} points came back, the book has ${String(back)}`,
        about,
      )
    if (back === 0) return
    if (row.originalPurchaseId === null)
      this.find('purchase', row.id, 'gave back what paid for no sale', about)
    else this.#of(row.originalPurchaseId).refunds += back
  }

  /** Sales whose refunds tell another story; call when every purchase has been shown. */
  refunds(): void {
    for (const [saleId, { says, refunds }] of this.#returned)
      if (says !== refunds)
        this.find('purchase', saleId, 'points it says came back are not what refunds gave back', {
          ...ABOUT_NOTHING,
          purchaseId: saleId,
        })
    this.#returned.clear()
  }

  #of(saleId: string): Returned {
    const known = this.#returned.get(saleId) ?? { says: 0, refunds: 0 }
    this.#returned.set(saleId, known)
    return known
  }
}

function whatIsWrong(row: HoldRow, transfers: readonly NamingTransfer[]): string | null {
  if (row.saleId === null && row.purchaseId !== null) return 'the order it paid is missing'
  if (transfers.some(({ points }) => points !== row.points))
    return 'a transfer moved another number of points'
  const held = transfers.filter(({ reason }) => reason === 'held')
  const last = held.find(({ id }) => id === row.heldTransferId)
  if (!last) return 'the transfer that set it aside is missing'
  if (held.length !== row.round || last.memberId !== row.memberId)
    return 'was not set aside as it says'
  const [first] = held.filter(({ sourceKey }) => sourceKey.endsWith('|1'))
  if (first?.actor !== `terminal:${row.terminalId}` || first.occurredAtMs !== row.createdAtMs)
    return 'was not set aside by this till, or not then'
  if (held.some(({ explanation }) => explanation !== heldInWords(row)))
    return 'is not for the order it was set aside for'
  const [isAside, isPaid] = standsAs(row)
  if (sumOf(held, 'held') - sumOf(transfers, 'released') !== isAside * row.points)
    return `is ${row.state}, and the book says otherwise`
  const paid = transfers.filter(({ sourceKey }) => purchaseOfKey(sourceKey) === row.purchaseId)
  if (sumOf(paid, 'spent') - sumOf(paid, 'spend_undone') !== isPaid * row.points)
    return `is ${row.state}, and its order says otherwise`
  return null
}

/** Whether points are out of the member's hands, and whether an order has them. */
function standsAs({ state }: Pick<PointsHold, 'state'>): [isAside: number, isPaid: number] {
  if (state === 'spent') return [1, 1]
  return state === 'reserved' ? [1, 0] : [0, 0]
}

function sumOf(transfers: readonly CausedTransfer[], reason: string): number {
  return transfers.reduce((sum, one) => sum + (one.reason === reason ? one.points : 0), 0)
}
