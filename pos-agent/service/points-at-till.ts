import type {
  CashierHold,
  CashierHoldRequest,
  CashierQuoteAnswer,
  CashierReleaseAnswer,
} from '@huike/shared/contracts/cashier'
import type { Hold } from '@huike/shared/contracts/spending'
import type { HoldId, MemberId } from '@huike/shared/ids'
import { points, type Fen } from '@huike/shared/quantities'
import type { Clock } from '../platform/clock.js'
import { mintHoldId } from '../platform/mint.js'
import { StorageFullError } from '../store/context.js'
import type { Store } from '../store/store.js'
import type { SpendingCalls } from '../uplink/spending-calls.js'
import { answered } from './asked.js'
import type { OfflineAtTill } from './offline-at-till.js'
import { RequestRefused } from './problem.js'
import type { ReadCodes } from './read-codes.js'
import { Turns } from './turns.js'

// Points as cash at this till. It needs the server: whether the points are there, only the server
// knows, so without it the cashier is told at once, but for the points this till may spend then. What was set aside is kept on disk, and pays the
// receipt that is given to the member next; looking another customer up does not give it back,
// because the discount is on the first one's receipt already.

/** A hold that is not open any more is asked for anew, once. */
const HOLD_TRIES_MAX = 2
const OFFLINE = 'spending_offline'

export interface PointsPorts {
  store: Store
  clock: Clock
  isOnline: () => boolean
  spending: SpendingCalls
  /** Something of this member is known anew. */
  onChanged: (memberId: string) => void
}

/** What is to be set aside, of whom. */
type Wanted = Pick<CashierHold, 'memberId' | 'points' | 'orderFen'>

export class PointsAtTill {
  private readonly turns = new Turns()
  /** What was asked for last and not answered: the same once more has the same id. */
  private asked: (Wanted & { holdId: HoldId }) | null = null

  constructor(
    private readonly ports: PointsPorts,
    private readonly codes: ReadCodes,
    private readonly offline: OfflineAtTill,
  ) {}

  /** What is set aside of a member and not over yet; null where nothing is. */
  async openOf(memberId: string): Promise<CashierHold | null> {
    const hold = await this.ports.store.holds.openOf(memberId)
    return hold && hold.deadlineAtMs > this.ports.clock.correctedNowMs() ? hold : null
  }

  /** How many points an order may take. Refuses `spending_offline`, and as the server does. */
  async quote(order: { memberId: string; orderFen: Fen }): Promise<CashierQuoteAnswer> {
    const { spending, isOnline } = this.ports
    const memberId = await this.ports.store.members.follow(order.memberId)
    if (!isOnline()) return this.offline.quotePoints({ ...order, memberId })
    const asked = await this.codes.ask(memberId, (who) =>
      spending.quote({ who, orderFen: order.orderFen }),
    )
    return { quote: answered(asked, OFFLINE).quote }
  }

  /**
   * Sets points aside. Refuses `spending_offline`, and as the server does. Where an answer was lost,
   * the same once more has the same id, so that nothing is set aside twice.
   */
  hold(request: CashierHoldRequest): Promise<{ hold: CashierHold }> {
    return this.turns.take(async () => {
      const memberId = (await this.ports.store.members.follow(request.memberId)) as MemberId
      const { orderFen } = request
      if (!this.ports.isOnline())
        return { hold: await this.offline.hold({ memberId, orderFen, points: request.points }) }
      return { hold: await this.reserve({ memberId, orderFen, points: points(request.points) }) }
    })
  }

  /**
   * Gives points back. From now on no receipt is paid with them; `isBack` is false where the server
   * could not be told, and gives them back by itself when their time is over.
   */
  release(holdId: HoldId): Promise<CashierReleaseAnswer> {
    return this.turns.take(async () => {
      const { store, spending } = this.ports
      await store.holds.end(holdId)
      const asked = await spending.release(holdId)
      if (asked.kind === 'answered') {
        const { hold, serverTimeMs } = asked.answer
        await this.told(hold.memberId, hold, serverTimeMs)
      }
      return { holdId, isBack: asked.kind !== 'unreachable' }
    })
  }

  private async reserve(wanted: Wanted): Promise<CashierHold> {
    const { spending, store } = this.ports
    const { memberId, orderFen } = wanted
    for (let attempt = 1; ; attempt += 1) {
      const holdId = await this.idOf(wanted)
      this.asked = { ...wanted, holdId }
      const asked = await this.codes.ask(memberId, (who) =>
        spending.reserve({ holdId, who, points: wanted.points, orderFen }),
      )
      if (asked.kind !== 'unreachable') this.asked = null
      const { hold, serverTimeMs } = answered(asked, OFFLINE)
      if (hold.state === 'reserved') {
        const kept = await this.kept({ hold, memberId, orderFen })
        await this.told(memberId, hold, serverTimeMs)
        return kept
      }
      await store.holds.end(holdId)
      if (attempt >= HOLD_TRIES_MAX) throw new RequestRefused('hold_ended')
    }
  }

  private async idOf(wanted: Wanted): Promise<HoldId> {
    if (this.asked && isSame(this.asked, wanted)) return this.asked.holdId
    const open = await this.ports.store.holds.openOf(wanted.memberId)
    if (open && isSame(open, wanted)) return open.holdId
    return mintHoldId(this.ports.clock.correctedNowMs())
  }

  /** Without room on the disk the hold would not survive: then nothing was promised. */
  private async kept(hold: Parameters<Store['holds']['keep']>[0]): Promise<CashierHold> {
    try {
      return await this.ports.store.holds.keep(hold)
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error
      await this.ports.spending.release(hold.hold.holdId)
      throw new RequestRefused('busy')
    }
  }

  private async told(memberId: string, hold: Hold, serverTimeMs: number): Promise<void> {
    const { balancePoints } = hold
    await this.ports.store.members.noteBalance(memberId, { balancePoints, asOfMs: serverTimeMs })
    this.ports.onChanged(memberId)
  }
}

function isSame(one: Wanted, other: Wanted): boolean {
  return (
    one.memberId === other.memberId &&
    one.points === other.points &&
    one.orderFen === other.orderFen
  )
}
