import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import {
  Database,
  UniqueViolation,
  inList,
  listParameter,
  type Rx,
  type Tx,
} from '../platform/database.js'
import { DuplicatePairsService, keyOf, type OpenPair } from './duplicate-pairs.service.js'
import { judgeNear, nearTo, type Known } from './matching/changed.js'
import { loadChinese } from './matching/chinese.js'
import type { FoundPair } from './matching/match-record.js'
import { NOTHING_TOLD } from './matching/prepare.js'
import type { Learned } from './matching/weights.js'
import { forgetKeys, keyHashesOf, membersMetBy, putKeys } from './matching-keys.js'
import { PersonRecordsService } from './person-records.service.js'
import { PreparedRecords } from './prepared-records.js'
import { ReadableRecords } from './readable-records.js'

// Compares members that changed with those who share a key. Their keys are written before others
// are looked for, so that of two who changed at once at least one meets the other. What is found is
// kept, what no longer holds is taken back; doing it again changes nothing.

/** A key that more share tells little; the next search over the whole base may still use it. */
const BLOCK_SIZE_MAX = 100
/** Nobody is compared with more, however many keys are shared. */
const MET_MAX = 600

export interface Compared {
  /** Who is a member still. */
  members: number
  /** Pairs of a changed member and another that were compared. */
  pairs: number
  /** Keys that too many share. */
  skippedKeys: number
  fresh: number
  takenBack: number
}

/** What surrounds the work on some changes. */
export interface Guards {
  /** Called first in each transaction: what it throws ends the work, and the transaction. */
  hold: (tx: Tx) => Promise<void>
  /** Called in the last transaction. */
  settle: (tx: Tx) => Promise<void>
  /** Called between two steps; the machine is others' until it resolves. */
  rest: () => Promise<void>
}

interface Neighbourhood {
  subject: Known
  /** Everybody in it, the subject included. */
  records: Known[]
  /** Open pairs among them. */
  open: OpenPair[]
}

@Injectable()
export class ChangedMembersService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly people: PersonRecordsService,
    private readonly pairs: DuplicatePairsService,
  ) {}

  /** Compares members by what was learned. Throws BusyError, and what its guards throw. */
  async compare(memberIds: readonly string[], learned: Learned, guards: Guards): Promise<Compared> {
    const chinese = await loadChinese()
    // New for each call: who is compared later is read as they are then.
    const told = new PreparedRecords(this.database, this.people, chinese, guards.rest)
    const present = await this.database.read((rx) => presentOf(rx, memberIds))
    const subjects = (await told.get(present)) as ReadonlyMap<string, Known['prepared']>
    // A neighbour that cannot be read is nobody's fault but its own.
    const readable = new ReadableRecords(this.people)
    const records = new PreparedRecords(this.database, readable, chinese, guards.rest)
    const absent = memberIds.filter((id) => !present.includes(id))
    const { keyring } = this.config
    const hashes = new Map([...subjects].map(([id, one]) => [id, keyHashesOf(keyring, one)]))
    const stale = await this.database.read((rx) => this.pairs.openOf(rx, absent))
    await this.database.write(async (tx) => {
      await guards.hold(tx)
      await putKeys(tx, hashes)
      await forgetKeys(tx, absent)
      await this.pairs.takeBack(tx, idsOf(stale))
    })
    const compared = { members: present.length, pairs: 0, skippedKeys: 0, fresh: 0 }
    const kept = new Map<string, FoundPair>()
    const gone = new Set<string>()
    for (const [id, prepared] of subjects) {
      const met = await this.#metBy(id, hashes.get(id) ?? [])
      compared.skippedKeys += met.skippedKeys
      compared.pairs += met.ids.length
      const near = await this.#near({ id, prepared }, { met: met.ids, learned, records })
      const found = judgeNear(near.records, learned)
      for (const pair of keepable(near, found)) kept.set(keyOf(pair.recordA, pair.recordB), pair)
      for (const pairId of goneOf(near, found, readable.unreadableIds)) gone.add(pairId)
      await guards.rest()
    }
    compared.fresh = await this.#settle([...kept.values()], [...gone], guards)
    return { ...compared, takenBack: stale.length + gone.size }
  }

  /** Who shares a key with a member, and is met by few enough. */
  #metBy(
    memberId: string,
    hashes: readonly number[],
  ): Promise<{ ids: string[]; skippedKeys: number }> {
    return this.database.read(async (rx) => {
      const blocks: string[][] = []
      for (const hash of hashes) blocks.push(await membersMetBy(rx, hash, BLOCK_SIZE_MAX + 1))
      const small = blocks.filter((block) => block.length <= BLOCK_SIZE_MAX)
      // The rarest keys first: they tell most.
      const ids = new Set(small.sort((a, b) => a.length - b.length).flat())
      ids.delete(memberId)
      return {
        ids: [...ids].slice(0, MET_MAX),
        skippedKeys: blocks.length - small.length,
      }
    })
  }

  /** The member, who they may be, and who those are held to be already. */
  async #near(
    subject: Known,
    by: { met: readonly string[]; learned: Learned; records: PreparedRecords },
  ): Promise<Neighbourhood> {
    const own = await this.database.read((rx) => this.pairs.openOf(rx, [subject.id]))
    const partners = own.flatMap(({ memberAId, memberBId }) => [memberAId, memberBId])
    const asked = [...new Set([...partners, ...by.met])].filter((id) => id !== subject.id)
    const others = knownOf(asked, await by.records.get(asked))
    const near = nearTo(subject, others, by.learned.model)
    const nearIds = near.map(({ id }) => id)
    const open = await this.database.read((rx) => this.pairs.openOf(rx, nearIds))
    const here = new Set([subject.id, ...nearIds])
    const furtherIds = open
      .flatMap(({ memberAId, memberBId }) => [memberAId, memberBId])
      .filter((id) => !here.has(id))
    const further = [...new Set(furtherIds)]
    const records = [subject, ...near, ...knownOf(further, await by.records.get(further))]
    return { subject, records, open: [...own, ...open] }
  }

  async #settle(
    found: readonly FoundPair[],
    gone: readonly string[],
    guards: Guards,
  ): Promise<number> {
    const settle = () =>
      this.database.write(async (tx) => {
        await guards.hold(tx)
        await this.pairs.takeBack(tx, gone)
        const fresh = await this.pairs.keep(tx, found, this.clock.nowMs())
        await guards.settle(tx)
        return fresh
      })
    try {
      return await settle()
    } catch (error) {
      // Somebody raised one of them this moment: now it is there to be seen.
      if (error instanceof UniqueViolation) return settle()
      throw error
    }
  }
}

