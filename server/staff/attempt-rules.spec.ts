import { describe, expect, it } from '@jest/globals'
import {
  ACCOUNT_ATTEMPTS,
  ADDRESS_ATTEMPTS,
  afterAttempt,
  ATTEMPTS_KEPT_MS,
  NO_ATTEMPTS,
  waitMsAfter,
  waitMsLeft,
  waitWords,
} from './attempt-rules.js'

const NOW_MS = 1_800_000_000_000
const YEAR_MS = 365 * 86_400_000

describe('waiting after wrong sign-ins', () => {
  it.each([
    [ACCOUNT_ATTEMPTS, 4, 0],
    [ACCOUNT_ATTEMPTS, 5, 30_000],
    [ACCOUNT_ATTEMPTS, 6, 60_000],
    [ACCOUNT_ATTEMPTS, 9, 480_000],
    [ACCOUNT_ATTEMPTS, 10, 900_000],
    [ACCOUNT_ATTEMPTS, 5_000, 900_000],
    [ADDRESS_ATTEMPTS, 19, 0],
    [ADDRESS_ATTEMPTS, 20, 60_000],
    [ADDRESS_ATTEMPTS, 5_000, 3_600_000],
  ])('doubles up to an end: %j, %i failures, %i ms', (policy, failures, waitMs) => {
    expect(waitMsAfter(failures, policy)).toBe(waitMs)
  })

  it('counts each attempt as failed at once, and forgets after a quiet day', () => {
    let kept = NO_ATTEMPTS
    for (let n = 0; n < 5; n += 1) kept = afterAttempt(kept, NOW_MS, ACCOUNT_ATTEMPTS)
    expect(kept).toEqual({ failures: 5, lastAtMs: NOW_MS, lockedUntilMs: NOW_MS + 30_000 })
    expect(waitMsLeft(kept, NOW_MS + 29_999)).toBe(1)
    expect(waitMsLeft(kept, NOW_MS + 30_000)).toBe(0)
    const later = NOW_MS + ATTEMPTS_KEPT_MS + 1
    expect(afterAttempt(kept, later, ACCOUNT_ATTEMPTS).failures).toBe(1)
  })

  it('does not lock for a year when the clock was a year ahead, and counts on', () => {
    const kept = {
      failures: 5,
      lastAtMs: NOW_MS + YEAR_MS,
      lockedUntilMs: NOW_MS + YEAR_MS + 30_000,
    }
    expect(waitMsLeft(kept, NOW_MS)).toBe(0)
    const next = afterAttempt(kept, NOW_MS, ACCOUNT_ATTEMPTS)
    expect(waitMsLeft(next, NOW_MS)).toBe(60_000)
  })

  it.each([
    [1, '尝试次数太多，请 1 秒后再试'],
    [59_000, '尝试次数太多，请 59 秒后再试'],
    [59_001, '尝试次数太多，请 1 分钟后再试'],
    [900_000, '尝试次数太多，请 15 分钟后再试'],
  ])('%i ms in words', (waitMs, words) => {
    expect(waitWords(waitMs)).toBe(words)
  })
})
