import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EventResult } from '@huike/shared/contracts/agent'
import type {
  RefundPreview,
  RefundPreviewRequest,
  RefundSettleRequest,
} from '@huike/shared/contracts/spending'
import { epochMs, fen, points } from '@huike/shared/quantities'
import { memberFixture } from '../../tests/crash/agent-fake-server.js'
import {
  captureBytes,
  openCore,
  rawCapture,
  saleDocument,
  storeOn,
  temporaryFolder,
  testId,
  TILL,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import { KEPT_MS_MAX } from '../store/kept-refunds.js'
import type { AppliedResult } from '../store/outbox.js'
import type { Asked } from '../uplink/ask-server.js'
import { prepareDocument } from './normalise.js'
import { RefundsAtTill, SHOWN_MS_MAX } from './refunds-at-till.js'

// Refunds of points at a till, over a server that answers as the test wants it to.

const START_MS = 1_772_700_000_000
const NUMBER = '00123456'

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let nowMs: number
let isOnline: boolean
let previews: RefundPreviewRequest[]
let settled: RefundSettleRequest[]
let preview: Partial<RefundPreview>
let refusal: Asked<never> | null
let sent: number
let delivered: boolean
let told: string[]
let at: RefundsAtTill
const memberId = testId() as never

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  core.members.keep(memberFixture({ memberId, balancePoints: -485, asOfMs: 1 }) as never, null)
  nowMs = START_MS
  isOnline = delivered = true
  ;[previews, settled, told, preview, refusal, sent] = [[], [], [], {}, null, 0]
  at = started()
})
afterEach(() => {
  core.close()
  folder.remove()
})

/** The agent's part, started anew over the same disk. */
function started(): RefundsAtTill {
  const nobody = () => Promise.reject(new Error('not asked for'))
  return new RefundsAtTill({
    store: storeOn(core),
    clock: new Clock({ wallMs: () => nowMs, monotonicMs: () => nowMs - START_MS }),
    isOnline: () => isOnline,
    onChanged: (id) => told.push(id),
    onReceipts: () => told.push('receipts'),
    onUnsettled: ({ code }) => told.push(code),
    send: () => {
      sent += 1
    },
    settled: (eventId) =>
      Promise.resolve(delivered ? ({ eventId, status: 'settled' } as AppliedResult) : null),
    spending: {
      ...{ quote: nobody, reserve: nobody, release: nobody },
      previewRefund: (request) => {
        previews.push(request)
        return Promise.resolve(refusal ?? answer({ preview: { ...PREVIEW, memberId, ...preview } }))
      },
      settleRefund: (request) => {
        settled.push(request)
        const { keptFen } = request
        const done = { settledPoints: points(keptFen), settledFen: keptFen }
        return Promise.resolve(refusal ?? answer({ ...done, balancePoints: points(0) }))
      },
    },
  })
}

const answer = (body: object): Asked<never> => ({
  kind: 'answered',
  answer: { serverTimeMs: epochMs(nowMs), ...body } as never,
})
const PREVIEW: Omit<RefundPreview, 'memberId'> = {
  ...{ businessDate: '2026-03-05' as never, saleFen: fen(50_000), refundedFen: fen(0) },
  ...{ refundFen: fen(50_000), takenPoints: points(500), returnedPoints: points(0) },
  ...{ missingPoints: points(485), policy: 'cash', keptBackFen: fen(485) },
  ...{ balanceAfterPoints: points(0), words: '' },
}

/** A receipt that the till prints now. */
function printed(over: Parameters<typeof saleDocument>[0] = {}): string {
  const document = saleDocument({ receiptNo: testId().slice(-8), ...over })
  core.captures.take([rawCapture({ bytes: captureBytes(document), capturedAtMs: nowMs })], [])
  const taken = core.captures.takeForParse()
  if (!taken) throw new Error('nothing to read')
  const text = { document, surrogateText: document.text }
  const prepared = prepareDocument(text, 0, taken, 'Asia/Shanghai')
  const { captureId, sourceKind } = taken
  core.receipts.record({ captureId, sourceKind, till: TILL, nowMs, documents: [prepared] })
  return String(core.tillReceipts.list()[0]?.receiptId)
}
const refundPrinted = (originalReceiptNo: string | null = NUMBER) =>
  printed({ kind: 'refund', originalReceiptNo, totalFen: fen(50_000) })
