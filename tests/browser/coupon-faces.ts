// Coupons as three people see them, in the story of three-faces.spec.ts: what a campaign gave is set
// aside at the till, is off the receipt, and comes back with it; a pack is paid for on the phone, used
// in part, given back for the rest, and agrees with WeChat Pay's bill.
import { expect, it } from '@jest/globals'
import { couponHeadline } from '@huike/shared/coupon-words'
import { epochMs, fen, formatYuan } from '@huike/shared/quantities'
import type { Page } from 'playwright-core'
import type { TillDocument } from '../../pos-agent/simulator/till-document.js'
import { CouponTemplatesService } from '../../server/coupons/coupon-templates.service.js'
import { PackTemplatesService } from '../../server/packs/pack-templates.service.js'
import { PayBillsService } from '../../server/packs/pay-bills.service.js'
import { until } from '../rig/agent.js'
import { couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { freshId } from '../rig/events.js'
import { takePicture } from '../rig/pictures.js'
import type { TestServer } from '../rig/server.js'
import type { Shop } from '../rig/shop.js'

const DAY_MS = 86_400_000
const OFF_FEN = fen(200)
/** Longer than a scanner's digits are apart, and than a row must have been in its place. */
const STEADY_MS = 700

/** ¥2.00 off whatever is bought: the random baskets of the till need not be large. */
const TERMS = couponTerms({
  name: '回店券',
  gives: { kind: 'amount', amountFen: OFF_FEN },
  when: { ...couponTerms().when, leastFen: fen(0) },
})
export const COUPON = { name: TERMS.name, headline: couponHeadline(TERMS) }

export interface CouponStage {
  server: TestServer
  shop: Shop
  cashier: Page
  manager: Page
  /** Signs in with this number on the phone's web page. */
  signInWeb: (phone: string) => Promise<Page>
  signInManager: () => Promise<void>
}

/** A coupon there is to give; answers its id. */
export async function aCoupon({ app, database, clock }: TestServer): Promise<string> {
  const templates = app.get(CouponTemplatesService, { strict: false })
  const draft = { requestId: freshId() as never, terms: TERMS, limits: NO_LIMITS }
  const by = { staffId: freshId(), nowMs: clock.nowMs() }
  const made = await database.write((tx) => templates.create(tx, draft, by))
  if (!made.ok) throw new Error(made.code)
  return made.template.id
}

/** The cashier sets the best coupon aside, keys the discount, and gives the receipt. */
export async function buyWithCoupon(
  { shop, cashier }: Pick<CouponStage, 'shop' | 'cashier'>,
  phone: string,
): Promise<TillDocument> {
  const says = (text: string | RegExp) =>
    cashier.getByRole('status').filter({ hasText: text }).waitFor()
  const panel = cashier.locator('[data-panel="coupons"]')
  const goods = shop.goods()
  await cashier.keyboard.press('Escape')
  await cashier.keyboard.type(phone)
  await cashier.locator('[data-desk="known"]').waitFor()
  await cashier.waitForTimeout(STEADY_MS)
  await cashier.keyboard.press('NumpadDivide')
  await panel.waitFor()
  await cashier.keyboard.type(formatYuan(goods.totalFen))
  await panel.locator('[data-coupon="1"]', { hasText: COUPON.name }).waitFor()
  await cashier.keyboard.press('NumpadEnter')
  await says('已预留 1 张券，请在收银机上优惠 ¥2.00')
  await takePicture(cashier, 'cashier-coupon-set-aside')
  const sale = await shop.ring(goods, OFF_FEN)
  const newest = cashier.locator('[data-receipt="1"]', { hasText: String(sale.receiptNo) })
  await newest.waitFor()
  await cashier.waitForTimeout(STEADY_MS)
  await cashier.keyboard.press('NumpadAdd')
  await newest.filter({ hasText: '用券优惠 ¥2.00' }).waitFor()
  shop.gave(sale, phone)
  return sale
}

/** The wallet on the phone's web page, from its home. */
export async function openWallet(phone: Page): Promise<void> {
  await phone.locator('.hk-entry', { hasText: '优惠券' }).click({ force: true })
  await phone.getByText('领券中心').locator('visible=true').first().waitFor()
}

/** The coupon comes back with the sale it was off. */
export async function giveBack(
  stage: CouponStage,
  of: { sale: TillDocument; phone: string },
): Promise<void> {
  await stage.shop.refundWhole(of.sale)
  await until(async () => {
    const rows = await stage.server.database.read((rx) =>
      rx.rows("SELECT id FROM coupon_step WHERE kind = 'given_back'"),
    )
    return rows.length === 1 ? true : null
  }, 'the coupon to be given back')
  const phone = await stage.signInWeb(of.phone)
  await openWallet(phone)
  await phone.getByText('出示券码').locator('visible=true').first().waitFor()
  expect(await phone.getByText(COUPON.headline).locator('visible=true').count()).toBe(1)
  await takePicture(phone, 'phone-coupon-back')
  await phone.context().close()
}

/** A pack, from the tap to the bill. */
export function packFaces(stage: () => CouponStage, phone: string, timeoutMs: number): void {
  it(
    'a pack is paid for on the phone, used in part, given back for the rest, and the bill agrees',
    async () => {
      const { server, manager } = stage()
      await aPack(server)
      const page = await stage().signInWeb(phone)
      const shown = (text: string | RegExp) => page.getByText(text).locator('visible=true').first()
      await page.locator('.hk-entry', { hasText: '券包' }).click({ force: true })
      await shown('¥9.90 购买').click({ force: true })
      await shown('模拟支付').click({ force: true })
      await shown('退全部 3 张未用的券，得 ¥9.90').waitFor()
      await takePicture(page, 'phone-pack-paid')
      await buyWithCoupon(stage(), phone)
      await page.reload()
      await shown('退全部 2 张未用的券，得 ¥6.60').click({ force: true })
      await page.locator('.taro-model__confirm').click()
      await shown('已部分退款').waitFor()
      await takePicture(page, 'phone-pack-refunded')
      await page.context().close()

      server.clock.advance(2 * DAY_MS)
      const bills = server.app.get(PayBillsService, { strict: false })
      while (await bills.compareNext());
      const rows = await server.database.read((rx) =>
        rx.rows<{ trades: number; refunds: number; findings: number }>(
          'SELECT SUM(trades) AS trades, SUM(refunds) AS refunds, SUM(findings) AS findings FROM pay_bill',
        ),
      )
      expect(rows.map((row) => Object.values(row).map(Number))).toEqual([[1, 1, 0]])
      await stage().signInManager()
      await manager.getByRole('link', { name: '券包', exact: true }).first().click()
      await manager.getByRole('button', { name: '订单', exact: true }).click()
      await manager.getByText('已退 ¥6.60').waitFor()
      await manager.getByRole('button', { name: '对账差异', exact: true }).click()
      await manager.getByText('没有要处理的差异').waitFor()
      await takePicture(manager, 'console-packs-agree')
    },
    timeoutMs,
  )
}

async function aPack(server: TestServer): Promise<void> {
  const templateId = await aCoupon(server)
  const packs = server.app.get(PackTemplatesService, { strict: false })
  const nowMs = server.clock.nowMs()
  const item = { templateId: templateId as never, count: 3, worthFen: fen(1_000) }
  const limits = { state: 'open' as const, stock: null, memberMax: 1, untilMs: null }
  const saved = await server.database.write((tx) =>
    packs.create(
      tx,
      {
        requestId: freshId() as never,
        terms: {
          ...{ title: '季度券包', priceFen: fen(990) },
          items: [{ ...item, when: { kind: 'now' } }],
        },
        limits: { ...limits, fromMs: epochMs(nowMs) },
      },
      { staffId: freshId(), nowMs },
    ),
  )
  if (!saved.ok) throw new Error(saved.code)
}
