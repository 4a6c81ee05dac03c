import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EventResult, ReceiptAssigned } from '@huike/shared/contracts/agent'
import { epochMs, fen, points } from '@huike/shared/quantities'
import {
  captureBytes,
  openCore,
  rawCapture,
  saleDocument,
  temporaryFolder,
  testId,
  TILL,
} from '../../tests/crash/agent-fixtures.js'
import { prepareDocument } from '../service/normalise.js'
import type { StoreCore } from './core.js'

// Points set aside at a till pay the receipt that is given to their member next, once, and only one
// that can have the discount on it.

const NOW_MS = 1_772_700_100_000
const HALF_HOUR_MS = 30 * 60_000
const HOUR_MS = 3_600_000
/** What the receipt of the fixtures comes to. */
const TOTAL_FEN = 2_132

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let member: string

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  member = registered('13800000001')
})
afterEach(() => {
  core.close()
  folder.remove()
})

function registered(phone: string): string {
  const { policyVersion, textSha256 } = core.members.notice()
  const answer = core.members.register({
    ...{ eventId: testId() as never, memberId: testId() as never, phone: phone as never },
    ...{ policyVersion, textSha256, nowMs: NOW_MS, cashier: null },
  })
  if (!answer.ok) throw new Error(answer.code)
  return answer.member.memberId
}

/** A receipt that the till printed so long after `NOW_MS`. */
function printed(over: Parameters<typeof saleDocument>[0] = {}, afterMs = 0): string {
  const document = saleDocument({ receiptNo: testId().slice(-8), ...over })
  const capturedAtMs = NOW_MS + afterMs
  core.captures.take([rawCapture({ bytes: captureBytes(document), capturedAtMs })], [])
  const taken = core.captures.takeForParse()
  if (!taken) throw new Error('nothing to read')
  const prepared = prepareDocument(
    ...([{ document, surrogateText: document.text }, 0, taken, 'Asia/Shanghai'] as const),
  )
  const { captureId, sourceKind } = taken
  core.receipts.record({ captureId, sourceKind, till: TILL, nowMs: NOW_MS, documents: [prepared] })
  return String(core.tillReceipts.list()[0]?.receiptId)
}

function aside(memberId: string, count = 300): string {
  const holdId = testId()
  core.holds.keep({
    memberId,
    orderFen: fen(TOTAL_FEN + count),
    hold: {
      ...{ holdId: holdId as never, memberId: memberId as never, points: points(count) },
      ...{ valueFen: fen(count), state: 'reserved', balancePoints: points(0) },
      deadlineAtMs: epochMs(NOW_MS + HALF_HOUR_MS),
    },
  })
  return holdId
}

function give(receiptId: string, memberId: string): string | null {
  const eventId = testId() as never
  const answer = core.tillReceipts.assign({ receiptId, memberId, eventId, nowMs: NOW_MS })
  if (!answer.ok) throw new Error(answer.code)
  return answer.eventId
}
const undo = (receiptId: string) =>
  core.tillReceipts.undo({ receiptId, eventId: testId() as never, nowMs: NOW_MS })
const spentOn = (receiptId: string) =>
  core.tillReceipts.list().find((one) => one.receiptId === receiptId)?.spent
/** What the events that wait say of giving. */
const givings = () =>
  core.outbox
    .peek({ eventsMax: 100, bytesMax: 1_000_000 })
    .filter(({ type }) => type === 'receipt.assigned')
    .map(({ payload }) => JSON.parse(payload) as ReceiptAssigned)

function answer(eventId: string | null, over: Partial<EventResult>) {
  const result = {
    ...{ eventId, status: 'accepted' as const, code: null, message: null, purchaseId: null },
    ...{ memberId: member as never, points: points(18), balancePoints: points(0) },
    ...over,
  }
  return core.outbox.applyResults([result], NOW_MS)
}

