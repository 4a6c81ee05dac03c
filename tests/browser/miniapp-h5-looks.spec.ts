import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { expectNoSeriousIssues, seriousIssues } from '../rig/axe.js'
import { describeBrowser } from '../rig/browser.js'
import { boughtOffer } from '../rig/member-stand-in-coupons.js'
import { somePickup, someReferrals } from '../rig/member-stand-in-data.js'
import { someExchange } from '../rig/member-stand-in-mall.js'
import { cutTexts } from '../rig/text-fit.js'
import { takePicture } from '../rig/pictures.js'
import {
  openBrowserStories,
  type BrowserStories,
  type BrowserStory,
} from '../rig/weapp/browser-story.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { useLongestWords } from '../rig/weapp/longest-words.js'

// Every page in every state, as people with weak eyes, large type, a screen reader or thumbs meet it.

const TOUCH_TARGET_PX = 44
/** 适老化: the largest type WeChat lets people choose. */
const FONT_SCALE = 1.4

/** Ways to every page and state, each beginning at a page just opened. */
const PLACES: readonly (readonly [string, (story: BrowserStory) => Promise<void>])[] = [
  ['the welcome', (story) => story.shown('登录 / 注册').or(story.shown('登录')).first().waitFor()],
  [
    'home',
    async (story) => {
      await story.signIn()
      await story.button('消息 ?2').waitFor()
    },
  ],
  [
    'home that asks for the birthday',
    async (story) => {
      await story.signIn()
      await story.openTab('消费')
      await story.page.locator('.hk-amount').first().waitFor()
      await story.openTab('会员')
      await story.shown('补充生日').waitFor()
    },
  ],
  [
    'the member code',
    async (story) => {
      await story.signIn()
      await story.shown('出示会员码').click()
      await story.shown('秒后自动更新').waitFor()
    },
  ],
  [
    'points',
    async (story) => {
      await story.signIn()
      await story.openTab('积分')
      await story.shown('生日礼积分').waitFor()
    },
  ],
  [
    'purchases',
    async (story) => {
      await story.signIn()
      await story.openTab('消费')
      await story.shown('已退').waitFor()
    },
  ],
  [
    'a purchase',
    async (story) => {
      await story.signIn()
      await story.openTab('消费')
      await story.shown('已退').click()
      await story.shown('微信支付').waitFor()
    },
  ],
  [
    'an order to be fetched',
    async (story) => {
      const { data } = story.server
      data.pickups.push(somePickup(data.purchases.find(({ channel }) => channel === 'online')))
      await story.signIn()
      await story.openTab('消费')
      await story.shown('382 910 5746').click()
      await story.shown('到店出示给店员').waitFor()
    },
  ],
  [
    'the inbox',
    async (story) => {
      await story.signIn()
      await story.button('消息').click()
      await story.shown('好久不见').waitFor()
    },
  ],
  [
    'the coupons',
    async (story) => {
      await story.signIn()
      await story.button('优惠券').click()
      await story.shown('使用中').waitFor()
    },
  ],
  [
    'a coupon',
    async (story) => {
      await story.signIn()
      await story.button('优惠券').click()
      await story.shown('使用中').click()
      await story.shown('出示会员码，店员也能找到').waitFor()
    },
  ],
  [
    'the claim centre',
    async (story) => {
      story.server.coupons.bought = [boughtOffer(story.server.data.purchases[1]?.id ?? '')]
      await story.signIn()
      await story.button('领券中心').click()
      await story.shown('这种券每人能领的已经领完').waitFor()
      const haveCode = story.page.locator('.hk-button--text', { hasText: '我有券码' })
      await haveCode.locator('visible=true').click({ force: true })
      await story.shown('兑换').waitFor()
    },
  ],
  [
    'the packs',
    async (story) => {
      await story.signIn()
      await story.button('券包').click()
      await story.shown('券包已经卖完了').waitFor()
    },
  ],
  [
    'an order of a pack',
    async (story) => {
      await story.signIn()
      await story.button('券包').click()
      await story.shown('购买').first().click({ force: true })
      await story.shown('模拟支付').click({ force: true })
      await story.shown('退全部 3 张').waitFor()
    },
  ],
  [
    'the orders of packs',
    async (story) => {
      await story.signIn()
      await story.button('券包').click()
      await story.shown('购买').first().click({ force: true })
      await story.shown('模拟支付').waitFor()
      await story.arrived()
      await story.back()
      await story.shown('查看我的券包订单').click({ force: true })
      await story.shown('待支付').waitFor()
    },
  ],
  [
    'the points mall',
    async (story) => {
      await story.signIn()
      await story.button('积分商城').click()
      await story.shown('开始兑换').waitFor()
    },
  ],
  [
    'an item of the points mall',
    async (story) => {
      await story.signIn()
      await story.button('积分商城').click()
      await story.page.locator('.hk-mall').first().click()
      await story.shown('怎么领取').waitFor()
    },
  ],
  [
    'an exchange',
    async (story) => {
      story.server.mall.exchanges.push(someExchange(1))
      await story.signIn()
      await story.button('积分商城').click()
      await story.button('兑换记录').click()
      await story.shown('出示领取码').click()
      await story.shown('取消兑换').last().waitFor()
    },
  ],
  [
    'the exchanges',
    async (story) => {
      story.server.mall.exchanges.push(someExchange(1))
      await story.signIn()
      await story.button('积分商城').click()
      await story.button('兑换记录').click()
      await story.shown('没有更多了').waitFor()
    },
  ],
  [
    'the level',
    async (story) => {
      await story.signIn()
      await story.button('会员等级').click()
      await story.shown('等级记录').waitFor()
    },
  ],
  [
    'friends',
    async (story) => {
      story.server.data.referrals = someReferrals()
      await story.signIn()
      await story.openTab('积分')
      await story.button('我推荐的好友').click()
      await story.shown('欧***').waitFor()
    },
  ],
  [
    'the profile',
    async (story) => {
      story.server.account.profile = {
        ...story.server.account.profile,
        birthday: '1992-03-04' as never,
      }
      await story.signIn()
      await story.button('会员资料').click()
      await story.shown('1992-03-04').waitFor()
    },
  ],
  [
    'privacy',
    async (story) => {
      const consent = { state: 'granted', changedAtMs: Date.now() } as const
      story.server.account.consents.set('marketing', consent)
      await story.signIn()
      await story.button('隐私与授权').click()
      await story.shown('注销会员').waitFor()
    },
  ],
  [
    'leaving',
    async (story) => {
      await story.signIn()
      await story.button('隐私与授权').click()
      await story.shown('查看并注销').click()
      await story.page.getByRole('switch', { name: '我已了解会失去什么' }).click()
      await story.shown('你会失去').waitFor()
    },
  ],
  [
    'a deletion that waits',
    async (story) => {
      story.server.account.deletionDueAtMs = Date.now() + 15 * 86_400_000
      await story.signIn()
      await story.button('隐私与授权').click()
      await story.shown('查看并注销').click()
      await story.shown('在那之前可以随时撤销').last().waitFor()
    },
  ],
  [
    'home while a deletion waits',
    async (story) => {
      story.server.account.deletionDueAtMs = Date.now() + 15 * 86_400_000
      await story.signIn()
      await story.shown('正在注销').waitFor()
    },
  ],
  [
    'a list without rows',
    async (story) => {
      story.server.data.purchases.length = 0
      await story.signIn()
      await story.openTab('消费')
      await story.shown('还没有消费记录').waitFor()
    },
  ],
  [
    'a page that failed',
    async (story) => {
      await story.signIn()
      story.server.refuseWith('busy')
      await story.openTab('积分')
      await story.shown('系统繁忙').waitFor()
    },
  ],
  [
    'a page without a network',
    async (story) => {
      await story.signIn()
      await story.openTab('积分')
      await story.shown('生日礼积分').waitFor()
      await story.openTab('会员')
      await story.context.setOffline(true)
      await story.openTab('积分')
      await story.shown('网络不可用，显示的是').waitFor()
    },
  ],
]

