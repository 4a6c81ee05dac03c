// The whole story as people see it: a cashier at the keyboard, a shopper with a phone, a manager at
// the console, over real processes: server, agent, tap, and a till that prints. The network goes and
// comes back, and in the end everything is killed and started again.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Locator, Page } from 'playwright-core'
import type { TillDocument } from '../../pos-agent/simulator/till-document.js'
import { SystemClock } from '../../server/platform/clock.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { CashierDesk, compilePrograms, startAgent, type TillMachine } from '../rig/agent.js'
import { describeBrowser, launchBrowser, openWatchedPage } from '../rig/browser.js'
import { openDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freePort } from '../rig/processes.js'
import { firstTill, prepareDatabase, ServerProcess } from '../rig/server-process.js'
import { Shop } from '../rig/shop.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { buildPage } from './build-page.js'

const TEST_MS_MAX = 60_000
const OFFLINE_MS_MAX = 10_000
/** Longer than a notice must have been seen before Enter counts. */
const NOTICE_MS = 700
const SCANNER_GAP_MS = 15
/** The new page slides in; the picture is of it alone. */
const PAGE_SLIDE_MS = 500
const FIRST = '13800138001'
const SECOND = '13900139002'
const PASSWORD = 'zhongwen-mima-1'
const SEED = 11
/** Pictures of every step, to be looked at by people. */
const PICTURES =
  process.env['HUIKE_TEST_PICTURES'] ?? mkdtempSync(join(tmpdir(), 'huike-pictures-'))

