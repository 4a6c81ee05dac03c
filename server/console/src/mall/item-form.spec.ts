import { describe, expect, it } from '@jest/globals'
import { draftOf, formOf, NEW_ITEM, problemsOf } from './item-form.js'

const NOW_MS = Date.parse('2026-05-01T09:30:00+08:00')
const GOOD = { ...NEW_ITEM, name: ' 帆布袋 ', category: '生活', price: '５００' }

describe('the form of an item in the mall', () => {
  it('says what was typed, from now on', () => {
    expect(draftOf(GOOD, NOW_MS)).toEqual({
      terms: {
        ...{ name: '帆布袋', words: '', category: '生活', pricePoints: 500, levelCodes: [] },
        gives: { kind: 'goods', fetchDays: 30, storeIds: [], lapse: 'back' },
      },
      limits: {
        ...{ state: 'open', stock: null, memberMax: null, periodMax: null },
        ...{ fromMs: NOW_MS, untilMs: null, sort: 100 },
      },
    })
  })

  it.each([
    ['name', { name: ' ' }],
    ['category', { category: '' }],
    ['price', { price: '0' }],
    ['price', { price: '1.5' }],
    ['days', { days: '366' }],
    ['stock', { stock: '-1' }],
    ['memberMax', { memberMax: '0' }],
    ['periodMax', { period: 'week' as const, periodMax: '' }],
    ['sort', { sort: 'x' }],
    ['until', { from: '2026-05-02T00:00', until: '2026-05-02T00:00' }],
    ['coupon', { kind: 'coupon' as const }],
  ])('names what is wrong with %s', (field, over) => {
    const form = { ...GOOD, ...over }
    expect(Object.keys(problemsOf(form))).toEqual([field])
    expect(draftOf(form, NOW_MS)).toBeNull()
  })

  it('says the same again of what it was filled with', () => {
    const typed = { ...GOOD, stock: '9', period: 'week' as const, periodMax: '2' }
    const draft = draftOf({ ...typed, until: '2026-06-01T00:00' }, NOW_MS)
    if (draft === null) throw new Error('nothing was said')
    const item = { ...draft, id: '', version: 3, coupon: null, stores: [], taken: 0, waiting: 0 }
    const form = formOf({ ...item, createdAtMs: 0, changedAtMs: 0, changedBy: '' } as never)
    expect(form.basedOnVersion).toBe(3)
    expect(draftOf(form, 0)).toEqual(draft)
  })
})
