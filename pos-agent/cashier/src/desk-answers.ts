import { outcomeSentence } from '@huike/shared/outcomes'
import { MEMBER_CODE_DIGITS } from './codes.js'
import { NOTHING_ASIDE } from './member-news.js'
import type { Action, CashierState, Desk } from './model.js'
import { strings } from './strings.js'

// What comes of asking who a customer is, and of registering one: what lies on the desk then.

type DeskAnswer = Extract<
  Action,
  { type: 'lookup_answered' | 'lookup_failed' | 'registered' | 'register_failed' }
>

/** What an answer about the customer changes; nothing when the question is no longer asked. */
export function onDeskAnswer(state: CashierState, action: DeskAnswer): Partial<CashierState> {
  const { desk } = state
  switch (action.type) {
    case 'lookup_answered':
      return isAsked(desk, action.seq) ? { desk: answeredDesk(desk, action) } : {}
    case 'lookup_failed':
      return isAsked(desk, action.seq)
        ? { desk: { kind: 'failed', input: desk.input, sentence: action.sentence } }
        : {}
    case 'registered': {
      if (desk.kind !== 'fresh' || desk.registeringSeq !== action.seq) return {}
      const { member } = action.answer
      const registered = action.answer.settled ? 'settled' : 'waiting'
      return { desk: { kind: 'known', member, registered, ...NOTHING_ASIDE } }
    }
    case 'register_failed':
      return desk.kind === 'fresh' && desk.registeringSeq === action.seq
        ? {
            desk: { ...desk, registeringSeq: null },
            message: { tone: 'bad', text: action.sentence },
          }
        : {}
  }
}

function isAsked(desk: Desk, seq: number): desk is Extract<Desk, { kind: 'looking' }> {
  return desk.kind === 'looking' && desk.seq === seq
}

function answeredDesk(
  desk: Extract<Desk, { kind: 'looking' }>,
  { answer, atMs }: Extract<Action, { type: 'lookup_answered' }>,
): Desk {
  const { member, hold, reservation, offlineLeft = null } = answer
  if (member !== null)
    return { kind: 'known', member, registered: 'no', hold, reservation, offlineLeft }
  // Nobody registers from a member code: it belongs to a member, even one this till cannot see.
  if (desk.input.length === MEMBER_CODE_DIGITS || answer.result === 'known') {
    const isOffline = answer.result === 'unknown_offline'
    const sentence = isOffline ? strings.desk.codeOffline : outcomeSentence('member_not_found')
    return { kind: 'failed', input: desk.input, sentence }
  }
  return {
    kind: 'fresh',
    phone: desk.input,
    offline: answer.result === 'unknown_offline',
    notice: answer.notice,
    shownAtMs: atMs,
    registeringSeq: null,
  }
}
