import type {
  CashierLookupAnswer,
  CashierMember,
  CashierRegisterAnswer,
  OtherMember,
  TillReceipt,
  TillState,
} from '@huike/shared/contracts/cashier'
import type { AgentMember, LookupRequest } from '@huike/shared/contracts/agent'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { memberNoOfCode } from '@huike/shared/member-code'
import { normalisePhone } from '@huike/shared/phone'
import type { Phone } from '@huike/shared/phone'
import type { Fen } from '@huike/shared/quantities'
import { mintEventId, mintMemberId } from '../platform/mint.js'
import { StorageFullError } from '../store/context.js'
import type { Till } from '../store/receipt-rows.js'
import type { Store } from '../store/store.js'
import { CouponsAtTill, type CouponPorts } from './coupons-at-till.js'
import { GiftsAtTill, type GiftPorts } from './gifts-at-till.js'
import { OfflineAtTill, type OfflinePorts } from './offline-at-till.js'
import { PointsAtTill, type PointsPorts } from './points-at-till.js'
import { PickupsAtTill, type PickupPorts } from './pickups-at-till.js'
import { RequestRefused } from './problem.js'
import { ReadCodes } from './read-codes.js'
import { RefundsAtTill, type RefundPorts } from './refunds-at-till.js'

// What the cashier can do. Every answer is at hand within a second and a half: what the till knows,
// at once; what only the server knows, if it answers in time; and registering always works.

const SETTLE_WAIT_MS = 1_500
/** Against trying out a list of phone numbers at an unattended till. */
export const LOOKUPS_PER_MINUTE_MAX = 30
const MINUTE_MS = 60_000
/** A birthday is worth a word from three days before to three days after. */
const BIRTHDAY_HINT_MS_MAX = 3 * 86_400_000
/** More digits than a phone number and its prefixes: somebody scanned something. */
const SCANNED = /^\d{15,}$/

/** What asking the server may bring. */
export type Lookup =
  | { kind: 'known'; member: AgentMember }
  | { kind: 'new' }
  | { kind: 'unreachable' }
  | { kind: 'refused'; code: OutcomeCode }

export interface CashierPorts
  extends PointsPorts, RefundPorts, CouponPorts, OfflinePorts, PickupPorts, GiftPorts {
  till: () => Till | null
  state: () => Promise<TillState>
  lookup: (request: LookupRequest) => Promise<Lookup>
  /** The page shows this member from now on. */
  onShown: (memberId: string) => void
  onMember: (member: CashierMember) => void
  /** Who is shown under this id is somebody else by now: this member. */
  onOtherMember: (change: OtherMember) => void
}

export class CashierApi {
  /** Points as cash, and coupons. */
  readonly points: PointsAtTill
  /** What refunds do with points. */
  readonly refunds: RefundsAtTill
  readonly coupons: CouponsAtTill
  /** What is fetched here. */
  readonly pickups: PickupsAtTill
  /** Coupons a cashier gives. */
  readonly gifts: GiftsAtTill
  /** What may be redeemed without a network. */
  readonly offline: OfflineAtTill
  private readonly codes: ReadCodes
  private lookedUpAtMs: number[] = []

  constructor(private readonly ports: CashierPorts) {
    this.codes = new ReadCodes(ports.clock)
    this.offline = new OfflineAtTill(ports, this.codes)
    this.points = new PointsAtTill(ports, this.codes, this.offline)
    this.coupons = new CouponsAtTill(ports, this.codes, this.offline)
    this.refunds = new RefundsAtTill(ports)
    this.pickups = new PickupsAtTill(ports)
    this.gifts = new GiftsAtTill(ports)
  }

  /** Tells the server what it could not be told before, and asks what may be redeemed offline. */
  async tellDue(): Promise<void> {
    await Promise.all([
      this.refunds.settleDue(),
      this.coupons.giveBack(),
      this.offline.sync().catch(this.ports.onError),
    ])
  }

  /** The server is there again. */
  async backOnline(): Promise<void> {
    await Promise.all([this.refunds.settleDue(), this.offline.refresh()])
  }

