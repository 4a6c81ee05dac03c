import { Injectable } from '@nestjs/common'
import { BASE_RULE, type BaseRule } from '@huike/shared/points-rule'
import { points, type Points } from '@huike/shared/quantities'
import { inList, listParameter, type Rx, type Statements } from '../platform/database.js'
import { memberAccount } from './chain.js'
import { isOfMerge, purchaseOfKey } from './source-keys.js'
import type { PointsTransfer } from './points-transfer.entity.js'

/** A movement of one member's points. */
export interface PointsMove {
  id: string
  /** The transfer it corrects; null when it corrects none. */
  answersTransferId: string | null
  /** The purchase that caused it. */
  purchaseId: string
  signedPoints: number
}

/** Reads of the points book; writing is `PointsBook`'s. */
@Injectable()
export class PointsService {
  /** The rule that gives points now. */
  rule(): BaseRule {
    return BASE_RULE
  }

  /** A member's balance; 0 when there is no account yet. */
  async balanceOf(rx: Statements, memberId: string): Promise<Points> {
    const rows = await rx.rows<{ balancePoints: number }>(
      'SELECT balancePoints FROM points_account WHERE memberId = ?',
      [memberId],
    )
    return points(rows[0]?.balancePoints ?? 0)
  }

  /** What moved a member's points after a transfer, in order, but for merges. */
  async movesAfter(statements: Statements, memberId: string, seq: number): Promise<PointsMove[]> {
    const rows = await statements.rows<PointsTransfer>(
      `SELECT id, reason, sourceKey, points, toAccount, answersTransferId FROM points_transfer
       WHERE memberId = ? AND seq > ? ORDER BY seq`,
      [memberId, seq],
    )
    const account = memberAccount(memberId)
    return rows
      .filter(({ reason }) => !isOfMerge(reason))
      .map((row) => ({
        id: row.id,
        answersTransferId: row.answersTransferId,
        purchaseId: purchaseOfKey(row.sourceKey),
        signedPoints: row.toAccount === account ? row.points : -row.points,
      }))
  }

  /** Of these transfers, those in the chain of one member. */
  async transfersOf(
    statements: Statements,
    memberId: string,
    ids: readonly string[],
  ): Promise<Set<string>> {
    if (ids.length === 0) return new Set()
    const rows = await statements.rows<{ id: string }>(
      `SELECT id FROM points_transfer WHERE id IN ${inList(statements)} AND memberId = ?`,
      [listParameter(statements, ids), memberId],
    )
    return new Set(rows.map(({ id }) => id))
  }

  /**
   * A page of a member's transfers, newest first. `beforeSeq` is the cursor: rows older than it.
   * Each comes with its points signed from the member's side, and the purchase that caused it.
   */
  async history(
    rx: Rx,
    query: { memberId: string; beforeSeq: number | null; limit: number },
  ): Promise<(PointsTransfer & { signedPoints: Points; purchaseId: string })[]> {
    const { memberId, beforeSeq, limit } = query
    const rows = await rx.rows<PointsTransfer>(
      `SELECT * FROM points_transfer WHERE memberId = ? AND seq < ?
       ORDER BY seq DESC LIMIT ${String(limit)}`,
      [memberId, beforeSeq ?? Number.MAX_SAFE_INTEGER],
    )
    const account = memberAccount(memberId)
    return rows.map((row) => ({
      ...row,
      purchaseId: purchaseOfKey(row.sourceKey),
      signedPoints: points(row.toAccount === account ? row.points : -row.points),
    }))
  }
}
