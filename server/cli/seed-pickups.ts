import type { INestApplicationContext } from '@nestjs/common'
import { onlineOrderSchema } from '@huike/shared/contracts/open'
import { TakeOrdersService } from '../flows/take-orders.service.js'
import { ApiKeysService } from '../integrations/api-keys.service.js'
import { OrderPickupsService } from '../pickups/order-pickups.service.js'
import type { Database } from '../platform/database.js'
import { Relay } from '../platform/relay.js'
import { TerminalsService } from '../stores/terminals.service.js'
import { DEMO_MEMBERS } from './seed-data.js'

// Orders of the demo that are fetched in a store: one is ready, one is being put together.

const HOUR_MS = 3_600_000
const ORDERS = [
  {
    lines: [
      { name: '中秋礼盒', code: 'GIFT-1', quantity: 1, priceFen: 16_800 },
      { name: '手提袋', code: 'BAG-1', quantity: 2, priceFen: 200 },
    ],
    isReady: true,
  },
  {
    lines: [{ name: '新鲜草莓 500g', code: 'FRUIT-7', quantity: 2, priceFen: 2_990 }],
    isReady: false,
  },
] as const

/** Hands two orders in by the open door; the first store made the first one ready. */
export async function seedPickups(
  app: INestApplicationContext,
  database: Database,
  staffId: string,
): Promise<void> {
  const [store] = await app.get(TerminalsService, { strict: false }).list()
  if (!store) throw new Error('the demo needs a store')
  const keys = app.get(ApiKeysService, { strict: false })
  const { id } = await keys.create({
    ...{ name: '小程序商城', storeId: store.id, scopes: ['orders:write'] },
  })
  const orders = app.get(TakeOrdersService, { strict: false })
  const pickups = app.get(OrderPickupsService, { strict: false })
  for (const [at, one] of ORDERS.entries()) {
    const order = orderOf(one, { number: at + 1, phone: DEMO_MEMBERS[at], storeCode: store.code })
    const taken = await orders.take({ id, storeId: store.id, scopes: [] }, order.orderNo, order)
    if (!taken.ok) throw new Error(taken.code)
    const { purchaseId } = taken.answer
    const by = { staffId, scope: null, nowMs: Date.now() }
    if (one.isReady) await database.write((tx) => pickups.markReady(tx, purchaseId, by))
  }
  await app.get(Relay, { strict: false }).drain()
}

function orderOf(
  { lines }: (typeof ORDERS)[number],
  of: { number: number; phone: string | undefined; storeCode: string },
) {
  const nowMs = Date.now()
  const sold = lines.map(({ name, code, quantity, priceFen }) => ({
    ...{ name, code, quantityMilli: quantity * 1_000, unitPriceFen: priceFen },
    amountFen: quantity * priceFen,
  }))
  const totalFen = sold.reduce((sum, { amountFen }) => sum + amountFen, 0)
  return onlineOrderSchema.parse({
    ...{ orderNo: `DEMO-${String(of.number).padStart(4, '0')}`, kind: 'sale' },
    ...{ channelName: '小程序商城', placedAtMs: nowMs - HOUR_MS, paidAtMs: nowMs - HOUR_MS },
    ...{ phone: of.phone ?? null, memberNo: null, lines: sold, totalFen },
    payments: [{ method: 'wechat', amountFen: totalFen }],
    originalOrderNo: null,
    pickup: { storeCode: of.storeCode, readyAtMs: nowMs + HOUR_MS },
  })
}
