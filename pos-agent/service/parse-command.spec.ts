import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it, expect } from '@jest/globals'
import { encodeGb18030 } from '../parse/gb18030.js'
import { runParseCommand } from './parse-command.js'
import { captureFormat } from '../parse/read-capture.js'
import { surrogateText } from '../parse/receipt-text.js'

const SALE = '小店\n单号:0012\n2026-03-05 18:21:07\n可乐   2   3.00   6.00\n合计:6.00\n现金:6.00\n'
const FIELDS =
  'file index kind receiptNo storeNo terminalNo cashier printedAt lines totalFen payments changeFen memberHint confidence checks template'

let folder = ''
const inFolder = (name: string): string => join(folder, name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'huike-parse-'))
  writeFileSync(
    inFolder('sale.bin'),
    Uint8Array.from([0x1b, 0x40, ...encodeGb18030(SALE), 0x1d, 0x56, 0]),
  )
  writeFileSync(inFolder('log.xml'), '<?xml version="1.0"?><POSLog/>')
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...files: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = []
  const err: string[] = []
  const code = await runParseCommand(
    files,
    (line) => out.push(line),
    (line) => err.push(line),
  )
  return { code, out, err }
}

describe('the parse command', () => {
  it('prints one line per document with the agreed fields in order', async () => {
    const { code, out, err } = await run(inFolder('sale.bin'))
    expect([code, err]).toEqual([0, []])
    const line = JSON.parse(out[0] ?? '') as Record<string, unknown>
    expect(Object.keys(line).join(' ')).toBe(FIELDS)
    expect(line).toMatchObject({
      file: inFolder('sale.bin'),
      index: 0,
      kind: 'sale',
      receiptNo: '0012',
      totalFen: 600,
    })
    expect(line.lines).toEqual([{ name: '可乐', quantity: 2, unitPriceFen: 300, amountFen: 600 }])
  })

  it('names the file it cannot read, and reads the others', async () => {
    const { code, out, err } = await run(inFolder('missing.bin'), inFolder('sale.bin'))
    expect(code).toBe(1)
    expect(out).toHaveLength(1)
    expect(err).toEqual([expect.stringContaining('missing.bin')])
  })

  it('says which kinds of file it does not know yet', async () => {
    const { code, err } = await run(inFolder('log.xml'))
    expect(code).toBe(1)
    expect(err).toEqual([expect.stringContaining('暂不支持')])
  })

  it('explains itself when no file is given', async () => {
    expect(await run()).toMatchObject({ code: 1, out: [] })
  })
})

describe('captureFormat', () => {
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
  it.each([
    ['escpos', Uint8Array.from([0x1b, 0x40, 0x41])],
    ['text', encodeGb18030(SALE)],
    ['csv', utf8('单号,商品,数量,金额\n1,a,1,1\n')],
    ['json', utf8(' {"totalFen":1}')],
    ['text', utf8('[合计] 1.00')],
    ['xml', utf8('\ufeff<?xml version="1.0"?>')],
    ['empty', new Uint8Array()],
  ])('tells %s by its content', (format, bytes) => {
    expect(captureFormat(bytes)).toBe(format)
  })
})

describe('surrogateText', () => {
  it('is the same for a receipt and its reprint', () => {
    const first = { text: '小店\n合计: 6.00\n--------\n谢谢' }
    const again = {
      text: '*** 重打小票 ***\n小店\n合计:  6.00\n========\n谢谢\n补打时间: 2026-03-05 18:40',
    }
    expect(surrogateText(again)).toBe(surrogateText({ text: first.text.replace(': ', ': ') }))
  })

  it('differs when an amount differs', () => {
    expect(surrogateText({ text: '合计:6.00' })).not.toBe(surrogateText({ text: '合计:6.10' }))
  })
})
