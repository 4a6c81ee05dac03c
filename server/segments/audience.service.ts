import { Injectable } from '@nestjs/common'
import { inList, listParameter, type SqlParameter, type Statements } from '../platform/database.js'

// People whose last purchase is older than an instant and who bought in one of the stores, as a set
// in SQL. It is counted as a whole, and walked in windows of members that hold a bounded number of
// rows however few of them match.

/** Which people: `storeIds` null stands for every store of the chain. */
export interface AudienceOf {
  /** Their last purchase is older than this. */
  lastBeforeMs: number
  storeIds: readonly string[] | null
}

/**
 * A set of members: a SELECT that gives memberId, memberNo, lastPurchaseAtMs, lastStoreId, and
 * zoneStoreId, the store whose zone the member lives in (null when there is none).
 */
export interface MemberSet {
  sql: string
  parameters: SqlParameter[]
}

/** Members after `after` (not included) up to `upTo` (included), in the order of their ids. */
export interface MemberWindow {
  after: string
  upTo: string
}

const COLUMNS = `s.memberId AS memberId, m.memberNo AS memberNo,
  s.lastPurchaseAtMs AS lastPurchaseAtMs, s.lastStoreId AS lastStoreId,
  COALESCE(s.lastStoreId, m.registeredStoreId) AS zoneStoreId`
// The plus keeps SQLite from walking the index of last purchases: most match, and in the order of their
// ids all the tables that are asked about them are read from front to back, four times as fast.
const MATCHES =
  "+s.lastPurchaseAtMs < ? AND s.purchaseCount > 0 AND m.state IN ('pending', 'active')"

@Injectable()
export class AudienceService {
  /** The audience as a set; within a window when one is given. */
  membersOf(statements: Statements, audience: AudienceOf, window?: MemberWindow): MemberSet {
    const { lastBeforeMs, storeIds } = audience
    const within = window ? 'AND s.memberId > ? AND s.memberId <= ?' : ''
    const bounds = window ? [window.after, window.upTo] : []
    const [onlyStore] = storeIds ?? []
    if (storeIds?.length === 1 && onlyStore !== undefined)
      return {
        sql: `SELECT ${COLUMNS} FROM member_store k JOIN member_stat s ON s.memberId = k.memberId
          JOIN member m ON m.id = k.memberId
          WHERE k.storeId = ? AND k.purchaseCount > 0 AND ${MATCHES}
          ${within.replaceAll('s.memberId', 'k.memberId')}`,
        parameters: [onlyStore, lastBeforeMs, ...bounds],
      }
    // COALESCE keeps the stores from being looked up one by one for each member.
    const inStores = `AND EXISTS (SELECT 1 FROM member_store k WHERE k.memberId = s.memberId
      AND k.purchaseCount > 0 AND COALESCE(k.storeId, '') IN ${inList(statements)})`
    return {
      sql: `SELECT ${COLUMNS} FROM member_stat s JOIN member m ON m.id = s.memberId
        WHERE ${MATCHES} ${within} ${storeIds === null ? '' : inStores}`,
      parameters: [
        lastBeforeMs,
        ...bounds,
        ...(storeIds === null ? [] : [listParameter(statements, storeIds)]),
      ],
    }
  }

  /** Where a window of `size` rows after `after` ends; null when there is nobody left. */
  async windowAfter(
    statements: Statements,
    audience: AudienceOf,
    after: string,
    size: number,
  ): Promise<MemberWindow | null> {
    const { storeIds } = audience
    const isOne = storeIds?.length === 1
    const from = isOne
      ? 'FROM member_store WHERE storeId = ? AND memberId > ?'
      : 'FROM member_stat WHERE memberId > ?'
    const parameters = isOne ? [...storeIds, after] : [after]
    const [last] = await statements.rows<{ memberId: string | null }>(
      `SELECT MAX(memberId) AS memberId FROM
         (SELECT memberId ${from} ORDER BY memberId LIMIT ${String(size)}) page`,
      parameters,
    )
    return last?.memberId == null ? null : { after, upTo: last.memberId }
  }

  /** The members of one window, in the order of their ids. */
  async idsWithin(
    statements: Statements,
    audience: AudienceOf,
    window: MemberWindow,
  ): Promise<string[]> {
    const { sql, parameters } = this.membersOf(statements, audience, window)
    const rows = await statements.rows<{ memberId: string }>(
      `SELECT memberId FROM (${sql}) a ORDER BY memberId`,
      parameters,
    )
    return rows.map((row) => row.memberId)
  }
}
