// How the cashier page looks in every state a till can be in: nothing cut, nothing too faint, on the
// till's screen, light and dark, with the longest things a shop may have.
import { expect, it } from '@jest/globals'
import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { expectNoSeriousIssues } from '../rig/axe.js'
import { describeBrowser, settle } from '../rig/browser.js'
import { takePicture } from '../rig/pictures.js'
import { COUPON_STATES, longest, longestReceipts, member, rich } from './cashier-coupon-states.js'
import { cashierDesk, PHONE, type CashierDeskPage } from './cashier-desk.js'
import { GIFT_STATES } from './cashier-gifts-stand-in.js'
import { PICKUP_STATES } from './cashier-pickups-stand-in.js'
import { standInHold } from './cashier-points-stand-in.js'
import { standInMember, standInReceipt, standInTill } from './cashier-stand-in.js'

const NEW_PHONE = '13900001111'
const LONG_LINE = '智利进口车厘子 JJ 级 2.5kg 原箱礼盒 顺丰冷链次日达 坏果包赔'

/** Every state, and how it comes about. */
const STATES: readonly [name: string, reach: (at: CashierDeskPage) => Promise<void>][] = [
  ['idle', (at) => at.open()],
  [
    'empty',
    async (at) => {
      at.agent.receipts = []
      await at.open()
    },
  ],
  [
    'member',
    async (at) => {
      at.agent.members.set(PHONE, rich())
      at.agent.receipts = mixedReceipts()
      await at.open()
      await at.serve()
    },
  ],
  [
    'given',
    async (at) => {
      at.agent.members.set(PHONE, rich())
      at.agent.receipts = mixedReceipts()
      await at.open()
      await at.serve()
      await at.page.keyboard.press('F1')
      await at.page.locator('[data-undo]').waitFor()
    },
  ],
  [
    'undone',
    async (at) => {
      await at.open()
      await at.serve()
      await at.page.keyboard.press('F1')
      await at.says('已记给')
      await at.page.keyboard.press('-')
      await at.says('已撤销')
    },
  ],
  [
    'new-customer',
    async (at) => {
      await at.open()
      await at.type(NEW_PHONE)
      await at.desk('fresh').waitFor()
    },
  ],
  [
    'offline',
    async (at) => {
      at.agent.members.set(PHONE, rich({ source: 'cache' }))
      at.agent.till = standInTill({
        ...{ connection: 'offline', offlineSinceMs: epochMs(new Date().setHours(13, 40)) },
        ...{ outboxDepth: 37, parkedCount: 2, needsConfirmCount: 1, clockOffsetMs: 360_000 },
        ...{ storage: 'low', tap: 'silent' },
      })
      at.agent.receipts = mixedReceipts().map((one) => ({ ...one, state: 'waiting' as const }))
      await at.page.goto(at.agent.url)
      await at.page.getByRole('alert').waitFor()
      await at.serve()
    },
  ],
  [
    'gone',
    async (at) => {
      await at.open()
      await at.agent.die()
      await at.page.getByRole('alert').filter({ hasText: '本机服务没有响应' }).waitFor()
    },
  ],
  [
    'refused',
    async (at) => {
      at.agent.refuseNext = 'rate_limited'
      await at.open()
      await at.type(PHONE)
      await at.desk('failed').waitFor()
    },
  ],
  [
    'receipt-text',
    async (at) => {
      at.agent.receipts = mixedReceipts()
      await at.open()
      await at.serve()
      await at.page.keyboard.press('F2')
      await at.page.locator('[data-undo]').waitFor()
      await at.page.keyboard.press('ArrowDown')
      await at.page.keyboard.press('ArrowDown')
      await at.page.locator('[data-panel="text"]').waitFor()
    },
  ],
  [
    'confirm',
    async (at) => {
      const doubt = { state: 'needs_confirm', totalFen: null, confirmReason: '有两个合计' } as const
      at.agent.receipts = [standInReceipt(5, doubt), ...mixedReceipts().slice(1)]
      await at.open()
      await at.serve()
      await at.page.keyboard.press('F1')
      await at.type('128.5')
      await at.page.keyboard.press('+')
    },
  ],
  [
    'spend',
    async (at) => {
      at.agent.members.set(PHONE, longest())
      at.agent.hold = standInHold(longest())
      at.agent.spendablePoints = 1_234_500
      await at.open()
      await at.serve()
      await at.page.keyboard.press('NumpadMultiply')
      await at.type('999999999.99')
      await at.page.getByText('最多可用').waitFor()
      await at.page.keyboard.press('ArrowDown')
      await at.type('150')
      await at.page.keyboard.press('Enter')
      await at.page.getByRole('alert').filter({ hasText: '应是 100 的倍数' }).waitFor()
    },
  ],
  [
    'refund-choose',
    async (at) => {
      at.agent.members.set(PHONE, longest())
      at.agent.receipts = longestReceipts()
      await at.open()
      await at.serve()
      await at.page.keyboard.press('.')
      await at.page.keyboard.press('Enter')
      await at.page.keyboard.press('ArrowUp')
      at.agent.refuseNext = 'refund_offline'
      await at.type('9'.repeat(32))
      await at.page.keyboard.press('Enter')
      await at.page.getByRole('alert').filter({ hasText: '连不上服务器' }).waitFor()
    },
  ],
  [
    'refund-kept',
    async (at) => {
      at.agent.members.set(PHONE, longest())
      const much = { saleFen: fen(99_999_999_999), refundedFen: fen(1_000) } as const
      at.agent.refund = {
        ...{ ...much, refundFen: fen(99_999_998_999), takenPoints: points(999_999_999) },
        ...{ returnedPoints: points(12_345_678), missingPoints: points(987_654_321) },
        ...{ policy: 'cash', keptBackFen: fen(987_654_321), memberId: 'M' as never },
        ...{ balanceAfterPoints: points(-123_456_789), phoneMasked: '139****0000' },
      }
      await at.open()
      await at.serve()
      await at.page.keyboard.press('.')
      await at.page.keyboard.press('F1')
      await at.page.getByText('扣下的钱不够').waitFor()
    },
  ],
  [
    'refund',
    async (at) => {
      at.agent.members.set(PHONE, rich())
      at.agent.receipts = mixedReceipts()
      const missing = { missingPoints: points(485), balanceAfterPoints: points(-485) }
      const lines = ['全麦吐司面包 400g', LONG_LINE].map((name, at) => ({
        ...{ name, amountFen: fen(3_000 + at), paidFen: fen(2_625) },
      }))
      const coupons = { offFen: fen(1_000), backFen: fen(250), returned: 0, lines }
      at.agent.refund = { ...missing, returnedPoints: points(300), coupons }
      await at.open()
      await at.serve()
      await at.page.keyboard.press('.')
      await at.page.keyboard.press('F1')
      await at.page.getByText('余额会变成负数').waitFor()
      await at.page.getByText('这次收回其中 ¥2.50').waitFor()
    },
  ],
  [
    'refund-confirmed',
    async (at) => {
      at.agent.refund = { missingPoints: points(485), policy: 'cash', keptBackFen: fen(485) }
      await at.open()
      await at.page.keyboard.press('.')
      await at.page.keyboard.press('+')
      await at.page.getByText('少退 ¥4.85 现金').waitFor()
      await at.page.keyboard.press('Enter')
      await at.says('给顾客现金 ¥495.15')
    },
  ],
  [
    'refund-rows',
    async (at) => {
      const some = { points: points(485), settledFen: fen(385) }
      const kept = { keptFen: fen(485), ...some } as const
      const states = ['waiting', 'settled', 'refused'] as const
      at.agent.receipts = states.map((state, n) =>
        standInReceipt(n + 1, { kind: 'refund', member, kept: { ...kept, state } }),
      )
      await at.open()
    },
  ],
  [
    'hold',
    async (at) => {
      at.agent.members.set(PHONE, longest())
      at.agent.receipts = longestReceipts()
      await at.open()
      await at.serve()
      const spent = { points: points(1_234_500), valueFen: fen(9_999_999), holdId: 'H' as never }
      const [first, ...others] = longestReceipts()
      const row = { ...(first ?? standInReceipt(1)), member }
      at.agent.receipts = [
        { ...row, spent: { ...spent, isOwed: false } },
        { ...(others[0] ?? row), member, spent: { ...spent, isOwed: true } },
        ...others.slice(1),
      ]
      at.agent.push()
      await at.says('预留的 1,234,500 分已到期退回会员')
      at.agent.hold = standInHold(longest())
      await at.page.keyboard.press('Escape')
      await at.serve()
      await at.page.locator('[data-hold]').waitFor()
    },
  ],
  ...COUPON_STATES,
  ...PICKUP_STATES,
  ...GIFT_STATES,
  [
    'longest',
    async (at) => {
      at.agent.till = standInTill({
        storeName: '上海市浦东新区张江高科技园区旗舰体验店',
        terminalCode: 'T-0001-主收银',
      })
      at.agent.members.set(PHONE, longest())
      at.agent.receipts = longestReceipts()
      await at.open()
      await at.serve()
      await at.page.keyboard.press('F1')
      await at.page.locator('[data-undo]').waitFor()
    },
  ],
]

