import { createHmac } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  codeDayKey,
  codeDayKeys,
  isMemberCodeValid,
  isMemberNo,
  memberCode,
  memberCodeOfDay,
  memberCodePeriod,
  MEMBER_CODE_PERIOD_MS,
  memberCodeRemainingMs,
  memberNoFrom,
  memberNoOfCode,
} from './member-code.js'

const KEY = new Uint8Array(Buffer.from('12345678901234567890123456789012', 'ascii'))
const MEMBER_NO = memberNoFrom('10000000001')
const NOW_MS = 1_772_416_800_000

/** RFC 6238 with HMAC-SHA-256, from Node's own primitives and BigInt: shares nothing with ours. */
function expectedDigits(key: Uint8Array, atMs: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)))
  const mac = createHmac('sha256', key).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0x0f
  const binary = BigInt(`0x${mac.subarray(offset, offset + 4).toString('hex')}`) & 0x7fffffffn
  return String(binary % 100_000_000n).padStart(8, '0')
}

/** The key of the UTC day of an instant. */
function expectedDayKey(key: Uint8Array, atMs: number): Uint8Array {
  const day = Buffer.alloc(8)
  day.writeBigUInt64BE(BigInt(Math.floor(atMs / 86_400_000)))
  return createHmac('sha256', key).update('day').update(day).digest()
}

describe('the rotating code', () => {
  // RFC 6238, Appendix B, the SHA-256 column (8 digits, 30 s).
  it.each([
    [59, '46119246'],
    [1_111_111_109, '68084774'],
    [1_111_111_111, '67062674'],
    [1_234_567_890, '91819424'],
    [2_000_000_000, '90698825'],
    [20_000_000_000, '77737706'],
  ])('at %i s is the one the RFC prints', (atS, digits) => {
    const shown = memberCodeOfDay(MEMBER_NO, { day: 0, key: KEY }, atS * 1_000)
    expect(shown).toBe(`68${MEMBER_NO}${digits}`)
    expect(expectedDigits(KEY, atS * 1_000)).toBe(digits)
  })

  it('is what independent arithmetic gives, for any key and any time', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 0, max: 7_258_118_400_000 }),
        (key, atMs) => {
          const day = expectedDayKey(key, atMs)
          expect(memberCode(MEMBER_NO, key, atMs).slice(14)).toBe(expectedDigits(day, atMs))
        },
      ),
    )
  })

  it.each([
    [0, true],
    [1, true],
    [2, true],
    [3, false],
    [-2, true],
    [-3, false],
    [10, false],
  ])('read %i periods later is taken: %p', (periods, isTaken) => {
    const code = memberCode(MEMBER_NO, KEY, NOW_MS)
    const readAtMs = NOW_MS + periods * MEMBER_CODE_PERIOD_MS
    expect(isMemberCodeValid(code, KEY, readAtMs)).toBe(isTaken)
  })

  it('is nothing with the key of somebody else', () => {
    const code = memberCode(MEMBER_NO, KEY, NOW_MS)
    expect(isMemberCodeValid(code, new Uint8Array(32), NOW_MS)).toBe(false)
  })

  it('can be read near the beginning of time', () => {
    expect(isMemberCodeValid(memberCode(MEMBER_NO, KEY, 0), KEY, 0)).toBe(true)
  })

  it.each(['', '68', '0'.repeat(22), `68${MEMBER_NO}1234567`, `68${MEMBER_NO}123456789`, 'x'])(
    'is not %j',
    (text) => {
      expect(isMemberCodeValid(text, KEY, NOW_MS)).toBe(false)
      expect(memberNoOfCode(text)).toBeNull()
    },
  )

  it('is checked by the keys of its day alone, and not by those of another', () => {
    const midnightMs = Math.ceil(NOW_MS / 86_400_000) * 86_400_000
    for (const atMs of [midnightMs - 1, midnightMs, midnightMs + 20_000]) {
      const code = memberCode(MEMBER_NO, KEY, atMs)
      const keys = codeDayKeys(KEY, midnightMs - 60_000, midnightMs + 60_000)
      expect(keys).toHaveLength(2)
      const period = Math.floor(atMs / MEMBER_CODE_PERIOD_MS)
      expect(memberCodePeriod(code, keys, atMs + 45_000)).toBe(period)
      const later = codeDayKey(KEY, Math.floor(atMs / 86_400_000) + 2)
      expect(memberCodePeriod(code, [later], atMs)).toBeNull()
      expect(memberCodePeriod(code, [], atMs)).toBeNull()
    }
  })

  it('carries the number of the member, checked', () => {
    const code = memberCode(MEMBER_NO, KEY, NOW_MS)
    expect(code).toMatch(/^\d{22}$/)
    expect(memberNoOfCode(code)).toBe(MEMBER_NO)
    const mistyped = `68${MEMBER_NO.slice(0, 11)}${String((Number(MEMBER_NO[11]) + 1) % 10)}`
    expect(memberNoOfCode(mistyped + code.slice(14))).toBeNull()
  })

  it.each([
    [0, 30_000],
    [1, 29_999],
    [29_999, 1],
    [30_000, 30_000],
  ])('shown at %i ms remains for %i ms', (atMs, remainingMs) => {
    expect(memberCodeRemainingMs(atMs)).toBe(remainingMs)
  })
})

describe('a member number', () => {
  it.each([
    // The example of ISO/IEC 7812-1 that everybody prints: 7992739871 has the check digit 3.
    ['07992739871', '079927398713'],
    ['00000000000', '000000000000'],
    ['99999999999', '999999999991'],
  ])('%s gets its check digit', (digits, memberNo) => {
    expect(memberNoFrom(digits)).toBe(memberNo)
    expect(isMemberNo(memberNo)).toBe(true)
  })

  it('with one digit wrong is noticed, and nearly every swap of neighbours', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999_999 }),
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 1, max: 9 }),
        (n, at, by) => {
          const memberNo = memberNoFrom(String(n).padStart(11, '0'))
          const digits = [...memberNo]
          digits[at] = String((Number(digits[at]) + by) % 10)
          expect(isMemberNo(digits.join(''))).toBe(false)
          const swapped = [...memberNo]
          ;[swapped[at], swapped[at + 1]] = [swapped[at + 1] ?? '', swapped[at] ?? '']
          // Luhn cannot tell 09 from 90; that is known and stated.
          const pair = `${memberNo[at] ?? ''}${memberNo[at + 1] ?? ''}`
          const isSame = swapped.join('') === memberNo || pair === '09' || pair === '90'
          expect(isMemberNo(swapped.join(''))).toBe(isSame)
        },
      ),
    )
  })

  it.each(['', '07992739871', '0799273987130', '07992739871x', '079927398710'])(
    'is not %j',
    (text) => {
      expect(isMemberNo(text)).toBe(false)
    },
  )
})
