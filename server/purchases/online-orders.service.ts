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
  /** Writes the facts of a new purchase that came as an online order. */
  async insert(tx: Tx, order: OnlineOrder): Promise<void> {
    await tx.insert('online_order', COLUMNS, [valuesOf(order, COLUMNS)])
  }
}
