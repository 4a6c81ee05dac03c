// Pictures of the pages, for people to look at and for the README. They are taken by the tests that
// walk the pages, so that they show what is really there.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** Where pictures go; nothing is drawn where this is not set. */
const FOLDER = process.env['HUIKE_TEST_PICTURES']

/** Takes a picture of what the page shows now, as `name`.png. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (!FOLDER) return
  mkdirSync(FOLDER, { recursive: true })
  await page.screenshot({
    path: join(FOLDER, `${name.replaceAll(' ', '-')}.png`),
    animations: 'disabled',
  })
}
