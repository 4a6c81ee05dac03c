// The console's pages of coupons in a real browser, and whether each can be read.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { isUlid } from '@huike/shared/ids'
import { describeBrowser } from '../rig/browser.js'
import { CAMPAIGN_IDS, campaignsStandIn } from './console-campaigns-stand-in.js'
import {
  chooseForCampaign,
  CODE,
  couponsStandIn,
  LONG_COUPON,
  LONG_RULE,
  manyTemplates,
  templateId,
} from './console-coupons-stand-in.js'
import { levelsStandIn, LONG_LEVEL } from './console-levels-stand-in.js'
import { describeLooks, type LookedAt } from './console-looks.js'
import { memberIdAt, membersStandIn } from './console-members-stand-in.js'
import type { OpenOptions, Routes } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

const PHONE = { width: 390, height: 844 }

describeBrowser("the console's coupons", () => {
  let page: Page
  let coupons: ReturnType<typeof couponsStandIn>
  const suite = consoleSuite(() => {
    coupons = couponsStandIn()
    const others = [membersStandIn(), levelsStandIn(), campaignsStandIn()]
    return Object.assign({}, ...others.map(({ routes }) => routes), coupons.routes) as Routes
  })

  const open = async (at: string, options: OpenOptions = {}) => {
    page = await suite.open({ ...options, at })
    return page
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const type = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)
  const unfold = (title: string) => page.getByRole('heading', { name: title, exact: true }).click()
  const shown = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
  const result = async () =>
    (await page.getByRole('group', { name: '这一单' }).innerText()).replace(/\s+/g, ' ')

  it('lists every kind with what is gone of it, page after page', async () => {
    coupons.state.templates.push(...manyTemplates(20))
    suite.server.refuseNext('busy', 'GET /coupons/templates')
    await open('/coupons')
    await page.getByText('系统繁忙').waitFor()
    await press('再试一次')
    await page.getByText(LONG_COUPON).waitFor()
    const all = await shown()
    for (const words of [
      '满百减十 发放中 满 ¥100 减 ¥10 每单一张；发到手就可用，到 30 天后的那天为止，含那天',
      '会员不能自己领 · 第 1 版 已发 1,234，不限 已用 56，不限 已减 ¥560.00，不限',
      '8.5 折 满 ¥100000000 可用；最多减 ¥99999999.99',
      '2026-05-01 至 2026-12-31 可用，含最后一天',
      '会员可自己领，到 2199-12-31 00:00',
      '已减 ¥99,999,999.99 / ¥100,000,000.00',
      '免费尝一个面包 已停发 免费得 面包',
    ])
      expect(all).toContain(words)
    expect(await page.getByRole('listitem').count()).toBe(20)
    await press('显示更多')
    await page.getByText('没有更多了').waitFor()
    expect(await page.getByRole('listitem').count()).toBe(23)
  })

  it('makes the common one of four fields, with a basket that follows every key', async () => {
    coupons.state.templates = []
    await open('/coupons')
    await page.getByText('还没有优惠券').waitFor()
    await page.getByRole('link', { name: '新建优惠券' }).click()
    await press('建好')
    await page.getByText('有 1 处还没填对').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('rule-amount')
    await type('减多少元', '20')
    await page.getByText('不填就叫“立减 ¥20”').waitFor()
    await type('满多少元', '20')
    await page.getByText('可能一分钱不用付').waitFor()
    await type('满多少元', '120')
    expect(await result()).toBe(`还要付 ¥114.80 用不上：还差 ¥5.20 可用 ${TABLE_WHOLE}`)
    await type('第 1 样的金额（元）', '41.20')
    expect(await result()).toContain('还要付 ¥100.00 用了 1 张，共减 ¥20.00')
    expect(await result()).toContain('全麦吐司面包 ¥41.20 -¥6.87 ¥34.33')
    await type('有效多少天', '7')
    await type('一共发多少张', '500')
    await page.getByText('最多一共减 ¥10,000.00。').waitFor()
    await page.getByRole('button', { name: '建好', exact: true }).dblclick()
    await page.getByText('“满 ¥120 减 ¥20”已建好').waitFor()
    expect(coupons.state.drafts).toHaveLength(1)
    expect(coupons.state.drafts[0]).toMatchObject({
      terms: {
        ...{ name: '满 ¥120 减 ¥20', gives: { kind: 'amount', amountFen: 2_000 } },
        ...{ when: { leastFen: 12_000 }, validity: { kind: 'days', afterDays: 0, days: 7 } },
      },
      limits: { stock: 500, state: 'open', claimFromMs: null },
    })
  })

  it('asks for everything else where it is unfolded, also on a phone', async () => {
    await open('/coupons/new', PHONE)
    await press('打折')
    await type('打几折', '8.55')
    await page.getByText('要在 0.1 到 9.9 之间').waitFor()
    await type('打几折', '8.5')
    await type('最多减多少元', '50')
    await unfold('用在哪里')
    await press('只限这些商品')
    await type('这类商品叫什么', '面包')
    await page.getByText('至少写一样').waitFor()
    await type('名称里的字', '面包')
    await press('只到店')
    await page.getByLabel('会员等级').fill('银卡')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await press('只第一次')
    await page.getByRole('checkbox', { name: '周日' }).check()
    await type('从几点起', '09:00')
    await unfold('怎么用')
    await press('商品券')
    await press('不与任何券同用')
    await press('不可同时用积分')
    await press('合作方')
    await unfold('数量、预算和领取')
    await press('在小程序里领')
    expect(await page.getByLabel('每人最多几张').inputValue()).toBe('1')
    await type('可领到什么时候', '2020-01-01T00:00')
    await page.getByText('要晚于开始领的时间').waitFor()
    await type('可领到什么时候', '2190-01-01T00:00')
    await type('一共最多减多少元', '3000')
    await type('什么时候买', '2026-06-06T12:00')
    expect(await result()).toContain('用不上：会员等级不够用这张券')
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false)
    await page.reload()
    await page.getByText('已恢复您上次没有发布的内容').waitFor()
    await press('建好')
    await page.getByText('“8.5 折”已建好').waitFor()
    expect(coupons.state.drafts).toMatchObject([
      {
        terms: {
          ...{ gives: { kind: 'percent', percentOff: 15, mostFen: 5_000 }, class: 'goods' },
          ...{ stacking: 'alone', withPoints: false, bearer: 'partner' },
          when: {
            ...{ goods: { name: '面包', words: ['面包'] }, channels: ['pos'] },
            ...{ levelCodes: ['silver'], isFirstPurchase: true, weekdays: [7], fromTime: '09:00' },
          },
        },
        limits: { memberMax: 1, budgetFen: 300_000 },
      },
    ])
  })

  it('changes limits at once, and terms as a version that leaves what was given alone', async () => {
    await open('/coupons')
    await page.getByRole('link', { name: '修改满百减十' }).click()
    await page.getByText('没有要保存的改动').waitFor()
    await type('一共发多少张', '2000')
    await page.getByText('条件没有改，版本不变').waitFor()
    await press('保存')
    await page.getByText('1,234 / 2,000').waitFor()
    await page.getByRole('link', { name: '修改满百减十' }).click()
    await type('减多少元', '15')
    await page
      .getByText('成为第 2 版：从保存那一刻起发的按这一版，已发的 1,234 张按原来的条件照用')
      .waitFor()
    coupons.changeTerms(templateId(3), { bearer: 'partner' })
    await press('保存')
    await page.getByText('有人也改了这种券，现在是第 2 版').first().waitFor()
    expect(await page.getByLabel('减多少元', { exact: true }).inputValue()).toBe('15')
    await press('接着用我填的')
    coupons.stop(templateId(3))
    await press('保存')
    await page.getByText('一共 2,000 张，停发').first().waitFor()
    await press('接着用我填的')
    await press('保存')
    await page.getByText('“满百减十”已保存').waitFor()
    const sent = coupons.state.changes.map(({ basedOnVersion, limits: { stock } }) => [
      ...[basedOnVersion, stock],
    ])
    expect(sent).toEqual([
      [1, 2_000],
      [1, 2_000],
      [2, 2_000],
      [2, 2_000],
    ])
    expect(await shown()).toContain('满 ¥100 减 ¥15')
    expect(await shown()).toContain('第 3 版')
  })

  it('gives a member one, once, however often it is pressed and whatever is lost', async () => {
    await open('/coupons', PHONE)
    await press('把满百减十发给会员')
    const dialog = page.getByRole('dialog')
    const give = dialog.getByRole('button', { name: '发一张', exact: true })
    await dialog.getByLabel('哪位会员').fill('12')
    await page.keyboard.press('Enter')
    await dialog.getByText('请填 11 位手机号').waitFor()
    await dialog.getByLabel('哪位会员').fill('800000000000')
    await page.keyboard.press('Enter')
    await dialog.getByText('欧阳****************孜').first().waitFor()
    expect(await give.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: '补偿' }).click()
    await dialog.getByText('发 1 张“满百减十”').waitFor()
    // It was given, and the answer was lost.
    let isLost = false
    await page.route('**/coupons/given', async (route) => {
      if (isLost) return route.continue()
      isLost = true
      await route.fetch()
      return route.abort()
    })
    await give.click()
    await dialog.getByText('再点一次不会多发').waitFor()
    await dialog.getByRole('button', { name: '取消' }).click()
    await press('把满百减十发给会员')
    await dialog.getByLabel('哪位会员').fill('800000000000')
    await page.keyboard.press('Enter')
    await dialog.getByLabel('为什么发').fill('补偿')
    await give.dblclick()
    await page.getByText('已发：券码 271828182845').waitFor()
    expect(coupons.state.gifts).toHaveLength(2)
    expect(new Set(coupons.state.gifts.map(({ requestId }) => requestId)).size).toBe(1)
    const [gift] = coupons.state.gifts
    expect(gift).toMatchObject({ memberId: memberIdAt(0), reason: '补偿' })
    expect(isUlid(gift?.requestId ?? '')).toBe(true)
    await page.getByText('1,235，不限').waitFor()
    // Another time is another gift.
    await press('把满百减十发给会员')
    await dialog.getByLabel('哪位会员').fill('800000000000')
    await page.keyboard.press('Enter')
    await dialog.getByLabel('为什么发').fill('又一次')
    await give.click()
    await page.getByText('1,236，不限').waitFor()
    expect(coupons.state.given.size).toBe(2)
  })

  it('tells what happened to a coupon, from its birth to now', async () => {
    await open('/coupons')
    await type('券码', '12345')
    await press('查询')
    await page.getByText('券码是 12 位数字').waitFor()
    await type('券码', '999999999999')
    await press('查询')
    await page.getByText('没有找到这张券').waitFor()
    await type('券码', ' 0031 4159 2653 ')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '券 0031 4159 2653' }).waitFor()
    const steps = (await page.getByRole('list', { name: '经过' }).innerText()).replace(/\s+/g, ' ')
    for (const words of [
      '发给会员 2026-05-01 09:30 · 会员本人 收银台为一单预留 2026-05-02 09:30 · 二号收银台',
      '没有用，退回会员 2026-05-03 09:30 · 超时退回',
      '用掉了 2026-05-05 09:30 · 二号收银台 整单退货，还给会员',
      '合并会员，转到保留的会员名下 2026-05-07 09:30 · 欧阳慕容诸葛上官婉儿小姐 过期了',
    ])
      expect(steps).toContain(words)
    expect(page.url()).not.toContain(CODE)
    await page.getByRole('link', { name: '看会员' }).click()
    await page.getByText('欧阳****************孜').first().waitFor()
  })

  it.each([
    ['manager', true],
    ['analyst', false],
  ] as const)('lets the %s do what the role may', async (role, gives) => {
    suite.server.role = role
    await open('/coupons')
    await page.getByText(LONG_COUPON).waitFor()
    expect((await page.getByRole('button', { name: /发给会员$/ }).count()) > 0).toBe(gives)
    expect(await page.getByRole('link', { name: /新建|修改/ }).count()).toBe(0)
    await page.goto(`${suite.server.url}#/coupons/${templateId(3)}`)
    await page.getByText('您的角色看不到这一页').waitFor()
  })

  it('are given by rules: written once, changed by one at a time, with what came of them', async () => {
    await open('/coupons')
    await page.getByRole('link', { name: '自动发券' }).click()
    await page.getByText(LONG_RULE).waitFor()
    const all = await shown()
    for (const words of [
      `${LONG_RULE} 生日 启用 送“满百减十”（满 ¥100 减 ¥10） 2026-05-01 起 · 仅 ${LONG_LEVEL}`,
      '已发 88,888,888 张 待领 66,666 张 过期没领 5,555 张 券已经发完 7,777 人次',
      '升级送券 升级 停用',
    ])
      expect(all).toContain(words)
    await press('新建规则')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('规则名称').fill('二次到店')
    await dialog.getByRole('button', { name: '每次消费' }).click()
    await dialog.getByLabel('实付满多少元').fill('50')
    await dialog.getByLabel('送哪种券').click()
    await page.locator('.ant-select-item-option').first().click()
    await dialog.getByRole('button', { name: '线上下单，到店自提' }).click()
    await dialog.getByText('到店自提后 · 72 小时内自己领 · 每人每天最多 1 次：送「').waitFor()
    await dialog.getByLabel('几小时内领').fill('721')
    expect(await dialog.getByRole('button', { name: '保存' }).isEnabled()).toBe(false)
    await dialog.getByLabel('几小时内领').fill('48')
    suite.server.refuseNext('coupon_template_stopped', 'POST /coupons/rules')
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByText('这种券已停止发放').waitFor()
    await dialog.getByRole('button', { name: '保存' }).dblclick()
    await page.getByText('“二次到店”已保存').waitFor()
    const purchase = { leastFen: 5_000, claimHours: 48, fetched: true }
    expect(coupons.state.ruleDrafts).toMatchObject([
      { kind: 'purchase', isOn: true, terms: { templateId: templateId(3), purchase } },
    ])
    await press('修改升级送券')
    await dialog.getByRole('button', { name: '启用' }).click()
    coupons.state.rules = coupons.state.rules.map((rule) => ({ ...rule, version: 9 }))
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByText('有人刚刚改过这条规则').waitFor()
    await dialog.getByRole('button', { name: '取消' }).click()
    await page.getByText('第 9 版').first().waitFor()
    await press('修改升级送券')
    await dialog.getByRole('button', { name: '启用' }).click()
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByText('“升级送券”已保存').waitFor()
    expect(coupons.state.rules.at(-1)).toMatchObject({ isOn: true, version: 10 })
  })

  it('have codes that were sold elsewhere: a file of them, and what became of its rows', async () => {
    await open(`/coupons/${templateId(2)}`)
    await page.getByText('已导入 100,000 个，已兑换 4 个。').waitFor()
    const buffer = Buffer.from('券码\nHK00000001')
    const file = { name: 'codes.csv', mimeType: 'text/csv', buffer }
    suite.server.refuseNext('file_not_table', `POST /coupons/templates/${templateId(2)}/codes`)
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText('不是能识别的表格文件').waitFor()
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText('新增 4 个券码。').waitFor()
    const all = await shown()
    for (const words of [
      '2 行以前导入过，或在文件里重复。 1 行是另一种券的券码，没有改动。 2 行和海报上的口令相同，没有导入。 101 行不是券码： 第 2 行：少于 10 位',
      '第 101 行：少于 10 位 只列出前 100 行。',
      '还有 100,000 个码没有兑换，而这种券只剩 99,999 张：请增加总量，不然有人换不到。',
    ])
      expect(all).toContain(words)
    expect(coupons.state.files).toEqual(['券码\nHK00000001'])
  })

  it('go with a campaign: what that can cost, who gets none, and what is sent', async () => {
    await open('/campaigns/new')
    await type('活动名称', '老顾客回店')
    await type('标题', '好久不见')
    await type('正文', '这周来店。')
    expect(await chooseForCampaign(page, '满百减十')).toEqual([
      '满百减十（满 ¥100 减 ¥10）',
      `${LONG_COUPON}（8.5 折）`,
    ])
    await page.locator('.c-reach .number', { hasText: '2,000 人' }).waitFor()
    const all = await shown()
    for (const words of [
      '按方式，券够的话 微信订阅消息 1,310 人 小程序消息 1,310 人',
      '券已经发完 620 人',
      '将发出 2,000 张 全部用掉最多减 ¥20,000.00 这种券还剩 2,000 张 还可以用 不限',
      '优惠额度还剩 ¥10,000.00 券不够：620 人领不到，也不会收到消息。',
      '全部用掉会超出这种券的优惠额度',
      '送您「满 ¥100 减 ¥10」券一张。这周来店。',
    ])
      expect(all).toContain(words)
    await press('检查并发送')
    const said = (await page.getByRole('dialog').innerText()).replace(/\s+/g, ' ')
    expect(said).toContain('每人送一张“满百减十”，共约 2,000 张，全部用掉最多减 ¥20,000.00。')
    await press('给 2,000 人发送')
    await page.getByRole('heading', { name: '老顾客回店' }).waitFor()
    const started = suite.server.asked.find(({ path }) => path === '/campaigns')
    expect(started?.body).toMatchObject({ couponTemplateId: templateId(3), body: '这周来店。' })
  })

  it('are counted in the results of the campaign that gave them', async () => {
    await open(`/campaigns/${CAMPAIGN_IDS.done}`)
    await page.getByText('10,000 / 10,000 人已处理').waitFor()
    const all = await shown()
    for (const words of [
      '送出的券：满百减十（满 ¥100 减 ¥10）',
      '发出 8,553 张 还可用 8,000 张，过期 250 张 用掉 300 张 占发出的 4%',
      '券减掉的钱 ¥3,000.00 平均每张 ¥10.00',
      '用券的消费 ¥42,000.00 298 人，共 300 笔，退货已扣除',
      '没有用券的回店消费 ¥9,957,999.99 131 人，共 208 笔',
    ])
      expect(all).toContain(words)
  })

  const PAGES: readonly LookedAt[] = [
    ['coupons', '/coupons', LONG_COUPON, '把满百减十发给会员'],
    ['coupons-new', '/coupons/new', '填对以后', null],
    ['coupons-change', `/coupons/${templateId(2)}`, '没有要保存的改动', null],
    ['coupon-rules', '/coupons/rules', LONG_RULE, null],
    ['coupon-rules-new', '/coupons/rules', LONG_RULE, '新建规则'],
    ['campaign-coupon', '/campaigns/new', '送一张券', null],
    ['campaign-coupon-results', `/campaigns/${CAMPAIGN_IDS.done}`, '用券的消费', null],
  ]

  describeLooks(open, PAGES, async (opened, name) => {
    if (name === 'campaign-coupon') await chooseForCampaign(opened, LONG_COUPON)
    if (name !== 'coupons-change') return
    for (const summary of await opened.locator('summary').all()) await summary.click()
  })
})

const TABLE_WHOLE = '商品 金额 减 剩 全麦吐司面包 ¥36.00 — ¥36.00 鲜牛奶 950ml ¥78.80 — ¥78.80'
