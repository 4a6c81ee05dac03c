import { describe, expect, it } from '@jest/globals'
import { FEN_MAX } from '../quantities.js'
import {
  agentEventSchema,
  enrolRequestSchema,
  EVENTS_PER_BATCH_MAX,
  eventBatchSchema,
  lookupRequestSchema,
  RECEIPT_LINES_MAX,
  RECEIPT_PAYMENTS_MAX,
} from './agent.js'

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const SHA = 'a'.repeat(64)
const QUICK_MS_MAX = 2_000

const line = { name: '水', code: null, quantityMilli: 1_000, unitPriceFen: 200, amountFen: 200 }
const receipt = {
  kind: 'sale',
  receiptNo: 'R1',
  surrogateKey: null,
  businessDate: '2026-03-02',
  printedAt: '2026-03-02T10:00:00',
  cashier: null,
  lines: [line],
  totalFen: 200,
  payments: [{ method: 'cash', amountFen: 200 }],
  changeFen: null,
  originalReceiptNo: null,
}
const checkout = {
  type: 'checkout.captured',
  eventId: ID,
  occurredAtMs: 1_772_416_800_000,
  receipt,
  source: {
    kind: 'escpos_tap',
    template: null,
    confidence: 1,
    confirmed: false,
    capturedAtMs: 1_772_416_800_000,
  },
  who: null,
}
const registered = {
  type: 'member.registered',
  eventId: ID,
  occurredAtMs: 1,
  memberId: ID,
  phone: '13812345678',
  notice: { policyVersion: '1', textSha256: SHA, shownAtMs: 1 },
  cashier: null,
}
const assigned = {
  type: 'receipt.assigned',
  eventId: ID,
  occurredAtMs: 1,
  checkoutEventId: ID,
  who: { by: 'member', memberId: ID },
  cashier: null,
}

const isTaken = (event: unknown) => agentEventSchema.safeParse(event).success
const withReceipt = (change: object) => ({ ...checkout, receipt: { ...receipt, ...change } })

