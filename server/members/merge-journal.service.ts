import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { MemberMergeStep } from './member-merge-step.entity.js'
import type { MemberMerge } from './member-merge.entity.js'

// The journal of merges: what each moved and decided, step by step, so that it can be read, told to
// the till and the verifier, and taken back at any later time. Steps are appended; of a merge itself
// only whether it was undone changes.

export type StepKind =
  | 'identity'
  | 'alias'
  | 'purchase'
  | 'message'
  | 'coupon'
  | 'pack'
  | 'exchange'
  | 'session'
  | 'store'
  | 'profile'

export interface NewStep {
  kind: StepKind
  subjectId: string
  fromMemberId: string
  toMemberId: string
  /** A losing value, in clear; sealed before it is written. */
  value?: string | null
  detail?: string | null
}

/** A step as it was written, with its value opened. */
export interface JournalStep extends Omit<MemberMergeStep, 'valueSealed'> {
  value: string | null
}

const ROWS_PER_INSERT = 500
const MERGE_COLUMNS = [
  'id',
  'survivorId',
  'absorbedId',
  'state',
  'how',
  'pairId',
  'survivorState',
  'absorbedState',
  'survivorStoreId',
  'moveHistory',
  'movedPoints',
  'purchasePoints',
  'changes',
  'mergedAtMs',
  'mergedBy',
  'changedAtMs',
  'undoneAtMs',
  'undoneBy',
  'undoChanges',
  'idempotencyKey',
  'inputSha256',
] as const satisfies (keyof MemberMerge)[]
const STEP_COLUMNS = [
  'id',
  'mergeId',
  'phase',
  'kind',
  'subjectId',
  'fromMemberId',
  'toMemberId',
  'valueSealed',
  'detail',
] as const satisfies (keyof MemberMergeStep)[]

