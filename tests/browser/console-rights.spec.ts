// The console's pages of consents, deletions, how long things are kept and whose customers members
// are, in a real browser over a real server: what is pressed is what the database says afterwards.
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { RetentionWorkerService } from '../../server/flows/retention-worker.service.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { expectNoSeriousIssues } from '../rig/axe.js'
import { describeBrowser, launchBrowser, openWatchedPage } from '../rig/browser.js'
import { openDatabase, type OpenedDatabase } from '../rig/databases.js'
import { registration } from '../rig/events.js'
import { takePicture } from '../rig/pictures.js'
import { enrolTill, startTestServer, type TestServer } from '../rig/server.js'
import { newWechatShopper, type WechatShopper } from '../rig/wechat-shopper.js'
import { buildPage } from './build-page.js'

const START_MS_MAX = 120_000
const LARGE = { width: 1_440, height: 900 }
const SMALL = { width: 375, height: 812 }
const PASSWORD = 'zhongwen-mima-1'
const STORE = '北京西城区金融大街购物中心地下一层人民路旗舰店'
const LONG_NAME = '欧阳慕容诸葛上官婉儿司徒南宫小姐'

describeBrowser("the console's pages of consents and rights", () => {
  let opened: OpenedDatabase
  let server: TestServer
  let browser: Browser
  /** The owner's tab, which stays open, and the one that is looked at. */
  let owner: Page
  let page: Page
  let leaves: WechatShopper
  let registeredId: string
  const strange: string[] = []

  beforeAll(async () => {
    await buildPage('server', 'console')
    opened = await openDatabase('sqlite')
    server = await startTestServer(opened, {}, { time: 'shifted' })
    const till = await enrolTill(server, { storeCode: 'S01', storeName: STORE })
    const staff = server.app.get(StaffService, { strict: false })
    const at = { password: PASSWORD, storeIds: [till.enrolled.storeId] }
    await staff.create({ ...at, username: 'wang', name: '王总', role: 'owner', storeIds: [] })
    await staff.create({ ...at, username: 'li', name: '李店长', role: 'manager' })
    await staff.create({ ...at, username: 'chen', name: '小陈', role: 'cashier' })
    await staff.create({ ...at, username: 'ouyang', name: LONG_NAME, role: 'cashier' })
    const event = { ...registration(till, '13100007001'), cashier: '小陈' }
    await till.sendOne(event)
    registeredId = event.memberId
    const stays = await newWechatShopper(server)
    leaves = await newWechatShopper(server)
    for (const shopper of [stays, leaves]) {
      const { consents } = (await shopper.get('privacy')).body
      const { purpose, policyVersion } = consents[0]
      await shopper.send('consents', { purpose, policyVersion, isGranted: true })
    }
    await leaves.send('deletion', { isConfirmed: true, balancePoints: 0 })
    await server.app.get(RetentionWorkerService, { strict: false }).drain()
    browser = await launchBrowser()
    owner = await openAs('wang', '/')
  }, START_MS_MAX)
  afterEach(async () => {
    if (page !== owner) await page.context().close()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await opened.drop()
    expect(strange).toEqual([])
  })

  /** A tab of somebody who has signed in. */
  async function openAs(username: string, at: string, size = LARGE): Promise<Page> {
    const tab = await openWatchedPage(browser, size, strange)
    const json = { username, password: PASSWORD }
    const session = (await server.fetch('/console/v1/session', { json })).body as object
    await tab.addInitScript((text: string) => {
      sessionStorage.setItem('huike-console-session', text)
    }, JSON.stringify(session))
    await tab.goto(`${server.url}/console/#${at}`)
    return tab
  }
  /** The owner's tab goes on to another page. */
  async function visit(at: string, size = LARGE): Promise<void> {
    page = owner
    await page.setViewportSize(size)
    await page.evaluate((hash: string) => {
      window.location.hash = hash
    }, at)
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
  const dialog = () => page.getByRole('dialog')
  const choose = async (label: string, name: string) => {
    await dialog().getByLabel(label).fill(name)
    await page.keyboard.press('Enter')
    await dialog().locator('.ant-select').getByText(name).waitFor()
  }
  const says = (text: string | RegExp) => page.getByText(text).first().waitFor()
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  const rowsOf = <Row>(sql: string, ...parameters: string[]) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))

  it('tells who agreed to what, counted, and one member alone', async () => {
    await visit('/rights')
    await says('各用途、各途径的次数')
    const counts = page.getByRole('row').filter({ hasText: '会员在小程序里操作' })
    expect((await counts.first().innerText()).replace(/\s+/g, ' ')).toContain('0 2 0')
    await page.getByLabel('用途').first().click()
    await page.getByTitle('成为会员').click()
    await says('已告知')
    await page
      .getByRole('button', { name: /^只看这位会员：/ })
      .first()
      .click()
    await says('只看一位会员的记录')
    expect(page.url()).toContain('memberId=')
    await page.getByText('现行的告知与同意文字').click()
    await says('不同意也能正常积分')
  })

  it('shows what a deletion takes away, and takes it back for who stays', async () => {
    await visit('/rights/deletions')
    await says('冷静期中')
    await says('还有 15 天')
    await page.getByRole('button', { name: /^会失去什么：/ }).click()
    await says('按现在计算：0 积分')
    await page.getByRole('button', { name: /^撤回注销：/ }).click()
    await takePicture(page, 'console-rights-take-back')
    await press('撤回这 1 份申请')
    await says('已撤回')
    const [request] = await rowsOf<{ state: string }>(
      'SELECT state FROM deletion_request WHERE memberId = ?',
      leaves.memberId,
    )
    expect(request).toEqual({ state: 'cancelled' })
    await page.reload()
    await says('没有注销申请')
    await takePicture(page, 'console-rights-deletions-empty')
  })

  it('asks for a member at the counter, on a phone, after saying what is lost', async () => {
    page = await openAs('li', `/members/${registeredId}`, SMALL)
    await page.getByText('资料：').click()
    await says('没有申请注销')
    await press('代会员申请注销')
    await dialog().getByText('进入 15 天冷静期').waitFor()
    const submit = dialog().getByRole('button', { name: '提交这 1 份注销申请' })
    expect(await submit.isDisabled()).toBe(true)
    await dialog().getByLabel('怎样确认是本人').fill('本人来电 13100007001')
    await submit.click()
    await dialog().getByText('不要写手机号').waitFor()
    await dialog().getByLabel('怎样确认是本人').fill('本人到店，核对了后四位')
    await takePicture(page, 'console-rights-ask-small')
    await submit.click()
    await says('已申请注销')
    expect(await isWide()).toBe(false)
  })

  it('keeps something for less time only after saying what that deletes', async () => {
    await visit('/rights/retention')
    await press('修改：导出任务')
    const save = dialog().getByRole('button', { name: '保存' })
    await dialog().getByLabel('保存天数').fill('7')
    expect(await save.isDisabled()).toBe(true)
    await dialog().getByLabel('保存天数').fill('10')
    await dialog().getByText('全部删除，找不回来').waitFor()
    expect(await save.isDisabled()).toBe(true)
    await dialog().getByRole('checkbox').check()
    await takePicture(page, 'console-rights-retention-change')
    await save.click()
    await dialog().waitFor({ state: 'detached' })
    await says('保存 10 天')
    await says('清理记录')
    const [rule] = await rowsOf("SELECT keptDays FROM retention_rule WHERE name = 'exports'")
    expect(rule).toEqual({ keptDays: 10 })
  })

  it('gives a member to a colleague, and passes customers on when somebody is stopped', async () => {
    await visit(`/members/${registeredId}`)
    await press('修改归属员工')
    await choose('归属员工', LONG_NAME)
    await takePicture(page, 'console-owner-change')
    await dialog().getByRole('button', { name: '保存' }).click()
    await dialog().waitFor({ state: 'detached' })
    await visit('/staff')
    await press(`停用：${LONG_NAME}`)
    await dialog().getByText('名下有 1 位会员').waitFor()
    await choose('移交给', '小陈')
    await takePicture(page, 'console-staff-stop')
    await press('停用这 1 人')
    await page.getByRole('button', { name: `重新启用：${LONG_NAME}` }).waitFor()
    await page.getByRole('link', { name: '归属的会员：小陈' }).click()
    await page
      .getByRole('link', { name: /131\*{4}7001|未留姓名/ })
      .first()
      .waitFor()
    expect(await page.getByLabel('归属员工').inputValue()).toMatch(/^[0-9A-Z]{26}$/)
    await takePicture(page, 'console-owner-filter')
  })

  it('shows an auditor all of it, and lets them change nothing', async () => {
    await server.app.get(StaffService, { strict: false }).create({
      ...{ username: 'wu', name: '吴审计', role: 'auditor', password: PASSWORD },
    })
    page = await openAs('wu', '/rights/retention')
    await says('保存 10 天')
    expect(await page.getByRole('button', { name: /^修改/ }).count()).toBe(0)
    await page.getByRole('link', { name: '注销申请' }).click()
    await press('全部')
    await says('已撤回')
    expect(await page.getByRole('button', { name: /撤回|失去/ }).count()).toBe(1)
    expect(await page.getByRole('link', { name: /^\d{12}$/ }).count()).toBe(0)
  })

  it('says so when the server refuses', async () => {
    await visit('/rights?from=2026-05-02&to=2026-05-01')
    await says('结束日期要在开始日期之后')
    await page.route('**/console/v1/consents?**', (route) => route.abort())
    await page.getByLabel('到哪天').fill('2026-05-03')
    await says('连不上服务器')
    await takePicture(page, 'console-rights-failed')
    await page.unroute('**/console/v1/consents?**')
  })

  it.each([
    ['consents', '/rights', '成为会员'],
    ['deletions', '/rights/deletions?state=all', '已撤回'],
    ['retention', '/rights/retention', '清理记录'],
    ['member', '', '往来记录'],
  ])('%s can be read on a phone, and does not scroll sideways', async (name, at, seen) => {
    await visit(at === '' ? `/members/${registeredId}` : at, SMALL)
    await says(seen)
    if (name === 'member') await page.getByText('资料：').click()
    await takePicture(page, `console-rights-${name}-small`)
    await expectNoSeriousIssues(page)
    expect(await isWide()).toBe(false)
    await page.setViewportSize(LARGE)
    await takePicture(page, `console-rights-${name}-large`)
  })
})
