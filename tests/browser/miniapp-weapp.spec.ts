import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { isMemberCodeValid } from '@huike/shared/member-code'
import type { MemberStandIn } from '../rig/member-stand-in.js'
import { SOLD_CODE } from '../rig/member-stand-in-coupons.js'
import { someReferrals } from '../rig/member-stand-in-data.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { heavySetData } from '../rig/weapp/bridge.js'
import { beginStory, type WeappStory } from '../rig/weapp/story.js'
import { BRIGHTNESS_AT_FIRST } from '../rig/weapp/wx.js'

// The compiled mini-program, as WeChat would load it, from the first tap to the last.

let dist: string
let story: WeappStory
let server: MemberStandIn

beforeAll(async () => {
  dist = await builtMiniapp('weapp')
}, BUILD_MS_MAX)

beforeEach(async () => {
  story = await beginStory(dist)
  ;({ server } = story)
})

afterEach(async () => {
  expect(await story.end()).toEqual([])
})

describe('signing in', () => {
  it('asks for nothing when someone only looks', async () => {
    await story.phone.until('成为会员')
    story.phone.program.switchTab('pages/points/index')
    await story.phone.until('登录后可以看到积分余额')
    expect(server.requests).toEqual([])
    expect(story.phone.program.calls.map(({ api }) => api)).not.toContain('login')
  })

  it('opens a membership with the phone button, and shows the card', async () => {
    await story.becomeMember()
    expect(story.phone.text()).toContain('金卡会员')
    expect(story.phone.text()).toContain('138****8000')
    await story.phone.wait('messages are asked for', () => server.requests.length >= 4)
    expect(server.requests).toEqual([
      'POST /member/v1/session/wechat',
      'POST /member/v1/phone',
      'GET /member/v1/me',
      'GET /member/v1/messages',
    ])
  })

  it('stays usable when the phone number is refused', async () => {
    await story.phone.tap('登录 / 注册')
    await story.phone.until('用微信手机号开通会员')
    await story.phone.answerPhoneButton(null)
    await story.phone.until('不开通也可以继续浏览')
    await story.phone.answerPhoneButton('phone-1')
    await story.phone.until('12,864')
  })

  it('knows a returning member without asking again', async () => {
    await story.becomeMember()
    await story.phone.tap('退出登录')
    await story.phone.until('登录 / 注册')
    await story.phone.tap('登录 / 注册')
    await story.phone.until('12,864')
  })

  it('forgets everything on signing out', async () => {
    await story.becomeMember()
    expect(story.storage.size).toBeGreaterThan(0)
    await story.phone.tap('退出登录')
    await story.phone.until('登录 / 注册')
    expect([...story.storage.keys()]).toEqual([])
  })

  it('leads to the privacy guide', async () => {
    await story.phone.tap('隐私保护指引')
    expect(story.phone.program.calls.map(({ api }) => api)).toContain('openPrivacyContract')
  })
})

describe('bringing friends', () => {
  it('hands on a page that says who brought whom, and promises nothing for it', async () => {
    server.data.referrals = someReferrals()
    await story.becomeMember()
    story.phone.program.switchTab('pages/points/index')
    await story.phone.until('AB23CD45')
    await story.phone.until('转给好友')
    expect(story.phone.program.page.ask('onShareAppMessage', { from: 'button' })).toEqual({
      ...{ title: '邀你来做会员，门店和线上一个号', path: '/pages/home/index?ref=AB23CD45' },
    })
  })
})

describe('the session', () => {
  it('refreshes an expired token once, however many requests meet it', async () => {
    await story.becomeMember()
    server.expireAccess()
    story.phone.program.switchTab('pages/points/index')
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('人民路店')
    const refreshes = server.requests.filter((line) => line.endsWith('/session/refresh'))
    expect(refreshes).toHaveLength(1)
  })

  it('lets WeChat vouch again when the refresh token is gone too', async () => {
    await story.becomeMember()
    server.expireAccess()
    server.revokeRefresh()
    story.phone.program.switchTab('pages/points/index')
    await story.phone.until('生日礼积分')
  })
})

/** What the screen's brightness was set to, in order. */
function lights(): number[] {
  return story.phone.program.calls
    .filter(({ api }) => api === 'setScreenBrightness')
    .map(({ options }) => (options as { value: number }).value)
}

