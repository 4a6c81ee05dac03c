// What the console's page of orders that are fetched in a store reads: one in every state, one of which
// a part came back, and one of another store. It holds what is asked and answered to the contracts.
import {
  consolePickupSchema,
  consolePickupsPageSchema,
  consolePickupsQuerySchema,
  findPickupSchema,
  foundPickupsSchema,
  handOverPickupSchema,
  type ConsolePickup,
} from '@huike/shared/contracts/console-pickups'
import { memberIdAt, STORES } from './console-members-stand-in.js'
import { Refused, STORE_IDS, type Routes } from './console-stand-in.js'

const BEGAN_MS = Date.parse('2026-05-01T09:30:00+08:00')
const HOUR_MS = 3_600_000
export const PICKUP_CODE = '2718281828'
export const ELSEWHERE_CODE = '1414213562'
/** As many characters as a till prints of goods. */
export const LONG_GOODS = '有机五常稻花香大米真空礼盒装五公斤送竹编提篮限量版第二件半价'

const purchaseId = (n: number) => `01JX00000000000000000PCK${String(n).padStart(2, '0')}`
const lineOf = (name: string, quantity = 1, back = 0, yuan = 50) => ({
  ...{ name, quantityMilli: quantity * 1_000, returnedMilli: back * 1_000 },
  amountFen: yuan * 100,
})

/** Everything the page asks for. */
export function pickupsStandIn() {
  const state = {
    pickups: [
      pickupOf(1, { lines: [lineOf('礼盒', 2), lineOf('提袋')] }),
      pickupOf(2, {
        lines: Array.from({ length: 6 }, () => lineOf(LONG_GOODS, 20)),
        ...{ orderNo: `WEB-${'8'.repeat(40)}`, channelName: '欧阳娜娜的周末露营装备专营旗舰店' },
      }),
      pickupOf(3, {
        ...{ state: 'ready', readyAtMs: BEGAN_MS + HOUR_MS, readyBy: '王店员' },
        ...{ lines: [lineOf('礼盒', 2, 1), lineOf('提袋', 1, 1)], refundedFen: 10_000, refunds: 1 },
      }),
      pickupOf(4, { state: 'fetched', endedBy: '王店员', endedAtMs: BEGAN_MS + 2 * HOUR_MS }),
      pickupOf(5, { state: 'cancelled', endedBy: '全部退款', endedAtMs: BEGAN_MS + HOUR_MS }),
      pickupOf(6, { storeId: '01JX000000000000000000FAR1' as never, storeName: '滨江店' }),
    ],
    asked: [] as Record<string, string>[],
    /** A part comes back before the next one is handed over. */
    comesBack: false,
  }
  const byId = (id: string | undefined) => state.pickups.find((one) => one.purchaseId === id)
  const change = (pickup: ConsolePickup, over: Partial<ConsolePickup>) =>
    Object.assign(pickup, consolePickupSchema.parse({ ...pickup, ...over }))
  const routes: Routes = {
    'GET /stores': () => STORES,
    'GET /pickups': ({ query }) => {
      const words = Object.fromEntries(query)
      state.asked.push(words)
      const asked = consolePickupsQuerySchema.parse(words)
      const pickups = state.pickups.filter(
        (one) =>
          one.state === asked.state &&
          (asked.storeId === undefined || one.storeId === asked.storeId),
      )
      return consolePickupsPageSchema.parse({ pickups, nextCursor: null })
    },
    'GET /pickups/:id': ({ params }) => byId(params['id']) ?? new Refused('not_found'),
    'POST /pickups/find': ({ body }) => {
      const digits = findPickupSchema.parse(body).text.replace(/\D/g, '')
      const found =
        digits === PICKUP_CODE
          ? byId(purchaseId(1))
          : digits === ELSEWHERE_CODE
            ? byId(purchaseId(6))
            : null
      return foundPickupsSchema.parse({ pickups: found ? [found] : [] })
    },
    'POST /pickups/:id/ready': ({ params }) => {
      const pickup = byId(params['id'])
      if (!pickup) return new Refused('not_found')
      return change(pickup, { state: 'ready', readyAtMs: BEGAN_MS as never, readyBy: '王店长' })
    },
    'POST /pickups/:id/hand-over': ({ body, params }) => {
      const pickup = byId(params['id'])
      if (!pickup) return new Refused('not_found')
      if (state.comesBack) {
        const [first, ...others] = pickup.lines
        const lines = [{ ...(first ?? lineOf('')), returnedMilli: 1_000 }, ...others]
        change(pickup, { lines, refunds: pickup.refunds + 1, refundedFen: 2_500 as never })
        state.comesBack = false
      }
      if (handOverPickupSchema.parse(body).refundsSeen !== pickup.refunds)
        return new Refused('pickup_changed')
      return change(pickup, { state: 'fetched', endedAtMs: BEGAN_MS as never, endedBy: '王店长' })
    },
  }
  return { state, routes }
}

function pickupOf(n: number, over: object): ConsolePickup {
  return consolePickupSchema.parse({
    ...{ purchaseId: purchaseId(n), orderNo: `WEB-00000${String(n)}`, channelName: '有赞商城' },
    ...{ storeId: STORE_IDS[0], storeName: '人民路店', state: 'preparing' },
    ...{ memberId: memberIdAt(0), nameMasked: '欧阳**', phoneMasked: '138****0000' },
    ...{ orderedAtMs: BEGAN_MS, expectedAtMs: BEGAN_MS + 3 * HOUR_MS, readyAtMs: null },
    ...{ readyBy: null, endedAtMs: null, endedBy: null, lines: [lineOf('礼盒')] },
    ...{ totalFen: 15_000, refundedFen: 0, refunds: 0, ...over },
  })
}
