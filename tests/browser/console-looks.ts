// Whether a page of the console can be read: large and small, light and dark.
import { expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { seriousIssues } from '../rig/axe.js'
import { settle } from '../rig/browser.js'
import { IS_LONG } from '../rig/long.js'
import { takePicture } from '../rig/pictures.js'
import type { OpenOptions } from './console-stand-in.js'

export const SMALL = { width: 375, height: 812 }
export const LARGE = { width: 1_440, height: 900 }

type Look = readonly [name: string, size: typeof LARGE, colorScheme: 'light' | 'dark']
const IN_TURN: readonly Look[] = [
  ['large', LARGE, 'light'],
  ['small-dark', SMALL, 'dark'],
]
const CROSSED: readonly Look[] = [
  ['large-dark', LARGE, 'dark'],
  ['small', SMALL, 'light'],
]
/** Each size and each colour once; in a long run every pair of them. */
const LOOKS: readonly Look[] = IS_LONG ? [...IN_TURN, ...CROSSED] : IN_TURN

/** An open page in each look, one after the other; its state stays. */
export async function inEachLook(page: Page, see: (look: string) => Promise<void>): Promise<void> {
  for (const [look, size, colorScheme] of LOOKS) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme })
    await settle(page)
    await see(look)
  }
}

/** A page: its name, where it is, what shows when it is there, and the button to press then. */
export type LookedAt = readonly [name: string, at: string, seen: string, press: string | null]

/** Looks at every page, opened once for all looks; `settled` waits for what a page draws late. */
export function describeLooks(
  open: (at: string, options: OpenOptions) => Promise<Page>,
  pages: readonly LookedAt[],
  settled: (page: Page, name: string) => Promise<void> = () => Promise.resolve(),
): void {
  it.each(pages)(
    '%s can be read, large and small, light and dark, and does not scroll sideways',
    async (name, at, seen, press) => {
      const page = await open(at, LARGE)
      await page.getByText(seen).first().waitFor()
      await settled(page, name)
      if (press !== null) {
        await page.getByRole('button', { name: press, exact: true }).click()
        await page.getByRole('button', { name: '取消' }).waitFor()
      }
      await inEachLook(page, async (look) => {
        await takePicture(page, `console-${name}-${look}`)
        const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        const found = { look, issues: await seriousIssues(page), isWide }
        expect(found).toEqual({ look, issues: [], isWide: false })
      })
    },
  )
}
