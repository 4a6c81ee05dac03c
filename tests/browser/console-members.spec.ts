// The console's pages of members in a real browser: finding, choosing, one member, exports.
import { beforeAll, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { seriousIssues } from '../rig/axe.js'
import { describeBrowser, launchBrowser } from '../rig/browser.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, registration } from '../rig/events.js'
import { enrolTill, startTestServer } from '../rig/server.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { buildPage } from './build-page.js'
import { inEachLook } from './console-looks.js'
import {
  cutTexts,
  exportJob,
  LONG_NAME,
  memberIdAt,
  membersStandIn,
  NOW_MS,
  STORE_NAMES,
} from './console-members-stand-in.js'
import { STORE_IDS, type OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

const PASSWORD = 'correct horse'
/** A build of the page, or a whole server, on a machine that does other things as well. */
const SLOW_MS_MAX = 180_000

describeBrowser('members in the console', () => {
  let standIn: ReturnType<typeof membersStandIn>
  let page: Page
  const suite = consoleSuite(() => {
    standIn = membersStandIn()
    return standIn.routes
  })

  const open = async (options: OpenOptions = {}) => {
    page = await suite.open({ at: '/members', ...options })
  }
  const rows = () => page.locator('.m-table tbody tr')
  const text = async (selector: string) =>
    (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ')
  const asked = (path: string) => suite.server.asked.filter((call) => call.path === path)

  it('lists members, masked, and reads on when asked', async () => {
    await open()
    await rows().nth(49).waitFor()
    const since = new Date(NOW_MS - 10 * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    expect(await text('.m-table tbody tr:nth-child(2)')).toBe(
      `王* 普通会员 138****0001 · 800000000001 3 天前 ${STORE_NAMES[1]} ¥43.21 2 笔 37 ${since} ${STORE_NAMES[1]}`,
    )
    await page.getByText('已显示 50 位').waitFor()
    await page.getByRole('button', { name: '显示更多' }).click()
    await page.getByText('已显示 100 位').waitFor()
    await page.getByRole('button', { name: '显示更多' }).click()
    await page.getByText('已显示 120 位 · 没有更多了').waitFor()
    const links = await rows()
      .locator('a')
      .evaluateAll((all) => all.map((a) => a.outerHTML))
    expect(new Set(links).size).toBe(120)
  })

  it('finds by the last four, and says what a search may be', async () => {
    await open()
    const search = page.getByLabel('查找会员')
    await search.fill('张三')
    await page.keyboard.press('Enter')
    await page.getByText('请输入 11 位手机号、手机号后 4 位，或 12 位会员号').waitFor()
    expect(asked('/members').every(({ query }) => !query.has('search'))).toBe(true)
    await search.fill('0042')
    await page.keyboard.press('Enter')
    await page.getByText('已显示 1 位').waitFor()
    expect(page.url()).toContain('#/members?search=0042')
    await search.fill('9999')
    await page.keyboard.press('Enter')
    await page.getByText('没有符合条件的会员').waitFor()
    await page.getByRole('button', { name: '清除筛选' }).click()
    await page.getByText('已显示 50 位').waitFor()
    expect(await search.inputValue()).toBe('')
  })

  it('asks the server for a whole number, and keeps it out of the address', async () => {
    await open()
    await page.getByLabel('查找会员').fill('+86 138 1234 0007')
    await page.getByRole('button', { name: '查找', exact: true }).click()
    await page.getByText('已显示 1 位').waitFor()
    expect(asked('/members').at(-1)?.query.get('search')).toBe('13812340007')
    expect(page.url()).not.toMatch(/1381234/)
  })

  it('keeps the filters in the address, over a reload and the way back', async () => {
    await open()
    // A choice is made of what the address says: one at a time, as by hand.
    for (const [field, option, inAddress] of [
      ['门店', STORE_NAMES[0], `storeId=${STORE_IDS[0]}`],
      ['购买时间', '超过 90 天没来', 'inactiveDays=90'],
      ['状态', '已领卡', 'state=active'],
      ['营销同意', '同意优惠消息', 'consent=marketing'],
    ] as const) {
      await page.getByLabel(field).selectOption(option)
      await page.waitForURL((url) => url.hash.includes(inAddress))
      await page.getByText(/^已显示 \d+ 位/).waitFor()
    }
    const address = `storeId=${STORE_IDS[0]}&state=active&inactiveDays=90&consent=marketing`
    expect(new URL(page.url()).hash).toBe(`#/members?${address}`)
    const before = '已显示 6 位 · 没有更多了'
    await page.getByText(before).waitFor()
    expect(await rows().count()).toBe(6)
    await page.reload()
    await page.getByText(before).waitFor()
    expect(await page.getByLabel('购买时间').inputValue()).toBe('i90')
    await rows().first().locator('a').click()
    await page.getByText('往来记录').waitFor()
    await page.goBack()
    await page.getByText(before).waitFor()
    await page.getByLabel('购买时间').selectOption('7 天内买过')
    await page.waitForURL(/boughtWithinDays=7/)
    expect(page.url()).not.toContain('inactiveDays')
  })

  it('says so when the list cannot be read, and tries again', async () => {
    suite.server.isGone = true
    await open()
    await page.getByText('连不上服务器，请检查网络后再试').first().waitFor()
    suite.server.isGone = false
    await page.getByRole('button', { name: '再试一次' }).click()
    await rows().first().waitFor()
    standIn.state.isEmpty = true
    await page.reload()
    await page.getByText('还没有会员。第一位会员在收银台登记后，会出现在这里。').waitFor()
  })

  it('makes a file in the background and saves it when it is done', async () => {
    await open({ at: '/members?inactiveDays=90' })
    await page.getByRole('button', { name: '导出', exact: true }).click()
    await page.getByText('还没有导出过').waitFor()
    await page.getByRole('button', { name: '导出名单' }).click()
    await page.getByText(/正在生成 · [48],000 \/ 12,000 位/).waitFor()
    const download = page.getByRole('button', { name: /^下载 .* 导出的 12,000 位会员$/ })
    await download.waitFor()
    expect(asked('/members/exports').find(({ method }) => method === 'POST')?.body).toEqual({
      inactiveDays: 90,
    })
    const [file] = await Promise.all([page.waitForEvent('download'), download.click()])
    expect(file.suggestedFilename()).toMatch(/^会员名单-\d{4}-\d\d-\d\d\.csv$/)
    expect(await readFile(await file.path(), 'utf8')).toBe(
      '\uFEFF会员号,手机号\r\n800000000000,138****0000\r\n',
    )
  })

  it('says when a file is gone, and which exports failed', async () => {
    standIn.state.exports = [
      exportJob({ doneRows: 9, expiresAtMs: NOW_MS }),
      exportJob({ id: '01JX0000000000000000000EX8', state: 'failed' }),
    ]
    await open()
    await page.getByRole('button', { name: '导出', exact: true }).click()
    await page.getByText('没有生成文件，请重新导出').waitFor()
    const download = page.getByRole('button', { name: /^下载/ })
    await download.waitFor()
    standIn.state.exports = standIn.state.exports.map((job) => ({ ...job, state: 'expired' }))
    await download.click()
    await page.getByText('文件已过期，请重新导出').waitFor()
    await page.getByText('到期后文件已删除，需要时请重新导出').first().waitFor()
    expect(await page.getByRole('button', { name: /^下载/ }).count()).toBe(0)
  })

  it('leaves the export out for who may not', async () => {
    suite.server.role = 'cashier'
    await open()
    await rows().first().waitFor()
    expect(await page.getByRole('button', { name: '导出', exact: true }).count()).toBe(0)
  })

  it('shows one member with everything that is known', async () => {
    await open({ at: `/members/${memberIdAt(0)}` })
    await page.getByRole('heading', { name: LONG_NAME }).waitFor()
    const shown = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    for (const words of [
      '金卡会员 可发优惠 138****0000 会员号 800000000000',
      '积分 999,999,999',
      '累计消费 ¥99,999,999.90 1 笔，其中线上 3 笔',
      '人民路店 · 经手 小陈',
      '优惠与活动消息 已同意',
      '优惠短信 没有同意过',
      '还可以发 2 次',
      '8 月 15 日',
      '手机号 本人提供，未验证 · 收银台（门店 S001） 138****0000',
      '微信小程序 已验证 · 小程序 oGZ…k3Q',
    ])
      expect(shown).toContain(words)
  })

  it('tells everything on one timeline, and reads on as one scrolls', async () => {
    await open({ at: `/members/${memberIdAt(0)}` })
    const entries = page.locator('.m-entry')
    await entries.nth(19).waitFor()
    const told = (await entries.allInnerTexts()).map((one) => one.replace(/\s+/g, ' ').slice(6))
    for (const words of [
      '消费 ¥9,999,999.99 人民路店 · 收银台 T1 · 小陈 · 小票号 R0000 积分 +88 拿铁大杯、可颂，共 2 件商品',
      '消费得积分 +88 消费 ¥88.00，每 1 元得 1 分 · 余额 1,288',
      '好久不见，来喝一杯 已发送 微信订阅消息 · 活动“九月老顾客回店”',
      '同意接收优惠与活动消息 小程序，版本 2026-01',
      '退货 -¥20.00 线上 官方网店 · 小票号 R0004 积分 -20 拿铁大杯、可颂，共 2 件商品',
    ])
      expect(told).toContain(words)
    expect(told.join('\n')).toContain('已退 ¥20.00')
    // The wheel turns what is under the pointer: the list, not the menu beside it.
    await page.getByRole('heading', { name: '往来记录' }).hover()
    for (const next of [20, 40]) {
      await page.mouse.wheel(0, 20_000)
      await entries.nth(next).waitFor()
    }
    await page.mouse.wheel(0, 20_000)
    await page.getByText('以上是全部记录').waitFor()
    expect(await entries.count()).toBe(52)
    expect(await entries.last().innerText()).toContain('在人民路店登记成为会员')
    const all = (await entries.allInnerTexts()).join('\n')
    for (const words of ['近期收到的消息已到上限', '可能已送达，系统不会重发', '等到早上再发'])
      expect(all).toContain(words)
  })

  it('opens the goods of a purchase', async () => {
    await open({ at: `/members/${memberIdAt(0)}` })
    const goods = page.locator('.m-lines').nth(2)
    await goods.locator('summary').click()
    expect((await goods.innerText()).replace(/\s+/g, ' ')).toContain('可颂 × 1.5 ¥33.00')
    await goods.getByText('只显示前 10 件，共 14 件').waitFor()
  })

  it('tells one kind alone', async () => {
    await open({ at: `/members/${memberIdAt(0)}` })
    await page.locator('.m-entry').first().waitFor()
    await page.getByRole('button', { name: '积分', exact: true }).click()
    await page.getByText('以上是全部记录').waitFor()
    const titles = await page.locator('.m-entry-title').allInnerTexts()
    expect(new Set(titles.map((title) => title.split('\n')[0]))).toEqual(new Set(['消费得积分']))
    expect(
      asked(`/members/${memberIdAt(0)}/timeline`)
        .at(-1)
        ?.query.get('kind'),
    ).toBe('points')
  })

  it('asks why before it shows a whole number, and hides it again', async () => {
    page = await suite.openApart({ at: `/members/${memberIdAt(0)}` })
    await page.getByRole('button', { name: '查看完整手机号' }).click()
    await page.getByText('每次查看都会记录您的姓名、时间和用途').waitFor()
    await page.getByRole('button', { name: '查看并记录' }).click()
    await page.getByText('请写明用途，至少 2 个字').waitFor()
    expect(standIn.state.whys).toEqual([])
    await page.getByRole('button', { name: '处理投诉' }).click()
    await page.clock.install()
    await page.getByRole('button', { name: '查看并记录' }).click()
    await page.getByText('138 1234 0000').waitFor()
    expect(standIn.state.whys).toEqual(['处理投诉'])
    await page.clock.runFor(31_000)
    await page.getByRole('button', { name: '查看完整手机号' }).waitFor()
    expect(await page.getByText('138 1234 0000').count()).toBe(0)
  })

  it('says why a number is not shown', async () => {
    await open({ at: `/members/${memberIdAt(0)}` })
    await page.getByRole('button', { name: '查看完整手机号' }).click()
    await page.getByLabel('查看用途').fill('核对订单')
    suite.server.refuseNext('rate_limited', `POST /members/${memberIdAt(0)}/phone`)
    await page.keyboard.press('Enter')
    await page.getByText('操作太频繁，请稍后再试').waitFor()
    expect(await page.getByLabel('查看用途').inputValue()).toBe('核对订单')
    await page.getByRole('button', { name: '取消' }).click()
    await page.getByRole('button', { name: '查看完整手机号' }).waitFor()
  })

  it('does not offer the number where it may not be seen, nor a member who is not there', async () => {
    await open({ at: `/members/${memberIdAt(2)}` })
    await page.getByText('收银台登记，还没有在小程序领卡').waitFor()
    expect(await page.getByRole('button', { name: '查看完整手机号' }).count()).toBe(0)
    await page.goto(`${suite.server.url}#/members/01JX0000000000000000000ZZZ`)
    await page.getByText('没有找到这位会员').waitFor()
  })

  it('shows nothing cut and nothing hard to read, large and small, light and dark', async () => {
    const expectReadable = () =>
      inEachLook(page, async (look) => {
        const found = { look, issues: await seriousIssues(page), cut: await cutTexts(page) }
        expect(found).toEqual({ look, issues: [], cut: [] })
      })
    standIn.state.exports = [exportJob({ doneRows: 9 }), exportJob({ state: 'running' })]
    await open()
    await rows().first().waitFor()
    await page.getByRole('button', { name: '导出', exact: true }).click()
    await page.getByText('可以下载').waitFor()
    await expectReadable()
    await rows().first().locator('a').click()
    await page.getByRole('button', { name: '查看完整手机号' }).click()
    await page.locator('.m-lines summary').first().click()
    await expectReadable()
  })

  it('is worked with the keyboard alone', async () => {
    await open()
    await rows().first().waitFor()
    await page.getByLabel('查找会员').focus()
    await page.keyboard.type('0042')
    await page.keyboard.press('Enter')
    await page.getByText('已显示 1 位').waitFor()
    const isOnMember = () => page.evaluate(() => document.activeElement?.matches('.m-who a'))
    for (let presses = 0; presses < 12 && !(await isOnMember()); presses += 1)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('往来记录').waitFor()
    expect(page.url()).toContain(memberIdAt(42))
  })
})

// The same pages over the real server: what a till sent is what the manager sees.
describeBrowser('members over the server', () => {
  beforeAll(async () => {
    await buildPage('server', 'console')
  }, SLOW_MS_MAX)

  describeEachDatabase('a member', (kit) => {
    it(
      'is found by number, read on one timeline, shown in full and taken along',
      async () => {
        const opened = await kit.open()
        const server = await startTestServer(opened, {}, { time: 'system' })
        const browser = await launchBrowser()
        try {
          const till = await enrolTill(server)
          const member = registration(till, '13712345678')
          const who = { by: 'member', memberId: member.memberId as never } as const
          const sale = checkout(till, { who, receipt: { totalFen: 2_132 } })
          for (const event of [member, sale])
            expect(await till.sendOne(event)).toMatchObject({ status: 'accepted' })
          await server.drain()
          const staff = server.app.get(StaffService, { strict: false })
          await staff.create({ username: 'wang', name: '王总', role: 'owner', password: PASSWORD })

          const page = await browser.newPage({ locale: 'zh-CN' })
          await page.goto(`${server.url}/console/#/members`)
          await page.getByLabel('账号').fill('wang')
          await page.locator('#password').fill(PASSWORD)
          await page.keyboard.press('Enter')
          await page.getByLabel('查找会员').fill('137 1234 5678')
          await page.getByRole('button', { name: '查找', exact: true }).click()
          await page.getByText('已显示 1 位').waitFor()
          const row = await page.locator('.m-table tbody tr').innerText()
          expect(row.replace(/\s+/g, ' ')).toMatch(/137\*\*\*\*5678 .* 人民路店 ¥21.32 1 笔 21 /)

          await page.getByRole('button', { name: '导出', exact: true }).click()
          await page.getByRole('button', { name: '导出名单' }).click()
          const download = page.getByRole('button', { name: /^下载 .* 导出的 1 位会员$/ })
          await download.waitFor()
          const [file] = await Promise.all([page.waitForEvent('download'), download.click()])
          const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n')
          expect(lines).toHaveLength(2)
          expect(lines[1]).toContain('137****5678')

          await page.locator('.m-table a').click()
          await page.getByText('以上是全部记录').waitFor()
          const told = (await page.locator('.m-timeline').innerText()).replace(/\s+/g, ' ')
          for (const words of [
            '消费 ¥21.32 人民路店',
            '消费得积分 +21',
            '登记时看到告知',
            '在门店登记为会员',
          ])
            expect(told).toContain(words)
          await page.getByRole('button', { name: '查看完整手机号' }).click()
          await page.getByRole('button', { name: '顾客来电核对' }).click()
          await page.getByRole('button', { name: '查看并记录' }).click()
          await page.getByText('137 1234 5678').waitFor()
        } finally {
          await browser.close()
          await server.stop()
          await opened.drop()
        }
      },
      SLOW_MS_MAX,
    )
  })
})
