import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { encodeGb18030 } from '../../../pos-agent/parse/gb18030.js'
import { xlsxOf, zipOf } from '../../../tests/rig/spreadsheet.js'
import { openTable } from './open-table.js'
import { TableError } from './table-error.js'
import type { TableRow, TableSource } from './table-source.js'

const MEBIBYTE = 1_048_576
const TEXT = '手机号,姓名\r\n13812345678,李雷\r\n13912345678,"韩,梅梅"\r\n'
const ROWS = [
  ['手机号', '姓名'],
  ['13812345678', '李雷'],
  ['13912345678', '韩,梅梅'],
]

function sourceOf(bytes: Uint8Array): TableSource {
  const buffer = Buffer.from(bytes)
  return {
    byteLength: buffer.length,
    stream: (start, end) => Readable.from(pieces(buffer.subarray(start, end))),
  }
}

/** In odd pieces, so that characters are cut in the middle. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  const size = bytes.length > 100_000 ? 65_536 : 7
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function rowsOf(bytes: Uint8Array): Promise<TableRow[]> {
  const table = await openTable(sourceOf(bytes))
  const rows: TableRow[] = []
  for await (const some of table.rows()) rows.push(...some)
  return rows
}
const cellsOf = async (bytes: Uint8Array) => (await rowsOf(bytes)).map(({ cells }) => cells)

async function faultOf(bytes: Uint8Array): Promise<string> {
  try {
    await rowsOf(bytes)
  } catch (error) {
    if (error instanceof TableError) return error.code
    throw error
  }
  return 'none'
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le')

describe('text tables', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT), 'utf-8'],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`), 'utf-8'],
    ['GBK', encodeGb18030(TEXT), 'gb18030'],
    ['UTF-16 with a byte order mark', utf16(`\ufeff${TEXT}`), 'utf-16le'],
    ['UTF-16, big end first', utf16(`\ufeff${TEXT}`).swap16(), 'utf-16be'],
    ['gzip', gzipSync(TEXT), 'utf-8'],
    ['semicolons', Buffer.from(TEXT.replaceAll(/,(?!梅)/g, ';')), 'utf-8'],
  ])('are read: %s', async (_name, bytes, encoding) => {
    expect((await openTable(sourceOf(bytes))).encoding).toBe(encoding)
    expect(await cellsOf(bytes)).toEqual(ROWS)
  })

  it('part cells by tabs where those are', async () => {
    const bytes = Buffer.from('手机号\t姓名\n13812345678\t李,雷\n')
    expect(await cellsOf(bytes)).toEqual([
      ['手机号', '姓名'],
      ['13812345678', '李,雷'],
    ])
  })

  it('keep formulas as the text they are, and unwrap what keeps zeros', async () => {
    const text = '订单号,备注\n="00123",=1+1\n="20240101","=HYPERLINK(""http://x"",""y"")"\n'
    expect(await cellsOf(Buffer.from(text))).toEqual([
      ['订单号', '备注'],
      ['00123', '=1+1'],
      ['20240101', '=HYPERLINK("http://x","y")'],
    ])
  })

  it('number rows as a spreadsheet shows them, and leave out the empty ones', async () => {
    const rows = await rowsOf(Buffer.from('a,b\n\n1,2\n,\n3,4'))
    expect(rows.map(({ rowNo }) => rowNo)).toEqual([1, 3, 5])
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'file_empty'],
    ['blanks', Buffer.from(' \r\n \n'), 'file_empty'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'file_not_table'],
    ['a PDF', Buffer.from('%PDF-1.7 …'), 'file_not_table'],
    ['a program', Buffer.from('\u007fELF\u0002\u0001\u0001\u0000\u0000\u0000a'), 'file_not_table'],
    ['a page', Buffer.from('<html><table><tr><td>手机号'), 'file_not_table'],
    ['an old .xls', Buffer.from('d0cf11e0a1b11ae1000000', 'hex'), 'file_old_excel'],
    ['a quote without an end', Buffer.from('a,b\n1,"2\n3,4\n'), 'file_truncated'],
    ['half a gzip', gzipSync(TEXT.repeat(2_000)).subarray(0, 60), 'file_truncated'],
    [
      'a broken gzip',
      Buffer.concat([gzipSync(TEXT).subarray(0, 20), Buffer.from(TEXT)]),
      'file_truncated',
    ],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * MEBIBYTE, 'a,')), 'file_over_limits'],
    [
      'a row without an end',
      Buffer.from(`a,b\n1,"${'x'.repeat(2 * MEBIBYTE)}`),
      'file_over_limits',
    ],
    ['too many columns', Buffer.from(`${'a,'.repeat(600)}b\n`), 'file_over_limits'],
  ])('say what is wrong: %s', async (_name, bytes, code) => {
    expect(await faultOf(bytes)).toBe(code)
  })
})

describe('spreadsheets', () => {
  it('give texts, numbers, dates and results of formulas, and the sheet that is shown', async () => {
    const rows = await cellsOf(
      xlsxOf([
        ['手机号', '时间', '金额', '备注'],
        [13812345678, { xml: '<c s="1"><v>45000.5</v></c>' }, 12.5, '李雷 & 韩梅梅'],
        [
          { xml: '<c t="inlineStr"><is><t>139</t><t>12345678</t></is></c>' },
          { xml: '<c s="2"><v>45000</v></c>' },
          { xml: '<c><f>1+1</f><v>2</v></c>' },
          { xml: '<c t="str"><f>A1</f><v>=cmd|x</v></c>' },
        ],
        [null, null, 0.1, { xml: '<c t="b"><v>1</v></c>' }],
        [1.5e17, null, { xml: '<c t="e"><v>#N/A</v></c>' }],
      ]),
    )
    expect(rows).toEqual([
      ['手机号', '时间', '金额', '备注'],
      ['13812345678', '2023-03-15 12:00:00', '12.5', '李雷 & 韩梅梅'],
      ['13912345678', '2023-03-15', '2', '=cmd|x'],
      ['', '', '0.1', '是'],
      ['1.5e+17', '', ''],
    ])
  })

  const good = xlsxOf([
    ['手机号', '姓名'],
    ['13812345678', '李雷'],
  ])
  const bombs = [
    { name: 'xl/worksheets/sheet1.xml', content: Buffer.alloc(64 * MEBIBYTE, ' ') },
    { name: 'xl/workbook.xml', content: '<workbook/>' },
  ]
  it.each([
    ['a cut file', good.subarray(0, good.length - 40), 'file_truncated'],
    ['a cut middle', Buffer.concat([good.subarray(0, 200), good.subarray(900)]), 'file_truncated'],
    ['a zip of something else', zipOf([{ name: 'a.txt', content: 'x' }]), 'file_not_table'],
    ['a bomb', zipOf(bombs), 'file_over_limits'],
    [
      'a bomb that lies',
      zipOf(bombs.map((one) => ({ ...one, claimedBytes: 10 }))),
      'file_truncated',
    ],
    [
      'a password',
      zipOf([{ name: 'xl/workbook.xml', content: 'x', isEncrypted: true }]),
      'file_old_excel',
    ],
    [
      'too many parts',
      zipOf(Array.from({ length: 2_001 }, (_, n) => ({ name: `p${String(n)}`, content: 'x' }))),
      'file_over_limits',
    ],
    [
      'entities that multiply',
      xlsxOf(
        [['a', 'b']],
        [
          {
            name: 'xl/worksheets/sheet1.xml',
            content:
              '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><row><c t="str"><v>&a;</v></c></row></worksheet>',
          },
        ],
      ),
      'file_truncated',
    ],
    [
      'a cell without an end',
      xlsxOf([[{ xml: `<c t="str"><v>${'x'.repeat(40_000)}</v></c>` }]]),
      'file_over_limits',
    ],
    [
      'a column far out',
      xlsxOf(
        [],
        [
          {
            name: 'xl/worksheets/sheet1.xml',
            content: '<worksheet><row><c r="XFD1"><v>1</v></c></row></worksheet>',
          },
        ],
      ),
      'file_over_limits',
    ],
    ['a row that is there twice', ofRows('<row r="2"/><row r="2"/>'), 'file_truncated'],
    ['rows that go backwards', ofRows('<row r="9"/><row r="3"/>'), 'file_truncated'],
    ['a row without a number', ofRows('<row r="x"/>'), 'file_truncated'],
  ])('say what is wrong: %s', async (_name, bytes, code) => {
    expect(await faultOf(bytes)).toBe(code)
  })
})

/** A workbook whose sheet has these rows. */
function ofRows(rows: string): Buffer {
  return xlsxOf(
    [],
    [{ name: 'xl/worksheets/sheet1.xml', content: `<worksheet>${rows}</worksheet>` }],
  )
}
