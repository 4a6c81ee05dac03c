import type { Lot, LotUse } from './lots.js'
import type { Head, Verifier } from './verify-book.js'
import { aboutMember } from './verify-about.js'
import type { LotRow, UseRow } from './verify-pages.js'

// The lots of some members against what their chains make of them. A member whose chain is broken
// has been named already.

/** Takes what differs. */
export type Find = Verifier['find']

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
    const find = (what: string) => {
      this.find('points_lot', row.id, what, aboutMember(row.memberId))
    }
    if (!lot) find('no transfer of this member gave it')
    else if (row.leftPoints !== lot.leftPoints)
      find('what is left of it is not what its transfers left')
    else if ((row.state === 'open') !== row.leftPoints > 0 || !['open', 'used'].includes(row.state))
      find('its state is not that of what is left')
    else if (row.expiresAtMs !== lot.expiresAtMs || row.availableAtMs !== availableAt(row, lot))
      find('its dates are not those of its transfer')
  }

  use(row: UseRow): void {
    if (this.heads.get(row.memberId)?.isBroken) return
    const uses = this.#expected.get(row.memberId)?.uses
    const use = uses?.get(keyOf(row))
    uses?.delete(keyOf(row))
    if (use?.points !== row.points || use.returnedPoints !== row.returnedPoints)
      this.find(
        'points_lot_use',
        row.transferId,
        'is not what its transfer took of a lot',
        aboutMember(row.memberId),
      )
  }

  /** What should have been there; call when every row has been shown. */
  missing(): void {
    for (const [memberId, { lots, uses }] of this.#expected) {
      const about = aboutMember(memberId)
      for (const lot of lots.values())
        // What was spent before lots were kept was never one.
        if (lot.leftPoints > 0 || lot.availableAtMs > 0)
          this.find('points_lot', lot.id, 'the lot of this transfer is missing', about)
      for (const use of uses.values())
        this.find('points_lot_use', use.transferId, 'what it took of a lot is missing', about)
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
