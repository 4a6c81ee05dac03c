import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { MALL_SHELF_MAX } from '@huike/shared/contracts/mall'
import { posterAddress } from '@huike/shared/poster-codes'
import type { MemberStandIn } from '../rig/member-stand-in.js'
import { OVER_CODE, POSTER_CODE, SOLD_CODE } from '../rig/member-stand-in-coupons.js'
import { somePickup } from '../rig/member-stand-in-data.js'
import { someExchange } from '../rig/member-stand-in-mall.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { heavySetData } from '../rig/weapp/bridge.js'
import { beginStory, type WeappStory } from '../rig/weapp/story.js'

// The points mall of the compiled mini-program, orders that are fetched in a store, and codes of posters,
// by taps.

/** The first try, and those the phone makes by itself. */
const TRIES = 3

let dist: string
let story: WeappStory
let server: MemberStandIn

beforeAll(async () => {
  dist = await builtMiniapp('weapp')
}, BUILD_MS_MAX)

beforeEach(async () => {
  story = await beginStory(dist)
  ;({ server } = story)
  await story.becomeMember()
})

afterEach(async () => {
  expect(await story.end()).toEqual([])
})

describe('the points mall', () => {
  it('exchanges by a tap and a yes, and shows the code bright', async () => {
    await story.phone.tapLabel('积分商城')
    await story.phone.until('12,864')
    await story.phone.tapLabel('手冲咖啡一杯')
    await story.phone.tap('用 1,200 积分兑换')
    await story.phone.until('482 600 0001')
    const asked = story.phone.program.calls.filter(({ api }) => api === 'showModal')
    const content = expect.stringMatching(/^用掉 1,200 积分，换“手冲咖啡一杯”1 件，剩 11,664 积分/)
    expect(asked).toMatchObject([{ options: { title: '确认兑换？', content } }])
    expect(story.phone.labels()).toEqual(
      expect.arrayContaining(['领取码条形码', '领取码数字 4826000001']),
    )
    expect(story.phone.program.page.route).toBe('mall/exchange/index')
    expect(server.mall.exchanges).toHaveLength(1)
    server.mall.handOver('4826000001', '人民路店')
    story.phone.pullDown()
    await story.phone.until('商品已经交给你了')
    story.phone.program.back()
    await story.phone.until('11,664')
    expect(heavySetData(story.phone.program.setData)).toEqual([])
  })

  it('exchanges once though no answer comes and the phone is opened anew', async () => {
    await story.phone.tapLabel('积分商城')
    await story.phone.tapLabel('满 50 减 10 券')
    await story.phone.until('用 600 积分兑换')
    server.loseNextReply(TRIES)
    await Promise.all([story.phone.tap('用 600 积分兑换'), story.phone.tap('用 600 积分兑换')])
    await story.phone.until('没有成功就照原样兑换一次，不会重复兑换')
    story.reopen()
    // Nobody else has to know: what it costs now does not matter any more.
    for (const item of server.mall.items) item.pricePoints += 1
    await story.phone.tapLabel('积分商城')
    await story.phone.tapLabel('满 50 减 10 券 核对刚才的兑换')
    await story.phone.until('刚才的兑换：“满 50 减 10 券”1 张，600 积分')
    await story.phone.tap('核对刚才的兑换')
    await story.phone.until('已放进“优惠券”')
    const ids = server.mall.told.map(({ requestId }) => requestId)
    expect([ids.length, new Set(ids).size, server.mall.exchanges.length]).toEqual([TRIES + 1, 1, 1])
    expect(server.data.card.balancePoints).toBe(12_264)
    await story.phone.tap('查看我的优惠券')
    await story.phone.until('会员专享券')
    expect(story.phone.program.page.route).toBe('coupon/wallet/index')
  })

  it('goes on in the records until something of the kind is found', async () => {
    const cancelled = { state: 'cancelled', code: null, cancelledBy: 'shop' } as const
    for (let at = 1; at <= 25; at += 1) server.mall.exchanges.push(someExchange(at, cancelled))
    server.mall.exchanges.push(someExchange(26, { name: '明信片' }))
    await story.phone.tapLabel('积分商城')
    await story.phone.tapLabel('兑换记录')
    await story.phone.until('明信片')
    await story.phone.tapLabel('已取消')
    await story.phone.until('没有更多了')
    await story.phone.tapLabel('逾期未领')
    await story.phone.until('没有逾期未领的商品')
  })

  it('draws a full shelf piece by piece', async () => {
    const [first] = server.mall.items
    if (!first) throw new Error('nothing is on the shelf')
    server.mall.items = Array.from({ length: MALL_SHELF_MAX }, (_, at) => ({
      ...{ ...first, itemId: first.itemId.slice(0, -3) + String(100 + at) },
      name: `第 ${String(at + 1)} 件`,
    }))
    await story.phone.tapLabel('积分商城')
    await story.phone.until('第 12 件')
    story.phone.scrollToBottom()
    await story.phone.until('第 24 件')
    expect(story.phone.text()).not.toContain('第 25 件')
    expect(heavySetData(story.phone.program.setData)).toEqual([])
  })

  it('says what it cannot show, and shows it once it can', async () => {
    story.phone.program.setOnline(false)
    await story.phone.tapLabel('积分商城')
    await story.phone.until('网络不可用')
    story.phone.program.setOnline(true)
    server.mall.items = []
    await story.phone.tap('重新加载')
    await story.phone.until('现在没有可兑换的商品')
  })
})

