import type {
  CashierCouponOrder,
  CashierCouponQuote,
  CashierReservation,
  CashierReservationReleased,
  CashierSettled,
} from '@huike/shared/contracts/cashier-coupons'
import type { CouponQuoteRequest, ReservationSettle } from '@huike/shared/contracts/coupons'
import type { CouponReservationId } from '@huike/shared/ids'
import type { Clock } from '../platform/clock.js'
import { mintReservationId } from '../platform/mint.js'
import { StorageFullError } from '../store/context.js'
import type { Store } from '../store/store.js'
import type { CouponCalls } from '../uplink/coupon-calls.js'
import { answered } from './asked.js'
import type { OfflineAtTill } from './offline-at-till.js'
import { RequestRefused } from './problem.js'
import type { ReadCodes } from './read-codes.js'
import { Turns } from './turns.js'

// Coupons at this till. They need the server: whether a coupon is used elsewhere, only the server
// knows, so without it the cashier is told at once, but for coupons that were left with this till. What is asked for is on disk before it is asked,
// so that after a crash or a lost answer the same is asked with the same id, or given back. What is
// given back counts here at once; the server hears of it as soon as it can be reached.

/** A reservation that is not open any more is asked for anew, once. */
const TRIES_MAX = 2
const OFFLINE = 'coupons_offline'

export interface CouponPorts {
  store: Store
  clock: Clock
  isOnline: () => boolean
  coupons: CouponCalls
  /** What is known of receipts changed. */
  onReceipts: () => void
  onError: (error: unknown) => void
}

/** What the page was told last: what is set aside is called as it was shown. */
interface Shown {
  wanted: string
  names: string[]
  withPoints: boolean
}

export class CouponsAtTill {
  private readonly turns = new Turns()
  private shown: Shown | null = null
  private telling: Promise<void> | null = null

  constructor(
    private readonly ports: CouponPorts,
    private readonly codes: ReadCodes,
    private readonly offline: OfflineAtTill,
  ) {}

  /** What is set aside of a member and not over yet; null where nothing is. */
  async openOf(memberId: string): Promise<CashierReservation | null> {
    const found = await this.ports.store.reservations.openOf(memberId)
    return found && found.deadlineAtMs > this.ports.clock.correctedNowMs() ? found : null
  }

  /**
   * What an order may take. Refuses `coupons_offline`, and as the server does, or `OfflineAtTill`
   * without a network.
   */
  async quote(asked: CashierCouponOrder): Promise<CashierCouponQuote> {
    const order = await this.followed(asked)
    if (!this.ports.isOnline()) return this.offline.quoteCoupons(order)
    const told = await this.ask(order)
    const isLeft = told.quote.refused.some(({ code }) => code === 'coupon_leased')
    // What is left with this very till is the server's again, now that it is known to be there.
    return isLeft && (await this.offline.giveUp(order.memberId)) ? this.ask(order) : told
  }

  /**
   * Sets coupons aside. Refuses `coupons_offline`, and as the server does. The same once more has the
   * same id, also after an answer was lost or the agent was killed.
   */
  reserve(asked: CashierCouponOrder): Promise<{ reservation: CashierReservation }> {
    return this.turns.take(async () => {
      const order = await this.followed(asked)
      if (!this.ports.isOnline()) return { reservation: await this.offline.reserve(order) }
      await this.offline.giveUp(order.memberId)
      for (let attempt = 1; ; attempt += 1) {
        const reservation = await this.tryReserve(order)
        if (reservation) return { reservation }
        if (attempt >= TRIES_MAX) throw new RequestRefused('coupons_let_go')
      }
    })
  }

  /** Gives coupons back: from now on they are off no receipt of this till. */
  release(reservationId: CouponReservationId): Promise<CashierReservationReleased> {
    return this.turns.take(async () => {
      await this.ports.store.reservations.end(reservationId, false)
      return { reservationId, isBack: await this.tell(reservationId) }
    })
  }

  /**
   * Says whether the coupons of a receipt that differs were used; answers what stands at the server.
   * Refuses `coupons_offline`, and as the server does.
   */
  settle(request: ReservationSettle): Promise<CashierSettled> {
    return this.turns.take(async () => {
      const { coupons, store } = this.connected()
      const { reservation } = answered(await coupons.settle(request), OFFLINE)
      const { reservationId } = request
      const isUsed = reservation.state === 'redeemed'
      await store.reservations.settle(reservationId, isUsed)
      this.ports.onReceipts()
      return { reservationId, isUsed }
    })
  }

