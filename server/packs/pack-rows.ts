import { z } from 'zod'
import { FEN_MAX } from '@huike/shared/quantities'
import { soldItemSchema, type PackTerms, type SoldItem } from '@huike/shared/contracts/packs'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { PackGrant } from './pack-grant.entity.js'
import type { PackOrder } from './pack-order.entity.js'
import type { PackRefund } from './pack-refund.entity.js'

// Rows of packs. Whoever changes an order, its coupons or its refunds holds the row of the order.

export const ORDER_COLUMNS = [
  'id',
  'orderNo',
  'packId',
  'version',
  'memberId',
  'identityId',
  'payerIndex',
  'state',
  'totalFen',
  'refundedFen',
  'prepayId',
  'transactionId',
  'requestKey',
  'createdAtMs',
  'expiresAtMs',
  'paidAtMs',
  'endedAtMs',
  'nextAtMs',
  'attempts',
  'billedOn',
] as const satisfies (keyof PackOrder)[]
export const GRANT_COLUMNS = [
  'id',
  'orderId',
  'seq',
  'templateId',
  'version',
  'state',
  'dueAtMs',
  'shareFen',
  'couponId',
  'refundId',
] as const satisfies (keyof PackGrant)[]
export const REFUND_COLUMNS = [
  'id',
  'orderId',
  'refundNo',
  'requestKey',
  'refundFen',
  'coupons',
  'state',
  'createdAtMs',
  'endedAtMs',
  'nextAtMs',
  'attempts',
  'billedOn',
  'staffId',
  'reason',
  'note',
] as const satisfies (keyof PackRefund)[]

/** An order that can still be paid. */
export const OPEN_STATES: ReadonlySet<string> = new Set(['created', 'prepaid'])
/** A refund whose money is not there yet. */
export const OPEN_REFUNDS: ReadonlySet<string> = new Set(['asked', 'sent', 'abnormal'])

/** What was promised, with the versions of the coupons. */
export interface SoldTerms extends Omit<PackTerms, 'items'> {
  items: SoldItem[]
}

const soldTermsSchema = z.strictObject({
  title: z.string(),
  priceFen: z.int().min(1).max(FEN_MAX).brand('Fen'),
  items: z.array(soldItemSchema),
})

/** The terms of a version as they are kept. */
export function soldTerms(json: string): SoldTerms {
  return soldTermsSchema.parse(JSON.parse(json))
}

/** One order, locked inside a write. */
export async function orderBy(
  statements: Statements | Tx,
  column: 'id' | 'orderNo' | 'requestKey',
  value: string,
): Promise<PackOrder | null> {
  const lock = 'forUpdate' in statements ? statements.forUpdate : ''
  const [row] = await statements.rows<PackOrder>(
    `SELECT * FROM pack_order WHERE ${column} = ?${lock}`,
    [value],
  )
  return row ?? null
}

/** The coupons of orders, in their order. */
export function grantsOf(
  statements: Statements,
  orderIds: readonly string[],
): Promise<PackGrant[]> {
  return statements.rows<PackGrant>(
    `SELECT * FROM pack_grant WHERE orderId IN ${inList(statements)} ORDER BY orderId, seq`,
    [listParameter(statements, orderIds)],
  )
}

/** The refunds of an order, the first one first. */
export function refundsOf(statements: Statements, orderId: string): Promise<PackRefund[]> {
  return statements.rows<PackRefund>('SELECT * FROM pack_refund WHERE orderId = ? ORDER BY id', [
    orderId,
  ])
}
