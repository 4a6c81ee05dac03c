// The cashier page in a real browser, by keyboard only, against a stand-in for the agent.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { memberNoFrom } from '@huike/shared/member-code'
import type { Browser, Page } from 'playwright-core'
import { describeBrowser, launchBrowser } from '../rig/browser.js'
import { buildPage } from './build-page.js'
import {
  standInMember,
  standInReceipt,
  standInTill,
  startCashierStandIn,
  type CashierStandIn,
} from './cashier-stand-in.js'

const PHONE = '13812345678'
const NEW_PHONE = '13900001111'
const MEMBER_CODE = `68${memberNoFrom('00000012345')}87654321`
const PAYMENT_CODE = '134567890123456789'
const SCANNER_GAP_MS = 15
const NOTICE_MS = 700
const OFFLINE_MS_MAX = 10_000
const PAGE_JS_BYTES_MAX = 250_000

describeBrowser('the cashier page', () => {
  let browser: Browser
  let distFolder: string
  let agent: CashierStandIn
  let page: Page
  let strange: string[]

  beforeAll(async () => {
    distFolder = await buildPage('pos-agent', 'cashier')
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
  })
  beforeEach(async () => {
    agent = await startCashierStandIn(distFolder)
    agent.members.set(PHONE, standInMember())
    agent.receipts = [3, 2, 1].map((n) => standInReceipt(n))
    page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
    strange = []
    page.on('pageerror', (error) => strange.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) strange.push(message.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(agent.url)) strange.push(request.url())
    })
  })
  afterEach(async () => {
    await page.close()
    await agent.die()
    expect(strange).toEqual([])
  })

  const open = async () => {
    await page.goto(agent.url)
    await page.getByText('在线', { exact: true }).waitFor()
  }
  const desk = (kind: string) => page.locator(`[data-desk="${kind}"]`)
  const row = (position: number) => page.locator(`[data-receipt="${String(position)}"]`)
  const says = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
  const type = (digits: string) => page.keyboard.type(digits)
  const lookups = () => agent.calls.filter(({ path }) => path === '/lookup')

  it('is small enough for an old till', async () => {
    let bytes = 0
    page.on('response', (response) => {
      if (response.url().endsWith('.js'))
        void response.body().then((body) => (bytes += body.length))
    })
    await open()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(PAGE_JS_BYTES_MAX)
  })

  it('looks a member up by itself at the eleventh digit', async () => {
    await open()
    await type(PHONE)
    await desk('known').waitFor()
    const shown = await desk('known').innerText()
    for (const words of ['138****5678', '金卡', '12,860', '截至', '14:02', '2026-05-28', '23 次'])
      expect(shown).toContain(words)
    expect(shown).toContain('实时')
    expect(await page.locator('#entry').inputValue()).toBe('')
    expect(lookups()).toEqual([{ path: '/lookup', body: { input: PHONE } }])
  })

  it('keeps the focus in the input, whatever is clicked', async () => {
    await open()
    await page.locator('.store').click()
    await page.keyboard.press('Tab')
    await type(PHONE)
    await desk('known').waitFor()
    await expect(page.evaluate(() => document.activeElement?.id)).resolves.toBe('entry')
  })

  it('shows the notice for a new number and registers with Enter', async () => {
    await open()
    await type(NEW_PHONE)
    await page.keyboard.press('Enter')
    await desk('fresh').waitFor()
    expect(await desk('fresh').innerText()).toContain('随时在小程序里查看')
    expect(await desk('fresh').innerText()).toContain('139 0000 1111')
    await page.waitForTimeout(NOTICE_MS)
    await page.keyboard.press('Enter')
    await desk('known').waitFor()
    expect(await desk('known').innerText()).toContain('待本人在小程序确认')
    expect(agent.calls.at(-1)).toEqual({
      path: '/register',
      body: { phone: NEW_PHONE, policyVersion: '2026-05', textSha256: '0'.repeat(64) },
    })
  })

  it('registers without a network and says that it waits here', async () => {
    agent.isServerReachable = false
    await open()
    await type(NEW_PHONE)
    await desk('fresh').waitFor()
    expect(await desk('fresh').innerText()).toContain('暂时连不上服务器，登记会先存在本机')
    await page.waitForTimeout(NOTICE_MS)
    await page.keyboard.press('Enter')
    await page.getByText('已存在本机，联网后自动上传').waitFor()
    expect(await desk('known').innerText()).toContain('本机登记')
  })

  it('gives the second receipt to the member with F2', async () => {
    await open()
    await type(PHONE)
    await desk('known').waitFor()
    await page.keyboard.press('F2')
    await says('¥24.68 已记给 138****5678，积分 24')
    expect(await row(2).innerText()).toContain('138****5678')
    expect(agent.calls.at(-1)).toEqual({
      path: `/receipts/${standInReceipt(2).receiptId}/assign`,
      body: { memberId: standInMember().memberId },
    })
  })

  it('gives no receipt to anybody while nobody is on screen', async () => {
    await open()
    await page.keyboard.press('F1')
    await says('先输入手机号或扫会员码')
    expect(agent.calls).toEqual([])
  })

  it.each([
    ['with Enter', true],
    ['without Enter', false],
  ])('takes a scanned member code %s behind half a number', async (_title, enter) => {
    agent.members.set(MEMBER_CODE, standInMember())
    await open()
    await type('138')
    await page.waitForTimeout(300)
    await page.keyboard.type(MEMBER_CODE, { delay: SCANNER_GAP_MS })
    if (enter) await page.keyboard.press('Enter')
    await desk('known').waitFor()
    expect(lookups()).toEqual([{ path: '/lookup', body: { input: MEMBER_CODE } }])
  })

  it('takes a scanned member code while a Chinese input method is on', async () => {
    agent.members.set(MEMBER_CODE, standInMember())
    await open()
    const devtools = await page.context().newCDPSession(page)
    for (const digit of MEMBER_CODE) {
      // What an input method makes of a key: "Process" and 229, then the text by another way.
      const key = { key: 'Process', code: `Digit${digit}`, windowsVirtualKeyCode: 229 }
      await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
      await devtools.send('Input.insertText', { text: digit })
      await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
    }
    await desk('known').waitFor()
    expect(await page.locator('#entry').inputValue()).toBe('')
    expect(lookups()).toEqual([{ path: '/lookup', body: { input: MEMBER_CODE } }])
  })

  it('tells a payment code from a member code and asks nobody', async () => {
    await open()
    await page.keyboard.type(PAYMENT_CODE, { delay: SCANNER_GAP_MS })
    await says('这是付款码，不是会员码')
    expect(agent.calls).toEqual([])
  })

  it('asks for the amount of a doubtful receipt, then gives it to the member', async () => {
    const doubtful = {
      state: 'needs_confirm',
      totalFen: null,
      confirmReason: '有两个合计',
    } as const
    agent.receipts[0] = standInReceipt(3, doubtful)
    await open()
    await type(PHONE)
    await desk('known').waitFor()
    await page.keyboard.press('F1')
    const amount = page.locator('#amount')
    expect(await amount.inputValue()).toBe('')
    await type('128.5')
    await page.keyboard.press('Enter')
    await page.getByText('请选：+ 销售，- 退货，* 不是小票').waitFor()
    await page.keyboard.press('NumpadAdd')
    await page.getByText('记为销售 ¥128.50，并记给 138****5678').waitFor()
    await page.keyboard.press('Enter')
    await says('¥128.50 已记给 138****5678')
    expect(agent.calls.slice(1).map(({ body }) => body)).toEqual([
      { decision: 'sale', totalFen: 12_850 },
      { memberId: standInMember().memberId },
    ])
    await expect(page.evaluate(() => document.activeElement?.id)).resolves.toBe('entry')
  })

  it('shows what is printed as text, even when it is a script', async () => {
    agent.receipts[0] = standInReceipt(3, { text: '<img src=x onerror="document.title=1">' })
    await open()
    await page.keyboard.press('ArrowDown')
    await page.getByText('<img src=x onerror="document.title=1">').waitFor()
    await page.keyboard.press('Escape')
    await row(1).waitFor()
    expect(await page.title()).toBe('回客 收银台')
  })

  it('shows the sentence of an error and asks again on Enter', async () => {
    agent.refuseNext = 'rate_limited'
    await open()
    await type(PHONE)
    await desk('failed').filter({ hasText: '操作太频繁，请稍后再试' }).waitFor()
    await page.keyboard.press('Enter')
    await desk('known').waitFor()
  })

  it('goes on taking keys while an answer is late', async () => {
    agent.members.set(NEW_PHONE, standInMember({ phoneMasked: '139****1111' }))
    agent.delayMs = 800
    await open()
    await type(PHONE)
    await desk('looking').waitFor()
    await type(NEW_PHONE)
    await desk('known').filter({ hasText: '139****1111' }).waitFor()
  })

  it('raises the offline banner when the agent says so', async () => {
    await open()
    const since = new Date().setHours(18, 2, 0, 0)
    agent.till = standInTill({
      connection: 'offline',
      offlineSinceMs: since as never,
      outboxDepth: 4,
    })
    agent.push()
    await page.getByRole('alert').filter({ hasText: '离线 自 18:02' }).waitFor()
    await page.getByText('待上传 4').waitFor()
  })

  it('notices within ten seconds that the agent is gone, and that it is back', async () => {
    await open()
    await agent.die()
    const gone = page.getByRole('alert').filter({ hasText: '本机服务没有响应' })
    await gone.waitFor({ timeout: OFFLINE_MS_MAX })
    await type(PHONE)
    await desk('failed').filter({ hasText: '本机服务没有响应，请稍后再试' }).waitFor()
    await agent.revive()
    await gone.waitFor({ state: 'detached', timeout: OFFLINE_MS_MAX })
    agent.receipts = [standInReceipt(4), ...agent.receipts]
    agent.push()
    await row(4).waitFor()
    await page.keyboard.press('Enter')
    await desk('known').waitFor()
  })
  it('opens itself again when the agent was restarted and its session is gone', async () => {
    await open()
    await agent.die()
    agent.session = 'second'
    await agent.revive()
    await page.getByRole('alert').waitFor({ state: 'detached', timeout: OFFLINE_MS_MAX })
    await page.waitForFunction(() => sessionStorage.getItem('huike-reloaded-at') !== null)
    await page.getByText('在线', { exact: true }).waitFor()
    await type(PHONE)
    await desk('known').waitFor()
  })
})
