import { describe, expect, it } from '@jest/globals'
import { memberHints, type KnownOfMember } from './member-hints.js'

const BOTH = ['name', 'birthday'] as const
const TOLD: KnownOfMember = { name: '张三丰', birthday: '1990-06-15', onlineSales: 0 }

describe('the hints on a member', () => {
  it.each([
    ['on the day', '1990-06-15', '2026-06-15', true],
    ['three days before', '1990-06-18', '2026-06-15', true],
    ['three days after', '1990-06-12', '2026-06-15', true],
    ['four days before', '1990-06-19', '2026-06-15', false],
    ['four days after', '1990-06-11', '2026-06-15', false],
    ['over the end of the year', '1990-01-02', '2026-12-30', true],
    ['over the beginning of the year', '1990-12-30', '2026-01-02', true],
    ['29 February in a leap year', '1992-02-29', '2028-02-29', true],
    ['29 February in a leap year, three days after', '1992-02-29', '2028-03-03', true],
    ['29 February, celebrated on the 28th', '1992-02-29', '2026-02-28', true],
    ['29 February in a common year, three days after the 28th', '1992-02-29', '2026-03-03', true],
    ['29 February in a common year, four days after the 28th', '1992-02-29', '2026-03-04', false],
    ['29 February in a common year, three days before', '1992-02-29', '2026-02-25', true],
    ['half a year away', '1990-12-15', '2026-06-15', false],
  ])('tell of a birthday: %s', (_title, birthday, today, isNear) => {
    expect(memberHints({ ...TOLD, birthday }, today, BOTH)).toEqual(isNear ? ['birthday'] : [])
  })

  it.each([
    [0, []],
    [2, []],
    [3, ['online_regular']],
    [40, ['online_regular']],
  ])('tell of a regular online shopper after %i sales', (onlineSales, hints) => {
    expect(memberHints({ ...TOLD, onlineSales }, '2026-01-15', BOTH)).toEqual(hints)
  })

  it('ask for what is not known, last, and in the order in which it is wanted', () => {
    const nothing = { name: null, birthday: null, onlineSales: 3 }
    const asked = (askFor: Parameters<typeof memberHints>[2]) =>
      memberHints(nothing, '2026-06-15', askFor)
    expect(memberHints({ ...TOLD, name: null, onlineSales: 3 }, '2026-06-15', BOTH)).toEqual([
      ...['birthday', 'online_regular', 'ask_name'],
    ])
    expect(asked(BOTH)).toEqual(['online_regular', 'ask_name', 'ask_birthday'])
    expect(asked(['birthday', 'name'])).toEqual(['online_regular', 'ask_birthday', 'ask_name'])
    expect(asked(['name'])).toEqual(['online_regular', 'ask_name'])
    expect(asked([])).toEqual(['online_regular'])
  })
})
