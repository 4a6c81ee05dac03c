import { describe, expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import {
  BURST_GAP_MS,
  completedMemberCode,
  growBurst,
  readDigits,
  readText,
  type Burst,
} from './codes.js'

const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PHONE = '13812345678'

describe('digits at the till', () => {
  it.each([
    [PHONE, { kind: 'phone', phone: PHONE }],
    [`86${PHONE}`, { kind: 'phone', phone: PHONE }],
    [MEMBER_CODE, { kind: 'member_code', code: MEMBER_CODE }],
    [`68${'0'.repeat(11)}187654321`, { kind: 'member_code_broken' }],
    ['134567890123456789', { kind: 'payment_code' }],
    ['104567890123456789', { kind: 'payment_code' }],
    ['159999999999999999', { kind: 'payment_code' }],
    ['284567890123456789', { kind: 'payment_code' }],
    ['304567890123456789', { kind: 'payment_code' }],
    ['164567890123456789', { kind: 'unknown' }],
    ['244567890123456789', { kind: 'unknown' }],
    ['12812345678', { kind: 'phone_wrong' }],
    ['1381234567', { kind: 'incomplete', missing: 1 }],
    ['1281234567', { kind: 'pickup_code', code: '1281234567' }],
    ['0012345678', { kind: 'pickup_code', code: '0012345678' }],
    ['001234567', { kind: 'incomplete', missing: 2 }],
    ['1', { kind: 'incomplete', missing: 10 }],
    ['', { kind: 'empty' }],
    ['6901234567892', { kind: 'unknown' }],
  ])('reads %s', (digits, reading) => {
    expect(readDigits(digits, null)).toEqual(reading)
  })

  it('reads ten digits like the beginning of a phone number as a pickup code only when scanned', () => {
    const scanned = typed('1381234567', 10, 5_000)
    expect(readDigits('1381234567', scanned)).toEqual({ kind: 'pickup_code', code: '1381234567' })
    const slow = typed('1381234567', 180, 5_000)
    expect(readDigits('1381234567', slow)).toEqual({ kind: 'incomplete', missing: 1 })
    expect(readText('1381234567')).toEqual({ kind: 'incomplete', missing: 1 })
  })

  it.each(['1', '5', '86', '13812345678'])(
    'forgets a leftover %s before a scanned pickup code',
    (left) => {
      const scanned = typed('3812345678', 10, 5_000)
      const pickup = { kind: 'pickup_code', code: '3812345678' }
      expect(readDigits(`${left}3812345678`, scanned)).toEqual(pickup)
    },
  )

  it('reads a phone number as one, scanned or typed, and however its last digits came', () => {
    const phone = { kind: 'phone', phone: PHONE }
    for (const gapMs of [10, 180])
      expect(readDigits(PHONE, typed(PHONE, gapMs, 5_000))).toEqual(phone)
    expect(readDigits(PHONE, typed(PHONE.slice(2), 90, 5_000))).toEqual(phone)
    expect(readDigits(`86${PHONE}`, typed(PHONE, 10, 5_000))).toEqual(phone)
    // A burst that is not what the entry ends with says nothing of it.
    expect(readDigits(PHONE, typed('0012345678', 10, 5_000))).toEqual(phone)
  })

  it('forgets what lay in the input when a scanner fires a payment code after it', () => {
    const burst = typed('134567890123456789', 10, 5_000)
    expect(readDigits(`138${burst.digits}`, burst)).toEqual({ kind: 'payment_code' })
  })

  it('finds a member code behind stray digits as soon as its last digit is there', () => {
    expect(completedMemberCode(`138${MEMBER_CODE}`)).toBe(MEMBER_CODE)
    expect(completedMemberCode(`138${MEMBER_CODE}`.slice(0, -1))).toBeNull()
  })

  it('reads pasted text in any spelling', () => {
    expect(readText(' +86 138-1234-5678 ')).toEqual({ kind: 'phone', phone: PHONE })
    expect(readText('13812345678')).toEqual({ kind: 'phone', phone: PHONE })
    expect(readText('没有数字')).toEqual({ kind: 'empty' })
  })
})

describe('a burst of keys', () => {
  it('goes on up to the gap and starts anew beyond it', () => {
    const first = growBurst(null, '6', 1_000)
    const second = growBurst(first, '8', 1_000 + BURST_GAP_MS)
    expect(second.digits).toBe('68')
    expect(growBurst(second, '1', second.lastKeyAtMs + BURST_GAP_MS + 1).digits).toBe('1')
  })

  it('stays bounded when a key is stuck', () => {
    expect(typed('7'.repeat(500), 5, 0).digits.length).toBeLessThanOrEqual(32)
  })
})

function typed(digits: string, gapMs: number, startMs: number): Burst {
  let burst: Burst | null = null
  digits.split('').forEach((digit, at) => {
    burst = growBurst(burst, digit, startMs + at * gapMs)
  })
  if (burst === null) throw new Error('nothing typed')
  return burst
}
