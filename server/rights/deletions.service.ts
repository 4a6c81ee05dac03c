import { Injectable } from '@nestjs/common'
import { isOfStores, PersonService } from '../members/person.service.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { DeletionRequest } from './deletion-request.entity.js'

// Members who asked to be forgotten. A request waits out its cooling-off days, in which one tap takes
// it back; then it is carried out, once, and looked at a second time a little later, for what was on
// its way in when it was. A request is the person's, under whichever of their ids it was asked: after a
// merge the survivor sees it and may take it back. Of one member at most one waits: the member's row is
// locked first.

/** Past the longest transaction: what began before an erasure has been written by then. */
export const SWEEP_AFTER_MS = 600_000
export const NEVER_MS = 9_007_199_254_740_991
const DAY_MS = 86_400_000
const AFTER_ALL_IDS = '~'

export type DeletionState = 'waiting' | 'cancelled' | 'erased'
export type DeletionHow = 'member_page' | 'console'

const COLUMNS = [
  'id',
  'memberId',
  'state',
  'how',
  'pointsThen',
  'requestedAtMs',
  'dueAtMs',
  'nextAtMs',
  'settledAtMs',
] as const satisfies (keyof DeletionRequest)[]

@Injectable()
export class DeletionsService {
  constructor(private readonly person: PersonService) {}

  /**
   * The request of a member, or of a record merged into theirs, that waits: of several the one that
   * is due first. Null when there is none.
   */
  async waitingOf(statements: Statements, memberId: string): Promise<DeletionRequest | null> {
    const ids = await this.person.idsOfPerson(statements, memberId)
    const [row] = await statements.rows<DeletionRequest>(
      `SELECT * FROM deletion_request WHERE memberId IN ${inList(statements)} AND state = 'waiting'
       ORDER BY dueAtMs, id LIMIT 1`,
      [listParameter(statements, ids)],
    )
    return row ?? null
  }

  /** Of these members, those who wait to be forgotten. */
  async waitingAmong(statements: Statements, memberIds: readonly string[]): Promise<Set<string>> {
    const rows = await statements.rows(
      "SELECT id FROM deletion_request WHERE state = 'waiting' LIMIT 1",
    )
    const waiting = new Set<string>()
    // Nearly always nobody waits, and nobody has to be asked about.
    if (rows.length > 0)
      for (const id of memberIds) if (await this.waitingOf(statements, id)) waiting.add(id)
    return waiting
  }

  /** Asks for a member, who must be locked; a request that waits already stays as it is. */
  async ask(
    tx: Tx,
    asked: {
      memberId: string
      how: DeletionHow
      pointsThen: number
      coolingOffDays: number
      nowMs: number
    },
  ): Promise<DeletionRequest> {
    const { memberId, how, pointsThen, coolingOffDays, nowMs } = asked
    const known = await this.waitingOf(tx, memberId)
    if (known) return known
    const dueAtMs = nowMs + coolingOffDays * DAY_MS
    const request: DeletionRequest = {
      ...{ id: mintId(nowMs), memberId, state: 'waiting', how, pointsThen },
      ...{ requestedAtMs: nowMs, dueAtMs, nextAtMs: dueAtMs, settledAtMs: null },
    }
    await tx.insert('deletion_request', COLUMNS, [valuesOf(request, COLUMNS)])
    return request
  }

  /**
   * Takes back what waits for a member, who must be locked, and for records merged into theirs; false
   * when nothing does.
   */
  async cancel(tx: Tx, memberId: string, nowMs: number): Promise<boolean> {
    const ids = await this.person.idsOfPerson(tx, memberId)
    const taken = await tx.run(
      `UPDATE deletion_request SET state = 'cancelled', settledAtMs = ?, nextAtMs = ?
       WHERE memberId IN ${inList(tx)} AND state = 'waiting'`,
      [nowMs, NEVER_MS, listParameter(tx, ids)],
    )
    return taken > 0
  }

  /** Requests that something is to be done about now, the longest due first. */
  due(statements: Statements, nowMs: number, limit: number): Promise<DeletionRequest[]> {
    return statements.rows<DeletionRequest>(
      `SELECT * FROM deletion_request WHERE nextAtMs <= ? ORDER BY nextAtMs LIMIT ${String(limit)}`,
      [nowMs],
    )
  }

  /** The request as it stands, locked. */
  async locked(tx: Tx, id: string): Promise<DeletionRequest | null> {
    const [row] = await tx.rows<DeletionRequest>(
      `SELECT * FROM deletion_request WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return row ?? null
  }

  /** Notes that it was carried out for these ids, which stand for nobody from now on. */
  async erased(
    tx: Tx,
    request: DeletionRequest,
    memberIds: readonly string[],
    nowMs: number,
  ): Promise<void> {
    await tx.run(
      "UPDATE deletion_request SET state = 'erased', settledAtMs = ?, nextAtMs = ? WHERE id = ?",
      [nowMs, nowMs + SWEEP_AFTER_MS, request.id],
    )
    const known = new Set(await this.erasedAmong(tx, memberIds))
    await tx.insert(
      'erased_member',
      ['memberId', 'requestId', 'erasedAtMs'],
      memberIds.filter((id) => !known.has(id)).map((id) => [id, request.id, nowMs]),
    )
  }

  /** Nothing is left to be done about a request. */
  async swept(tx: Tx, id: string): Promise<void> {
    await tx.run('UPDATE deletion_request SET nextAtMs = ? WHERE id = ?', [NEVER_MS, id])
  }

  /** Puts a request off that could not be carried out. */
  async putOff(tx: Tx, id: string, untilMs: number): Promise<void> {
    await tx.run('UPDATE deletion_request SET nextAtMs = ? WHERE id = ?', [untilMs, id])
  }

  /** A page of requests, newest first; `scope` as for consents. */
  page(
    statements: Statements,
    ask: {
      state: DeletionState | null
      scope: readonly string[] | null
      beforeId: string | null
      limit: number
    },
  ): Promise<DeletionRequest[]> {
    const { state, scope, beforeId, limit } = ask
    const within = scope === null ? null : isOfStores(statements, 'd.memberId', scope)
    return statements.rows<DeletionRequest>(
      `SELECT d.* FROM deletion_request d WHERE d.id < ? ${state === null ? '' : 'AND d.state = ?'}
         ${within === null ? '' : `AND ${within.sql}`} ORDER BY d.id DESC LIMIT ${String(limit)}`,
      [
        beforeId ?? AFTER_ALL_IDS,
        ...(state === null ? [] : [state]),
        ...(within?.parameters ?? []),
      ],
    )
  }

  /** Those of `memberIds` that stand for nobody any more. */
  async erasedAmong(statements: Statements, memberIds: readonly string[]): Promise<string[]> {
    if (memberIds.length === 0) return []
    const rows = await statements.rows<{ memberId: string }>(
      `SELECT memberId FROM erased_member WHERE memberId IN ${inList(statements)}`,
      [listParameter(statements, memberIds)],
    )
    return rows.map((row) => row.memberId)
  }
}