  /** This member is on screen now: what is set aside of others is given back. Nobody waits for it. */
  show(memberId: string): void {
    this.ports.store.reservations
      .leaveOthers(memberId)
      .then((isAny) => (isAny ? this.giveBack() : undefined))
      .catch((error: unknown) => {
        // Without room on the disk they stay set aside until their time is over.
        if (!(error instanceof StorageFullError)) this.ports.onError(error)
      })
  }

  /** Tells the server what was given back and what nobody asked for again; one round at a time. */
  giveBack(): Promise<void> {
    this.telling ??= this.tellAll().finally(() => {
      this.telling = null
    })
    return this.telling
  }

  private async tellAll(): Promise<void> {
    const { store, clock, isOnline } = this.ports
    if (!isOnline()) return
    for (const id of await store.reservations.toGiveBack(clock.correctedNowMs()))
      if (!(await this.tell(id))) return
  }

  /** True once the server knows; one it never heard of is given back as well. */
  private async tell(reservationId: CouponReservationId): Promise<boolean> {
    const asked = await this.ports.coupons.release(reservationId)
    if (asked.kind === 'unreachable') return false
    if (asked.kind === 'refused' && asked.code !== 'not_found') return false
    await this.ports.store.reservations.told(reservationId)
    return true
  }

  /** What the server has set aside; null where it gave that back before. */
  private async tryReserve(order: CashierCouponOrder): Promise<CashierReservation | null> {
    const { store, coupons, clock } = this.ports
    const shown = await this.shownOf(order)
    const { memberId, goodsFen } = order
    const nowMs = clock.correctedNowMs()
    const reservationId = await this.onDisk(
      store.reservations.ask({
        ...{ reservationId: mintReservationId(nowMs), memberId, goodsFen, nowMs },
        ...shown,
      }),
    )
    const asked = await this.codes.ask(memberId, (who) =>
      coupons.reserve({ reservationId, ...requestOf(order), who }),
    )
    // Without an answer the row stays: it is asked for again with its id, or given back.
    if (asked.kind === 'refused') await store.reservations.end(reservationId, false)
    const { reservation } = answered(asked, OFFLINE)
    if (reservation.state !== 'reserved') {
      await store.reservations.end(reservationId, true)
      return null
    }
    const kept = await this.onDisk(store.reservations.keep(reservation))
    if (kept) return kept
    // Let go while the answer was under way: the server may have heard of that too early.
    await store.reservations.end(reservationId, false)
    void this.giveBack()
    throw new RequestRefused('coupons_let_go')
  }

  /** How what is asked for was shown; where another agent showed it, it is asked once more. */
  private async shownOf(order: CashierCouponOrder): Promise<Shown> {
    const wanted = wantedIn(order)
    if (this.shown?.wanted !== wanted) await this.ask(order)
    return this.shown ?? { wanted, names: [], withPoints: true }
  }

  private async ask(order: CashierCouponOrder): Promise<CashierCouponQuote> {
    const asked = await this.codes.ask(order.memberId, (who) =>
      this.ports.coupons.quote({ ...requestOf(order), who }),
    )
    const { coupons, quote } = answered(asked, OFFLINE)
    const used = quote.applied.map(({ couponId }) => couponId)
    const names = used.map((id) => coupons.find(({ couponId }) => couponId === id)?.name ?? '')
    const wanted = wantedIn({ ...order, chosen: used })
    this.shown = { wanted, names, withPoints: quote.withPoints }
    return { coupons, quote }
  }

  private async followed(order: CashierCouponOrder): Promise<CashierCouponOrder> {
    const memberId = await this.ports.store.members.follow(order.memberId)
    return { ...order, memberId: memberId as CashierCouponOrder['memberId'] }
  }

  /** Without room on the disk nothing can be promised, so nothing is. */
  private async onDisk<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StorageFullError) throw new RequestRefused('busy')
      throw error
    }
  }

  private connected(): CouponPorts {
    if (!this.ports.isOnline()) throw new RequestRefused(OFFLINE)
    return this.ports
  }
}

/** The till cannot say what the goods are before the receipt is printed. */
function requestOf(order: CashierCouponOrder): Omit<CouponQuoteRequest, 'who'> {
  const { goodsFen, seen, chosen, isWithPoints } = order
  return { goodsFen, seen, chosen, isWithPoints, lines: null }
}

/** All that makes two requests the same one. */
function wantedIn({ goodsFen, seen, chosen, isWithPoints }: CashierCouponOrder): string {
  const ids = chosen === null ? null : [...chosen].sort()
  return JSON.stringify({ goodsFen, seen, ids, isWithPoints })
}
