// A receipt given to the wrong customer and taken back, by one key, and what the cashier sees.
import { expect, it } from '@jest/globals'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { describeBrowser } from '../rig/browser.js'
import { cashierDesk } from './cashier-desk.js'
import { standInMember, standInReceipt } from './cashier-stand-in.js'

/** Longer than a giving may be taken back. */
const OVER_MS = 65_000
const HOUR_MS = 3_600_000

describeBrowser('taking a receipt back at the cashier page', () => {
  const at = cashierDesk()
  const undoOf = (position: number) => at.row(position).locator('[data-undo]')
  const secondsOf = async (position: number) =>
    Number(/(\d+) 秒/.exec(await undoOf(position).innerText())?.[1])

  it('counts down beside the receipt that was just given, and - takes it back', async () => {
    await at.page.clock.install()
    await at.open()
    await at.serve()
    await at.page.keyboard.press('F2')
    await at.says('¥24.68 已记给 138****5678，积分 24')
    await undoOf(2).waitFor()
    const before = await secondsOf(2)
    expect(before).toBeGreaterThan(50)
    expect(before).toBeLessThanOrEqual(60)
    expect(await undoOf(2).getAttribute('title')).toBe(
      '撤销：¥24.68 不再记给 138****5678，收回 24 分',
    )
    await at.page.clock.fastForward(2_000)
    await undoOf(2)
      .filter({ hasNotText: `${String(before)} 秒` })
      .waitFor()
    expect(await secondsOf(2)).toBeLessThan(before)
    await at.page.keyboard.press('NumpadSubtract')
    await at.says('已撤销：¥24.68 不再记给 138****5678，收回 24 分')
    expect(await at.row(2).innerText()).not.toContain('138****5678\n')
    await undoOf(2).waitFor({ state: 'detached' })
    expect(at.agent.calls.at(-1)?.path).toBe(`/receipts/${standInReceipt(2).receiptId}/undo`)
  })

  it('gives it to the right customer next', async () => {
    const right = standInMember({
      memberId: '01JX0000000000000000000002' as never,
      phoneMasked: '139****1111',
    })
    at.agent.members.set('13900001111', right)
    await at.open()
    await at.serve()
    await at.page.keyboard.press('F1')
    await at.says('已记给 138****5678')
    await at.page.keyboard.press('-')
    await at.says('已撤销')
    await at.type('13900001111')
    await at.desk('known').filter({ hasText: '139****1111' }).waitFor()
    await at.page.keyboard.press('NumpadAdd')
    await at.says('¥37.02 已记给 139****1111')
  })

  it('means the receipt given last, or the one whose text is open', async () => {
    await at.open()
    await at.serve()
    for (const key of ['F1', 'F3']) {
      await at.page.keyboard.press(key)
      await at.says('已记给')
    }
    await undoOf(3).locator('kbd').waitFor()
    expect(await undoOf(1).locator('kbd').count()).toBe(0)
    await at.page.keyboard.press('ArrowDown')
    await at.page.getByTitle('撤销：¥37.02').waitFor()
    await at.page.keyboard.press('-')
    await at.says('已撤销：¥37.02')
    await at.page.keyboard.press('Escape')
    await at.page.keyboard.press('-')
    await at.says('已撤销：¥12.34')
  })

  it('is over when the time is over, and says so', async () => {
    await at.page.clock.install()
    await at.open()
    await at.serve()
    await at.page.keyboard.press('F1')
    await undoOf(1).waitFor()
    await at.page.clock.fastForward(OVER_MS)
    await undoOf(1).waitFor({ state: 'detached' })
    await at.page.keyboard.press('-')
    await at.says('没有一分钟内记给会员、可以撤销的小票')
    expect(at.agent.calls.at(-1)?.path).toContain('/assign')
  })

  it("goes by the agent's clock where the till's own is an hour off", async () => {
    at.agent.till = { ...at.agent.till, clockOffsetMs: HOUR_MS }
    await at.open()
    await at.serve()
    await at.page.keyboard.press('F1')
    await undoOf(1).waitFor()
    expect(await secondsOf(1)).toBeGreaterThan(50)
  })

  it('shows why it was refused', async () => {
    await at.open()
    await at.serve()
    await at.page.keyboard.press('F1')
    await undoOf(1).waitFor()
    at.agent.refuseNext = 'undo_too_late'
    await at.page.keyboard.press('-')
    await at.says('已超过可撤销的时间')
    expect(await at.row(1).innerText()).toContain('138****5678')
  })

  it('is not offered for a receipt from before, nor for one the till itself gave', async () => {
    const member = { memberId: standInMember().memberId, phoneMasked: '138****5678' }
    at.agent.receipts = [
      standInReceipt(3, { member, points: points(37) }),
      standInReceipt(2, { member, points: points(24), undoUntilMs: epochMs(Date.now() - 1) }),
    ]
    await at.open()
    await at.serve()
    expect(await at.page.locator('[data-undo]').count()).toBe(0)
    await at.page.keyboard.press('-')
    await at.says('没有一分钟内记给会员、可以撤销的小票')
    expect(at.agent.calls.map(({ path }) => path)).toEqual(['/lookup'])
  })

  it('shows a refund with its minus, and what it took', async () => {
    const member = { memberId: standInMember().memberId, phoneMasked: '138****5678' }
    const refund = { kind: 'refund', totalFen: fen(1_066), points: points(-10), member } as const
    await at.open()
    at.agent.receipts = [standInReceipt(4, refund), ...at.agent.receipts]
    at.agent.push()
    const shown = await at.row(1).filter({ hasText: '退货' }).innerText()
    for (const words of ['-¥10.66', '17:58', '138****5678', '-10 分'])
      expect(shown).toContain(words)
  })

  it('works with the mouse too, and without a network', async () => {
    at.agent.isServerReachable = false
    await at.open()
    await at.serve()
    await at.row(1).getByRole('button', { name: '记给' }).click()
    await at.says('¥37.02 已记给 138****5678')
    await undoOf(1).click()
    await at.says('已撤销：¥37.02 不再记给 138****5678')
  })
})