describeBrowser('the whole story', () => {
  let opened: OpenedDatabase
  let server: ServerProcess
  let machine: TillMachine
  let shop: Shop
  let browser: Browser
  let cashier: Page
  let first: TillDocument
  const strange: string[] = []

  beforeAll(async () => {
    compilePrograms()
    await buildPage('pos-agent', 'cashier')
    await buildPage('server', 'console')
    await builtMiniapp('h5')
    opened = await openDatabase('sqlite')
    const code = await prepareDatabase(opened, async (database) => {
      await new StaffService(database, new SystemClock()).create({
        ...{ username: 'dianzhang', name: '李店长', role: 'owner', password: PASSWORD },
      })
      return firstTill(database)
    })
    server = new ServerProcess(opened, await freePort())
    await server.start()
    shop = new Shop(SEED)
    const directory = join(dirname(opened.directory), 'till')
    mkdirSync(directory)
    machine = await startAgent({
      ...{ serverUrl: server.url, code, directory, printerPort: await shop.open() },
    })
    shop.printTo(machine.tapPort)
    browser = await launchBrowser()
    cashier = await newPage({ width: 1366, height: 768 })
  }, BUILD_MS_MAX)
  afterAll(async () => {
    await browser.close()
    await machine.stop()
    await shop.close()
    await server.stop()
    await opened.drop()
    expect(strange).toEqual([])
  })

  const newPage = (viewport: { width: number; height: number }) =>
    openWatchedPage(browser, viewport, strange)
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(PICTURES, `${name}.png`) })

  // The cashier: keys only.
  const desk = (kind: string) => cashier.locator(`[data-desk="${kind}"]`)
  const row = (position: number) => cashier.locator(`[data-receipt="${String(position)}"]`)
  const says = (text: string | RegExp) =>
    cashier.getByRole('status').filter({ hasText: text }).waitFor()
  const connection = (words: string | RegExp) => cashier.getByText(words).first().waitFor()
  async function serve(phone: string): Promise<void> {
    await cashier.keyboard.type(phone)
    await desk('known').or(desk('fresh')).waitFor()
  }
  async function register(phone: string): Promise<void> {
    await serve(phone)
    await desk('fresh').waitFor()
    await picture(cashier, `notice-${phone}`)
    await cashier.waitForTimeout(NOTICE_MS)
    await cashier.keyboard.press('Enter')
    await desk('known').waitFor()
  }
  async function giveNewest(sale: TillDocument): Promise<void> {
    await row(1)
      .filter({ hasText: String(sale.receiptNo) })
      .waitFor()
    // A key just after the rows moved is asked for again.
    await cashier.waitForTimeout(NOTICE_MS)
    await cashier.keyboard.press('F1')
    await says(/已记给/)
    // Those words may still be of the receipt before.
    await row(1).locator('[data-undo]').waitFor()
  }
  const showsPoints = (phone: string) =>
    desk('known')
      .locator('.points-number')
      .filter({ hasText: new RegExp(`^${pointsOf(phone)}$`) })
      .waitFor()
  const pointsOf = (phone: string) => (shop.pointsByPhone()[phone] ?? 0).toLocaleString('en-US')

  // The shopper: the mini-program as a web page.
  async function openPhone(phone: string): Promise<Page> {
    const page = await newPage({ width: 375, height: 812 })
    await page.goto(`${server.url}/m/`)
    await page.locator('input').fill(phone)
    await page.locator('.hk-button--primary').click({ force: true })
    await visible(page, '可用积分').waitFor()
    return page
  }
  const visible = (page: Page, text: string | RegExp): Locator =>
    page.getByText(text).locator('visible=true').first()
  const tab = (page: Page, name: string) =>
    page.locator('.weui-tabbar__item', { hasText: name }).click()

  it(
    'a cashier registers a shopper and gives a receipt, and sees the new points at once',
    async () => {
      await cashier.goto(machine.url)
      await connection('在线')
      await picture(cashier, '01-cashier-empty')
      first = await shop.sell()
      await register(FIRST)
      await picture(cashier, '02-cashier-registered')
      shop.gave(first, FIRST)
      await giveNewest(first)
      await showsPoints(FIRST)
      await desk('known')
        .getByText(/^\d{12}$/)
        .waitFor()
      await desk('known').getByText('1 次').waitFor()
      await picture(cashier, '03-cashier-given')
    },
    TEST_MS_MAX,
  )

  it(
    'the phone shows balance, points in words, the purchase and a code that the till can read',
    async () => {
      const phone = await openPhone(FIRST)
      await visible(phone, pointsOf(FIRST)).waitFor()
      await picture(phone, '04-phone-card')
      await visible(phone, '出示会员码').click()
      const digits = await phone.locator('.hk-code__digits', { hasText: /^68/ }).innerText()
      expect(digits).toMatch(/^68\d\d( \d{4}){4} \d\d$/)
      await phone.locator('[aria-label=返回]').locator('visible=true').click()
      await tab(phone, '积分')
      await visible(phone, '在人民路店消费得积分').waitFor()
      await visible(phone, `共 ${pointsOf(FIRST)} 分`).waitFor()
      await picture(phone, '05-phone-points')
      await tab(phone, '消费')
      // The points page, which names the store too, has to be gone first.
      await visible(phone, '在人民路店消费得积分').waitFor({ state: 'hidden' })
      await visible(phone, '人民路店').click()
      await visible(phone, String(first.receiptNo)).waitFor()
      for (const { name } of first.lines) await visible(phone, name).waitFor()
      await phone.waitForTimeout(PAGE_SLIDE_MS)
      await picture(phone, '06-phone-purchase')
      await cashier.keyboard.press('Escape')
      await cashier.keyboard.type(digits.replaceAll(' ', ''), { delay: SCANNER_GAP_MS })
      await desk('known').getByText('138****8001').waitFor()
      await phone.context().close()
    },
    TEST_MS_MAX,
  )

  it(
    'without a network the cashier goes on, and it all arrives later',
    async () => {
      await server.kill()
      const cutMs = performance.now()
      await connection(/离线/)
      expect(performance.now() - cutMs).toBeLessThan(OFFLINE_MS_MAX)
      await cashier.keyboard.press('Escape')
      const sale = await shop.sell()
      await register(SECOND)
      await desk('known').getByText('已存在本机，联网后自动上传').waitFor()
      shop.gave(sale, SECOND)
      await giveNewest(sale)
      await connection(/待上传 3/)
      await picture(cashier, '07-cashier-offline')
      await server.start()
      await connection('在线')
      await showsPoints(SECOND)
      await desk('known').getByText('登记好了').waitFor()
      await picture(cashier, '08-cashier-back-online')
      const phone = await openPhone(SECOND)
      await visible(phone, pointsOf(SECOND)).waitFor()
      await phone.context().close()
    },
    TEST_MS_MAX,
  )

  it(
    'after everything was killed and started again, all of it is still right',
    async () => {
      await Promise.all([machine.killAgent(), machine.tap?.kill9(), server.kill()])
      await server.start()
      await machine.startTap()
      await machine.start()
      const sale = await shop.sell()
      // The page's session died with the agent: it got itself a new one, or this would not be here.
      await row(1)
        .filter({ hasText: String(sale.receiptNo) })
        .waitFor()
      await connection('在线')
      await serve(FIRST)
      await showsPoints(FIRST)
      shop.gave(sale, FIRST)
      await giveNewest(sale)
      await showsPoints(FIRST)
      await picture(cashier, '09-cashier-after-kill')
      await new CashierDesk(machine.url).settled()
      for (const number of [FIRST, SECOND]) {
        const phone = await openPhone(number)
        await visible(phone, pointsOf(number)).waitFor()
        await phone.context().close()
      }
    },
    TEST_MS_MAX,
  )

  it(
    'the manager signs in and sees the shop and the day',
    async () => {
      const page = await newPage({ width: 1280, height: 800 })
      await page.goto(`${server.url}/console/`)
      await page.getByLabel('账号').fill('dianzhang')
      await page.locator('#password').fill(PASSWORD)
      await picture(page, '10-console-sign-in')
      await page.keyboard.press('Enter')
      await page.getByText('人民路店').first().waitFor()
      const soldFen = shop.sales.reduce((sum, { document }) => sum + document.totalFen, 0)
      await page
        .getByText(`¥${(soldFen / 100).toFixed(2)}`)
        .first()
        .waitFor()
      await page.getByText('李店长').first().waitFor()
      await picture(page, '11-console-home')
      await page.context().close()
    },
    TEST_MS_MAX,
  )
})
