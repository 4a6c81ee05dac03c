import { Injectable } from '@nestjs/common'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { inList, listParameter, type Statements } from '../platform/database.js'
import type { OfflineAllowance } from './offline-allowance.entity.js'
import type { OfflineFinding } from './offline-finding.entity.js'

// What a member is told of redeeming without a network: where a coupon of theirs is, and what was left
// with tills and found out about it.

const MINUTES = 16

export type MemberAllowance = OfflineAllowance & { storeName: string }
export type MemberFinding = OfflineFinding & { storeName: string }

interface MemberPage {
  memberId: string
  afterId: string
  limit: number
}

@Injectable()
export class OfflineHistoryService {
  /** Of these coupons, those that a till keeps, with where and until when in words. */
  async leftWords(
    statements: Statements,
    couponIds: readonly string[],
    nowMs: number,
  ): Promise<Map<string, string>> {
    if (couponIds.length === 0) return new Map()
    const rows = await statements.rows<{
      couponId: string
      expiresAtMs: number
      storeName: string
    }>(
      `SELECT a.couponId, a.expiresAtMs, s.name AS storeName FROM offline_allowance a
         JOIN store s ON s.id = a.storeId
       WHERE a.couponId IN ${inList(statements)} AND a.state = 'held'`,
      [listParameter(statements, couponIds)],
    )
    return new Map(rows.map((row) => [row.couponId, wordsOf(row, nowMs)]))
  }

  /** What was left with tills of a member, the oldest first. */
  allowancesOf(statements: Statements, page: MemberPage): Promise<MemberAllowance[]> {
    return statements.rows<MemberAllowance>(
      `SELECT a.*, s.name AS storeName FROM offline_allowance a JOIN store s ON s.id = a.storeId
       WHERE a.memberId = ? AND a.id > ? ORDER BY a.id LIMIT ${String(page.limit)}`,
      [page.memberId, page.afterId],
    )
  }

  /** What was found out about a member's offline redemptions, the oldest first. */
  findingsOf(statements: Statements, page: MemberPage): Promise<MemberFinding[]> {
    return statements.rows<MemberFinding>(
      `SELECT f.*, s.name AS storeName FROM offline_finding f JOIN store s ON s.id = f.storeId
       WHERE f.memberId = ? AND f.id > ? ORDER BY f.id LIMIT ${String(page.limit)}`,
      [page.memberId, page.afterId],
    )
  }
}

function wordsOf(
  { storeName, expiresAtMs }: { storeName: string; expiresAtMs: number },
  nowMs: number,
): string {
  const until = localTime(expiresAtMs, CHAIN_TIME_ZONE).slice(0, MINUTES).replace('T', ' ')
  return expiresAtMs > nowMs
    ? `已留给“${storeName}”断网时用，到 ${until}。去别的店用，请店员先请它归还。`
    : `可能已在“${storeName}”断网时用掉，等该店联网后确认。`
}
