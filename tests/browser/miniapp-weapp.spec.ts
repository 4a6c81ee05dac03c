import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { isMemberCodeValid } from '@huike/shared/member-code'
import { startMemberStandIn, type MemberStandIn } from '../rig/member-stand-in.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { openPhone, type Phone } from '../rig/weapp/phone.js'

// The compiled mini-program, as WeChat would load it, from the first tap to the last.

/** Bars of our own, far below WeChat's 256 KB: see the design notes on performance. */
const FIRST_SET_DATA_BYTES_MAX = 16_384
const SET_DATA_BYTES_MAX = 32_768

let dist: string
let server: MemberStandIn
let phone: Phone
let storage: Map<string, unknown>
let codesGiven: number

function open(settings: { fontScale?: number } = {}): Phone {
  return openPhone({
    dist,
    storage,
    settings: {
      serverOrigin: server.origin,
      loginCode: () => `login-${String((codesGiven += 1))}`,
      ...settings,
    },
  })
}

async function becomeMember(): Promise<void> {
  await phone.tap('登录 / 注册')
  await phone.until('用微信手机号开通会员')
  await phone.answerPhoneButton('phone-1')
  await phone.until('12,864')
}

beforeAll(async () => {
  dist = await builtMiniapp('weapp')
}, BUILD_MS_MAX)

beforeEach(async () => {
  server = await startMemberStandIn()
  storage = new Map()
  codesGiven = 0
  phone = open()
})

afterEach(async () => {
  phone.close()
  await server.close()
  expect(phone.program.errors).toEqual([])
})

describe('signing in', () => {
  it('asks for nothing when someone only looks', async () => {
    await phone.until('成为会员')
    phone.program.switchTab('pages/points/index')
    await phone.until('登录后可以看到积分余额')
    expect(server.requests).toEqual([])
    expect(phone.program.calls.map(({ api }) => api)).not.toContain('login')
  })

  it('opens a membership with the phone button, and shows the card', async () => {
    await becomeMember()
    expect(phone.text()).toContain('金卡会员')
    expect(phone.text()).toContain('138****8000')
    expect(server.requests).toEqual([
      'POST /member/v1/session/wechat',
      'POST /member/v1/phone',
      'GET /member/v1/me',
    ])
  })

  it('stays usable when the phone number is refused', async () => {
    await phone.tap('登录 / 注册')
    await phone.until('用微信手机号开通会员')
    await phone.answerPhoneButton(null)
    await phone.until('不开通也可以继续浏览')
    await phone.answerPhoneButton('phone-1')
    await phone.until('12,864')
  })

  it('knows a returning member without asking again', async () => {
    await becomeMember()
    await phone.tap('退出登录')
    await phone.until('登录 / 注册')
    await phone.tap('登录 / 注册')
    await phone.until('12,864')
  })

  it('forgets everything on signing out', async () => {
    await becomeMember()
    expect(storage.size).toBeGreaterThan(0)
    await phone.tap('退出登录')
    await phone.until('登录 / 注册')
    expect([...storage.keys()]).toEqual([])
  })

  it('leads to the privacy guide', async () => {
    await phone.tap('隐私保护指引')
    expect(phone.program.calls.map(({ api }) => api)).toContain('openPrivacyContract')
  })
})

describe('the session', () => {
  it('refreshes an expired token once, however many requests meet it', async () => {
    await becomeMember()
    server.expireAccess()
    phone.program.switchTab('pages/points/index')
    phone.program.switchTab('pages/purchases/index')
    await phone.until('人民路店')
    const refreshes = server.requests.filter((line) => line.endsWith('/session/refresh'))
    expect(refreshes).toHaveLength(1)
  })

  it('lets WeChat vouch again when the refresh token is gone too', async () => {
    await becomeMember()
    server.expireAccess()
    server.revokeRefresh()
    phone.program.switchTab('pages/points/index')
    await phone.until('生日礼积分')
  })
})