describe('the member code', () => {
  it('is what the till will accept, and says when the next one comes', async () => {
    await story.becomeMember()
    await story.phone.tap('出示会员码')
    await story.phone.until('秒后自动更新')
    const [label] = story.phone.labels().filter((text) => text.startsWith('会员码数字'))
    const digits = (label ?? '').replace(/\D/g, '')
    const key = Buffer.from(server.data.card.codeKey, 'base64url')
    expect(isMemberCodeValid(digits, key, Date.now())).toBe(true)
  })

  it('is there without a network, from what the phone kept', async () => {
    await story.becomeMember()
    story.reopen()
    story.phone.program.setOnline(false)
    await story.phone.until('网络不可用，显示的是')
    await story.phone.tap('出示会员码')
    await story.phone.until('秒后自动更新')
    expect(story.phone.labels()).toEqual(expect.arrayContaining(['会员条形码', '会员二维码']))
    expect(story.phone.text()).toMatch(/68\d\d( \d{4}){4} \d\d/)
  })

  it('brightens the screen, keeps it on, and puts it back on leaving', async () => {
    await story.becomeMember()
    expect(lights()).toEqual([])
    await story.phone.tap('出示会员码')
    await story.phone.until('秒后自动更新')
    expect(lights()).toEqual([1])
    story.phone.program.back()
    await story.phone.wait('the screen is put back', () => lights().length > 1)
    expect(lights()).toEqual([1, BRIGHTNESS_AT_FIRST])
    const kept = story.phone.program.calls.filter(({ api }) => api === 'setKeepScreenOn')
    expect(kept.map(({ options }) => (options as { keepScreenOn: boolean }).keepScreenOn)).toEqual([
      true,
      false,
    ])
  })
})

describe('points', () => {
  beforeEach(async () => {
    await story.becomeMember()
    story.phone.program.switchTab('pages/points/index')
    await story.phone.until('生日礼积分')
  })

  it('tells every movement in words, and leads to its purchase', async () => {
    expect(story.phone.text()).toContain('金卡会员生日当月赠 100 分')
    expect(story.phone.text()).toContain('-49')
    await story.phone.tapLabel('在 人民路店 退货扣回积分')
    await story.phone.until('查看原消费')
    expect(story.phone.program.page.route).toBe('purchase/detail/index')
    story.phone.program.back()
    await story.phone.until('生日礼积分')
  })

  it('fetches the next page at the bottom, and says when there is none', async () => {
    expect(story.phone.text()).toContain('正在加载更多')
    story.phone.scrollToBottom()
    await story.phone.until('没有更多了')
    expect(server.requests.filter((line) => line.endsWith('/points'))).toHaveLength(2)
  })

  it('shows new points after pulling down', async () => {
    server.data.card.balancePoints = 13_000 as typeof server.data.card.balancePoints
    story.phone.pullDown()
    await story.phone.until('13,000')
    expect(story.phone.program.calls.map(({ api }) => api)).toContain('stopPullDownRefresh')
  })
})

describe('purchases', () => {
  it('shows what was bought, how it was paid and what it did to the points', async () => {
    await story.becomeMember()
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('¥256.32')
    expect(story.phone.text()).toContain('已退 ¥49.90')
    await story.phone.tapLabel('人民路店 有机纯牛奶 250ml×12 礼盒装 等 4 件')
    await story.phone.until('红富士苹果')
    for (const words of ['¥12.80 × 1.256', '微信支付', '储值卡', '¥50.00', '+207 分', '2026-11-10'])
      expect(story.phone.text()).toContain(words)
  })

  it('offers to try again when the server fails, and then succeeds', async () => {
    await story.becomeMember()
    server.refuseWith('busy')
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('系统繁忙')
    server.refuseWith(null)
    await story.phone.tap('重新加载')
    await story.phone.until('¥256.32')
  })

  it('are told apart by channel', async () => {
    await story.becomeMember()
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('¥256.32')
    await story.phone.tapLabel('线上')
    await story.phone.until('回客小程序商城')
    await story.phone.wait('no till', () => !story.phone.text().includes('¥256.32'))
    await story.phone.tapLabel('全部')
    await story.phone.until('¥256.32')
  })

  it('says so when there is nothing yet', async () => {
    server.data.purchases.length = 0
    await story.becomeMember()
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('还没有消费记录')
  })
})

describe('coupon packs', () => {
  it('are paid on WeChat’s page, and the order says what the server knows', async () => {
    await story.becomeMember()
    await story.phone.tapLabel('券包')
    await story.phone.until('券包已经卖完了')
    await story.phone.tapLabel('¥9.90 购买 季度券包')
    // The page was left without paying.
    await story.phone.until('待支付')
    const [order] = server.packs.orders
    const asked = story.phone.program.calls.filter(({ api }) => api === 'requestPayment')
    const options = { package: `prepay_id=${String(order?.orderId)}`, signType: 'RSA' }
    expect(asked).toMatchObject([{ options }])
    server.packs.pay(order?.orderId ?? '')
    await story.phone.until('退全部 3 张未用的券')
    expect(story.phone.program.page.route).toBe('pack/order/index')
  })
})