describeBrowser('the looks of the mini-program', () => {
  let stories: BrowserStories
  let story: BrowserStory

  beforeAll(async () => {
    stories = await openBrowserStories(await builtMiniapp('h5'))
  }, BUILD_MS_MAX)
  afterAll(() => stories.close())
  afterEach(async () => {
    expect(await story.end()).toEqual([])
  })

  it.each(PLACES)('%s can be read, light and dark, and worked with a thumb', async (name, open) => {
    story = await stories.begin()
    await open(story)
    for (const [colorScheme, lookedFor] of [
      ['light', 'everything'],
      ['dark', 'colours'],
    ] as const) {
      await story.page.emulateMedia({ colorScheme })
      await story.arrived()
      await takePicture(story.page, `miniapp-h5-${colorScheme}-${name}`)
      await expectNoSeriousIssues(story.page, lookedFor)
    }
    expect(await smallTargets(story.page)).toEqual([])
  })

  it.each(PLACES)(
    'nothing is cut at the largest type with long words on %s',
    async (name, open) => {
      story = await stories.begin()
      useLongestWords(story.server)
      await story.page.addStyleTag({ content: `:root { --hk-font-scale: ${String(FONT_SCALE)} }` })
      await open(story)
      await story.arrived()
      await takePicture(story.page, `miniapp-h5-large-${name}`)
      expect(await cutTexts(story.page)).toEqual([])
      const overflowPx = await story.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflowPx).toBe(0)
    },
  )

  describe('the helpers themselves', () => {
    it('notice text that is cut and colours that are too pale', async () => {
      story = await stories.begin()
      await story.shown('成为会员').waitFor()
      expect(await cutTexts(story.page)).toEqual([])
      await story.page.addStyleTag({
        content: `
          .hk-welcome__title { overflow: hidden; white-space: nowrap; width: 60px }
          .hk-welcome__lead { overflow: hidden; height: 8px }
          .hk-benefit__title { color: #7fae9f }`,
      })
      expect(await cutTexts(story.page)).toEqual([
        expect.stringMatching(/^"成为会员.* px at the side of/),
        expect.stringMatching(/^"一个手机号.* px in height of/),
      ])
      for (const lookedFor of ['everything', 'colours'] as const)
        expect(await seriousIssues(story.page, lookedFor)).toEqual(
          expect.arrayContaining([expect.stringContaining('color-contrast at')]),
        )
    })
  })
})

/** What can be touched and is smaller than a thumb, as `width×height element`. */
function smallTargets(page: Page): Promise<string[]> {
  return page
    .locator('[role=button], [role=tab], [role=switch], .hk-button, .hk-input, .weui-tabbar__item')
    .locator('visible=true')
    .evaluateAll(
      (all, minimumPx) =>
        all
          .map((target) => ({ html: target.outerHTML, box: target.getBoundingClientRect() }))
          .filter(({ box }) => Math.min(box.height, box.width) < minimumPx)
          .map(({ html, box }) => `${String(box.width)}×${String(box.height)} ${html}`),
      TOUCH_TARGET_PX,
    )
}
