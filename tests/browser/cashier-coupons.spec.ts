// Coupons at the till: what the cashier types, ticks, sees and tells the shopper, from the member's
// number to the receipt, and where the receipt shows something else.
import { expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { describeBrowser } from '../rig/browser.js'
import { standInCoupon } from './cashier-coupons-stand-in.js'
import { cashierDesk, PHONE, scan } from './cashier-desk.js'
import { standInHold } from './cashier-points-stand-in.js'
import { standInGift } from './cashier-gifts-stand-in.js'
import { standInPickup } from './cashier-pickups-stand-in.js'
import { standInMember, standInReceipt } from './cashier-stand-in.js'

const CODE = `68${memberNoFrom('00000012345')}87654321`
/** A key pressed sooner after the rows moved is held back. */
const ROWS_STEADY_MS = 500
const BETWEEN_KEYS_MS = 150
/** Enter hands over only what has been looked at for so long. */
const SHOWN_STEADY_MS = 700
const OVER_MS = 31 * 60_000
const ANY_GOODS = standInCoupon(0).terms.when

/** ¥10 off, ¥8 off, 10 % of cakes, and one that asks for more than anybody buys. */
function wallet() {
  const cakes = { name: '蛋糕', words: ['蛋糕'], codes: [], prefixes: [] }
  return [
    standInCoupon(1, { name: '满 100 减 10' }),
    standInCoupon(2, { name: '满 50 减 8', gives: { kind: 'amount', amountFen: fen(800) } }),
    standInCoupon(3, {
      ...{ name: '蛋糕 9 折', class: 'goods' },
      gives: { kind: 'percent', percentOff: 10, mostFen: null },
      when: { ...ANY_GOODS, leastFen: fen(0), goods: cakes },
    }),
    standInCoupon(4, { name: '满 500 减 80', when: { ...ANY_GOODS, leastFen: fen(50_000) } }),
  ]
}

describeBrowser('coupons at the cashier page', () => {
  const at = cashierDesk()
  const panel = () => at.page.locator('[data-panel="coupons"]')
  const card = (state: 'open' | 'over') => at.page.locator(`[data-reservation="${state}"]`)
  const coupon = (n: number) => panel().locator(`[data-coupon="${String(n)}"]`)
  const ticked = () => panel().locator('[aria-checked="true"] strong').allInnerTexts()
  const press = (key: string) => at.page.keyboard.press(key)
  const called = (verb: string, about = 'coupons') =>
    at.agent.calls.filter(({ path }) => path === `/${about}/${verb}`)
  /** A person's key, not a scanner's. */
  async function tick(n: number): Promise<void> {
    await at.page.waitForTimeout(BETWEEN_KEYS_MS)
    await at.type(String(n))
  }
  /** Opens the panel and waits for what the server says of an amount. */
  async function quoted(amount: string): Promise<void> {
    await press('NumpadDivide')
    await panel().waitFor()
    await at.type(amount)
    await coupon(1).waitFor()
  }

  it('are ticked for the best, set aside, keyed at the till and redeemed, with one hand', async () => {
    at.agent.coupons = wallet()
    await at.open()
    await at.serve()
    await quoted('128.50')
    expect(await ticked()).toEqual(['满 100 减 10'])
    expect(await panel().innerText()).toMatch(/共优惠\s*¥10.00\s*还需付\s*¥118.50/)
    expect(await coupon(4).innerText()).toContain('还差 ¥371.50 可用')
    await press('NumpadEnter')
    await at.says('已预留 1 张券，请在收银机上优惠 ¥10.00')
    expect(await card('open').innerText()).toMatch(
      /在收银机上优惠\s*¥10.00[^]*优惠后应为 ¥118.50，还留 30 分钟[^]*满 100 减 10[^]*按 \+/,
    )
    at.agent.receipts = [standInReceipt(4, { totalFen: fen(11_850) }), ...at.agent.receipts]
    at.agent.push()
    await at.row(1).filter({ hasText: '¥118.50' }).waitFor()
    await at.page.waitForTimeout(ROWS_STEADY_MS)
    await press('NumpadAdd')
    await at.says('¥118.50 已记给 138****5678，积分 118，用券优惠 ¥10.00')
    expect(await at.row(1).innerText()).toContain('用券优惠 ¥10.00')
    await card('open').waitFor({ state: 'detached' })
    at.agent.push()
    await press('NumpadSubtract')
    await at.says('退回优惠 ¥10.00 的券')
  })

  it('are chosen by number keys; one for certain goods once its goods are typed', async () => {
    at.agent.coupons = wallet()
    await at.open()
    await at.serve()
    await quoted('128.50')
    await press('ArrowDown')
    await tick(2)
    await panel().getByRole('alert').filter({ hasText: '不能与' }).waitFor()
    expect(await ticked()).toEqual(['满 100 减 10'])
    await tick(1)
    await press('Enter')
    await panel().getByRole('alert').filter({ hasText: '还没有选券' }).waitFor()
    await tick(2)
    await panel().getByText('减 ¥8.00').waitFor()
    await tick(4)
    await panel().getByRole('alert').filter({ hasText: '还差' }).waitFor()
    await tick(3)
    await at.type('40')
    await press('Enter')
    await panel().getByText('减 ¥4.00').waitFor()
    expect(await ticked()).toEqual(['满 50 减 8', '蛋糕 9 折'])
    await press('Enter')
    await at.says('已预留 2 张券，请在收银机上优惠 ¥12.00')
    const [, two, three] = at.agent.coupons.map(({ couponId }) => couponId)
    expect(called('reserve').map(({ body }) => body)).toEqual([
      {
        ...{ memberId: standInMember().memberId, goodsFen: 12_850, isWithPoints: false },
        ...{ chosen: [two, three], seen: [{ couponId: three, goodsFen: 4_000 }] },
      },
    ])
  })

  it('go back by a key, end with their time, and need the network, which is said at once', async () => {
    await at.page.clock.install()
    at.agent.coupons = wallet()
    await at.open()
    await at.serve()
    await quoted('128.50')
    await press('Enter')
    await card('open').waitFor()
    await press('NumpadDivide')
    await press('NumpadSubtract')
    await at.says('预留的券已退回会员')
    await card('open').waitFor({ state: 'detached' })
    expect(called('release')).toHaveLength(1)
    await quoted('128.50')
    await press('Enter')
    await card('open').waitFor()
    await at.page.clock.fastForward(OVER_MS)
    await card('over').filter({ hasText: '请按 / 重新预留' }).waitFor()
    at.agent.reservation = null
    at.agent.till = { ...at.agent.till, connection: 'offline' }
    at.agent.push()
    await at.page.getByText('离线', { exact: true }).first().waitFor()
    await press('Escape')
    await at.serve()
    await press('NumpadDivide')
    await at.says('连不上服务器，暂时不能用券')
    await press('F1')
    await at.says('¥37.02 已记给 138****5678')
  })

  it('that were left with this till are used without a network, and marked', async () => {
    at.agent.coupons = [standInCoupon(1, { name: '满 100 减 10' })]
    at.agent.offlineLeft = {
      coupons: 1,
      points: points(500),
      untilMs: epochMs(Date.now() + OVER_MS),
    }
    await at.open()
    at.agent.till = { ...at.agent.till, connection: 'offline' }
    at.agent.push()
    await at.serve()
    const left = await at.page.locator('[data-offline="left"]').innerText()
    expect(left).toMatch(/^离线可用 券 1 张、积分 500 分，到 .*\d\d:\d\d；请扫会员码$/)
    at.agent.refuseNext = 'offline_code_needed'
    await press('NumpadDivide')
    await at.type('128.50')
    await panel().getByText('请会员出示会员码，扫码后才能离线使用').waitFor()
    await press('Enter')
    await coupon(1).waitFor()
    expect(await panel().locator('header').innerText()).toContain('离线')
    await press('Enter')
    await card('open').filter({ hasText: '离线 · ' }).waitFor()
  })

  it('say where points cannot be used besides, and what both come to', async () => {
    at.agent.coupons = [standInCoupon(1, { withPoints: false }), standInCoupon(2)]
    await at.open()
    await at.serve()
    await quoted('128.50')
    await panel().getByText('这一单不能再用积分').waitFor()
    await press('Enter')
    await card('open').waitFor()
    await press('NumpadMultiply')
    await at.says('预留的券不能和积分同用')
    at.agent.reservation = null
    at.agent.hold = standInHold(standInMember(), { valueFen: fen(500), orderFen: fen(12_850) })
    await press('Escape')
    await at.serve()
    await quoted('128.50')
    expect(await ticked()).toEqual(['满减券 2'])
    expect(await panel().innerText()).toMatch(/还需付\s*¥113.50\s*已减去积分抵现 ¥5.00/)
    await press('Enter')
    await card('open').waitFor()
    expect(await card('open').innerText()).toMatch(
      /在收银机上优惠\s*¥15.00[^]*满减券 2，优惠 ¥10.00[^]*抵 ¥5.00/,
    )
  })

  it('are settled with one key where the receipt differs; what is gone is told plainly', async () => {
    const { memberId, phoneMasked } = standInMember()
    const off = { reservationId: `01JXR${'0'.repeat(21)}` as never, offFen: fen(1_000) }
    const coupons = { ...off, expectedFen: fen(11_850), differenceFen: 1_000 }
    const given = { totalFen: fen(12_850), member: { memberId, phoneMasked } }
    await at.open()
    at.agent.receipts = [
      standInReceipt(4, { ...given, coupons: { ...coupons, state: 'differs' } }),
      ...at.agent.receipts,
    ]
    at.agent.push()
    await at.says('用券后应为 ¥118.50，小票多收 ¥10.00，按 / 说明券用了没有')
    await press('NumpadDivide')
    const settle = at.page.locator('[data-panel="settle"]')
    expect(await settle.innerText()).toMatch(/多收\s*¥10.00/)
    at.agent.refuseNext = 'coupons_offline'
    await press('NumpadSubtract')
    await settle.getByRole('alert').filter({ hasText: '连不上服务器' }).waitFor()
    await press('NumpadSubtract')
    await at.says('已记下：券没有用，已退回会员')
    expect(called('settle').at(-1)?.body).toEqual({
      ...{ reservationId: off.reservationId, isUsed: false },
    })
    const [first, ...others] = at.agent.receipts
    if (!first) throw new Error('no receipt')
    at.agent.receipts = [{ ...first, coupons: { ...coupons, state: 'gone' } }, ...others]
    at.agent.push()
    await at.says('优惠的 ¥10.00 没有券可抵')
    await at.row(1).getByText('券已用在别处').waitFor()
  })

  it('are those of the member whose code is scanned into the panel; a scan ticks nothing', async () => {
    const proven = standInMember({
      memberId: '01JX0000000000000000000002' as never,
      ...{ phoneMasked: '139****1111', asOfMs: epochMs(Date.now()) },
    })
    at.agent.members.set(CODE, proven)
    at.agent.coupons = wallet()
    await at.open()
    await at.type(PHONE)
    await at.desk('known').waitFor()
    await quoted('128.50')
    await press('ArrowDown')
    await scan(await at.devtools(), CODE)
    await panel().getByText('139****1111').waitFor()
    await coupon(1).waitFor()
    expect(await ticked()).toEqual(['满 100 减 10'])
    expect(await panel().locator('#coupon-amount').inputValue()).toBe('128.50')
    expect(called('quote').at(-1)?.body).toMatchObject({ memberId: proven.memberId, chosen: null })
  })

  it('and one is given by the cashier: a number, why, and Enter, once', async () => {
    at.agent.counter = [standInGift(1), standInGift(2, { name: '老客券' })]
    const gifts = at.page.locator('[data-panel="gifts"]')
    await at.open()
    await press('F7')
    await at.says('先查会员')
    await at.serve()
    await press('F7')
    await gifts.locator('[data-gift-row="2"]').filter({ hasText: '老客券' }).waitFor()
    await tick(2)
    await gifts.getByText('满 ¥50.00 可用；可与积分同用').waitFor()
    await at.page.waitForTimeout(300)
    await tick(1)
    await gifts.getByText('按 Enter 发 1 张“老客券”给').waitFor()
    await press('Enter')
    await gifts.getByRole('alert').filter({ hasText: '请先看清' }).waitFor()
    await at.page.waitForTimeout(SHOWN_STEADY_MS)
    await press('Enter')
    await at.says('老客券')
    await gifts.waitFor({ state: 'detached' })
    expect(called('give').map(({ body }) => body)).toMatchObject([
      { templateId: standInGift(2).templateId, reason: 'sorry' },
    ])
  })

  it('and goods are fetched: scanned, looked at, handed over with one key, and only once', async () => {
    const [code, other] = ['1381112233', '0081112233']
    at.agent.pickups.set(code, standInPickup(2))
    at.agent.pickups.set(
      other,
      standInPickup(1, { lines: [{ name: '雨伞', quantityMilli: 1_000, returnedMilli: 0 }] }),
    )
    const until = (hours: number) => epochMs(Date.now() + hours * 3_600_000)
    const offers = [1, -1, 48].map((hours) => ({
      ...{ headline: `满 ¥5${String(hours)} 减 ¥10`, claimUntilMs: until(hours) },
    }))
    at.agent.members.set(PHONE, standInMember({ waitingPickups: 2, offers }))
    const pickups = at.page.locator('[data-panel="pickups"]')
    const steady = () => at.page.waitForTimeout(SHOWN_STEADY_MS)
    await at.open()
    await scan(await at.devtools(), code)
    await pickups.locator('[data-pickup="ready"]').waitFor()
    expect(await pickups.innerText()).toMatch(/帆布袋 2\s*×\s2[^]*张\*\* 138\*{4}5678[^]*为止/)
    // A scanner that sends Enter hands nothing over.
    await scan(await at.devtools(), code)
    await press('Enter')
    await pickups.locator('[data-pickup="ready"]').waitFor()
    expect(at.agent.calls.every(({ path }) => path === '/pickups/find')).toBe(true)
    await steady()
    at.agent.refuseNext = 'pickup_unanswered'
    await press('Enter')
    await pickups.getByRole('alert').filter({ hasText: '同一件不会交付两次' }).waitFor()
    await press('Enter')
    await at.says('已交付：帆布袋 2')
    await pickups.waitFor({ state: 'detached' })
    await at.serve()
    await at.desk('known').getByText('有 2 份在本店待取，按 F8 取货').waitFor()
    // What is over by now is not told; of three there may be more than that.
    const told = await at.desk('known').locator('[data-hint="offer"]').allInnerTexts()
    expect(told).toEqual([
      expect.stringMatching(/^可在小程序领券：满 ¥51 减 ¥10，.*\d\d:\d\d 前（2 张以上）$/),
    ])
    await press('F8')
    await pickups.locator('[data-pickup-row="1"]').filter({ hasText: '雨伞' }).waitFor()
    await tick(1)
    await steady()
    await press('Enter')
    await at.says('已交付：雨伞')
    await at.desk('known').getByText('有 1 份在本店待取').waitFor()
    await press('F8')
    await pickups.getByText('在本店没有待取的').waitFor()
    await at.type(other)
    await press('Enter')
    await pickups.locator('[data-pickup="over"]').filter({ hasText: '不能再领' }).waitFor()
    await press('Enter')
    await press('Escape')
    expect(called('hand-over', 'pickups')).toHaveLength(3)
    at.agent.till = { ...at.agent.till, connection: 'offline' }
    at.agent.push()
    await at.page.getByText('离线', { exact: true }).first().waitFor()
    await press('F8')
    await at.says('取货要联网；什么都没有改动')
  })
})