describeBrowser('the look of the cashier page', () => {
  const at = cashierDesk({ colorScheme: 'light', reducedMotion: 'reduce' })

  it.each(STATES)('is whole and legible, light and dark: %s', async (name, reach) => {
    await reach(at)
    for (const [colorScheme, lookedFor] of [
      ['light', 'everything'],
      ['dark', 'colours'],
    ] as const) {
      await at.page.emulateMedia({ colorScheme })
      await settle(at.page)
      await takePicture(at.page, `cashier-${name}-${colorScheme}`)
      await expectNoSeriousIssues(at.page, lookedFor)
    }
    expect(await cutTexts(at)).toEqual([])
    expect(await isScrolled(at)).toBe(false)
  })

  it('says who, what, when and what to ask, in words', async () => {
    at.agent.members.set(PHONE, rich())
    await at.open()
    await at.serve()
    const words = await at.desk('known').innerText()
    for (const word of [
      ...['138****5678', '张**', '金卡', '12,860', '截至', '14:02', '2026-05-28', '23 次'],
      ...['生日就在这几天', '也常在网店购买', '还不知道姓名', '还不知道生日'],
    ])
      expect(words).toContain(word)
  })

  it('shows what it has at once, and what is newer when the agent tells it', async () => {
    at.agent.members.set(PHONE, standInMember({ source: 'cache', balancePoints: points(100) }))
    await at.open()
    await at.serve()
    expect(await at.desk('known').innerText()).toContain('缓存')
    at.agent.tell(rich({ balancePoints: points(121) }))
    const fresh = at.desk('known').filter({ hasText: '实时' })
    await fresh.filter({ hasText: '121' }).waitFor()
    expect(await fresh.innerText()).toContain('生日就在这几天')
  })
})

