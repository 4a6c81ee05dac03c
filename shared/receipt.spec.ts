import { describe, expect, it } from '@jest/globals'
import { fen } from './quantities.js'
import {
  businessKey,
  isSameContent,
  receiptContentText,
  type ReceiptContent,
  type ReceiptIdentity,
} from './receipt.js'

const identity: ReceiptIdentity = {
  storeId: 'S',
  terminalId: 'T',
  businessDate: '2026-03-02',
  receiptNo: '000123',
  surrogateKey: null,
  kind: 'sale',
}

describe('the business key', () => {
  it('names store, till, day, number and direction', () => {
    expect(businessKey(identity)).toBe('S|T|2026-03-02|000123|sale')
  })

  const others: [string, Partial<ReceiptIdentity>][] = [
    ['store', { storeId: 'S2' }],
    ['till', { terminalId: 'T2' }],
    ['day', { businessDate: '2026-03-03' }],
    ['number', { receiptNo: '123' }],
    ['direction', { kind: 'refund' }],
    ['stand-in for the number', { receiptNo: null, surrogateKey: '000123' }],
  ]
  it.each(others)('differs by the %s', (_what, change) => {
    expect(businessKey({ ...identity, ...change })).not.toBe(businessKey(identity))
  })

  it('prefers the printed number to its stand-in', () => {
    expect(businessKey({ ...identity, surrogateKey: 'x' })).toBe(businessKey(identity))
  })

  it.each([
    [null, null],
    ['', null],
    [null, ''],
  ])('needs one of the two (%p, %p)', (receiptNo, surrogateKey) => {
    expect(() => businessKey({ ...identity, receiptNo, surrogateKey })).toThrow(/number/)
  })
})

describe('two captures under one key', () => {
  const tapped: ReceiptContent = {
    sourceKind: 'escpos_tap',
    totalFen: fen(2_132),
    printedAt: '2026-03-02T10:00:00',
    contentSha256: 'a',
  }
  const dropped = { ...tapped, sourceKind: 'file_drop', contentSha256: 'b' }

  const cases: [string, ReceiptContent, ReceiptContent, boolean][] = [
    ['of one source with one content', tapped, { ...tapped }, true],
    ['of one source with other contents', tapped, { ...tapped, contentSha256: 'c' }, false],
    [
      'of one source, same content told at another time',
      tapped,
      { ...tapped, printedAt: null, totalFen: fen(1) },
      true,
    ],
    ['of two sources with one total', tapped, dropped, true],
    ['of two sources with other totals', tapped, { ...dropped, totalFen: fen(2_133) }, false],
    ['where one has no time', tapped, { ...dropped, printedAt: null }, true],
    ['where neither has', { ...tapped, printedAt: null }, { ...dropped, printedAt: null }, true],
    ['ten minutes apart', tapped, { ...dropped, printedAt: '2026-03-02T10:10:00' }, true],
    ['a second more apart', tapped, { ...dropped, printedAt: '2026-03-02T10:10:01' }, false],
    ['ten minutes before', tapped, { ...dropped, printedAt: '2026-03-02T09:50:00' }, true],
    ['a day apart', tapped, { ...dropped, printedAt: '2026-03-03T10:00:00' }, false],
  ]
  it.each(cases)('%s', (_what, a, b, isSame) => {
    expect(isSameContent(a, b)).toBe(isSame)
    expect(isSameContent(b, a)).toBe(isSame)
  })
})

describe('the text of what a receipt says', () => {
  const receipt = {
    kind: 'sale' as const,
    printedAt: null,
    originalReceiptNo: null,
    totalFen: 300,
    lines: [
      { name: 'a', quantityMilli: 1_000, amountFen: 100 },
      { name: 'b', quantityMilli: 2_000, amountFen: 200 },
    ],
    payments: [{ method: 'cash', amountFen: 300 }],
  }
  const [one, two] = receipt.lines as [(typeof receipt.lines)[0], (typeof receipt.lines)[0]]

  it.each([
    ['direction', { ...receipt, kind: 'refund' as const }],
    ['time', { ...receipt, printedAt: '2026-03-02T10:00:00' }],
    ['original', { ...receipt, originalReceiptNo: '1' }],
    ['total', { ...receipt, totalFen: 301 }],
    ['order of lines', { ...receipt, lines: [two, one] }],
    ['number of lines', { ...receipt, lines: [one] }],
    ['name', { ...receipt, lines: [{ ...one, name: 'A' }, two] }],
    ['quantity', { ...receipt, lines: [{ ...one, quantityMilli: 1_001 }, two] }],
    ['amount', { ...receipt, lines: [{ ...one, amountFen: 101 }, two] }],
    ['payment', { ...receipt, payments: [{ method: 'card', amountFen: 300 }] }],
    ['no payment', { ...receipt, payments: [] }],
  ])('differs by its %s', (_what, other) => {
    expect(receiptContentText(other)).not.toBe(receiptContentText(receipt))
  })

  it('does not differ by what is not said: code, unit price, cashier', () => {
    const told = { ...receipt, cashier: 'x', lines: [{ ...one, code: '1' }, two] }
    expect(receiptContentText(told)).toBe(receiptContentText(receipt))
  })

  it('cannot be moved across fields', () => {
    const moved = { ...receipt, lines: [{ ...one, name: 'a",1000,100],["b' }] }
    expect(receiptContentText(moved)).not.toBe(receiptContentText(receipt))
  })
})
