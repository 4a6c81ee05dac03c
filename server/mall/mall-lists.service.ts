import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements } from '../platform/database.js'
import type { MallExchange } from './mall-exchange.entity.js'
import { exchangesBy } from './mall-rows.js'

// Exchanges as members and staff read them. Of staff with stores of their own, what can be fetched, or
// was handed over, in one of these.

const FOUND_MAX = 50

/** The stores of somebody of the staff; null: all of them. */
type Scope = readonly string[] | null

@Injectable()
export class MallListsService {
  /** One exchange, where it is this member's. */
  async ofMember(
    statements: Statements,
    memberId: string,
    id: string,
  ): Promise<MallExchange | null> {
    const [exchange] = await statements.rows<MallExchange>(
      'SELECT * FROM mall_exchange WHERE id = ? AND memberId = ?',
      [id, memberId],
    )
    return exchange ?? null
  }

  /** A page of a member's exchanges, the newest first. */
  page(
    statements: Statements,
    { memberId, beforeId, limit }: { memberId: string; beforeId: string | null; limit: number },
  ): Promise<MallExchange[]> {
    return statements.rows<MallExchange>(
      `SELECT * FROM mall_exchange WHERE memberId = ? ${beforeId === null ? '' : 'AND id < ?'}
       ORDER BY id DESC LIMIT ${String(limit)}`,
      [memberId, ...(beforeId === null ? [] : [beforeId])],
    )
  }

  /** A page of goods in one state: those that wait by when they have to be fetched, others the newest first. */
  async listed(
    statements: Statements,
    asked: {
      scope: Scope
      state: string
      after: { fetchUntilMs: number; id: string } | null
      limit: number
    },
  ): Promise<MallExchange[]> {
    const { scope, state, after, limit } = asked
    const isWaiting = state === 'waiting'
    const [order, beyond] = isWaiting ? ['ASC', '>'] : ['DESC', '<']
    const within = withinScope(statements, scope)
    const below = after
      ? `AND (x.fetchUntilMs ${beyond} ? OR (x.fetchUntilMs = ? AND x.id ${beyond} ?))`
      : ''
    return statements.rows<MallExchange>(
      `SELECT x.* FROM mall_exchange x
       WHERE x.state = ? AND x.kind = 'goods' ${below} ${within.sql}
       ORDER BY x.fetchUntilMs ${order}, x.id ${order} LIMIT ${String(limit)}`,
      [
        state,
        ...(after ? [after.fetchUntilMs, after.fetchUntilMs, after.id] : []),
        ...within.parameters,
      ],
    )
  }

  /** One of goods, where it is within somebody's stores. */
  async one(statements: Statements, id: string, scope: Scope): Promise<MallExchange | null> {
    const within = withinScope(statements, scope)
    const [exchange] = await statements.rows<MallExchange>(
      `SELECT x.* FROM mall_exchange x WHERE x.id = ? ${within.sql}`,
      [id, ...within.parameters],
    )
    return exchange ?? null
  }

  /** What a code stands for: whoever has it shows it, in whatever store. */
  async byCode(statements: Statements, code: string): Promise<MallExchange | null> {
    const [exchange] = await exchangesBy(statements, 'code', [code])
    return exchange ?? null
  }

  /** All that waits for a member, and can be fetched in somebody's stores. */
  async waitingOf(statements: Statements, memberId: string, scope: Scope): Promise<MallExchange[]> {
    const within = withinScope(statements, scope)
    return statements.rows<MallExchange>(
      `SELECT x.* FROM mall_exchange x WHERE x.memberId = ? AND x.state = 'waiting' ${within.sql}
       ORDER BY x.id DESC LIMIT ${String(FOUND_MAX)}`,
      [memberId, ...within.parameters],
    )
  }

  /** How much waits for each of these members that can be fetched in a store now. */
  async waitingCounts(
    statements: Statements,
    memberIds: readonly string[],
    at: { storeId: string; nowMs: number },
  ): Promise<Map<string, number>> {
    if (memberIds.length === 0) return new Map()
    const within = withinScope(statements, [at.storeId])
    const rows = await statements.rows<{ memberId: string }>(
      `SELECT x.memberId FROM mall_exchange x
       WHERE x.memberId IN ${inList(statements)} AND x.state = 'waiting' AND x.fetchUntilMs > ?
         ${within.sql}`,
      [listParameter(statements, memberIds), at.nowMs, ...within.parameters],
    )
    const counts = new Map<string, number>()
    for (const { memberId } of rows) counts.set(memberId, (counts.get(memberId) ?? 0) + 1)
    return counts
  }
}

/** Whose version names no store is fetched in every store. */
function withinScope(statements: Statements, scope: Scope) {
  if (scope === null) return { sql: '', parameters: [] }
  const ids = listParameter(statements, scope)
  return {
    sql: `AND (x.storeId IN ${inList(statements)} OR NOT EXISTS
        (SELECT 1 FROM mall_pickup p WHERE p.itemId = x.itemId AND p.version = x.version)
      OR EXISTS (SELECT 1 FROM mall_pickup p WHERE p.itemId = x.itemId AND p.version = x.version
        AND p.storeId IN ${inList(statements)}))`,
    parameters: [ids, ids],
  }
}
