// The way of a file through the console, in a real browser over a real server: chosen, its columns
// told, checked, taken with its progress shown, and the rows that were left out fetched. And a file
// that is none.
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { StaffService } from '../../server/staff/staff.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { expectNoSeriousIssues } from '../rig/axe.js'
import { describeBrowser, launchBrowser, openWatchedPage } from '../rig/browser.js'
import { openDatabase, type OpenedDatabase } from '../rig/databases.js'
import { takePicture } from '../rig/pictures.js'
import { startTestServer, type TestServer } from '../rig/server.js'
import { buildPage } from './build-page.js'

const BUILD_MS_MAX = 180_000
const TEST_MS_MAX = 60_000
const PASSWORD = 'zhongwen-mima-1'
const SMALL = { width: 375, height: 812 }
const LARGE = { width: 1_280, height: 900 }
const ROWS = 400
const LONG_STORE = '上海市浦东新区世纪大道一百二十八号国际金融中心地下二层旗舰店'
const LONG_FILE = '二〇二六年全部门店会员资料导出（含生日与详细收货地址）最终版.csv'
const LONG_NAME = '买买提·阿不都热依木·艾合买提江'

describeBrowser('imports at the console', () => {
  let opened: OpenedDatabase
  let server: TestServer
  let browser: Browser
  let page: Page
  const strange: string[] = []

  beforeAll(async () => {
    await buildPage('server', 'console')
    opened = await openDatabase('sqlite')
    server = await startTestServer(opened, {}, { time: 'system' })
    const terminals = server.app.get(TerminalsService, { strict: false })
    await terminals.createStore({ code: 'S01', name: LONG_STORE, timeZone: 'Asia/Shanghai' })
    await terminals.createStore({ code: 'S02', name: '人民路店', timeZone: 'Asia/Shanghai' })
    await server.app.get(StaffService, { strict: false }).create({
      ...{ username: 'yunying', name: '赵运营', role: 'operations', password: PASSWORD },
    })
    browser = await launchBrowser()
  }, BUILD_MS_MAX)
  afterEach(async () => {
    await page.context().close()
    expect(strange).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await opened.drop()
  })

  /** Somebody who has signed in and opened the page of imports. */
  async function open(viewport: { width: number; height: number }): Promise<void> {
    page = await openWatchedPage(browser, viewport, strange)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.goto(`${server.url}/console/#/imports`)
    await page.getByLabel('账号').fill('yunying')
    await page.locator('#password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '选择文件' }).waitFor()
  }
  const choose = (name: string, text: string | Buffer) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const pick = async (field: string, value: string) => {
    await page.getByLabel(field, { exact: true }).click()
    await page.locator('.ant-select-item-option', { hasText: value }).click()
  }
  /** Takes a picture; nothing may stand out of the page. */
  async function look(name: string): Promise<void> {
    await takePicture(page, `imports ${name}`)
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    expect([name, isWide]).toEqual([name, false])
  }

  it(
    'takes a file from the first click to the rows that were left out',
    async () => {
      await open(LARGE)
      await look('1 empty')
      await choose(LONG_FILE, members(ROWS))
      await page.getByRole('heading', { name: LONG_FILE }).waitFor()
      await page.getByRole('rowheader', { name: '家庭住址' }).waitFor()
      await page.getByText('138****').first().waitFor()
      expect(await page.locator('main').innerText()).not.toContain(LONG_NAME)
      await press('检查整个文件')
      await page.locator('.field-words.bad', { hasText: '请选择门店' }).waitFor()
      await look('2 no store')
      await pick('归属门店', LONG_STORE)
      await page.locator('.field-words.bad').waitFor({ state: 'detached' })
      await pick('家庭住址 对应到', '地址')
      await look('3 mapping')
      await expectNoSeriousIssues(page)
      await press('检查整个文件')
      await page.getByRole('heading', { name: '检查结果' }).waitFor()
      await page.getByText('还没有导入任何内容').waitFor()
      await look('4 checked')
      await press('开始导入')
      await page.getByText(`将新建 ${String(ROWS)} 位会员。`).waitFor()
      await look('5 asked')
      await press('开始导入')
      await page.getByRole('progressbar').waitFor()
      await look('6 running')
      await page.getByRole('heading', { name: '导入结果' }).waitFor()
      await page.getByText('有 2 行不能导入').waitFor()
      await look('7 done')
      await expectNoSeriousIssues(page)
      const downloading = page.waitForEvent('download')
      await press('下载未导入的行')
      const rows = await readFile(await (await downloading).path(), 'utf8')
      expect(rows.split('\n').filter((line) => line !== '')).toHaveLength(3)
      expect(rows).not.toContain('12345,')
      await page.getByRole('link', { name: '全部导入' }).click()
      await page.getByText(`新会员 ${String(ROWS)}`).waitFor()
      await look('8 list')
      await expectNoSeriousIssues(page)
    },
    TEST_MS_MAX,
  )

  it(
    'says what is wrong with a file that is none, and can be used on a phone',
    async () => {
      await open(SMALL)
      await choose('照片.csv', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0, 1]))
      await page.getByRole('alert').waitFor()
      await look('9 bad file')
      await choose('手机上.csv', members(3))
      await page.getByRole('rowheader', { name: '家庭住址' }).waitFor()
      await page.getByText('138****').first().waitFor()
      await look('10 phone mapping')
      await page.getByRole('button', { name: '检查整个文件' }).scrollIntoViewIfNeeded()
      await look('11 phone columns')
      await pick('归属门店', '人民路店')
      await press('检查整个文件')
      await page.getByRole('heading', { name: '检查结果' }).waitFor()
      await look('12 phone checked')
      await expectNoSeriousIssues(page)
      await press('放弃导入')
      await look('13 phone cancel')
      await press('放弃导入')
      await page.getByText('已放弃').waitFor()
      await look('14 phone cancelled')
    },
    TEST_MS_MAX,
  )
})

/** A file of so many members, and two rows that tell no number. */
function members(rows: number): string {
  const lines = Array.from({ length: rows }, (_none, n) => {
    const phone = `138${String(n).padStart(4, '0')}${String(rows).padStart(4, '0')}`
    return `${phone},${n === 0 ? LONG_NAME : '李雷'},1990-05-06,上海市浦东新区世纪大道 ${String(n)} 号`
  })
  return ['手机号,姓名,生日,家庭住址', ...lines, '12345,韩梅梅,,', ',无名,,', ''].join('\n')
}
