import { Injectable } from '@nestjs/common'
import { valuesOf, type Tx } from '../platform/database.js'
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
}