  state(): Promise<TillState> {
    return this.ports.state()
  }

  async receipts(): Promise<{ receipts: TillReceipt[] }> {
    return { receipts: await this.ports.store.tillReceipts.list() }
  }

  /** Who is it? Cached members at once, refreshed behind; others from the server, if it answers. */
  async lookup(input: string): Promise<CashierLookupAnswer> {
    this.countLookup()
    const asked = requestOf(input)
    const answer = await this.whoIs(asked)
    if (answer.member === null) return { ...answer, hold: null, reservation: null }
    const { memberId } = answer.member
    this.shows(memberId)
    this.noteCode(asked, memberId)
    const [hold, reservation, offlineLeft] = await Promise.all([
      this.points.openOf(memberId),
      this.coupons.openOf(memberId),
      this.offline.leftOf(memberId),
    ])
    return { ...answer, hold, reservation, offlineLeft }
  }

  private async whoIs(asked: Asked): Promise<Omit<CashierLookupAnswer, 'hold' | 'reservation'>> {
    const { store } = this.ports
    const notice = await store.members.notice()
    const cached = await this.cached(asked)
    if (cached) {
      void this.refresh(asked, cached)
      return { result: 'known', member: cached, notice }
    }
    const found = await this.ports.lookup(asked.request)
    switch (found.kind) {
      case 'known': {
        const member = await this.keep(found.member, asked.phone)
        return { result: 'known', member, notice }
      }
      case 'new':
        if (asked.phone === null) throw new RequestRefused('member_not_found')
        return { result: 'new', member: null, notice }
      case 'unreachable':
        return { result: 'unknown_offline', member: null, notice }
      case 'refused':
        throw new RequestRefused(found.code)
    }
  }

  /** Registers a shopper; durable when it returns, settled when the server took it in time. */
  async register(input: {
    phone: string
    policyVersion: string
    textSha256: string
  }): Promise<CashierRegisterAnswer> {
    const { store, clock } = this.ports
    const phone = normalisePhone(input.phone)
    if (phone === null) throw new RequestRefused('phone_invalid')
    const nowMs = clock.correctedNowMs()
    const result = await this.orBusy(
      store.members.register({
        eventId: mintEventId(nowMs),
        memberId: mintMemberId(nowMs),
        phone,
        policyVersion: input.policyVersion,
        textSha256: input.textSha256,
        nowMs,
        cashier: null,
      }),
    )
    if (!result.ok) throw new RequestRefused(result.code)
    this.shows(result.member.memberId)
    if (result.eventId === null) return { member: result.member, settled: true }
    // Known to be offline: the cashier need not watch it fail.
    const waitMs = this.ports.isOnline() ? SETTLE_WAIT_MS : 0
    const outcome = this.ports.settled(result.eventId, waitMs)
    this.ports.send(true)
    const settled = await outcome
    if (settled?.status === 'parked') throw new RequestRefused(settled.code ?? 'input_invalid')
    const member = (await store.members.find(result.member.memberId)) ?? result.member
    this.ports.onShown(member.memberId)
    const isSettled = (await store.outbox.stateOf(result.eventId))?.state === 'settled'
    return { member, settled: isSettled }
  }

  /** Gives a receipt to a member. */
  async assign(receiptId: string, memberId: string): Promise<{ receipt: TillReceipt }> {
    const nowMs = this.ports.clock.correctedNowMs()
    const assigned = this.ports.store.tillReceipts.assign({
      receiptId,
      memberId,
      eventId: mintEventId(nowMs),
      nowMs,
    })
    return this.receiptAnswer(await this.orBusy(assigned))
  }

  /** Takes a receipt back from the member it was given to a moment ago. */
  async undo(receiptId: string): Promise<{ receipt: TillReceipt }> {
    const nowMs = this.ports.clock.correctedNowMs()
    const undone = this.ports.store.tillReceipts.undo({
      receiptId,
      eventId: mintEventId(nowMs),
      nowMs,
    })
    return this.receiptAnswer(await this.orBusy(undone))
  }

