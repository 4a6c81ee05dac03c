import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { fen, points } from '@huike/shared/quantities'
import type { EventResult } from '@huike/shared/contracts/agent'
import { prepareDocument } from '../service/normalise.js'
import {
  captureBytes,
  openCore,
  rawCapture,
  saleDocument,
  temporaryFolder,
  testId,
  TILL,
} from '../../tests/crash/agent-fixtures.js'
import type { CapturedDocument } from '../parse/document.js'
import type { StoreCore } from './core.js'
import type { DocumentOutcome, RawCapture } from './types.js'

const NOW_MS = 1_772_700_100_000
const PHONE = '13812345678'

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
})
afterEach(() => {
  core.close()
  folder.remove()
})

function capture(
  documents: CapturedDocument[],
  over: Partial<RawCapture> = {},
): { outcomes: DocumentOutcome[]; captureId: string } {
  const raw = rawCapture({ bytes: captureBytes(...documents), ...over })
  expect(core.captures.take([raw], [])).toEqual({ ok: true })
  const taken = core.captures.takeForParse()
  if (!taken) throw new Error('nothing to read')
  return { captureId: raw.captureId, outcomes: record(taken, documents) }
}

function record(
  taken: NonNullable<ReturnType<StoreCore['captures']['takeForParse']>>,
  documents: CapturedDocument[],
): DocumentOutcome[] {
  return core.receipts.record({
    captureId: taken.captureId,
    sourceKind: taken.sourceKind,
    till: TILL,
    nowMs: NOW_MS,
    documents: documents.map((document, index) =>
      prepareDocument({ document, surrogateText: document.text }, index, taken, 'Asia/Shanghai'),
    ),
  })
}

function events(): Record<string, unknown>[] {
  return core.outbox
    .peek({ eventsMax: 100, bytesMax: 1_000_000 })
    .map((row) => JSON.parse(row.payload) as Record<string, unknown>)
}

describe('a second source', () => {
  const inFile = { sourceKind: 'file_drop' as const, sourceId: 'drop' }
  const named = { ...saleDocument(), memberHint: PHONE }

  it('that names the member the first did not know is sent too, and shows on the first', () => {
    capture([saleDocument()])
    expect(capture([named], inFile).outcomes).toEqual(['duplicate'])
    const [first, second] = events()
    expect(second).toMatchObject({
      who: { by: 'phone', phone: PHONE },
      source: { kind: 'file_drop' },
    })
    const memberId = testId() as never
    core.outbox.applyResults(
      [result(first?.['eventId']), result(second?.['eventId'], { memberId, points: points(21) })],
      NOW_MS,
    )
    expect(core.tillReceipts.list()).toMatchObject([
      { receiptId: first?.['eventId'], state: 'settled', points: 21, member: { memberId } },
    ])
  })

  it('that knows no more than the first sends nothing', () => {
    capture([named])
    capture([named], inFile)
    capture([saleDocument()], inFile)
    expect(events()).toHaveLength(1)
  })
})

function result(eventId: unknown, over: Partial<EventResult> = {}): EventResult {
  return {
    eventId: String(eventId),
    status: 'accepted',
    code: null,
    message: null,
    purchaseId: null,
    memberId: null,
    points: null,
    balancePoints: null,
    ...over,
  }
}

