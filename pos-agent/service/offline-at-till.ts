import type { CashierHold, CashierQuoteAnswer, OfflineLeft } from '@huike/shared/contracts/cashier'
import type {
  CashierCouponOrder,
  CashierCouponQuote,
  CashierReservation,
} from '@huike/shared/contracts/cashier-coupons'
import type { Allowance } from '@huike/shared/contracts/offline'
import type { OfflineUse } from '@huike/shared/contracts/offline-use'
import { quoteChosen, quoteCoupons, type CouponOrder } from '@huike/shared/coupons'
import { heldCoupon } from '@huike/shared/held-coupon'
import type { MemberId } from '@huike/shared/ids'
import { localTime } from '@huike/shared/local-time'
import { allowanceFault, couponsAllowed, offlineCode, trustedTime } from '@huike/shared/offline'
import type { OutcomeCode, Refusal } from '@huike/shared/outcomes'
import { epochMs, fen, points, type Fen } from '@huike/shared/quantities'
import { quoteSpending, spend } from '@huike/shared/spending'
import type { Clock } from '../platform/clock.js'
import { mintHoldId, mintNoteId, mintReservationId } from '../platform/mint.js'
import { StorageFullError } from '../store/context.js'
import type { Store } from '../store/store.js'
import { readAllowance } from '../uplink/device-token.js'
import type { OfflineSync } from '../uplink/offline-calls.js'
import { RequestRefused } from './problem.js'
import type { ReadCodes } from './read-codes.js'

// Coupons and points without a network: what the server has signed for this till, for the member whose
// own code was read here a moment ago. What this till holds is given back before the server is asked
// for it, so that nothing is used here and there.

const FULL_EVERY_MS = 10 * 60_000
/** Kept for an order that is being rung up, as the server keeps it. */
const SET_ASIDE_MS = 30 * 60_000
/** The time is written down so often at most, and the same refusal of a member noted once in this. */
const SEEN_EVERY_MS = 60_000
const NOTED_EVERY_MS = 10 * 60_000
/** After what was wanted elsewhere is given back, the server is told at once. */
const ROUNDS_MAX = 2
/** Of an honest cashier and a member without their phone: nothing a person should read. */
const NOT_NOTED: readonly OutcomeCode[] = ['offline_code_needed']

export interface OfflinePorts {
  store: Store
  clock: Clock
  isOnline: () => boolean
  syncOffline: OfflineSync
  /** Where this till stands; null before it is enrolled. */
  place: () => { storeId: string; terminalId: string; timeZone: string } | null
}

/** A member who may redeem here now, by their own code. */
interface Allowed {
  allowance: Allowance
  /** Allowances that paid an order, or are given back. */
  used: ReadonlySet<string>
  place: { storeId: string; timeZone: string }
  nowMs: number
  period: number
  code: Pick<OfflineUse, 'memberCode' | 'codeReadAtMs'>
}

export class OfflineAtTill {
  private syncing: Promise<void> | null = null
  private lastFullMs = -Infinity
  private lastSeenMs = -Infinity
  private readonly notedMs = new Map<string, number>()

  constructor(
    private readonly ports: OfflinePorts,
    private readonly codes: ReadCodes,
  ) {}

  /** Tells the server what it has to hear, and asks for what there is; one round at a time. */
  sync(): Promise<void> {
    this.syncing ??= this.rounds().finally(() => {
      this.syncing = null
    })
    return this.syncing
  }

  /** The connection is there again: what may be held is asked for at once. */
  refresh(): Promise<void> {
    this.lastFullMs = -Infinity
    return this.sync()
  }

  /** What this till holds of a member is the server's again; true where there was any. */
  async giveUp(memberId: string): Promise<boolean> {
    const { store, clock } = this.ports
    const count = await this.orFull(store.offline.giveUp(memberId, clock.correctedNowMs()))
    if (count === null || count === 0) return false
    await this.syncing
    await this.sync()
    return true
  }

  /** What this till may redeem of a member without a network; null where it may redeem nothing. */
  async leftOf(memberId: string): Promise<OfflineLeft | null> {
    const { store, clock, place } = this.ports
    const known = await store.offline.of(memberId)
    const terminalId = place()?.terminalId ?? ''
    const allowance = known.token && readAllowance(known.token, { keys: known.keys, terminalId })
    if (!allowance) return null
    const nowMs = Math.max(clock.correctedNowMs(), known.latestSeenMs)
    if (allowanceFault(allowance, { terminalId, nowMs }) !== null) return null
    const used = new Set(known.busyIds)
    const coupons = couponsAllowed(allowance, used).length
    const of = allowance.points
    const most = of !== null && !used.has(of.allowanceId) ? of.points : points(0)
    if (coupons === 0 && most === 0) return null
    return { coupons, points: most, untilMs: allowance.expiresAtMs }
  }

