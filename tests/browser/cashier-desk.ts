// The cashier page as its tests meet it: built, opened in a browser of its own over the stand-in,
// and watched for whatever a page must never do.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals'
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core'
import { launchBrowser } from '../rig/browser.js'
import { buildPage } from './build-page.js'
import {
  standInMember,
  standInReceipt,
  startCashierStandIn,
  type CashierStandIn,
} from './cashier-stand-in.js'

export const PHONE = '13812345678'
/** The till's screen. */
const SCREEN = { width: 1366, height: 768 }
/** Longer than a page needs to build on a crowded machine. */
const BUILD_MS_MAX = 120_000

export interface CashierDeskPage {
  agent: CashierStandIn
  page: Page
  browser: Browser
  distFolder: string
  /** What the page did that it must not. */
  strange: string[]
  /** Opens the page and waits until it is live. */
  open(): Promise<void>
  desk(kind: string): ReturnType<Page['locator']>
  row(position: number): ReturnType<Page['locator']>
  says(text: string): Promise<void>
  type(digits: string): Promise<void>
  /** Looks the usual member up. */
  serve(): Promise<void>
  /** Chrome's own protocol for this page. */
  devtools(): Promise<CDPSession>
}

/**
 * Keys as a scanner sends them: all at once, so that a crowded machine cannot stretch the burst.
 * `pass` makes the events of one digit.
 */
export async function scan(
  devtools: CDPSession,
  digits: string,
  pass: (digit: string) => [method: ScanMethod, what: object][] = plainKey,
): Promise<void> {
  const events = [...digits].flatMap(pass)
  await Promise.all(events.map(([method, what]) => devtools.send(method, what as never)))
}

type ScanMethod = 'Input.dispatchKeyEvent' | 'Input.insertText' | 'Input.imeSetComposition'

function plainKey(digit: string): [ScanMethod, object][] {
  const key = { key: digit, code: `Digit${digit}`, text: digit }
  return [
    ['Input.dispatchKeyEvent', { type: 'keyDown', ...key }],
    ['Input.dispatchKeyEvent', { type: 'keyUp', key: key.key, code: key.code }],
  ]
}

/** Sets the hooks of a suite; the returned object is filled before each test. */
export function cashierDesk(options: BrowserContextOptions = {}): CashierDeskPage {
  const at = {} as CashierDeskPage
  beforeAll(async () => {
    at.distFolder = await buildPage('pos-agent', 'cashier')
    at.browser = await launchBrowser()
  }, BUILD_MS_MAX)
  afterAll(async () => {
    await at.browser.close()
  })
  beforeEach(async () => {
    at.strange = []
    at.agent = await startCashierStandIn(at.distFolder)
    at.agent.members.set(PHONE, standInMember())
    at.agent.receipts = [3, 2, 1].map((n) => standInReceipt(n))
    at.page = await watched(at, options)
  })
  afterEach(async () => {
    await at.page.close()
    await at.agent.die()
    expect(at.strange).toEqual([])
  })
  at.open = async () => {
    await at.page.goto(at.agent.url)
    await at.page.getByText('在线', { exact: true }).waitFor()
    await at.page.getByText('正在读取小票…').waitFor({ state: 'detached' })
  }
  at.desk = (kind) => at.page.locator(`[data-desk="${kind}"]`)
  at.row = (position) => at.page.locator(`[data-receipt="${String(position)}"]`)
  at.says = (text) => at.page.getByRole('status').filter({ hasText: text }).waitFor()
  at.type = (digits) => at.page.keyboard.type(digits)
  at.devtools = () => at.page.context().newCDPSession(at.page)
  at.serve = async () => {
    await at.type(PHONE)
    await at.desk('known').waitFor()
  }
  return at
}

async function watched(at: CashierDeskPage, options: BrowserContextOptions): Promise<Page> {
  const page = await at.browser.newPage({ viewport: SCREEN, ...options })
  page.on('pageerror', (error) => at.strange.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) at.strange.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(at.agent.url)) at.strange.push(request.url())
  })
  return page
}
