// What the console's pages of the points mall read: goods and a coupon in every state, exchanges that
// wait and that ended. It holds what is asked and answered to the contracts.
import {
  cancelExchangeSchema,
  consoleExchangeSchema,
  consoleExchangesPageSchema,
  consoleExchangesQuerySchema,
  consoleMallItemSchema,
  consoleMallPageSchema,
  findExchangeSchema,
  foundExchangesSchema,
  handOverSchema,
  mallChangeSchema,
  mallDraftSchema,
  type ConsoleExchange,
  type ConsoleMallItem,
  type MallDraft,
} from '@huike/shared/contracts/console-mall'
import { templateId } from './console-coupons-stand-in.js'
import { memberIdAt, STORES } from './console-members-stand-in.js'
import { Refused, STORE_IDS, type Routes } from './console-stand-in.js'

const BEGAN_MS = Date.parse('2026-05-01T09:30:00+08:00')
const DAY_MS = 86_400_000
/** As many characters as a name may have. */
export const LONG_ITEM = '欧阳娜娜店长推荐周末全家露营折叠桌椅四件套含收纳袋送防潮垫大'
export const EXCHANGE_CODE = '3141592653'

const itemId = (n: number) => `01JX00000000000000000MART${String(n)}`
const exchangeId = (n: number) => `01JX000000000000000EXCH${String(n).padStart(3, '0')}`
const storeOf = (at: number, name: string) => ({ storeId: STORE_IDS[at], name })

/** Everything the pages of the mall ask for, beside coupons. */
export function mallStandIn() {
  const state = {
    items: [
      itemOf(3, draftOf({ name: '帆布袋' }, { stock: 500, memberMax: 1 }), 123),
      itemOf(
        2,
        draftOf(
          { name: '满百减十券', gives: { kind: 'coupon', templateId: templateId(3) } },
          { state: 'draft' },
        ),
        0,
      ),
      itemOf(
        1,
        draftOf(
          { name: LONG_ITEM, pricePoints: 10_000_000, words: LONG_ITEM },
          { state: 'stopped', stock: 88_888_888 },
        ),
        88_888_888,
      ),
    ],
    drafts: [] as MallDraft[],
    /** The next change is refused: somebody was first. */
    isLate: false,
    exchanges: [
      exchangeOf(1, {}),
      exchangeOf(2, { name: LONG_ITEM, quantity: 20, points: 200_000_000 }),
      exchangeOf(3, { state: 'fetched', endedBy: '王店员', storeName: '人民路店' }),
      exchangeOf(4, { state: 'cancelled', endedBy: '会员本人', returnedPoints: 500 }),
      exchangeOf(5, { state: 'lapsed', endedBy: '系统' }),
    ],
    asked: [] as string[],
    reasons: [] as string[],
  }
  const end = (id: string | undefined, over: Partial<ConsoleExchange>) => {
    const exchange = state.exchanges.find((one) => one.id === id)
    if (!exchange) return new Refused('not_found')
    if (exchange.state !== 'waiting') return new Refused('mall_fetched')
    const ended = { endedAtMs: BEGAN_MS + DAY_MS, endedBy: '王店长', ...over }
    return Object.assign(exchange, consoleExchangeSchema.parse({ ...exchange, ...ended }))
  }
  const routes: Routes = {
    'GET /stores': () => STORES,
    'GET /mall/items': () => consoleMallPageSchema.parse({ items: state.items, nextCursor: null }),
    'GET /mall/items/:id': ({ params }) =>
      state.items.find(({ id }) => id === params['id']) ?? new Refused('not_found'),
    'POST /mall/items': ({ body }) => {
      const draft = mallDraftSchema.parse(body)
      state.drafts.push(draft)
      const item = itemOf(4, draft, 0)
      state.items.unshift(item)
      return item
    },
    'POST /mall/items/:id': ({ body, params }) => {
      const change = mallChangeSchema.parse(body)
      const at = state.items.findIndex(({ id }) => id === params['id'])
      const before = state.items[at]
      if (!before) return new Refused('not_found')
      if (state.isLate || before.version !== change.basedOnVersion) {
        state.items[at] = { ...before, version: before.version + 1 }
        state.isLate = false
        return new Refused('mall_item_changed')
      }
      const { terms, limits } = change
      const changed = { ...before, terms, limits, version: before.version + 1 }
      state.items[at] = consoleMallItemSchema.parse(changed)
      return state.items[at]
    },
    'GET /mall/exchanges': ({ query }) => {
      const asked = consoleExchangesQuerySchema.parse(Object.fromEntries(query))
      const exchanges = state.exchanges.filter((one) => one.state === asked.state)
      return consoleExchangesPageSchema.parse({ exchanges, nextCursor: null })
    },
    'POST /mall/exchanges/find': ({ body }) => {
      const digits = findExchangeSchema.parse(body).text.replace(/\D/g, '')
      state.asked.push(digits)
      const found = digits === EXCHANGE_CODE ? state.exchanges.slice(0, 1) : []
      return foundExchangesSchema.parse({ exchanges: found })
    },
    'POST /mall/exchanges/:id/hand-over': ({ body, params }) => {
      const { storeId } = handOverSchema.parse(body)
      const storeName = storeId === STORE_IDS[0] ? '人民路店' : '解放路万达广场二层店'
      return end(params['id'], { state: 'fetched', storeName })
    },
    'POST /mall/exchanges/:id/cancel': ({ body, params }) => {
      const { reason } = cancelExchangeSchema.parse(body)
      state.reasons.push(reason)
      return end(params['id'], { state: 'cancelled', reason, returnedPoints: 500 })
    },
  }
  return { state, routes }
}

