// The console's frame, its first page and what waits for a person, in a real browser.
import { expect, it } from '@jest/globals'
import { fen } from '@huike/shared/quantities'
import type { Page } from 'playwright-core'
import { describeBrowser } from '../rig/browser.js'
import { LONG_STORE, offlineStandIn } from './console-offline-stand-in.js'
import { PARKED, SOURCES, sourcesStandIn } from './console-sources-stand-in.js'
import type { OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'
import { LONG_WORDS, reviewsStandIn } from './console-reviews-stand-in.js'
import { teamStandIn } from './console-team-stand-in.js'

const PHONE = { width: 390, height: 844 }
const EVERY_ENTRY = [
  '今日',
  '会员',
  '活动',
  '统计',
  '积分规则',
  '会员等级',
  '优惠券',
  '券包',
  '积分商城',
  '兑换领取',
  '自提订单',
  '门店与收银台',
  '员工',
  '数据来源',
  '待处理',
  '评价',
  '数据质量',
  '重复会员',
  '导入',
  '同意与注销',
  '操作日志',
  '设置',
]

const without = (...words: string[]) => EVERY_ENTRY.filter((one) => !words.includes(one))

describeBrowser('the console', () => {
  let team: ReturnType<typeof teamStandIn>
  let sources: ReturnType<typeof sourcesStandIn>
  let reviews: ReturnType<typeof reviewsStandIn>
  let offline: ReturnType<typeof offlineStandIn>
  let page: Page
  const suite = consoleSuite(() => {
    team = teamStandIn()
    sources = sourcesStandIn()
    reviews = reviewsStandIn()
    offline = offlineStandIn()
    return { ...team.routes, ...sources.routes, ...reviews.routes, ...offline.routes }
  })

  /** Opens the console for somebody who has signed in. */
  const open = async (options: OpenOptions = {}) => {
    page = await suite.open(options)
  }
  /** Opens the console for somebody who has not. */
  const openOutside = async () => {
    const context = await suite.browser.newContext({ viewport: PHONE })
    page = await context.newPage()
    await page.goto(suite.server.url)
  }
  const enter = async (password: string) => {
    await page.getByLabel('账号').fill('dianzhang')
    await page.locator('#password').fill(password)
    await page.keyboard.press('Enter')
  }
  const isWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  const entries = async () =>
    (await page.getByRole('navigation').getByRole('link').allInnerTexts()).map((words) =>
      words.trim(),
    )

  it('says what was wrong and keeps the name', async () => {
    await openOutside()
    await enter('wrong')
    await page.getByText('账号或密码不正确').waitFor()
    expect(await page.getByLabel('账号').inputValue()).toBe('dianzhang')
    expect(await page.locator('#password').inputValue()).toBe('')
    expect(await isWide()).toBe(false)
  })

  it('lets in whoever knows the password, and out again to an empty form', async () => {
    await openOutside()
    await enter('right')
    await page.getByText('¥12,345.67').waitFor()
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('button', { name: '退出' }).click()
    await page.getByLabel('账号').waitFor()
    await page.reload()
    expect(await page.getByLabel('账号').inputValue()).toBe('')
  })

  it("shows today's sales with and without a member, on a phone, not sideways", async () => {
    await open(PHONE)
    await page.getByText('¥12,345.67').waitFor()
    const shown = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    for (const words of [
      '王总',
      '212 笔',
      '会员消费 ¥6,172.83 占 50%，88 笔',
      '非会员消费 ¥6,172.84 占 50%，124 笔',
      '新会员 17',
      '发出积分 6,172',
      '1 台收银台失联',
      '1 台收银台还没传完',
      '3 条记录等人处理',
      '人民路店 1 / 2 台在线',
      '解放路店 没有收银台',
    ])
      expect(shown).toContain(words)
    expect(await isWide()).toBe(false)
    await page.getByRole('link', { name: /1 台收银台失联/ }).click()
    await page.getByRole('heading', { name: '各个来源' }).waitFor()
  })

  it('says so on a day without a receipt, and when nothing needs anybody', async () => {
    team.state.today = {
      ...team.state.today,
      salesCount: 0,
      salesFen: fen(0),
      memberSalesCount: 0,
      memberSalesFen: fen(0),
      parkedCount: 0,
      quality: null,
      terminals: { total: 2, silent: 0, behind: 0, unenrolled: 0 },
    }
    await open()
    await page.getByText('今天还没有小票').waitFor()
    await page.getByText('收银台都正常').waitFor()
    expect(await page.getByRole('img', { name: /会员消费占/ }).count()).toBe(0)
  })

  it('asks to sign in again when the session has died', async () => {
    suite.server.refuseNext('token_expired')
    await open()
    await page.getByText('登录已过期，请重新登录').waitFor()
    await page.getByLabel('账号').waitFor()
  })

  it('keeps the last numbers with their time while the server is away', async () => {
    await open()
    await page.getByText('¥12,345.67').waitFor()
    suite.server.isGone = true
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page
      .getByText(/没有刷新成功，显示的是 \d\d:\d\d 的数字。连不上服务器/)
      .first()
      .waitFor()
    expect(await page.getByText('¥12,345.67').count()).toBe(1)
    suite.server.isGone = false
    await page.getByRole('button', { name: '再试一次' }).first().click()
    await page.getByText('没有刷新成功').first().waitFor({ state: 'detached' })
  })

  it('says so when the first numbers cannot be read, and tries again', async () => {
    suite.server.isGone = true
    await open()
    await page.getByText('连不上服务器').first().waitFor()
    expect(await page.getByText('¥').count()).toBe(0)
    suite.server.isGone = false
    await page.getByRole('button', { name: '再试一次' }).first().click()
    await page.getByText('¥12,345.67').waitFor()
  })

  it('says when the network is gone, and that it is back', async () => {
    page = await suite.openApart({})
    await page.getByText('¥12,345.67').waitFor()
    await page.context().setOffline(true)
    await page.getByText('网络断了').waitFor()
    await page.context().setOffline(false)
    await page.getByText('网络断了').waitFor({ state: 'detached' })
  })

  it.each([
    ['owner', EVERY_ENTRY],
    ['operations', without('门店与收银台', '员工', '操作日志')],
    ['manager', without('券包', '数据质量', '重复会员', '导入', '操作日志')],
    ['analyst', ['今日', '活动', '统计', '积分规则', '会员等级', '优惠券', '积分商城', '数据质量']],
    ['auditor', without('会员', '兑换领取', '自提订单', '门店与收银台', '评价')],
    ['cashier', ['今日', '会员', '兑换领取', '自提订单']],
  ] as const)('shows the %s the pages of the role', async (role, wanted) => {
    suite.server.role = role
    await open()
    await page.getByText('¥12,345.67').waitFor()
    expect(await entries()).toEqual(wanted)
  })

  it('asks nothing for a cashier that a cashier is refused', async () => {
    suite.server.role = 'cashier'
    await open(PHONE)
    await page.getByText('¥12,345.67').waitFor()
    expect(await entries()).toEqual(['今日', '会员', '兑换领取', '自提订单'])
    expect(new Set(suite.server.asked.map(({ path }) => path))).toEqual(new Set(['/today']))
    await page.goto(`${suite.server.url}#/staff`)
    await page.getByText('您的角色看不到这一页').waitFor()
    expect(suite.server.asked.some(({ path }) => path === '/staff')).toBe(false)
    await page.goto(`${suite.server.url}#/nowhere`)
    await page.getByText('没有这个地址').waitFor()
    await page.getByRole('link', { name: '回到今日' }).click()
    await page.getByText('¥12,345.67').waitFor()
  })

  it('has a bar for thumbs on a phone, the rest behind 更多, and stays after a reload', async () => {
    await open(PHONE)
    await page.getByText('¥12,345.67').waitFor()
    expect(await entries()).toEqual(EVERY_ENTRY.slice(0, 4))
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('dialog').getByRole('link', { name: '待处理' }).click()
    await page.getByRole('heading', { name: '待处理' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.waitForFunction((title) => document.title === title, '待处理 · 回客')
    await page.reload()
    await page.getByRole('heading', { name: '待处理' }).waitFor()
    await page.goBack()
    await page.getByText('¥12,345.67').waitFor()
  })

  it('shows where the data comes from, what is wrong first, on a phone', async () => {
    await open({ ...PHONE, at: '/sources' })
    await page.locator('.source').first().waitFor()
    const found = await page.locator('.source').allInnerTexts()
    expect(found).toHaveLength(SOURCES.sources.length)
    expect(found.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
      '人民路店 02 失联 导出文件 同步方式 准实时 最近同步 2 小时前 最近心跳 1 小时前 延迟 1 小时 待上传 0 条',
      '人民路店 03 落后 本机时间慢 2 分钟 打印口 同步方式 实时 最近同步 刚刚 最近心跳 刚刚 延迟 12 分钟 待上传 1,240 条',
      '解放路店 01 未登记 还没有小票 同步方式 实时 最近同步 从未 最近心跳 从未 延迟 — 待上传 0 条',
      '人民路店 01 正常 打印口 同步方式 实时 最近同步 刚刚 最近心跳 刚刚 延迟 4 秒 待上传 0 条',
    ])
    const shown = await page.locator('main').innerText()
    for (const words of [
      '超过 2 分钟没有心跳为失联',
      '会员统计',
      '已放弃 1 条',
      'Error: disk full',
    ])
      expect(shown).toContain(words)
    expect(await isWide()).toBe(false)
    await page.locator('main').getByRole('link', { name: '待处理' }).click()
    await page.getByText('R0042').waitFor()
  })

  it('says what settling does before it is done, and then it is off the list', async () => {
    await open({ ...PHONE, at: '/parked' })
    const first = page.locator('.parked').first()
    await first.waitFor()
    expect((await first.innerText()).replace(/\s+/g, ' ')).toContain(
      '同一小票号的内容不一致，已搁置待核对 销售小票 小票号 R0042 ¥99.00 138****8000 人民路店 01',
    )
    await first.getByRole('button', { name: '处理' }).click()
    await first.getByText('它不会入账，变动的积分为 0').waitFor()
    await first.getByRole('button', { name: '取消' }).click()
    expect(sources.resolved).toEqual([])
    await first.getByRole('button', { name: '处理' }).click()
    suite.server.refuseNext('busy')
    await first.getByRole('button', { name: '标为已处理' }).click()
    await first.getByText('系统繁忙').waitFor()
    await first.getByRole('button', { name: '标为已处理' }).click()
    await page.getByText('R0042').waitFor({ state: 'detached' })
    expect(sources.resolved).toEqual([PARKED[0]?.eventId])
    await page.getByRole('button', { name: '已处理' }).click()
    await page.getByText('李店长 06-03 14:10 处理').waitFor()
    expect(await isWide()).toBe(false)
  })

  it('loads more when asked, and says when nothing is left', async () => {
    await open({ at: '/parked' })
    await page.locator('.parked').first().waitFor()
    expect(await page.locator('.parked').count()).toBeLessThan(PARKED.length)
    await page.getByRole('button', { name: '显示更多' }).click()
    await page.getByText('内容无法解读').waitFor()
    expect(await page.locator('.parked').count()).toBe(PARKED.length)
    sources.state.isEmpty = true
    await page.reload()
    await page.getByText('没有要核对的记录').waitFor()
    await page.goto(`${suite.server.url}#/sources`)
    await page.getByText('还没有数据来源').waitFor()
    await page.getByText('都处理完了').waitFor()
  })

  it('approves a review after saying what that gives, and declines another with a reason', async () => {
    await open({ ...PHONE, at: '/reviews' })
    await page.getByText(LONG_WORDS).waitFor()
    expect(await isWide()).toBe(false)
    const [first, second] = [page.locator('.review').nth(0), page.locator('.review').nth(1)]
    await second.getByRole('button', { name: /^不通过/ }).click()
    const form = page.getByRole('dialog')
    await form.getByText('顾客不能再写').waitFor()
    await form.getByLabel('原因').fill('与消费无关')
    suite.server.refuseNext('review_decided')
    await form.getByRole('button', { name: '不通过' }).click()
    await form.getByText('已经有人处理过').waitFor()
    await form.getByRole('button', { name: '不通过' }).click()
    await form.waitFor({ state: 'hidden' })
    await first.getByRole('button', { name: /^通过/ }).click()
    await first.getByText('马上得 20 分').waitFor()
    await first.getByRole('button', { name: '通过', exact: true }).click()
    await page.getByText('没有要审核的评价').waitFor()
    expect(reviews.told).toEqual([
      { verdict: 'declined', reason: '与消费无关' },
      { verdict: 'approved' },
    ])
    await page.getByRole('button', { name: '未通过' }).click()
    await page.getByText('原因：与消费无关').waitFor()
  })

  it('says what tills may redeem without a network, what they hold, and what to read', async () => {
    await open({ at: '/sources/offline' })
    await page.getByText('积分已不够，超出的记成欠分').waitFor()
    const all = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    for (const words of [
      '积分已不够，超出的记成欠分 300 分 看会员 人民路店 01 号收银台 · 05-03 18:30',
      '券已在别处用掉，优惠没有券可抵 ¥99,999.99',
      `${LONG_STORE} 01 号收银台 · 05-03 18:30 · 本机时间比之前倒退了，校准时间前不能离线使用`,
      '建设路店 02 号收银台 100 位会员，券 281 张 可用到 05-03 18:30',
    ])
      expect(all).toContain(words)
    await page.getByLabel('断网时可以用券和积分').check()
    await page.getByLabel('联网中断后还能用多少小时', { exact: true }).fill('25')
    expect(await page.getByRole('button', { name: '保存' }).isDisabled()).toBe(true)
    await page.getByLabel('联网中断后还能用多少小时', { exact: true }).fill('８')
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await page.getByText('十分钟内各收银台生效').waitFor()
    expect(offline.state.settings).toEqual({ isOn: true, hours: 8, pointsMax: 500 })
    await page.getByRole('button', { name: '收回建设路店 02 号收银台的额度', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('原因').fill('收银机进水')
    await dialog.getByRole('button', { name: '收回' }).click()
    await page.getByText('建设路店 02 号收银台').waitFor({ state: 'detached' })
    expect(offline.state.released).toMatchObject([{ reason: '收银机进水' }])
  })

  it('says so when the sources cannot be read, and tries again', async () => {
    suite.server.refuseNext('busy', 'GET /sources')
    await open({ at: '/sources' })
    await page.getByText('系统繁忙').waitFor()
    await page.getByRole('button', { name: '再试一次' }).click()
    await page.locator('.source').first().waitFor()
  })
})
