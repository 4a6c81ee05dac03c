import { describe, expect, it } from '@jest/globals'
import { drawOn, NOTHING_DRAWN, whoWasDrawn, type Candidate } from './chance-draw.js'
import { wilson } from './wilson.js'

// The interval against published values, against the exact sum of the binomial distribution, and by
// simulation from the draw to the interval.

const NOMINAL = 0.95
const OFF_MAX = 0.015
const REPEATS = 20_000

describe('the interval of a share', () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
  // Medicine 17 (1998) 857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('is that of Wilson: %i of %i', (right, tried, low, high) => {
    const found = wilson(right, tried)
    expect(found?.low).toBeCloseTo(low, 4)
    expect(found?.high).toBeCloseTo(high, 4)
    expect(found?.share).toBeCloseTo(right / tried, 10)
  })

  it('is nothing of nothing, and mirrors itself', () => {
    expect(wilson(0, 0)).toBeNull()
    const few = wilson(3, 10)
    const many = wilson(7, 10)
    expect(few?.low).toBeCloseTo(1 - (many?.high ?? 0), 12)
    expect(wilson(20, 20)?.high).toBe(1)
  })

  it.each([5, 8, 10, 15, 20, 30, 50, 100])(
    'holds the truth at the nominal rate over all truths alike: %i looked at',
    (tried) => {
      let sum = 0
      const steps = 2_000
      for (let step = 0; step < steps; step += 1) sum += coverage(tried, (step + 0.5) / steps)
      expect(Math.abs(sum / steps - NOMINAL)).toBeLessThanOrEqual(OFF_MAX)
    },
  )

  it('is never far off for one truth between 10 % and 90 %, from thirty on', () => {
    for (const tried of [30, 50, 100])
      for (let percent = 10; percent <= 90; percent += 1)
        expect(coverage(tried, percent / 100)).toBeGreaterThan(0.92)
  })

  it.each([5, 10, 20, 60])(
    'holds the truth from the draw to the interval: %i of each of three sources',
    (perSource) => {
      const next = chance(perSource)
      let held = 0
      let told = 0
      for (let repeat = 0; repeat < REPEATS / 3; repeat += 1)
        for (let source = 0; source < 3; source += 1) {
          // The truth of a source, and what a person finds of each that was drawn of it.
          const truth = next()
          const right = Array.from({ length: perSource }, next).filter((one) => one < truth).length
          const interval = wilson(right, perSource)
          told += 1
          if (interval && interval.low <= truth && truth <= interval.high) held += 1
        }
      expect(Math.abs(held / told - NOMINAL)).toBeLessThanOrEqual(OFF_MAX)
    },
  )
})

describe('drawing by chance', () => {
  const population = (size: number, source: string): Candidate[] =>
    Array.from({ length: size }, (_, n) => ({
      ...{ id: `${source}${String(n).padStart(6, '0')}`, source },
      ...{ memberId: 'm', otherMemberId: null },
    }))
  const ids = (drawn: Candidate[]) => drawn.map(({ id }) => id)

  it('draws the same again, in whatever stretches it walks', () => {
    const everybody = [...population(500, 'till'), ...population(300, 'import')]
    const ask = { seed: 4711, perSource: 10 }
    const atOnce = drawOn(NOTHING_DRAWN, everybody, ask)
    let inSteps = NOTHING_DRAWN
    for (let at = 0; at < everybody.length; at += 37)
      inSteps = drawOn(JSON.parse(JSON.stringify(inSteps)), everybody.slice(at, at + 37), ask)
    const backwards = drawOn(NOTHING_DRAWN, [...everybody].reverse(), ask)
    expect(ids(whoWasDrawn(inSteps))).toEqual(ids(whoWasDrawn(atOnce)))
    expect(ids(whoWasDrawn(backwards))).toEqual(ids(whoWasDrawn(atOnce)))
    expect(atOnce.populations).toEqual({ till: 500, import: 300 })
    expect(ids(whoWasDrawn(drawOn(NOTHING_DRAWN, everybody, { ...ask, seed: 4712 })))).not.toEqual(
      ids(whoWasDrawn(atOnce)),
    )
  })

  it('gives everybody the same chance', () => {
    const everybody = population(40, 'till')
    const times = new Map<string, number>()
    const seeds = 4_000
    for (let seed = 0; seed < seeds; seed += 1)
      for (const { id } of whoWasDrawn(drawOn(NOTHING_DRAWN, everybody, { seed, perSource: 10 })))
        times.set(id, (times.get(id) ?? 0) + 1)
    // A quarter each; five standard deviations of a binomial either way.
    const expected = seeds / 4
    const spread = 5 * Math.sqrt(seeds * 0.25 * 0.75)
    for (const { id } of everybody)
      expect(Math.abs((times.get(id) ?? 0) - expected)).toBeLessThan(spread)
  })

  it('takes everybody of a small source, and stays within its room for many sources', () => {
    const few = drawOn(NOTHING_DRAWN, population(3, 'till'), { seed: 1, perSource: 10 })
    expect(whoWasDrawn(few)).toHaveLength(3)
    const many = Array.from({ length: 60 }, (_, n) => population(50, `s${String(n)}`)).flat()
    const drawn = drawOn(NOTHING_DRAWN, many, { seed: 1, perSource: 100 })
    expect(whoWasDrawn(drawn).length).toBeLessThanOrEqual(200)
    expect(Object.values(drawn.populations).reduce((sum, n) => sum + n, 0)).toBe(3_000)
    expect(Object.keys(drawn.populations)).toContain('other')
    expect(JSON.stringify(drawn).length).toBeLessThan(64_000)
  })
})

/** How often the interval holds `truth`, exactly: summed over what can be found. */
function coverage(tried: number, truth: number): number {
  let sum = 0
  let probability = (1 - truth) ** tried
  for (let right = 0; right <= tried; right += 1) {
    const interval = wilson(right, tried)
    if (interval && interval.low <= truth && truth <= interval.high) sum += probability
    probability *= ((tried - right) / (right + 1)) * (truth / (1 - truth))
  }
  return sum
}

/** Seeded chance (mulberry32, public domain), so that what failed can be run again. */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
