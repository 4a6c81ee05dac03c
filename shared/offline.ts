import type { Allowance } from './contracts/offline.js'
import { couponFault } from './coupon-conditions.js'
import type { CouponInHand, CouponOrder } from './coupons.js'
import { memberCodePeriod, memberNoOfCode } from './member-code.js'
import { refuse, type Refusal } from './outcomes.js'

// What a till may do without a network: pure functions of the signed allowance, the member's own code
// and the time. Nothing here keeps a coupon from being used twice: that is done by leaving it with one
// till until that till has said what became of it, however wrong its clock is.

/** Clocks are corrected by so much without anybody having turned them back. */
const CLOCK_BACK_MS_MAX = 5 * 60_000

/**
 * The time to decide by: never earlier than what was seen before. Refuses `offline_clock` where the
 * clock was turned back, so that nothing that is over comes to life again.
 */
export function trustedTime(
  nowMs: number,
  latestSeenMs: number,
): { ok: true; nowMs: number } | Refusal {
  if (nowMs < latestSeenMs - CLOCK_BACK_MS_MAX) return refuse('offline_clock')
  return { ok: true, nowMs: Math.max(nowMs, latestSeenMs) }
}

/** Why an allowance allows a till nothing: `offline_none` where it is another till's, `offline_over`. */
export function allowanceFault(
  { terminalId, issuedAtMs, expiresAtMs }: Allowance,
  at: { terminalId: string; nowMs: number },
): Refusal | null {
  if (terminalId !== at.terminalId) return refuse('offline_none')
  if (at.nowMs < issuedAtMs - CLOCK_BACK_MS_MAX) return refuse('offline_clock')
  return at.nowMs >= expiresAtMs ? refuse('offline_over') : null
}

/**
 * Of which period the member's own code is, read a moment ago. Refuses `offline_code_invalid`, and
 * `offline_code_used` for one no later than `lastPeriod`, which paid an order before.
 */
export function offlineCode(
  { memberNo, codeKeys }: Pick<Allowance, 'memberNo' | 'codeKeys'>,
  read: { memberCode: string; readAtMs: number; lastPeriod: number | null },
  bytesOf: (base64url: string) => Uint8Array,
): { ok: true; period: number } | Refusal {
  if (memberNoOfCode(read.memberCode) !== memberNo) return refuse('offline_code_invalid')
  const keys = codeKeys.map(({ day, key }) => ({ day, key: bytesOf(key) }))
  const period = memberCodePeriod(read.memberCode, keys, read.readAtMs)
  if (period === null) return refuse('offline_code_invalid')
  if (read.lastPeriod !== null && period <= read.lastPeriod) return refuse('offline_code_used')
  return { ok: true, period }
}

/** The coupons of an allowance as a quote takes them; those in `used` are not there any more. */
export function couponsAllowed(
  { coupons }: Pick<Allowance, 'coupons'>,
  used: ReadonlySet<string>,
): CouponInHand[] {
  return coupons
    .filter(({ allowanceId }) => !used.has(allowanceId))
    .map(({ couponId, code, templateId, version, terms, validFromMs, validUntilMs }) => ({
      ...{ couponId, code, templateId, version, terms, validFromMs, validUntilMs },
      state: 'issued',
    }))
}

/**
 * Whether a coupon is worth leaving with a till: it can be used there, whatever the goods, the hour
 * and the member's other purchases are.
 */
export function mayBeLeft(coupon: CouponInHand, order: CouponOrder): boolean {
  const when = { ...coupon.terms.when, weekdays: [], fromTime: null, toTime: null }
  const terms = { ...coupon.terms, withPoints: true, when }
  const fault = couponFault({ ...coupon, terms }, order)
  return fault === null || fault.code === 'coupon_goods_unseen'
}
