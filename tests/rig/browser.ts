import { describe, jest } from '@jest/globals'
import { chromium, type Browser, type Page } from 'playwright-core'

const LAUNCH_MS_MAX = 30_000
// No sandbox because containers run as root; the rest keeps Chromium quiet and off the network.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A headless Chromium with a fresh profile; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH']
  if (!executablePath) throw new Error('there is no Chromium here: CHROMIUM_PATH is not set')
  return chromium.launch({ executablePath, headless: true, args: FLAGS, timeout: LAUNCH_MS_MAX })
}

/** What a browser says by itself while a server is away. */
const NETWORK_WORDS = /ERR_|Failed to load resource|the JavaScript URL/

/** A page of its own context that notes in `strange` whatever goes wrong on it. */
export async function openWatchedPage(
  browser: Browser,
  viewport: { width: number; height: number },
  strange: string[],
): Promise<Page> {
  const page = await (await browser.newContext({ viewport })).newPage()
  page.on('pageerror', (error) => strange.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !NETWORK_WORDS.test(message.text()))
      strange.push(message.text())
  })
  return page
}

/**
 * Waits until the page has drawn what it was told last, a new size or colour say, and lets whatever
 * still moves arrive: what is looked at then is what people see in the end.
 */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    await frame()
    await frame()
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()
    await frame()
  })
}

/**
 * A suite that needs a browser; skipped where there is none. A browser hangs on what else the machine
 * does: what fails is tried once more, and told as such, so that it is mended and holds up nobody.
 */
export function describeBrowser(title: string, suite: () => void): void {
  jest.retryTimes(1, { logErrorsBeforeRetry: true })
  if (process.env['CHROMIUM_PATH']) describe(title, suite)
  else describe.skip(`${title} (skipped: no Chromium here)`, suite)
}
