// The console as the tests of its pages meet it: opened in a browser over a stand-in that begins
// anew for each test, and watched for whatever a page must never do.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser } from '../rig/browser.js'
import {
  consoleContext,
  openConsole,
  startConsoleStandIn,
  type ConsoleStandIn,
  type OpenOptions,
  type Routes,
} from './console-stand-in.js'

/** The page may have to be built, on a machine that does other things as well. */
const START_MS_MAX = 180_000

export interface ConsoleSuite {
  /** The stand-in, as this test set it. */
  readonly server: ConsoleStandIn
  readonly browser: Browser
  /** A page of somebody who has signed in; it goes after the test. */
  open(options: OpenOptions): Promise<Page>
  /** The same in a context of its own, whose clock or rights a test may change. */
  openApart(options: OpenOptions): Promise<Page>
}

/** Sets the hooks of a suite; `routesOf` makes the routes of each test's stand-in. */
export function consoleSuite(routesOf: () => Routes): ConsoleSuite {
  let browser: Browser
  /** One for all tests: the console keeps nothing beyond its tab. */
  let shared: BrowserContext
  let server: ConsoleStandIn
  let strange: (readonly string[])[]
  beforeAll(async () => {
    server = await startConsoleStandIn()
    browser = await launchBrowser()
    shared = await consoleContext(browser)
  }, START_MS_MAX)
  afterAll(async () => {
    await browser.close()
    await server.close()
  })
  beforeEach(() => {
    strange = []
    server.begin(routesOf())
  })
  afterEach(async () => {
    await Promise.all(shared.pages().map((page) => page.close()))
    const others = browser.contexts().filter((context) => context !== shared)
    await Promise.all(others.map((context) => context.close()))
    expect(strange.flat()).toEqual([])
  })
  const openIn = async (context: BrowserContext, options: OpenOptions) => {
    const opened = await openConsole(context, server, options)
    strange.push(opened.strange)
    return opened.page
  }
  return {
    get server() {
      return server
    },
    get browser() {
      return browser
    },
    open: (options) => openIn(shared, options),
    openApart: async (options) => openIn(await consoleContext(browser), options),
  }
}
