// The page as it is built has nothing in it that the oldest browser on tills would not know.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { buildPage } from './build-page.js'
import { newerScript, newerStyles } from './cashier-chrome86.js'

describe('the built cashier page', () => {
  it('has nothing in it that Chrome 86 does not know', async () => {
    const assets = join(await buildPage('pos-agent', 'cashier'), 'assets')
    const files = readdirSync(assets).map((name) => join(assets, name))
    const textsOf = (ending: string) =>
      files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(file, 'utf8'))
    expect(textsOf('.js').length * textsOf('.css').length).toBeGreaterThan(0)
    expect(textsOf('.js').flatMap(newerScript)).toEqual([])
    expect(textsOf('.css').flatMap(newerStyles)).toEqual([])
  })

  it.each([
    ['const last = rows.at(-1)', '.at() (92)'],
    ['class A { static { run() } }', 'static block (94)'],
    ['class A { #a; has(b) { return #a in b } }', '#name in object (91)'],
    ['await go()', 'await outside functions (89)'],
    ['AbortSignal.timeout(5)', 'AbortSignal.timeout (103)'],
    ['structuredClone({})', 'structuredClone (98)'],
    ['/a/d.exec(text)', 'regular expression flag d (90)'],
  ])('would be told of %s', (source, fault) => {
    expect(newerScript(source)).toEqual([fault])
    expect(newerScript('async () => { await go(); rows.map(at); a ??= b?.c }')).toEqual([])
  })

  it.each([
    ['.a { inset: 0 }', 'inset (87)'],
    ['.a:has(.b) { color: red }', ':has() (105)'],
    ['.a:not(.b, .c) { color: red }', ':not() with a list (88)'],
    ['.a { aspect-ratio: 1 }', 'aspect-ratio (88)'],
    ['@media (width >= 600px) { .a { top: 0 } }', 'media ranges (104)'],
    ['.a { height: 100dvh }', 'small, large and dynamic viewport units (108)'],
    ['.a { color: red; & .b { top: 0 } }', 'nesting (112)'],
  ])('would be told of %s', (css, fault) => {
    expect(newerStyles(css)).toEqual([fault])
    expect(newerStyles('.a{box-shadow:inset 0 0 1px red;gap:4px}.b:focus-visible{}')).toEqual([])
  })
})
