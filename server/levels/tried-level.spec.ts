import { describe, expect, it } from '@jest/globals'
import { FIRST_SCHEME } from '@huike/shared/levels'
import { triedLevel, type TriedGrowth } from './tried-level.js'

const schemeOf = (silver: number, gold: number) => ({
  levels: [0, silver, gold].map((threshold, rank) => ({
    ...{ code: ['base', 'silver', 'gold'][rank] ?? '', name: '', threshold },
    benefits: FIRST_SCHEME.levels[0]?.benefits as never,
  })),
})
const PUBLISHED = schemeOf(100, 500)
const grown = (now: number, reached = 0): TriedGrowth => ({ now, reached })

describe('the level somebody would have', () => {
  const cases: [why: string, level: string, growth: TriedGrowth, draft: number[], then: string][] =
    [
      ['goes up where less is asked for', 'base', grown(90), [80, 500], 'silver'],
      ['goes down where more is asked for', 'gold', grown(600, 600), [100, 700], 'silver'],
      ['goes down by as many as it has to', 'gold', grown(600, 600), [650, 700], 'base'],
      ['stays where growth has left the period', 'gold', grown(0, 600), [100, 500], 'gold'],
      ['stays on what reached it, if that is enough', 'gold', grown(0, 600), [100, 550], 'gold'],
      ['is lost where what reached it is not enough', 'gold', grown(0, 600), [100, 601], 'silver'],
      [
        'is proven by what reached it, and nothing more',
        'silver',
        grown(0, 900),
        [90, 400],
        'silver',
      ],
      ['stands on a scheme of before that asked less', 'gold', grown(300, 300), [100, 450], 'gold'],
      ['is not lost twice to a scheme of before', 'gold', grown(300, 300), [310, 450], 'base'],
      ['waits for its review as before', 'base', grown(120), [100, 600], 'base'],
    ]
  it.each(cases)('%s', (_why, levelCode, growth, [silver = 0, gold = 0], then) => {
    const draft = { scheme: schemeOf(silver, gold), growth }
    expect(triedLevel(levelCode, { published: { scheme: PUBLISHED, growth }, draft })).toBe(then)
  })

  it('is the one it is under the scheme in force, whatever it stands on', () => {
    for (const levelCode of ['base', 'silver', 'gold', 'unknown'])
      for (const growth of [grown(0), grown(120, 700), grown(900), grown(-5, -5)]) {
        const same = { scheme: PUBLISHED, growth }
        expect(triedLevel(levelCode, { published: same, draft: same })).toBe(levelCode)
      }
  })

  it('follows a draft that gives growth otherwise', () => {
    const published = { scheme: PUBLISHED, growth: grown(60, 0) }
    const draft = { scheme: PUBLISHED, growth: grown(120, 0) }
    expect(triedLevel('base', { published, draft })).toBe('silver')
  })
})
