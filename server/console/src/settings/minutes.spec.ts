import { describe, expect, it } from '@jest/globals'
import { DAY_MINUTES } from '../limits.js'
import { clockOfMinute, minuteOfClock } from './minutes.js'

describe('a minute of the day', () => {
  it('comes back as the same time of day', () => {
    for (let minute = 0; minute < DAY_MINUTES; minute += 1)
      expect(minuteOfClock(clockOfMinute(minute))).toBe(minute)
    expect([clockOfMinute(540), clockOfMinute(1_260)]).toEqual(['09:00', '21:00'])
  })

  it.each(['', '9:00', '24:00', '12:60', '12:00:00'])('is not "%s"', (text) => {
    expect(minuteOfClock(text)).toBeNull()
  })
})
