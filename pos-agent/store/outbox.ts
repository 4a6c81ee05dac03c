import type { AgentEvent, EventResult } from '@huike/shared/contracts/agent'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { crashPoint } from '../platform/crash-points.js'
import { SealError } from '../platform/seal.js'
import { dropGiving, isTakenBack, noteOwner, restoreGiving } from './assignment-rows.js'
import type { StoreContext } from './context.js'
import { reopenHold } from './hold-rows.js'
import { adjustCachedBalance, followMember, forgetMember } from './member-rows.js'
import { pendingCount, placeOf } from './outbox-rows.js'
import { reopenReservation } from './reservation-rows.js'
import { countRefusals, stuckEvents, suspect } from './outbox-stuck.js'

// The outbox as the uplink sees it: oldest first, the same id and the same bytes on every try, and
// the answer of the server in the same commit as the change of state. An answer that was lost is
// asked for again by sending again.

export interface OutboxRow {
  eventId: string
  type: AgentEvent['type']
  /** The event as JSON text, exactly as it was minted. */
  payload: string
  payloadBytes: number
  attempts: number
  /** How often the server put it off while it took others. */
  refusals: number
}

/** What an answer changed, for the page and the metrics. */
export interface AppliedResult {
  eventId: string
  type: AgentEvent['type']
  status: 'settled' | 'waiting' | 'parked'
  code: OutcomeCode | null
  memberId: string | null
}

interface StoredRow {
  event_id: string
  type: AgentEvent['type']
  receipt_id: string | null
  depends_on: string
  payload_bytes: number
  sealed: Buffer
  attempts: number
  refusals: number
  created_at_ms: number
}

interface AnswerTimes {
  nowMs: number
  serverTimeMs: number
}

const PENDING = "state IN ('waiting', 'sent')"

export class Outbox {
  constructor(private readonly context: StoreContext) {}

  /**
   * The oldest rows that fit; at least one when any waits. What refers to an event that the server
   * puts off waits behind it. `skipping` leaves events out, and what refers to them.
   */
  peek(limits: { eventsMax: number; bytesMax: number; skipping?: readonly string[] }): OutboxRow[] {
    const stored = this.context
      .database()
      .prepare<{ skipping: string; eventsMax: number }, StoredRow>(
        `SELECT * FROM outbox AS this WHERE ${PENDING}
           AND event_id NOT IN (SELECT value FROM json_each(@skipping))
           AND NOT EXISTS (
             SELECT 1 FROM json_each(this.depends_on) AS named
               JOIN outbox AS before ON before.event_id = named.value
             WHERE before.state IN ('waiting', 'sent')
               AND (before.is_suspect = 1 OR before.refusals > 0
                 OR before.event_id IN (SELECT value FROM json_each(@skipping))))
         ORDER BY seq LIMIT @eventsMax`,
      )
      .all({ skipping: JSON.stringify(limits.skipping ?? []), eventsMax: limits.eventsMax })
    const rows: OutboxRow[] = []
    let bytes = 0
    for (const row of stored) {
      bytes += row.payload_bytes
      if (rows.length > 0 && bytes > limits.bytesMax) break
      const opened = this.open(row)
      if (opened) rows.push(opened)
    }
    return rows
  }

  /** Notes, before it happens, that rows are about to be sent. */
  markSent(eventIds: string[]): void {
    this.context.write((database) => {
      const mark = database.prepare(
        `UPDATE outbox SET state = 'sent', attempts = attempts + 1 WHERE event_id = ? AND ${PENDING}`,
      )
      for (const id of eventIds) mark.run(id)
    })
  }

  /**
   * Applies the server's results, all in one commit; results for unknown or done rows change
   * nothing. Events refused too often are parked in the same commit. `serverTimeMs` is the time of
   * the answer by the server's clock.
   */
  applyResults(results: EventResult[], nowMs: number, serverTimeMs = nowMs): AppliedResult[] {
    const applied = this.context.write(() => {
      const told = results.flatMap((result) => {
        const row = result.eventId === null ? undefined : this.pending(result.eventId)
        return row ? [this.applyOne(row, result, { nowMs, serverTimeMs })] : []
      })
      if (!told.some((one) => one.status === 'settled')) return told
      countRefusals(this.context, nowMs)
      return [...told, ...this.parkStuck(nowMs)]
    })
    crashPoint('uplink.after_ack_commit')
    return applied
  }

