import { describe, expect, it } from '@jest/globals'
import { withQuery } from '../api.js'
import { placeOf } from '../router.js'
import { choiceOf, daysWithin, faultOf, wordsOf, type Choice } from './period.js'

const TODAY = '2026-03-02'
const read = (hash: string) => choiceOf(placeOf(hash), TODAY)

describe('the period of the statistics', () => {
  it('is the last thirty days unless the address says otherwise', () => {
    const thirty = { days: 30, from: '2026-02-01', to: TODAY, storeId: null }
    expect(read('#/statistics')).toEqual(thirty)
    expect(read('#/statistics?days=8')).toEqual(thirty)
    expect(read('#/statistics?days=7')).toMatchObject({ days: 7, from: '2026-02-24', to: TODAY })
  })

  it('comes back from the address it wrote', () => {
    const choices: Choice[] = [
      { days: 90, from: '2025-12-03', to: TODAY, storeId: 'S1' },
      { days: null, from: '2026-01-01', to: '2026-01-31', storeId: null },
    ]
    for (const choice of choices)
      expect(read(`#${withQuery('/statistics', wordsOf(choice))}`)).toEqual(choice)
  })

  it('counts both of its ends, over a leap day and over the change to summer time', () => {
    expect(daysWithin('2026-03-02', '2026-03-02')).toBe(1)
    expect(daysWithin('2028-02-28', '2028-03-01')).toBe(3)
    expect(daysWithin('2026-03-01', '2026-03-31')).toBe(31)
  })

  it.each([
    ['2026-03-02', '2026-03-02', null],
    ['2025-03-02', '2026-03-02', null],
    ['2025-03-01', '2026-03-02', '一次最多看 366 天'],
    ['2026-03-02', '2026-03-01', '结束日期要在开始日期之后'],
    ['', '2026-03-01', '请选开始和结束日期'],
    ['2026-13-01', '2026-03-01', '请选开始和结束日期'],
  ])('from "%s" to "%s" is answered with %p', (from, to, fault) => {
    expect(faultOf({ days: null, from, to, storeId: null })).toBe(fault)
  })
})
