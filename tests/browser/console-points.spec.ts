// The console's pages of the rules of earning in a real browser, and whether each can be read.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { FIRST_ACTIVITIES } from '@huike/shared/activities'
import { describeBrowser } from '../rig/browser.js'
import { describeLooks, SMALL, type LookedAt } from './console-looks.js'
import { pointsReportStandIn, TRIAL_ID } from './console-points-report-stand-in.js'
import { levelsStandIn } from './console-levels-stand-in.js'
import { HOLDS, LONG_STORE, pointsStandIn } from './console-points-stand-in.js'
import type { OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

const DAY_MS = 86_400_000

describeBrowser("the console's rules of earning", () => {
  let page: Page
  let points: ReturnType<typeof pointsStandIn>
  let reports: ReturnType<typeof pointsReportStandIn>
  const suite = consoleSuite(() => {
    points = pointsStandIn()
    reports = pointsReportStandIn(LONG_STORE)
    return { ...points.routes, ...reports.routes, ...levelsStandIn().routes }
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const textOf = async (name: string) =>
    (await page.getByRole('group', { name, exact: true }).innerText()).replace(/\s+/g, ' ')
  const rate = () => page.getByRole('textbox', { name: '得多少分', exact: true })
  const shown = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
  /** `YYYY-MM-DD`, some days from today, by the browser's clock. */
  const dayAfter = (days: number) =>
    new Date(Date.now() + days * DAY_MS + 8 * 3_600_000).toISOString().slice(0, 10)

  it('says what holds, what comes and what was, and works out a sale', async () => {
    suite.server.refuseNext('busy', 'GET /points/rules')
    await open('/points')
    await page.getByText('系统繁忙').waitFor()
    await press('再试一次')
    await page.getByText('每满 1 元得 1 分').first().waitFor()
    const all = await shown()
    for (const words of [
      '会员日 到店，每月 8、18、28 日：基本积分的 2 倍',
      `人民路店、${LONG_STORE}，周一至周三、周日：另加 20 分`,
      '每单最多 500 分',
      '得分后 12 个月，到当月月底',
      '第 2 版 · 2026-05-01 00:00 起 · 赵运营 2026-04-30 00:00 发布',
      '将要生效',
      '每满 1 元得 2 分',
      '共 1 版',
      '系统自带的规则',
    ])
      expect(all).toContain(words)
    await page.getByLabel('消费那天').fill('2026-06-18')
    await page.getByLabel('实付金额').fill('58.80')
    const told = await textOf('现在的规则')
    expect(told).toContain('116 分 实付 ¥58.80，每满 ¥1.00 得 1 分，会员日 2 倍加 58 分，共 116 分')
    expect(told).toContain('可以用到 2027-06-30，含当天')
    await page.getByLabel('实付金额').fill('58.801')
    await page.getByText('写一个金额，例如 58.80').waitFor()
    expect(suite.server.asked.every(({ method }) => method === 'GET')).toBe(true)
  })

  it('sets how points are cash, and says what an order may take', async () => {
    await open('/points')
    const form = page.getByRole('form', { name: '积分抵现与退款' })
    const isOn = form.getByRole('checkbox', { name: '开通积分抵现' })
    await isOn.uncheck()
    await form.getByText('收银台不能用积分抵现。').waitFor()
    await form.getByRole('radio', { name: /从退款现金中扣/ }).check()
    await form.getByText('先开通积分抵现，才知道一分积分值多少钱').waitFor()
    await isOn.check()
    await form.getByText('¥100.00 的订单，最多用 5,000 积分，抵 ¥50.00。').waitFor()
    await form.getByLabel('抵多少元').fill('0.333')
    await form.getByText('还没填对').waitFor()
    await form.getByLabel('抵多少元').fill('2')
    await form.getByLabel('最多用多少分（可不填）').fill('1000')
    await form.getByText('¥100.00 的订单，最多用 1,000 积分，抵 ¥20.00。').waitFor()
    suite.server.refuseNext('busy', 'PUT /settings/points')
    await press('保存')
    await form.getByText('系统繁忙').waitFor()
    await press('保存')
    await form.getByText('已保存，马上生效').waitFor()
    expect(points.state.settings).toEqual({
      spending: {
        ...{ points: 100, fen: 200, leastPoints: 100, stepPoints: 100, orderPercentMax: 50 },
        ...{ orderPointsMax: 1_000, leastOrderFen: 0, isCodeNeeded: true },
      },
      refunds: 'cash',
    })
  })

  it('compares what is typed with what holds, and publishes it for a day to come', async () => {
    await open('/points/new')
    await page.getByLabel('消费那天').fill('2026-06-01')
    expect(await rate().inputValue()).toBe('2')
    await page.getByLabel('每满多少元').fill('0')
    await page.getByText('写一个金额，0.01 到一亿元').waitFor()
    await page.getByText('规则还没填对').waitFor()
    await page.getByLabel('每满多少元').fill('1')
    await press('去掉欧阳娜娜店长推荐周三礼')
    await press('加一个')
    const added = page.getByRole('group', { name: /^第 2 个/ })
    await page.waitForFunction(() => document.activeElement?.id.endsWith('-name'))
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('开门红')
    await added.getByRole('button', { name: '加分' }).click()
    await added.getByLabel('另加多少分').fill('30')
    await added.getByRole('checkbox', { name: '周一' }).check()
    await page.getByRole('radio', { name: '年底', exact: true }).check()
    expect(await textOf('按您填的')).toBe(
      '按您填的 230 分 比现在的规则多 110 分 实付 ¥100.00，每满 ¥1.00 得 2 分，开门红加 30 分，' +
        '共 230 分 可以用到 2027-12-31，含当天',
    )
    expect(await textOf('现在的规则')).toContain('120 分')
    await page.getByRole('radio', { name: '某一天 00:00' }).check()
    await press('发布')
    await page.getByText('有 1 处还没填对').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('rule-startDay')
    await page.getByLabel('生效那天').fill(dayAfter(60))
    await page.getByText('起先按第 3 版算').waitFor()
    await press('发布')
    await page.getByText('第 4 版已发布').waitFor()
    expect(points.sent).toHaveLength(1)
    expect(points.sent[0]).toMatchObject({
      basedOnVersion: 3,
      effectiveFromMs: Date.parse(`${dayAfter(60)}T00:00:00+08:00`),
      isGenerousMeant: false,
      terms: {
        points: 2,
        bonuses: [{ name: '会员日' }, { name: '开门红', gives: { kind: 'points', points: 30 } }],
        expiry: { kind: 'year_end', years: 1 },
      },
    })
  })

  it('asks when somebody published meanwhile, and before it gives more than was paid', async () => {
    await open('/points/new', SMALL)
    await rate().fill('200')
    points.publish({ ...HOLDS, points: 5 }, Date.now())
    await press('发布')
    await page.getByText('您改的时候规则变了，现在最新的是第 4 版').waitFor()
    expect(await textOf('第 4 版')).toContain('每满 1 元得 5 分')
    expect(await page.getByRole('button', { name: '发布', exact: true }).isDisabled()).toBe(true)
    expect(await rate().inputValue()).toBe('200')
    await press('接着用我填的')
    await press('发布')
    await page.getByText('实付 1 元最多可得 420 分，比实付的分还多').waitFor()
    await rate().fill('150')
    await page.getByText('最多可得').waitFor({ state: 'detached' })
    await press('发布')
    await press('就是这个意思，发布')
    await page.getByText('第 5 版已发布').waitFor()
    const sent = points.sent.map((one) => [
      ...[one.basedOnVersion, one.terms.points, one.isGenerousMeant],
    ])
    expect(sent).toEqual([
      [3, 200, false],
      [4, 200, false],
      [4, 150, false],
      [4, 150, true],
    ])
  })

  it('loses nothing to a day that has begun, an answer that is lost, and a reload', async () => {
    await open('/points/new')
    await rate().fill('4')
    await page.getByRole('radio', { name: '某一天 00:00' }).check()
    await page.getByLabel('生效那天').fill(dayAfter(1))
    points.state.aheadMs = 3 * DAY_MS
    await press('发布')
    await page.getByText('生效时间不能早于现在').waitFor()
    await page.getByText('要从明天或更晚开始').waitFor()
    // It was published, and the answer was lost.
    await page.route('**/points/rules', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      points.publish({ ...HOLDS, points: 4 }, Date.now())
      return route.abort()
    })
    await press('发布')
    await page.getByText('没有收到回答，可能已经发布成功').waitFor()
    await page.getByText('它和您填的一样，多半不用再发布').waitFor()
    await page.reload()
    await page.getByText('已恢复您上次没有发布的内容').waitFor()
    expect(await rate().inputValue()).toBe('4')
    await page.getByText('您改的时候规则变了，现在最新的是第 4 版').waitFor()
    await rate().fill('9')
    await press('改从第 4 版重新填')
    expect(await rate().inputValue()).toBe('4')
    await page.getByText('和现在的规则一样，没有要发布的改动').waitFor()
  })

  it('asks of the member and of goods, caps a day, and lets points wait', async () => {
    // A level that somebody typed, and nobody published.
    const [coming] = points.state.versions
    for (const { when } of coming?.rule.bonuses.slice(0, 1) ?? []) when.levelCodes = ['vip']
    await open('/points/new')
    await page.getByLabel('消费那天').fill('2026-06-01')
    await press('加一个')
    const added = page.getByRole('group', { name: /^第 3 个/ })
    await added.getByLabel('叫什么').fill('生鲜节')
    await added.getByLabel('基本积分的几倍').fill('3')
    await added.getByRole('button', { name: '生日当月' }).click()
    await added.getByRole('button', { name: '只第一次' }).click()
    await added.getByRole('checkbox', { name: '银卡会员' }).check()
    expect(await added.getByRole('checkbox', { name: 'vip' }).count()).toBe(0)
    const kept = page.getByRole('group', { name: /^第 1 个/ })
    expect(await kept.getByRole('checkbox', { name: 'vip（没有这个等级）' }).isChecked()).toBe(true)
    await added.getByRole('button', { name: '指定商品' }).click()
    await added.getByLabel('这类商品叫什么').fill('生鲜')
    await added.getByText('至少写一样').waitFor()
    await added.getByLabel('编码开头').fill('20，21')
    await page.getByLabel('消费以后多少天才可用').fill('7')
    await page.getByRole('checkbox', { name: '限制每位会员每天最多得多少分' }).check()
    await page.getByLabel('每人每天最多多少分').fill('250')
    const told = () => textOf('按您填的')
    expect(await told()).toContain('220 分 比现在的规则多 100 分')
    await page.getByLabel('其中“生鲜”多少元').fill('30')
    await page.getByRole('combobox', { name: '会员等级' }).click()
    await page.locator('.ant-select-item-option', { hasText: '银卡会员' }).click()
    await press('生日在这个月')
    await press('第一次消费')
    await page.getByLabel('这天之前已得多少分').fill('10')
    expect(await told()).toContain(
      '240 分 比现在的规则多 120 分 实付 ¥100.00，每满 ¥1.00 得 2 分，' +
        '生鲜节 3 倍加 120 分（生鲜 ¥30.00），欧阳娜娜店长推荐周三礼加 20 分，' +
        '每人每天最多 250 分，当天已得 10 分，共 240 分 2026-06-09 起可用',
    )
    await page.getByLabel('其中“生鲜”多少元').fill('101')
    await page.getByText('加起来不超过实付').waitFor()
    await page.getByLabel('其中“生鲜”多少元').fill('30')
    await press('发布')
    await page.getByText('第 4 版已发布').waitFor()
    expect(points.sent[0]?.terms).toMatchObject({
      ...{ dayPointsMax: 250, pendingDays: 7 },
      bonuses: [
        ...[{ when: { levelCodes: ['vip'] } }, {}],
        {
          when: {
            ...{ levelCodes: ['silver'], birthday: 'month', isFirstPurchase: true },
            items: { name: '生鲜', codes: [], prefixes: ['20', '21'], words: [] },
          },
        },
      ],
    })
    expect(await shown()).toContain('等级 银卡会员，会员生日当月，会员首次消费，只算“生鲜”')
    expect(await shown()).toContain('每人每天最多 250 分')
    expect(await shown()).toContain('消费那天之后满 7 天才可用')
  })

  it('withdraws what is to come, after saying what that does', async () => {
    await open('/points')
    await press('撤回第 3 版')
    await page.getByText('第 3 版不会在').waitFor()
    await press('撤回第 3 版')
    await page.getByText('撤回，没有生效').waitFor()
    expect(await page.getByText('将要生效').count()).toBe(0)
    await page.goto(`${suite.server.url}#/points/new`)
    expect(await rate().inputValue()).toBe('1')
  })

  it('says what is given without a purchase, and publishes it', async () => {
    await open('/points')
    await page.getByRole('link', { name: '积分活动' }).click()
    await page.getByText('没有签到').waitFor()
    for (const name of ['会员每天可以签到一次得积分', '请顾客评价自己的消费', '请会员推荐好友'])
      await page.getByRole('checkbox', { name }).check()
    await page.getByLabel('连续签到，每天各得多少分').fill('1，2，0')
    await page.getByText('写 1 到 31 个数').waitFor()
    await press('发布')
    await page.getByText('有 1 处还没填对').waitFor()
    await page.getByLabel('连续签到，每天各得多少分').fill('1，1，5')
    await page.getByLabel('称呼、生日、性别和城市都填了，得多少分').fill('50')
    points.addActivities({ ...FIRST_ACTIVITIES, profilePoints: 9 })
    await press('发布')
    await page.getByText('再点一次发布，就接在它后面').waitFor()
    await page.getByText('得 9 分，每人一次').waitFor()
    await press('发布')
    await page.getByText('第 3 版已发布').waitFor()
    expect(await shown()).toContain('连续签到，第 1 天起依次得 1、1、5 分，然后从头算')
    expect(await shown()).toContain('填齐资料（称呼、生日、性别、城市）得 50 分，每人一次')
    const { review, referral } = points.state.activities[0]?.rule ?? FIRST_ACTIVITIES
    expect([review?.days, referral?.waitDays, referral?.leastFen]).toEqual([30, 7, 5_000])
  })

  it('shows a manager the rules, and no way to change them', async () => {
    suite.server.role = 'manager'
    points.state.versions = points.state.versions.slice(-1)
    await open('/points')
    await page.getByText('系统自带的规则').waitFor()
    await page.getByText('还没有改过规则').waitFor()
    expect(await page.getByRole('link', { name: '改规则' }).count()).toBe(0)
    await page.goto(`${suite.server.url}#/points/new`)
    await page.getByText('您的角色看不到这一页').waitFor()
  })

  it('tries a rule on the past before it is published, and comes back to it', async () => {
    await open('/points/new')
    await rate().fill('4')
    await page.getByLabel('第一天').fill('2026-03-31')
    await page.getByLabel('最后一天').fill('2026-01-01')
    await page.getByText('结束那天不能早于开始那天').waitFor()
    await page.getByLabel('第一天').fill('2025-10-01')
    await press('先试算')
    await page.getByText('一分不差').waitFor()
    expect(reports.asked()).toMatchObject({
      ...{ fromDate: '2025-10-01', toDate: '2026-01-01', terms: { points: 4 } },
    })
    const all = await shown()
    for (const words of ['每满 1 元得 4 分', '+116,667', '1,190', '138****5678', '少 200 分'])
      expect(all).toContain(words)
    await page.getByRole('link', { name: '去发布', exact: true }).click()
    await page.getByText('已恢复您上次没有发布的内容').waitFor()
    expect(await rate().inputValue()).toBe('4')
    expect(points.sent).toEqual([])
  })

  it('verifies the book when the owner asks, and says what does not add up', async () => {
    await open('/points/checks')
    await page.getByText('发现 2 处对不上').waitFor()
    await page.getByText('这笔流水的内容被改过').waitFor()
    await press('核对积分账')
    await page.getByText('已处理 402,000 笔，约 1,198,000 笔').waitFor()
    expect(reports.begun).toEqual(['all'])
    Object.assign(reports.state, { isUnderWay: false, isWrong: false })
    await page.getByText('积分账无误').waitFor()
    reports.state.isEmpty = true
    suite.server.role = 'manager'
    await open('/points/checks')
    await page.getByText('还没有核对过').waitFor()
    expect(await page.getByRole('button', { name: '核对积分账', exact: true }).count()).toBe(0)
  })

  const PAGES: readonly LookedAt[] = [
    ['points', '/points', LONG_STORE, null],
    ['points-new', '/points/new', LONG_STORE, null],
    ['points-checks', '/points/checks', '对不上的地方', null],
    ['points-owed', '/points/owed', '各等级的会员', null],
    ['points-trial', `/points/trials/${TRIAL_ID}`, LONG_STORE, null],
    ['points-activities', '/points/activities', '没有签到', null],
  ]

  describeLooks(open, PAGES)
})
