import type { AgentEvent as WireEvent } from '@huike/shared/contracts/agent'
import type { RefundPolicy } from '@huike/shared/contracts/spending'
import { memberNoOfCode } from '@huike/shared/member-code'
import { normalisePhone } from '@huike/shared/phone'
import {
  OpenReservations,
  type CouponReservationsService,
} from '../coupons/coupon-reservations.service.js'
import type { Member } from '../members/member.entity.js'
import { isPresent, type MembersService, type NewIdentity } from '../members/members.service.js'
import { BusyError, type Tx } from '../platform/database.js'
import type { DomainEvent } from '../platform/event-log.js'
import { settleDebts } from '../points/debts.service.js'
import type { EarningRules } from '../points/earning-rules.js'
import { PointsBook } from '../points/points-book.service.js'
import { OpenHolds, type PointsHoldsService } from '../points/points-holds.service.js'
import type { PurchaseLine } from '../purchases/purchase-line.entity.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { NewPurchase } from '../purchases/purchases.service.js'
import type { StrayPurchase } from '../purchases/stray-purchase.entity.js'
import type { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import type { AgentEvent } from '../stores/agent-event.entity.js'
import type { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { EventToPark, TerminalInboxService } from '../stores/terminal-inbox.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'
import type { NewConsent } from '../consent/consent.service.js'
import { provableIdentity, type IncomingCheckout, type Whom } from './incoming-checkout.js'
import {
  idsToLookUp,
  mayTakeBack,
  nothingWanted,
  numbersByStore,
  wantedBy,
  type Wanted,
} from './wanted.js'
import { EarningFacts, type EarningServices, type MaybeEarning } from './earning-facts.js'

// The working set of one group commit. Everything the group's events may touch is read here, set by
// set, and locked in one order (purchases, then accounts, each by id); the events are then decided
// one after the other against it, and what they changed is written set by set. Nothing in here
// outlives its transaction.

/** Merges that may come between in a row. */
const LOOKS_MAX = 3

/** A member, and what named them. */
export interface Named {
  member: Member
  /** The identity, or the record of which the id or the number was told. */
  underId: string
  /** The record that a scanned code must be of. */
  record: Member
}

/** One event as it came in, checked against the contract. */
export interface IncomingEvent {
  from: TerminalContext
  event: WireEvent
  /** SHA-256 of the event's JSON: the same id with other content is noticed. */
  contentSha256: string
  receivedAtMs: number
}

export interface IngestServices extends EarningServices {
  inbox: TerminalInboxService
  members: MembersService
  strays: StrayPurchasesService
  holds: PointsHoldsService
  coupons: CouponReservationsService
  settings: ChainSettingsService
  /** What sales earn by. */
  earning: EarningRules
}

export class IngestState {
  answered = new Map<string, AgentEvent>()
  readonly #byPhoneIndex = new Map<string, Named>()
  readonly #byMemberNo = new Map<string, Named>()
  readonly #byIdentity = new Map<string, Named>()
  readonly #byMemberId = new Map<string, Member>()
  readonly #byBusinessKey = new Map<string, Purchase>()
  readonly #byPurchaseId = new Map<string, Purchase>()
  readonly freshAnswers: AgentEvent[] = []
  readonly freshMembers: Member[] = []
  readonly freshIdentities: NewIdentity[] = []
  readonly freshConsents: NewConsent[] = []
  readonly freshPurchases: NewPurchase[] = []
  readonly #freshStrays: StrayPurchase[] = []
  readonly #fresh = new Set<Purchase>()
  readonly changedPurchases = new Set<Purchase>()
  /** Givings answered before that this group takes back. */
  readonly undoneIds: string[] = []
  readonly parked: EventToPark[] = []
  readonly events: DomainEvent[] = []
  book = new PointsBook()
  holds = new OpenHolds()
  coupons = new OpenReservations()
  #refundPolicy: RefundPolicy = 'negative'
  #facts: EarningFacts | null = null

  private constructor(private readonly services: IngestServices) {}

  /** Reads and locks what `incoming` may touch. */
  static async gather(
    tx: Tx,
    services: IngestServices,
    incoming: readonly IncomingEvent[],
  ): Promise<IngestState> {
    const state = new IngestState(services)
    state.answered = await services.inbox.find(tx, idsToLookUp(incoming))
    const open = incoming.filter((one) => !state.answered.has(one.event.eventId))
    if (open.length > 0) await state.#gather(tx, wantedBy(open, state.answered))
    return state
  }

  /** Reads and locks what checkouts that are no events may touch. */
  static async gatherCheckouts(
    tx: Tx,
    services: IngestServices,
    checkouts: readonly IncomingCheckout[],
  ): Promise<IngestState> {
    const state = new IngestState(services)
    const whos = checkouts.flatMap(({ who }) => who ?? [])
    await state.#gather(tx, { ...nothingWanted(), checkouts, whos })
    return state
  }

  /** Reads and locks what giving purchases to the owners of phone numbers may touch. */
  static async gatherGiving(
    tx: Tx,
    services: IngestServices,
    { phones, purchaseIds }: { phones: string[]; purchaseIds: string[] },
  ): Promise<IngestState> {
    const state = new IngestState(services)
    await state.#gather(tx, { ...nothingWanted(), phones, purchaseIds })
    return state
  }

  /** The member `who` names, after merges; undefined when nobody is known by it. */
  named(who: Whom): Named | undefined {
    switch (who.by) {
      case 'phone': {
        const phone = normalisePhone(who.phone)
        if (phone === null) return undefined
        return this.#byPhoneIndex.get(this.services.members.phoneIndex(phone))
      }
      case 'member_code':
        return this.#byMemberNo.get(memberNoOfCode(who.memberCode) ?? '')
      case 'member_no':
        return this.#byMemberNo.get(who.memberNo)
      case 'phone_hash':
        return this.#byIdentity.get(this.services.members.keyOf(who))
      case 'member': {
        // A till may not have heard yet that this member is nobody any more.
        const member = this.#byMemberId.get(who.memberId)
        if (!member || !isPresent(member)) return undefined
        return { member, underId: who.memberId, record: member }
      }
    }
  }

  /** Notes of whom a purchase is that nobody is known by yet: it waits for them. */
  addStray({ id: purchaseId, occurredAtMs }: Purchase, who: Whom): void {
    const value = provableIdentity(who)
    if (value === null) return
    const { kind, namespace } = value
    const valueIndex = this.services.members.indexOf(kind, namespace, value.value)
    this.#freshStrays.push({ purchaseId, kind, namespace, valueIndex, occurredAtMs })
  }

  memberByPhoneIndex(index: string): Member | undefined {
    return this.#byPhoneIndex.get(index)?.member
  }

  /** Who owns what a record owns: its survivor, once it was merged. Its points are there, too. */
  ownerId(memberId: string): string {
    const owner = this.#byMemberId.get(memberId)
    if (!owner) throw new Error(`member ${memberId} was not gathered`)
    return owner.id
  }

  memberById(id: string): Member | undefined {
    return this.#byMemberId.get(id)
  }

  /** Adds a member registered by this group; `answersFor` is the survivor when it is merged. */
  addMember(member: Member, answersFor: Member = member): void {
    this.freshMembers.push(member)
    this.#byMemberId.set(member.id, answersFor)
  }

  /** Makes a member findable by phone for the rest of the group. */
  addPhone(index: string, member: Member): void {
    this.#byPhoneIndex.set(index, { member, underId: member.id, record: member })
  }

  purchaseByKey(key: string): Purchase | undefined {
    return this.#byBusinessKey.get(key)
  }

  purchaseById(id: string): Purchase | undefined {
    return this.#byPurchaseId.get(id)
  }

  purchases(): IterableIterator<Purchase> {
    return this.#byPurchaseId.values()
  }

  /** The lines of a purchase that this group brought. */
  freshLines(purchaseId: string): readonly PurchaseLine[] | undefined {
    return this.freshPurchases.find(({ purchase }) => purchase.id === purchaseId)?.lines
  }

  /** What the rules of earning know of members and sales. */
  get facts(): EarningFacts {
    if (this.#facts === null) throw new Error('nothing was gathered')
    return this.#facts
  }

  addPurchase(fresh: NewPurchase): void {
    this.freshPurchases.push(fresh)
    this.#fresh.add(fresh.purchase)
    this.#keep(fresh.purchase)
  }

  /** Marks a purchase whose changing columns are to be written; a fresh one is written whole. */
  change(purchase: Purchase): void {
    if (!this.#fresh.has(purchase)) this.changedPurchases.add(purchase)
  }

  /** Notes that a giving was taken back; its answer to the till stays as it was. */
  markUndone(given: AgentEvent): void {
    given.status = 'undone'
    if (!this.freshAnswers.includes(given)) this.undoneIds.push(given.eventId)
  }

  /** Does with a debt what the chain wants, and tells the balance as it is then. */
  settleDebts<D extends { memberId: string | null; balancePoints: number | null }>(
    decision: D,
    nowMs: number,
  ): D {
    if (decision.memberId === null || decision.balancePoints === null) return decision
    const ownerId = this.ownerId(decision.memberId)
    this.#settle(ownerId, nowMs)
    return { ...decision, balancePoints: this.book.balanceOf(ownerId) }
  }

  #settle(memberId: string, nowMs: number): void {
    settleDebts(this.book, memberId, this.#refundPolicy, { actor: 'system:debts', nowMs })
  }

  /** Writes what the group did to purchases and to the points book. Call once, last. */
  async writePurchases(tx: Tx, nowMs: number): Promise<void> {
    for (const memberId of this.book.memberIds()) this.#settle(memberId, nowMs)
    await this.services.purchases.insert(tx, this.freshPurchases)
    await this.services.purchases.update(tx, [...this.changedPurchases])
    await this.services.strays.insert(tx, this.#freshStrays)
    await this.book.close(tx)
    await this.holds.write(tx)
    await this.services.coupons.write(tx, this.coupons)
  }

  #keep(purchase: Purchase): void {
    this.#byBusinessKey.set(purchase.businessKey, purchase)
    this.#byPurchaseId.set(purchase.id, purchase)
  }

  async #gather(tx: Tx, wanted: Wanted): Promise<void> {
    await this.#gatherPurchases(tx, wanted)
    const holds = await this.services.holds.open(tx, { ids: wanted.holdIds, purchaseIds: [] })
    wanted.memberIds.push(...holds.memberIds())
    const { coupons } = this.services
    const holderIds = await coupons.allowanceOwnersOf(tx, wanted.allowanceIds)
    wanted.memberIds.push(...holderIds, ...(await coupons.memberIdsOf(tx, wanted.reservationIds)))
    await this.#openBook(tx, wanted)
    await this.book.readLots(tx, [...new Set(holderIds.map((id) => this.ownerId(id)))])
    const gatheredIds = [...this.#byPurchaseId.keys()]
    await this.book.readCaused(tx, gatheredIds)
    if (mayTakeBack(wanted) || this.book.hasDebtors())
      this.#refundPolicy = (await this.services.settings.points(tx)).refunds
    // Asked now that the accounts are held: nobody changes these meanwhile.
    const isUndoing = wanted.assignmentIds.length > 0
    const paid = [...this.#byPurchaseId.values()].filter(
      ({ spentPoints }) => isUndoing || (spentPoints ?? 0) > 0,
    )
    this.holds = await this.services.holds.open(tx, {
      ids: wanted.holdIds,
      purchaseIds: paid.map(({ id }) => id),
    })
    const bought = [...this.#byPurchaseId.values()]
    const withCoupons = bought.filter(({ couponFen }) => couponFen !== null)
    this.coupons = await coupons.open(tx, {
      ids: wanted.reservationIds,
      purchaseIds: withCoupons.map(({ id }) => id),
      allowanceIds: wanted.allowanceIds,
    })
    this.#facts = await EarningFacts.read(tx, this.services, {
      rules: this.services.earning,
      known: this,
      sales: this.#maybeEarning(wanted),
      memberIds: [...new Set([...this.#byMemberId.values()].map(({ id }) => id))],
      gatheredIds,
    })
  }

  #maybeEarning({ checkouts, assignmentIds }: Wanted): MaybeEarning[] {
    const fresh = checkouts.map(({ receipt, occurredAtMs, receivedAtMs }) => ({
      businessDate: receipt.businessDate,
      // A clock that is ahead is not believed; see take-checkout.ts.
      occurredAtMs: Math.min(occurredAtMs, receivedAtMs),
      storedId: null,
    }))
    const stored = [...this.#byPurchaseId.values()].flatMap((sale) =>
      // One that is taken back may be given again at once.
      sale.kind === 'sale' && (sale.memberId === null || assignmentIds.length > 0)
        ? [{ ...sale, storedId: sale.id }]
        : [],
    )
    return [...fresh, ...stored]
  }

  /** Members may be merged or erased while their accounts are waited for: then they are asked anew. */
  async #openBook(tx: Tx, wanted: Wanted): Promise<void> {
    for (let look = 1; look <= LOOKS_MAX; look += 1) {
      await this.#gatherMembers(tx, wanted)
      const members = [...this.#byMemberId.values()]
      this.book = await PointsBook.open(
        tx,
        members.map(({ id }) => id),
      )
      if (await this.services.members.areCurrent(tx, members)) return
    }
    throw new BusyError('these members are being merged')
  }

  async #gatherPurchases(tx: Tx, wanted: Wanted): Promise<void> {
    const { checkouts, purchaseIds, assignmentIds } = wanted
    const { purchases } = this.services
    const keys = checkouts.map((checkout) => checkout.businessKey)
    const found = await purchases.findByBusinessKeys(tx, keys)
    found.push(...(await purchases.findByIds(tx, purchaseIds)))
    for (const [storeId, numbers] of numbersByStore(checkouts)) {
      found.push(...(await purchases.findSales(tx, storeId, numbers.originals)))
      found.push(...(await purchases.findWaitingRefunds(tx, storeId, numbers.sales)))
    }
    for (const purchase of found) this.#keepOnce(purchase)
    if (assignmentIds.length === 0) return
    const refunded = found.filter((sale) => sale.refundedFen > 0)
    for (const refund of await purchases.findRefundsOf(tx, refunded)) this.#keepOnce(refund)
    // Asked again now that the purchases are locked: nobody takes these back meanwhile.
    for (const [id, given] of await this.services.inbox.find(tx, assignmentIds))
      this.answered.set(id, given)
  }

  #keepOnce(purchase: Purchase): void {
    if (!this.#byPurchaseId.has(purchase.id)) this.#keep(purchase)
  }

  async #gatherMembers(tx: Tx, wanted: Wanted): Promise<void> {
    const { members } = this.services
    const { whos } = wanted
    for (const known of [this.#byPhoneIndex, this.#byMemberNo, this.#byIdentity]) known.clear()
    this.#byMemberId.clear()
    const phones = [
      ...whos.flatMap((who) => (who.by === 'phone' ? [who.phone] : [])),
      ...wanted.phones,
    ]
    const indexes = phones.flatMap((text) => {
      const phone = normalisePhone(text)
      return phone === null ? [] : [members.phoneIndex(phone)]
    })
    const memberNos = whos.flatMap((who) => {
      if (who.by === 'member_code') return memberNoOfCode(who.memberCode) ?? []
      return who.by === 'member_no' ? [who.memberNo] : []
    })
    const ids = [
      ...whos.flatMap((who) => (who.by === 'member' ? [who.memberId] : [])),
      ...wanted.memberIds,
      ...[...this.#byPurchaseId.values()].flatMap((purchase) => purchase.memberId ?? []),
    ]
    for (const [index, { member, identityId }] of await members.findByPhoneIndexes(tx, indexes)) {
      this.#byPhoneIndex.set(index, { member, underId: identityId, record: member })
      this.#byMemberId.set(member.id, member)
    }
    const hashes = whos.filter((who) => who.by === 'phone_hash')
    for (const [key, { member, identityId }] of await members.findByIdentities(tx, hashes)) {
      this.#byIdentity.set(key, { member, underId: identityId, record: member })
      this.#byMemberId.set(member.id, member)
    }
    for (const [no, { member, record }] of await members.findByMemberNos(tx, memberNos)) {
      this.#byMemberNo.set(no, { member, underId: record.id, record })
      this.#byMemberId.set(member.id, member)
    }
    for (const [id, member] of await members.findByIds(tx, [...new Set<string>(ids)])) {
      // Asked for by the id of a merged record: found by the survivor's own from now on, too.
      this.#byMemberId.set(id, member)
      this.#byMemberId.set(member.id, member)
    }
  }
}