async function presentOf(rx: Rx, memberIds: readonly string[]): Promise<string[]> {
  const rows = await rx.rows<{ id: string }>(
    `SELECT id FROM member WHERE id IN ${inList(rx)} AND state IN ('pending', 'active')`,
    [listParameter(rx, memberIds)],
  )
  return rows.map(({ id }) => id)
}

/**
 * What is kept of a neighbourhood: the pairs of the member it is about. Of others no more than that
 * what could be merged without asking has to be asked now: their own neighbours are not all here.
 */
function keepable({ subject, open }: Neighbourhood, found: readonly FoundPair[]): FoundPair[] {
  const merging = new Set(
    open
      .filter(({ verdict }) => verdict === 'merge')
      .map(({ memberAId, memberBId }) => keyOf(memberAId, memberBId)),
  )
  return found.filter(
    ({ recordA, recordB, verdict }) =>
      recordA === subject.id ||
      recordB === subject.id ||
      (verdict === 'review' && merging.has(keyOf(recordA, recordB))),
  )
}

/** Open pairs of the member that no longer hold; not those with somebody who cannot be read. */
function goneOf(
  { subject, open }: Neighbourhood,
  found: readonly FoundPair[],
  unreadable: ReadonlySet<string>,
): string[] {
  const holds = new Set(found.map(({ recordA, recordB }) => keyOf(recordA, recordB)))
  return idsOf(
    open.filter(
      ({ memberAId, memberBId }) =>
        (memberAId === subject.id || memberBId === subject.id) &&
        !holds.has(keyOf(memberAId, memberBId)) &&
        !unreadable.has(memberAId) &&
        !unreadable.has(memberBId),
    ),
  )
}

function knownOf(ids: readonly string[], records: ReadonlyMap<string, Known['prepared']>): Known[] {
  return ids.map((id) => ({ id, prepared: records.get(id) ?? NOTHING_TOLD }))
}

function idsOf(pairs: readonly { id: string }[]): string[] {
  return pairs.map(({ id }) => id)
}
