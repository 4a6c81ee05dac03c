// Whether a page of the console can be read: large and small, light and dark.
import { describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { expectNoSeriousIssues } from '../rig/axe.js'
import { IS_LONG } from '../rig/long.js'
import { takePicture } from '../rig/pictures.js'
import type { OpenOptions } from './console-stand-in.js'

export const SMALL = { width: 375, height: 812 }
export const LARGE = { width: 1_440, height: 900 }

type Look = readonly [name: string, options: OpenOptions]
const IN_TURN: readonly Look[] = [
  ['large', LARGE],
  ['small-dark', { ...SMALL, isDark: true }],
]
const CROSSED: readonly Look[] = [
  ['large-dark', { ...LARGE, isDark: true }],
  ['small', SMALL],
]
/** Each size and each colour once; in a long run every pair of them. */
export const LOOKS: readonly Look[] = IS_LONG ? [...IN_TURN, ...CROSSED] : IN_TURN

/** A page: its name, where it is, what shows when it is there, and the button to press then. */
export type LookedAt = readonly [name: string, at: string, seen: string, press: string | null]

/** Looks at every page; `settled` waits for what a page draws late. */
export function describeLooks(
  open: (at: string, options: OpenOptions) => Promise<Page>,
  pages: readonly LookedAt[],
  settled: (page: Page, name: string) => Promise<void> = () => Promise.resolve(),
): void {
  describe.each(LOOKS)('%s', (look, options) => {
    it.each(pages)(
      '%s can be read, and does not scroll sideways',
      async (name, at, seen, press) => {
        const page = await open(at, options)
        await page.getByText(seen).first().waitFor()
        await settled(page, name)
        if (press !== null) {
          await page.getByRole('button', { name: press, exact: true }).click()
          await page.getByRole('button', { name: '取消' }).waitFor()
        }
        await takePicture(page, `console-${name}-${look}`)
        await expectNoSeriousIssues(page)
        expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(
          false,
        )
      },
    )
  })
}
