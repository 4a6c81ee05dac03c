import { describe, expect, it } from '@jest/globals'
import {
  QUALITY_SETTINGS_DEFAULT,
  qualitySettingsSchema,
} from '@huike/shared/contracts/console-quality'
import { draftOf, settingsOf, type Draft } from './settings-draft.js'
import { FIGURES } from './strings.js'

const DRAFT = draftOf(QUALITY_SETTINGS_DEFAULT)

describe('the settings of the quality as they are typed', () => {
  it('come back as they were', () => {
    expect(settingsOf(DRAFT)).toEqual(QUALITY_SETTINGS_DEFAULT)
  })

  it('leave out a threshold that was emptied, and what is not asked for', () => {
    const thresholds = { ...DRAFT.thresholds, has_phone: ' ' }
    const found = settingsOf({ ...DRAFT, thresholds, askName: false })
    expect(found?.thresholds).not.toHaveProperty('has_phone')
    expect(found?.askFor).toEqual(['birthday'])
  })

  it.each<[string, Partial<Draft>]>([
    ['a threshold above everything', { thresholds: { has_phone: '101' } }],
    ['words', { thresholds: { has_phone: '很高' } }],
    ['no quantity', { huge: '' }],
    ['half a piece', { huge: '50.5' }],
    ['a quantity that is no wonder', { huge: '49' }],
    ['too few deviations', { deviations: '2' }],
    ['too many deviations', { deviations: '51' }],
    ['too few days', { days: '6' }],
    ['too many days', { days: '366' }],
    ['too large a quantity', { huge: '1000001' }],
  ])('do not stand with %s', (_title, changes) => {
    expect(settingsOf({ ...DRAFT, ...changes })).toBeNull()
  })

  it('take exactly what the contract takes at its ends', () => {
    for (const [huge, deviations, days] of [
      ['50', '3', '7'],
      ['1000000', '50', '365'],
    ] as const) {
      const found = settingsOf({ ...DRAFT, huge, deviations, days })
      expect(qualitySettingsSchema.safeParse(found).success).toBe(true)
    }
  })

  it('have a name for every figure', () => {
    expect(Object.keys(FIGURES).sort()).toEqual(
      [...new Set(qualitySettingsSchema.shape.thresholds.def.keyType.options)].sort(),
    )
  })
})
