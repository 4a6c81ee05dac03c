import { memberNoFrom } from '@huike/shared/member-code'
import { REGISTRATION_NOTICE } from '@huike/shared/notice'
import { PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import { fen } from '@huike/shared/quantities'
import { businessKey, receiptContentText } from '@huike/shared/receipt'
import type { Consent } from '../consent/consent.entity.js'
import type { Member } from '../members/member.entity.js'
import {
  PHONE_NAMESPACE,
  type MembersService,
  type NewIdentity,
} from '../members/members.service.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import { EarningRules, NO_FACTS } from '../points/earning-rules.js'
import type { Posting } from '../points/postings.js'
import type { NewPurchase } from '../purchases/purchases.service.js'
import { demoBasket, type Random } from './seed-data.js'

// The members and purchases of a big chain, one by one: functions of their number, of chance that is
// the same for everyone, and of who has joined by then. Shops are open from nine to nine.

export const DAYS = 730
const CASHIERS_PER_STORE = 6
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** China has no summer time. */
const OFFSET_MS = 8 * HOUR_MS
const OPENS_MS = 9 * HOUR_MS
const OPEN_MS = 12 * HOUR_MS
/** Of a hundred purchases, so many are members'; and of theirs, so many in their own store. */
const MEMBER_SHARE = 70
const HOME_SHARE = 80
const CHANCE_STEPS = 1_000_000
const FIRST_PHONE = 13_000_000_000
const APP_ID = 'wxseed'
/** Nobody has published another one yet. */
const STARTING_RULES = new EarningRules([])
const MEMBER_NOS = 100_000_000_000
/** Has no factor in common with the count of numbers; a million times it is still exact. */
const MEMBER_NO_STEP = 7_777_777_789

export interface ScaleStore {
  id: string
  code: string
  terminalIds: string[]
}

export interface ScalePlan {
  members: number
  purchases: number
  stores: ScaleStore[]
  /** Midnight of the first day. */
  firstDayMs: number
}

/** Somebody who joins, with all that is written then. */
export interface Joining {
  member: Member
  identities: NewIdentity[]
  consents: Consent[]
  storeIndex: number | null
  businessDate: string
  cashierIndex: number | null
}

export interface SeededSale extends NewPurchase {
  memberIndex: number | null
  storeIndex: number
  cashierIndex: number
  posting: Posting | null
}

/** The first day of a chain whose last full day was yesterday. */
export function openFor(todayMs: number): number {
  return todayMs - DAYS * DAY_MS
}

/** The moment at which `done` of `all` have happened, within opening hours. */
function momentOf(plan: ScalePlan, done: number, all: number): number {
  const day = (done * DAYS) / all
  const whole = Math.min(DAYS - 1, Math.floor(day))
  return plan.firstDayMs + whole * DAY_MS + OPENS_MS + Math.floor((day - whole) * OPEN_MS)
}

function localText(atMs: number): string {
  return new Date(atMs + OFFSET_MS).toISOString().slice(0, 19)
}

/**
 * Of ten who join, four only at the till; five at the till and then on their phone, most of whom want
 * to be written to; one on the phone alone.
 */
export function memberAt(plan: ScalePlan, index: number, members: MembersService): Joining {
  const kind = index % 10
  const atMs = momentOf(plan, index, plan.members)
  const isOnPhone = kind === 9
  const isActive = kind >= 4
  const storeIndex = isOnPhone ? null : homeOf(plan, index)
  const cashierIndex = isOnPhone ? null : index % CASHIERS_PER_STORE
  const store = storeIndex === null ? undefined : plan.stores[storeIndex]
  const fresh = members.newMember({
    id: mintId(atMs),
    state: isActive ? 'active' : 'pending',
    mergedIntoId: null,
    registeredStoreId: store?.id ?? null,
    registeredChannel: isOnPhone ? 'wechat' : 'pos',
    registeredCashier: cashierIndex === null ? null : cashierName(cashierIndex),
    nowMs: atMs,
  })
  const member = { ...fresh, memberNo: memberNoAt(index) }
  return {
    member,
    identities: identitiesOf(member, { index, isActive, storeCode: store?.code }),
    consents: consentsOf(member, { kind, isActive, isOnPhone }),
    storeIndex,
    businessDate: localText(atMs).slice(0, 10),
    cashierIndex,
  }
}

/** All different: of a million numbers by chance, some are the same. */
function memberNoAt(index: number): string {
  return memberNoFrom(String((index * MEMBER_NO_STEP) % MEMBER_NOS).padStart(11, '0'))
}

function identitiesOf(
  member: Member,
  who: { index: number; isActive: boolean; storeCode: string | undefined },
): NewIdentity[] {
  const nowMs = member.createdAtMs
  const phone: NewIdentity = {
    memberId: member.id,
    kind: 'phone',
    namespace: PHONE_NAMESPACE,
    // Spread over the last four digits, as numbers are.
    value: String(FIRST_PHONE + ((who.index * 7_919) % 1_000_000_000)),
    assurance: who.isActive ? 'verified' : 'claimed',
    source: who.storeCode === undefined ? 'wechat' : `till:${who.storeCode}`,
    nowMs,
  }
  const openid: NewIdentity = {
    memberId: member.id,
    kind: 'wechat_openid',
    namespace: APP_ID,
    value: `o-seed-${String(who.index)}`,
    assurance: 'verified',
    source: 'wechat',
    nowMs,
  }
  return who.isActive ? [phone, openid] : [phone]
}

const NOTICE_SHA256 = sha256Hex(REGISTRATION_NOTICE.text)
const PURPOSE_SHA256: Record<ConsentPurpose, string> = {
  marketing: sha256Hex(PURPOSE_TEXTS.marketing.text),
  marketing_sms: sha256Hex(PURPOSE_TEXTS.marketing_sms.text),
  marketing_phone: sha256Hex(PURPOSE_TEXTS.marketing_phone.text),
  profiling: sha256Hex(PURPOSE_TEXTS.profiling.text),
}

function consentsOf(
  member: Member,
  who: { kind: number; isActive: boolean; isOnPhone: boolean },
): Consent[] {
  const atMs = member.createdAtMs
  const head = { memberId: member.id, evidence: member.id, occurredAtMs: atMs, recordedAtMs: atMs }
  const membership = {
    ...head,
    purpose: 'membership',
    policyVersion: REGISTRATION_NOTICE.policyVersion,
    textSha256: NOTICE_SHA256,
  }
  const marketing = (purpose: ConsentPurpose, state: 'granted' | 'withdrawn'): Consent => ({
    ...head,
    id: mintId(atMs),
    purpose,
    state,
    policyVersion: PURPOSE_TEXTS[purpose].policyVersion,
    textSha256: PURPOSE_SHA256[purpose],
    how: 'member_page',
  })
  const facts: Consent[] = []
  if (!who.isOnPhone)
    facts.push({ ...membership, id: mintId(atMs), state: 'noticed', how: 'till_notice' })
  if (who.isActive)
    facts.push({ ...membership, id: mintId(atMs), state: 'granted', how: 'wechat_phone' })
  if (who.isActive) facts.push(marketing('marketing', who.kind === 8 ? 'withdrawn' : 'granted'))
  if (who.isOnPhone) facts.push(marketing('marketing_sms', 'granted'))
  return facts
}

/**
 * One sale. Who joined early buys most: the n-th member about as often as one over the root of n.
 * Most buy in their own store.
 */
export function purchaseAt(
  plan: ScalePlan,
  at: { index: number; memberIds: readonly string[]; random: Random },
): SeededSale {
  const { index, memberIds, random } = at
  const atMs = momentOf(plan, index, plan.purchases)
  const share = (random.below(CHANCE_STEPS) / CHANCE_STEPS) ** 2
  // Somebody who joins later in this batch has not bought yet.
  const joined = Math.floor((plan.members * index) / plan.purchases)
  const isMember = random.below(100) < MEMBER_SHARE && joined > 0
  const memberIndex = isMember ? Math.floor(joined * share) : null
  const isHome = memberIndex !== null && random.below(100) < HOME_SHARE
  const storeIndex = isHome ? homeOf(plan, memberIndex) : random.below(plan.stores.length)
  const memberId = memberIndex === null ? null : (memberIds[memberIndex] ?? null)
  const cashierIndex = random.below(CASHIERS_PER_STORE)
  const sale = saleOf(plan, { index, atMs, memberId, storeIndex, cashierIndex, random })
  return { ...sale, memberIndex, storeIndex, cashierIndex, posting: postingOf(sale) }
}

function saleOf(
  plan: ScalePlan,
  about: {
    index: number
    atMs: number
    memberId: string | null
    storeIndex: number
    cashierIndex: number
    random: Random
  },
): NewPurchase {
  const { atMs, random } = about
  const store = plan.stores[about.storeIndex]
  if (!store) throw new Error('a sale needs a store')
  const lines = demoBasket(random)
  const totalFen = fen(lines.reduce((sum, line) => sum + line.amountFen, 0))
  const local = localText(atMs)
  const terminalId = random.pick(store.terminalIds)
  const receipt = {
    kind: 'sale' as const,
    receiptNo: `L${String(about.index).padStart(9, '0')}`,
    surrogateKey: null,
    businessDate: local.slice(0, 10),
    printedAt: local,
    cashier: cashierName(about.cashierIndex),
    lines,
    totalFen,
    payments: [{ method: 'wechat', amountFen: totalFen }],
    changeFen: null,
    originalReceiptNo: null,
  }
  const id = mintId(atMs)
  const purchase = {
    id,
    businessKey: businessKey({ storeId: store.id, terminalId, ...receipt }),
    contentSha256: sha256Hex(receiptContentText(receipt)),
    kind: receipt.kind,
    channel: 'pos',
    sourceKind: 'escpos_tap',
    storeId: store.id,
    terminalId,
    receiptNo: receipt.receiptNo,
    businessDate: receipt.businessDate,
    printedAt: local,
    occurredAtMs: atMs,
    recordedAtMs: atMs,
    clockSuspect: 0,
    memberId: about.memberId,
    madeUnderId: about.memberId,
    totalFen,
    changeFen: null,
    refundedFen: 0,
    earnedPoints: 0,
    reversedPoints: 0,
    ...{ spentPoints: null, returnedPoints: null, couponFen: null, earnedAs: null },
    cashier: receipt.cashier,
    originalReceiptNo: null,
    originalPurchaseId: null,
    lineCount: lines.length,
    firstLineName: lines[0]?.name ?? null,
  }
  if (about.memberId !== null)
    purchase.earnedPoints = STARTING_RULES.earnedBy(purchase, NO_FACTS).points
  return {
    purchase,
    lines: lines.map((line, n) => ({ purchaseId: id, lineNo: n + 1, ...line })),
    payments: [{ purchaseId: id, lineNo: 1, method: 'wechat', amountFen: totalFen }],
  }
}

function postingOf({ purchase }: NewPurchase): Posting | null {
  if (purchase.memberId === null) return null
  const earned = STARTING_RULES.earnedBy(purchase, NO_FACTS)
  return {
    memberId: purchase.memberId,
    direction: 'in',
    points: earned.points,
    reason: 'purchase',
    sourceKey: purchase.id,
    rule: earned.rule,
    explanation: earned.explanation,
    actor: `terminal:${purchase.terminalId}`,
    occurredAtMs: purchase.occurredAtMs,
    recordedAtMs: purchase.recordedAtMs,
    answersTransferId: null,
    lot: earned.lot,
  }
}

/** How a till names one of its employees. */
export function cashierName(index: number): string {
  return String(1_001 + index)
}

function homeOf(plan: ScalePlan, memberIndex: number): number {
  return (memberIndex * 2_654_435_761) % plan.stores.length
}
