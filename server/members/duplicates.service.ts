import { randomInt } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { Injectable } from '@nestjs/common'
import { Clock } from '../platform/clock.js'
import { Database, UniqueViolation } from '../platform/database.js'
import { DuplicatePairsService, keyOf } from './duplicate-pairs.service.js'
import { PairFinder, RECORDS_MAX, blockingKeys, ordinalsOf } from './matching/blocking.js'
import { loadChinese, type Chinese } from './matching/chinese.js'
import { compare } from './matching/compare.js'
import { chancePairs, componentsOf, reviewable } from './matching/find.js'
import { isWorthJudging, judge, type ScoredPair } from './matching/judge.js'
import type { FoundPair } from './matching/match-record.js'
import {
  ValueCounts,
  countPattern,
  learnModel,
  scoreOf,
  type Model,
  type Patterns,
} from './matching/model.js'
import { prepare, type Prepared } from './matching/prepare.js'
import { PersonRecordsService } from './person-records.service.js'

// Looks for members that are one person, over the whole base. Nothing personal is kept: keys are
// hashes with a seed of this run, records are read again when their pair comes up. Memory for N
// members: their ids, eight bytes for each key (some ten each) and each pair (at most three each),
// and RECORDS_KEPT_MAX records. Two searches at once find the same and disturb nobody.

const MEMBERS_PER_READ = 1_000
const PAIRS_PER_READ = 1_000
const COMPONENTS_PER_READ = 200
const PAIRS_PER_WRITE = 200
const PAIRS_PER_MEMBER_MAX = 3
const RECORDS_KEPT_MAX = 20_000
/** What the weights are learned from. */
const SAMPLE_MEMBERS = 20_000
const SAMPLE_PAIRS = 20_000
const CHANCE_PAIRS = 100_000
const SEED_MAX = 2 ** 32

export type ScanPhase = 'reading' | 'comparing' | 'judging' | 'keeping'

export interface ScanProgress {
  phase: ScanPhase
  done: number
  total: number
}

export interface ScanReport {
  members: number
  compared: number
  merges: number
  reviews: number
  /** Pairs nobody had found before. */
  fresh: number
  /** Open pairs that are no longer found. */
  takenBack: number
  /** Pairs too unlikely to ask a person about. */
  leftOut: number
}

type Tell = (progress: ScanProgress) => void

/** What a search has read: who there is, and some of them. */
interface Base {
  ids: string[]
  finder: PairFinder
  sample: Prepared[]
}

