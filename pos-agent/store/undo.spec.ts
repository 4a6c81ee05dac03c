import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { UNDO_WITHIN_MS, type EventResult } from '@huike/shared/contracts/agent'
import type { TillReceipt } from '@huike/shared/contracts/cashier'
import { points } from '@huike/shared/quantities'
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
import type { TillReceiptResult } from './till-receipts.js'

// A receipt given to the wrong member and taken back within a minute, in every order in which the
// server's answers may come.

const NOW_MS = 1_772_700_100_000
const OTHER = '01J0000000000000000000000R'

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let receiptId: string
let wrong: string
let right: string

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  const document = saleDocument()
  core.captures.take([rawCapture({ bytes: captureBytes(document) })], [])
  const taken = core.captures.takeForParse()
  if (!taken) throw new Error('nothing to read')
  const { captureId, sourceKind } = taken
  const prepared = prepareDocument(
    ...([{ document, surrogateText: document.text }, 0, taken, 'Asia/Shanghai'] as const),
  )
  core.receipts.record({ captureId, sourceKind, till: TILL, nowMs: NOW_MS, documents: [prepared] })
  receiptId = String(core.tillReceipts.list()[0]?.receiptId)
  wrong = registered('13800000001')
  right = registered('13800000002')
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

const give = (memberId: string, nowMs = NOW_MS) =>
  eventOf(core.tillReceipts.assign({ receiptId, memberId, eventId: testId() as never, nowMs }))
const undo = (nowMs = NOW_MS) =>
  core.tillReceipts.undo({ receiptId, eventId: testId() as never, nowMs })
const shown = (): TillReceipt | undefined => core.tillReceipts.list()[0]
const types = () => core.outbox.peek({ eventsMax: 100, bytesMax: 1_000_000 }).map((row) => row.type)

function eventOf(result: TillReceiptResult): string {
  if (!result.ok || result.eventId === null) throw new Error(JSON.stringify(result))
  return result.eventId
}

/** The server's answer to one event. */
function answer(eventId: string, over: Partial<EventResult> = {}) {
  return core.outbox.applyResults(
    [
      {
        ...{ eventId, status: 'accepted', code: null, message: null, purchaseId: null },
        ...{ memberId: null, points: null, balancePoints: null },
        ...over,
      },
    ],
    NOW_MS,
  )
}
const gave = (memberId: string) => ({ memberId: memberId as never, points: points(21) })

