import type { CashierState, Desk, MemberNews, Step } from './model.js'
import { say } from './receipt-rows.js'
import { strings } from './strings.js'

// What the agent pushes of the member on screen: what is known of them by now, or that they are
// somebody else. It may overtake the answer it is newer than.

/** Of what overtakes an answer, the last counts: more members than these change at once nowhere. */
const EARLY_MAX = 8
export const NOTHING_ASIDE = { hold: null, reservation: null, offlineLeft: null }

/** Takes news at once, or once the answer that is under way is there. */
export function onMemberNews(state: CashierState, news: MemberNews): Step {
  return isAwaiting(state.desk)
    ? [{ ...state, early: [...state.early, news].slice(-EARLY_MAX) }, []]
    : onNews(state, news)
}

/**
 * What the agent pushed may overtake the answer it is newer than: it counts once the answer is
 * there, unless the answer knows more.
 */
export function withEarly(state: CashierState): Step {
  if (isAwaiting(state.desk)) return [state, []]
  const { early, desk } = state
  const settled = { ...state, early: [] }
  if (desk.kind !== 'known') return [settled, []]
  const { asOfMs, source } = desk.member
  // A till dates what it registers itself by its own clock.
  const isOwn = source === 'registered_here'
  const newer = early.filter(({ member }) => isOwn || member.asOfMs >= asOfMs)
  return [newer.reduce<CashierState>((next, news) => onNews(next, news)[0], settled), []]
}

function onNews(state: CashierState, news: MemberNews): Step {
  return news.type === 'member'
    ? [{ ...state, desk: withMember(state.desk, news.member) }, []]
    : withOther(state, news)
}

function withMember(desk: Desk, member: Extract<Desk, { kind: 'known' }>['member']): Desk {
  if (desk.kind !== 'known' || desk.member.memberId !== member.memberId) return desk
  // What the server tells of a member it has.
  const isThere = desk.registered === 'waiting' && member.source !== 'registered_here'
  return { ...desk, member, registered: isThere ? 'settled' : desk.registered }
}

/** Who was on screen from the cache is somebody else: never without a word. */
function withOther(
  state: CashierState,
  { insteadOf, member }: Extract<MemberNews, { type: 'other_member' }>,
): Step {
  const { desk } = state
  if (desk.kind !== 'known' || desk.member.memberId !== insteadOf) return [state, []]
  // What is set aside of one is not the other's.
  const known = { ...desk, member, registered: 'no' as const, ...NOTHING_ASIDE }
  const other = { ...state, desk: known, spend: null, coupons: null, pickup: null, gift: null }
  return say(other, 'warn', strings.desk.otherMember)
}

/** Is an answer under way that may put a member on the desk? */
function isAwaiting(desk: Desk): boolean {
  return desk.kind === 'looking' || (desk.kind === 'fresh' && desk.registeringSeq !== null)
}
