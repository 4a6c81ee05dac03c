import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { formatYuan } from '@huike/shared/quantities'
import { LoopbackPrinter } from './printer.js'
import { LAYOUT_TRADES, type LayoutName } from './receipt-layouts.js'
import { SimulatedTill, type SimulatedTillOptions } from './till.js'
import { sumFen, type TillDocument } from './till-document.js'

const NOON_MS = Date.UTC(2026, 2, 5, 4, 0, 0)
const LAYOUTS = Object.keys(LAYOUT_TRADES) as LayoutName[]
const SALES = 60

let printer: LoopbackPrinter
let port: number

beforeEach(async () => {
  printer = new LoopbackPrinter()
  port = await printer.listen()
})
afterEach(() => printer.close())

function tillOf(options: Partial<SimulatedTillOptions> = {}): SimulatedTill {
  return new SimulatedTill({
    ...{ port, layout: 'supermarket80', storeName: '惠民生活超市', terminalNo: '01', seed: 1 },
    clock: () => NOON_MS,
    ...options,
  })
}

/** What a person sees, without the commands that carry printable parameters. */
function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder('gb18030').decode(bytes)
  return text.replace(/\u001b\$[^]{2}/gu, ' ')
}

function expectSound(document: TillDocument): void {
  const { lines, subtotalFen, discounts, totalFen, payments, changeFen } = document
  expect(sumFen(lines.map(({ amountFen }) => amountFen))).toBe(subtotalFen)
  expect(subtotalFen - sumFen(discounts.map(({ amountFen }) => amountFen))).toBe(totalFen)
  expect(sumFen(payments.map(({ amountFen }) => amountFen)) - changeFen).toBe(totalFen)
  expect(changeFen).toBeGreaterThanOrEqual(0)
}

describe('a simulated till', () => {
  it.each(LAYOUTS)('sells what adds up and prints what it sold: %s', async (layout) => {
    const till = tillOf({ layout })
    const numbers = new Set<string | null>()
    for (let count = 0; count < SALES; count += 1) {
      const { document, bytes, outcome } = await till.sell()
      expect(outcome).toBe('printed')
      expectSound(document)
      numbers.add(document.receiptNo)
      const text = textOf(bytes)
      for (const fact of [
        document.receiptNo ?? '',
        document.storeName,
        formatYuan(document.totalFen),
      ])
        expect(text).toContain(fact)
      expect(text).toMatch(/2026[-/]03[-/]05 12:00:00/)
    }
    expect(numbers.size).toBe(SALES)
  })

  it('prints over the wire exactly what it says it printed', async () => {
    const till = tillOf({ layout: 'beauty58' })
    const papers = [
      await till.sell(),
      await till.refund(),
      await till.reprint(),
      await till.shiftReport(),
    ]
    const questions = Buffer.of(0x10, 4, 1, 0x10, 4, 4)
    const expected = Buffer.concat(papers.flatMap(({ bytes }) => [questions, bytes]))
    expect(await printer.printed(expected.length)).toBe(true)
    expect(printer.received()).toEqual(expected)
  })

  it('takes back one line of a sale and names the sale', async () => {
    const till = tillOf()
    const { document: sale } = await till.sell()
    const { document: refund, bytes } = await till.refund(sale)
    expectSound(refund)
    expect(refund).toMatchObject({ kind: 'refund', originalReceiptNo: sale.receiptNo })
    expect(refund.totalFen).toBeLessThan(0)
    expect(textOf(bytes)).toContain(`原单号:${sale.receiptNo ?? ''}`)
  })

  it('marks a copy, and puts no money on a kitchen slip', async () => {
    const till = tillOf({ layout: 'restaurant80' })
    const { document: sale } = await till.sell()
    const copy = await till.reprint(sale)
    expect(copy.document).toEqual({ ...sale, kind: 'reprint', originalReceiptNo: sale.receiptNo })
    expect(textOf(copy.bytes)).toContain('重打小票')
    const slip = await till.kitchenSlip()
    expect(textOf(slip.bytes)).not.toMatch(/\d\.\d\d/)
    const check = await till.prebill()
    expect(check.document).toMatchObject({ kind: 'prebill', receiptNo: null, payments: [] })
    expect(textOf(check.bytes)).toContain('预结单')
  })

  it('sums a shift up and begins the next', async () => {
    const till = tillOf()
    const sold = [await till.sell(), await till.sell(), await till.refund()]
    const { document } = await till.shiftReport()
    expect(document.counts).toEqual({ sales: 2, refunds: 1 })
    expect(document.totalFen).toBe(sumFen(sold.map((paper) => paper.document.totalFen)))
    expect(sumFen(document.payments.map(({ amountFen }) => amountFen))).toBe(document.totalFen)
    expect((await till.shiftReport()).document.totalFen).toBe(0)
  })

  it('is the same shop for the same seed, and another for another', () => {
    const baskets = (seed: number) => {
      const till = tillOf({ seed })
      return Array.from({ length: 20 }, () => till.composeSale())
    }
    expect(baskets(5)).toEqual(baskets(5))
    expect(baskets(5)).not.toEqual(baskets(6))
    const many = baskets(5)
    expect(many.some(({ member }) => /^1\d\d\*{4}\d{4}$/.test(member?.phoneMasked ?? ''))).toBe(
      true,
    )
    expect(many.some(({ member }) => member === null)).toBe(true)
  })

  it('notices a printer that is off, off line or out of paper, and prints when it is back', async () => {
    const till = tillOf()
    await printer.setMode('offline')
    expect((await till.sell()).outcome).toBe('offline')
    await printer.setMode('paper_out')
    expect((await till.sell()).outcome).toBe('paper_out')
    await printer.setMode('off')
    expect((await till.sell()).outcome).toBe('unreachable')
    await printer.setMode('online')
    const { bytes, outcome } = await till.sell()
    expect(outcome).toBe('printed')
    await printer.printed(bytes.length)
    expect(printer.received().includes(Buffer.from(bytes))).toBe(true)
  })

  it('waits for a slow printer', async () => {
    printer.slowMs = 30
    const { bytes, outcome } = await tillOf().sell()
    expect(outcome).toBe('printed')
    expect(await printer.printed(bytes.length + 6)).toBe(true)
  })
})