function mixedReceipts(): TillReceipt[] {
  const kept = { keptFen: fen(10), points: points(10), settledFen: fen(10) }
  const taken = {
    ...({ kind: 'refund', totalFen: fen(1_066), points: points(-10), member } as const),
    kept: { ...kept, state: 'settled' as const },
  }
  return [
    standInReceipt(5),
    standInReceipt(4, { state: 'waiting', text: '人民路店\n'.repeat(30) }),
    standInReceipt(3, taken),
    standInReceipt(2, { member, points: points(24) }),
    standInReceipt(1, { state: 'conflict', confirmReason: '同一小票号的内容不一致' }),
  ]
}

/** Elements whose text is wider or higher than they are, where nobody can scroll to the rest. */
function cutTexts(at: CashierDeskPage): Promise<string[]> {
  return at.page.evaluate(() => {
    const SCROLLED = '.entry-label, noscript, .receipt-text, .notice, .pickup-lines'
    const isCut = (element: Element): boolean => {
      const style = getComputedStyle(element)
      const hides = (overflow: string) => overflow === 'hidden' || overflow === 'clip'
      // Read aloud and not shown: the label of the input.
      const isHidden = element.matches('.entry-label') || element.clientWidth === 0
      if (isHidden) return false
      return (
        (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1) ||
        (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1)
      )
    }
    const leaves = (element: Element): boolean => {
      const text = Array.from(element.childNodes).some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
      )
      if (!text || element.closest(SCROLLED)) return false
      const { left, right, top, bottom } = element.getBoundingClientRect()
      return left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1
    }
    const overlaps = (element: Element): boolean => {
      const parent = element.parentElement
      if (!parent || !element.matches('.row > *, .row-open > *, .head-row > *')) return false
      const { right } = element.getBoundingClientRect()
      return right > parent.getBoundingClientRect().right + 1
    }
    return Array.from(document.querySelectorAll('body *'))
      .filter((element) => isCut(element) || leaves(element) || overlaps(element))
      .map((element) => `${element.className} ${element.textContent?.slice(0, 40) ?? ''}`)
  })
}

/** On the till's screen the page itself never scrolls. */
function isScrolled(at: CashierDeskPage): Promise<boolean> {
  return at.page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
    return scrollWidth > clientWidth || scrollHeight > clientHeight
  })
}
