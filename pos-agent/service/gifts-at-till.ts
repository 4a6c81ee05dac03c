import type {
  CashierCounter,
  CashierGift,
  CashierGiven,
} from '@huike/shared/contracts/counter-gifts'
import type { MemberId, RequestId } from '@huike/shared/ids'
import type { Clock } from '../platform/clock.js'
import { mintRequestId } from '../platform/mint.js'
import type { Store } from '../store/store.js'
import type { GiftCalls } from '../uplink/gift-calls.js'
import { answered } from './asked.js'
import { RequestRefused } from './problem.js'
import { Turns } from './turns.js'

// Coupons a cashier gives. They need the server: how many the store gave today, only the server knows.
// Where an answer is lost, the same once more has the same request, so that nobody is given two.

const OFFLINE = 'counter_offline'
const UNANSWERED = 'counter_unanswered'
/** More gifts without an answer than a till makes. */
const ASKED_MAX = 16

export interface GiftPorts {
  store: Store
  clock: Clock
  isOnline: () => boolean
  gifts: GiftCalls
}

export class GiftsAtTill {
  private readonly turns = new Turns()
  /** Requests that were sent and not answered, by what they are about. */
  private readonly asked = new Map<string, RequestId>()

  constructor(private readonly ports: GiftPorts) {}

  /** What this store may give now. Refuses `counter_offline`. */
  async list(): Promise<CashierCounter> {
    if (!this.ports.isOnline()) throw new RequestRefused(OFFLINE)
    return { coupons: answered(await this.ports.gifts.list(), OFFLINE).coupons }
  }

  /** Gives one. Refuses as the server does, and `counter_unanswered` where nobody knows. */
  give({ templateId, memberId, reason }: CashierGift): Promise<CashierGiven> {
    return this.turns.take(async () => {
      const { store, clock, gifts, isOnline } = this.ports
      const followed = (await store.members.follow(memberId)) as MemberId
      const about = `${templateId}|${followed}`
      const before = this.asked.get(about)
      if (!isOnline()) throw new RequestRefused(before === undefined ? OFFLINE : UNANSWERED)
      const requestId = before ?? mintRequestId(clock.correctedNowMs())
      this.remember(about, requestId)
      const who = { by: 'member' as const, memberId: followed }
      const asked = await gifts.give({ requestId, templateId, who, reason })
      if (asked.kind !== 'unreachable') this.asked.delete(about)
      return { gift: answered(asked, UNANSWERED).gift }
    })
  }

  private remember(about: string, requestId: RequestId): void {
    this.asked.set(about, requestId)
    for (const [key] of this.asked) if (this.asked.size > ASKED_MAX) this.asked.delete(key)
  }
}