@Injectable()
export class MergeJournalService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Writes a merge. Throws UniqueViolation where its idempotency key is used. */
  async insert(tx: Tx, merge: MemberMerge): Promise<void> {
    await tx.insert('member_merge', MERGE_COLUMNS, [valuesOf(merge, MERGE_COLUMNS)])
  }

  /** Appends steps of a merge, or of its undoing. */
  async append(
    tx: Tx,
    of: { mergeId: string; phase: 'merge' | 'undo'; nowMs: number },
    steps: readonly NewStep[],
  ): Promise<void> {
    const { mergeId, phase, nowMs } = of
    const rows = steps.map((step): MemberMergeStep => {
      const id = mintId(nowMs)
      const { value = null, detail = null, ...moved } = step
      const valueSealed = value === null ? null : this.config.keyring.seal(value, context(id))
      return { id, mergeId, phase, ...moved, valueSealed, detail }
    })
    for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
      await tx.insert(
        'member_merge_step',
        STEP_COLUMNS,
        rows.slice(at, at + ROWS_PER_INSERT).map((row) => valuesOf(row, STEP_COLUMNS)),
      )
  }

  /** The merge done under this key; null when there is none. */
  async byKey(statements: Statements, idempotencyKey: string): Promise<MemberMerge | null> {
    return one(
      await statements.rows<MemberMerge>('SELECT * FROM member_merge WHERE idempotencyKey = ?', [
        idempotencyKey,
      ]),
    )
  }

  /** A merge by id; null when there is none. */
  async byId(statements: Statements, id: string): Promise<MemberMerge | null> {
    return one(await statements.rows<MemberMerge>('SELECT * FROM member_merge WHERE id = ?', [id]))
  }

  /** The same, locked: two who would undo it wait for each other. */
  async lock(tx: Tx, id: string): Promise<MemberMerge | null> {
    return one(
      await tx.rows<MemberMerge>(`SELECT * FROM member_merge WHERE id = ?${tx.forUpdate}`, [id]),
    )
  }

  /** The latest merge that stands on top of this one; null when it may be undone. */
  async standingOn(
    tx: Tx,
    { id, survivorId, mergedAtMs }: MemberMerge,
  ): Promise<MemberMerge | null> {
    const rows = await tx.rows<MemberMerge>(
      `SELECT * FROM member_merge WHERE survivorId = ? AND state = 'done' AND id <> ?
         AND (mergedAtMs > ? OR (mergedAtMs = ? AND id > ?))
       UNION ALL SELECT * FROM member_merge WHERE absorbedId = ? AND state = 'done' AND id <> ?
       ORDER BY mergedAtMs DESC, id DESC LIMIT 1`,
      [survivorId, id, mergedAtMs, mergedAtMs, id, survivorId, id],
    )
    return one(rows)
  }

  /** What a merge moved, of one kind, in order. */
  async steps(
    statements: Statements,
    mergeId: string,
    kind: StepKind,
    phase: 'merge' | 'undo' = 'merge',
  ): Promise<JournalStep[]> {
    const rows = await statements.rows<MemberMergeStep>(
      `SELECT * FROM member_merge_step WHERE mergeId = ? AND kind = ? AND phase = ? ORDER BY id`,
      [mergeId, kind, phase],
    )
    return rows.map(({ valueSealed, ...step }) => ({
      ...step,
      value: valueSealed === null ? null : this.config.keyring.open(valueSealed, context(step.id)),
    }))
  }

  /** The record each identity was of before these merges, by identity. */
  async originsOf(
    statements: Statements,
    mergeIds: readonly string[],
  ): Promise<Map<string, string>> {
    if (mergeIds.length === 0) return new Map()
    const rows = await statements.rows<MemberMergeStep>(
      `SELECT subjectId, fromMemberId FROM member_merge_step
       WHERE mergeId IN ${inList(statements)} AND kind = 'identity' AND phase = 'merge'
       ORDER BY id DESC`,
      [listParameter(statements, mergeIds)],
    )
    // The oldest step comes last, and stays.
    return new Map(rows.map(({ subjectId, fromMemberId }) => [subjectId, fromMemberId]))
  }

  /** Notes that a merge was undone, and what that changed. */
  async markUndone(
    tx: Tx,
    id: string,
    undone: { atMs: number; by: string | null; changes: string },
  ): Promise<void> {
    await tx.run(
      `UPDATE member_merge SET state = 'undone', undoneAtMs = ?, changedAtMs = ?, undoneBy = ?,
         undoChanges = ? WHERE id = ? AND state = 'done'`,
      [undone.atMs, undone.atMs, undone.by, undone.changes, id],
    )
  }

  /** A page of merges, the latest first; of one member when `memberId` names one. */
  page(
    statements: Statements,
    query: {
      memberId: string | null
      before: { atMs: number; id: string } | null
      limit: number
    },
  ): Promise<MemberMerge[]> {
    const { atMs, id } = query.before ?? { atMs: Number.MAX_SAFE_INTEGER, id: '' }
    const after = 'mergedAtMs <= ? AND (mergedAtMs < ? OR id < ?)'
    const order = `ORDER BY mergedAtMs DESC, id DESC LIMIT ${String(query.limit)}`
    const place = [atMs, atMs, id]
    if (query.memberId === null)
      return statements.rows<MemberMerge>(
        `SELECT * FROM member_merge WHERE ${after} ${order}`,
        place,
      )
    return statements.rows<MemberMerge>(
      `SELECT * FROM member_merge WHERE survivorId = ? AND ${after}
       UNION SELECT * FROM member_merge WHERE absorbedId = ? AND ${after} ${order}`,
      [query.memberId, ...place, query.memberId, ...place],
    )
  }

  /**
   * Forgets what the merges of these members say of who they were. Which purchases went where stays:
   * the book is verified by it.
   */
  async forget(tx: Tx, memberIds: readonly string[]): Promise<void> {
    if (memberIds.length === 0) return
    const list = listParameter(tx, memberIds)
    await tx.run(
      `DELETE FROM member_merge_step WHERE kind NOT IN ('purchase', 'alias') AND mergeId IN (
         SELECT id FROM member_merge
         WHERE survivorId IN ${inList(tx)} OR absorbedId IN ${inList(tx)})`,
      [list, list],
    )
  }
}

function one(rows: MemberMerge[]): MemberMerge | null {
  return rows[0] ?? null
}

function context(stepId: string): string {
  return `member_merge_step.valueSealed|${stepId}`
}
