import { EXCHANGE_CODE_DIGITS } from '@huike/shared/till-limits'
import { MEMBER_CODE_PREFIX, memberNoOfCode } from '@huike/shared/member-code'
import { normalisePhone, type Phone } from '@huike/shared/phone'

// What digits mean that arrive at the one input of the page, typed by a person or by a scanner. A
// scanner types like a very fast person; some send Enter at the end and some do not.

export const PHONE_DIGITS = 11
export const MEMBER_CODE_DIGITS = 22
/** More than any code has: whatever comes after is a stuck key or a wrong barcode. */
export const ENTRY_DIGITS_MAX = 32
/** Keys closer together than this belong to one burst. */
export const BURST_GAP_MS = 100
/**
 * Digits mean something only after this much silence, because the first eleven digits of a payment
 * code look like a phone number. Nobody notices a wait this short.
 */
export const SETTLE_MS = BURST_GAP_MS + 20
/** Text that follows a digit key this closely is the same key again, whatever it says. */
export const ECHO_MS_MAX = 60
/** For so long the text of a key that an input method swallowed may still come, on a slow till. */
export const ECHO_PENDING_MS_MAX = 2_000
/** A leftover in the input is forgotten when at least this many digits came in one burst. */
const SCAN_DIGITS_MIN = 16

/** WeChat Pay 10–15 (https://pay.weixin.qq.com), Alipay 25–30; both 18 digits at this till. */
const PAYMENT_CODE = /^(?:1[0-5]|2[5-9]|30)\d{16}$/

/** Ten digits that a phone number may begin with: typed, they are one that is not finished. */
const PHONE_BEGUN = /^1[3-9]/

/** The last run of keys without a pause. */
export interface Burst {
  readonly digits: string
  readonly lastKeyAtMs: number
}

/** What the digits are. `incomplete`: not yet anything, `missing` more make a phone number. */
export type Reading =
  | { kind: 'phone'; phone: Phone }
  | { kind: 'member_code'; code: string }
  | { kind: 'member_code_broken' }
  | { kind: 'payment_code' }
  /** What somebody fetches in the store. */
  | { kind: 'pickup_code'; code: string }
  | { kind: 'phone_wrong' }
  | { kind: 'unknown' }
  | { kind: 'incomplete'; missing: number }
  | { kind: 'empty' }

/** The burst after one more digit: grown, or started anew after a pause. */
export function growBurst(burst: Burst | null, digit: string, atMs: number): Burst {
  const goesOn = burst !== null && atMs - burst.lastKeyAtMs <= BURST_GAP_MS
  const digits = goesOn ? burst.digits + digit : digit
  return { digits: digits.slice(-ENTRY_DIGITS_MAX), lastKeyAtMs: atMs }
}

/** The digits of a text, full-width ones included. */
export function digitsOf(text: string): string {
  return text.normalize('NFKC').replace(/\D/g, '')
}

/** What an input method still owes for the keys it swallowed, after text `typed` came; null: not it. */
export function afterEcho(owed: string, typed: string): string | null {
  const digits = digitsOf(typed)
  return digits !== '' && owed.startsWith(digits) ? owed.slice(digits.length) : null
}

/**
 * The member code that has just been completed, or null. Known by its length, prefix and check
 * digit, so it needs no Enter and no silence, and stray digits before it do no harm.
 */
export function completedMemberCode(digits: string): string | null {
  const tail = digits.slice(-MEMBER_CODE_DIGITS)
  return memberNoOfCode(tail) === null ? null : tail
}

/**
 * The pickup code that was scanned at the end of the entry, or null: ten digits in one burst. No person
 * types them so fast, and a phone number has one more. What lay in the input before them does no harm.
 */
export function scannedPickup(entry: string, burst: Burst | null): string | null {
  if (burst?.digits.length !== EXCHANGE_CODE_DIGITS) return null
  return entry.endsWith(burst.digits) ? burst.digits : null
}

/** What entry and burst mean once the keys have been silent or Enter was pressed. */
export function readDigits(entry: string, burst: Burst | null): Reading {
  const pickup = scannedPickup(entry, burst)
  if (pickup !== null) return { kind: 'pickup_code', code: pickup }
  const scanned = burst !== null && burst.digits.length >= SCAN_DIGITS_MIN
  return readOne(scanned ? burst.digits : entry)
}

/** What a pasted text means: a phone number in any spelling, or digits. */
export function readText(text: string): Reading {
  const phone = normalisePhone(text)
  if (phone !== null) return { kind: 'phone', phone }
  return readOne(digitsOf(text))
}

function readOne(digits: string): Reading {
  if (digits === '') return { kind: 'empty' }
  const code = completedMemberCode(digits)
  if (code !== null) return { kind: 'member_code', code }
  if (PAYMENT_CODE.test(digits)) return { kind: 'payment_code' }
  if (digits.length === MEMBER_CODE_DIGITS && digits.startsWith(MEMBER_CODE_PREFIX))
    return { kind: 'member_code_broken' }
  if (digits.length === EXCHANGE_CODE_DIGITS && !PHONE_BEGUN.test(digits))
    return { kind: 'pickup_code', code: digits }
  if (digits.length < PHONE_DIGITS)
    return { kind: 'incomplete', missing: PHONE_DIGITS - digits.length }
  const phone = normalisePhone(digits)
  if (phone !== null) return { kind: 'phone', phone }
  return digits.length === PHONE_DIGITS ? { kind: 'phone_wrong' } : { kind: 'unknown' }
}
