import { Injectable } from '@nestjs/common'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { DuplicatePair } from './duplicate-pair.entity.js'

// The queue of pairs that may be one person, as those who decide it need it. Pairs are found by the
// scan, or raised where two records met at sign-in; each is decided once.

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

@Injectable()
export class MergePairsService {
  /** A page of open pairs of which both records still stand for somebody, the surest first. */
  openPage(
    statements: Statements,
    query: { before: PairPlace | null; verdict: 'merge' | 'review' | null; limit: number },
  ): Promise<DuplicatePair[]> {
    const { score, id } = query.before ?? { score: 2_147_483_647, id: '~' }
    const ofVerdict = query.verdict === null ? '' : `AND p.verdict = '${query.verdict}'`
    return statements.rows<DuplicatePair>(
      `SELECT p.* FROM duplicate_pair p
       JOIN member a ON a.id = p.memberAId JOIN member b ON b.id = p.memberBId
       WHERE p.state = 'open' AND p.score <= ? AND (p.score < ? OR p.id < ?) ${ofVerdict}
         AND a.state IN ('pending', 'active') AND b.state IN ('pending', 'active')
       ORDER BY p.score DESC, p.id DESC LIMIT ${String(query.limit)}`,
      [score, score, id],
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

  async #insert(tx: Tx, pair: DuplicatePair): Promise<void> {
    await tx.insert('duplicate_pair', COLUMNS, [valuesOf(pair, COLUMNS)])
  }
}