@Injectable()
export class DuplicatesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly people: PersonRecordsService,
    private readonly pairs: DuplicatePairsService,
  ) {}

  /**
   * Searches the whole base and keeps what it finds as pairs; open pairs that are no longer found
   * are taken back, decided ones are never touched. Throws BusyError when the database is.
   */
  async scan(tell: Tell = () => undefined): Promise<ScanReport> {
    const chinese = await loadChinese()
    const shelf = new Shelf(this.database, this.people, chinese)
    const base = await this.#read(chinese, tell)
    const pairs = base.finder.pairs()
    const model = await this.#learn(base, pairs, shelf)
    const scored = await this.#compare(base, { pairs, model, shelf, tell })
    const found = await this.#judge(base, { scored, model, shelf, tell })
    const { kept, leftOut } = reviewable(found, base.ids.length)
    const fresh = await this.#keep(kept, tell)
    const takenBack = await this.#takeBack(kept)
    const merges = kept.filter(({ verdict }) => verdict === 'merge').length
    return {
      members: base.ids.length,
      compared: pairs.length,
      merges,
      reviews: kept.length - merges,
      fresh,
      takenBack,
      leftOut,
    }
  }

  async #read(chinese: Chinese, tell: Tell): Promise<Base> {
    const total = await this.database.read(async (rx) => {
      const [row] = await rx.rows<{ count: number | string }>(
        'SELECT COUNT(*) AS count FROM member',
      )
      return Number(row?.count ?? 0)
    })
    const every = Math.max(1, Math.floor(total / SAMPLE_MEMBERS))
    const finder = new PairFinder(randomInt(SEED_MAX), PAIRS_PER_MEMBER_MAX)
    const base: Base = { ids: [], finder, sample: [] }
    let afterId = ''
    for (;;) {
      const records = await this.database.read(async (rx) => {
        const rows = await rx.rows<{ id: string; state: string }>(
          `SELECT id, state FROM member WHERE id > ? ORDER BY id LIMIT ${String(MEMBERS_PER_READ)}`,
          [afterId],
        )
        afterId = rows.at(-1)?.id ?? ''
        const ids = rows.filter(({ state }) => state !== 'merged').map(({ id }) => id)
        return (await this.people.recordsOf(rx, ids)).values()
      })
      for (const record of records) {
        if (base.ids.length === RECORDS_MAX) throw new Error('more members than a search can hold')
        const prepared = prepare(record, chinese)
        if (base.ids.length % every === 0) base.sample.push(prepared)
        finder.add(blockingKeys(prepared))
        base.ids.push(record.id)
      }
      tell({ phase: 'reading', done: base.ids.length, total })
      if (afterId === '') return base
      await breathe()
    }
  }

  /** The weights, from some of the members and some of the pairs. */
  async #learn(base: Base, pairs: Float64Array, shelf: Shelf): Promise<Model> {
    const values = new ValueCounts()
    for (const prepared of base.sample) values.add(prepared)
    const chance: Patterns = new Map()
    for (const [a, b] of chancePairs(base.sample.length, CHANCE_PAIRS, SAMPLE_PAIRS)) {
      const [one, other] = [base.sample[a], base.sample[b]]
      if (one && other) countPattern(chance, compare(one, other))
    }
    const every = Math.max(1, Math.floor(pairs.length / SAMPLE_PAIRS))
    const some = pairs.filter((_pair, place) => place % every === 0)
    const compared: Patterns = new Map()
    for (const { one, other } of await this.#loaded(base, some, shelf))
      countPattern(compared, compare(one, other))
    const share = some.length / Math.max(1, pairs.length)
    return learnModel({ compared, chance, values, allPairs: base.finder.allPairs * share })
  }

  async #compare(
    base: Base,
    given: { pairs: Float64Array; model: Model; shelf: Shelf; tell: Tell },
  ): Promise<ScoredPair[]> {
    const { pairs, model, shelf, tell } = given
    const scored: ScoredPair[] = []
    for (let from = 0; from < pairs.length; from += PAIRS_PER_READ) {
      const some = pairs.subarray(from, from + PAIRS_PER_READ)
      for (const { a, b, one, other } of await this.#loaded(base, some, shelf)) {
        const bits = scoreOf(model, compare(one, other), one, other)
        if (isWorthJudging(one, other, bits)) scored.push({ a, b, bits })
      }
      tell({ phase: 'comparing', done: from + some.length, total: pairs.length })
      await breathe()
    }
    return scored
  }

  async #loaded(
    base: Base,
    pairs: Float64Array,
    shelf: Shelf,
  ): Promise<{ a: number; b: number; one: Prepared; other: Prepared }[]> {
    const loaded: { a: number; b: number; one: Prepared; other: Prepared }[] = []
    for (let from = 0; from < pairs.length; from += PAIRS_PER_READ) {
      const places = [...pairs.subarray(from, from + PAIRS_PER_READ)].map(ordinalsOf)
      const ids = places.map(([a, b]) => [base.ids[a] ?? '', base.ids[b] ?? ''] as const)
      const records = await shelf.get(ids.flat())
      for (const [index, [a, b]] of places.entries()) {
        const [oneId = '', otherId = ''] = ids[index] ?? []
        const [one, other] = [records.get(oneId), records.get(otherId)]
        if (one && other) loaded.push({ a, b, one, other })
      }
    }
    return loaded
  }

  async #judge(
    base: Base,
    given: { scored: readonly ScoredPair[]; model: Model; shelf: Shelf; tell: Tell },
  ): Promise<FoundPair[]> {
    const { scored, model, shelf, tell } = given
    const components = componentsOf(scored, base.ids.length)
    const score = (a: Prepared, b: Prepared) => scoreOf(model, compare(a, b), a, b)
    const found: FoundPair[] = []
    for (let from = 0; from < components.length; from += COMPONENTS_PER_READ) {
      const some = components.slice(from, from + COMPONENTS_PER_READ)
      const idsOf = (places: readonly number[]) => places.map((place) => base.ids[place] ?? '')
      const records = await shelf.get(some.flatMap(({ places }) => idsOf(places)))
      for (const { places, pairs } of some) {
        const known = idsOf(places).map((id) => ({ id, prepared: records.get(id) ?? UNKNOWN }))
        found.push(...judge({ records: known, pairs, score }))
      }
      tell({ phase: 'judging', done: from + some.length, total: components.length })
      await breathe()
    }
    return found
  }

  async #keep(found: readonly FoundPair[], tell: Tell): Promise<number> {
    let fresh = 0
    for (let from = 0; from < found.length; from += PAIRS_PER_WRITE) {
      const some = found.slice(from, from + PAIRS_PER_WRITE)
      fresh += await this.#kept(some)
      tell({ phase: 'keeping', done: from + some.length, total: found.length })
    }
    return fresh
  }

  async #kept(some: readonly FoundPair[]): Promise<number> {
    const keep = () => this.database.write((tx) => this.pairs.keep(tx, some, this.clock.nowMs()))
    try {
      return await keep()
    } catch (error) {
      // Another search was first with one of them: now it is there to be seen.
      if (error instanceof UniqueViolation) return keep()
      throw error
    }
  }

  async #takeBack(found: readonly FoundPair[]): Promise<number> {
    const keys = new Set(found.map(({ recordA, recordB }) => keyOf(recordA, recordB)))
    let afterId = ''
    let takenBack = 0
    for (;;) {
      const open = await this.database.read((rx) =>
        this.pairs.openAfter(rx, afterId, PAIRS_PER_WRITE),
      )
      const gone = open.filter(({ memberAId, memberBId }) => !keys.has(keyOf(memberAId, memberBId)))
      const ids = gone.map(({ id }) => id)
      if (ids.length > 0) await this.database.write((tx) => this.pairs.takeBack(tx, ids))
      takenBack += ids.length
      const last = open.at(-1)
      if (!last || open.length < PAIRS_PER_WRITE) return takenBack
      afterId = last.id
    }
  }
}

