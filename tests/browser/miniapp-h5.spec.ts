import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { points, type BusinessDate } from '@huike/shared/quantities'
import { describeBrowser } from '../rig/browser.js'
import { posterAddress } from '@huike/shared/poster-codes'
import { boughtOffer, POSTER_CODE } from '../rig/member-stand-in-coupons.js'
import { someReferrals } from '../rig/member-stand-in-data.js'
import { someExchange } from '../rig/member-stand-in-mall.js'
import {
  openBrowserStories,
  type BrowserStories,
  type BrowserStory,
} from '../rig/weapp/browser-story.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'

// The same pages as a web page under /m/, in a real browser.

describeBrowser('the mini-program in a browser', () => {
  let stories: BrowserStories
  let story: BrowserStory

  beforeAll(async () => {
    stories = await openBrowserStories(await builtMiniapp('h5'))
  }, BUILD_MS_MAX)
  afterAll(() => stories.close())

  beforeEach(async () => {
    story = await stories.begin()
  })
  afterEach(async () => {
    expect(await story.end()).toEqual([])
  })

  const shown = (text: string) => story.shown(text)

  it('signs in by phone, shows the card, and a code that renews itself', async () => {
    await story.signIn()
    await shown('金卡会员').waitFor()
    await shown('出示会员码').click()
    await shown('秒后自动更新').waitFor()
    await story.page.locator('[role=img][aria-label=会员条形码]').waitFor()
    const digits = story.page.locator('.hk-code__digits', { hasText: /^68/ })
    expect(await digits.innerText()).toMatch(/^68\d\d( \d{4}){4} \d\d$/)
  })

  it('says what is wrong with a phone number before asking the server', async () => {
    await story.page.locator('input').fill('1380013')
    await story.page.locator('.hk-button--primary').click({ force: true })
    await shown('请输入 11 位手机号').waitFor()
    expect(story.server.requests).toEqual([])
  })

  it('goes from points to the purchase behind them and back', async () => {
    await story.signIn()
    await story.openTab('积分')
    await shown('12,800 积分可抵 ¥128.00').waitFor()
    await shown('退款 ¥49.90').click()
    await shown('查看原消费').waitFor()
    await shown('-49 分').waitFor()
    await story.back()
    await shown('生日礼积分').waitFor()
  })

  it('tells points that may be spent from those that wait, and which go next', async () => {
    const { card } = story.server.data
    card.pending = {
      ...{ points: points(1_200), nextPoints: points(200) },
      fromDate: '2026-12-01' as BusinessDate,
    }
    card.expiringSoon = { points: points(64), onDate: '2026-12-31' as BusinessDate }
    await story.signIn()
    await shown('11,664').waitFor()
    await shown('另有 1,200 分待生效，2026-12-01 起先有 200 分可用').waitFor()
    await story.openTab('积分')
    await shown('11,664').waitFor()
    await shown('另有 1,200 分待生效').waitFor()
    await shown('64 分将于 2026-12-31 到期').waitFor()
  })

  it('signs in for today once, and says what tomorrow gives', async () => {
    story.server.data.signIn = {
      ...{ isDone: false, streakDays: 2, todayPoints: points(5), tomorrowPoints: points(1) },
    }
    story.server.data.profilePoints = points(50)
    await story.signIn()
    await story.openTab('积分')
    await shown('已连续签到 2 天，今天签到得 5 分').waitFor()
    const button = story.page.locator('.hk-button--primary').locator('visible=true')
    await button.click({ force: true })
    await shown('今天已签到，连续 3 天。明天签到得 1 分').waitFor()
    await shown('连续签到第 3 天，得 5 分').waitFor()
    await shown('12,869').waitFor()
    expect(await button.count()).toBe(0)
    expect(story.server.requests.filter((line) => line.endsWith('/sign-in'))).toHaveLength(1)
    await story.button('填齐资料').click()
    await story.page.locator('input[aria-label=称呼]').waitFor()
  })

  it('takes a review of a purchase once, says what becomes of it, and takes it back', async () => {
    await story.signIn()
    await story.openTab('消费')
    await shown('¥256.32').click()
    await shown('审核通过后得 20 分，给几颗星都一样').waitFor()
    const send = story.page.locator('.hk-button--primary').locator('visible=true')
    await send.click({ force: true })
    await shown('请先选几颗星').waitFor()
    await story.page.locator('[role=radio][aria-label="4 星"]').click()
    await story.page.locator('textarea[aria-label=评价内容]').fill('苹果很甜')
    await send.click({ force: true })
    await shown('等门店审核，通过后得 20 分').waitFor()
    await shown('★★★★☆').waitFor()
    const { purchases } = story.server.data
    const reviewed = () => purchases[1]?.review
    expect(reviewed()).toMatchObject({ state: 'waiting', stars: 4, text: '苹果很甜' })
    await shown('撤回评价').click({ force: true })
    await shown('这笔消费不能再评价').waitFor()
    await story.page.locator('.taro-model__confirm').click()
    await shown('评价已撤回，内容已经删除').waitFor()
    expect(reviewed()).toMatchObject({ state: 'withdrawn', text: null })
    expect(await send.count()).toBe(0)
  })

  it('gives who bought a coupon to take, from home or from the purchase, once', async () => {
    const { data, coupons } = story.server
    const [, bought] = data.purchases
    coupons.bought = [boughtOffer(bought?.id ?? ''), boughtOffer(data.purchases[0]?.id ?? '')]
    await story.signIn()
    await story.button('领券中心 2 张待领').click()
    await shown('消费后可领').waitFor()
    await shown('人民路店').first().waitFor()
    const take = story.page
      .locator('.hk-coupon', { hasText: '下次到店券' })
      .locator('.hk-button--quiet')
      .locator('visible=true')
    await take.first().dblclick({ force: true })
    await shown('领到了').waitFor()
    expect(coupons.coupons.filter(({ name }) => name === '下次到店券')).toHaveLength(1)
    await story.back()
    await story.openTab('消费')
    await story.page.locator('.hk-amount').first().click()
    await take.click({ force: true })
    await shown('领到了').waitFor()
    await story.back()
    await shown('¥256.32').click()
    await shown('已领取，在“优惠券”里').waitFor()
    expect(coupons.coupons.filter(({ name }) => name === '下次到店券')).toHaveLength(2)
  })

  it('sells packs: the server says what became of a payment, and gives unused coupons back', async () => {
    await story.signIn()
    await story.button('券包').click()
    await shown('券包已经卖完了').waitFor()
    await shown('满 ¥50 减 ¥10 × 2').first().waitFor()
    await shown('¥9.90 购买').click({ force: true })
    await shown('待支付').waitFor()
    expect(story.server.packs.orders).toHaveLength(1)
    await shown('不会扣钱').waitFor()
    await shown('模拟支付').click({ force: true })
    await shown('退全部 3 张未用的券，得 ¥9.90').waitFor()
    await shown('退 ¥3.00').first().click({ force: true })
    await shown('这张券马上作废，¥3.00 原路退回').waitFor()
    await story.page.locator('.taro-model__confirm').click()
    await shown('已部分退款').waitFor()
    await shown('退全部 2 张未用的券，得 ¥6.90').waitFor()
    await story.back()
    await shown('查看我的券包订单').click({ force: true })
    await shown('已部分退款').waitFor()
    expect(story.server.packs.told).toHaveLength(2)
  })

  describe('the points mall', () => {
    const tap = (words: string) =>
      story.page
        .locator('.hk-button', { hasText: words })
        .locator('visible=true')
        .click({ force: true })
    const confirm = () => story.page.locator('.taro-model__confirm').locator('visible=true').click()

    beforeEach(() => story.signIn())

    it('exchanges goods once, shows their code, and gives the points back', async () => {
      await story.button('积分商城').click()
      for (const why of ['还差 12,864 积分', '已经兑完了', '会员等级不够兑换这件商品', '开始兑换'])
        await shown(why).waitFor()
      await story.button('手冲咖啡一杯').click()
      await story.page.locator('[aria-label=多一件]').click()
      await tap('用 2,400 积分兑换')
      await shown('用掉 2,400 积分，换“手冲咖啡一杯”2 件，剩 10,464 积分').waitFor()
      await shown('到人民路店、中山公园地铁站店领取').waitFor()
      story.server.loseNextReply()
      await confirm()
      await shown('刚才的兑换可能已经成功，正在核对，不会重复兑换').waitFor()
      await story.page.locator('[role=img][aria-label=领取码条形码]').waitFor()
      await shown('482 600 0001').waitFor()
      const { mall, data } = story.server
      const ids = mall.told.map(({ requestId }) => requestId)
      expect([ids.length > 1, new Set(ids).size, mall.exchanges.length]).toEqual([true, 1, 1])
      expect(data.card.balancePoints).toBe(10_464)
      await story.arrived()
      await tap('取消兑换，退回积分')
      await shown('领取码马上失效，2,400 积分退回').waitFor()
      await confirm()
      await shown('2,400 积分已退回').waitFor()
      expect(data.card.balancePoints).toBe(12_864)
      await story.back()
      await story.button('手冲咖啡一杯').waitFor()
      await story.arrived()
      await story.back()
      await story.openTab('积分')
      await story.button('兑换取消，积分退回').click()
      await shown('你取消了这次兑换').waitFor()
    })

    it('puts a coupon into the wallet', async () => {
      await story.openTab('积分')
      await story.button('积分商城').click()
      await story.button('满 50 减 10 券').click()
      await tap('用 600 积分兑换')
      await shown('兑换后马上放进“优惠券”，不能取消').first().waitFor()
      await confirm()
      await shown('已放进“优惠券”').waitFor()
      await story.arrived()
      await tap('查看我的优惠券')
      await shown('会员专享券').waitFor()
    })

    it('says by itself that a code was scanned, and keeps codes for a store without a network', async () => {
      const { mall } = story.server
      mall.exchanges.push(someExchange(1), someExchange(2, { state: 'lapsed', code: null }))
      await story.button('积分商城').click()
      await story.button('兑换记录').click()
      await shown('出示领取码').waitFor()
      await story.page.locator('[role=tab][aria-label=逾期未领]').click()
      await story.page.locator('.hk-row', { hasText: '逾期未领' }).waitFor()
      await story.page.locator('[role=tab][aria-label=待领取]').click()
      await story.context.setOffline(true)
      await story.button('手冲咖啡一杯').click()
      await shown('482 600 0001').waitFor()
      await shown('网络不可用，显示的是').waitFor()
      await story.context.setOffline(false)
      mall.handOver('4826000001', '人民路店')
      await shown('商品已经交给你了').waitFor()
      await shown('人民路店').waitFor()
    })
  })

  it('brings friends by a code, says what that gives, and shows of them a masked name', async () => {
    story.server.data.referrals = someReferrals()
    await story.page.evaluate(() => {
      location.hash = '#/pages/home/index?ref=ZZ99YY88'
    })
    await story.page.reload()
    const code = story.page.locator('input[aria-label="推荐码（可不填）"]')
    await code.waitFor()
    expect(await code.inputValue()).toBe('ZZ99YY88')
    await story.page.locator('input[type=number]').fill('13800138000')
    await story.page.locator('.hk-button--primary').click({ force: true })
    await shown('可用积分').waitFor()
    await shown('推荐码没有用上').waitFor()
    expect(story.server.data.givenCode).toBe('ZZ99YY88')
    await story.openTab('积分')
    await shown('推荐人得 100 分').waitFor()
    await shown('AB23CD45').waitFor()
    await story.button('我推荐的好友').click()
    await shown('欧***').waitFor()
    await shown('已消费，过了退货的日子就得分').waitFor()
    await shown('+100').waitFor()
  })

  it('loads older purchases when scrolled to the end', async () => {
    await story.signIn()
    await story.openTab('消费')
    await shown('¥256.32').waitFor()
    await shown('正在加载更多').scrollIntoViewIfNeeded()
    await shown('没有更多了').waitFor()
    const asked = story.server.requests.filter((line) => line.endsWith('/purchases'))
    expect(asked).toHaveLength(2)
  })

  it('tells purchases apart by channel', async () => {
    await story.signIn()
    await story.openTab('消费')
    await shown('¥256.32').waitFor()
    await story.page.locator('[role=tab][aria-label=线上]').click()
    await story.page.getByText('¥256.32').waitFor({ state: 'detached' })
    await shown('¥88.00').waitFor()
    await story.page.locator('[role=tab][aria-selected=true]', { hasText: /^线上$/ }).waitFor()
  })

  it('keeps the last good pages when the network goes', async () => {
    await story.signIn()
    await story.openTab('积分')
    await shown('生日礼积分').waitFor()
    await story.context.setOffline(true)
    await story.openTab('会员')
    await story.openTab('积分')
    await shown('网络不可用，显示的是').waitFor()
    await shown('生日礼积分').waitFor()
  })

  it('takes a coupon, and shows it and its code, also without a network', async () => {
    await story.signIn()
    await story.button('领券中心').click()
    const take = story.page.locator('.hk-button--quiet').locator('visible=true').first()
    await take.click({ force: true })
    await shown('领到了').waitFor()
    expect(story.server.coupons.told).toHaveLength(1)
    await story.arrived()
    const toWallet = story.page.locator('.hk-button--text', { hasText: '查看我的优惠券' })
    await toWallet.locator('visible=true').click({ force: true })
    const openCode = async () => {
      await story.button('满 ¥30 减 ¥8').click()
      await shown('4801 2600 0500').waitFor()
      await story.page.locator('[role=img][aria-label=优惠券条形码]').waitFor()
    }
    await openCode()
    await story.context.setOffline(true)
    await story.back()
    await shown('网络不可用，显示的是').waitFor()
    await story.arrived()
    await openCode()
  })

  it('takes the coupon of a poster that opened the page, for who signs in first', async () => {
    await story.page.goto(posterAddress(story.server.origin, POSTER_CODE))
    await shown('登录后就能领海报上的券').waitFor()
    const press = (name: string) =>
      story.page.locator('.hk-button--primary', { hasText: name }).click({ force: true })
    await story.arrived()
    await press('去登录')
    await story.page.locator('input[type=number]').fill('13800138000')
    await story.arrived()
    await press('登录 / 注册')
    await shown('领到了：满 ¥20 减 ¥6').waitFor()
    // A browser has no scanner, and offers none.
    expect(await shown('扫一扫').count()).toBe(0)
    await story.arrived()
    await story.back()
    await story.button('领券中心').click()
    await shown('我有券码').waitFor()
    expect(story.server.coupons.typed).toEqual([POSTER_CODE])
  })

  describe('the account', () => {
    beforeEach(() => story.signIn())

    it('shows messages, and home counts what is unread', async () => {
      await story.button('消息 ?2').click()
      await shown('好久不见').waitFor()
      await shown('没有更多了').or(shown('正在加载更多')).scrollIntoViewIfNeeded()
      await shown('没有更多了').waitFor()
      await story.back()
      await shown('暂无新消息').waitFor()
      // There is no WeChat here that could remind anyone.
      expect(story.server.requests.join()).not.toContain('/subscriptions')
    })

    it('takes a name and a birthday', async () => {
      await story.button('会员资料').click()
      await story.page.locator('input[aria-label=称呼]').fill('欧阳上官')
      await story.button('生日').click()
      await story.page.locator('.weui-picker__action').locator('visible=true').last().click()
      await shown('1990-01-01').waitFor()
      await story.page.locator('.weui-picker').first().waitFor({ state: 'hidden' })
      await story.page.locator('.hk-button--primary').locator('visible=true').click({ force: true })
      await shown('已保存').waitFor()
      expect(story.server.account.profile).toMatchObject({
        name: '欧阳上官',
        birthday: '1990-01-01',
      })
    })

    it('grants and withdraws with one touch each', async () => {
      await story.button('隐私与授权').click()
      const marketing = story.page.locator('[role=switch][aria-label=优惠与活动消息]')
      await marketing.waitFor()
      expect(await marketing.getAttribute('aria-checked')).toBe('false')
      await marketing.click()
      await story.page.locator('[role=switch][aria-checked=true]').waitFor()
      await story.page.locator('.hk-toggle--busy').waitFor({ state: 'detached' })
      await marketing.click()
      await shown('关闭').waitFor()
      await story.page.locator('.hk-toggle--busy').waitFor({ state: 'detached' })
      expect(story.server.account.told.consents.map(({ isGranted }) => isGranted)).toEqual([
        true,
        false,
      ])
    })
  })
})
