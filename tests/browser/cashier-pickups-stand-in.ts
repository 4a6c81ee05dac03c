// What the cashier's stand-in answers about what is fetched in the store: as the server does.
import type { CashierHandOver } from '@huike/shared/contracts/cashier-pickups'
import type { PickupFind, TillPickup } from '@huike/shared/contracts/till-pickups'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import type { CashierDeskPage } from './cashier-desk.js'
import { PHONE } from './cashier-desk.js'
import { longest } from './cashier-coupon-states.js'
import { standInMember } from './cashier-stand-in.js'

const DAY_MS = 86_400_000
const LONG_NAME = '周年纪念款加厚帆布手提单肩两用大容量环保购物袋（随机颜色）'.slice(0, 30)

export interface PickupsStandIn {
  /** By their code. */
  pickups: Map<string, TillPickup>
}

type Answer = { ok: true; body: object } | Refusal

/** The n-th thing that waits for the usual member. */
export function standInPickup(n: number, changes: Partial<TillPickup> = {}): TillPickup {
  return {
    ...{ kind: 'exchange', pickupId: `01JX${String(n).padStart(22, '0')}` },
    lines: [{ name: `帆布袋 ${String(n)}`, quantityMilli: n * 1_000, returnedMilli: 0 }],
    ...{ orderName: null, refundedFen: fen(0), refunds: 0, isPreparing: false },
    memberId: standInMember().memberId,
    ...{ nameMasked: '张**', phoneMasked: '138****5678', codeTail: String(1_110 + n) },
    madeAtMs: epochMs(Date.now() - DAY_MS),
    untilMs: epochMs(new Date().setHours(24, 0, 0, 0) + n * DAY_MS),
    why: null,
    ...changes,
  }
}

/** Answers one call of the page. */
export function answerPickups(agent: PickupsStandIn, what: string, body: unknown): Answer {
  const all = [...agent.pickups.values()]
  if (what === 'find') {
    const asked = body as PickupFind
    if (asked.by === 'member')
      return { ok: true, body: { pickups: all.filter(({ why }) => why === null) } }
    const found = agent.pickups.get(asked.code)
    return found ? { ok: true, body: { pickups: [found] } } : refuse('pickup_unknown')
  }
  const { pickupId } = body as CashierHandOver
  const [code, pickup] = [...agent.pickups].find(([, one]) => one.pickupId === pickupId) ?? []
  if (code === undefined || pickup === undefined) return refuse('not_found')
  if (pickup.why) return refuse(pickup.why.code, pickup.why.sentence)
  const why = { code: 'mall_fetched', sentence: '刚才已由本收银台交付，不能再领' } as const
  agent.pickups.set(code, { ...pickup, why })
  return { ok: true, body: { pickup, handedAtMs: epochMs(Date.now()), isNew: true } }
}

/** Every state of the panel, with the longest things, and how it comes about. */
export const PICKUP_STATES: readonly [
  name: string,
  reach: (at: CashierDeskPage) => Promise<void>,
][] = [
  [
    'pickup-code',
    async (at) => {
      await at.open()
      await at.page.keyboard.press('F8')
      await at.type('123')
      await at.page.keyboard.press('Enter')
      await at.page.getByRole('alert').filter({ hasText: '还差 7 位' }).waitFor()
    },
  ],
  [
    'pickup-list',
    async (at) => {
      const offers = [1, 2, 3].map((n) => ({
        headline: '满 ¥99999.99 减 ¥9999.99',
        claimUntilMs: epochMs(Date.now() + n * DAY_MS),
      }))
      at.agent.members.set(PHONE, { ...longest(), waitingPickups: 6, offers })
      for (const n of [1, 2, 3, 4, 5, 6])
        at.agent.pickups.set(String(n), longPickup(n, n === 2 ? 3 : 1))
      await at.open()
      await at.serve()
      await at.page.keyboard.press('F8')
      await at.page.locator('[data-pickup-row="4"]').waitFor()
    },
  ],
  [
    'pickup-ready',
    async (at) => {
      at.agent.pickups.set('1234567890', longPickup(1, 1))
      await at.open()
      await at.type('1234567890')
      await at.page.keyboard.press('Enter')
      await at.page.locator('[data-pickup="ready"]').waitFor()
    },
  ],
  [
    'pickup-order',
    async (at) => {
      const [line] = longPickup(1, 1).lines
      if (!line) throw new Error('no line')
      at.agent.pickups.set('0234567890', {
        ...longPickup(1, 1),
        ...{ kind: 'order', orderName: '微信小程序商城 E202611230000000000000001', untilMs: null },
        ...{ refundedFen: fen(99_999_999), refunds: 2, isPreparing: true, memberId: null },
        lines: [
          { ...line, returnedMilli: 20_000 },
          { ...line, returnedMilli: 3_000 },
          { name: '苹果', quantityMilli: 986, returnedMilli: 0 },
        ],
      })
      await at.open()
      await at.type('0234567890')
      await at.page.keyboard.press('Enter')
      await at.page.getByText('已全退').waitFor()
    },
  ],
  [
    'pickup-many',
    async (at) => {
      at.agent.pickups.set('0234567890', longPickup(1, 12))
      await at.open()
      await at.serve()
      await at.type('0234567890')
      await at.page.keyboard.press('Enter')
      await at.page.locator('[data-pickup="ready"]').waitFor()
      at.agent.refuseNext = 'pickup_unanswered'
      await at.page.waitForTimeout(700)
      await at.page.keyboard.press('Enter')
      await at.page.getByRole('alert').filter({ hasText: '再按一次 Enter' }).waitFor()
    },
  ],
  [
    'pickup-over',
    async (at) => {
      const sentence =
        '不能在本店领取，请到上海浦东张江旗舰体验店、人民路店、建设路店等 28 家门店领取'
      at.agent.pickups.set('0234567890', {
        ...longPickup(1, 1),
        why: { code: 'mall_store', sentence },
      })
      await at.open()
      await at.page.keyboard.press('F8')
      await at.type('0234567890')
      await at.page.keyboard.press('Enter')
      await at.page.locator('[data-pickup="over"]').waitFor()
    },
  ],
]

function longPickup(n: number, lines: number): TillPickup {
  const { nameMasked } = longest()
  return standInPickup(n, {
    nameMasked,
    lines: Array.from({ length: lines }, () => ({
      ...{ name: LONG_NAME, quantityMilli: 20_000, returnedMilli: 0 },
    })),
  })
}
