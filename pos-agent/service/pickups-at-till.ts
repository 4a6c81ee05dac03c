import type {
  CashierHandedOver,
  CashierHandOver,
  CashierPickups,
} from '@huike/shared/contracts/cashier-pickups'
import type { PickupFind } from '@huike/shared/contracts/till-pickups'
import type { MemberId, RequestId } from '@huike/shared/ids'
import type { Clock } from '../platform/clock.js'
import { mintRequestId } from '../platform/mint.js'
import type { Store } from '../store/store.js'
import type { PickupCalls } from '../uplink/pickup-calls.js'
import { answered } from './asked.js'
import { RequestRefused } from './problem.js'
import { Turns } from './turns.js'

// What is fetched at this till. It needs the server: whether something waits, only the server knows.
// Where an answer is lost, the same once more has the same request, so that nothing is handed over
// twice and the cashier is told that it was done. After a restart of the agent the server says so itself:
// this till handed it over, and when.

const OFFLINE = 'pickup_offline'
const UNANSWERED = 'pickup_unanswered'
/** More things at once than a till hands over. */
const ASKED_MAX = 16

export interface PickupPorts {
  store: Store
  clock: Clock
  isOnline: () => boolean
  pickups: PickupCalls
  /** A member was given something of theirs. */
  onHandedOver: (memberId: string) => void
}

export class PickupsAtTill {
  private readonly turns = new Turns()
  /** Requests that were sent and not answered, by what they are about. */
  private readonly asked = new Map<string, RequestId>()

  constructor(private readonly ports: PickupPorts) {}

  /** What a code stands for, or all that a member can fetch here. Refuses as the server does. */
  async find(asked: PickupFind): Promise<CashierPickups> {
    const { pickups, store, isOnline } = this.ports
    if (!isOnline()) throw new RequestRefused(OFFLINE)
    if (asked.by === 'code') return found(await pickups.find(asked))
    const memberId = (await store.members.follow(asked.memberId)) as MemberId
    return found(await pickups.find({ by: 'member', memberId }))
  }

  /** Hands over. Refuses as the server does, and `pickup_unanswered` where nobody knows. */
  handOver(request: CashierHandOver): Promise<CashierHandedOver> {
    return this.turns.take(async () => {
      const { pickups, clock, isOnline, onHandedOver } = this.ports
      const { pickupId } = request
      const before = this.asked.get(pickupId)
      // What was sent and not answered may be done.
      if (!isOnline()) throw new RequestRefused(before === undefined ? OFFLINE : UNANSWERED)
      const requestId = before ?? mintRequestId(clock.correctedNowMs())
      this.remember(pickupId, requestId)
      const asked = await pickups.handOver({ requestId, ...request })
      if (asked.kind === 'answered') this.asked.delete(pickupId)
      const { pickup, handedAtMs, isNew } = answered(asked, UNANSWERED)
      if (pickup.memberId !== null) onHandedOver(pickup.memberId)
      return { pickup, handedAtMs, isNew }
    })
  }

  private remember(pickupId: string, requestId: RequestId): void {
    this.asked.set(pickupId, requestId)
    for (const [id] of this.asked) if (this.asked.size > ASKED_MAX) this.asked.delete(id)
  }
}

function found(asked: Awaited<ReturnType<PickupCalls['find']>>): CashierPickups {
  return { pickups: answered(asked, OFFLINE).pickups }
}
