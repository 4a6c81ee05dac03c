import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { describeBrowser, launchBrowser } from '../rig/browser.js'
import { startMemberStandIn, type MemberStandIn } from '../rig/member-stand-in.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'

// The same pages as a web page under /m/, in a real browser.

const PHONE = { width: 375, height: 812 }
const TOUCH_TARGET_PX = 44

/** Taro's tab bar links to `javascript:;`, which the page's policy stops, and goes on; and off line. */
function isHarmless(text: string): boolean {
  return text.includes('the JavaScript URL') || text.includes('ERR_INTERNET_DISCONNECTED')
}

describeBrowser('the mini-program in a browser', () => {
  let h5Root: string
  let browser: Browser
  let server: MemberStandIn
  let context: BrowserContext
  let page: Page
  let troubles: string[]

  beforeAll(async () => {
    h5Root = await builtMiniapp('h5')
    browser = await launchBrowser()
  }, BUILD_MS_MAX)
  afterAll(() => browser.close())

  beforeEach(async () => {
    server = await startMemberStandIn({ h5Root })
    context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2 })
    page = await context.newPage()
    troubles = []
    page.on('pageerror', (error) => troubles.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !isHarmless(message.text())) troubles.push(message.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(server.origin) && !request.url().startsWith('data:'))
        troubles.push(`asked ${request.url()}`)
    })
    await page.goto(`${server.origin}/m/`)
  })
  afterEach(async () => {
    await context.close()
    await server.close()
    expect(troubles).toEqual([])
  })

  const shown = (text: string) => page.getByText(text).locator('visible=true').first()

  async function signIn(): Promise<void> {
    await page.locator('input').fill('13800138000')
    await page.locator('.hk-button--primary').click({ force: true })
    await shown('12,864').waitFor()
  }

  async function openTab(name: string): Promise<void> {
    await page.locator('.weui-tabbar__item', { hasText: name }).click()
  }

  it('signs in by phone and shows the card with a code', async () => {
    await signIn()
    await shown('金卡会员').waitFor()
    expect(await page.locator('[role=img][aria-label=会员条形码]').count()).toBe(1)
    expect(await page.locator('.hk-code__digits').innerText()).toMatch(/^68\d\d( \d{4}){4} \d\d$/)
  })

  it('says what is wrong with a phone number before asking the server', async () => {
    await page.locator('input').fill('1380013')
    await page.locator('.hk-button--primary').click({ force: true })
    await shown('请输入 11 位手机号').waitFor()
    expect(server.requests).toEqual([])
  })

  it('goes from points to the purchase behind them and back', async () => {
    await signIn()
    await openTab('积分')
    await shown('退款 ¥49.90').click()
    await shown('查看原消费').waitFor()
    await shown('-49 分').waitFor()
    await page.locator('[aria-label=返回]').locator('visible=true').click()
    await shown('生日礼积分').waitFor()
  })

  it('loads older purchases when scrolled to the end', async () => {
    await signIn()
    await openTab('消费')
    await shown('¥256.32').waitFor()
    await shown('正在加载更多').scrollIntoViewIfNeeded()
    await shown('没有更多了').waitFor()
    expect(server.requests.filter((line) => line.endsWith('/purchases'))).toHaveLength(2)
  })

  it('keeps the last good pages when the network goes', async () => {
    await signIn()
    await openTab('积分')
    await shown('生日礼积分').waitFor()
    await context.setOffline(true)
    await openTab('会员')
    await openTab('积分')
    await shown('网络不可用，显示的是').waitFor()
    expect(await shown('生日礼积分').isVisible()).toBe(true)
  })

  it('offers targets a thumb can hit', async () => {
    await signIn()
    await openTab('消费')
    await shown('¥256.32').waitFor()
    const sizes = await page
      .locator('[role=button], .hk-button, .weui-tabbar__item')
      .locator('visible=true')
      .evaluateAll((all) => all.map((target) => target.getBoundingClientRect().height))
    expect(sizes.length).toBeGreaterThan(3)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(TOUCH_TARGET_PX)
  })

  it('never scrolls sideways', async () => {
    await signIn()
    for (const tab of ['会员', '积分', '消费']) {
      await openTab(tab)
      await page.waitForTimeout(100)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    }
  })
})
