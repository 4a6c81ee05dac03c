import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from '@jest/globals'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

// axe-core in the page: what a person with a screen reader, a keyboard or weak eyes would meet.

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const GRAVE = new Set(['serious', 'critical'])
/** All that colours decide. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

/** What is looked for: everything, or what can differ when nothing but the colours has changed. */
export type LookedFor = 'everything' | 'colours'

/** A serious or critical finding, as `rule: what is wrong at selector: element`. */
export async function seriousIssues(
  page: Page,
  lookedFor: LookedFor = 'everything',
): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis)
  // Evaluated, not added as a script element: pages refuse scripts that are not their own.
  if (!isThere) await page.evaluate(readFileSync(SOURCE, 'utf8'))
  // The whole document: bars and dialogues beside the page count too.
  const options = {
    resultTypes: ['violations'],
    ...(lookedFor === 'colours' ? { runOnly: { type: 'rule', values: COLOUR_RULES } } : {}),
  }
  const results = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
  return results.violations
    .filter(({ impact }) => impact !== null && impact !== undefined && GRAVE.has(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html, failureSummary = '' }) =>
        [`${id} at ${target.join(' ')}`, html, failureSummary].join('\n  '),
      ),
    )
}

/** Fails with every serious or critical finding of axe-core: rule, place, element, what is wrong. */
export async function expectNoSeriousIssues(page: Page, lookedFor?: LookedFor): Promise<void> {
  expect(await seriousIssues(page, lookedFor)).toEqual([])
}
