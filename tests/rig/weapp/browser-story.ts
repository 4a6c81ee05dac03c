import type { BrowserContext, Locator, Page } from 'playwright-core'
import { launchBrowser, settle } from '../browser.js'
import { startMemberStandIn, type MemberStandIn } from '../member-stand-in.js'

// The same shopper with the mini-program as a web page, in a real browser.

const PHONE = { width: 375, height: 812 }

/** Taro's tab bar links to `javascript:;`, which the page's policy stops, and goes on; and off line. */
const HARMLESS = [
  'the JavaScript URL',
  'ERR_INTERNET_DISCONNECTED',
  // An answer that was lost on the way.
  'ERR_CONTENT_LENGTH_MISMATCH',
  'ERR_INCOMPLETE_CHUNKED_ENCODING',
]

function isHarmless(text: string): boolean {
  return HARMLESS.some((words) => text.includes(words))
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
  /** Waits until the page that slid in, half transparent on its way, is alone and still. */
  arrived(): Promise<void>
  /** Closes the page and forgets who was there; gives errors of the page and requests to strangers. */
  end(): Promise<readonly string[]>
}

/** Stories over the page built into `h5Root`, one after the other. */
export interface BrowserStories {
  /** Opens the page for someone who was never there. */
  begin(): Promise<BrowserStory>
  close(): Promise<void>
}

/** What one story has loaded, the next need not load: they share a browser's cache and an address. */
export async function openBrowserStories(h5Root: string): Promise<BrowserStories> {
  const browser = await launchBrowser()
  const server = await startMemberStandIn({ h5Root })
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2 })
  return {
    begin: async () => {
      server.begin()
      const page = await context.newPage()
      return storyOn(page, server)
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

async function storyOn(page: Page, server: MemberStandIn): Promise<BrowserStory> {
  const context = page.context()
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
    // While one page comes over another, both have the button: the upper one is meant.
    back: () => page.locator('[aria-label=返回]').locator('visible=true').last().click(),
    async arrived() {
      await page.waitForFunction(() => {
        const pages = Array.from(document.querySelectorAll('.taro_page'))
        const drawn = pages.filter((one) => getComputedStyle(one).display !== 'none')
        return drawn.length === 1 && drawn[0]?.classList.contains('taro_page_stationed')
      })
      await settle(page)
    },
    async end() {
      await page.evaluate(() => {
        localStorage.clear()
      })
      await page.close()
      await context.setOffline(false)
      return troubles
    },
  }
}