describe('the member code', () => {
  it('is what the till will accept', async () => {
    await becomeMember()
    const [label] = phone.labels().filter((text) => text.startsWith('会员码数字'))
    const digits = (label ?? '').replace(/\D/g, '')
    const key = Buffer.from(server.data.card.codeKey, 'base64url')
    expect(isMemberCodeValid(digits, key, Date.now())).toBe(true)
  })

  it('is there without a network, from what the phone kept', async () => {
    await becomeMember()
    phone.close()
    phone = open()
    phone.program.setOnline(false)
    await phone.until('网络不可用，显示的是')
    expect(phone.labels()).toEqual(expect.arrayContaining(['会员条形码', '会员二维码']))
    expect(phone.text()).toMatch(/68\d\d( \d{4}){4} \d\d/)
  })
})

describe('points', () => {
  beforeEach(async () => {
    await becomeMember()
    phone.program.switchTab('pages/points/index')
    await phone.until('生日礼积分')
  })

  it('tells every movement in words, and leads to its purchase', async () => {
    expect(phone.text()).toContain('金卡会员生日当月赠 100 分')
    expect(phone.text()).toContain('-49')
    await phone.tapLabel('在 人民路店 退货扣回积分')
    await phone.until('查看原消费')
    expect(phone.program.page.route).toBe('purchase/detail/index')
    phone.program.back()
    await phone.until('生日礼积分')
  })

  it('fetches the next page at the bottom, and says when there is none', async () => {
    expect(phone.text()).toContain('正在加载更多')
    phone.scrollToBottom()
    await phone.until('没有更多了')
    expect(server.requests.filter((line) => line.endsWith('/points'))).toHaveLength(2)
  })

  it('shows new points after pulling down', async () => {
    server.data.card.balancePoints = 13_000 as typeof server.data.card.balancePoints
    phone.pullDown()
    await phone.until('13,000')
    expect(phone.program.calls.map(({ api }) => api)).toContain('stopPullDownRefresh')
  })
})

describe('purchases', () => {
  it('shows what was bought, how it was paid and what it did to the points', async () => {
    await becomeMember()
    phone.program.switchTab('pages/purchases/index')
    await phone.until('¥256.32')
    expect(phone.text()).toContain('已退 ¥49.90')
    await phone.tapLabel('人民路店 有机纯牛奶 250ml×12 礼盒装 等 4 件')
    await phone.until('红富士苹果')
    for (const words of ['¥12.80 × 1.256', '微信支付', '储值卡', '¥50.00', '+207 分', '2026-11-10'])
      expect(phone.text()).toContain(words)
  })

  it('offers to try again when the server fails, and then succeeds', async () => {
    await becomeMember()
    server.refuseWith('busy')
    phone.program.switchTab('pages/purchases/index')
    await phone.until('系统繁忙')
    server.refuseWith(null)
    await phone.tap('重新加载')
    await phone.until('¥256.32')
  })

  it('says so when there is nothing yet', async () => {
    server.data.purchases.length = 0
    await becomeMember()
    phone.program.switchTab('pages/purchases/index')
    await phone.until('还没有消费记录')
  })
})

describe('manners', () => {
  it('sends little over the bridge', async () => {
    await becomeMember()
    phone.program.switchTab('pages/points/index')
    await phone.until('生日礼积分')
    phone.scrollToBottom()
    await phone.until('没有更多了')
    const bytes = phone.program.setData.map((record) => record.bytes)
    expect(bytes[0]).toBeLessThanOrEqual(FIRST_SET_DATA_BYTES_MAX)
    expect(Math.max(...bytes)).toBeLessThanOrEqual(SET_DATA_BYTES_MAX)
  })

  it('carries labels and roles to the screen reader', async () => {
    await becomeMember()
    expect(phone.labels()).toEqual(expect.arrayContaining(['可用积分 12,864', '会员条形码']))
  })

  it('enlarges type for those who asked WeChat for it', async () => {
    phone.close()
    phone = open({ fontScale: 1.4 })
    await phone.until('成为会员')
    expect(phone.html()).toContain('--hk-font-scale: 1.4')
  })
})