describe('an event of a till', () => {
  it.each([
    ['a checkout', checkout],
    ['a registration', registered],
    ['an assignment', assigned],
    ['a checkout of nobody with nothing on it', withReceipt({ lines: [], payments: [] })],
    ['a checkout for nothing', withReceipt({ totalFen: 0 })],
    ['a stand-in number', withReceipt({ receiptNo: null, surrogateKey: SHA })],
    ['a line taken back', withReceipt({ lines: [{ ...line, quantityMilli: -1, amountFen: -2 }] })],
    ['as many lines as may be', withReceipt({ lines: Array(RECEIPT_LINES_MAX).fill(line) })],
  ])('is taken: %s', (_what, event) => {
    expect(isTaken(event)).toBe(true)
  })

  it.each([
    ['nothing', null],
    ['a text', 'checkout.captured'],
    ['another type', { ...checkout, type: 'checkout.voided' }],
    ['no type', { ...checkout, type: undefined }],
    ['an unknown field', { ...checkout, extra: 1 }],
    ['an unknown field in the receipt', withReceipt({ extra: 1 })],
    ['an unknown field in a line', withReceipt({ lines: [{ ...line, extra: 1 }] })],
    ['an unknown field in who', { ...assigned, who: { ...assigned.who, phone: '1' } }],
    ['an unknown field in the notice', { ...registered, notice: { ...registered.notice, x: 1 } }],
    ['a field of another event', { ...registered, checkoutEventId: ID }],
    ['no id', { ...checkout, eventId: undefined }],
    ['an id that is none', { ...checkout, eventId: 'x' }],
    ['a time before 1970', { ...checkout, occurredAtMs: -1 }],
    ['a time in seconds with a fraction', { ...checkout, occurredAtMs: 1.5 }],
    ['a time far away', { ...checkout, occurredAtMs: 9e15 }],
    ['a negative total', withReceipt({ totalFen: -1 })],
    ['a total with a fraction', withReceipt({ totalFen: 0.5 })],
    ['a total beyond reason', withReceipt({ totalFen: FEN_MAX + 1 })],
    ['a total that is a text', withReceipt({ totalFen: '200' })],
    ['a total that is no number', withReceipt({ totalFen: NaN })],
    ['neither number nor stand-in', withReceipt({ receiptNo: null })],
    ['an empty number', withReceipt({ receiptNo: '' })],
    ['a long number', withReceipt({ receiptNo: 'x'.repeat(65) })],
    ['a day that is none', withReceipt({ businessDate: '2026-02-30' })],
    ['a time with a zone', withReceipt({ printedAt: '2026-03-02T10:00:00Z' })],
    ['a time with a fraction', withReceipt({ printedAt: '2026-03-02T10:00:00.5' })],
    ['another direction', withReceipt({ kind: 'void' })],
    ['one line too many', withReceipt({ lines: Array(RECEIPT_LINES_MAX + 1).fill(line) })],
    [
      'one payment too many',
      withReceipt({ payments: Array(RECEIPT_PAYMENTS_MAX + 1).fill(receipt.payments[0]) }),
    ],
    ['a negative payment', withReceipt({ payments: [{ method: 'cash', amountFen: -1 }] })],
    ['a name too long', withReceipt({ lines: [{ ...line, name: 'x'.repeat(201) }] })],
    ['a doubt above one', { ...checkout, source: { ...checkout.source, confidence: 1.1 } }],
    ['another source', { ...checkout, source: { ...checkout.source, kind: 'hand' } }],
    ['nobody to assign to', { ...assigned, who: null }],
    ['another way of knowing', { ...assigned, who: { by: 'name', name: '王' } }],
    ['a long phone', { ...registered, phone: '1'.repeat(65) }],
    ['no phone', { ...registered, phone: '' }],
    [
      'a hash in capitals',
      { ...registered, notice: { ...registered.notice, textSha256: 'A'.repeat(64) } },
    ],
  ])('is refused with %s', (_what, event) => {
    expect(isTaken(event)).toBe(false)
  })

  it('with a million lines is refused at once', () => {
    const event = withReceipt({ lines: Array(1_000_000).fill(line) })
    const startedAtMs = performance.now()
    const parsed = agentEventSchema.safeParse(event)
    expect(parsed.success).toBe(false)
    expect(performance.now() - startedAtMs).toBeLessThan(QUICK_MS_MAX)
    // One fault, not a million of them.
    expect(parsed.error?.issues.length).toBeLessThan(10)
  })

  it('is not a way to the prototype', () => {
    const text = JSON.stringify(checkout).replace('{', '{"__proto__":{"isAdmin":true},')
    const parsed = agentEventSchema.safeParse(JSON.parse(text))
    expect(parsed.success && 'isAdmin' in parsed.data).toBe(false)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('a batch', () => {
  const batch = { sentAtMs: 1, agentVersion: '0.1.0', outboxDepth: 1, events: [{ any: 1 }] }
  const isBatch = (value: unknown) => eventBatchSchema.safeParse(value).success

  it('lets its events be judged one by one', () => {
    expect(isBatch(batch)).toBe(true)
    expect(isBatch({ ...batch, events: Array(EVENTS_PER_BATCH_MAX).fill({}) })).toBe(true)
  })

  it.each([
    ['no events', { ...batch, events: [] }],
    ['too many events', { ...batch, events: Array(EVENTS_PER_BATCH_MAX + 1).fill({}) }],
    ['an event that is no object', { ...batch, events: [1] }],
    ['an unknown field', { ...batch, extra: 1 }],
    ['a negative depth', { ...batch, outboxDepth: -1 }],
    ['no version', { ...batch, agentVersion: '' }],
  ])('is refused with %s', (_what, value) => {
    expect(isBatch(value)).toBe(false)
  })
})

describe('enrolment and lookup', () => {
  const x = 'A'.repeat(43)
  const enrol = {
    code: '1',
    publicKey: { kty: 'EC', crv: 'P-256', x, y: x },
    agentVersion: '1',
  }

  it('takes a public key and refuses one with its private half', () => {
    expect(enrolRequestSchema.safeParse(enrol).success).toBe(true)
    const leaked = { ...enrol, publicKey: { ...enrol.publicKey, d: x } }
    expect(enrolRequestSchema.safeParse(leaked).success).toBe(false)
    const other = { ...enrol, publicKey: { ...enrol.publicKey, crv: 'P-384' } }
    expect(enrolRequestSchema.safeParse(other).success).toBe(false)
  })

  it('looks up by one thing at a time', () => {
    expect(lookupRequestSchema.safeParse({ by: 'phone', phone: '1' }).success).toBe(true)
    const both = { by: 'phone', phone: '1', memberCode: '68' }
    expect(lookupRequestSchema.safeParse(both).success).toBe(false)
    expect(lookupRequestSchema.safeParse({ by: 'memberNo', phone: '1' }).success).toBe(false)
  })
})
