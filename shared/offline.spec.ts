import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Allowance } from './contracts/offline.js'
import { codeDayKeys, memberCode, memberNoFrom, MEMBER_CODE_PERIOD_MS } from './member-code.js'
import { allowanceFault, offlineCode, trustedTime } from './offline.js'

const NOW_MS = 1_772_416_800_000
const HOUR_MS = 3_600_000
const KEY = new Uint8Array(Buffer.from('12345678901234567890123456789012', 'ascii'))
const MEMBER_NO = memberNoFrom('10000000001')
const bytesOf = (text: string) => Buffer.from(text, 'base64url')

function allowance(over: Partial<Allowance> = {}): Allowance {
  const expiresAtMs = NOW_MS + 12 * HOUR_MS
  return {
    ...{ storeId: 'S', terminalId: 'T', memberId: 'M', memberNo: MEMBER_NO },
    ...{ levelCode: 'base', isFirstPurchase: false, coupons: [], points: null },
    ...{ issuedAtMs: NOW_MS, expiresAtMs },
    codeKeys: codeDayKeys(KEY, NOW_MS, expiresAtMs).map(({ day, key }) => ({
      day,
      key: Buffer.from(key).toString('base64url'),
    })),
    ...over,
  } as Allowance
}

describe('what a till is allowed without a network', () => {
  it.each([
    ['now', 'T', 0, null],
    ['to the last moment', 'T', 12 * HOUR_MS - 1, null],
    ['not when it is over', 'T', 12 * HOUR_MS, 'offline_over'],
    ['not at another till', 'U', 0, 'offline_none'],
    ['with a clock some minutes slow', 'T', -4 * 60_000, null],
    ['not before it was signed', 'T', -24 * HOUR_MS, 'offline_clock'],
  ])('%s', (_title, terminalId, afterMs, code) => {
    const fault = allowanceFault(allowance(), { terminalId, nowMs: NOW_MS + afterMs })
    expect(fault?.code ?? null).toBe(code)
  })

  it('never comes to life again, however a clock is turned', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -48, max: 48 }), { maxLength: 20 }), (hours) => {
        let latestMs = NOW_MS
        let wasOver = false
        for (const hour of hours) {
          const time = trustedTime(NOW_MS + hour * HOUR_MS, latestMs)
          if (!time.ok) continue
          expect(time.nowMs).toBeGreaterThanOrEqual(latestMs)
          latestMs = time.nowMs
          const isOver = allowanceFault(allowance(), { terminalId: 'T', nowMs: latestMs }) !== null
          expect(wasOver && !isOver).toBe(false)
          wasOver ||= isOver
        }
      }),
      { seed: 20_261_122 },
    )
  })

  it('is told that a clock was set back a day', () => {
    expect(trustedTime(NOW_MS - 24 * HOUR_MS, NOW_MS)).toMatchObject({ code: 'offline_clock' })
    expect(trustedTime(NOW_MS - 60_000, NOW_MS)).toEqual({ ok: true, nowMs: NOW_MS })
  })
})

describe('the own code of a member, without a network', () => {
  const code = memberCode(MEMBER_NO, KEY, NOW_MS)
  const period = Math.floor(NOW_MS / MEMBER_CODE_PERIOD_MS)
  const other = memberCode(memberNoFrom('10000000002'), KEY, NOW_MS)
  it.each([
    ['is taken', code, 0, null, null],
    ['is taken after an earlier one', code, 0, period - 1, null],
    ['is taken a minute late', code, 60_000, null, null],
    ['is not taken two minutes late', code, 120_000, null, 'offline_code_invalid'],
    ['is not taken twice', code, 0, period, 'offline_code_used'],
    ['is not taken after a later one', code, 0, period + 1, 'offline_code_used'],
    ['is not taken of another member', other, 0, null, 'offline_code_invalid'],
    ['is not taken forged', `68${MEMBER_NO}00000000`, 0, null, 'offline_code_invalid'],
    ['is not taken of another day', code, 48 * HOUR_MS, null, 'offline_code_invalid'],
  ])('%s', (_title, memberCodeRead, lateMs, lastPeriod, refusal) => {
    const read = { memberCode: memberCodeRead, readAtMs: NOW_MS + lateMs, lastPeriod }
    const answer = offlineCode(allowance(), read, bytesOf)
    expect(answer.ok ? null : answer.code).toBe(refusal)
  })
})
