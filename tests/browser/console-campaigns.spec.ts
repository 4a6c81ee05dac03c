// The console's pages of campaigns in a real browser: writing one, sending it once, watching it.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { seriousIssues } from '../rig/axe.js'
import { describeBrowser, settle } from '../rig/browser.js'
import { CAMPAIGN_IDS, campaignsStandIn } from './console-campaigns-stand-in.js'
import { inEachLook } from './console-looks.js'
import { cutTexts, STORE_NAMES } from './console-members-stand-in.js'
import { STORE_IDS, type OpenOptions } from './console-stand-in.js'
import { consoleSuite } from './console-suite.js'

const NEW = { at: '/campaigns/new' }
const BODY = '凭会员码到店，买一杯送一杯。'
/** Longer than a page waits before it looks again at a campaign that is being sent. */
const WATCHED_EVERY_MS = 2_500

describeBrowser('campaigns in the console', () => {
  let standIn: ReturnType<typeof campaignsStandIn>
  let page: Page
  const suite = consoleSuite(() => {
    standIn = campaignsStandIn()
    return standIn.routes
  })

  const open = async (options: OpenOptions) => {
    page = await suite.open(options)
  }
  const main = async () => (await page.locator('main').innerText()).replace(/\s+/g, ' ')
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const sentTo = (path: string, method = 'POST') =>
    suite.server.asked.filter((call) => call.path === path && call.method === method)
  const counted = (people: string) =>
    page.locator('.c-reach .number', { hasText: people }).waitFor()
  const write = async () => {
    await page.getByLabel('活动名称').fill('老顾客回店')
    await page.getByLabel('标题', { exact: true }).fill('好久不见')
    await page.getByLabel('正文', { exact: true }).fill(BODY)
    await counted('2,620 人')
  }

  // The server takes it; its answer never arrives.
  const sendAndLoseTheAnswer = async () => {
    await page.route('**/console/v1/campaigns', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await button('给 2,620 人发送').click()
    await page.getByText('可以放心再按一次，不会重复发送').waitFor()
    await page.unroute('**/console/v1/campaigns')
  }

  it('lists campaigns with their state and how far they are', async () => {
    await open({ at: '/campaigns' })
    await page.locator('.c-head').nth(2).waitFor()
    const heads = await page.locator('.c-head').allInnerTexts()
    const told = heads.map((head) => head.replace(/\s+/g, ' '))
    expect(told[0]).toContain('一个名字正好有二十个字那么长的回店活动')
    expect(told[0]).toContain('发送中 已发送 260 / 1,000')
    expect(told[1]).toMatch(/国庆邀约 .* 发送 · 李店长 发起 微信订阅消息、小程序消息、短信 已定时$/)
    expect(told[2]).toContain('已完成 已发送 8,420 / 10,000')
    await button('显示更多').click()
    await page.locator('.c-head').nth(4).waitFor()
    standIn.state.campaigns = []
    await page.reload()
    await page.getByText('还没有活动。选一群很久没来的会员').waitFor()
  })

  it('says how many will be written to, by which channel, and who is left out and why', async () => {
    await open(NEW)
    await counted('2,620 人')
    const shown = await main()
    for (const words of [
      '符合条件 4,000 人',
      '微信订阅消息 1,310 人',
      '没有同意接收优惠消息 800 人',
      '近期收到的消息已到上限 80 人',
      '没有用过小程序 500 人',
    ])
      expect(shown).toContain(words)
    await page.getByText('看看都有谁').click()
    expect(await page.locator('.m-lines li').count()).toBe(10)
    await button('180 天').click()
    await counted('1,310 人')
    await page.getByRole('checkbox', { name: '短信' }).check()
    await page.getByText('现在是安静时段：其中 12 人会在早上收到。').waitFor()
    await button('短信：提前一位').click()
    await expectAsked({ inactiveDays: 180, storeIds: [] }, ['wechat', 'sms', 'inbox'])
  })

  const expectAsked = async (audience: object, channels: string[]) => {
    const wanted = JSON.stringify({ audience, channels, couponTemplateId: null })
    for (let tries = 0; tries < 100; tries += 1) {
      if (JSON.stringify(standIn.state.previews.at(-1)) === wanted) return
      await page.waitForTimeout(100)
    }
    expect(JSON.stringify(standIn.state.previews.at(-1))).toBe(wanted)
  }

  it('asks for the stores that were chosen', async () => {
    await open(NEW)
    await page.getByLabel('在哪些门店买过').click()
    await page.locator('.ant-select-item-option', { hasText: STORE_NAMES[1] }).click()
    await page.keyboard.press('Escape')
    await expectAsked({ inactiveDays: 90, storeIds: [STORE_IDS[1]] }, ['wechat', 'inbox'])
  })

  it('drops an answer that comes after the inputs have changed', async () => {
    let answer = () => {}
    const late = new Promise<void>((resolve) => (answer = resolve))
    standIn.state.hold = ({ audience }) => (audience.inactiveDays === 30 ? late : Promise.resolve())
    await open(NEW)
    await counted('2,620 人')
    await button('30 天').click()
    await expectAsked({ inactiveDays: 30, storeIds: [] }, ['wechat', 'inbox'])
    await button('60 天').click()
    await counted('3,930 人')
    const came = page.waitForResponse(
      (response) => response.request().postDataJSON().audience.inactiveDays === 30,
    )
    answer()
    await (await came).finished()
    await settle(page)
    expect(await page.locator('.c-reach .number').innerText()).toBe('3,930 人')
  })

  it('asks once for a number that is typed, and not for one that is none', async () => {
    page = await suite.openApart(NEW)
    await counted('2,620 人')
    const before = standIn.state.previews.length
    await page.clock.install()
    await page.clock.pauseAt(Date.now() + 60_000)
    await page.getByLabel('最近一次购买超过').first().fill('')
    await page.keyboard.type('120')
    await page.clock.runFor(1_000)
    await counted('1,965 人')
    expect(standIn.state.previews.length).toBe(before + 1)
  })

  it('says so when nobody can be counted, and tries again', async () => {
    await open(NEW)
    await counted('2,620 人')
    suite.server.isGone = true
    await button('30 天').click()
    await page.getByText('连不上服务器').waitFor()
    suite.server.isGone = false
    await button('再试一次').click()
    await counted('7,860 人')
  })

  it('shows the message as the phone does, and where it is cut', async () => {
    await open(NEW)
    await page.getByRole('checkbox', { name: '短信' }).check()
    await page.getByLabel('标题', { exact: true }).fill('好久不见')
    await page.getByLabel('正文', { exact: true }).fill('一二三四五六七八九十'.repeat(7))
    await page.getByText('4 / 20').waitFor()
    await page.getByText('70 / 200').waitFor()
    const card = page.locator('.c-wechat dd').nth(1)
    expect(await card.innerText()).toContain('一二三四五六七八九十一二三四五六七八九…')
    expect(await card.locator('del').innerText()).toHaveLength(51)
    await page.getByText('后面 51 个字不会显示').waitFor()
    const sms = `【品牌签名】好久不见。${'一二三四五六七八九十'.repeat(7)}，拒收请回复R`
    expect(await page.locator('.c-bubble').innerText()).toBe(sms)
    await page.getByText(`约 ${String(sms.length)} 个字，按 2 条计费。`).waitFor()
  })

  it('says what is missing, and where', async () => {
    await open(NEW)
    await page.getByLabel('标题', { exact: true }).fill('题'.repeat(23))
    await page.getByText('定时发送').click()
    await button('检查并发送').click()
    await page.getByText('请给活动起个名字').first().waitFor()
    const shown = await main()
    for (const words of ['请给活动起个名字', '超出 3 个字', '请写正文', '请选择发送时间'])
      expect(shown).toContain(words)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('campaign-name')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  it('warns of the quiet hours, and sends at the time on the clock of the stores', async () => {
    await open(NEW)
    await write()
    await page.getByText('定时发送').click()
    const dayAfter = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
    const at = page.getByLabel('发送时间')
    await at.fill(`${dayAfter}T22:30`)
    await page.getByText('这个时间在安静时段（21:00 至 09:00）内').waitFor()
    await at.fill(`${dayAfter}T10:30`)
    await page.getByText('这个时间在安静时段').waitFor({ state: 'detached' })
    await button('检查并发送').click()
    await page.getByText(`将给约 2,620 人发送消息，${dayAfter} 10:30 开始。`).waitFor()
    await button('定时发给 2,620 人').click()
    await page.getByText(`${dayAfter} 10:30 开始挑选会员并发送。`).waitFor()
    expect(sentTo('/campaigns')[0]?.body).toMatchObject({
      sendAtMs: Date.parse(`${dayAfter}T10:30:00+08:00`),
    })
  })

  it('says in numbers what will happen, and starts it once for a double click', async () => {
    await open(NEW)
    await write()
    await button('检查并发送').click()
    const said = (await page.getByRole('dialog').innerText()).replace(/\s+/g, ' ')
    for (const words of [
      '将给约 2,620 人发送消息，现在开始。',
      '方式：微信订阅消息 1,310 人，小程序消息 1,310 人。',
      '1,380 人符合条件但不会收到',
      BODY,
    ])
      expect(said).toContain(words)
    await button('给 2,620 人发送').dblclick()
    await page.getByRole('heading', { name: '老顾客回店' }).waitFor()
    expect(page.url()).toContain(CAMPAIGN_IDS.started)
    expect(sentTo('/campaigns')).toHaveLength(1)
    await page.goto(`${suite.server.url}#/campaigns/new`)
    await page.getByLabel('活动名称').waitFor()
    expect(await page.getByLabel('活动名称').inputValue()).toBe('')
  })

  it('starts one campaign when the answer was lost and it is sent again, after a reload too', async () => {
    await open(NEW)
    await write()
    await button('检查并发送').click()
    await sendAndLoseTheAnswer()
    page.once('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await page.getByText('已恢复上次没有发送的内容').waitFor()
    await counted('2,620 人')
    await button('检查并发送').click()
    await button('给 2,620 人发送').click()
    await page.getByRole('heading', { name: '老顾客回店' }).waitFor()
    const keys = sentTo('/campaigns').map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    expect(standIn.state.started.size).toBe(1)
  })

  it('does not start another when the form was changed after an answer that was lost', async () => {
    await open(NEW)
    await write()
    await button('检查并发送').click()
    await sendAndLoseTheAnswer()
    await button('返回修改').click()
    await page.getByLabel('正文', { exact: true }).fill('换一句话')
    await button('检查并发送').click()
    await button('给 2,620 人发送').click()
    await page.getByText('这张表单已经发起过一个活动').waitFor()
    await page.getByRole('link', { name: '查看活动列表' }).click()
    await page.locator('.c-head').first().waitFor()
    expect(standIn.state.started.size).toBe(1)
  })

  it('asks before what was written is left', async () => {
    await open(NEW)
    await write()
    const asked: string[] = []
    page.once('dialog', (dialog) => {
      asked.push(dialog.message())
      void dialog.dismiss()
    })
    await page.getByRole('link', { name: '会员', exact: true }).click()
    expect(asked).toEqual(['还没有发送，离开后写的内容会丢失。确定离开吗？'])
    expect(await page.getByLabel('标题', { exact: true }).inputValue()).toBe('好久不见')
    page.once('dialog', (dialog) => void dialog.accept())
    await page.getByRole('link', { name: '返回活动列表' }).click()
    await page.locator('.c-head').first().waitFor()
    await page.getByRole('link', { name: '新建活动' }).click()
    expect(await page.getByLabel('标题', { exact: true }).inputValue()).toBe('')
  })

  it('shows a refusal and keeps what was written', async () => {
    await open(NEW)
    await write()
    await button('检查并发送').click()
    suite.server.refuseNext('forbidden')
    await button('给 2,620 人发送').click()
    await page.getByText('没有权限做这件事').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('活动名称').inputValue()).toBe('老顾客回店')
  })

  it('watches a campaign until it is over, and then stops looking', async () => {
    page = await suite.openApart({ at: '/campaigns' })
    await page.locator('.c-head').first().waitFor()
    await page.clock.install()
    const path = `/campaigns/${CAMPAIGN_IDS.sending}`
    await page.goto(`${suite.server.url}#${path}`)
    await page.getByText(/^\d+ \/ 1,000 人已处理$/).waitFor()
    const over = page.getByText('1,000 / 1,000 人已处理')
    while (!(await over.isVisible())) {
      const looked = page.waitForResponse((response) => response.url().endsWith(path))
      await page.clock.fastForward(WATCHED_EVERY_MS)
      await (await looked).finished()
      await settle(page)
    }
    await page.getByText('已完成').waitFor()
    const looks = sentTo(path, 'GET').length
    await page.clock.fastForward(60_000)
    await settle(page)
    // Whatever had been asked at that time was asked before this.
    await page.evaluate((url) => fetch(url), suite.server.url)
    expect(sentTo(path, 'GET')).toHaveLength(looks)
  })

  it('tells what came of it, and that it is no proof', async () => {
    await open({ at: `/campaigns/${CAMPAIGN_IDS.done}` })
    await page.getByText('10,000 / 10,000 人已处理').waitFor()
    const shown = await main()
    for (const words of [
      '已发送 8,420 人 挑选了 10,000 人',
      '在小程序里读了 3,368 人 占已发送的 40%',
      '发送后 30 天内回来购买 421 人 占已发送的 5%，共 508 笔',
      '回来后的消费 ¥9,999,999.99',
      '没有设对照组：这些会员里有人本来就会回来，所以这些数字不能证明是活动带来的效果。',
      '未发送 1,447 人 没有同意接收优惠消息 900 人 近期收到的消息已到上限 500 人 已经回来购买 47 人',
      '失败 130 人 微信或短信服务商拒绝发送 120 人 多次尝试后服务商没有回应 10 人',
      '不确定 3 人 可能已送达，系统不会重发',
      '微信订阅消息 5,200 人 小程序消息 2,020 人 短信 1,200 人',
      '超过 90 天没来，人民路店',
    ])
      expect(shown).toContain(words)
    expect(await button('取消活动').count()).toBe(0)
  })

  it('lists the people of one state, page after page', async () => {
    await open({ at: `/campaigns/${CAMPAIGN_IDS.done}` })
    const people = page.locator('.c-person')
    await people.nth(19).waitFor()
    await button('显示更多').click()
    await people.nth(39).waitFor()
    await button('显示更多').click()
    await page.getByText('没有更多了').waitFor()
    expect(await people.count()).toBe(46)
    await button(/^不确定/).click()
    await people.filter({ hasText: '已发送' }).first().waitFor({ state: 'detached' })
    expect((await people.first().innerText()).replace(/\s+/g, ' ')).toMatch(
      /138\*\*\*\*1006 800000000006 不确定 短信 · .* · 可能已送达，系统不会重发/,
    )
    await button(/^发送中/).click()
    await page.getByText('没有这个状态的会员').waitFor()
  })

  it('says in numbers what stopping means, and stops it', async () => {
    standIn.state.isMoving = false
    await open({ at: `/campaigns/${CAMPAIGN_IDS.sending}` })
    await button('取消活动').click()
    await page.getByText('已经发给或正在发给 280 人，无法撤回。还有 700 人不会再收到。').waitFor()
    await button('继续发送').click()
    expect(sentTo(`/campaigns/${CAMPAIGN_IDS.sending}/cancel`)).toEqual([])
    await button('取消活动').click()
    await button('取消，不再发给 700 人').click()
    await page.getByText('活动被取消').first().waitFor()
  })

  it('says so when it was over before it could be stopped', async () => {
    standIn.state.isMoving = false
    await open({ at: `/campaigns/${CAMPAIGN_IDS.sending}` })
    await button('取消活动').click()
    standIn.state.campaigns = standIn.state.campaigns.map((one) => ({ ...one, state: 'done' }))
    await button('取消，不再发给 700 人').click()
    await page.getByText('这个活动已经结束，不能再更改').waitFor()
  })

  it('says so when there is no such campaign', async () => {
    await open({ at: '/campaigns/01JX0000000000000000000ZZZ' })
    await page.getByText('没有找到').waitFor()
  })

  it('shows nothing cut and nothing hard to read, large and small, light and dark', async () => {
    standIn.state.isMoving = false
    await open({ at: '/campaigns' })
    await page.locator('.c-head').first().waitFor()
    await expectReadable()
    for (const id of [CAMPAIGN_IDS.done, CAMPAIGN_IDS.sending]) {
      await page.goto(`${suite.server.url}#/campaigns/${id}`)
      await page.locator('.c-person').first().waitFor()
      await expectReadable()
    }
    await button('取消活动').click()
    await expectReadable()
    await button('继续发送').click()
    await page.goto(`${suite.server.url}#/campaigns/new`)
    await page.getByRole('checkbox', { name: '短信' }).check()
    await page.getByLabel('标题', { exact: true }).fill('题'.repeat(20))
    await page.getByLabel('正文', { exact: true }).fill('文'.repeat(201))
    await page.getByText('定时发送').click()
    await page.getByText('看看都有谁').click()
    await button('检查并发送').click()
    await page.getByText('超出 1 个字').waitFor()
    await expectReadable()
  })

  const expectReadable = () =>
    inEachLook(page, async (look) => {
      const found = { look, issues: await seriousIssues(page), cut: await cutTexts(page) }
      expect(found).toEqual({ look, issues: [], cut: [] })
    })
})
