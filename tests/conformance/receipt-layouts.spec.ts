import { describe, it, expect } from '@jest/globals'
import { CONFIDENCE_SURE } from '../../pos-agent/parse/document.js'
import { encodeGb18030 } from '../../pos-agent/parse/gb18030.js'
import { readCapture } from '../../pos-agent/parse/read-capture.js'
import type { LayoutCase } from './layout-case.js'
import { LAYOUTS } from './receipt-layouts.js'

const ESC_INITIALISE = [0x1b, 0x40]
const CUT = [0x1d, 0x56, 66, 0]

function printed(text: string, encode: (text: string) => Uint8Array): Uint8Array {
  const body = encode(`${text.replace(/^\n/, '')}\n\n\n`)
  return Uint8Array.from([...ESC_INITIALISE, ...body, ...CUT])
}

/** What the case says, in the shape that is compared; fields it does not mention are left out. */
function wanted(layout: LayoutCase): Record<string, unknown> {
  const { kind, receiptNo, printedAt, storeNo, terminalNo, cashier, totalFen, changeFen } = layout
  const { memberHint, originalReceiptNo, items, payments, sure } = layout
  const fields = { kind, receiptNo, printedAt, storeNo, terminalNo, cashier, totalFen, changeFen }
  const all = { ...fields, memberHint, originalReceiptNo, items, payments, sure }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function read(bytes: Uint8Array): Record<string, unknown>[] {
  return readCapture(bytes).map((document) => ({
    ...document,
    items: document.lines.map((l) => [l.name, l.quantity, l.unitPriceFen, l.amountFen]),
    payments: document.payments.map(({ method, amountFen }) => [method, amountFen]),
    sure: document.confidence >= CONFIDENCE_SURE,
  }))
}

describe('receipts of shops we have not seen', () => {
  it.each(LAYOUTS)('$title', (layout) => {
    const [document, ...more] = read(printed(layout.text, encodeGb18030))
    expect(document).toMatchObject(wanted(layout))
    expect(more).toEqual([])
  })

  it.each(LAYOUTS.filter(({ kind }) => kind === 'sale'))(
    'the same from a UTF-8 printer: $title',
    (layout) => {
      const [document] = read(printed(layout.text, (text) => new TextEncoder().encode(text)))
      expect(document).toMatchObject(wanted(layout))
    },
  )

  it('reads several receipts of one stream apart', () => {
    const stream = LAYOUTS.flatMap(({ text }) => [...printed(text, encodeGb18030)])
    const kinds = read(Uint8Array.from(stream)).map(({ kind }) => kind)
    expect(kinds).toEqual(LAYOUTS.map(({ kind }) => kind))
  })

  const small = (number: string): string =>
    `小店\n单号:${number}\n2026-05-02 11:11:11\n可乐 1 3.00 3.00\n合计:3.00\n微信:3.00\n谢谢惠顾\n`
  const restarted = (...texts: string[]): Uint8Array =>
    Uint8Array.from(texts.flatMap((text) => [...ESC_INITIALISE, ...encodeGb18030(text)]))

  it('tells two receipts apart that a tear bar parts, and keeps one whose style is reset', () => {
    const two = read(restarted(small('1'), small('2')))
    expect(two.map(({ receiptNo, totalFen }) => [receiptNo, totalFen])).toEqual([
      ['1', 300],
      ['2', 300],
    ])
    const lines = small('3').split(/(?<=\n)/)
    expect(read(restarted(...lines))).toMatchObject([{ receiptNo: '3', totalFen: 300, sure: true }])
  })

  it('asks when one paper carries the numbers of two receipts', () => {
    const bytes = printed(small('1') + small('2'), encodeGb18030)
    expect(read(bytes)).toMatchObject([{ sure: false }])
  })

  it('takes 实收金额 with change as the cash handed over', () => {
    const text =
      '小店\n单号:7\n2026-05-02 11:11\n可乐  1 14.90 14.90\n合计：14.90\n实收金额：20.00\n找零：5.10\n'
    expect(read(printed(text, encodeGb18030))).toMatchObject([
      { totalFen: 1490, changeFen: 510, sure: true },
    ])
  })

  it('does not take a restaurant called a kitchen for its kitchen', () => {
    const text = small('5').replace('小店', '妈妈厨房')
    expect(read(printed(text, encodeGb18030))).toMatchObject([
      { kind: 'sale', storeNo: '妈妈厨房' },
    ])
  })
})