/** The server has a receipt. */
const taken = (eventId: string, over: Partial<EventResult> = {}) =>
  core.outbox.applyResults(
    [
      {
        ...{ eventId, status: 'accepted', code: null, message: null, purchaseId: null },
        ...{ memberId, points: points(-500), balancePoints: points(-485), ...over },
      },
    ],
    nowMs,
  )
const keptOf = (receiptId: string) =>
  core.tillReceipts.list().find((one) => one.receiptId === receiptId)?.kept
const asked = (refundFen: number | null = null) =>
  at.preview({ receiptNo: NUMBER, refundFen: refundFen === null ? null : fen(refundFen) })
const refused = async (work: Promise<unknown>) => {
  const error = await work.catch((caught: unknown) => caught)
  return (error as { code?: string }).code
}
/** The cashier has read it, and says so. */
async function confirmed(): Promise<void> {
  await at.confirm((await asked()).refundId)
}

describe('what a refund does with points', () => {
  it('is asked of the server, with the member as this till knows them', async () => {
    const shown = await asked(1_000)
    expect(previews).toEqual([{ receiptNo: NUMBER, refundFen: 1_000 }])
    expect(shown).toMatchObject({ phoneMasked: '138****5678', preview: { takenPoints: 500 } })
    preview = { memberId: null }
    expect((await asked()).phoneMasked).toBeNull()
    preview = { memberId: testId() as never }
    expect((await asked()).phoneMasked).toBeNull()
  })

  it('cannot be known without a network, which is said at once, and nobody is asked', async () => {
    isOnline = false
    expect(await refused(asked())).toBe('refund_offline')
    expect(previews).toEqual([])
    isOnline = true
    refusal = { kind: 'unreachable' }
    expect(await refused(asked())).toBe('refund_offline')
  })

  it('is refused in the words of the server', async () => {
    const detail = '最多还能退 ¥60.00（原单 ¥100.00，已退 ¥40.00）'
    refusal = { kind: 'refused', code: 'refund_too_much', detail }
    await expect(asked(1)).rejects.toMatchObject({ code: 'refund_too_much', detail })
    refusal = { kind: 'refused', code: 'refund_elsewhere', detail: null }
    expect(await refused(asked())).toBe('refund_elsewhere')
  })

  it('waits for a sale that is on its way, and says so where it does not arrive', async () => {
    const sale = printed({ receiptNo: NUMBER })
    await asked()
    expect([sent, previews.length]).toEqual([1, 1])
    delivered = false
    expect(await refused(asked())).toBe('refund_unsent')
    expect(previews).toHaveLength(1)
    taken(sale)
    await asked()
    expect([sent, previews.length]).toEqual([2, 2])
  })

  it('is not asked for a sale in doubt, or one that is another under its number', async () => {
    const doubtful = printed({ receiptNo: NUMBER, confidence: 0.3 })
    await expect(asked()).rejects.toMatchObject({
      code: 'refund_unsent',
      detail: expect.stringContaining('先按 Esc'),
    })
    const decision = { decision: 'sale' as const, totalFen: fen(2_132) }
    core.tillReceipts.confirm({ receiptId: doubtful, till: TILL, decision, nowMs })
    taken(doubtful, { status: 'rejected', code: 'receipt_conflict' })
    expect(await refused(asked())).toBe('receipt_conflict')
    expect(previews).toEqual([])
  })
})

describe('the word of the cashier', () => {
  it('counts without a network, and the same once more is the same', async () => {
    const { refundId } = await asked()
    isOnline = false
    const first = await at.confirm(refundId)
    expect(first).toEqual({ refundId, refundFen: 50_000, keptFen: 485 })
    expect(await at.confirm(refundId)).toEqual(first)
  })

  it('is not taken of what was read too long ago, or before the agent started', async () => {
    const { refundId } = await asked()
    expect(await refused(started().confirm(refundId))).toBe('refund_stale')
    nowMs += SHOWN_MS_MAX + 1
    expect(await refused(at.confirm(refundId))).toBe('refund_stale')
    expect(await refused(at.confirm(testId() as never))).toBe('refund_stale')
  })

  it('keeps nothing where no money is kept back', async () => {
    preview = { keptBackFen: fen(0), policy: 'negative' }
    await confirmed()
    const refund = refundPrinted()
    taken(refund)
    await at.settleDue()
    expect([settled, keptOf(refund)]).toEqual([[], null])
  })
})