describe('taking a receipt back', () => {
  it('is offered for a minute after a giving, and leaves the receipt to nobody', () => {
    expect(shown()?.undoUntilMs).toBeNull()
    give(wrong)
    expect(shown()).toMatchObject({
      ...{ member: { memberId: wrong }, undoUntilMs: NOW_MS + UNDO_WITHIN_MS },
    })
    expect(undo()).toMatchObject({ ok: true, receipt: { member: null, undoUntilMs: null } })
    expect(types().slice(-2)).toEqual(['receipt.assigned', 'receipt.assignment_undone'])
  })

  it('names the giving it takes back, and waits behind it', () => {
    const giving = give(wrong)
    const undoing = eventOf(undo(NOW_MS + 5))
    const [last] = core.outbox.peek({ eventsMax: 100, bytesMax: 1_000_000 }).slice(-1)
    expect(JSON.parse(String(last?.payload))).toMatchObject({
      ...{ type: 'receipt.assignment_undone', eventId: undoing, occurredAtMs: NOW_MS + 5 },
      assignmentEventId: giving,
    })
    answer(giving, { status: 'retry', code: 'busy' })
    expect(types()).not.toContain('receipt.assignment_undone')
  })

  it.each([
    ['at the end of the minute', UNDO_WITHIN_MS, true],
    ['after it', UNDO_WITHIN_MS + 1, false],
    ['when the clock was put back by more', -UNDO_WITHIN_MS - 1, false],
  ])('%s', (_title, afterMs, isTaken) => {
    give(wrong)
    expect(undo(NOW_MS + afterMs)).toMatchObject(
      isTaken ? { ok: true } : { ok: false, code: 'undo_too_late' },
    )
    expect(shown()?.member?.memberId).toBe(isTaken ? undefined : wrong)
  })

  it('twice sends once', () => {
    give(wrong)
    undo()
    expect(undo()).toMatchObject({ ok: true, eventId: null, receipt: { member: null } })
    expect(types().filter((type) => type === 'receipt.assignment_undone')).toHaveLength(1)
  })

  it('is not for receipts nobody gave, and not for those the server knew the owner of', () => {
    expect(undo()).toMatchObject({ ok: false, code: 'not_found' })
    answer(receiptId, gave(OTHER))
    expect(shown()).toMatchObject({ member: { memberId: OTHER }, undoUntilMs: null })
    expect(undo()).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('is not undone by the answer to the giving that was on its way', () => {
    const giving = give(wrong)
    const undoing = eventOf(undo())
    answer(giving, gave(wrong))
    expect(shown()).toMatchObject({ member: null, points: null })
    answer(undoing, { memberId: wrong as never, points: points(-21) })
    expect(shown()).toMatchObject({ member: null, points: null })
  })

  it('takes the points off the row that the server had answered already', () => {
    answer(give(wrong), gave(wrong))
    expect(shown()?.points).toBe(21)
    undo()
    expect(shown()?.points).toBeNull()
  })

  it('lets the receipt be given to another, whatever is still on its way', () => {
    const first = give(wrong)
    const undoing = eventOf(undo())
    const second = give(right)
    answer(first, gave(wrong))
    answer(undoing, { memberId: wrong as never, points: points(-21) })
    expect(shown()).toMatchObject({ member: { memberId: right }, points: null })
    answer(second, gave(right))
    expect(shown()).toMatchObject({ member: { memberId: right }, points: 21 })
    expect(undo()).toMatchObject({ ok: true, receipt: { member: null } })
  })

  it('is given on only after the server has taken it back', () => {
    const first = give(wrong)
    eventOf(undo())
    const second = give(right)
    answer(first, { status: 'retry', code: 'busy' })
    expect(types().filter((type) => type === 'receipt.assigned')).toHaveLength(1)
    answer(second, { status: 'rejected', code: 'receipt_already_claimed' })
    expect(core.outbox.counts().parked).toBe(0)
    expect(shown()?.member?.memberId).toBe(right)
  })

  it('that the server refuses puts everything back, and a person is told', () => {
    answer(give(wrong), gave(wrong))
    const undoing = eventOf(undo())
    answer(undoing, { status: 'rejected', code: 'undo_too_late', memberId: wrong as never })
    expect(shown()).toMatchObject({ member: { memberId: wrong }, points: 21 })
    expect(core.outbox.counts().parked).toBe(1)
  })

  it('shows whose it is by the word of the server that refuses', () => {
    give(wrong)
    const undoing = eventOf(undo())
    answer(undoing, {
      status: 'rejected',
      code: 'receipt_already_claimed',
      memberId: OTHER as never,
    })
    // Behind its giving it waits; only then the refusal is the last word.
    expect(shown()?.member).toBeNull()
    answer(String(core.outbox.peek({ eventsMax: 100, bytesMax: 1_000_000 })[3]?.eventId))
    answer(undoing, {
      status: 'rejected',
      code: 'receipt_already_claimed',
      memberId: OTHER as never,
    })
    expect(shown()?.member?.memberId).toBe(OTHER)
  })

  it('follows a member whose number had a member already', () => {
    give(wrong)
    const undoing = eventOf(undo())
    const registration = core.outbox
      .peek({ eventsMax: 100, bytesMax: 1_000_000 })
      .find((row) => row.type === 'member.registered')
    answer(String(registration?.eventId), { memberId: OTHER as never })
    const giving = core.outbox
      .peek({ eventsMax: 100, bytesMax: 1_000_000 })
      .find((row) => row.type === 'receipt.assigned')
    answer(String(giving?.eventId))
    answer(undoing, { status: 'rejected', code: 'undo_too_late' })
    expect(shown()?.member?.memberId).toBe(OTHER)
  })

  it('survives the end of the program', () => {
    const giving = give(wrong)
    undo()
    core.close()
    core = openCore(folder.path)
    answer(giving, gave(wrong))
    expect(shown()).toMatchObject({ member: null, points: null })
    expect(types()).toContain('receipt.assignment_undone')
  })
})
