import { FIELD_RULES, LEVELS_MAX, NOT_TOLD } from './compare.js'
import type { Prepared } from './prepare.js'

// The weights of the evidence, after Fellegi and Sunter ("A Theory for Record Linkage", 1969): a
// level of agreement that one person's records show with probability m and two people's with u is
// worth log2(m / u) bits. u comes from pairs chosen by chance and from how often values are met; m
// by expectation maximisation over the pairs that were compared (Winkler 1988), nothing from labels.
//
// A small base tells little, so each estimate begins with what is usual (the levels' own m and u) and
// counts for so many observations. The score adds the prior odds: it is log2 of the odds that two
// records are one person, and 0 is as likely as not.

/** How many observations what is usual counts for. */
const USUAL_MATCHES = 20
const USUAL_CHANCE_PAIRS = 50
const ROUNDS_MAX = 60
const SETTLED = 1e-5
/** One in five records is another's double, before the base has told. */
const USUAL_DOUBLES = 0.2
/** Of pairs that agree by chance at least so many are two people: no value proves anything alone. */
const STRANGERS_SHARE_MIN = 0.02
const U_MIN = 1e-7
/** However few records there are, most pairs are two people. */
const SHARE_MAX = 0.1
/** A value may be so much rarer or more common than is typical for its field, not more. */
export const RARITY_MAX = 16
const PATTERN_BASE = LEVELS_MAX + 1

/** How often pairs of one pattern of levels were met. */
export type Patterns = Map<number, number>

export interface Observed {
  /** Pairs that share a blocking key. */
  compared: Patterns
  /** Pairs chosen by chance, also as patterns. */
  chance: Patterns
  values: ValueCounts
  /** Pairs there are in all, for as many records as `compared` is about. */
  allPairs: number
}

export interface Model {
  m: readonly (readonly number[])[]
  u: readonly (readonly number[])[]
  /** log2 of the odds before anything is compared. */
  priorBits: number
  values: Commonness
}

/** What is known of how often values are met. */
export interface Commonness {
  /** How much more common a value is than the values that two records agree in typically are. */
  commonness(place: number, value: string): number
}

/** How often each value is met, by field. */
export class ValueCounts implements Commonness {
  readonly #counts = FIELD_RULES.map(() => new Map<string, number>())
  readonly #told = FIELD_RULES.map(() => 0)
  readonly #squares = FIELD_RULES.map(() => 0)

  add(record: Prepared): void {
    for (const [place, { keyOf }] of FIELD_RULES.entries()) {
      const value = keyOf(record)
      const counts = this.#counts[place]
      if (value === null || !counts) continue
      const before = counts.get(value) ?? 0
      counts.set(value, before + 1)
      this.#told[place] = (this.#told[place] ?? 0) + 1
      this.#squares[place] = (this.#squares[place] ?? 0) + 2 * before + 1
    }
  }

