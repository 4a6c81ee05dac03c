import { Injectable } from '@nestjs/common'
import {
  QUALITY_ISSUES,
  type QualityIssueKind,
  type QualityIssueState,
  type QualitySettle,
} from '@huike/shared/contracts/console-quality'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { QualityIssue } from './quality-issue.entity.js'
import type { Doubt } from './tally.js'

// What is doubtful, once for each subject and kind however often it is found. A person's answer is
// kept; only what nobody has answered goes by itself when a run finds it no more.

/** Beyond these a kind is counted and not listed. */
export const LISTED_PER_KIND_MAX = 5_000
const GONE_PER_COMMIT = 1_000

const COLUMNS = [
  'id',
  'kind',
  'subjectId',
  'storeId',
  'memberId',
  'otherMemberId',
  'evidence',
  'state',
  'foundAtMs',
  'seenAtMs',
  'settledAtMs',
  'settledBy',
] as const satisfies (keyof QualityIssue)[]

@Injectable()
export class QualityIssuesService {
  /**
   * Lists what was found: new ones are open, known ones are noted as found again, and one that had
   * gone is open again. Throws UniqueViolation when another transaction lists the same first.
   */
  async list(tx: Tx, doubts: readonly Doubt[], nowMs: number): Promise<void> {
    for (const kind of QUALITY_ISSUES) {
      const ofKind = doubts.filter((doubt) => doubt.kind === kind)
      if (ofKind.length > 0) await this.#listKind(tx, kind, { doubts: ofKind, nowMs })
    }
  }

  /** Open ones of these kinds that no run has found since `sinceMs` go; true while there are more. */
  async letGo(tx: Tx, kinds: readonly QualityIssueKind[], sinceMs: number): Promise<boolean> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM quality_issue WHERE kind IN ${inList(tx)} AND state = 'open'
         AND seenAtMs < ? LIMIT ${String(GONE_PER_COMMIT)}`,
      [listParameter(tx, kinds), sinceMs],
    )
    if (rows.length === 0) return false
    const ids = rows.map(({ id }) => id).sort()
    await tx.run(
      `UPDATE quality_issue SET state = 'gone' WHERE id IN ${inList(tx)} AND state = 'open'`,
      [listParameter(tx, ids)],
    )
    return rows.length === GONE_PER_COMMIT
  }

  /** A page of one kind, newest first. */
  page(
    statements: Statements,
    asked: {
      kind: QualityIssueKind
      state: QualityIssueState
      before: { atMs: number; id: string } | null
      limit: number
    },
  ): Promise<QualityIssue[]> {
    const { kind, state, before, limit } = asked
    const after = before === null ? '' : 'AND foundAtMs <= ? AND (foundAtMs < ? OR id < ?)'
    const place = before === null ? [] : [before.atMs, before.atMs, before.id]
    return statements.rows<QualityIssue>(
      `SELECT ${COLUMNS.join(', ')} FROM quality_issue WHERE kind = ? AND state = ? ${after}
       ORDER BY foundAtMs DESC, id DESC LIMIT ${String(limit)}`,
      [kind, state, ...place],
    )
  }

  /** How many of each of these kinds wait for somebody. */
  async openCounts(
    statements: Statements,
    kinds: readonly QualityIssueKind[] = QUALITY_ISSUES,
  ): Promise<Map<QualityIssueKind, number>> {
    const rows = await statements.rows<{ kind: QualityIssueKind; n: number | string }>(
      `SELECT kind, COUNT(*) AS n FROM quality_issue
       WHERE kind IN ${inList(statements)} AND state = 'open' GROUP BY kind`,
      [listParameter(statements, kinds)],
    )
    return new Map(rows.map(({ kind, n }) => [kind, Number(n)]))
  }

  /** A person's answer; a later one replaces it. Refuses `not_found`, of what has gone too. */
  async settle(
    tx: Tx,
    id: string,
    answer: QualitySettle & { staffId: string; atMs: number },
  ): Promise<{ ok: true; issue: QualityIssue } | Refusal> {
    const [issue] = await tx.rows<QualityIssue>(
      `SELECT ${COLUMNS.join(', ')} FROM quality_issue WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    if (!issue || issue.state === 'gone') return refuse('not_found')
    const { state, atMs, staffId } = answer
    await tx.run(
      'UPDATE quality_issue SET state = ?, settledAtMs = ?, settledBy = ? WHERE id = ?',
      [state, atMs, staffId, id],
    )
    return { ok: true, issue: { ...issue, state, settledAtMs: atMs, settledBy: staffId } }
  }

  async #listKind(
    tx: Tx,
    kind: QualityIssueKind,
    found: { doubts: readonly Doubt[]; nowMs: number },
  ): Promise<void> {
    const { nowMs } = found
    const bySubject = new Map(found.doubts.map((doubt) => [doubt.subjectId, doubt]))
    const subjects = [...bySubject.keys()].sort()
    const known = await tx.rows<{ subjectId: string }>(
      `SELECT subjectId FROM quality_issue WHERE kind = ? AND subjectId IN ${inList(tx)}`,
      [kind, listParameter(tx, subjects)],
    )
    for (const { subjectId } of known) bySubject.delete(subjectId)
    if (known.length > 0) {
      const again = listParameter(tx, known.map(({ subjectId }) => subjectId).sort())
      await tx.run(
        `UPDATE quality_issue SET seenAtMs = ?,
           state = CASE WHEN state = 'gone' THEN 'open' ELSE state END
         WHERE kind = ? AND subjectId IN ${inList(tx)}`,
        [nowMs, kind, again],
      )
    }
    const rows = [...bySubject.values()].map((doubt): QualityIssue => ({
      ...{ id: mintId(nowMs), kind, subjectId: doubt.subjectId, storeId: doubt.storeId },
      ...{ memberId: doubt.memberId, otherMemberId: doubt.otherMemberId },
      evidence: JSON.stringify(doubt.evidence),
      ...{ state: 'open', foundAtMs: nowMs, seenAtMs: nowMs, settledAtMs: null, settledBy: null },
    }))
    await tx.insert(
      'quality_issue',
      COLUMNS,
      rows.map((row) => valuesOf(row, COLUMNS)),
    )
  }
}
