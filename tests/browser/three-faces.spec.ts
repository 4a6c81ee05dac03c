// A shopper comes, stops coming, is written to and comes back; a cashier, the shopper and a manager
// each see their side of it. Real agent and tap, the mini-program as WeChat would run it and as a web
// page, the console in a browser, one server on each database whose clock the test moves on.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import type { TillDocument } from '../../pos-agent/simulator/till-document.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { compilePrograms, startAgent, until, type TillMachine } from '../rig/agent.js'
import { describeBrowser, launchBrowser, openWatchedPage } from '../rig/browser.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { takePicture } from '../rig/pictures.js'
import { freePort } from '../rig/processes.js'
import { enrolmentCode, startTestServer, type TestServer } from '../rig/server.js'
import { Shop } from '../rig/shop.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { openPhone, type Phone } from '../rig/weapp/phone.js'
import { buildPage } from './build-page.js'
import {
  aCoupon,
  buyWithCoupon,
  COUPON,
  giveBack,
  openWallet,
  packFaces,
  type CouponStage,
} from './coupon-faces.js'

const TEST_MS_MAX = 90_000
const DAY_MS = 86_400_000
const AWAY_DAYS = 45
/** Longer than a notice must have been seen before Enter counts. */
const NOTICE_MS = 700
/** Noon of the next day in Shanghai: nobody's night. */
const NOON_UTC_MS = 4 * 3_600_000
const SEED = 23
const PASSWORD = 'zhongwen-mima-1'
const TITLE = '好久不见'
/** Agrees to be written to, and has the mini-program in WeChat. */
const AGREES = { phone: '13800138001', openid: 'openid-agrees' }
/** Never agreed. */
const SILENT = '13900139002'
/** Agreed and allowed one message, then switched them off in WeChat: 43101. */
const REFUSES = { phone: '13700137003', openid: 'openid-refuses' }

