import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** Keeps a picture of the page for people to look at, in the folder HUIKE_TEST_PICTURES names. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['HUIKE_TEST_PICTURES']
  if (folder === undefined) return
  await page.screenshot({ path: join(folder, `miniapp-${name.replaceAll(' ', '-')}.png`) })
}
