import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { startMemberStandIn, type MemberStandIn } from '../member-stand-in.js'

// The same shopper with the mini-program as a web page, in a real browser.

const PHONE = { width: 375, height: 812 }

/** Taro's tab bar links to `javascript:;`, which the page's policy stops, and goes on; and off line. */
function isHarmless(text: string): boolean {
  return text.includes('the JavaScript URL') || text.includes('ERR_INTERNET_DISCONNECTED')
}

export interface BrowserStory {
  readonly server: MemberStandIn
  readonly context: BrowserContext
  readonly page: Page
  /** The first thing in sight with this text. */
  shown(text: string): Locator
  /** The button in sight whose name begins with this. */
  button(name: string): Locator
  signIn(): Promise<void>
  openTab(name: string): Promise<void>
  back(): Promise<void>
  /** Closes everything; gives errors of the page and requests to strangers. */
  end(): Promise<readonly string[]>
}

/** Opens the page built into `h5Root` for someone who was never there. */
export async function beginBrowserStory(browser: Browser, h5Root: string): Promise<BrowserStory> {
  const server = await startMemberStandIn({ h5Root })
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2 })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (message) => {
    const isRefused = message.text().includes('status of 503')
    if (message.type() === 'error' && !isRefused && !isHarmless(message.text()))
      troubles.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(server.origin) && !request.url().startsWith('data:'))
      troubles.push(`asked ${request.url()}`)
  })
  await page.goto(`${server.origin}/m/`)

  const shown = (text: string) => page.getByText(text).locator('visible=true').first()
  return {
    server,
    context,
    page,
    shown,
    button: (name) => page.getByRole('button', { name: new RegExp(`^${name}`) }).first(),
    async signIn() {
      await page.locator('input').fill('13800138000')
      await page.locator('.hk-button--primary').click({ force: true })
      await shown('可用积分').waitFor()
    },
    openTab: (name) => page.locator('.weui-tabbar__item', { hasText: name }).click(),
    back: () => page.locator('[aria-label=返回]').locator('visible=true').click(),
    async end() {
      await context.close()
      await server.close()
      return troubles
    },
  }
}
