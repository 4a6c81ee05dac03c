// Points as cash at the till, and what refunds do with points: what the cashier types, sees and tells
// the shopper, from the member's number to the receipt.
import { describe, expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import { fen, points } from '@huike/shared/quantities'
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

  describe('and what refunds do with them', () => {
    const panel = () => at.page.locator('[data-panel="refund"]')
    const called = (verb: string) =>
      at.agent.calls.filter(({ path }) => path === `/refunds/${verb}`)
    const told = (text: string) => panel().getByText(text).first().waitFor()

    it('are told before the money is returned, and what is kept back of it, with one hand', async () => {
      at.agent.refund = {
        ...{ missingPoints: points(485), policy: 'cash', keptBackFen: fen(485) },
        ...{ returnedPoints: points(300), balanceAfterPoints: points(0) },
      }
      await at.open()
      await press('NumpadDecimal')
      await panel().waitFor()
      await at.type('2026060300')
      await press('NumpadEnter')
      await told('其中 485 分会员已经用掉')
      const words = await panel().innerText()
      for (const word of ['收回积分\n500 分', '退回抵现用的积分\n300 分', '退款后余额\n0 分'])
        expect(words).toContain(word)
      for (const word of ['少退 ¥4.85 现金', '实际给顾客 ¥495.15', '记在 138****5678 名下'])
        expect(words).toContain(word)
      await press('NumpadEnter')
      await at.says('请在收银机上退 ¥500.00，少退 ¥4.85，给顾客现金 ¥495.15')
      expect(await panel().innerText()).toMatch(/给顾客现金\s*¥495.15/)
      await press('NumpadEnter')
      await panel().waitFor({ state: 'detached' })
      expect(called('preview').map(({ body }) => body)).toEqual([
        { receiptNo: '2026060300', refundFen: null },
      ])
      expect(called('confirm')).toHaveLength(1)
      expect(called('withdraw')).toEqual([])
      const kept = { keptFen: fen(485), points: points(485), settledFen: fen(485) }
      const refund = { kind: 'refund', totalFen: fen(50_000) } as const
      at.agent.receipts = [
        standInReceipt(4, { ...refund, kept: { ...kept, state: 'settled' } }),
        ...at.agent.receipts,
      ]
      at.agent.push()
      await at.row(1).filter({ hasText: '少退 ¥4.85，补足 485 分' }).waitFor()
      await press('NumpadDecimal')
      await press('NumpadAdd')
      await told('少退 ¥4.85 现金')
      await press('NumpadEnter')
      await panel().getByText('给顾客现金').waitFor()
      await press('NumpadSubtract')
      await at.says('已取消少退现金：要退就在收银机上退 ¥500.00，全额给顾客')
    })

    it('are told for a part of one of the last receipts, by the policy of the chain', async () => {
      const missing = { missingPoints: points(85), balanceAfterPoints: points(-85) }
      at.agent.refund = { ...missing, policy: 'negative' }
      await at.open()
      await at.serve()
      await press('NumpadDecimal')
      await press('F2')
      await told('余额会变成负数，现金照常全退')
      expect(await panel().innerText()).toContain('-85 分')
      at.agent.refund = { missingPoints: points(85), policy: 'next_earn' }
      await at.type('120.5')
      await told('以后赚的积分先抵，现金照常全退')
      await press('Enter')
      await at.says('请在收银机上退 ¥120.50，打出退货小票后积分自动处理')
      expect(called('preview').map(({ body }) => body)).toEqual([
        { receiptNo: '20260603000002', refundFen: null },
        { receiptNo: '20260603000002', refundFen: 12_050 },
      ])
    })

    it('are refused with a sentence each, and the cashier goes on by keys', async () => {
      await at.open()
      await press('NumpadDecimal')
      await at.type('77')
      for (const [code, text] of [
        ['refund_elsewhere', '别店的小票请到原门店退'],
        ['refund_done', '没有可以再退的金额'],
        ['purchase_not_found', '没有找到这笔消费'],
        ['refund_unsent', '还没有传到服务器'],
        ['refund_offline', '请照常在收银机上全额退款，不要少退现金'],
      ] as const) {
        at.agent.refuseNext = code
        await press('Enter')
        await panel().getByRole('alert').filter({ hasText: text }).waitFor()
      }
      await press('Enter')
      await told('会员的积分够，照常全额退款')
      at.agent.refuseNext = 'refund_stale'
      await press('Enter')
      await panel().getByRole('alert').filter({ hasText: '再查一次' }).waitFor()
      at.agent.delayMs = THINKS_MS
      await press('Enter')
      await told('正在询问…')
      await press('Escape')
      await panel().waitFor({ state: 'detached' })
      await at.type('139')
      expect(await at.page.locator('#entry').inputValue()).toBe('139')
      expect(called('confirm')).toHaveLength(1)
    })

    it('cannot be told without a network, which is said at once with what to do', async () => {
      at.agent.till = { ...at.agent.till, connection: 'offline' }
      await at.page.goto(at.agent.url)
      await at.page.getByText('离线', { exact: true }).first().waitFor()
      await press('NumpadDecimal')
      await at.says('请照常在收银机上全额退款，不要少退现金，联网后积分自动收回')
      expect(called('preview')).toEqual([])
    })
  })
})
