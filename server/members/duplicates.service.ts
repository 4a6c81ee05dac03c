import { randomInt } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, UniqueViolation } from '../platform/database.js'
import { DuplicatePairsService, keyOf, type OpenPair } from './duplicate-pairs.service.js'
import { PairFinder, RECORDS_MAX, blockingKeys, ordinalsOf } from './matching/blocking.js'
import { loadChinese, type Chinese } from './matching/chinese.js'
import { compare } from './matching/compare.js'
import { chancePairs, componentsOf, reviewFloorOf, reviewable } from './matching/find.js'
import { Fingerprints, worthOf } from './matching/fingerprints.js'
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
import { NOTHING_TOLD, prepare, type Prepared } from './matching/prepare.js'
import { storedWeights } from './matching/weights.js'
import { keyHashesOf, putKeys, valueHashOf } from './matching-keys.js'
import { isPresent } from './members.service.js'
import { PersonRecordsService } from './person-records.service.js'
import { PreparedRecords } from './prepared-records.js'
import { ReadableRecords } from './readable-records.js'

// Looks for members that are one person, over the whole base. Nothing personal is kept: keys are
// hashes with a seed of this run, records are read again when their pair comes up. Memory for N
// members: their ids, a fingerprint of 48 bytes, eight bytes for each key (some ten each) and each
// pair (at most three each), and some thousand records. Two searches at once find the same and
// disturb nobody. Between two steps of a few milliseconds others are served. Of whom a sealed value
// does not open is left out, counted and named: without it nobody can say who they are not.

const MEMBERS_PER_READ = 250
const PAIRS_PER_READ = 250
/** A fingerprint is compared in less than a microsecond. */
const PAIRS_PER_LOOK = 5_000
const COMPONENTS_PER_READ = 50
const PAIRS_PER_WRITE = 200
const PAIRS_PER_MEMBER_MAX = 3
/** What the weights are learned from. */
const SAMPLE_MEMBERS = 20_000
const SAMPLE_PAIRS = 20_000
const CHANCE_PAIRS = 100_000
const CHANCE_PAIRS_PER_STEP = 2_000
const SEED_MAX = 2 ** 32
const UNREADABLE_NAMED_MAX = 20

export type ScanPhase = 'reading' | 'comparing' | 'judging' | 'keeping'

export interface ScanProgress {
  phase: ScanPhase
  done: number
  total: number
}

export interface ScanReport {
  members: number
  /** Pairs that share a key. */
  compared: number
  merges: number
  reviews: number
  /** Pairs nobody had found before. */
  fresh: number
  /** Open pairs that are no longer found. */
  takenBack: number
  /** Pairs too unlikely to ask a person about. */
  leftOut: number
  /** Who was left out because a value of theirs does not open; the first of them by their ids. */
  unreadable: { members: number; memberIds: string[] }
}

export interface ScanOptions {
  /** Told how far it has come, and waited for; what it throws ends the search. */
  tell?: (progress: ScanProgress) => unknown
  /** Called between two steps; the machine is others' until it resolves. */
  rest?: () => Promise<void>
  /** Writes by which keys members are met, as it reads them. */
  isKeying?: boolean
}

/** What a search came to, and the weights it learned, as text to be kept. */
export interface Scanned {
  report: ScanReport
  weights: string
}

/** What a search has at hand. */
interface Scan {
  tell: (progress: ScanProgress) => unknown
  rest: () => Promise<void>
  isKeying: boolean
  chinese: Chinese
  readable: ReadableRecords
  records: PreparedRecords
}

/** What a search has read: who there is, and some of them. */
interface Base {
  ids: string[]
  finder: PairFinder
  fingerprints: Fingerprints
  sample: Prepared[]
}

