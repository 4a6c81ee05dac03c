// Points as cash at the till: what the cashier types, sees and tells the shopper, from the member's
// number to the receipt.
import { expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import { fen } from '@huike/shared/quantities'
import { describeBrowser } from '../rig/browser.js'
import { cashierDesk, scan } from './cashier-desk.js'
import { standInMember, standInReceipt } from './cashier-stand-in.js'

const CODE = `68${memberNoFrom('00000012345')}87654321`
/** A key pressed sooner after the rows moved is held back. */
const ROWS_STEADY_MS = 500
const THINKS_MS = 1_500
const OVER_MS = 31 * 60_000

describeBrowser('points as cash at the cashier page', () => {
  const at = cashierDesk()
  const panel = () => at.page.locator('[data-panel="spend"]')
  const hold = (state: 'open' | 'over') => at.page.locator(`[data-hold="${state}"]`)
  const press = (key: string) => at.page.keyboard.press(key)
  const called = (verb: string) => at.agent.calls.filter(({ path }) => path === `/points/${verb}`)
  /** Opens the panel and waits for what the server says of an amount. */
  async function quoted(amount: string): Promise<void> {
    await press('NumpadMultiply')
    await panel().waitFor()
    await at.type(amount)
    await panel().getByText('最多可用').waitFor()
  }

  it('are set aside, taken off at the till, and pay the receipt, with one hand', async () => {
    await at.open()
    await at.serve()
    await quoted('12.80')
    expect(await panel().innerText()).toContain('最多可用 600 分，抵 ¥6.00')
    await press('NumpadEnter')
    await at.says('已预留 600 分，请在收银机上优惠 ¥6.00')
    expect(await hold('open').innerText()).toMatch(
      /在收银机上优惠\s*¥6.00[^]*还留 30 分钟[^]*按 \+/,
    )
    expect(called('hold').map(({ body }) => body)).toEqual([
      { memberId: standInMember().memberId, orderFen: 1_280, points: 600 },
    ])
    at.agent.receipts = [standInReceipt(4, { totalFen: fen(680) }), ...at.agent.receipts]
    at.agent.push()
    await at.row(1).filter({ hasText: '¥6.80' }).waitFor()
    await at.page.waitForTimeout(ROWS_STEADY_MS)
    await press('NumpadAdd')
    await at.says('¥6.80 已记给 138****5678，积分 6，抵 600 分 ¥6.00')
    expect(await at.row(1).innerText()).toContain('抵 600 分 ¥6.00')
    await hold('open').waitFor({ state: 'detached' })
    at.agent.push()
    await press('NumpadSubtract')
    await at.says('已撤销：¥6.80 不再记给 138****5678，收回 6 分，退回抵现的 600 分')
  })

  it('may be fewer, come again with their member, go back by a key, and end with their time', async () => {
    await at.page.clock.install()
    await at.open()
    await at.serve()
    await quoted('12.80')
    await press('ArrowDown')
    await at.type('300')
    await press('Enter')
    await at.says('请在收银机上优惠 ¥3.00')
    await at.page.reload()
    await at.page.getByText('在线', { exact: true }).waitFor()
    await at.serve()
    expect(await hold('open').innerText()).toContain('¥3.00')
    await press('NumpadMultiply')
    await press('NumpadSubtract')
    await at.says('预留的积分已退回会员')
    await hold('open').waitFor({ state: 'detached' })
    expect(called('release')).toHaveLength(1)
    await quoted('12.80')
    await press('Enter')
    await hold('open').waitFor()
    await at.page.clock.fastForward(OVER_MS)
    await hold('over').filter({ hasText: '请按 * 重新预留' }).waitFor()
  })

  it('are refused with the reason; typing and leaving go on while the server thinks', async () => {
    await at.open()
    await at.serve()
    await quoted('12.80')
    at.agent.refuseNext = 'points_short'
    await press('Enter')
    await panel().getByRole('alert').filter({ hasText: '可用积分不足' }).waitFor()
    await at.page.keyboard.type('5')
    at.agent.spendablePoints = 0
    await press('Backspace')
    await panel().getByText('每次至少使用 100 积分').waitFor()
    at.agent.delayMs = THINKS_MS
    await at.type('5')
    await panel().getByText('正在询问…').waitFor()
    await press('Backspace')
    expect(await panel().locator('#spend-amount').inputValue()).toBe('12.8')
    await press('Escape')
    await panel().waitFor({ state: 'detached' })
    await at.type('139')
    expect(await at.page.locator('#entry').inputValue()).toBe('139')
  })

  it('need the network, which is said at once, and nothing else stands still', async () => {
    await at.open()
    await at.serve()
    at.agent.till = { ...at.agent.till, connection: 'offline' }
    at.agent.push()
    await at.page.getByText('离线', { exact: true }).first().waitFor()
    await press('NumpadMultiply')
    await at.says('连不上服务器，暂时不能用积分抵现')
    await press('F1')
    await at.says('¥37.02 已记给 138****5678')
    expect(called('quote')).toEqual([])
  })

  it('take the member whose code is scanned into the panel, and keep the amount', async () => {
    const proven = standInMember({
      memberId: '01JX0000000000000000000002' as never,
      phoneMasked: '139****1111',
    })
    at.agent.members.set(CODE, proven)
    await at.open()
    await at.serve()
    await quoted('12.80')
    await scan(await at.devtools(), CODE)
    await panel().getByText('139****1111').waitFor()
    await panel().getByText('最多可用 600 分').waitFor()
    expect(await panel().locator('#spend-amount').inputValue()).toBe('12.80')
    expect(called('quote').at(-1)?.body).toMatchObject({ memberId: proven.memberId })
  })
})
