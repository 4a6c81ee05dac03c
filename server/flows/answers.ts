import type { EventResult } from '@huike/shared/contracts/agent'
import type { MemberId, PurchaseId } from '@huike/shared/ids'
import { outcomeSentence, type OutcomeCode } from '@huike/shared/outcomes'
import { points } from '@huike/shared/quantities'
import type { AgentEvent } from '../stores/agent-event.entity.js'
import type { IncomingEvent } from './ingest-state.js'

// What a till is told about one event, and the row that remembers it.

/** The outcome of deciding one event. */
export interface Decision {
  status: 'accepted' | 'duplicate' | 'rejected'
  /** Why, or a remark on an accepted event (its member is unknown, its clock was ahead). */
  code: OutcomeCode | null
  /** Why coupons are not off the receipt as they should be, also where `code` says something else. */
  couponCode?: OutcomeCode | null
  purchaseId: string | null
  memberId: string | null
  /** Points moved by this event, signed; null when it moved none. */
  points: number | null
  balancePoints: number | null
}

/** A decision that nothing was taken, for the reason `code`. */
export function rejected(code: OutcomeCode): Decision {
  return {
    status: 'rejected',
    code,
    purchaseId: null,
    memberId: null,
    points: null,
    balancePoints: null,
  }
}

/** The row that answers the same event again. */
export function answerRow(incoming: IncomingEvent, decision: Decision): AgentEvent {
  return {
    eventId: incoming.event.eventId,
    terminalId: incoming.from.terminal.id,
    type: incoming.event.type,
    contentSha256: incoming.contentSha256,
    ...decision,
    couponCode: decision.couponCode ?? null,
    receivedAtMs: incoming.receivedAtMs,
  }
}

/** What the till reads. */
export function resultOf(row: AgentEvent): EventResult {
  const code = row.code as OutcomeCode | null
  const couponCode = row.couponCode as OutcomeCode | null
  return {
    eventId: row.eventId,
    // A giving that was taken back was accepted all the same.
    status: row.status === 'undone' ? 'accepted' : (row.status as EventResult['status']),
    code,
    message: sentenceOf(code, couponCode),
    couponCode,
    purchaseId: row.purchaseId as PurchaseId | null,
    memberId: row.memberId as MemberId | null,
    points: row.points === null ? null : points(row.points),
    balancePoints: row.balancePoints === null ? null : points(row.balancePoints),
  }
}

/** Both reasons, where there are two. */
function sentenceOf(code: OutcomeCode | null, couponCode: OutcomeCode | null): string | null {
  const codes = new Set([code, couponCode].filter((one) => one !== null))
  return codes.size === 0 ? null : [...codes].map(outcomeSentence).join('；')
}

/** The result of an event that is not even an event: nothing of it is stored. */
export function rejectedResult(
  eventId: string | null,
  code: OutcomeCode,
  detail?: string,
): EventResult {
  return {
    eventId,
    status: 'rejected',
    code,
    message: detail ?? outcomeSentence(code),
    purchaseId: null,
    memberId: null,
    points: null,
    balancePoints: null,
  }
}
