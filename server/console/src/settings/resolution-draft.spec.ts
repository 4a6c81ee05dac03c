import { describe, expect, it } from '@jest/globals'
import {
  resolutionChangeSchema,
  resolutionShownSchema,
} from '@huike/shared/contracts/console-resolution'
import { changeOf, draftOf, moved, type Draft } from './resolution-draft.js'

const RULES = {
  order: ['phone', 'account', 'email', 'device'],
  quietDays: 365,
  reviewFromFen: 1_000_000,
}
const SHOWN = resolutionShownSchema.parse({ ...RULES, platforms: ['tmall'] })
const FRESH = { key: 'new', platform: 'jd', salt: 'pepper', isKnown: false }

describe('how people are recognised, as it is typed', () => {
  it('comes back as it was, and what a platform appends is left as it is', () => {
    const change = { ...RULES, salts: [{ platform: 'tmall', salt: null }] }
    expect(changeOf(draftOf(SHOWN))).toEqual(change)
    expect(draftOf({ ...SHOWN, reviewFromFen: null }).yuan).toBe('')
    expect(changeOf({ ...draftOf(SHOWN), yuan: '' })?.reviewFromFen).toBeNull()
  })

  it.each<[string, Partial<Draft>]>([
    ['too few days', { days: '89' }],
    ['too many days', { days: '3651' }],
    ['no days', { days: '' }],
    ['half a day', { days: '90.5' }],
    ['a free amount', { yuan: '0' }],
    ['an amount that is none', { yuan: '一百' }],
    ['a platform without a name', { salts: [{ ...FRESH, platform: '' }] }],
    ['a platform with a Chinese name', { salts: [{ ...FRESH, platform: '京东' }] }],
    ['a platform that appends nothing', { salts: [{ ...FRESH, salt: '' }] }],
    ['a platform twice', { salts: [FRESH, { ...FRESH, key: 'other' }] }],
  ])('says nothing with %s', (_title, fields) => {
    expect(changeOf({ ...draftOf(SHOWN), ...fields })).toBeNull()
  })

  it.each<Partial<Draft>>([
    { days: '90' },
    { days: '3650' },
    { yuan: '10000000' },
    { salts: [FRESH] },
  ])('is what the server takes: %j', (fields) => {
    const change = changeOf({ ...draftOf(SHOWN), ...fields })
    expect(resolutionChangeSchema.parse(change)).toEqual(change)
  })

  it('moves one group by one step, and none beyond an end', () => {
    expect(moved(SHOWN.order, 1, -1)).toEqual(['account', 'phone', 'email', 'device'])
    expect(moved(SHOWN.order, 1, 1)).toEqual(['phone', 'email', 'account', 'device'])
    expect(moved(SHOWN.order, 0, -1)).toEqual(SHOWN.order)
    expect(moved(SHOWN.order, 3, 1)).toEqual(SHOWN.order)
  })
})
