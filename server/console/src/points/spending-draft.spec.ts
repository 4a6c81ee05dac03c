import { describe, expect, it } from '@jest/globals'
import { pointsSettingsSchema, type PointsSettings } from '@huike/shared/contracts/spending'
import { FEN_MAX, fen } from '@huike/shared/quantities'
import { draftOf, example, settingsOf, type SpendingDraft } from './spending-draft.js'

const ON: PointsSettings = {
  spending: {
    ...{ points: 100, fen: 33, leastPoints: 200, stepPoints: 100, orderPercentMax: 30 },
    ...{ orderPointsMax: 5_000, leastOrderFen: fen(5_050), isCodeNeeded: false },
  },
  refunds: 'cash',
}
const typed = (changes: Partial<SpendingDraft>) => settingsOf({ ...draftOf(ON), ...changes })

describe('what is written of points as cash', () => {
  it.each<[string, PointsSettings]>([
    ['everything', ON],
    ['nothing', { spending: null, refunds: 'next_earn' }],
  ])('says again what is set: %s', (_title, settings) => {
    expect(settingsOf(draftOf(settings))).toEqual({ settings })
  })

  it('proposes terms that the server takes, with the code of the member', () => {
    const proposed = settingsOf({ ...draftOf({ spending: null, refunds: 'negative' }), isOn: true })
    const settings = 'settings' in proposed ? proposed.settings : null
    expect(pointsSettingsSchema.parse(settings).spending).toMatchObject({ isCodeNeeded: true })
  })

  it.each<[keyof SpendingDraft, string[], string[]]>([
    ['points', ['1', '33'], ['', '0', '1.5', '1000001', '-1', '１００', '1e3']],
    ['yuan', ['0.01', '10000', '1.5'], ['', '0', '0.001', '10000.01', '-1']],
    ['least', ['1', '10000000'], ['0', '10000001', '']],
    ['step', ['100', '200'], ['0', '10', '', '10000001']],
    ['percent', ['1', '100'], ['0', '101', '12.5', '']],
    ['cap', ['', '1', '10000000'], ['0', '10000001', 'x']],
    [
      'leastOrderYuan',
      ['', '0', '0.5', String(FEN_MAX / 100)],
      ['x', '-1', '1.234', '9'.repeat(15)],
    ],
  ])(
    'takes of %s what the server takes, and says what is wrong with the rest',
    (name, good, bad) => {
      for (const text of good) {
        const read = typed({ [name]: text })
        expect('settings' in read && pointsSettingsSchema.safeParse(read.settings).success).toBe(
          true,
        )
      }
      for (const text of bad) {
        const read = typed({ [name]: text })
        expect('problems' in read && Object.keys(read.problems)).toContain(name)
      }
    },
  )

  it('keeps nothing back from money where a point has no worth', () => {
    const read = typed({ isOn: false })
    expect(read).toMatchObject({ problems: { refunds: expect.stringMatching(/积分抵现/) } })
    expect(typed({ isOn: false, refunds: 'negative' })).toMatchObject({
      settings: { spending: null },
    })
  })

  it('tells what an order may take, or why none', () => {
    const terms = ON.spending
    if (terms === null) throw new Error('no terms')
    expect(example(terms)).toEqual({ points: 5_000, valueFen: 1_650, why: null })
    expect(example({ ...terms, leastOrderFen: fen(10_001) })).toMatchObject({
      why: '满 ¥100.01 才可使用积分',
    })
  })
})
