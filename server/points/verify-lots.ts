import type { Lot, LotUse } from './lots.js'
import type { BookFinding, Head } from './verify-book.js'
import type { LotRow, UseRow } from './verify-pages.js'

// The lots of some members against what their chains make of them. A member whose chain is broken
// has been named already.

/** Takes what is wrong. */
export type Find = (table: BookFinding['table'], row: string, what: string) => void

interface Expected {
  lots: Map<string, Lot>
  uses: Map<string, LotUse>
}

export class LotCheck {
  readonly #expected = new Map<string, Expected>()

  constructor(
    private readonly heads: ReadonlyMap<string, Head>,
    private readonly find: Find,
  ) {
    for (const [memberId, { isBroken, lots }] of heads)
      if (!isBroken)
        this.#expected.set(memberId, {
          lots: new Map(lots.lots().map((lot) => [lot.id, lot])),
          uses: new Map(lots.uses().map((use) => [keyOf(use), use])),
        })
  }

  lot(row: LotRow): void {
    if (this.heads.get(row.memberId)?.isBroken) return
    const lots = this.#expected.get(row.memberId)?.lots
    const lot = lots?.get(row.id)
    lots?.delete(row.id)
    if (!lot) this.find('points_lot', row.id, 'no transfer of this member gave it')
    else if (row.leftPoints !== lot.leftPoints)
      this.find('points_lot', row.id, 'what is left of it is not what its transfers left')
    else if ((row.state === 'open') !== row.leftPoints > 0 || !['open', 'used'].includes(row.state))
      this.find('points_lot', row.id, 'its state is not that of what is left')
    else if (row.expiresAtMs !== lot.expiresAtMs || row.availableAtMs !== availableAt(row, lot))
      this.find('points_lot', row.id, 'its dates are not those of its transfer')
  }

  use(row: UseRow): void {
    if (this.heads.get(row.memberId)?.isBroken) return
    const uses = this.#expected.get(row.memberId)?.uses
    const use = uses?.get(keyOf(row))
    uses?.delete(keyOf(row))
    if (use?.points !== row.points || use.returnedPoints !== row.returnedPoints)
      this.find('points_lot_use', row.transferId, 'is not what its transfer took of a lot')
  }

  /** What should have been there; call when every row has been shown. */
  missing(): void {
    for (const { lots, uses } of this.#expected.values()) {
      for (const lot of lots.values())
        // What was spent before lots were kept was never one.
        if (lot.leftPoints > 0 || lot.availableAtMs > 0)
          this.find('points_lot', lot.id, 'the lot of this transfer is missing')
      for (const use of uses.values())
        this.find('points_lot_use', use.transferId, 'what it took of a lot is missing')
    }
  }
}

/** What was there before lots were kept is available since its account was opened. */
function availableAt(row: LotRow, lot: Lot): number {
  return row.id === row.memberId ? row.openedAtMs : lot.availableAtMs
}

function keyOf({ transferId, lotId }: LotUse): string {
  return `${transferId}|${lotId}`
}
