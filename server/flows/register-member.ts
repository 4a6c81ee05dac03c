import type { MemberRegistered } from '@huike/shared/contracts/agent'
import { maskPhonesIn, normalisePhone } from '@huike/shared/phone'
import { PHONE_NAMESPACE, type MembersService } from '../members/members.service.js'
import { localDate } from '../platform/clock.js'
import { rejected, type Decision } from './answers.js'
import type { IncomingEvent, IngestState } from './ingest-state.js'

/**
 * Registers a shopper at the till: a pending member, whose consent to membership is "notice shown"
 * and nothing more. Where the number is a member's already, that member is the answer, and the id
 * the till minted becomes an alias of it, since receipts may already carry it.
 */
export function registerMember(
  state: IngestState,
  incoming: IncomingEvent & { event: MemberRegistered },
  members: MembersService,
): Decision {
  const { event, from, receivedAtMs } = incoming
  // Some tills call their employees by phone number.
  const cashier = event.cashier === null ? null : maskPhonesIn(event.cashier)
  const phone = normalisePhone(event.phone)
  if (phone === null) return rejected('phone_invalid')
  const phoneIndex = members.phoneIndex(phone)
  const owner = state.memberByPhoneIndex(phoneIndex)
  const taken = state.memberById(event.memberId)
  if (taken && taken !== owner) return rejected('event_conflict')
  const here = {
    ...{ id: event.memberId, registeredStoreId: from.store.id, nowMs: receivedAtMs },
    registeredChannel: 'pos' as const,
  }
  if (owner) {
    if (!taken)
      state.addMember(
        members.newMember({ ...here, state: 'merged', mergedIntoId: owner.id }),
        owner,
      )
    return { ...registered(state, owner.id), status: 'duplicate', code: 'member_exists' }
  }
  const member = members.newMember({
    ...here,
    state: 'pending',
    mergedIntoId: null,
    registeredCashier: cashier,
  })
  state.addMember(member)
  state.addPhone(phoneIndex, member)
  state.freshIdentities.push({
    memberId: member.id,
    kind: 'phone',
    namespace: PHONE_NAMESPACE,
    value: phone,
    assurance: 'claimed',
    source: `till:${from.store.code}`.slice(0, 32),
    nowMs: receivedAtMs,
  })
  state.freshConsents.push({
    memberId: member.id,
    purpose: 'membership',
    state: 'noticed',
    policyVersion: event.notice.policyVersion,
    textSha256: event.notice.textSha256,
    how: 'till_notice',
    evidence: event.eventId,
    occurredAtMs: event.notice.shownAtMs,
    recordedAtMs: receivedAtMs,
  })
  state.book.openAccount(member.id, receivedAtMs)
  state.events.push({
    type: 'member.registered',
    aggregateId: member.id,
    occurredAtMs: event.occurredAtMs,
    payload: {
      storeId: from.store.id,
      businessDate: localDate(receivedAtMs, from.store.timeZone),
      cashier,
    },
  })
  return registered(state, member.id)
}

function registered(state: IngestState, memberId: string): Decision {
  return {
    status: 'accepted',
    code: null,
    purchaseId: null,
    memberId,
    points: null,
    balancePoints: state.book.balanceOf(memberId),
  }
}
