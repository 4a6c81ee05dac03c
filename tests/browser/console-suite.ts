// The console as the tests of its pages meet it: opened in a browser over a stand-in that is new
// for each test, and watched for whatever a page must never do.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../rig/browser.js'
import {
  openConsole,
  startConsoleStandIn,
  type ConsoleStandIn,
  type OpenOptions,
  type Routes,
} from './console-stand-in.js'

export interface ConsoleSuite {
  /** The stand-in of this test. */
  readonly server: ConsoleStandIn
  readonly browser: Browser
  /** A page of somebody who has signed in; it goes after the test. */
  open(options: OpenOptions): Promise<Page>
}

/** Sets the hooks of a suite; `routesOf` makes the routes of each test's stand-in. */
export function consoleSuite(routesOf: () => Routes): ConsoleSuite {
  let browser: Browser
  let server: ConsoleStandIn
  let strange: (readonly string[])[]
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
  })
  beforeEach(async () => {
    strange = []
    server = await startConsoleStandIn(routesOf())
  })
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await server.close()
    expect(strange.flat()).toEqual([])
  })
  return {
    get server() {
      return server
    },
    get browser() {
      return browser
    },
    async open(options) {
      const opened = await openConsole(browser, server, options)
      strange.push(opened.strange)
      return opened.page
    },
  }
}
