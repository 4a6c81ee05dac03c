import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Rx, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { DuplicatePair } from './duplicate-pair.entity.js'
import type { FoundPair } from './matching/match-record.js'

// The pairs of members that may be one person. A pair is found as often as the search runs and
// decided once: what somebody decided is neither asked again nor changed by a later search, nor are
// pairs that were raised without a search (their score is 0).

/** Of some members; nobody is so many others. */
const PAIRS_OF_MEMBERS_MAX = 1_000

const PAIR_COLUMNS = [
  'id',
  'memberAId',
  'memberBId',
  'score',
  'verdict',
  'reasons',
  'state',
  'foundAtMs',
  'decidedAtMs',
  'decidedBy',
] as const satisfies (keyof DuplicatePair)[]

export type OpenPair = Pick<DuplicatePair, 'id' | 'memberAId' | 'memberBId' | 'verdict'>

@Injectable()
export class DuplicatePairsService {
  /**
   * Keeps what a search found: new pairs are opened, open ones are brought up to date, decided ones
   * stay as they are. Pairs of members that were merged or erased meanwhile are left out. Answers
   * how many are new. Throws UniqueViolation when another search was first with one of them.
   */
  async keep(tx: Tx, found: readonly FoundPair[], nowMs: number): Promise<number> {
    if (found.length === 0) return 0
    const inOrder = found.map((pair) => inIdOrder(pair))
    const there = await this.#alive(tx, [
      ...new Set(inOrder.flatMap(({ recordA, recordB }) => [recordA, recordB])),
    ])
    const known = await this.#known(tx, [...new Set(inOrder.map(({ recordA }) => recordA))])
    const fresh: FoundPair[] = []
    const changed: (string | number)[][] = []
    for (const pair of inOrder) {
      if (!there.has(pair.recordA) || !there.has(pair.recordB)) continue
      const before = known.get(keyOf(pair.recordA, pair.recordB))
      if (!before) fresh.push(pair)
      else if (before.state === 'open' && before.score !== 0)
        changed.push([before.id, scoreOf(pair), pair.verdict, JSON.stringify(pair.reasons)])
    }
    await tx.insert(
      'duplicate_pair',
      PAIR_COLUMNS,
      fresh.map((pair) => [
        ...[mintId(nowMs), pair.recordA, pair.recordB, scoreOf(pair), pair.verdict],
        ...[JSON.stringify(pair.reasons), 'open', nowMs, null, null],
      ]),
    )
    await tx.updateEach('duplicate_pair', 'id', ['score', 'verdict', 'reasons'], changed)
    return fresh.length
  }

  /** Open pairs that a search found, by id, after `afterId` and at most `limit`. */
  openAfter(rx: Rx, afterId: string, limit: number): Promise<OpenPair[]> {
    return rx.rows<OpenPair>(
      `SELECT id, memberAId, memberBId, verdict FROM duplicate_pair
       WHERE id > ? AND state = 'open' AND score <> 0
       ORDER BY id LIMIT ${String(limit)}`,
      [afterId],
    )
  }

  /** Open pairs that a search found, of which one is among `memberIds`. */
  async openOf(rx: Rx, memberIds: readonly string[]): Promise<OpenPair[]> {
    if (memberIds.length === 0) return []
    const pairs = new Map<string, OpenPair>()
    // One index for each side, and the member alone: asked for more at once, a database may rather
    // read every pair that is open.
    for (const side of ['memberAId', 'memberBId']) {
      const rows = await rx.rows<OpenPair & Pick<DuplicatePair, 'state' | 'score'>>(
        `SELECT id, memberAId, memberBId, verdict, state, score FROM duplicate_pair
         WHERE ${side} IN ${inList(rx)} LIMIT ${String(PAIRS_OF_MEMBERS_MAX)}`,
        [listParameter(rx, memberIds)],
      )
      for (const row of rows) if (row.state === 'open' && row.score !== 0) pairs.set(row.id, row)
    }
    return [...pairs.values()]
  }

  /** Takes back open pairs; one that was decided meanwhile stays. */
  async takeBack(tx: Tx, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await tx.run(`DELETE FROM duplicate_pair WHERE state = 'open' AND id IN ${inList(tx)}`, [
      listParameter(tx, ids),
    ])
  }

  async #alive(tx: Tx, memberIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM member WHERE id IN ${inList(tx)} AND state IN ('pending', 'active')`,
      [listParameter(tx, memberIds)],
    )
    return new Set(rows.map(({ id }) => id))
  }

  async #known(tx: Tx, memberAIds: readonly string[]): Promise<Map<string, DuplicatePair>> {
    const rows = await tx.rows<DuplicatePair>(
      `SELECT id, memberAId, memberBId, state, score FROM duplicate_pair
       WHERE memberAId IN ${inList(tx)}${tx.forUpdate}`,
      [listParameter(tx, memberAIds)],
    )
    return new Map(rows.map((row) => [keyOf(row.memberAId, row.memberBId), row]))
  }
}

/** One text for two members, whichever is named first. */
export function keyOf(oneId: string, otherId: string): string {
  return oneId < otherId ? `${oneId}|${otherId}` : `${otherId}|${oneId}`
}

/** Even odds are told as nearly even: 0 says that nothing was scored. */
function scoreOf({ scoreMillibits }: FoundPair): number {
  return scoreMillibits === 0 ? 1 : scoreMillibits
}

function inIdOrder(pair: FoundPair): FoundPair {
  const { recordA, recordB } = pair
  return recordA < recordB ? pair : { ...pair, recordA: recordB, recordB: recordA }
}