  /** Parks rows that the server refuses without saying which: found by halving the batch. */
  park(eventIds: string[], code: OutcomeCode, nowMs: number): AppliedResult[] {
    return this.context.write(() =>
      eventIds.flatMap((id) => {
        const row = this.pending(id)
        return row ? [this.parkOne(row, code, nowMs)] : []
      }),
    )
  }

  /** Notes that the server failed over these events without a word about each. */
  noteRefused(eventIds: string[], code: OutcomeCode): void {
    this.context.write(() => {
      for (const id of eventIds) suspect(this.context, id, code)
    })
  }

  /** The state of one event; null when there is none. */
  stateOf(
    eventId: string,
  ): { state: 'waiting' | 'sent' | 'parked' | 'settled'; code: string | null } | null {
    const row = this.context
      .database()
      .prepare<[string], { state: 'waiting' | 'sent' | 'parked' | 'settled'; code: string | null }>(
        'SELECT state, code FROM outbox WHERE event_id = ?',
      )
      .get(eventId)
    return row ?? null
  }

  /** Rows waiting (sent and unanswered ones included) and rows parked. */
  counts(): { waiting: number; parked: number; settled: number } {
    const of = (state: string): number =>
      this.context
        .database()
        .prepare<[string], { n: number }>('SELECT count(*) AS n FROM outbox WHERE state = ?')
        .get(state)?.n ?? 0
    return {
      waiting: pendingCount(this.context.database()),
      parked: of('parked'),
      settled: of('settled'),
    }
  }

  private applyOne(row: StoredRow, result: EventResult, at: AnswerTimes): AppliedResult {
    const { nowMs } = at
    switch (result.status) {
      case 'accepted':
      case 'duplicate':
        return this.settleOne(row, result, at)
      case 'retry':
        suspect(this.context, row.event_id, result.code)
        return { ...applied(row, 'waiting', null), code: result.code }
      case 'rejected':
        // What it refers to is still on its way: then this refusal is not the last word.
        if (this.hasPendingDependency(row)) return this.keepOne(row, result.code)
        return this.parkOne(row, result.code ?? 'internal', nowMs, result.memberId)
    }
  }

  private settleOne(row: StoredRow, result: EventResult, at: AnswerTimes): AppliedResult {
    const { nowMs } = at
    const database = this.context.database()
    const receiptId = this.shownReceipt(row)
    const sealedAck = this.context.sealer.sealJson(`ack:${row.event_id}`, result)
    database
      .prepare(
        `UPDATE outbox SET state = 'settled', code = ?, coupon_code = ?, sealed_ack = ?, settled_at_ms = ?
         WHERE event_id = ?`,
      )
      .run(result.code, result.couponCode ?? null, sealedAck, nowMs, row.event_id)
    if (row.type === 'checkout.captured')
      database
        .prepare(
          "UPDATE receipt SET state = 'settled', code = ?, settled_at_ms = ? WHERE receipt_id = ?",
        )
        .run(result.code, nowMs, receiptId)
    if (receiptId !== null && result.points !== null && this.tellsPoints(row))
      database
        .prepare('UPDATE receipt SET points = ? WHERE receipt_id = ?')
        .run(result.points, receiptId)
    this.followResult(row, receiptId, result, at)
    return applied(row, 'settled', result)
  }

  /** Who it really is, as the server says: a minted id may answer with an existing member. */
  private followResult(
    row: StoredRow,
    receiptId: string | null,
    result: EventResult,
    at: AnswerTimes,
  ): void {
    const memberId = result.memberId
    if (memberId === null) return
    switch (row.type) {
      case 'member.registered':
        this.followRegistration(row, memberId)
        break
      case 'checkout.captured':
      case 'receipt.assigned':
        noteOwner(this.context, { event_id: row.event_id, receiptId }, memberId, at.nowMs)
        break
      case 'receipt.assignment_undone':
        break
    }
    if (result.balancePoints === null) return
    // What was done before is answered with the balance of that time, whenever it was: not before
    // the event was minted.
    const isNow = result.status === 'accepted'
    adjustCachedBalance(this.context, memberId, {
      balancePoints: result.balancePoints,
      asOfMs: isNow ? at.serverTimeMs : Math.min(row.created_at_ms, at.serverTimeMs),
    })
  }