  /** Share of all pairs that agree in the field, and how many pairs tell it. */
  agreement(place: number): { share: number; pairs: number } {
    const told = this.#told[place] ?? 0
    const pairs = (told * (told - 1)) / 2
    const agreeing = ((this.#squares[place] ?? 0) - told) / 2
    return { share: pairs === 0 ? 0 : agreeing / pairs, pairs }
  }

  commonness(place: number, value: string): number {
    const typical = this.typical(place)
    return typical === 0 ? 1 : ratioOf(this.#counts[place]?.get(value) ?? 1, typical)
  }

  /** How often a value is met that two records agree in; 0 where nothing is told. */
  typical(place: number): number {
    const told = this.#told[place] ?? 0
    return told === 0 ? 0 : (this.#squares[place] ?? 0) / told
  }

  /** The values that are met more than once, the commonest first, and at most so many. */
  commonest(place: number, limit: number): [value: string, count: number][] {
    return [...(this.#counts[place] ?? [])]
      .filter(([, count]) => count > 1)
      .sort(([, a], [, b]) => b - a)
      .slice(0, limit)
  }
}

/** How much more often than `typical` a value is met that is met `count` times, within bounds. */
export function ratioOf(count: number, typical: number): number {
  return Math.min(RARITY_MAX, Math.max(1 / RARITY_MAX, count / typical))
}

/** Adds a pair's levels to `patterns`. */
export function countPattern(patterns: Patterns, levels: readonly number[]): void {
  let pattern = 0
  for (const level of levels) pattern = pattern * PATTERN_BASE + (level + 1)
  patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1)
}

/** Learns the weights from what was observed. The same observations give the same weights. */
export function learnModel(observed: Observed): Model {
  const { compared, chance, values } = observed
  const allPairs = Math.max(1, observed.allPairs)
  const patterns = [...compared].map(([pattern, count]) => ({ levels: levelsOf(pattern), count }))
  const random = chanceShares(chance, values)
  let m = FIELD_RULES.map(({ levels }) => levels.map((level) => level.m))
  const records = (1 + Math.sqrt(1 + 8 * allPairs)) / 2
  let matches = Math.max(1, records * USUAL_DOUBLES)
  let model = modelOf({ m, random, matches, allPairs, values })
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = matches
    const sums = FIELD_RULES.map(({ levels }) => levels.map(() => 0))
    matches = 0
    for (const { levels, count } of patterns) {
      const expected = count * probability(model.priorBits + weightOf(model, levels))
      matches += expected
      for (const [place, level] of levels.entries()) {
        const sum = sums[place]
        if (sum && level !== NOT_TOLD) sum[level] = (sum[level] ?? 0) + expected
      }
    }
    m = sums.map((sum, place) => withUsual(sum, place))
    model = modelOf({ m, random, matches: Math.max(1, matches), allPairs, values })
    if (Math.abs(matches - before) <= SETTLED * before) break
  }
  return model
}

/** The weights before a base has told its own: what is usual, for so many records. */
export function usualModel(records: number): Model {
  const allPairs = Math.max(1, (records * (records - 1)) / 2)
  return modelOf({
    m: FIELD_RULES.map(({ levels }) => levels.map(({ m }) => m)),
    random: FIELD_RULES.map(({ levels }) => levels.map(({ u }) => u)),
    matches: Math.max(1, records * USUAL_DOUBLES),
    allPairs,
    values: { commonness: () => 1 },
  })
}

/** log2 of the odds that two records at these levels are one person. */
export function scoreOf(model: Model, levels: readonly number[], a: Prepared, b: Prepared): number {
  let bits = model.priorBits + weightOf(model, levels)
  for (const [place, level] of levels.entries()) {
    if (level !== 0) continue
    const value = FIELD_RULES[place]?.keyOf(a) ?? null
    if (value !== null && value === (FIELD_RULES[place]?.keyOf(b) ?? null))
      bits -= Math.log2(model.values.commonness(place, value))
  }
  return bits
}

/** The bits of one level of a field. */
export function levelWeight(model: Model, place: number, level: number): number {
  const m = model.m[place]?.[level] ?? 1
  const u = model.u[place]?.[level] ?? 1
  return Math.log2(m / u)
}

function weightOf(model: Model, levels: readonly number[]): number {
  let bits = 0
  for (const [place, level] of levels.entries())
    if (level !== NOT_TOLD) bits += levelWeight(model, place, level)
  return bits
}

function probability(bits: number): number {
  return 1 / (1 + 2 ** -bits)
}

function levelsOf(pattern: number): number[] {
  const levels: number[] = []
  let rest = pattern
  for (let place = FIELD_RULES.length - 1; place >= 0; place -= 1) {
    const digit = rest % PATTERN_BASE
    levels[place] = digit - 1
    rest = (rest - digit) / PATTERN_BASE
  }
  return levels
}

function withUsual(sum: readonly number[], place: number): number[] {
  const usual = FIELD_RULES[place]?.levels ?? []
  const total = sum.reduce((all, one) => all + one, 0)
  return sum.map(
    (one, level) => (one + USUAL_MATCHES * (usual[level]?.m ?? 0)) / (total + USUAL_MATCHES),
  )
}

/** The share of chance pairs at each level; "the same" is counted over all pairs there are. */
function chanceShares(chance: Patterns, values: ValueCounts): number[][] {
  const counts = FIELD_RULES.map(({ levels }) => levels.map(() => 0))
  for (const [pattern, count] of chance)
    for (const [place, level] of levelsOf(pattern).entries()) {
      const row = counts[place]
      if (row && level !== NOT_TOLD) row[level] = (row[level] ?? 0) + count
    }
  return counts.map((row, place) => {
    const usual = FIELD_RULES[place]?.levels ?? []
    const total = row.reduce((all, one) => all + one, 0) + USUAL_CHANCE_PAIRS
    const shares = row.map(
      (one, level) => (one + USUAL_CHANCE_PAIRS * (usual[level]?.u ?? 0)) / total,
    )
    const { share, pairs } = values.agreement(place)
    const exact =
      (share * pairs + USUAL_CHANCE_PAIRS * (usual[0]?.u ?? 0)) / (pairs + USUAL_CHANCE_PAIRS)
    const left = (1 - exact) / Math.max(U_MIN, 1 - (shares[0] ?? 0))
    return shares.map((one, level) => (level === 0 ? exact : one * left))
  })
}

/** Chance pairs hold some that are one person: what those would show is taken out of u. */
function modelOf(known: {
  m: readonly (readonly number[])[]
  random: readonly (readonly number[])[]
  matches: number
  allPairs: number
  values: Commonness
}): Model {
  const { m, random, matches, allPairs, values } = known
  const share = Math.min(SHARE_MAX, matches / allPairs)
  const u = random.map((row, place) =>
    row.map((one, level) => {
      const strangers = (one - share * (m[place]?.[level] ?? 0)) / (1 - share)
      return Math.max(U_MIN, one * STRANGERS_SHARE_MIN, strangers)
    }),
  )
  const capped = u.map((row, place) => inOrder(row, m[place] ?? []))
  return { m, u: capped, priorBits: Math.log2(share / (1 - share)), values }
}

/** A lesser agreement is never worth more than a better one, however rarely chance shows it. */
function inOrder(u: readonly number[], m: readonly number[]): number[] {
  let worthMax = Infinity
  return u.map((one, level) => {
    const shown = m[level] ?? 0
    const atLeast = Math.max(one, shown / worthMax)
    worthMax = shown / atLeast
    return atLeast
  })
}
