import { z } from 'zod'
import { mallTermsSchema, type MallTerms } from '@huike/shared/contracts/mall'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { MallExchange } from './mall-exchange.entity.js'
import type { MallItem } from './mall-item.entity.js'

// Rows of the points mall.

export const EXCHANGE_COLUMNS = [
  'id',
  'itemId',
  'version',
  'kind',
  'memberId',
  'requestKey',
  'quantity',
  'points',
  'state',
  'code',
  'couponId',
  'takenTransferId',
  'expiresAtMs',
  'createdAtMs',
  'fetchUntilMs',
  'endedAtMs',
  'endedBy',
  'storeId',
  'reason',
  'returnTransferId',
  'returnedPoints',
  'endRequestId',
] as const satisfies (keyof MallExchange)[]

/** Exchanges whose pieces are gone from the stock, and count for a member's limits. */
export const TAKEN_STATES = "('given', 'waiting', 'fetched')"

/** What was promised, with the version of the coupon; for goods it is null. */
export interface KeptTerms {
  terms: MallTerms
  couponVersion: number | null
}
const keptTermsSchema = z.strictObject({
  terms: mallTermsSchema,
  couponVersion: z.int().min(1).nullable(),
})

/** The terms of a version as they are kept. */
export function keptTerms(json: string): KeptTerms {
  return keptTermsSchema.parse(JSON.parse(json))
}

/** Names a version of an item. */
export interface ItemVersion {
  itemId: string
  version: number
}

/** How a version is looked up in `termsOf`. */
export function itemKey({ itemId, version }: ItemVersion): string {
  return `${itemId}|${String(version)}`
}

/** Items by id, locked in the order of their ids inside a write. */
export function itemsBy(statements: Statements | Tx, ids: readonly string[]): Promise<MallItem[]> {
  if (ids.length === 0) return Promise.resolve([])
  const lock = 'forUpdate' in statements ? statements.forUpdate : ''
  return statements.rows<MallItem>(
    `SELECT * FROM mall_item WHERE id IN ${inList(statements)} ORDER BY id${lock}`,
    [listParameter(statements, [...new Set(ids)].sort())],
  )
}

/**
 * Exchanges by the requests that made them. Not locked: what was made stays, and two of one request at
 * the same instant meet at the unique key.
 */
export function exchangesByRequest(
  statements: Statements,
  requestKeys: readonly string[],
): Promise<MallExchange[]> {
  if (requestKeys.length === 0) return Promise.resolve([])
  return statements.rows<MallExchange>(
    `SELECT * FROM mall_exchange WHERE requestKey IN ${inList(statements)}`,
    [listParameter(statements, [...new Set(requestKeys)])],
  )
}

/** Exchanges by a column, locked in the order of their ids inside a write. */
export function exchangesBy(
  statements: Statements | Tx,
  column: 'id' | 'code',
  values: readonly string[],
): Promise<MallExchange[]> {
  if (values.length === 0) return Promise.resolve([])
  const lock = 'forUpdate' in statements ? statements.forUpdate : ''
  return statements.rows<MallExchange>(
    `SELECT * FROM mall_exchange WHERE ${column} IN ${inList(statements)} ORDER BY id${lock}`,
    [listParameter(statements, [...new Set(values)])],
  )
}

/** Puts pieces back that did not go after all; the items are held. */
export async function putBack(tx: Tx, pieces: ReadonlyMap<string, number>): Promise<void> {
  for (const [itemId, count] of pieces)
    await tx.run('UPDATE mall_item SET taken = taken - ? WHERE id = ?', [count, itemId])
}

/** How many pieces each item is given back by these exchanges. */
export function piecesOf(exchanges: readonly MallExchange[]): Map<string, number> {
  const pieces = new Map<string, number>()
  for (const { itemId, quantity } of exchanges)
    pieces.set(itemId, (pieces.get(itemId) ?? 0) + quantity)
  return pieces
}
