import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openCore, SILENT, storeOn, temporaryFolder } from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import { DropFolder } from './drop-folder.js'

const HEADER = '单号,时间,金额\n'

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let source: DropFolder
let nowMs: number
let drop: string

beforeEach(() => {
  folder = temporaryFolder()
  drop = join(folder.path, 'drop')
  mkdirSync(drop)
  core = openCore(join(folder.path, 'data'))
  nowMs = 1_000
  source = makeSource()
})
afterEach(() => {
  core.close()
  folder.remove()
})

function makeSource(): DropFolder {
  const clock = new Clock({ wallMs: () => Date.now(), monotonicMs: () => nowMs })
  const context = { store: storeOn(core), clock, log: SILENT, onTaken: () => undefined }
  return new DropFolder({ directory: drop }, context)
}

/** Scans twice, as time goes by, and gives what was taken. */
async function scans(passMs = 2_000): Promise<string[]> {
  await source.scan()
  nowMs += passMs
  await source.scan()
  return taken()
}

function taken(): string[] {
  const texts: string[] = []
  for (let next = core.captures.takeForParse(); next; next = core.captures.takeForParse()) {
    texts.push(Buffer.from(next.bytes).toString('utf8'))
    core.receipts.record({
      captureId: next.captureId,
      sourceKind: next.sourceKind,
      till: { storeId: 's', terminalId: 't' },
      documents: [],
      nowMs,
    })
  }
  return texts
}

const file = (name: string): string => join(drop, name)

describe('the drop folder', () => {
  it('takes a file when two scans found it the same, and leaves it where it is', async () => {
    writeFileSync(file('a.csv'), `${HEADER}1,x,1\n`)
    await source.scan()
    expect(taken()).toEqual([])
    await source.scan()
    expect(taken()).toEqual([`${HEADER}1,x,1\n`])
    expect(existsSync(file('a.csv'))).toBe(true)
    expect(await scans()).toEqual([])
  })

  it('waits while a file grows', async () => {
    writeFileSync(file('a.csv'), HEADER)
    await source.scan()
    appendFileSync(file('a.csv'), '1,x,1\n')
    await source.scan()
    appendFileSync(file('a.csv'), '2,x,2\n')
    await source.scan()
    expect(taken()).toEqual([])
    await source.scan()
    expect(taken()).toEqual([`${HEADER}1,x,1\n2,x,2\n`])
  })

  it('takes only the new records of a CSV that grew, with the header to read them by', async () => {
    writeFileSync(file('a.csv'), `${HEADER}1,x,1\n`)
    await scans()
    appendFileSync(file('a.csv'), '2,x,2\n3,x,3\n')
    expect(await scans()).toEqual([`${HEADER}2,x,2\n3,x,3\n`])
  })

  it('takes a last line without an end after a while, and again when it was completed', async () => {
    writeFileSync(file('a.csv'), `${HEADER}1,x,1\n2,x`)
    expect(await scans()).toEqual([])
    expect(await scans(6_000)).toEqual([`${HEADER}1,x,1\n2,x`])
    appendFileSync(file('a.csv'), ',2\n')
    expect(await scans()).toEqual([`${HEADER}2,x,2\n`])
  })

  it('does not take the same content twice: touched, moved away and back, or under another name', async () => {
    const content = `${HEADER}1,x,1\n`
    writeFileSync(file('a.csv'), content)
    expect(await scans()).toHaveLength(1)
    utimesSync(file('a.csv'), 1, 1)
    expect(await scans()).toEqual([])
    rmSync(file('a.csv'))
    await source.scan()
    writeFileSync(file('a.csv'), content)
    expect(await scans()).toEqual([])
    writeFileSync(file('copy of a.csv'), content)
    expect(await scans()).toEqual([])
  })

  it('takes another file that came under a known name', async () => {
    writeFileSync(file('a.csv'), `${HEADER}1,x,1\n`)
    await scans()
    writeFileSync(file('a.csv'), `${HEADER}7,y,7\n`)
    expect(await scans()).toEqual([`${HEADER}7,y,7\n`])
  })

  it('goes on where it was after a restart', async () => {
    writeFileSync(file('a.csv'), `${HEADER}1,x,1\n`)
    await scans()
    source = makeSource()
    expect(await scans()).toEqual([])
    appendFileSync(file('a.csv'), '2,x,2\n')
    expect(await scans()).toEqual([`${HEADER}2,x,2\n`])
  })

  it.each([
    ['a JSON file without its end', 'a.json', '{"orders": [1, 2'],
    ['an XML file without its end', 'a.xml', '<log><sale>'],
    ['a file that has its size but not its content yet', 'a.csv', '\0'.repeat(5_000)],
  ])('is patient with %s', async (_title, name, content) => {
    writeFileSync(file(name), content)
    expect(await scans()).toEqual([])
    expect(await scans(61_000)).toHaveLength(1)
  })

  it('leaves temporary and empty files alone', async () => {
    for (const name of ['.hidden', '~$a.csv', 'b.tmp', 'c.csv.part'])
      writeFileSync(file(name), 'x\n')
    writeFileSync(file('empty.csv'), '')
    expect(await scans(61_000)).toEqual([])
  })

  it('never writes to the file of the till', async () => {
    const content = `${HEADER}1,x,1\n`
    writeFileSync(file('a.csv'), content, { mode: 0o444 })
    await scans()
    expect(readFileSync(file('a.csv'), 'utf8')).toBe(content)
  })
})