describeBrowser('three faces', () => {
  let browser: Browser
  let weapp: string

  beforeAll(async () => {
    compilePrograms()
    await buildPage('pos-agent', 'cashier')
    await buildPage('server', 'console')
    await builtMiniapp('h5')
    weapp = await builtMiniapp('weapp')
    browser = await launchBrowser()
  }, BUILD_MS_MAX)
  afterAll(async () => {
    await browser.close()
  })

  describeEachDatabase('a shopper who comes back', (kit) => {
    let opened: OpenedDatabase
    let server: TestServer
    let machine: TillMachine
    let shop: Shop
    let cashier: Page
    let manager: Page
    let sold: TillDocument | null = null
    const phones = new Map<string, Phone>()
    const strange: string[] = []

    beforeAll(async () => {
      opened = await kit.open()
      server = await startTestServer(
        opened,
        { HUIKE_PORT: String(await freePort()) },
        { time: 'shifted' },
      )
      shop = new Shop(SEED)
      const directory = join(dirname(opened.directory), 'till')
      mkdirSync(directory)
      const printerPort = await shop.open()
      machine = await startAgent({
        ...{ serverUrl: server.url, code: await enrolmentCode(server), directory, printerPort },
      })
      shop.printTo(machine.tapPort)
      await server.app.get(StaffService, { strict: false }).create({
        ...{ username: 'dianzhang', name: '李店长', role: 'owner', password: PASSWORD },
      })
      cashier = await newPage({ width: 1366, height: 768 })
      manager = await newPage({ width: 1440, height: 900 })
    }, TEST_MS_MAX)
    afterAll(async () => {
      for (const phone of phones.values()) phone.close()
      await cashier.context().close()
      await manager.context().close()
      await machine.stop()
      await shop.close()
      await server.stop()
      expect(strange).toEqual([])
    })

    const newPage = (viewport: { width: number; height: number }) =>
      openWatchedPage(browser, viewport, strange)
    const desk = (kind: string) => cashier.locator(`[data-desk="${kind}"]`)
    const says = (text: string | RegExp) =>
      cashier.getByRole('status').filter({ hasText: text }).waitFor()

    /** At the till: finds or registers the number, and gives it the sale just printed. */
    async function buy(phone: string): Promise<void> {
      const sale = await shop.sell()
      const newest = cashier.locator('[data-receipt="1"]', { hasText: String(sale.receiptNo) })
      await newest.waitFor()
      await cashier.keyboard.press('Escape')
      await cashier.keyboard.type(phone)
      await desk('known').or(desk('fresh')).waitFor()
      await cashier.waitForTimeout(NOTICE_MS)
      if (await desk('fresh').isVisible()) await cashier.keyboard.press('Enter')
      await desk('known').waitFor()
      await cashier.waitForTimeout(NOTICE_MS)
      await cashier.keyboard.press('F1')
      await says(/已记给/)
      // Those words may still be of the customer before.
      await newest.filter({ hasText: phone.replace(/^(\d{3})\d{4}/, '$1****') }).waitFor()
      shop.gave(sale, phone)
    }
    const pointsOf = (phone: string) => (shop.pointsByPhone()[phone] ?? 0).toLocaleString('en-US')

    /** The compiled mini-program on this person's phone; signed in with WeChat on first use. */
    async function openWeapp(who: typeof AGREES, isKnown = false): Promise<Phone> {
      const { wechat } = server
      if (!wechat) throw new Error('the story needs the sandbox')
      phones.get(who.openid)?.close()
      const phone = openPhone({
        dist: weapp,
        storage: new Map(),
        settings: {
          serverOrigin: server.url,
          loginCode: () => wechat.loginCode(who.openid),
          answerPrompt: (templateIds) => {
            // Who refuses has said yes to us and no to WeChat: our ledger must learn it by 43101.
            if (who === AGREES) for (const id of templateIds) wechat.accept(who.openid, id)
            return Object.fromEntries(templateIds.map((id) => [id, 'accept']))
          },
        },
      })
      phones.set(who.openid, phone)
      await phone.tap('登录 / 注册')
      if (!isKnown) {
        await phone.until('用微信手机号开通会员')
        await phone.answerPhoneButton(wechat.phoneCode(who.phone))
      }
      await phone.until('可用积分')
      return phone
    }
    const signInWeb = async (phone: string) => {
      const page = await newPage({ width: 375, height: 812 })
      await page.goto(`${server.url}/m/`)
      await page.locator('input').fill(phone)
      await page.locator('.hk-button--primary').click({ force: true })
      await page.getByText('可用积分').locator('visible=true').first().waitFor()
      return page
    }
    const signInManager = async () => {
      await manager.goto(`${server.url}/console/`)
      await manager.getByLabel('账号').fill('dianzhang')
      await manager.locator('#password').fill(PASSWORD)
      await manager.keyboard.press('Enter')
      await manager.getByRole('link', { name: '活动' }).first().waitFor()
    }
    const stage = (): CouponStage => ({ server, shop, cashier, manager, signInWeb, signInManager })
    const button = (name: string | RegExp) => manager.getByRole('button', { name })
    const rows = <T>(sql: string) => server.database.read((rx) => rx.rows<T>(sql))

    it(
      'registers at the till, buys, and sees the points on the phone',
      async () => {
        await cashier.goto(machine.url)
        await cashier.getByText('在线', { exact: true }).waitFor()
        for (const phone of [AGREES.phone, SILENT, REFUSES.phone]) await buy(phone)
        await takePicture(cashier, `cashier-given`)
        await until(
          async () => ((await rows('SELECT id FROM points_transfer')).length >= 3 ? true : null),
          'the points',
        )
        const phone = await openWeapp(AGREES)
        await phone.until(pointsOf(AGREES.phone))
      },
      TEST_MS_MAX,
    )

    it(
      'agrees to be written to, un-ticked before, and allows one reminder after a tap',
      async () => {
        for (const who of [AGREES, REFUSES]) {
          const phone = phones.get(who.openid) ?? (await openWeapp(who))
          const prompts = () =>
            phone.program.calls.filter(({ api }) => api === 'requestSubscribeMessage').length
          await phone.tapLabel('隐私与授权')
          await phone.until('优惠与活动消息')
          expect(phone.html()).not.toContain('aria-checked="true"')
          await phone.tapLabel('优惠与活动消息')
          await phone.until('已于')
          phone.program.back()
          await phone.tapLabel('消息')
          await phone.until('活动提醒我')
          expect(prompts()).toBe(0)
          await phone.tap('活动提醒我')
          await phone.until('下次有活动会在微信里提醒你一次')
          expect(prompts()).toBe(1)
        }
        const credits = await rows<{ credits: number }>('SELECT credits FROM subscription_balance')
        expect(credits).toEqual([{ credits: 1 }, { credits: 1 }])
      },
      TEST_MS_MAX,
    )

    it(
      'is counted once gone quiet, and only those who agreed are written to',
      async () => {
        const today = server.clock.nowMs()
        const noon = today - (today % DAY_MS) + NOON_UTC_MS
        server.clock.set(noon + AWAY_DAYS * DAY_MS)
        await aCoupon(server)
        await signInManager()
        await manager.getByRole('link', { name: '活动' }).first().click()
        await button('新建活动')
          .or(manager.getByRole('link', { name: '新建活动' }))
          .first()
          .click()
        await button('30 天').click()
        await manager.locator('.c-reach .number', { hasText: '2 人' }).waitFor()
        await manager.getByText('没有同意接收优惠消息').first().waitFor()
        await manager.getByLabel('活动名称').fill('老顾客回店')
        await manager.getByLabel('标题', { exact: true }).fill(TITLE)
        await manager.getByLabel('正文', { exact: true }).fill('凭会员码到店，买一杯送一杯。')
        await manager.getByLabel('送一张券').click()
        await manager.getByTitle(COUPON.name).click()
        await manager.getByText('将发出').first().waitFor()
        await takePicture(manager, 'console-campaign-new')
        await button('检查并发送').click()
        await button('给 2 人发送').click()
        await manager.getByRole('heading', { name: '老顾客回店' }).waitFor()
        await manager.getByText('已完成').first().waitFor()
        const results = (await manager.locator('main').innerText()).replace(/\s+/g, ' ')
        expect(results).toContain('微信订阅消息 1')
        expect(results).toContain('小程序消息 1')
        expect(results).toContain('没有同意接收优惠消息 1')
        expect(results).toContain(`送出的券：${COUPON.name}（${COUPON.headline}）`)
        expect(results).toMatch(/发出 2 张/)
        await takePicture(manager, 'console-campaign-sent')
        const delivered = server.wechat?.delivered() ?? []
        expect(delivered).toHaveLength(1)
        expect(delivered[0]).toMatchObject({ openid: AGREES.openid })
        const left = await rows<{ credits: number }>('SELECT credits FROM subscription_balance')
        expect(left).toEqual([{ credits: 0 }, { credits: 0 }])
      },
      TEST_MS_MAX,
    )

    it(
      'finds the message on the phone, also without a network',
      async () => {
        const phone = await signInWeb(AGREES.phone)
        const inbox = phone.locator('.hk-entry', { hasText: '消息' })
        await inbox.locator('.hk-badge', { hasText: '1' }).waitFor()
        await inbox.click({ force: true })
        await phone.getByText(TITLE).locator('visible=true').first().waitFor()
        await takePicture(phone, 'phone-inbox')
        await phone.context().setOffline(true)
        await phone.goBack()
        await phone.getByText('出示会员码').locator('visible=true').first().waitFor()
        await phone.context().close()
        const wallet = await signInWeb(AGREES.phone)
        await openWallet(wallet)
        await wallet.getByText(COUPON.headline).locator('visible=true').first().waitFor()
        await takePicture(wallet, 'phone-wallet')
        await wallet.context().close()
        const silent = await signInWeb(SILENT)
        await silent.getByText('暂无新消息').locator('visible=true').first().waitFor()
        await silent.context().close()
      },
      TEST_MS_MAX,
    )

    it(
      'taps from the wallet to the code of the coupon in WeChat',
      async () => {
        const phone = await openWeapp(AGREES, true)
        await phone.tapLabel('优惠券')
        await phone.until(COUPON.name)
        await phone.tapLabel(COUPON.headline)
        await phone.until('结账付款前请出示给店员')
        const codes = await rows<{ code: string }>('SELECT code FROM coupon')
        expect(codes.map(({ code }) => code.replace(/(\d{4})(?=\d)/g, '$1 '))).toContain(
          /\d{4} \d{4} \d{4}/.exec(phone.text())?.[0],
        )
      },
      TEST_MS_MAX,
    )

    it(
      'comes back with the coupon, and the manager sees it',
      async () => {
        await cashier.getByText('在线', { exact: true }).waitFor()
        sold = await buyWithCoupon(stage(), AGREES.phone)
        await manager.reload()
        await until(async () => {
          const words = (await manager.locator('main').innerText()).replace(/\s+/g, ' ')
          if (/天内回来购买 1 人/.test(words) && /用掉 1 张/.test(words)) return true
          await manager.reload()
          await manager.getByText('已完成').first().waitFor()
          return null
        }, 'the manager to see who came back')
        await takePicture(manager, 'console-campaign-back')
        expect((await verifyBook(server.database)).findings).toEqual([])
      },
      TEST_MS_MAX,
    )

    it(
      'brings it all back, and has the coupon again',
      async () => {
        if (sold === null) throw new Error('nothing was sold')
        await giveBack(stage(), { sale: sold, phone: AGREES.phone })
        await until(async () => {
          await manager.reload()
          await manager.getByText('已完成').first().waitFor()
          const words = (await manager.locator('main').innerText()).replace(/\s+/g, ' ')
          return /用掉 0 张/.test(words) ? true : null
        }, 'the manager to see that it is not used')
      },
      TEST_MS_MAX,
    )

    packFaces(stage, SILENT, TEST_MS_MAX)

    it(
      'is one person on one page: purchases, points, the message and what was agreed to',
      async () => {
        await manager.getByRole('link', { name: '会员', exact: true }).first().click()
        await manager.getByText('138****8001').first().waitFor()
        await takePicture(manager, 'console-members')
        await manager.locator('tr', { hasText: '138****8001' }).locator('a').click()
        for (const words of [TITLE, '同意接收优惠与活动消息', '消费得积分'])
          await manager.getByText(words).first().waitFor()
        await takePicture(manager, 'console-member')
      },
      TEST_MS_MAX,
    )
  })
})