@Injectable()
export class DuplicatesService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly people: PersonRecordsService,
    private readonly pairs: DuplicatePairsService,
  ) {}

  /**
   * Searches the whole base and keeps what it finds as pairs; open pairs that are no longer found
   * are taken back, decided ones are never touched. Throws BusyError when the database is.
   */
  async scan(options: ScanOptions = {}): Promise<Scanned> {
    const { tell = () => undefined, rest = () => breathe(), isKeying = false } = options
    const chinese = await loadChinese()
    const readable = new ReadableRecords(this.people)
    const records = new PreparedRecords(this.database, readable, chinese, rest)
    const scan: Scan = { tell, rest, isKeying, chinese, readable, records }
    const base = await this.#read(scan)
    const pairs = await inSteps(base.finder.pairsInSteps(), rest)
    const { model, values } = await this.#learn(scan, base, pairs)
    const scored = await this.#compare(scan, base, { pairs, model })
    const found = await this.#judge(scan, base, { scored, model })
    const { kept, leftOut } = reviewable(found, base.ids.length)
    const fresh = await this.#keep(scan, kept)
    const takenBack = await this.#takeBack(scan, kept)
    const merges = kept.filter(({ verdict }) => verdict === 'merge').length
    const reviewFloor = reviewFloorOf(kept, leftOut)
    return {
      report: {
        members: base.ids.length,
        compared: pairs.length,
        merges,
        reviews: kept.length - merges,
        fresh,
        takenBack,
        leftOut,
        unreadable: named(readable.unreadableIds),
      },
      weights: storedWeights({ model, reviewFloor, values }, valueHashOf(this.config.keyring)),
    }
  }

  async #read(scan: Scan): Promise<Base> {
    const total = await this.database.read(async (rx) => {
      const [row] = await rx.rows<{ count: number | string }>(
        'SELECT COUNT(*) AS count FROM member',
      )
      return Number(row?.count ?? 0)
    })
    const every = Math.max(1, Math.floor(total / SAMPLE_MEMBERS))
    const base: Base = {
      ids: [],
      finder: new PairFinder(randomInt(SEED_MAX), PAIRS_PER_MEMBER_MAX),
      fingerprints: new Fingerprints(),
      sample: [],
    }
    let afterId = ''
    for (;;) {
      const records = await this.database.read(async (rx) => {
        const rows = await rx.rows<{ id: string; state: string }>(
          `SELECT id, state FROM member WHERE id > ? ORDER BY id LIMIT ${String(MEMBERS_PER_READ)}`,
          [afterId],
        )
        afterId = rows.at(-1)?.id ?? ''
        const ids = rows.filter(isPresent).map(({ id }) => id)
        return (await scan.readable.recordsOf(rx, ids)).values()
      })
      const read = new Map<string, Prepared>()
      for (const record of records) read.set(record.id, prepare(record, scan.chinese))
      for (const [id, prepared] of read) addTo(base, { id, prepared, every })
      if (scan.isKeying) await this.#writeKeys(read)
      await scan.tell({ phase: 'reading', done: base.ids.length, total })
      if (afterId === '') return base
      await scan.rest()
    }
  }

  async #writeKeys(read: ReadonlyMap<string, Prepared>): Promise<void> {
    const { keyring } = this.config
    const hashes = new Map([...read].map(([id, one]) => [id, keyHashesOf(keyring, one)]))
    await this.database.write((tx) => putKeys(tx, hashes))
  }

  /** The weights, from some of the members and some of the pairs. */
  async #learn(
    scan: Scan,
    base: Base,
    pairs: Float64Array,
  ): Promise<{ model: Model; values: ValueCounts }> {
    const values = new ValueCounts()
    for (const prepared of base.sample) values.add(prepared)
    const chance: Patterns = new Map()
    let steps = 0
    for (const [a, b] of chancePairs(base.sample.length, CHANCE_PAIRS, SAMPLE_PAIRS)) {
      const [one, other] = [base.sample[a], base.sample[b]]
      if (one && other) countPattern(chance, compare(one, other))
      steps += 1
      if (steps % CHANCE_PAIRS_PER_STEP === 0) await scan.rest()
    }
    const every = Math.max(1, Math.floor(pairs.length / SAMPLE_PAIRS))
    const some = pairs.filter((_pair, place) => place % every === 0)
    const compared: Patterns = new Map()
    for (let from = 0; from < some.length; from += PAIRS_PER_READ)
      for (const { one, other } of await loaded(
        scan,
        base,
        some.subarray(from, from + PAIRS_PER_READ),
      ))
        countPattern(compared, compare(one, other))
    const share = some.length / Math.max(1, pairs.length)
    const allPairs = base.finder.allPairs * share
    return { model: learnModel({ compared, chance, values, allPairs }), values }
  }

  async #compare(
    scan: Scan,
    base: Base,
    given: { pairs: Float64Array; model: Model },
  ): Promise<ScoredPair[]> {
    const { pairs, model } = given
    const scored: ScoredPair[] = []
    const worth = worthOf(model)
    for (let from = 0; from < pairs.length; from += PAIRS_PER_LOOK) {
      const looked = pairs.subarray(from, from + PAIRS_PER_LOOK)
      const likely = looked.filter((pair) => base.fingerprints.mayBeOne(worth, ...ordinalsOf(pair)))
      for (let at = 0; at < likely.length; at += PAIRS_PER_READ) {
        const some = likely.subarray(at, at + PAIRS_PER_READ)
        for (const { a, b, one, other } of await loaded(scan, base, some)) {
          const bits = scoreOf(model, compare(one, other), one, other)
          if (isWorthJudging(one, other, bits)) scored.push({ a, b, bits })
        }
      }
      await scan.tell({ phase: 'comparing', done: from + looked.length, total: pairs.length })
      await scan.rest()
    }
    return scored
  }

  async #judge(
    scan: Scan,
    base: Base,
    given: { scored: readonly ScoredPair[]; model: Model },
  ): Promise<FoundPair[]> {
    const { scored, model } = given
    const components = componentsOf(scored, base.ids.length)
    const score = (a: Prepared, b: Prepared) => scoreOf(model, compare(a, b), a, b)
    const found: FoundPair[] = []
    for (let from = 0; from < components.length; from += COMPONENTS_PER_READ) {
      const some = components.slice(from, from + COMPONENTS_PER_READ)
      const idsOf = (places: readonly number[]) => places.map((place) => base.ids[place] ?? '')
      const records = await scan.records.get(some.flatMap(({ places }) => idsOf(places)))
      for (const { places, pairs } of some) {
        const known = idsOf(places).map((id) => ({ id, prepared: records.get(id) ?? NOTHING_TOLD }))
        found.push(...judge({ records: known, pairs, score }))
      }
      await scan.tell({
        phase: 'judging',
        done: from + some.length,
        total: components.length,
      })
      await scan.rest()
    }
    return found
  }

  async #keep(scan: Scan, found: readonly FoundPair[]): Promise<number> {
    let fresh = 0
    for (let from = 0; from < found.length; from += PAIRS_PER_WRITE) {
      const some = found.slice(from, from + PAIRS_PER_WRITE)
      fresh += await this.#kept(some)
      await scan.tell({ phase: 'keeping', done: from + some.length, total: found.length })
      await scan.rest()
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

  async #takeBack(scan: Scan, found: readonly FoundPair[]): Promise<number> {
    const keys = new Set(found.map(({ recordA, recordB }) => keyOf(recordA, recordB)))
    let afterId = ''
    let takenBack = 0
    for (;;) {
      const open = await this.database.read((rx) =>
        this.pairs.openAfter(rx, afterId, PAIRS_PER_WRITE),
      )
      // What cannot be read says nothing against what was found when it could.
      const isKept = ({ memberAId, memberBId }: OpenPair) =>
        keys.has(keyOf(memberAId, memberBId)) ||
        [memberAId, memberBId].some((id) => scan.readable.unreadableIds.has(id))
      const gone = open.filter((pair) => !isKept(pair))
      const ids = gone.map(({ id }) => id)
      if (ids.length > 0) await this.database.write((tx) => this.pairs.takeBack(tx, ids))
      takenBack += ids.length
      const last = open.at(-1)
      if (!last || open.length < PAIRS_PER_WRITE) return takenBack
      afterId = last.id
      await scan.rest()
    }
  }
}

