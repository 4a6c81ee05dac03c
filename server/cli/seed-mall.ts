import type { INestApplicationContext } from '@nestjs/common'
import type { MallDraft } from '@huike/shared/contracts/console-mall'
import type { MallGives, MallTerms } from '@huike/shared/contracts/mall'
import type { CouponTemplateId, MallItemId, RequestId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import { CouponTemplatesService } from '../coupons/coupon-templates.service.js'
import { ExchangeEndingsService } from '../mall/exchange-endings.service.js'
import { MallExchangesService } from '../mall/mall-exchanges.service.js'
import { MallItemsService } from '../mall/mall-items.service.js'
import type { Database } from '../platform/database.js'
import { mintId } from '../platform/ids.js'

// The points mall of the demo: goods and a coupon, some of them taken, fetched and cancelled.

/** Members who exchange: those with the most points. */
const TAKERS = 4
const GOODS: Extract<MallGives, { kind: 'goods' }> = {
  ...{ kind: 'goods', fetchDays: 30, storeIds: [], lapse: 'back' },
}
const ITEMS: readonly { terms: Omit<MallTerms, 'levelCodes'>; stock: number }[] = [
  {
    terms: {
      ...{ name: '帆布购物袋', words: '加厚帆布，可装十公斤', category: '生活' },
      ...{ gives: GOODS, pricePoints: 30 },
    },
    stock: 200,
  },
  {
    terms: {
      ...{ name: '保温杯 450ml', words: '304 不锈钢，保温十二小时', category: '生活' },
      ...{ gives: GOODS, pricePoints: 120 },
    },
    stock: 40,
  },
  {
    terms: {
      ...{ name: '当季水果一份', words: '到店任选一份，约 500 克', category: '生鲜' },
      ...{ gives: { ...GOODS, fetchDays: 7, lapse: 'gone' }, pricePoints: 50 },
    },
    stock: 60,
  },
]

/** Puts items into the mall, and has some members take them. */
export async function seedMall(
  app: INestApplicationContext,
  database: Database,
  staffId: string,
): Promise<void> {
  const nowMs = Date.now()
  const by = { staffId, nowMs }
  const mall = app.get(MallItemsService, { strict: false })
  const coupons = app.get(CouponTemplatesService, { strict: false })
  const saved = await database.write(async (tx) => {
    const [coupon] = await coupons.page(tx, { beforeId: null, limit: 1 })
    const templateId = coupon?.id as CouponTemplateId
    const gives = { kind: 'coupon' as const, templateId }
    const terms = { name: '满 50 减 10 券', words: '马上到券包', category: '优惠券', gives }
    const all = [...ITEMS, { terms: { ...terms, pricePoints: 40 }, stock: 500 }]
    const items = []
    for (const one of all) items.push(await mall.create(tx, draftOf(one, nowMs), by))
    return items
  })
  const ids = saved.map((one) => {
    if (!one.ok) throw new Error(one.code)
    return one.item.id as MallItemId
  })
  await takeSome(app, database, { ids, staffId })
}

/** One of each, by whoever has the points; the first is fetched, the last cancelled. */
async function takeSome(
  app: INestApplicationContext,
  database: Database,
  { ids, staffId }: { ids: readonly MallItemId[]; staffId: string },
): Promise<void> {
  const making = app.get(MallExchangesService, { strict: false })
  const endings = app.get(ExchangeEndingsService, { strict: false })
  const [takers, stores] = await database.read(async (rx) => [
    await rx.rows<{ memberId: string }>(
      `SELECT memberId FROM points_account ORDER BY balancePoints DESC, memberId
       LIMIT ${String(TAKERS)}`,
    ),
    await rx.rows<{ id: string }>('SELECT id FROM store ORDER BY code LIMIT 1'),
  ])
  const waiting: { memberId: string; id: string }[] = []
  for (const { memberId } of takers)
    for (const [at, { terms }] of ITEMS.entries()) {
      const itemId = ids[at]
      if (itemId === undefined) continue
      const { pricePoints } = terms
      const requestId = mintId(Date.now()) as RequestId
      const request = { requestId, itemId, quantity: 1, pricePoints }
      const exchanged = await making.exchange(memberId, request)
      if (exchanged.ok) waiting.push({ memberId, id: exchanged.exchange.id })
    }
  const [first, last] = [waiting[0], waiting.at(-1)]
  const storeId = stores[0]?.id
  if (first && storeId !== undefined)
    await database.write((tx) =>
      endings.handOver(tx, first.id, { endedBy: staffId, storeId, requestId: null }),
    )
  if (last && last !== first) await endings.cancelOwn(last.memberId, last.id)
}

function draftOf({ terms, stock }: (typeof ITEMS)[number], nowMs: number): MallDraft {
  return {
    requestId: mintId(nowMs),
    terms: { ...terms, levelCodes: [] },
    limits: {
      ...{ state: 'open', stock, memberMax: 2, periodMax: null },
      ...{ fromMs: epochMs(nowMs), untilMs: null, sort: terms.pricePoints },
    },
  }
}
