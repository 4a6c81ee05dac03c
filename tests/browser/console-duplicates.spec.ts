// Records that may be one person, in a real browser over the real server: what is on screen before a
// merge is what the server does, one key decides, and everything can be taken back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  mergeFileSchema,
  mergePreviewSchema,
  type MergePreview,
} from '@huike/shared/contracts/console-identity'
import type { StaffRole } from '@huike/shared/permissions'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ProfilesService, type ProfileValues } from '../../server/members/profiles.service.js'
import { expectNoSeriousIssues } from '../rig/axe.js'
import { describeBrowser, launchBrowser } from '../rig/browser.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { openDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { compareNobody, findPair } from '../rig/pairs.js'
import { takePicture } from '../rig/pictures.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import * as shopper from '../rig/shopper.js'
import { buildPage } from './build-page.js'
import { consoleContext } from './console-stand-in.js'

const SETUP_MS_MAX = 120_000
/** Keys count once a pair has been on screen for a moment. */
const SETTLE_MS = 450
const SMALL = { width: 375, height: 812 }
const LARGE = { width: 1_280, height: 860 }
const LONG_STORE = '北京市朝阳区建国门外大街一号国贸商城负一层便利店'

interface OpenedFor {
  role: 'owner' | 'auditor'
  isDark: boolean
  size: { width: number; height: number }
}

interface Person {
  id: string
  phone: string
}