function named(unreadableIds: ReadonlySet<string>): ScanReport['unreadable'] {
  const memberIds = [...unreadableIds].sort().slice(0, UNREADABLE_NAMED_MAX)
  return { members: unreadableIds.size, memberIds }
}

/** Adds a member to what was read. Throws when there are more than a search can hold. */
function addTo(base: Base, read: { id: string; prepared: Prepared; every: number }): void {
  if (base.ids.length === RECORDS_MAX) throw new Error('more members than a search can hold')
  const { id, prepared, every } = read
  if (base.ids.length % every === 0) base.sample.push(prepared)
  base.finder.add(blockingKeys(prepared))
  base.fingerprints.add(prepared)
  base.ids.push(id)
}

/** The records of pairs; a pair of which one is gone is left out. */
async function loaded(
  scan: Scan,
  base: Base,
  pairs: Float64Array,
): Promise<{ a: number; b: number; one: Prepared; other: Prepared }[]> {
  const places = [...pairs].map(ordinalsOf)
  const ids = places.map(([a, b]) => [base.ids[a] ?? '', base.ids[b] ?? ''] as const)
  const records = await scan.records.get(ids.flat())
  return places.flatMap(([a, b], index) => {
    const [oneId = '', otherId = ''] = ids[index] ?? []
    const [one, other] = [records.get(oneId), records.get(otherId)]
    return one && other ? [{ a, b, one, other }] : []
  })
}

/** Works through steps with a rest after each; answers what the last one does. */
async function inSteps<Answer>(
  steps: Generator<undefined, Answer, undefined>,
  rest: () => Promise<void>,
): Promise<Answer> {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await rest()
  }
}
