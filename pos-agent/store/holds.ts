import type { CashierHold } from '@huike/shared/contracts/cashier'
import type { Hold } from '@huike/shared/contracts/spending'
import type { MemberId } from '@huike/shared/ids'
import type { Fen } from '@huike/shared/quantities'
import type { StoreContext } from './context.js'
import { endHold, openHold, putHold } from './hold-rows.js'

// Points set aside at this till, as the server answered.

export class Holds {
  constructor(private readonly context: StoreContext) {}

  /** Keeps points that were set aside of a member, as this till calls them, for an order. */
  keep({ hold, memberId, orderFen }: { hold: Hold; memberId: string; orderFen: Fen }): CashierHold {
    const { holdId, points, valueFen, deadlineAtMs } = hold
    const kept = {
      holdId,
      memberId: memberId as MemberId,
      points,
      valueFen,
      deadlineAtMs,
      orderFen,
    }
    this.context.write(() => {
      putHold(this.context, kept)
    })
    return kept
  }

  /** What is set aside of a member, whether or not its time is over; null where nothing is. */
  openOf(memberId: string): CashierHold | null {
    return openHold(this.context, memberId)
  }

  /** These points pay no receipt any more. */
  end(holdId: string): void {
    this.context.write(() => {
      endHold(this.context, holdId)
    })
  }
}