describe('a captured receipt', () => {
  it('goes into the outbox once, with positive amounts and thousandths', () => {
    expect(capture([saleDocument()]).outcomes).toEqual(['sent'])
    expect(events()).toMatchObject([
      {
        type: 'checkout.captured',
        receipt: {
          kind: 'sale',
          receiptNo: '00123456',
          businessDate: '2026-03-05',
          totalFen: 2132,
          lines: [{ quantityMilli: 986 }],
        },
        source: { kind: 'escpos_tap', confirmed: false },
        who: null,
      },
    ])
  })

  it('is known when its capture is read a second time after a crash', () => {
    const first = capture([saleDocument()])
    const again = { ...rawCapture({ captureId: first.captureId }), attempts: 2 }
    expect(record(again, [saleDocument()])).toEqual(['known'])
    expect(events()).toHaveLength(1)
  })

  const cases: [string, CapturedDocument, DocumentOutcome, number][] = [
    ['the same receipt printed again', saleDocument(), 'duplicate', 1],
    ['a reprint', saleDocument({ kind: 'reprint' }), 'duplicate', 1],
    ['a merchant copy', saleDocument({ kind: 'duplicate_copy' }), 'duplicate', 1],
    ['another receipt', saleDocument({ receiptNo: '00123457' }), 'sent', 2],
    [
      'the same number on another day',
      saleDocument({ printedAt: '2026-03-06T18:21:07' }),
      'sent',
      2,
    ],
    [
      'the same number with other content',
      saleDocument({ totalFen: fen(999), lines: [], payments: [] }),
      'conflict_sent',
      2,
    ],
    [
      'a reprint of something never seen',
      saleDocument({ kind: 'reprint', receiptNo: '777' }),
      'needs_confirm',
      1,
    ],
    ['a doubtful receipt', saleDocument({ receiptNo: '8', confidence: 0.5 }), 'needs_confirm', 1],
    [
      'a receipt without a total',
      saleDocument({ receiptNo: '9', totalFen: null }),
      'needs_confirm',
      1,
    ],
    ['a prebill', saleDocument({ kind: 'prebill' }), 'ignored', 1],
    ['a shift report', saleDocument({ kind: 'report' }), 'ignored', 1],
    ['a refund of its own', saleDocument({ kind: 'refund', totalFen: fen(-2132) }), 'sent', 2],
    ['a void of it', saleDocument({ kind: 'void' }), 'sent', 2],
    [
      'a void of something unknown',
      saleDocument({ kind: 'void', receiptNo: '5' }),
      'needs_confirm',
      1,
    ],
  ]
  it.each(cases)('followed by %s', (_title, document, outcome, eventCount) => {
    capture([saleDocument()])
    expect(capture([document]).outcomes).toEqual([outcome])
    expect(events()).toHaveLength(eventCount)
  })

  it('voided twice is refunded once, for the whole', () => {
    capture([saleDocument()])
    const voided = saleDocument({ kind: 'void', totalFen: null, printedAt: '2026-03-05T18:30:00' })
    expect(capture([voided]).outcomes).toEqual(['sent'])
    expect(capture([voided]).outcomes).toEqual(['duplicate'])
    expect(events()[1]).toMatchObject({
      receipt: { kind: 'refund', originalReceiptNo: '00123456', totalFen: 2132 },
    })
  })

  it('seen by two sources is one receipt when total and time agree', () => {
    capture([saleDocument()])
    const fromFile = saleDocument({ lines: [], payments: [], printedAt: '2026-03-05T18:22:00' })
    expect(capture([fromFile], { sourceKind: 'file_drop', sourceId: 'drop' }).outcomes).toEqual([
      'duplicate',
    ])
    expect(events()).toHaveLength(1)
  })

  it('without a number asks before it counts a sale that another source may have told of', () => {
    capture([saleDocument()])
    const other = saleDocument({
      receiptNo: null,
      text: 'anders',
      printedAt: '2026-03-05T18:21:40',
    })
    expect(capture([other], { sourceKind: 'file_drop', sourceId: 'drop' }).outcomes).toEqual([
      'needs_confirm',
    ])
  })

  it('without a number, printed twice in one second, asks whether it is another sale', () => {
    const bare = saleDocument({ receiptNo: null })
    expect(capture([bare]).outcomes).toEqual(['sent'])
    expect(capture([bare]).outcomes).toEqual(['needs_confirm'])
    const [asked] = core.tillReceipts.list()
    const confirmed = core.tillReceipts.confirm({
      receiptId: String(asked?.receiptId),
      till: TILL,
      decision: { decision: 'sale', totalFen: fen(2132) },
      nowMs: NOW_MS,
    })
    expect(confirmed).toMatchObject({ ok: true, receipt: { state: 'waiting' } })
    const keys = events().map(
      (event) => (event['receipt'] as { surrogateKey: string }).surrogateKey,
    )
    expect(new Set(keys).size).toBe(2)
  })

  it('read surely by one source replaces the doubtful reading of the other', () => {
    capture([saleDocument({ confidence: 0.4, totalFen: fen(5) })])
    expect(events()).toHaveLength(0)
    expect(
      capture([saleDocument()], { sourceKind: 'file_drop', sourceId: 'drop' }).outcomes,
    ).toEqual(['sent'])
    expect(core.tillReceipts.needsConfirmCount()).toBe(0)
    expect(events()).toMatchObject([{ receipt: { totalFen: 2132 } }])
  })

  it('with bytes missing is not taken at its word', () => {
    expect(capture([saleDocument()], { isPartial: true }).outcomes).toEqual(['needs_confirm'])
  })
})

