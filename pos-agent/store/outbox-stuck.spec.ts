import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { EventResult } from '@huike/shared/contracts/agent'
import { openCore, temporaryFolder, testId } from '../../tests/crash/agent-fixtures.js'
import type { StoreCore } from './core.js'
import { REFUSALS_MAX, REFUSED_MS_MIN } from './outbox-stuck.js'

const NOW_MS = 1_772_700_100_000
const EVERYTHING = { eventsMax: 100, bytesMax: 1_000_000 }

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let nowMs: number
let phones: number

beforeEach(() => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  nowMs = NOW_MS
  phones = 0
})
afterEach(() => {
  core.close()
  folder.remove()
})

/** Registers a shopper; the event and the member. */
function register(): { eventId: string; memberId: string } {
  phones += 1
  const { policyVersion, textSha256 } = core.members.notice()
  const memberId = testId()
  const answer = core.members.register({
    eventId: testId() as never,
    memberId: memberId as never,
    phone: `139${String(phones).padStart(8, '0')}` as never,
    policyVersion,
    textSha256,
    nowMs,
    cashier: null,
  })
  if (!answer.ok) throw new Error(answer.code)
  return { eventId: String(answer.eventId), memberId }
}

function answer(eventId: string, over: Partial<EventResult> = {}): EventResult {
  const empty = { message: null, purchaseId: null, memberId: null, points: null }
  return { eventId, status: 'accepted', code: null, ...empty, balancePoints: null, ...over }
}

/** The server puts `eventId` off and takes another event in the same answer. */
function refuseAmongOthers(eventId: string): void {
  const results = [answer(eventId, { status: 'retry', code: 'busy' }), answer(register().eventId)]
  core.outbox.applyResults(results, nowMs)
}

describe('an event the server puts off while it takes others', () => {
  it('is parked with its code after twenty times in ten minutes, and no sooner', () => {
    const { eventId } = register()
    for (let times = 1; times < REFUSALS_MAX; times += 1) refuseAmongOthers(eventId)
    nowMs += REFUSED_MS_MIN - 1
    refuseAmongOthers(eventId)
    expect(core.outbox.stateOf(eventId)?.state).toBe('waiting')
    nowMs += 1
    refuseAmongOthers(eventId)
    expect(core.outbox.stateOf(eventId)).toEqual({ state: 'parked', code: 'busy' })
    expect(core.outbox.counts()).toMatchObject({ parked: 1, waiting: 0 })
  })

  it('is not parked for few refusals over a long time', () => {
    const { eventId } = register()
    for (let times = 1; times < REFUSALS_MAX; times += 1) {
      refuseAmongOthers(eventId)
      nowMs += REFUSED_MS_MIN
    }
    expect(core.outbox.stateOf(eventId)?.state).toBe('waiting')
  })

  it('keeps its count over a restart', () => {
    const { eventId } = register()
    for (let times = 1; times < REFUSALS_MAX; times += 1) refuseAmongOthers(eventId)
    core.close()
    core = openCore(folder.path)
    nowMs += REFUSED_MS_MIN
    refuseAmongOthers(eventId)
    expect(core.outbox.stateOf(eventId)?.state).toBe('parked')
  })

  it('is not blamed for a time when nothing was taken at all', () => {
    const { eventId } = register()
    for (let times = 0; times < 100; times += 1) {
      core.outbox.applyResults([answer(eventId, { status: 'retry', code: 'busy' })], nowMs)
      nowMs += 60_000
    }
    expect(core.outbox.stateOf(eventId)?.state).toBe('waiting')
  })

  it('makes what refers to it wait behind it, and lets the rest pass', () => {
    const { eventId, memberId } = register()
    core.outbox.applyResults([answer(eventId, { status: 'retry', code: 'busy' })], nowMs)
    const sale = testId()
    const other = register()
    refer(sale, memberId, eventId)
    expect(core.outbox.peek(EVERYTHING).map((row) => row.eventId)).toEqual([eventId, other.eventId])
    core.outbox.applyResults([answer(eventId, { memberId: memberId as never })], nowMs)
    expect(core.outbox.peek(EVERYTHING).map((row) => row.eventId)).toEqual([other.eventId, sale])
  })
})

/** An event that names another as what it needs, written as `appendEvent` writes it. */
function refer(eventId: string, memberId: string, dependsOn: string): void {
  const inside = core as unknown as {
    outbox: {
      context: {
        database(): { prepare(sql: string): { run(...values: unknown[]): void } }
        sealer: { seal(place: string, clear: string): Buffer }
      }
    }
  }
  const { context } = inside.outbox
  const payload = JSON.stringify({
    type: 'receipt.assigned',
    eventId,
    who: { by: 'member', memberId },
  })
  context
    .database()
    .prepare(
      `INSERT INTO outbox (event_id, aggregate, type, receipt_id, depends_on, payload_bytes, sealed,
         attempts, state, created_at_ms) VALUES (?, 'terminal', 'receipt.assigned', NULL, ?, 9, ?,
         0, 'waiting', 1)`,
    )
    .run(eventId, JSON.stringify([dependsOn]), context.sealer.seal(`outbox:${eventId}`, payload))
}
