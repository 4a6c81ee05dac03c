import { expect, it } from '@jest/globals'
import { describeData } from '../rig/data.js'
import { IDENTITY_SETS, identityFigures } from '../rig/identity.js'

// The same files and the same code as `npm run bench -- identity`.

const TIMEOUT_MS = 120_000

describeData('who is who, where the answer is known', () => {
  it(
    'Chinese members: what is merged is right, and little is left for people',
    async () => {
      const { merge, all, reviews, records } = await identityFigures(IDENTITY_SETS.cn)
      expect(merge.precision).toBeGreaterThanOrEqual(0.99)
      expect(merge.recall).toBeGreaterThanOrEqual(0.78)
      expect(all.f1).toBeGreaterThanOrEqual(0.92)
      expect(reviews).toBeLessThanOrEqual(records / 10)
    },
    TIMEOUT_MS,
  )

  it.each([
    ['one error in each double', 'febrlA', 0.99],
    ['up to nine doubles with up to ten errors each', 'febrlC', 0.987],
    ['no phones at all', 'febrl1', 0.99],
  ] as const)(
    'Australian records with %s',
    async (_title, name, f1) => {
      const { merge } = await identityFigures(IDENTITY_SETS[name])
      expect(merge.precision).toBeGreaterThanOrEqual(0.99)
      expect(merge.f1).toBeGreaterThanOrEqual(f1)
    },
    TIMEOUT_MS,
  )

  it(
    'records with names left out: nothing is merged that should not be',
    async () => {
      const { merge } = await identityFigures(IDENTITY_SETS.splink)
      expect(merge.precision).toBeGreaterThanOrEqual(0.99)
      expect(merge.recall).toBeGreaterThanOrEqual(0.7)
    },
    TIMEOUT_MS,
  )
})