describe('an order that is fetched in a store', () => {
  const online = () => server.data.purchases.find(({ channel }) => channel === 'online')
  const openPurchases = async () => {
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('有机纯牛奶')
  }

  it('shows its code above everything that was bought, also without a network', async () => {
    await openPurchases()
    expect(story.phone.text()).not.toContain('到店自提')
    server.data.pickups.push(somePickup(online(), { state: 'preparing' }))
    story.phone.pullDown()
    await story.phone.until('382 910 5746')
    expect(story.phone.text()).toContain('门店正在备货')
    server.data.pickups[0] = somePickup(online())
    story.phone.pullDown()
    await story.phone.until('已备好，可以去取了')
    story.phone.program.setOnline(false)
    story.reopen()
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('382 910 5746')
    story.phone.program.setOnline(true)
    await story.phone.tapLabel('人民路店 可自提')
    await story.phone.until('到 人民路店 取货')
    expect(story.phone.labels()).toEqual(
      expect.arrayContaining(['取货码条形码', '取货码数字 3829105746']),
    )
    expect(story.phone.program.page.route).toBe('purchase/detail/index')
    expect(heavySetData(story.phone.program.setData)).toEqual([])
  })

  it('says what is left of it, and by itself that it was handed over', async () => {
    const lines = [
      { name: '礼盒', quantityMilli: 2_000, returnedMilli: 1_000, amountFen: 4_000 },
      { name: '提袋', quantityMilli: 1_000, returnedMilli: 1_000, amountFen: 1_000 },
    ]
    server.data.pickups.push(somePickup(online(), { lines, refundedFen: 3_000 }))
    await openPurchases()
    await story.phone.tapLabel('人民路店 可自提')
    await story.phone.until('退货后还剩：礼盒 × 1')
    expect(story.phone.text()).toContain('已退 ¥30.00')
    const endedAtMs = Date.UTC(2026, 10, 20, 3, 20)
    const over = { state: 'fetched', code: null, endedAtMs } as const
    server.data.pickups[0] = somePickup(online(), over)
    await story.phone.until('2026-11-20 11:20 已在 人民路店 取走')
    expect(story.phone.text()).not.toContain('382 910 5746')
    story.phone.program.back()
    await story.phone.wait('the code is gone', () => !story.phone.text().includes('382 910 5746'))
    expect(story.phone.text()).toContain('有机纯牛奶')
  })
})

describe('coupons', () => {
  it('come by the code of a poster that was scanned before signing in, once', async () => {
    const scanned = encodeURIComponent(posterAddress('https://member.example.com', POSTER_CODE))
    story.storage.clear()
    story.reopen({ opensAt: { route: 'coupon/claim/index', query: { q: scanned } } })
    await story.phone.until('登录后就能领海报上的券')
    await story.phone.tap('去登录')
    await story.phone.tap('登录 / 注册')
    await story.phone.until('领到了：满 ¥20 减 ¥6')
    expect(story.phone.program.page.route).toBe('coupon/claim/index')
    // The same poster tomorrow; its mini-program code this time.
    for (const scene of [POSTER_CODE, `code%3D${POSTER_CODE}`]) {
      story.reopen({ opensAt: { route: 'coupon/claim/index', query: { scene } } })
      await story.phone.until('这张券你已经领过了')
    }
    story.reopen({ opensAt: { route: 'pages/home/index', query: { code: OVER_CODE } } })
    await story.phone.until('活动已经结束')
    const taken = server.coupons.coupons.filter(({ name }) => name === '门票附赠券')
    expect(taken).toHaveLength(1)
    const before = [POSTER_CODE, POSTER_CODE, POSTER_CODE]
    expect(server.coupons.typed).toEqual([...before, OVER_CODE])
    story.reopen()
    await story.phone.until('可用积分')
    await story.phone.tapLabel('领券中心')
    await story.phone.until('我有券码')
    expect(server.coupons.typed).toHaveLength(before.length + 1)
  })

  it('come by the code of a poster though nobody answers, and though the session is over', async () => {
    const opensAt = { route: 'pages/home/index', query: { code: POSTER_CODE } }
    server.refuseWith('busy')
    story.reopen({ opensAt })
    await story.phone.until('网络不稳定，不确定有没有换到')
    server.refuseWith(null)
    expect(server.coupons.typed).toEqual([])
    story.reopen()
    await story.phone.until('领到了：满 ¥20 减 ¥6')
    // Neither the server nor WeChat vouches for them, until they sign in.
    let isVouched = false
    server.expireAccess()
    server.revokeRefresh()
    story.reopen({ opensAt, loginCode: () => (isVouched ? 'login-again' : 'login-1') })
    await story.phone.until('登录后可以领优惠券')
    isVouched = true
    await story.phone.tap('去登录')
    await story.phone.tap('登录 / 注册')
    await story.phone.until('这张券你已经领过了')
    expect(server.coupons.typed).toEqual([POSTER_CODE, POSTER_CODE])
  })

  it('come by a code that is scanned in the claim centre', async () => {
    let read: { result: string; path?: string } | null = null
    story.reopen({ scans: () => read })
    await story.phone.tapLabel('领券中心')
    await story.phone.tap('我有券码')
    await story.phone.tap('扫一扫')
    read = { result: 'https://example.com/menu?id=7' }
    await story.phone.tap('扫一扫')
    await story.phone.until('这不是领券的码')
    expect(server.coupons.typed).toEqual([])
    read = { result: '', path: `coupon/claim/index?scene=${POSTER_CODE}` }
    await story.phone.tap('扫一扫')
    await story.phone.until('领到了')
    read = { result: SOLD_CODE.toLowerCase() }
    await story.phone.tap('扫一扫')
    await story.phone.wait('both are told', () => server.coupons.typed.length === 2)
    expect(server.coupons.typed).toEqual([POSTER_CODE, SOLD_CODE])
  })
})