describe('money kept back of a refund', () => {
  it('is told once the server has the receipt, once, also after the agent was killed', async () => {
    await confirmed()
    core.close()
    core = openCore(folder.path)
    at = started()
    const refund = refundPrinted()
    await at.settleDue()
    expect(settled).toEqual([])
    expect(keptOf(refund)).toMatchObject({ state: 'waiting', keptFen: 485 })
    taken(refund)
    await Promise.all([at.settleDue(), at.settleDue()])
    await at.settleDue()
    expect(settled).toEqual([{ checkoutEventId: refund, keptFen: 485 }])
    expect(keptOf(refund)).toEqual({
      ...{ state: 'settled', keptFen: 485, points: 485, settledFen: 485 },
    })
    expect(core.members.find(memberId)?.balancePoints).toBe(0)
    expect(told).toEqual([memberId, 'receipts'])
  })

  it('is told later where the server could not be asked, or was busy', async () => {
    await confirmed()
    const refund = refundPrinted()
    taken(refund)
    for (const not of [
      { kind: 'unreachable' },
      { kind: 'refused', code: 'busy', detail: null },
    ] as const) {
      refusal = not
      await at.settleDue()
      expect(keptOf(refund)?.state).toBe('waiting')
    }
    isOnline = false
    refusal = null
    await at.settleDue()
    expect(settled).toHaveLength(2)
    isOnline = true
    await at.settleDue()
    expect(keptOf(refund)?.state).toBe('settled')
  })

  it('is shown to a person where the server will not have it', async () => {
    await confirmed()
    const refund = refundPrinted()
    taken(refund)
    refusal = { kind: 'refused', code: 'spending_off', detail: null }
    await at.settleDue()
    await at.settleDue()
    expect([settled.length, keptOf(refund)?.state]).toEqual([1, 'refused'])
    expect(told).toEqual(['spending_off', 'receipts'])
  })

  it('is shown to a person where the refund itself was refused', async () => {
    await confirmed()
    const refund = refundPrinted()
    taken(refund, { status: 'rejected', code: 'receipt_conflict' })
    await at.settleDue()
    expect([settled, keptOf(refund)?.state]).toEqual([[], 'refused'])
  })

  it('belongs to a refund printed while the cashier was still reading', async () => {
    const { refundId } = await asked()
    const refund = refundPrinted()
    taken(refund)
    await at.confirm(refundId)
    await at.settleDue()
    expect(settled).toMatchObject([{ checkoutEventId: refund }])
  })

  it('is not told of a refund printed before, of another sale, or of nobody knows which', async () => {
    const before = refundPrinted()
    await confirmed()
    const others = [refundPrinted('00999999'), refundPrinted(null), printed({ receiptNo: NUMBER })]
    for (const receiptId of [before, ...others]) taken(receiptId)
    await at.settleDue()
    expect(settled).toEqual([])
  })

  it('is not told of a refund hours later', async () => {
    await confirmed()
    nowMs += KEPT_MS_MAX + 1
    const refund = refundPrinted()
    taken(refund)
    await at.settleDue()
    nowMs -= KEPT_MS_MAX
    await at.settleDue()
    expect([settled, keptOf(refund)]).toEqual([[], null])
  })

  it('is taken back where the refund is not made, also without a network, and not once it is', async () => {
    const { refundId } = await asked()
    expect(await at.withdraw(refundId)).toEqual({ refundId, isWithdrawn: false })
    await at.confirm(refundId)
    isOnline = false
    for (const again of [refundId, refundId])
      expect(await at.withdraw(again)).toEqual({ refundId, isWithdrawn: true })
    isOnline = true
    const second = (await asked()).refundId
    taken(refundPrinted())
    await at.settleDue()
    expect(settled).toEqual([])
    await at.confirm(second)
    expect(await at.withdraw(second)).toMatchObject({ isWithdrawn: false })
    await at.settleDue()
    expect(settled).toHaveLength(1)
  })

  it('is what the cashier said last, and of one refund only', async () => {
    await confirmed()
    preview = { keptBackFen: fen(100) }
    await confirmed()
    const [first, second] = [refundPrinted(), refundPrinted()]
    for (const receiptId of [first, second]) taken(receiptId)
    await at.settleDue()
    expect(settled).toEqual([{ checkoutEventId: first, keptFen: 100 }])
    expect(keptOf(second)).toBeNull()
  })
})
