import type { PackOrderState } from '@huike/shared/contracts/packs'
import { PACK_ORDER_WORDS } from '@huike/shared/pack-words'
import type { PackOrder } from '../../packs/pack-order.entity.js'
import type { PackOrdersService } from '../../packs/pack-orders.service.js'
import type { Database } from '../../platform/database.js'
import { moneyInWords, timeInWords, type CopyRow } from './copy-sections.js'

// The orders of packs in a member's copy: what was paid for, when, and what came back.

const ROWS_PER_READ = 200

/** The orders of one record, the newest first, some at a time. */
export async function* packOrdersCopy(
  { database, orders }: { database: Database; orders: PackOrdersService },
  memberId: string,
): AsyncGenerator<CopyRow[]> {
  let beforeId: string | null = null
  for (;;) {
    const of = { memberId, beforeId, limit: ROWS_PER_READ }
    const page: PackOrder[] = await database.read((rx) => orders.page(rx, of))
    yield page.map(orderRow)
    const last = page.at(-1)
    if (!last || page.length < ROWS_PER_READ) return
    beforeId = last.id
  }
}

function orderRow(order: PackOrder): CopyRow {
  const { orderNo, transactionId, state, totalFen, refundedFen, createdAtMs, paidAtMs } = order
  return {
    facts: { orderNo, transactionId, state, totalFen, refundedFen, createdAtMs, paidAtMs },
    words: [
      ['订单号', orderNo],
      ['金额', moneyInWords(totalFen)],
      ['状态', PACK_ORDER_WORDS[state as PackOrderState]],
      ['已退', moneyInWords(refundedFen)],
      ['下单时间', timeInWords(createdAtMs)],
      ['支付时间', paidAtMs === null ? '没有支付' : timeInWords(paidAtMs)],
    ],
  }
}
