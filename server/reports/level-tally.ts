import type { TriedMove } from '../levels/level-trials.service.js'
import type { LevelPoints, StoreLevelPoints } from '../points/level-points.service.js'

// What a trial of levels has come to so far: some numbers for each pair of levels and each store,
// however many members there are.

const EXAMPLES_MAX = 3
const STORES_MAX = 200

/** Members who have one level and would have another; the same where they stay. */
export interface LevelPair {
  fromCode: string
  toCode: string
  members: number
  /** Some of those who move. */
  examples: string[]
}

/** What is kept of a trial while it runs. */
export interface LevelTallied {
  members: number
  pairs: LevelPair[]
  stores: StoreLevelPoints[]
}

/** What the points of stores come to; the largest differences first, those beyond summed up. */
export interface LevelCost extends LevelPoints {
  stores: StoreLevelPoints[]
  otherStores: LevelPoints | null
}

export class LevelTally {
  #members: number
  readonly #pairs: Map<string, LevelPair>
  readonly #stores: Map<string, StoreLevelPoints>

  /** Goes on from what was kept. */
  constructor({ members, pairs, stores }: LevelTallied) {
    this.#members = members
    this.#pairs = new Map(pairs.map((pair) => [keyOf(pair), pair]))
    this.#stores = new Map(stores.map((store) => [store.storeId, store]))
  }

  get members(): number {
    return this.#members
  }

  member(move: TriedMove): void {
    const { memberId, fromCode, toCode } = move
    const pair = this.#pairs.get(keyOf(move)) ?? { fromCode, toCode, members: 0, examples: [] }
    this.#pairs.set(keyOf(move), pair)
    this.#members += 1
    pair.members += 1
    if (fromCode !== toCode && pair.examples.length < EXAMPLES_MAX) pair.examples.push(memberId)
  }

  store(more: StoreLevelPoints): void {
    const { storeId } = more
    const store = this.#stores.get(storeId) ?? { storeId, ...nothing() }
    this.#stores.set(storeId, store)
    addTo(store, more)
  }

  kept(): LevelTallied {
    return {
      members: this.#members,
      pairs: [...this.#pairs.values()],
      stores: [...this.#stores.values()],
    }
  }

  cost(): LevelCost {
    const stores = [...this.#stores.values()].sort(byDifference)
    const others = stores.slice(STORES_MAX)
    const sumOf = (some: readonly LevelPoints[]) => {
      const sum = nothing()
      for (const one of some) addTo(sum, one)
      return sum
    }
    return {
      ...sumOf(stores),
      stores: stores.slice(0, STORES_MAX),
      otherStores: others.length === 0 ? null : sumOf(others),
    }
  }
}

function keyOf({ fromCode, toCode }: Pick<LevelPair, 'fromCode' | 'toCode'>): string {
  return `${fromCode}|${toCode}`
}

function nothing(): LevelPoints {
  return { sales: 0, nowPoints: 0, trialPoints: 0 }
}

function addTo(sum: LevelPoints, more: LevelPoints): void {
  sum.sales += more.sales
  sum.nowPoints += more.nowPoints
  sum.trialPoints += more.trialPoints
}

/** The largest difference first. */
function byDifference(one: LevelPoints, other: LevelPoints): number {
  const apart = ({ nowPoints, trialPoints }: LevelPoints) => Math.abs(trialPoints - nowPoints)
  return apart(other) - apart(one)
}