describeBrowser("the console's pages of records that may be one person", () => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let people: Record<OpenedFor['role'], ConsolePerson>
  let phones = 0
  const strange: string[] = []

  beforeAll(async () => {
    await buildPage('server', 'console')
    opened = await openDatabase('sqlite')
    server = await startTestServer(opened, {}, { time: 'system' })
    till = await enrolTill(server, { storeName: LONG_STORE })
    people = { owner: await signInAs(server, 'owner'), auditor: await signInAs(server, 'auditor') }
    browser = await launchBrowser()
    context = await consoleContext(browser)
  }, SETUP_MS_MAX)
  afterEach(async () => {
    await Promise.all(context.pages().map((one) => one.close()))
    await compareNobody(server)
    await server.database.write((tx) => tx.run("DELETE FROM duplicate_pair WHERE state = 'open'"))
    expect(strange).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
    await opened.drop()
  })

  async function person(values: Partial<ProfileValues>, purchases = 0): Promise<Person> {
    phones += 1
    const phone = String(13_500_000_000 + phones)
    const id = await shopper.register(till, phone)
    for (let n = 0; n < purchases; n += 1)
      await till.sendOne(checkout(till, { who: { by: 'phone', phone } }))
    const profiles = server.app.get(ProfilesService, { strict: false })
    await server.database.write((tx) => profiles.change(tx, id, values, Date.now() + phones))
    await server.drain()
    await compareNobody(server)
    return { id, phone }
  }
  async function found(one: Person, other: Person, scoreMillibits: number): Promise<void> {
    const reasons = { name: '姓名拼音相同', phone: '手机号差一位', birthday: '生日相同' }
    await findPair(server, [one.id, other.id], { scoreMillibits, reasons })
  }
  async function open(
    at: string,
    { role = 'owner', isDark = false, size = LARGE }: Partial<OpenedFor> = {},
  ): Promise<void> {
    page = await context.newPage()
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' })
    page.on('pageerror', (error) => strange.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy|Warning:/i.test(message.text())) strange.push(message.text())
    })
    const { id, name, token } = people[role]
    const staff: { id: string; name: string; role: StaffRole; storeIds: string[] } = {
      ...{ id, name, role, storeIds: [] },
    }
    const session = { accessToken: await token(), lacksFactor: false, staff }
    await page.addInitScript(
      (text: string) => {
        sessionStorage.setItem('huike-console-session', text)
      },
      JSON.stringify({ ...session, expiresAtMs: Date.now() + 3_600_000 }),
    )
    await page.goto(`${server.url}/console/#${at}`)
  }
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
  const key = async (letter: string) => {
    await page.waitForTimeout(SETTLE_MS)
    await page.keyboard.press(letter)
  }
  const said = (text: string | RegExp) => page.getByText(text).first().waitFor()
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  const preview = async (survivorId: string, absorbedId: string): Promise<MergePreview> => {
    const ask = { survivorId, absorbedId }
    return mergePreviewSchema.parse((await people.owner.post('merges/preview', ask)).body)
  }

  it('shows evidence and what exactly a merge would change, and decides by one key', async () => {
    const [a, b] = [
      await person({ name: '欧阳若曦', birthday: '1990-05-06', city: '上海' }, 2),
      await person({ name: '歐陽若曦', birthday: '1990-05-06' }, 1),
    ]
    const [c, d] = [await person({ name: '王伟' }), await person({ name: '王玮' })]
    await found(a, b, 24_000)
    await found(c, d, 12_000)
    await open('/duplicates')
    await said('把握很大')
    await takePicture(page, 'duplicates-large')
    await page.getByRole('link', { name: '开始判断' }).click()
    const sum = await preview(a.id, b.id)
    const { survivorBefore, absorbedBefore, survivorAfter } = sum.changes.points
    expect(survivorAfter).toBeGreaterThan(survivorBefore)
    const words = [survivorBefore, '+', absorbedBefore, '=', survivorAfter].map(String).join(' ')
    await said(words)
    await said('转移 1 笔，共 ¥21.32')
    await said('姓名：用 歐***，另一个 欧*** 留存')
    await page.getByRole('row', { name: /手机号 .*手机号差一位/ }).waitFor()
    await takePicture(page, 'duplicates-review-large')
    await expectNoSeriousIssues(page)
    await page.getByRole('checkbox', { name: '以前的消费也转给保留的会员' }).uncheck()
    await said('1 笔留在并入的记录上')
    await page.getByRole('checkbox').check()
    await key('x')
    await said('转移 2 笔，共 ¥42.64')
    await key('x')
    await said(words)
    await key('m')
    await said(/已合并：歐\*\*\*.*并入 欧\*\*\*/)
    await said('王*')
    await takePicture(page, 'duplicates-next-large')
    await key('n')
    await said(/不是同一人，以后不再提/)
    await said('都判断完了')
    await key('u')
    await said('人工提出')
    const [pair] = (await people.owner.get('identity/pairs')).body.pairs
    expect(pair).toMatchObject({ state: 'open', verdict: 'review' })
  })

  it('goes from pair to pair without deciding, and says so when somebody else was first', async () => {
    const [a, b] = [await person({ name: '赵一' }), await person({ name: '赵一' })]
    const [c, d] = [await person({ name: '钱二' }), await person({ name: '钱二' })]
    await found(a, b, 24_000)
    await found(c, d, 12_000)
    await open('/duplicates/review')
    await said('赵*')
    await key('j')
    await said('钱*')
    await page.getByRole('button', { name: /^跳过/, disabled: true }).waitFor()
    await key('k')
    await said('赵*')
    await said('合并后会这样')
    const [first] = (await people.owner.get('identity/pairs')).body.pairs
    await people.owner.post(`identity/pairs/${String(first.id)}/decide`, { verdict: 'reject' })
    await page.locator('.d-sum').waitFor()
    await key('m')
    await said('这一对已经有人处理过了')
    await takePicture(page, 'duplicates-decided-large')
    expect((await people.owner.get(`merges?memberId=${a.id}`)).body.merges).toEqual([])
  })

  it('keeps every merge, says who owns what before it is undone, and undoes it once', async () => {
    const [a, b] = [
      await person({ name: '孙三', city: '杭州' }, 1),
      await person({ name: '孙叁', city: '上海' }, 1),
    ]
    const ask = { survivorId: a.id, absorbedId: b.id }
    const headers = { 'idempotency-key': 'undo-story' }
    const merge = mergeFileSchema
      .omit({ kept: true })
      .parse((await people.owner.fetch('merges', { json: ask, headers })).body)
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: b.phone } }))
    await server.drain()
    await open(`/members/${b.id}`)
    await said('您打开的会员已并入另一位')
    await said(/来自已并入的会员/)
    await takePicture(page, 'duplicates-member-large')
    await page.getByRole('link', { name: /会员 .* 并入/ }).click()
    await said('孙*')
    await said('留存的资料')
    await press('撤销合并')
    await said('保留的会员有 21 分，分出来的会员有 42 分')
    await said('合并时转来的 21 分，合并后用它的身份消费得的 +21 分')
    await takePicture(page, 'duplicates-undo-large')
    await expectNoSeriousIssues(page)
    await people.owner.post(`merges/${merge.id}/undo`)
    await press('确认撤销')
    await said('这次合并已经撤销过了')
    await page.reload()
    await said('撤销时改动了什么')
    expect(await page.getByRole('button', { name: '撤销合并' }).count()).toBe(0)
    await page.goto(`${server.url}/console/#/duplicates/merges`)
    await said('已撤销')
    await takePicture(page, 'duplicates-merges-large')
  })

  it('merges two members whom somebody chose', async () => {
    const [a, b] = [await person({ name: '周四' }, 1), await person({ name: '周肆' })]
    await open(`/members/${a.id}`)
    await page.getByRole('link', { name: '找重复' }).click()
    await said('系统没有找到')
    await page.getByRole('textbox', { name: '另一位会员' }).fill(b.phone)
    await press('查找')
    await page.getByRole('link', { name: '对照' }).waitFor()
    await takePicture(page, 'duplicates-of-member-large')
    await page.getByRole('link', { name: '对照' }).click()
    await said('并入的记录没有消费')
    await takePicture(page, 'duplicates-by-hand-large')
    await press('合并')
    await said('改动了什么')
    const { merges } = (await people.owner.get(`merges?memberId=${a.id}`)).body
    expect(merges).toMatchObject([{ how: 'chosen', survivor: { memberId: a.id } }])
  })

  it('lets an auditor look and decide nothing, and an owner set what merges by itself', async () => {
    await found(await person({ name: '吴五' }), await person({ name: '吴伍' }), 24_000)
    await open('/duplicates/review', { role: 'auditor' })
    await said('合并后会这样')
    await page.locator('.d-sum').waitFor()
    expect(await page.getByRole('button', { name: /合并|不是同一人|对调/ }).count()).toBe(0)
    await key('m')
    expect((await people.owner.get('identity/pairs')).body.pairs).toHaveLength(1)
    await open('/settings')
    await page.getByLabel('重点会员：累计消费达到多少元').fill('0')
    await said('1 到 10,000,000 的整数')
    await page.getByLabel('重点会员：累计消费达到多少元').fill('5000')
    await press('按此设置')
    await said('从下一对开始生效')
    await takePicture(page, 'duplicates-settings-large')
    const set = (await people.owner.get('settings/duplicates')).body
    expect(set).toEqual({ mergesAlone: false, valuableFromFen: 500_000 })
  })

  it('searches everybody when asked, and says what it came to', async () => {
    await person({ name: '郑七' })
    await open('/duplicates')
    await said('还没有把全部会员查过一遍')
    await press('把全部会员查一遍')
    await said(/把全部 \d+ 位会员查过一遍/)
    await said(/其中新找到 \d+ 对/)
    await takePicture(page, 'duplicates-searched-large')
    const { current, last } = (await people.owner.get('identity/scans')).body
    expect([current, last.state]).toEqual([null, 'done'])
  })

  it('says so where there is nothing, and where it cannot be read', async () => {
    await open('/duplicates', { size: SMALL })
    await said('没有要判断的')
    await takePicture(page, 'duplicates-empty-small')
    await page.route('**/console/v1/identity/**', (route) => route.abort())
    await page.getByRole('button', { name: '不是同一人' }).click()
    await said('连不上服务器')
    await takePicture(page, 'duplicates-failed-small')
    await page.unroute('**/console/v1/identity/**')
    await press('再试一次')
    await page.getByText('连不上服务器').waitFor({ state: 'detached' })
    await open('/duplicates/review', { size: SMALL })
    await said('都判断完了')
    await takePicture(page, 'duplicates-review-empty-small')
  })

  describe('on a phone', () => {
    it('can be read with long names, and does not scroll sideways', async () => {
      const [a, b] = [
        await person(
          {
            name: '阿卜杜勒艾则孜买买提吐尔逊江',
            birthday: '1990-05-06',
            city: '新疆维吾尔自治区伊犁哈萨克自治州霍尔果斯市',
            email: 'a.very.long.address.of.somebody@mail.example.com',
          },
          1,
        ),
        await person({ name: '阿卜杜勒·艾则孜', city: '乌鲁木齐', birthday: '1990-05-07' }),
      ]
      await found(a, b, 24_000)
      for (const at of ['/duplicates', '/duplicates/review']) {
        await open(at, { size: SMALL, isDark: at.endsWith('review') })
        await said('阿***')
        if (at.endsWith('review')) await page.locator('.d-sum').waitFor()
        expect(await isWide()).toBe(false)
        await takePicture(page, `duplicates${at.endsWith('review') ? '-review' : ''}-small`)
        await expectNoSeriousIssues(page)
      }
      await page.getByRole('button', { name: /^合并/ }).click()
      await said(/已合并：/)
      await takePicture(page, 'duplicates-said-small')
      await page.getByRole('button', { name: /撤销这次合并/ }).click()
      await press('撤销合并')
      await said('积分归谁')
      expect(await isWide()).toBe(false)
      await takePicture(page, 'duplicates-undo-small')
      await press('确认撤销')
      await said('撤销时改动了什么')
    })
  })
})
