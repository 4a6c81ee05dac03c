import { Injectable } from '@nestjs/common'
import type { PendingPoints } from '@huike/shared/contracts/common'
import { points, type BusinessDate, type Points } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'
import { inList, listParameter, type Rx, type Statements } from '../platform/database.js'
import { memberAccount } from './chain.js'
import { isOfExchange, purchaseOfKey } from './source-keys.js'
import type { PointsTransfer } from './points-transfer.entity.js'

/** What passed between accounts of the programme alone is no movement of the member's. */
const OF_THE_MEMBER = "reason NOT IN ('spent', 'spend_undone')"

/** A transfer with its points signed from the member's side, and what caused it. */
export interface MemberTransfer extends PointsTransfer {
  signedPoints: Points
  /** Of a purchase, where that caused it. */
  purchaseId: string
  /** Of what was exchanged in the points mall; null where nothing was. */
  exchangeId: string | null
}

/** Reads of the points book; writing is `PointsBook`'s. */
@Injectable()
export class PointsService {
  /** A member's balance; 0 when there is no account yet. */
  async balanceOf(rx: Statements, memberId: string): Promise<Points> {
    const rows = await rx.rows<{ balancePoints: number }>(
      'SELECT balancePoints FROM points_account WHERE memberId = ?',
      [memberId],
    )
    return points(rows[0]?.balancePoints ?? 0)
  }

  /** A member's balance, and what was put off of a debt. */
  async accountOf(
    rx: Statements,
    memberId: string,
  ): Promise<{ balancePoints: Points; owedPoints: Points }> {
    const [row] = await rx.rows<{ balancePoints: number; owedPoints: number | null }>(
      'SELECT balancePoints, owedPoints FROM points_account WHERE memberId = ?',
      [memberId],
    )
    return {
      balancePoints: points(row?.balancePoints ?? 0),
      owedPoints: points(row?.owedPoints ?? 0),
    }
  }

  /**
   * The next points to expire, all that expire at that moment: those of before `untilMs`. Null where
   * none do.
   */
  async expiringNext(
    rx: Statements,
    memberId: string,
    { nowMs, untilMs }: { nowMs: number; untilMs: number },
  ): Promise<{ points: Points; expiresAtMs: number } | null> {
    const [next] = await rx.rows<{ points: number | string; expiresAtMs: number }>(
      `SELECT SUM(leftPoints) AS points, expiresAtMs FROM points_lot
       WHERE memberId = ? AND state = 'open' AND expiresAtMs > ? AND expiresAtMs <= ?
       GROUP BY expiresAtMs ORDER BY expiresAtMs LIMIT 1`,
      [memberId, nowMs, untilMs],
    )
    return next ? { points: points(Number(next.points)), expiresAtMs: next.expiresAtMs } : null
  }

  /** How many transfers `history` tells of. */
  async countOf(rx: Rx, memberId: string): Promise<number> {
    const [row] = await rx.rows<{ held: number | string }>(
      `SELECT COUNT(*) AS held FROM points_transfer WHERE memberId = ? AND ${OF_THE_MEMBER}`,
      [memberId],
    )
    return Number(row?.held ?? 0)
  }

  /** What these members were given and may not spend yet, by member id; who has none is not in it. */
  async pendingOf(
    rx: Statements,
    memberIds: readonly string[],
    nowMs: number,
  ): Promise<Map<string, PendingPoints>> {
    const rows = await rx.rows<{
      memberId: string
      availableAtMs: number
      points: number | string
    }>(
      `SELECT memberId, availableAtMs, SUM(leftPoints) AS points FROM points_lot
       WHERE memberId IN ${inList(rx)} AND state = 'open' AND availableAtMs > ?
       GROUP BY memberId, availableAtMs ORDER BY memberId, availableAtMs`,
      [listParameter(rx, memberIds), nowMs],
    )
    const pending = new Map<string, PendingPoints>()
    for (const { memberId, availableAtMs, points: more } of rows) {
      const known = pending.get(memberId) ?? {
        points: points(0),
        nextPoints: points(Number(more)),
        fromDate: localDate(availableAtMs, CHAIN_TIME_ZONE) as BusinessDate,
      }
      pending.set(memberId, { ...known, points: points(known.points + Number(more)) })
    }
    return pending
  }

  /**
   * A page of a member's transfers, newest first. `beforeSeq` is the cursor: rows older than it.
   * What passed within the programme is left out.
   * Each comes with what caused it.
   */
  async history(
    rx: Rx,
    query: { memberId: string; beforeSeq: number | null; limit: number },
  ): Promise<MemberTransfer[]> {
    const { memberId, beforeSeq, limit } = query
    const rows = await rx.rows<PointsTransfer>(
      `SELECT * FROM points_transfer
       WHERE memberId = ? AND seq < ? AND ${OF_THE_MEMBER}
       ORDER BY seq DESC LIMIT ${String(limit)}`,
      [memberId, beforeSeq ?? Number.MAX_SAFE_INTEGER],
    )
    const account = memberAccount(memberId)
    return rows.map((row) => ({
      ...row,
      purchaseId: purchaseOfKey(row.sourceKey),
      exchangeId: isOfExchange(row.reason) ? row.sourceKey : null,
      signedPoints: points(row.toAccount === account ? row.points : -row.points),
    }))
  }
}
