// What the cashier's stand-in answers about coupons a cashier gives: as the server does.
import type { CashierGift, CounterCoupon } from '@huike/shared/contracts/counter-gifts'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs } from '@huike/shared/quantities'
import { longest } from './cashier-coupon-states.js'
import { PHONE, type CashierDeskPage } from './cashier-desk.js'

const MONTH_MS = 30 * 86_400_000

export interface GiftsStandIn {
  /** What the store may give. */
  counter: CounterCoupon[]
}

/** The n-th kind of coupon a store may give. */
export function standInGift(n: number, changes: Partial<CounterCoupon> = {}): CounterCoupon {
  return {
    templateId: `01JXG${String(n).padStart(21, '0')}` as CounterCoupon['templateId'],
    ...{ name: `致歉券 ${String(n)}`, headline: '满 ¥50.00 减 ¥5.00' },
    ...{ conditions: ['满 ¥50.00 可用', '可与积分同用'], leftToday: 20, ...changes },
  }
}

/** Answers one call of the page; null where it is about something else. */
export function answerGifts(
  agent: GiftsStandIn,
  what: string,
  body: unknown,
): { ok: true; body: object } | Refusal | null {
  if (what === 'counter') return { ok: true, body: { coupons: agent.counter } }
  if (what !== 'give') return null
  const { templateId } = body as CashierGift
  const given = agent.counter.find((one) => one.templateId === templateId)
  if (!given) return refuse('coupon_counter_day_max')
  const nowMs = Date.now()
  const gift = {
    ...{ name: given.name, headline: given.headline, state: 'issued' },
    ...{ validFromMs: epochMs(nowMs), validUntilMs: epochMs(nowMs + MONTH_MS) },
  }
  return { ok: true, body: { gift } }
}

/** Every state of the panel, with the longest things, and how it comes about. */
export const GIFT_STATES: readonly [name: string, reach: (at: CashierDeskPage) => Promise<void>][] =
  [
    ['gift-list', open],
    [
      'gift-reason',
      async (at) => {
        await open(at)
        await at.page.keyboard.press('1')
        await at.page.waitForTimeout(300)
        await at.page.keyboard.press('4')
        at.agent.refuseNext = 'counter_unanswered'
        await at.page.waitForTimeout(700)
        await at.page.keyboard.press('Enter')
        await at.page.getByRole('alert').filter({ hasText: '同一张不会发两次' }).waitFor()
      },
    ],
    [
      'gift-none',
      async (at) => {
        await at.open()
        await at.serve()
        await at.page.keyboard.press('F7')
        await at.page.getByText('没有收银台可以发的券').waitFor()
      },
    ],
  ]

async function open(at: CashierDeskPage): Promise<void> {
  const long = '周年庆全场通用满减优惠券限时特别版一二三'.slice(0, 20)
  at.agent.members.set(PHONE, longest())
  at.agent.counter = [1, 2, 3, 4, 5].map((n) =>
    standInGift(n, {
      ...{ name: long, headline: '满 ¥99999.99 减 ¥9999.99', leftToday: 99_999 },
      conditions: [
        '满 ¥99999.99 可用，指定商品除外',
        '周一至周五 10:00–17:00',
        '限人民路等 28 家门店',
      ],
    }),
  )
  await at.open()
  await at.serve()
  await at.page.keyboard.press('F7')
  await at.page.locator('[data-gift-row="4"]').waitFor()
}
