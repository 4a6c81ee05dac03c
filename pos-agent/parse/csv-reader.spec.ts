import { describe, it, expect } from '@jest/globals'
import { parseCsv } from './csv-reader.js'
import { encodeGb18030 } from './gb18030.js'
import { parseJson } from './json-reader.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const HEADER = '小票号,门店,机号,收银员,销售时间,商品名称,数量,单价,金额,支付方式,会员号\n'

describe('parseCsv', () => {
  it('makes one receipt of the rows that share its number', () => {
    const rows =
      '1,A店,01,小王,2026-3-5 9:05,可乐,2,3.00,6.00,微信,8001\n1,A店,01,小王,2026-3-5 9:05,面包,1,5.5,5.5,微信,8001\n'
    const { documents, quarantined, encoding } = parseCsv(encodeGb18030(HEADER + rows))
    expect(encoding).toBe('gb18030')
    expect(quarantined).toEqual([])
    expect(documents).toMatchObject([
      {
        kind: 'sale',
        receiptNo: '1',
        storeNo: 'A店',
        terminalNo: '01',
        printedAt: '2026-03-05T09:05:00',
        totalFen: 1150,
        payments: [{ method: '微信', amountFen: 1150 }],
        memberHint: '8001',
      },
    ])
  })

  it('keeps receipts apart whose number comes back the next day', () => {
    const rows =
      '1,A,01,x,2026-03-05 9:00,可乐,1,3,3,现金,\n1,A,01,x,2026-03-06 9:00,可乐,1,3,3,现金,\n'
    expect(parseCsv(utf8(HEADER + rows)).documents).toHaveLength(2)
  })

  it('is not sure of a receipt that lost a row', () => {
    const rows =
      '1,A,01,x,2026-03-05 9:00,可乐,1,3,3,现金,\n1,A,01,x,2026-03-05 9:00,面包,一,3,3,现金,\n'
    const { documents, quarantined } = parseCsv(utf8(HEADER + rows))
    expect(quarantined).toEqual([{ row: 2, reason: 'quantity is not a number: 一' }])
    expect(documents[0]?.confidence).toBeLessThan(0.9)
  })

  it.each([
    ['a byte order mark', (text: string) => utf8(`\ufeff${text}`)],
    ['UTF-16LE', (text: string) => Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['tabs', (text: string) => utf8(text.replaceAll(',', '\t'))],
    ['CRLF', (text: string) => utf8(text.replaceAll('\n', '\r\n'))],
    ['a title above the header', (text: string) => utf8(`销售明细\n${text}`)],
  ])('reads a file with %s', (_name, encode) => {
    const text = `${HEADER}1,A,01,x,2026-03-05 9:00,可乐,1,3,3,现金,\n`
    expect(parseCsv(encode(text)).documents).toMatchObject([{ receiptNo: '1', totalFen: 300 }])
  })

  it('says why a file is no list of sales', () => {
    expect(parseCsv(utf8('a,b\n1,2\n')).quarantined).toEqual([
      { row: 0, reason: 'no header row with known column names was found' },
    ])
  })

  it('takes amounts back on a return written positive', () => {
    const text = '单号,交易类型,商品,数量,单价,金额\nT1,退货,可乐,1,3,3\n'
    expect(parseCsv(utf8(text)).documents).toMatchObject([
      { kind: 'refund', totalFen: -300, lines: [{ quantity: -1, amountFen: -300 }] },
    ])
  })
})

describe('parseJson', () => {
  it('reads our own shape, in yuan or fen', () => {
    const receipt = {
      receiptNo: '0012',
      printedAt: '2026-03-05 18:21:07',
      lines: [{ name: '可乐', quantity: 2, unitPriceYuan: 3, amountYuan: '6.00' }],
      totalYuan: 6,
      payments: [{ method: 'cash', amountFen: 1000 }],
      changeYuan: '4.00',
    }
    expect(parseJson(utf8(JSON.stringify([receipt])))).toMatchObject({
      documents: [
        {
          kind: 'sale',
          receiptNo: '0012',
          printedAt: '2026-03-05T18:21:07',
          totalFen: 600,
          changeFen: 400,
          lines: [{ amountFen: 600, unitPriceFen: 300 }],
          payments: [{ method: 'cash', amountFen: 1000 }],
        },
      ],
      quarantined: [],
    })
  })

  it('takes a refund back whichever sign it is written with', () => {
    for (const totalYuan of [4.5, -4.5]) {
      const [document] = parseJson(utf8(JSON.stringify({ kind: 'refund', totalYuan }))).documents
      expect(document?.totalFen).toBe(-450)
    }
  })

  it('sets aside what it cannot read, with a reason, and goes on', () => {
    const { documents, quarantined } = parseJson(utf8('[{"totalYuan":"x"},{"totalFen":100}]'))
    expect(documents).toHaveLength(1)
    expect(quarantined).toEqual([{ row: 1, reason: 'neither totalYuan nor totalFen is an amount' }])
    expect(parseJson(utf8('{')).quarantined).toEqual([{ row: 0, reason: 'not valid JSON' }])
  })
})