describe('points set aside', () => {
  it('pay the receipt given to their member, also after the agent was killed', () => {
    const holdId = aside(member)
    const receiptId = printed()
    core.close()
    core = openCore(folder.path)
    expect(core.holds.openOf(member)).toMatchObject({ holdId, points: 300, valueFen: 300 })
    give(receiptId, member)
    expect(givings()).toMatchObject([{ holdId, checkoutEventId: receiptId }])
    expect(spentOn(receiptId)).toEqual({ holdId, points: 300, valueFen: 300, isOwed: false })
    expect(core.holds.openOf(member)).toBeNull()
  })

  it('pay once: the next receipt names no hold at all', () => {
    aside(member)
    give(printed(), member)
    const second = printed()
    give(second, member)
    expect(givings()).toHaveLength(2)
    expect(Object.keys(givings()[1] ?? {})).not.toContain('holdId')
    expect(spentOn(second)).toBeNull()
  })

  it('are nobody else’s', () => {
    const other = registered('13800000002')
    const holdId = aside(member)
    give(printed(), other)
    expect(Object.keys(givings()[0] ?? {})).not.toContain('holdId')
    expect(core.holds.openOf(member)).toMatchObject({ holdId })
  })

  it.each<[string, () => string]>([
    [
      'printed before they were set aside',
      () => {
        const receiptId = printed()
        aside(member)
        return receiptId
      },
    ],
    ['that is a refund', () => (aside(member), printed({ kind: 'refund' }))],
    [
      'printed after their time, without the discount on it',
      () => (aside(member), printed({ totalFen: fen(TOTAL_FEN + 300) }, HOUR_MS)),
    ],
    ['printed the next day', () => (aside(member), printed({}, 24 * HOUR_MS))],
    [
      'once they were given back',
      () => {
        core.holds.end(aside(member))
        return printed()
      },
    ],
  ])('do not pay a receipt %s', (_title, prepare) => {
    const receiptId = prepare()
    give(receiptId, member)
    expect(givings().map((giving) => giving.holdId)).toEqual([undefined])
    expect(spentOn(receiptId)).toBeNull()
  })

  it('pay a receipt that was printed late, where the discount is on it', () => {
    const holdId = aside(member)
    const receiptId = printed({}, HOUR_MS)
    give(receiptId, member)
    expect(givings()).toMatchObject([{ holdId }])
  })

  it('make place for what is set aside after them', () => {
    aside(member)
    const holdId = aside(member, 200)
    give(printed(), member)
    expect(givings()).toMatchObject([{ holdId }])
  })

  it('follow a member whose record turns out to be another', () => {
    const holdId = aside(member)
    const minted = core.outbox.peek({ eventsMax: 1, bytesMax: 1 })[0]?.eventId ?? null
    const real = testId()
    answer(minted, { memberId: real as never })
    expect(core.holds.openOf(real)).toMatchObject({ holdId })
  })

  it('pay a receipt that named its member by itself', () => {
    const receiptId = printed()
    answer(receiptId, { memberId: member as never })
    const holdId = aside(member)
    give(receiptId, member)
    expect(givings()).toEqual([])
    core.holds.end(holdId)
    const next = aside(member)
    const later = printed()
    answer(later, { memberId: member as never })
    give(later, member)
    give(later, member)
    expect(givings()).toMatchObject([{ holdId: next, checkoutEventId: later }])
    expect(spentOn(later)).toMatchObject({ points: 300 })
  })
})

describe('a receipt paid with points', () => {
  it('is paid with nothing once it was taken back, and again where that was refused', () => {
    aside(member)
    const receiptId = printed()
    const giving = give(receiptId, member)
    answer(receiptId, { memberId: null, points: null, balancePoints: null })
    answer(giving, {})
    const undone = undo(receiptId)
    expect(spentOn(receiptId)).toBeNull()
    expect(core.holds.openOf(member)).toBeNull()
    if (!undone.ok) throw new Error(undone.code)
    answer(undone.eventId, { status: 'rejected', code: 'undo_too_late' })
    expect(spentOn(receiptId)).toMatchObject({ points: 300 })
  })

  it('leaves the points set aside where the server refused the giving', () => {
    const holdId = aside(member)
    const receiptId = printed()
    const giving = give(receiptId, member)
    answer(receiptId, { memberId: null, points: null, balancePoints: null })
    answer(core.outbox.peek({ eventsMax: 1, bytesMax: 1 })[0]?.eventId ?? null, {})
    answer(giving, { status: 'rejected', code: 'receipt_already_claimed', memberId: null })
    expect(spentOn(receiptId)).toBeNull()
    expect(core.holds.openOf(member)).toMatchObject({ holdId })
  })

  it('says where the points had been given back before', () => {
    aside(member)
    const receiptId = printed()
    const giving = give(receiptId, member)
    answer(giving, { code: 'hold_ended' })
    expect(spentOn(receiptId)).toMatchObject({ points: 300, valueFen: 300, isOwed: true })
  })
})