describe('coupons', () => {
  const openWallet = async () => {
    await story.becomeMember()
    await story.phone.tapLabel('优惠券')
    await story.phone.until('使用中')
    await story.phone.quiet()
  }
  const named = (name: string) => server.coupons.coupons.filter((one) => one.name === name)

  it('are taken once though the reply was lost, and are in the wallet', async () => {
    await openWallet()
    await story.phone.tapLabel('领券中心')
    await story.phone.until('限量早餐券')
    server.loseNextReply()
    await story.phone.tapLabel('领取 限量早餐券')
    await story.phone.until('不确定有没有领到')
    story.reopen()
    await story.phone.tapLabel('领券中心')
    await story.phone.tapLabel('领取 限量早餐券')
    await story.phone.until('领到了')
    const ids = server.coupons.told.map(({ requestId }) => requestId)
    expect([ids.length, new Set(ids).size, named('限量早餐券').length]).toEqual([2, 1, 1])
    await story.phone.tap('查看我的优惠券')
    await story.phone.until('免费得 鲜肉包')
    expect(story.phone.program.page.route).toBe('coupon/wallet/index')
  })

  it('come by a code that was sold elsewhere, typed in the claim centre', async () => {
    await story.becomeMember()
    await story.phone.tapLabel('领券中心')
    await story.phone.tap('我有券码')
    const type = (code: string) => story.phone.type('卡上、短信里或海报上的券码', code)
    const send = () => story.phone.tapLabel('兑换 卡上、短信里或海报上的券码')
    await type('nothing here')
    await send()
    await story.phone.until('券码不正确，请核对后再输')
    await type(SOLD_CODE)
    server.loseNextReply()
    await send()
    await story.phone.until('不确定有没有换到')
    await send()
    await story.phone.until('领到了')
    expect(named('门票附赠券')).toHaveLength(1)
    expect(server.coupons.typed).toEqual(['nothing here', SOLD_CODE, SOLD_CODE])
  })

  it('are not offered again to whom the server knows to have them', async () => {
    await story.becomeMember()
    await story.phone.tapLabel('领券中心')
    await story.phone.tapLabel('领取 新品尝鲜券')
    await story.phone.until('领到了')
    const isOffered = () => story.phone.labels().includes('领取 新品尝鲜券')
    await story.phone.wait('the button is gone', () => !isOffered())
    story.phone.program.back()
    await story.phone.tapLabel('领券中心')
    await story.phone.until('这种券每人能领的已经领完')
    expect(isOffered()).toBe(false)
  })

  it('are one for two taps in a row, also of a kind that may be had several times', async () => {
    await story.becomeMember()
    await story.phone.tapLabel('领券中心')
    await story.phone.until('限量早餐券')
    const tap = () => story.phone.tapLabel('领取 限量早餐券')
    await Promise.all([tap(), tap()])
    await story.phone.until('领到了')
    await story.phone.quiet()
    expect(named('限量早餐券')).toHaveLength(1)
  })

  it('say that they have all been taken, where that happened meanwhile', async () => {
    await story.becomeMember()
    await story.phone.tapLabel('领券中心')
    await story.phone.until('限量早餐券')
    await story.phone.quiet()
    for (const offer of server.coupons.offers) offer.stock = 0
    await story.phone.tapLabel('领取 限量早餐券')
    await story.phone.until('券已经领完了')
    story.phone.pullDown()
    await story.phone.until('现在没有可领的券')
  })

  it('show their code bright, also without a network', async () => {
    await openWallet()
    story.phone.program.setOnline(false)
    story.phone.pullDown()
    await story.phone.until('网络不可用，显示的是')
    await story.phone.tapLabel('8.5 折')
    await story.phone.until('4801 2600 0002')
    expect(story.phone.text()).toContain('出示会员码，店员也能找到这张券')
    expect(story.phone.labels()).toEqual(expect.arrayContaining(['优惠券条形码']))
    await story.phone.wait('the screen is bright', () => lights().length > 0)
    expect(lights()).toEqual([1])
  })

  it('are sorted by what became of them, and go on below', async () => {
    await openWallet()
    story.phone.scrollToBottom()
    await story.phone.until('没有更多了')
    expect(story.phone.text()).toContain('满 ¥71 减 ¥5')
    await story.phone.tapLabel('已用')
    await story.phone.until('已使用')
    await story.phone.tapLabel('过期')
    await story.phone.until('已过期')
    server.coupons.coupons = []
    story.phone.pullDown()
    await story.phone.until('没有过期的优惠券')
    expect(heavySetData(story.phone.program.setData)).toEqual([])
  })
})

describe('manners', () => {
  it('sends little over the bridge', async () => {
    await story.becomeMember()
    story.phone.program.switchTab('pages/points/index')
    await story.phone.until('生日礼积分')
    story.phone.scrollToBottom()
    await story.phone.until('没有更多了')
    expect(heavySetData(story.phone.program.setData)).toEqual([])
    expect(heavySetData([{ route: 'first', bytes: 16_385 }])).toHaveLength(1)
    const later = [1, 16_385, 32_769].map((bytes) => ({ route: 'home', bytes }))
    expect(heavySetData(later)).toEqual(['home sent 32769 bytes'])
  })

  it('carries labels and roles to the screen reader', async () => {
    await story.becomeMember()
    expect(story.phone.labels()).toEqual(
      expect.arrayContaining(['可用积分 12,864', '优惠券', '领券中心 看看有什么可领', '会员资料']),
    )
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('¥256.32')
    const chosen = story.phone.html().match(/aria-selected="true"[^>]*aria-label="(.+?)"/)
    expect(chosen?.[1]).toBe('全部')
  })

  it('enlarges type for those who asked WeChat for it', async () => {
    story.reopen({ fontScale: 1.4 })
    await story.phone.until('成为会员')
    expect(story.phone.html()).toContain('--hk-font-scale: 1.4')
  })
})
