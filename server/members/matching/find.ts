import { PairFinder, blockingKeys, ordinalsOf } from './blocking.js'
import type { Chinese } from './chinese.js'
import { compare } from './compare.js'
import { REVIEW_BITS, RULE_WORDS, isWorthJudging, judge, type ScoredPair } from './judge.js'
import type { FoundPair, MatchRecord } from './match-record.js'
import {
  ValueCounts,
  countPattern,
  learnModel,
  scoreOf,
  type Model,
  type Patterns,
} from './model.js'
import { prepare, type Prepared } from './prepare.js'

// Finds the records of a file that are one person: keys, pairs, weights, verdicts. The same records
// in the same order give the same answer. Everything prepared stays in memory, about a kilobyte per
// record, and eight bytes per key and pair besides.

/** Pairs chosen by chance, from which it is learned how often strangers agree. */
const CHANCE_PAIRS = 100_000
const SEED = 20_260_704
/** People look at pairs one by one: at most one per so many records, the likeliest. */
export const RECORDS_PER_REVIEW = 10
const REVIEWS_MIN = 20
const MILLI = 1_000
/** More than any two records come to. */
const SCORE_MAX = 1_000_000

export interface Found {
  pairs: FoundPair[]
  records: number
  compared: number
  /** Pairs that people were spared, being the least likely. */
  leftOut: number
}

/** Takes records one after the other, and then tells the pairs. */
export class DuplicateFinder {
  readonly #chinese: Chinese
  readonly #finder = new PairFinder(SEED)
  readonly #values = new ValueCounts()
  readonly #records: { id: string; prepared: Prepared }[] = []

  constructor(chinese: Chinese) {
    this.#chinese = chinese
  }

  get size(): number {
    return this.#records.length
  }

  /** Adds a record. Throws when there are more than `RECORDS_MAX` of the blocking. */
  add(record: MatchRecord): void {
    const prepared = prepare(record, this.#chinese)
    this.#finder.add(blockingKeys(prepared))
    this.#values.add(prepared)
    this.#records.push({ id: record.id, prepared })
  }

  /** The pairs that are one person or may be, in the order of the records. */
  find(): Found {
    const pairs = this.#finder.pairs()
    const model = this.#learn(pairs)
    const found = componentsOf(this.#score(model, pairs), this.#records.length).flatMap(
      ({ places, pairs: within }) =>
        judge({
          records: places.map((place) => this.#at(place)),
          pairs: within,
          score: (a, b) => scoreOf(model, compare(a, b), a, b),
        }),
    )
    const { kept, leftOut } = reviewable(found, this.#records.length)
    return { pairs: kept, records: this.#records.length, compared: pairs.length, leftOut }
  }

  #learn(pairs: Float64Array): Model {
    const compared: Patterns = new Map()
    for (const pair of pairs) {
      const [a, b] = ordinalsOf(pair)
      countPattern(compared, compare(this.#at(a).prepared, this.#at(b).prepared))
    }
    const chance: Patterns = new Map()
    for (const [a, b] of chancePairs(this.#records.length, CHANCE_PAIRS, SEED))
      countPattern(chance, compare(this.#at(a).prepared, this.#at(b).prepared))
    return learnModel({ compared, chance, values: this.#values, allPairs: this.#finder.allPairs })
  }

  #score(model: Model, pairs: Float64Array): ScoredPair[] {
    const scored: ScoredPair[] = []
    for (const pair of pairs) {
      const [a, b] = ordinalsOf(pair)
      const [one, other] = [this.#at(a).prepared, this.#at(b).prepared]
      const bits = scoreOf(model, compare(one, other), one, other)
      if (isWorthJudging(one, other, bits)) scored.push({ a, b, bits })
    }
    return scored
  }

  #at(place: number): { id: string; prepared: Prepared } {
    const record = this.#records[place]
    if (!record) throw new Error('a pair names a record that is not there')
    return record
  }
}

/** Pairs of different places below `size`, by seeded chance; all of them when they are few. */
export function* chancePairs(
  size: number,
  wanted: number,
  seed: number,
): Generator<[a: number, b: number]> {
  if ((size * (size - 1)) / 2 <= wanted) {
    for (let a = 0; a < size; a += 1) for (let b = a + 1; b < size; b += 1) yield [a, b]
    return
  }
  let state = seed >>> 0
  // Numerical Recipes' linear congruential generator: enough to choose records by.
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  }
  for (let count = 0; count < wanted; count += 1) {
    const [a, b] = [next(), next()]
    if (a !== b) yield [a, b]
  }
}

/** The records that pairs connect, with their pairs; places in the pairs are places in `places`. */
export function componentsOf(
  pairs: readonly ScoredPair[],
  size: number,
): { places: number[]; pairs: ScoredPair[] }[] {
  const parents = Int32Array.from({ length: size }, (_none, place) => place)
  const rootOf = (place: number): number => {
    let root = place
    while (parents[root] !== root) {
      parents[root] = parents[parents[root] ?? root] ?? root
      root = parents[root] ?? root
    }
    return root
  }
  for (const { a, b } of pairs) {
    const [rootA, rootB] = [rootOf(a), rootOf(b)]
    parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
  }
  const components = new Map<number, ScoredPair[]>()
  for (const pair of pairs) {
    const root = rootOf(pair.a)
    const known = components.get(root)
    if (known) known.push(pair)
    else components.set(root, [pair])
  }
  return [...components.values()].map((within) => {
    const places = [...new Set(within.flatMap(({ a, b }) => [a, b]))].sort((a, b) => a - b)
    const at = new Map(places.map((place, index) => [place, index]))
    const local = ({ a, b, bits }: ScoredPair) => ({ a: at.get(a) ?? 0, b: at.get(b) ?? 0, bits })
    return { places, pairs: within.map(local) }
  })
}

/** Keeps what people can look at: numbers under two names, and then the likeliest. */
export function reviewable(
  found: readonly FoundPair[],
  records: number,
): { kept: FoundPair[]; leftOut: number } {
  const reviewsMax = Math.max(REVIEWS_MIN, Math.floor(records / RECORDS_PER_REVIEW))
  const reviews = found.filter(({ verdict }) => verdict === 'review')
  const leftOut = Math.max(0, reviews.length - reviewsMax)
  const dropped = new Set(
    leftOut === 0
      ? []
      : reviews
          .sort(
            (a, b) =>
              Number(b.reasons.rule === RULE_WORDS.names) -
                Number(a.reasons.rule === RULE_WORDS.names) || b.scoreMillibits - a.scoreMillibits,
          )
          .slice(reviewsMax),
  )
  return { kept: found.filter((pair) => !dropped.has(pair)), leftOut }
}

/**
 * The score, in thousandths of a bit, below which people were spared pairs: whoever finds others
 * later asks no more of them. Numbers under two names are asked at any score.
 */
export function reviewFloorOf(kept: readonly FoundPair[], leftOut: number): number {
  if (leftOut === 0) return REVIEW_BITS * MILLI
  return kept.reduce(
    (floor, { verdict, reasons, scoreMillibits }) =>
      verdict === 'review' && reasons.rule !== RULE_WORDS.names
        ? Math.min(floor, scoreMillibits)
        : floor,
    SCORE_MAX,
  )
}