  /** What an order may take, offline. Refuses `coupons_offline` and as `allowed` does. */
  async quoteCoupons(order: CashierCouponOrder): Promise<CashierCouponQuote> {
    const { quote, coupons } = await this.priced(order)
    return { coupons: coupons.map(heldCoupon), quote, isOffline: true }
  }

  /** Sets coupons aside, offline. Refuses as `quoteCoupons` does, and `coupon_nothing`. */
  async reserve(order: CashierCouponOrder): Promise<CashierReservation> {
    const { quote, coupons, allowed } = await this.priced(order)
    const { allowance, nowMs, code, period } = allowed
    if (quote.applied.length === 0) throw new RequestRefused('coupon_nothing')
    const applied = quote.applied.map(({ couponId, offFen }) => {
      const left = allowance.coupons.find((one) => one.couponId === couponId)
      if (!left) throw new Error(`coupon ${couponId} is not allowed`)
      return { allowanceId: left.allowanceId, couponId, offFen }
    })
    const names = applied.map(
      ({ couponId }) => coupons.find((one) => one.couponId === couponId)?.terms.name ?? '',
    )
    const kept: CashierReservation = {
      ...{ reservationId: mintReservationId(nowMs), memberId: order.memberId, names },
      ...{ goodsFen: order.goodsFen, offFen: quote.offFen, withPoints: quote.withPoints },
      deadlineAtMs: epochMs(nowMs + SET_ASIDE_MS),
    }
    const use: OfflineUse = {
      ...{ ...code, usedAtMs: epochMs(nowMs), points: null },
      coupons: { goodsFen: order.goodsFen, applied },
    }
    const allowanceIds = applied.map(({ allowanceId }) => allowanceId)
    const set = { kept, allowanceIds, codePeriod: period, use }
    const reservation = await this.orFull(this.ports.store.offline.setAsideCoupons(set))
    if (reservation === null) throw new RequestRefused('busy')
    return { ...reservation, isOffline: true }
  }

  /** How many points an order may take, offline. Refuses `spending_offline` and as `allowed` does. */
  async quotePoints(order: { memberId: string; orderFen: Fen }): Promise<CashierQuoteAnswer> {
    const { terms, most } = await this.pointsOf(order.memberId)
    const quote = quoteSpending(terms, { orderFen: order.orderFen, spendablePoints: most })
    return { quote }
  }

  /** Sets points aside, offline. Refuses as `quotePoints` and `spend` do. */
  async hold(wanted: { memberId: MemberId; points: number; orderFen: Fen }): Promise<CashierHold> {
    const { terms, most, allowed, allowanceId } = await this.pointsOf(wanted.memberId)
    const { orderFen, memberId } = wanted
    const spent = spend(terms, { orderFen, spendablePoints: most }, wanted.points)
    if (!spent.ok) throw refused(spent)
    const { nowMs, code, period } = allowed
    const kept: CashierHold = {
      ...{ holdId: mintHoldId(nowMs), memberId, orderFen, points: points(wanted.points) },
      ...{ valueFen: spent.valueFen, deadlineAtMs: epochMs(nowMs + SET_ASIDE_MS) },
    }
    const use: OfflineUse = {
      ...{ ...code, usedAtMs: epochMs(nowMs), coupons: null },
      points: { allowanceId, points: wanted.points, orderFen, valueFen: spent.valueFen },
    }
    const set = { kept, allowanceIds: [allowanceId], codePeriod: period, use }
    const hold = await this.orFull(this.ports.store.offline.setAsidePoints(set))
    if (hold === null) throw new RequestRefused('busy')
    return hold
  }

  private async priced(order: CashierCouponOrder) {
    const allowed = await this.allowed(order.memberId, {
      offline: 'coupons_offline',
      isAny: ({ coupons }, used) => coupons.some(({ allowanceId }) => !used.has(allowanceId)),
    })
    const { allowance, used, place, nowMs } = allowed
    const coupons = couponsAllowed(allowance, used)
    const { levelCode, isFirstPurchase } = allowance
    const about: CouponOrder = {
      ...{ atMs: nowMs, localTime: localTime(nowMs, place.timeZone), storeId: place.storeId },
      ...{ channel: 'pos', goodsFen: order.goodsFen, lines: null, shippingFen: fen(0) },
      ...{ member: { levelCode, isFirstPurchase }, isWithPoints: order.isWithPoints },
      seenFen: new Map(order.seen.map((one) => [one.couponId, one.goodsFen])),
    }
    if (order.chosen === null) return { allowed, coupons, quote: quoteCoupons(about, coupons) }
    const chosen = quoteChosen(about, coupons, order.chosen)
    if (!chosen.ok) throw refused(chosen)
    return { allowed, coupons, quote: chosen.quote }
  }

  private async pointsOf(memberId: string) {
    const allowed = await this.allowed(memberId, {
      offline: 'spending_offline',
      isAny: ({ points: of }, used) => of !== null && !used.has(of.allowanceId),
    })
    const left = allowed.allowance.points
    if (left === null) throw new RequestRefused('spending_offline')
    const { terms, points: most, allowanceId } = left
    return { allowed, terms, most, allowanceId }
  }

