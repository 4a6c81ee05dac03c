// The console's pages of coupon packs, of posters, of the points mall and of orders that are fetched in a store,
// in a real browser.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { describeBrowser } from '../rig/browser.js'
import { takePicture } from '../rig/pictures.js'
import { couponsStandIn } from './console-coupons-stand-in.js'
import { describeLooks, inEachLook, LARGE, type LookedAt } from './console-looks.js'
import { levelsStandIn } from './console-levels-stand-in.js'
import { EXCHANGE_CODE, LONG_ITEM, mallStandIn } from './console-mall-stand-in.js'
import { LONG_PACK, packsStandIn } from './console-packs-stand-in.js'
import {
  ELSEWHERE_CODE,
  LONG_GOODS,
  PICKUP_CODE,
  pickupsStandIn,
} from './console-pickups-stand-in.js'
import { LONG_POSTER, postersStandIn, TAKEN_CODE } from './console-posters-stand-in.js'
import { STORE_IDS, type OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

describeBrowser("the console's coupon packs and points mall", () => {
  let page: Page
  let packs: ReturnType<typeof packsStandIn>
  let mall: ReturnType<typeof mallStandIn>
  let pickups: ReturnType<typeof pickupsStandIn>
  let posters: ReturnType<typeof postersStandIn>
  const suite = consoleSuite(() => {
    packs = packsStandIn()
    mall = mallStandIn()
    pickups = pickupsStandIn()
    posters = postersStandIn()
    return {
      ...{ ...levelsStandIn().routes, ...couponsStandIn().routes },
      ...{ ...packs.routes, ...mall.routes, ...pickups.routes, ...posters.routes },
    }
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const shown = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')

  it('sells packs of coupons: what they come to is said before the button', async () => {
    await open('/packs')
    await page.getByText(LONG_PACK).waitFor()
    expect(await shown()).toContain('季度券包 在售 ¥9.90 满百减十（满 ¥100 减 ¥10） × 2')
    expect(await shown()).toContain('已售 123 / 500 · 每人最多 1 个 · 第 1 版')
    await press('新建券包')
    const dialog = page.getByRole('dialog')
    const submit = dialog.getByRole('button', { name: '建好并开始卖' })
    await dialog.getByLabel('名称').fill('夏天券包')
    await dialog.getByLabel('售价（元）').fill('9.999')
    await page.getByText('写一个金额').waitFor()
    await dialog.getByLabel('售价（元）').fill('9.90')
    await dialog.getByLabel('第 1 种券', { exact: true }).click()
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: '每月' }).click()
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByLabel('第 1 种每张值多少').fill('10')
    await page.getByText('会员付 ¥9.90，得 3 张券，合计值 ¥30.00。').waitFor()
    await submit.click()
    await page.getByText('“夏天券包”已开始卖').waitFor()
    expect(packs.state.drafts).toMatchObject([
      {
        terms: { priceFen: 990, items: [{ count: 1, when: { kind: 'monthly', months: 3 } }] },
        limits: { state: 'open', stock: null },
      },
    ])
    await press('停售季度券包')
    await page.getByText('已经卖出的照常给券').waitFor()
    await page.getByRole('button', { name: '停售', exact: true }).last().click()
    await page.getByRole('button', { name: '恢复在售：季度券包' }).waitFor()
  })

  it('changes what a pack costs and promises: what was sold stays, and who was first is told', async () => {
    await open('/packs')
    await press('修改季度券包')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('还没有改动').waitFor()
    const submit = dialog.getByRole('button', { name: '保存', exact: true })
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByLabel('总量').fill('600')
    await dialog.getByText('价格和内容还是第 1 版').waitFor()
    await dialog.getByLabel('售价（元）').fill('12.5')
    await dialog.getByText('保存后成为第 2 版').waitFor()
    expect(await dialog.innerText()).toContain('已售的 123 个照买的时候的给')
    // Somebody else publishes meanwhile.
    const [pack] = packs.state.packs
    if (!pack) throw new Error('no pack')
    packs.state.packs[0] = { ...pack, version: 2 }
    await submit.click()
    await dialog.getByText('有人刚刚改过，现在是第 2 版').waitFor()
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: '用我填的，在这一版上保存' }).click()
    expect(await dialog.getByLabel('售价（元）').inputValue()).toBe('12.5')
    await submit.click()
    await page.getByText('“季度券包”已修改，现在是第 3 版').waitFor()
    expect(packs.state.changes.at(-1)).toMatchObject({
      ...{ terms: { priceFen: 1_250 }, limits: { stock: 600, memberMax: 1 }, basedOnVersion: 2 },
    })
  })

  it('gives unused coupons back for money: which, why and how much is said first', async () => {
    await open('/packs', LARGE)
    await press('订单')
    await page
      .getByRole('button', { name: /^券和退款/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('全部 3 张没用的，¥5.94').waitFor()
    expect(await dialog.getByRole('checkbox').count()).toBe(4)
    await dialog.getByText('不能退的').waitFor()
    await dialog.getByRole('checkbox', { name: /^第 1 张/ }).check()
    await dialog.getByRole('checkbox', { name: /^第 7 张/ }).check()
    const submit = dialog.getByRole('button', { name: '退 2 张，¥3.96' })
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: '其他原因' }).click()
    await dialog.getByText('请写清楚是什么').waitFor()
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: '顾客要求退' }).click()
    await inEachLook(page, (look) => takePicture(page, `console-packs-refund-${look}`))
    await dialog.getByText('2 张券马上作废，¥3.96 由微信支付原路退给会员').waitFor()
    // The answer is lost, and it is sent once more: the same request.
    await page.route(
      '**/packs/orders/*/refunds',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    await submit.click()
    await dialog.getByText('请原样再点一次').waitFor()
    await submit.click()
    await page.getByText('已作废 2 张券，¥3.96 正在原路退回').waitFor()
    expect(packs.state.refunds).toMatchObject([
      { seqs: [0, 6], refundFen: 396, reason: 'customer_asked', note: '' },
    ])
    suite.server.role = 'auditor'
    await open('/packs')
    await press('订单')
    await page
      .getByRole('button', { name: /^券和退款/ })
      .first()
      .click()
    await page.getByRole('dialog').getByText('退款记录').waitFor()
    expect(await page.getByRole('checkbox').count()).toBe(0)
  })

  it('lists what does not agree with WeChat Pay until somebody wrote what was done', async () => {
    await open('/packs')
    await press('订单')
    await page.getByText('待门店核对').waitFor()
    expect(await shown()).toContain('已部分退款 已退 ¥1.00')
    await press('对账差异')
    await page.getByText('已对到 2026-05-06').waitFor()
    expect(await shown()).toContain('本系统 ¥9.90 · 微信支付 ¥9.80')
    await page
      .getByRole('button', { name: /^标记已处理：/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('怎么处理的').fill('商户平台已核对')
    await dialog.getByRole('button', { name: '标记已处理' }).click()
    await dialog.waitFor({ state: 'detached' })
    await press('已处理')
    await page.getByText('商户平台已核对').waitFor()
    suite.server.role = 'auditor'
    await open('/packs')
    await page.getByText(LONG_PACK).waitFor()
    expect(await page.getByRole('button', { name: /新建券包|停售/ }).count()).toBe(0)
  })

  it('puts goods into the mall: what a member reads follows every key', async () => {
    await open('/mall')
    await page.getByText(LONG_ITEM).first().waitFor()
    expect(await shown()).toContain('帆布袋 开放 礼品 500 积分')
    expect(await shown()).toContain('已兑 123 / 500 其中待领取 123 件')
    await page.getByRole('link', { name: '新建商品' }).click()
    await page.getByLabel('名称').fill('保温杯')
    await page.getByLabel('每件多少积分').fill('0')
    await page.getByText('写 1 到 1000 万的整数').waitFor()
    await page.getByLabel('每件多少积分').fill('１２００')
    await page.getByLabel('总量').fill('30')
    await press('每周')
    await press('积分不退')
    const preview = page.getByRole('region', { name: '会员看到的样子' })
    const words = async () => (await preview.innerText()).replace(/\s+/g, ' ')
    expect(await words()).toContain('保温杯 1,200 积分 还剩 30 件 兑换后 30 天内到店领取')
    expect(await words()).toContain('逾期未领，积分不退 每人每周限兑 1 件')
    await press('保存')
    await page.getByText('还有 1 处要改').waitFor()
    await page.getByLabel('分类').fill('生活')
    await page.getByText('“保温杯”马上在商城开放，每件 1,200 积分。').waitFor()
    await press('保存')
    await page.getByText('“保温杯”已保存').waitFor()
    expect(mall.state.drafts).toMatchObject([
      {
        terms: { pricePoints: 1_200, gives: { kind: 'goods', fetchDays: 30, lapse: 'gone' } },
        limits: { stock: 30, periodMax: { period: 'week', count: 1 } },
      },
    ])
    await press('停止帆布袋')
    await page.getByText('已经兑换、还没领的照常能领').waitFor()
    await page.getByRole('group', { name: '停止帆布袋' }).getByRole('button').first().click()
    await page.getByRole('button', { name: '开放帆布袋' }).waitFor()
  })

  it('says that somebody else changed an item, and goes on from what it is then', async () => {
    mall.state.isLate = true
    await open('/mall')
    await page.getByRole('link', { name: '修改帆布袋' }).click()
    await page.getByLabel('每件多少积分').fill('600')
    await press('保存')
    await page.getByText('有人刚刚改过这件商品').waitFor()
    await press('看最新的一版')
    await page.getByText('有人刚刚改过这件商品').waitFor({ state: 'detached' })
    await page.getByLabel('每件多少积分').fill('700')
    await press('保存')
    await page.getByText('“帆布袋”已保存').waitFor()
    expect(await shown()).toContain('700 积分')
  })

  it('hands over by the code, cancels with a reason, and shows a cashier no list', async () => {
    await open('/exchanges')
    await page.getByText(LONG_ITEM).first().waitFor()
    const code = page.getByLabel('十位兑换码，或十一位手机号')
    await code.fill('13800000000')
    await press('查找')
    await page.getByText('没有找到。').waitFor()
    await code.fill(EXCHANGE_CODE)
    await press('查找')
    const found = page.getByRole('region', { name: '查到的兑换' })
    await found.getByRole('button', { name: /^交付/ }).click()
    expect(await code.inputValue()).toBe('314 159 2653')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('在 人民路店 交给会员').waitFor()
    await dialog.getByRole('button', { name: '交付' }).click()
    await page.getByText('帆布袋 × 1 已交付').waitFor()
    await found.getByText('已领取').waitFor()
    await page.getByRole('button', { name: /^取消兑换：欧阳/ }).click()
    const submit = dialog.getByRole('button', { name: '取消兑换' })
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByLabel('原因').fill('门店缺货')
    await dialog.getByText('200,000,000 积分退回会员').waitFor()
    await submit.click()
    await page.getByText('的兑换已取消，积分已退回').waitFor()
    expect(mall.state.reasons).toEqual(['门店缺货'])
    await press('逾期未领')
    await page.getByText('积分没有退回').waitFor()
    suite.server.role = 'cashier'
    await open('/exchanges')
    await page.getByText('按兑换码或手机号查').waitFor()
    expect(await page.getByText('兑换记录').count()).toBe(0)
    await page.getByLabel('十位兑换码，或十一位手机号').fill(EXCHANGE_CODE)
    await press('查找')
    await page.getByText('帆布袋 × 1').waitFor()
    expect(await page.getByRole('button', { name: /^取消兑换/ }).count()).toBe(0)
  })

  it('hands an order over as it is now, and says where one of another store is fetched', async () => {
    await open('/pickups')
    await page.getByText('礼盒 × 2、提袋 × 1').waitFor()
    expect(await shown()).toContain('预计 2026-05-01 12:30 可取')
    await press('备好了：订单 WEB-000001')
    await page.getByText('订单 WEB-000001已备好，顾客会在手机上看到').waitFor()
    await press('可自提')
    await page.getByText('礼盒 × 1、提袋（已退 1）').waitFor()
    const code = page.getByLabel('十位取货码，或十一位手机号')
    await code.fill('13800000000')
    await press('查找')
    await page.getByText('没有找到。').waitFor()
    await code.fill(ELSEWHERE_CODE)
    await press('查找')
    const found = page.getByRole('region', { name: '查到的订单' })
    await found.getByText('请到 滨江店 取货').waitFor()
    expect(await found.getByRole('button').count()).toBe(0)
    await code.fill(PICKUP_CODE)
    await press('查找')
    await found.getByRole('button', { name: '交付订单 WEB-000001' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('欧阳** 138****0000').waitFor()
    expect(await dialog.innerText()).not.toContain('已退')
    await inEachLook(page, (look) => takePicture(page, `console-pickups-hand-${look}`))
    // A part comes back while the dialog is open: it says what is left before it is asked again.
    pickups.state.comesBack = true
    await dialog.getByRole('button', { name: '交付' }).click()
    await dialog.getByText('这个订单刚刚有退货，请看过最新的再交付').waitFor()
    await dialog.getByText('× 1（另外 1 已退货）').waitFor()
    await dialog.getByText('这个订单已退 ¥25.00').waitFor()
    await dialog.getByRole('button', { name: '交付' }).click()
    await page.getByText('订单 WEB-000001已交付').waitFor()
    await found.getByText('已取走').waitFor()
    await page.getByRole('combobox', { name: '自提门店' }).fill('解放')
    await page.keyboard.press('Enter')
    await page.getByText('没有等顾客来取的订单').waitFor()
    expect(pickups.state.asked.at(-1)).toMatchObject({ state: 'ready', storeId: STORE_IDS[1] })
    suite.server.role = 'cashier'
    await open('/pickups')
    await page.getByRole('button', { name: /^交付/ }).first().waitFor()
  })

  it('makes posters with a code for everybody, prints them, says what they did, and stops them', async () => {
    await open('/coupons')
    await page.getByRole('link', { name: '活动海报' }).click()
    await page.getByText(LONG_POSTER).waitFor()
    for (const words of [
      '建设路店开业 正在发 领“满百减十”（满 ¥100 减 ¥10） 口令 HUIKE2026 不限门店',
      '已领 36 / 100 张 新会员领了 21 张 已用 12 张 带来 0 笔消费，共 ¥0.00',
      '欧阳慕容诸葛上官婉儿小姐 2026-05-02 09:30 停止',
    ])
      expect(await shown()).toContain(words)
    await press('新建海报')
    const dialog = page.getByRole('dialog')
    const submit = dialog.getByRole('button', { name: '建好海报' })
    const code = dialog.getByLabel('口令', { exact: true })
    const made = await code.inputValue()
    expect(made).toMatch(/^[A-Z0-9]{8}$/)
    await dialog.getByRole('button', { name: '换一个' }).click()
    expect(await code.inputValue()).not.toBe(made)
    await dialog.getByLabel('活动名称').fill('新店开业')
    await dialog.getByLabel('领哪种券').click()
    await page.keyboard.press('Enter')
    await code.fill('开业')
    await page.getByText('要 4 到 16 位，只能是字母和数字').waitFor()
    expect(await submit.isDisabled()).toBe(true)
    await code.fill('taken 2026')
    await submit.click()
    await page.getByText('这个口令已经用过，请换一个').waitFor()
    await code.fill('open-2026')
    await dialog.getByLabel('最多领多少张').fill('500')
    await submit.click()
    const picture = page.getByRole('dialog', { name: '新店开业的二维码' })
    await picture.getByText('OPEN2026', { exact: true }).waitFor()
    await picture.getByText('/m/?code=OPEN2026#/coupon/claim/index').waitFor()
    await inEachLook(page, (look) => takePicture(page, `console-posters-picture-${look}`))
    await page.setViewportSize(LARGE)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      picture.getByRole('button', { name: '下载图片' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('新店开业-OPEN2026.png')
    await picture.getByRole('button', { name: '关闭', exact: true }).last().click()
    expect(posters.state.drafts).toMatchObject([
      { code: TAKEN_CODE },
      { code: 'OPEN2026', name: '新店开业', total: 500, storeId: null },
    ])
    // Tried again, it was the same request.
    expect(new Set(posters.state.drafts.map(({ requestId }) => requestId)).size).toBe(1)
    await press('停止建设路店开业')
    await page.getByText('已领的 36 张照常可用').waitFor()
    await press('停止发券')
    await page.getByText('“建设路店开业”已停止发券').waitFor()
    expect(await page.getByRole('button', { name: '停止建设路店开业' }).count()).toBe(0)
    suite.server.role = 'manager'
    await open('/coupons/posters')
    await page.getByText(LONG_POSTER).waitFor()
    expect(await page.getByRole('button', { name: /新建|停止/ }).count()).toBe(0)
  })

  const PAGES: readonly LookedAt[] = [
    ['packs', '/packs', LONG_PACK, null],
    ['packs-new', '/packs', LONG_PACK, '新建券包'],
    ['packs-change', '/packs', LONG_PACK, '修改季度券包'],
    ['mall', '/mall', LONG_ITEM, null],
    ['mall-new', '/mall/new', '会员看到的样子', null],
    ['exchanges', '/exchanges', LONG_ITEM, null],
    ['pickups', '/pickups', LONG_GOODS, null],
    ['posters', '/coupons/posters', LONG_POSTER, null],
    ['posters-new', '/coupons/posters', LONG_POSTER, '新建海报'],
  ]
  describeLooks(open, PAGES)
})