function draftOf(terms: object, limits: object): MallDraft {
  return mallDraftSchema.parse({
    requestId: itemId(9),
    terms: {
      ...{ name: '帆布袋', words: '结实耐用，一年内免费换', category: '生活', pricePoints: 500 },
      gives: { kind: 'goods', fetchDays: 30, storeIds: STORE_IDS.slice(0, 1), lapse: 'back' },
      levelCodes: [],
      ...terms,
    },
    limits: {
      ...{ state: 'open', stock: null, memberMax: null, periodMax: null },
      ...{ fromMs: BEGAN_MS, untilMs: null, sort: 100, ...limits },
    },
  })
}

function itemOf(n: number, { terms, limits }: MallDraft, taken: number): ConsoleMallItem {
  const isGoods = terms.gives.kind === 'goods'
  return consoleMallItemSchema.parse({
    ...{ id: itemId(n), version: 1, terms, limits, taken, waiting: isGoods ? taken : 0 },
    coupon: isGoods ? null : { name: '满百减十', headline: '满 ¥100 减 ¥10', conditions: [] },
    stores: isGoods ? [storeOf(0, '人民路店')] : [],
    ...{ createdAtMs: BEGAN_MS, changedAtMs: BEGAN_MS, changedBy: '王店长' },
  })
}

function exchangeOf(n: number, over: Partial<ConsoleExchange>): ConsoleExchange {
  const { state = 'waiting' } = over
  return consoleExchangeSchema.parse({
    ...{ id: exchangeId(n), kind: 'goods', itemId: itemId(3), name: '帆布袋', quantity: 1 },
    ...{ points: 500, state, memberId: memberIdAt(0), nameMasked: '欧阳**' },
    ...{ phoneMasked: '138****0000', createdAtMs: BEGAN_MS, fetchUntilMs: BEGAN_MS + 30 * DAY_MS },
    stores: [storeOf(0, '人民路店')],
    endedAtMs: state === 'waiting' ? null : BEGAN_MS + DAY_MS,
    ...{ endedBy: null, storeName: null, reason: null, returnedPoints: 0, ...over },
  })
}