  private followRegistration(row: StoredRow, memberId: string): void {
    const minted = this.context
      .database()
      .prepare<[string], { member_id: string }>(
        'SELECT member_id FROM registration WHERE event_id = ?',
      )
      .get(row.event_id)?.member_id
    if (minted !== undefined && minted !== memberId) followMember(this.context, minted, memberId)
  }

  /** Points of a giving that was taken back, and of taking it back, are nobody's on the page. */
  private tellsPoints({ type, event_id }: StoredRow): boolean {
    if (type === 'receipt.assignment_undone') return false
    return !isTakenBack(this.context, { assignmentEventId: event_id })
  }

  /** The receipt the cashier sees: a second source's event speaks of the first one's receipt. */
  private shownReceipt(row: StoredRow): string | null {
    const attached = this.context
      .database()
      .prepare<[string | null], { first_receipt_id: string }>(
        "SELECT first_receipt_id FROM receipt WHERE receipt_id = ? AND state = 'attached'",
      )
      .get(row.receipt_id)
    return attached?.first_receipt_id ?? row.receipt_id
  }

  private keepOne(row: StoredRow, code: OutcomeCode | null): AppliedResult {
    this.context
      .database()
      .prepare("UPDATE outbox SET state = 'waiting', code = ? WHERE event_id = ?")
      .run(code, row.event_id)
    return { ...applied(row, 'waiting', null), code }
  }

  private parkOne(
    row: StoredRow,
    code: OutcomeCode,
    nowMs: number,
    memberId: string | null = null,
  ): AppliedResult {
    const database = this.context.database()
    database
      .prepare("UPDATE outbox SET state = 'parked', code = ?, settled_at_ms = ? WHERE event_id = ?")
      .run(code, nowMs, row.event_id)
    if (row.type === 'checkout.captured')
      database
        .prepare(
          `UPDATE receipt SET state = 'parked', code = ?, settled_at_ms = ?
           WHERE receipt_id = ? AND state <> 'attached'`,
        )
        .run(code, nowMs, row.receipt_id)
    if (row.type === 'receipt.assigned') {
      dropGiving(this.context, row, memberId)
      reopenHold(this.context, row.event_id)
      reopenReservation(this.context, row.event_id)
    }
    if (row.type === 'receipt.assignment_undone')
      restoreGiving(this.context, row.event_id, memberId)
    if (row.type === 'member.registered') forgetMember(this.context, row.event_id)
    return { ...applied(row, 'parked', null), code }
  }

  private parkStuck(nowMs: number): AppliedResult[] {
    return stuckEvents(this.context, nowMs).flatMap(({ eventId, code }) => {
      const row = this.pending(eventId)
      return row ? [this.parkOne(row, code, nowMs)] : []
    })
  }

  private hasPendingDependency(row: StoredRow): boolean {
    const ids = JSON.parse(row.depends_on) as string[]
    return ids.some((id) => this.pending(id) !== undefined)
  }

  private pending(eventId: string): StoredRow | undefined {
    return this.context
      .database()
      .prepare<[string], StoredRow>(`SELECT * FROM outbox WHERE event_id = ? AND ${PENDING}`)
      .get(eventId)
  }

  /** A row that does not open any more must not stop the ones behind it: it is parked. */
  private open(row: StoredRow): OutboxRow | null {
    try {
      const payload = this.context.sealer.open(placeOf(row.event_id), row.sealed).toString('utf8')
      return {
        eventId: row.event_id,
        type: row.type,
        payload,
        payloadBytes: row.payload_bytes,
        attempts: row.attempts,
        refusals: row.refusals,
      }
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      this.context.write(() => this.parkOne(row, 'internal', Date.now()))
      return null
    }
  }
}

function applied(
  row: StoredRow,
  status: AppliedResult['status'],
  result: EventResult | null,
): AppliedResult {
  return {
    eventId: row.event_id,
    type: row.type,
    status,
    code: result?.code ?? null,
    memberId: result?.memberId ?? null,
  }
}