/** Somebody who is gone by the time their pair comes up. */
const UNKNOWN: Prepared = {
  name: null,
  given_name: null,
  surname: null,
  phone: null,
  birthday: null,
  gender: null,
  email: null,
  address: null,
  city: null,
  card: null,
  openid: null,
  verified: [],
}

/** Prepared records by member id; the latest used stay, the others are read again. */
class Shelf {
  readonly #kept = new Map<string, Prepared>()

  constructor(
    private readonly database: Database,
    private readonly people: PersonRecordsService,
    private readonly chinese: Chinese,
  ) {}

  async get(memberIds: readonly string[]): Promise<Map<string, Prepared>> {
    const wanted = [...new Set(memberIds)]
    const records = new Map<string, Prepared>()
    for (const id of wanted) {
      const kept = this.#kept.get(id)
      if (kept) records.set(id, kept)
    }
    const missing = wanted.filter((id) => !records.has(id))
    const read = await this.database.read((rx) => this.people.recordsOf(rx, missing))
    for (const [id, record] of read) records.set(id, prepare(record, this.chinese))
    for (const [id, prepared] of records) {
      this.#kept.delete(id)
      this.#kept.set(id, prepared)
    }
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= RECORDS_KEPT_MAX) break
      this.#kept.delete(id)
    }
    return records
  }
}