  /** Takes the cashier's word for what a doubtful receipt was. */
  async confirm(
    receiptId: string,
    decision: { decision: 'sale' | 'refund'; totalFen: Fen } | { decision: 'not_a_receipt' },
  ): Promise<{ receipt: TillReceipt }> {
    const till = this.ports.till()
    if (!till) throw new RequestRefused('terminal_unknown')
    const { storeId, terminalId } = till
    const confirmed = this.ports.store.tillReceipts.confirm({
      receiptId,
      till: { storeId, terminalId },
      decision,
      nowMs: this.ports.clock.correctedNowMs(),
    })
    return this.receiptAnswer(await this.orBusy(confirmed))
  }

  private receiptAnswer(result: Awaited<ReturnType<Store['tillReceipts']['assign']>>): {
    receipt: TillReceipt
  } {
    if (!result.ok) throw new RequestRefused(result.code)
    if (result.eventId !== null) this.ports.send(true)
    this.ports.onReceipts()
    return { receipt: result.receipt }
  }

  private async cached(asked: Asked): Promise<CashierMember | null> {
    const { members } = this.ports.store
    const member = await (asked.phone === null
      ? members.findByMemberNo(asked.memberNo)
      : members.findByPhone(asked.phone))
    return member && withoutStaleHints(member, this.ports.clock.correctedNowMs())
  }

  /**
   * The cashier has an answer already; the newer one follows when it comes. A number may be another
   * member's by now, and a record may have been merged: what is given from then on goes to the other.
   */
  private async refresh(asked: Asked, cached: CashierMember): Promise<void> {
    const found = await this.ports.lookup(asked.request)
    if (found.kind !== 'known') return
    const member = await this.keep(found.member, asked.phone)
    if (member.memberId === cached.memberId) {
      this.ports.onMember(member)
      return
    }
    this.ports.onShown(member.memberId)
    this.noteCode(asked, member.memberId)
    this.ports.onOtherMember({ insteadOf: cached.memberId, member })
  }

  /** Another customer: what is set aside of the one before goes back. */
  private shows(memberId: string): void {
    this.ports.onShown(memberId)
    this.coupons.show(memberId)
  }

  private noteCode({ request }: Asked, memberId: string): void {
    if (request.by === 'member_code') this.codes.remember(memberId, request.memberCode)
  }

  private async keep(
    member: Parameters<Store['members']['keep']>[0],
    phone: Phone | null,
  ): Promise<CashierMember> {
    try {
      return await this.ports.store.members.keep(member, phone)
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error
      return { ...member, source: 'server' }
    }
  }

  /** Without room on the disk nothing can be promised, so nothing is. */
  private async orBusy<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof StorageFullError) throw new RequestRefused('busy')
      throw error
    }
  }

  private countLookup(): void {
    const nowMs = this.ports.clock.monotonicMs()
    this.lookedUpAtMs = this.lookedUpAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS)
    if (this.lookedUpAtMs.length >= LOOKUPS_PER_MINUTE_MAX) throw new RequestRefused('rate_limited')
    this.lookedUpAtMs.push(nowMs)
  }
}

/** A birthday kept from last month is none today; the other hints keep. */
function withoutStaleHints(member: CashierMember, nowMs: number): CashierMember {
  if (nowMs - member.asOfMs <= BIRTHDAY_HINT_MS_MAX) return member
  return { ...member, hints: member.hints.filter((hint) => hint !== 'birthday') }
}

type Asked =
  | { phone: Phone; memberNo: null; request: LookupRequest }
  | { phone: null; memberNo: string; request: LookupRequest }

/** Eleven digits typed or a member code scanned; payment codes and the like are neither. */
function requestOf(input: string): Asked {
  const text = input.normalize('NFKC').trim()
  const memberNo = memberNoOfCode(text)
  if (memberNo !== null)
    return { phone: null, memberNo, request: { by: 'member_code', memberCode: text } }
  if (SCANNED.test(text)) throw new RequestRefused('member_code_invalid')
  const phone = normalisePhone(text)
  if (phone === null) throw new RequestRefused('phone_invalid')
  return { phone, memberNo: null, request: { by: 'phone', phone } }
}