describe('the cashier', () => {
  function registered(): string {
    const answer = core.members.register({
      eventId: testId() as never,
      memberId: testId() as never,
      phone: PHONE as never,
      policyVersion: core.members.notice().policyVersion,
      textSha256: core.members.notice().textSha256,
      nowMs: NOW_MS,
      cashier: null,
    })
    if (!answer.ok) throw new Error(answer.code)
    return answer.member.memberId
  }

  it('confirms what was paid and it is sent with that', () => {
    capture([saleDocument({ confidence: 0.5 })])
    const [receipt] = core.tillReceipts.list()
    expect(receipt).toMatchObject({ state: 'needs_confirm', minute: '18:21', points: null })
    core.tillReceipts.confirm({
      receiptId: String(receipt?.receiptId),
      till: TILL,
      decision: { decision: 'sale', totalFen: fen(2000) },
      nowMs: NOW_MS,
    })
    expect(events()).toMatchObject([
      { receipt: { totalFen: 2000 }, source: { confirmed: true, confidence: 0.5 } },
    ])
  })

  it('drops what is no receipt, and it is shown no longer', () => {
    capture([saleDocument({ confidence: 0.5 })])
    const [receipt] = core.tillReceipts.list()
    core.tillReceipts.confirm({
      receiptId: String(receipt?.receiptId),
      till: TILL,
      decision: { decision: 'not_a_receipt' },
      nowMs: NOW_MS,
    })
    expect(core.tillReceipts.list()).toEqual([])
    expect(events()).toEqual([])
  })

  it('gives a receipt to a member registered a moment ago, before the server knows either', () => {
    capture([saleDocument()])
    const memberId = registered()
    const [receipt] = core.tillReceipts.list()
    const assign = () =>
      core.tillReceipts.assign({
        receiptId: String(receipt?.receiptId),
        memberId,
        eventId: testId() as never,
        nowMs: NOW_MS,
      })
    expect(assign()).toMatchObject({
      ok: true,
      receipt: { member: { memberId, phoneMasked: '138****5678' } },
    })
    expect(assign()).toMatchObject({ ok: true, eventId: null })
    expect(events().map((event) => event['type'])).toEqual([
      'checkout.captured',
      'member.registered',
      'receipt.assigned',
    ])
  })

  it('follows when the number had a member already', () => {
    capture([saleDocument()])
    const minted = registered()
    const [receipt] = core.tillReceipts.list()
    core.tillReceipts.assign({
      receiptId: String(receipt?.receiptId),
      memberId: minted,
      eventId: testId() as never,
      nowMs: NOW_MS,
    })
    const [, registration, assigned] = events()
    const real = '01J0000000000000000000000R'
    core.outbox.applyResults(
      [result(registration?.['eventId'], { memberId: real as never })],
      NOW_MS,
    )
    expect(core.tillReceipts.list()[0]?.member?.memberId).toBe(real)
    expect(core.members.findByPhone(PHONE as never)?.memberId).toBe(real)
    expect(core.members.find(minted)?.memberId).toBe(real)
    expect(events().find((event) => event['eventId'] === assigned?.['eventId'])).toMatchObject({
      who: { by: 'member', memberId: real },
    })
  })

  it('sees the points when the server has settled, and a conflict when it refuses', () => {
    capture([saleDocument(), saleDocument({ receiptNo: '2' })])
    const [first, second] = events()
    core.outbox.applyResults(
      [
        result(first?.['eventId'], { points: points(21) }),
        result(second?.['eventId'], { status: 'rejected', code: 'receipt_conflict' }),
      ],
      NOW_MS,
    )
    expect(core.tillReceipts.list()).toMatchObject([
      { receiptNo: '2', state: 'conflict', confirmReason: '同一小票号的内容不一致，已搁置待核对' },
      { receiptNo: '00123456', state: 'settled', points: 21 },
    ])
  })

  it('does not lose a gift to a refusal that came only because the receipt was still on its way', () => {
    capture([saleDocument()])
    const memberId = registered()
    const [receipt] = core.tillReceipts.list()
    core.tillReceipts.assign({
      receiptId: String(receipt?.receiptId),
      memberId,
      eventId: testId() as never,
      nowMs: NOW_MS,
    })
    const [checkout, , assigned] = events()
    const applied = core.outbox.applyResults(
      [
        result(checkout?.['eventId'], { status: 'retry' }),
        result(assigned?.['eventId'], { status: 'rejected', code: 'purchase_not_found' }),
      ],
      NOW_MS,
    )
    expect(applied.map((one) => one.status)).toEqual(['waiting', 'waiting'])
  })
})
