import { Injectable } from '@nestjs/common'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import type { OnlineOrder } from './online-order.entity.js'

const COLUMNS = [
  'purchaseId',
  'apiKeyId',
  'channelName',
  'placedAtMs',
] as const satisfies (keyof OnlineOrder)[]

/** What an online order says beyond its purchase. */
@Injectable()
export class OnlineOrdersService {
  /** Writes the facts of new purchases that came as online orders. */
  async insert(tx: Tx, orders: readonly OnlineOrder[]): Promise<void> {
    await tx.insert(
      'online_order',
      COLUMNS,
      orders.map((order) => valuesOf(order, COLUMNS)),
    )
  }

  /** Where orders were placed, in words, by purchase. */
  async channelsOf(
    statements: Statements,
    purchaseIds: readonly string[],
  ): Promise<Map<string, string>> {
    if (purchaseIds.length === 0) return new Map()
    const rows = await statements.rows<Pick<OnlineOrder, 'purchaseId' | 'channelName'>>(
      `SELECT purchaseId, channelName FROM online_order WHERE purchaseId IN ${inList(statements)}`,
      [listParameter(statements, purchaseIds)],
    )
    return new Map(rows.map(({ purchaseId, channelName }) => [purchaseId, channelName]))
  }
}
