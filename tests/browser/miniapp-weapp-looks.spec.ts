import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { describeBrowser, launchBrowser } from '../rig/browser.js'
import { seriousIssues } from '../rig/axe.js'
import { somePickup, someReferrals } from '../rig/member-stand-in-data.js'
import { someExchange } from '../rig/member-stand-in-mall.js'
import { cutTexts } from '../rig/text-fit.js'
import { heavySetData } from '../rig/weapp/bridge.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { takePicture } from '../rig/pictures.js'
import { useLongestWords } from '../rig/weapp/longest-words.js'
import { drawingTab } from '../rig/weapp/picture.js'
import { beginStory, type WeappStory } from '../rig/weapp/story.js'

// What the compiled mini-program looks like, drawn from its real elements and style sheets.

/** A whole walk, drawn page by page, on a machine that has much else to do. */
const WALK_MS_MAX = 180_000
/** 适老化: the largest type WeChat lets people choose. */
const FONT_SCALE = 1.4

/** One walk through every page; each is drawn when it says the words beside it. */
const WALK: readonly (readonly [string, (story: WeappStory) => Promise<void>])[] = [
  ['welcome', ({ phone }) => phone.until('成为会员')],
  ['home', (story) => story.becomeMember()],
  [
    'code',
    async ({ phone }) => {
      await phone.tap('出示会员码')
      await phone.until('秒后自动更新')
    },
  ],
  [
    'points',
    async ({ phone }) => {
      phone.program.back()
      phone.program.switchTab('pages/points/index')
      await phone.until('生日礼积分')
    },
  ],
  [
    'friends',
    async ({ phone }) => {
      await phone.until('AB23CD45')
      await phone.tapLabel('我推荐的好友')
      await phone.until('欧***')
    },
  ],
  [
    'purchases',
    async ({ phone }) => {
      phone.program.back()
      phone.program.switchTab('pages/purchases/index')
      await phone.until('已退')
    },
  ],
  [
    'purchase',
    async ({ phone, server }) => {
      const [, sale] = server.data.purchases
      await phone.tapLabel(`${String(sale?.storeName)} 有机纯牛奶 250ml×12 礼盒装 等 4 件`)
      await phone.until('微信支付')
    },
  ],
  [
    'order to be fetched',
    async ({ phone, server }) => {
      phone.program.back()
      await phone.tapLabel(`${String(server.data.pickups[0]?.storeName)} 可自提`)
      await phone.until('会员专享礼盒')
    },
  ],
  [
    'home that asks',
    async ({ phone }) => {
      phone.program.back()
      phone.program.switchTab('pages/home/index')
      await phone.until('补充生日')
    },
  ],
  [
    'inbox',
    async ({ phone }) => {
      await phone.tapLabel('消息')
      await phone.until('好久不见')
      await phone.until('活动提醒我')
    },
  ],
  [
    'coupons',
    async ({ phone }) => {
      phone.program.back()
      await phone.tapLabel('优惠券')
      await phone.until('使用中')
    },
  ],
  [
    'coupon',
    async ({ phone }) => {
      await phone.tapLabel('满')
      await phone.until('店员也能找到这张券')
    },
  ],
  [
    'claim centre',
    async ({ phone }) => {
      phone.program.back()
      await phone.tapLabel('领券中心')
      await phone.until('这种券每人能领的已经领完')
      await phone.tap('我有券码')
      await phone.until('兑换')
    },
  ],
  [
    'mall',
    async ({ phone }) => {
      phone.program.back()
      phone.program.back()
      await phone.tapLabel('积分商城')
      await phone.until('开始兑换')
    },
  ],
  [
    'exchange',
    async ({ phone }) => {
      await phone.tapLabel('兑换记录')
      await phone.until('最晚')
      await phone.tapLabel('手冲咖啡一杯')
      await phone.until('取消兑换')
    },
  ],
  [
    'level',
    async ({ phone }) => {
      for (let pages = 0; pages < 3; pages += 1) phone.program.back()
      await phone.tapLabel('会员等级')
      await phone.until('等级记录')
    },
  ],
  [
    'profile',
    async ({ phone }) => {
      phone.program.back()
      await phone.tapLabel('会员资料')
      await phone.until('以后再说')
    },
  ],
  [
    'privacy',
    async ({ phone }) => {
      phone.program.back()
      await phone.tapLabel('隐私与授权')
      await phone.until('注销会员')
    },
  ],
  [
    'leave',
    async ({ phone }) => {
      await phone.tap('查看并注销')
      await phone.tapLabel('我已了解会失去什么')
      await phone.until('依法保留')
    },
  ],
]

describeBrowser('the looks of the compiled mini-program', () => {
  let dist: string
  let browser: Browser
  let story: WeappStory

  beforeAll(async () => {
    dist = await builtMiniapp('weapp')
    browser = await launchBrowser()
  }, BUILD_MS_MAX)
  afterAll(() => browser.close())

  beforeEach(async () => {
    story = await beginStory(dist)
    story.server.data.referrals = someReferrals()
    story.server.mall.exchanges.push(someExchange(1))
    const ordered = story.server.data.purchases.find(({ channel }) => channel === 'online')
    story.server.data.pickups.push(somePickup(ordered))
    const consent = { state: 'granted', changedAtMs: Date.now() } as const
    story.server.account.consents.set('marketing', consent)
  })
  afterEach(async () => {
    expect(await story.end()).toEqual([])
  })

  async function walk(
    theme: 'light' | 'dark',
    picture: string,
    look: (page: Page) => Promise<string[]>,
  ): Promise<string[]> {
    const found: string[] = []
    const page = await drawingTab(browser, theme)
    for (const [name, go] of WALK) {
      await go(story)
      await page.setContent(story.phone.html())
      await takePicture(page, `miniapp-weapp-${picture}-${name}`)
      found.push(...(await look(page)).map((problem) => `${name}: ${problem}`))
    }
    await page.close()
    return found
  }

  /** Colours only: roles and labels are WeChat's own, which axe does not know. */
  async function paleColours(page: Page): Promise<string[]> {
    const issues = await seriousIssues(page, 'colours')
    return issues.filter((issue) => issue.startsWith('color-contrast'))
  }

  it.each(['light', 'dark'] as const)(
    'can be read by weak eyes, %s',
    async (theme) => {
      story.reopen({ theme })
      expect(await walk(theme, theme, paleColours)).toEqual([])
    },
    WALK_MS_MAX,
  )

  it(
    'cuts nothing at the largest type with long words',
    async () => {
      useLongestWords(story.server)
      story.reopen({ fontScale: FONT_SCALE })
      expect(await walk('light', 'large', cutTexts)).toEqual([])
      expect(heavySetData(story.phone.program.setData)).toEqual([])
    },
    WALK_MS_MAX,
  )
})
