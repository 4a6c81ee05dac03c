import { Injectable } from '@nestjs/common'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { DuplicatePair } from './duplicate-pair.entity.js'
import { keyOf } from './duplicate-pairs.service.js'

// The queue of pairs that may be one person, as those who decide it need it. Pairs are found by the
// scan, or raised where two records met at sign-in; each is decided once.

const SCORE_MAX = 2_147_483_647
/** Nobody is compared with more in earnest. */
const OF_MEMBER_MAX = 1_000
/** Stands behind every id. */
const ID_MAX = '~'

const COLUMNS = [
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

export interface PairPlace {
  score: number
  id: string
}

export type PairState = 'open' | 'merged' | 'rejected'
export type PairVerdict = 'merge' | 'review'

@Injectable()
export class MergePairsService {
  /**
   * A page of pairs in one state, the surest first. Of open ones both records still stand; nobody who
   * was forgotten is in any.
   */
  page(
    statements: Statements,
    query: {
      before: PairPlace | null
      state: PairState
      verdict: PairVerdict | null
      memberId: string | null
      limit: number
    },
  ): Promise<DuplicatePair[]> {
    const { state, verdict, memberId } = query
    const { score, id } = query.before ?? { score: SCORE_MAX, id: ID_MAX }
    const gone = state === 'open' ? "('merged', 'erased')" : "('erased')"
    const ofMember =
      '(SELECT * FROM duplicate_pair WHERE memberAId = ? ' +
      // The limit also keeps SQLite from walking all pairs by their score instead.
      `UNION ALL SELECT * FROM duplicate_pair WHERE memberBId = ? LIMIT ${String(OF_MEMBER_MAX)})`
    return statements.rows<DuplicatePair>(
      `SELECT p.* FROM ${memberId === null ? 'duplicate_pair' : ofMember} p
       JOIN member a ON a.id = p.memberAId JOIN member b ON b.id = p.memberBId
       WHERE p.state = ? ${verdict === null ? '' : 'AND p.verdict = ?'}
         AND p.score <= ? AND (p.score < ? OR p.id < ?)
         AND a.state NOT IN ${gone} AND b.state NOT IN ${gone}
       ORDER BY p.score DESC, p.id DESC LIMIT ${String(query.limit)}`,
      [
        ...(memberId === null ? [] : [memberId, memberId]),
        ...[state, ...(verdict === null ? [] : [verdict]), score, score, id],
      ],
    )
  }

  /** Open pairs that the search is sure of, the surest first; whether both still stand is not asked. */
  sure(statements: Statements, limit: number): Promise<DuplicatePair[]> {
    return statements.rows<DuplicatePair>(
      `SELECT * FROM duplicate_pair WHERE state = 'open' AND verdict = 'merge'
       ORDER BY score DESC, id DESC LIMIT ${String(limit)}`,
    )
  }

  /** Leaves an open pair to a person; `why` joins the reasons. */
  async leaveToPerson(tx: Tx, { id, reasons }: DuplicatePair, why: string): Promise<void> {
    const told = { ...(JSON.parse(reasons) as Record<string, string>), rule: why }
    await tx.run(
      "UPDATE duplicate_pair SET verdict = 'review', reasons = ? WHERE id = ? AND state = 'open'",
      [JSON.stringify(told), id],
    )
  }

  /** Puts a pair that was decided against back into the queue, as raised by a person. */
  async reopen(tx: Tx, id: string): Promise<void> {
    await tx.run(
      `UPDATE duplicate_pair SET state = 'open', verdict = 'review', score = 0,
         decidedAtMs = NULL, decidedBy = NULL WHERE id = ? AND state = 'rejected'`,
      [id],
    )
  }

  /** A pair by id; null when there is none. */
  async byId(statements: Statements, id: string): Promise<DuplicatePair | null> {
    const rows = await statements.rows<DuplicatePair>('SELECT * FROM duplicate_pair WHERE id = ?', [
      id,
    ])
    return rows[0] ?? null
  }

  /** The same, locked: it is decided once. */
  async lock(tx: Tx, id: string): Promise<DuplicatePair | null> {
    const rows = await tx.rows<DuplicatePair>(
      `SELECT * FROM duplicate_pair WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return rows[0] ?? null
  }

  /** Writes a decision about two records, whether or not the scan had found them. */
  async decide(
    tx: Tx,
    members: readonly [string, string],
    decided: { state: 'merged' | 'rejected'; by: string | null; atMs: number },
  ): Promise<void> {
    const [memberAId, memberBId] = [...members].sort() as [string, string]
    const { state, by, atMs } = decided
    const matched = await tx.run(
      `UPDATE duplicate_pair SET state = ?, decidedBy = ?, decidedAtMs = ?
       WHERE memberAId = ? AND memberBId = ?`,
      [state, by, atMs, memberAId, memberBId],
    )
    if (matched > 0 || state === 'merged') return
    // A word against it is kept, so that no scan proposes the two again.
    await this.#insert(tx, {
      ...{ id: mintId(atMs), memberAId, memberBId, score: 0, verdict: 'review', reasons: '{}' },
      ...{ state, foundAtMs: atMs, decidedAtMs: atMs, decidedBy: by },
    })
  }

  /** Puts two records into the queue for a person, unless they are, or were decided. */
  async raise(
    tx: Tx,
    members: readonly [string, string],
    why: { reasons: Readonly<Record<string, string>>; atMs: number },
  ): Promise<void> {
    const [memberAId, memberBId] = [...members].sort() as [string, string]
    const known = await tx.rows(
      'SELECT id FROM duplicate_pair WHERE memberAId = ? AND memberBId = ?',
      [memberAId, memberBId],
    )
    if (known.length > 0) return
    await this.#insert(tx, {
      ...{ id: mintId(why.atMs), memberAId, memberBId, score: 0, verdict: 'review' },
      ...{ reasons: JSON.stringify(why.reasons), state: 'open', foundAtMs: why.atMs },
      ...{ decidedAtMs: null, decidedBy: null },
    })
  }

  /** Of these records, those pairs of which a person has said that they are two; see `keyOf`. */
  async apartAmong(statements: Statements, memberIds: readonly string[]): Promise<Set<string>> {
    if (memberIds.length < 2) return new Set()
    // By member alone: asked for the state too, SQLite reads every pair that was ever rejected.
    const rows = await statements.rows<Pick<DuplicatePair, 'memberAId' | 'memberBId' | 'state'>>(
      `SELECT memberAId, memberBId, state FROM duplicate_pair
       WHERE memberAId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    const apart = rows.filter(({ state }) => state === 'rejected')
    return new Set(apart.map(({ memberAId, memberBId }) => keyOf(memberAId, memberBId)))
  }

  async #insert(tx: Tx, pair: DuplicatePair): Promise<void> {
    await tx.insert('duplicate_pair', COLUMNS, [valuesOf(pair, COLUMNS)])
  }
}