  /**
   * A member who may redeem here now. Refuses `offline` where this till holds nothing of theirs;
   * `offline_code_needed`, and as `trustedTime`, `allowanceFault` and `offlineCode` do: noted.
   */
  private async allowed(
    memberId: string,
    {
      offline,
      isAny,
    }: {
      offline: OutcomeCode
      isAny: (allowance: Allowance, used: ReadonlySet<string>) => boolean
    },
  ): Promise<Allowed> {
    const { store, clock } = this.ports
    const place = this.ports.place()
    const known = await store.offline.of(memberId)
    if (place === null || known.token === null) throw new RequestRefused(offline)
    const { keys, lastPeriod } = known
    const allowance = readAllowance(known.token, { keys, terminalId: place.terminalId })
    if (allowance?.memberId !== memberId) return this.refuse(memberId, 'offline_none')
    const used = new Set(known.busyIds)
    if (!isAny(allowance, used)) throw new RequestRefused(offline)
    const time = trustedTime(clock.correctedNowMs(), known.latestSeenMs)
    if (!time.ok) return this.refuse(memberId, time.code)
    const { nowMs } = time
    const fault = allowanceFault(allowance, { terminalId: place.terminalId, nowMs })
    if (fault !== null) return this.refuse(memberId, fault.code)
    const code = this.codes.of(memberId)
    if (code === null) return this.refuse(memberId, 'offline_code_needed')
    const { memberCode, readAtMs } = code
    const read = offlineCode(allowance, { memberCode, readAtMs, lastPeriod }, bytesOf)
    if (!read.ok) return this.refuse(memberId, read.code)
    await this.see(nowMs, 'till')
    const { period } = read
    return { allowance, used, place, nowMs, period, code: { memberCode, codeReadAtMs: readAtMs } }
  }

  /** Refuses, and has a person read of it. */
  private async refuse(memberId: string, code: OutcomeCode): Promise<never> {
    const { store, clock } = this.ports
    const name = `${memberId}|${code}`
    const atMs = clock.correctedNowMs()
    const isFresh = clock.monotonicMs() - (this.notedMs.get(name) ?? -Infinity) > NOTED_EVERY_MS
    if (isFresh && !NOT_NOTED.includes(code)) {
      this.notedMs.set(name, clock.monotonicMs())
      const note = { noteId: mintNoteId(atMs), memberId: memberId as MemberId, code }
      await this.orFull(store.offline.note({ ...note, atMs: epochMs(atMs) }))
    }
    throw new RequestRefused(code)
  }

  private async rounds(): Promise<void> {
    const { isOnline, clock } = this.ports
    if (!isOnline()) {
      await this.see(clock.correctedNowMs(), 'till')
      return
    }
    for (let round = 1; round <= ROUNDS_MAX; round += 1) if (!(await this.round())) return
  }

  /** One exchange with the server; true where there is more to tell. */
  private async round(): Promise<boolean> {
    const { store, clock, syncOffline, place } = this.ports
    const isFull = clock.monotonicMs() - this.lastFullMs >= FULL_EVERY_MS
    const { isHolding, ...told } = await store.offline.toTell()
    const isQuiet = told.returned.length === 0 && told.notes.length === 0
    if (!isFull && !isHolding && isQuiet) return false
    const asked = await syncOffline({ ...told, isFull })
    if (asked.kind !== 'answered') return false
    const { keys, allowances, recalled, serverTimeMs } = asked.answer
    await this.orFull(store.offline.told(told))
    await this.see(serverTimeMs, 'server')
    const nowMs = clock.correctedNowMs()
    if (allowances !== null) {
      this.lastFullMs = clock.monotonicMs()
      const terminalId = place()?.terminalId ?? ''
      const kept = allowances.flatMap((token) => {
        const allowance = readAllowance(token, { keys, terminalId })
        if (allowance === null) return []
        const { memberId, coupons, points: left } = allowance
        const allowanceIds = [...coupons, ...(left ? [left] : [])].map((one) => one.allowanceId)
        return [{ memberId, token, allowanceIds }]
      })
      await this.orFull(store.offline.keep({ keys, allowances: kept, nowMs }))
    }
    if (recalled.length > 0) await this.orFull(store.offline.giveBack(recalled, nowMs))
    if (allowances === null && recalled.length === 0) return false
    return (await store.offline.toTell()).returned.length > 0
  }

  private async see(nowMs: number, by: 'server' | 'till'): Promise<void> {
    const { store, clock } = this.ports
    if (clock.monotonicMs() - this.lastSeenMs < SEEN_EVERY_MS) return
    this.lastSeenMs = clock.monotonicMs()
    await this.orFull(store.offline.see(nowMs, by))
  }

  /** Null without room on the disk: then nothing was promised. */
  private async orFull<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StorageFullError) return null
      throw error
    }
  }
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'base64url')
}

function refused({ code, detail }: Refusal): RequestRefused {
  return new RequestRefused(code, undefined, detail)
}
