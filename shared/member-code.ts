import { hmacSha256 } from './hmac-sha256.js'

// The rotating member code: 22 digits that a scanner reads from a barcode or a QR code.
//   68 | member number, 12 digits | one-time digits, 8
// The prefix tells it from payment codes (WeChat 10–15, Alipay 25–30, both 18 digits). The one-time
// digits are HOTP's dynamic truncation (RFC 4226 §5.3) of HMAC-SHA-256(day key, step), step = time ÷
// 30 s (RFC 6238), so the phone needs no network to show one and a screenshot dies within two minutes.
// The day key is HMAC-SHA-256(member's key, "day" | UTC day): a till that checks codes without a network
// is given the keys of a day or two, and can forge nobody's code of another day.

export const MEMBER_CODE_PREFIX = '68'
export const MEMBER_CODE_PERIOD_MS = 30_000
/** A code is taken this many periods before and after its own: clocks differ, queues wait. */
export const MEMBER_CODE_SKEW_PERIODS = 2

const DAY_MS = 86_400_000
const CODE = /^68(\d{12})(\d{8})$/
const DIGITS_MODULUS = 100_000_000

/** The key of one UTC day (days since 1970) of a member's codes; no way back to the member's key. */
export interface CodeDayKey {
  day: number
  key: Uint8Array
}

/** The code of one member at one instant. `key` is the member's code key, 32 bytes. */
export function memberCode(memberNo: string, key: Uint8Array, atMs: number): string {
  return memberCodeOfDay(memberNo, codeDayKey(key, codeDayOf(periodOf(atMs))), atMs)
}

/** The same, where only the key of the day is known. */
export function memberCodeOfDay(memberNo: string, { key }: CodeDayKey, atMs: number): string {
  return `${MEMBER_CODE_PREFIX}${memberNo}${oneTimeDigits(key, periodOf(atMs))}`
}

/** The key of one day of the member whose code key is `key`. */
export function codeDayKey(key: Uint8Array, day: number): CodeDayKey {
  const message = new Uint8Array(11)
  message.set([0x64, 0x61, 0x79])
  putCounter(new DataView(message.buffer, 3), day)
  return { day, key: hmacSha256(key, message) }
}

/** The keys a till needs to check codes read between two instants, the skew included. */
export function codeDayKeys(key: Uint8Array, fromMs: number, untilMs: number): CodeDayKey[] {
  const first = codeDayOf(periodOf(fromMs) - MEMBER_CODE_SKEW_PERIODS)
  const last = codeDayOf(periodOf(untilMs) + MEMBER_CODE_SKEW_PERIODS)
  return Array.from({ length: last - first + 1 }, (_, at) => codeDayKey(key, first + at))
}

/** How long the code shown at `atMs` remains the current one, in milliseconds. */
export function memberCodeRemainingMs(atMs: number): number {
  return MEMBER_CODE_PERIOD_MS - (atMs % MEMBER_CODE_PERIOD_MS)
}

/** The member number inside a scanned code, or null when it is no member code. */
export function memberNoOfCode(code: string): string | null {
  const no = CODE.exec(code)?.[1]
  return no !== undefined && isMemberNo(no) ? no : null
}

/** Checks a code read at `atMs`: is it this member's, and of about that time? */
export function isMemberCodeValid(code: string, key: Uint8Array, atMs: number): boolean {
  return memberCodePeriod(code, codeDayKeys(key, atMs, atMs), atMs) !== null
}

/**
 * Of which period a code is that was read at `atMs`, by the keys of its days; null where it is not
 * the member's, or of another time. A period that was taken once is not to be taken again.
 */
export function memberCodePeriod(
  code: string,
  keys: readonly CodeDayKey[],
  atMs: number,
): number | null {
  const shown = CODE.exec(code)?.[2]
  if (shown === undefined) return null
  const now = periodOf(atMs)
  for (let skew = -MEMBER_CODE_SKEW_PERIODS; skew <= MEMBER_CODE_SKEW_PERIODS; skew += 1) {
    const period = now + skew
    const known = keys.find(({ day }) => day === codeDayOf(period))
    if (known && oneTimeDigits(known.key, period) === shown) return period
  }
  return null
}

/** Eleven digits and a Luhn check digit (ISO/IEC 7812-1), so a mistyped number is noticed. */
export function memberNoFrom(elevenDigits: string): string {
  return elevenDigits + luhnDigit(elevenDigits)
}

/** True for twelve digits whose last is the Luhn check of the others. */
export function isMemberNo(text: string): boolean {
  return /^\d{12}$/.test(text) && luhnDigit(text.slice(0, 11)) === text[11]
}

function periodOf(atMs: number): number {
  return Math.floor(atMs / MEMBER_CODE_PERIOD_MS)
}

function codeDayOf(period: number): number {
  return Math.floor((period * MEMBER_CODE_PERIOD_MS) / DAY_MS)
}

/** Eight bytes, big-endian. */
function putCounter(view: DataView, count: number): void {
  view.setUint32(0, Math.floor(count / 2 ** 32))
  view.setUint32(4, ((count % 2 ** 32) + 2 ** 32) % 2 ** 32)
}

function oneTimeDigits(key: Uint8Array, period: number): string {
  const message = new Uint8Array(8)
  putCounter(new DataView(message.buffer), period)
  const mac = hmacSha256(key, message)
  const offset = (mac[31] ?? 0) & 0x0f
  const truncated = new DataView(mac.buffer, mac.byteOffset + offset).getUint32(0) & 0x7fffffff
  return String(truncated % DIGITS_MODULUS).padStart(8, '0')
}

function luhnDigit(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}
