// How much a browser loads before the console's first numbers stand there.
import { beforeAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildPage } from './build-page.js'

const FIRST_LOAD_BYTES_MAX = 350 * 1_024

describe("the console's first load", () => {
  let folder: string
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  const zipped = (name: string) => gzipSync(readFileSync(join(folder, name))).length
  /** The chunk of a page, by the name of its source. */
  const chunk = (name: string) => {
    const found = readdirSync(join(folder, 'assets')).filter(
      (file) => file.startsWith(`${name}-`) && file.endsWith('.js'),
    )
    expect(found).toHaveLength(1)
    return `assets/${String(found[0])}`
  }
  /** These files and everything they import before they run. */
  const withImports = (names: readonly string[]) => {
    const all = new Set<string>()
    const visit = (name: string) => {
      if (all.has(name)) return
      all.add(name)
      for (const [, from] of text(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
        visit(`assets/${String(from)}`)
    }
    names.forEach(visit)
    return [...all]
  }
  const named = (name: string) =>
    [...text(name).matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)].map(([, file]) =>
      String(file),
    )

  beforeAll(async () => {
    folder = await buildPage('server', 'console')
  })

  it('is at most 350 KB, zipped, up to today’s numbers', () => {
    const page = named('index.html')
    const scripts = page.filter((file) => file.endsWith('.js'))
    const files = [
      'index.html',
      ...page.filter((file) => !file.endsWith('.js')),
      ...withImports([...scripts, chunk('shell'), chunk('today-page')]),
    ]
    expect(scripts.length).toBeGreaterThan(0)
    expect(files.length).toBeGreaterThan(5)
    expect(files.reduce((sum, file) => sum + zipped(file), 0)).toBeLessThanOrEqual(
      FIRST_LOAD_BYTES_MAX,
    )
  })

  it('leaves the charts to the pages that draw them', () => {
    const drawing = (names: readonly string[]) =>
      withImports(names).filter((file) => text(file).includes('echarts'))
    const entry = [...named('index.html').filter((file) => file.endsWith('.js')), chunk('shell')]
    expect(drawing([chunk('charts')])).not.toEqual([])
    for (const page of ['today-page', 'statistics-page', 'quality-page'])
      expect({ page, drawing: drawing([...entry, chunk(page)]) }).toEqual({ page, drawing: [] })
  })
})
