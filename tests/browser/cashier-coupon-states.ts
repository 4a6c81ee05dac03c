// The cashier page with coupons, for those who look at it, and the longest things a shop may have.
import type { CashierMember, TillReceipt } from '@huike/shared/contracts/cashier'
import { fen, points } from '@huike/shared/quantities'
import { standInCoupon, standInReservation } from './cashier-coupons-stand-in.js'
import { PHONE, type CashierDeskPage } from './cashier-desk.js'
import { standInHold } from './cashier-points-stand-in.js'
import { standInMember, standInReceipt } from './cashier-stand-in.js'

const LONG_NAME = '买买提·艾则孜·阿卜杜拉·热合曼·吐尔逊'.slice(0, 20)
export const member = { memberId: standInMember().memberId, phoneMasked: '138****5678' }

/** Every state with coupons, and how it comes about. */
export const COUPON_STATES: readonly [
  name: string,
  reach: (at: CashierDeskPage) => Promise<void>,
][] = [
  [
    'coupons',
    async (at) => {
      at.agent.members.set(PHONE, longest())
      at.agent.reservation = standInReservation(longest())
      at.agent.coupons = [1, 2, 3, 4, 5, 6].map((n) => longestCoupon(n))
      await at.open()
      await at.serve()
      await at.page.keyboard.press('NumpadDivide')
      await at.type('999999.99')
      await at.page.locator('[data-coupon="4"]').waitFor()
      await at.page.keyboard.press('ArrowDown')
    },
  ],
  [
    'reservation',
    async (at) => {
      at.agent.members.set(PHONE, longest())
      at.agent.hold = standInHold(longest())
      at.agent.reservation = standInReservation(longest())
      const coupons = { reservationId: 'R' as never, offFen: fen(9_999_999) }
      const told = { ...coupons, expectedFen: fen(99_999_999_999), differenceFen: 99_999_999 }
      at.agent.receipts = longestReceipts().map((one, n) => ({
        ...one,
        member,
        coupons: {
          ...told,
          state: (['used', 'differs', 'gone', 'not_used'] as const)[n] ?? 'used',
        },
      }))
      await at.open()
      await at.serve()
      await at.page.locator('[data-reservation]').waitFor()
    },
  ],
  [
    'settle',
    async (at) => {
      const coupons = { reservationId: 'R' as never, offFen: fen(9_999_999) }
      const told = { ...coupons, expectedFen: fen(99_999_999_999), differenceFen: -99_999_999 }
      const [first, ...others] = longestReceipts()
      const row = { ...(first ?? standInReceipt(1)), member }
      at.agent.receipts = [{ ...row, coupons: { ...told, state: 'differs' } }, ...others]
      await at.open()
      await at.serve()
      await at.page.keyboard.press('NumpadDivide')
      await at.page.locator('[data-panel="settle"]').waitFor()
    },
  ],
]

/** A member of whom everything is known. */
export function rich(changes: Partial<CashierMember> = {}): CashierMember {
  return standInMember({
    nameMasked: '张**',
    hints: ['birthday', 'online_regular', 'ask_name', 'ask_birthday'],
    ...changes,
  })
}

/** With the longest of everything. */
export function longest(): CashierMember {
  return rich({
    ...{ nameMasked: LONG_NAME, levelName: '至尊黑金终身会员', state: 'pending' },
    ...{ balancePoints: points(123_456_789), purchaseCount: 123_456 },
  })
}

/** The largest amounts on the longest numbers. */
export function longestReceipts(): TillReceipt[] {
  const much = { totalFen: fen(99_999_999_999), lineCount: 999, receiptNo: '9'.repeat(32) }
  return [5, 4, 3, 2, 1].map((n) =>
    standInReceipt(n, n === 5 ? much : { ...much, member, points: points(999_999_999) }),
  )
}

/** The first may be used; the others each for a reason of their own may not. */
function longestCoupon(n: number) {
  const { when } = standInCoupon(n).terms
  return standInCoupon(n, {
    name: '周年庆全场通用满减优惠券限时特别版一二三'.slice(0, 20),
    gives: { kind: 'amount', amountFen: fen(9_999_999) },
    when: n > 3 ? { ...when, leastFen: fen(99_999_999_999) } : when,
    withPoints: false,
  })
}
