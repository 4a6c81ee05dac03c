import { Injectable } from '@nestjs/common'
import type { EventResult, Who } from '@huike/shared/contracts/agent'
import { ConsentService } from '../consent/consent.service.js'
import { MemberOwnersService } from '../members/member-owners.service.js'
import { MembersService } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, UniqueViolation, type Tx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { GroupCommit } from '../platform/group-commit.js'
import { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { PointsRulesService } from '../points/points-rules.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { AgentEvent } from '../stores/agent-event.entity.js'
import { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import { answerRow, rejected, rejectedResult, resultOf, type Decision } from './answers.js'
import { assignReceipt } from './assign-receipt.js'
import { checkoutOf } from './incoming-checkout.js'
import { IngestState, type IncomingEvent } from './ingest-state.js'
import { registerMember } from './register-member.js'
import { takeCheckout } from './take-checkout.js'
import { undoAssignment } from './undo-assignment.js'

// Taking events from tills. The events of one request are decided in order; requests that queued
// together share one transaction. An event is answered once: the answer commits with its effect, and
// the same event again is told the same.

/** Two requests may meet at a unique key; the later one then finds what the earlier wrote. */
const RACES_MAX = 3
const PARKED_CHARACTERS_MAX = 20_000

@Injectable()
export class TakeEventsService {
  readonly #group: GroupCommit<readonly IncomingEvent[], EventResult[]>

  constructor(
    database: Database,
    private readonly inbox: TerminalInboxService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly consents: ConsentService,
    private readonly purchases: PurchasesService,
    private readonly strays: StrayPurchasesService,
    private readonly rules: PointsRulesService,
    private readonly holds: PointsHoldsService,
    private readonly coupons: CouponReservationsService,
    private readonly settings: ChainSettingsService,
    private readonly eventLog: EventLogService,
    private readonly owners: MemberOwnersService,
  ) {
    this.#group = new GroupCommit(database, (tx, requests) => this.#take(tx, requests), {
      weightOf: (events) => events.length,
    })
  }

  /** Takes the events of one till, in order; answers one result each. Durable when it resolves. */
  async take(events: readonly IncomingEvent[]): Promise<EventResult[]> {
    if (events.length === 0) return []
    crashPoint('events.before-write')
    for (let race = 1; ; race += 1) {
      try {
        const results = await this.#group.submit(events)
        crashPoint('events.after-commit')
        this.eventLog.appended()
        return results
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX)
          return this.#oneByOne(events, error)
      }
    }
  }

  /**
   * A request that keeps failing: each event on its own, so that a poisonous one stands alone. What
   * refers to one that was put off is put off too: a sale must not be taken without its member
   * because the member's registration comes a moment later.
   */
  async #oneByOne(events: readonly IncomingEvent[], error: unknown): Promise<EventResult[]> {
    if (events.length === 1) throw error
    const results: EventResult[] = []
    const putOff = new Set<string>()
    const checkoutOf = new Map<string, string>()
    for (const incoming of events) {
      const { event } = incoming
      const taken = idsNeededBy(event).some((id) => putOff.has(id))
        ? null
        : await this.take([incoming]).catch(() => null)
      if (event.type === 'receipt.assigned') checkoutOf.set(event.eventId, event.checkoutEventId)
      if (taken === null) for (const id of namesOf(event, checkoutOf)) putOff.add(id)
      results.push(
        ...(taken ?? [{ ...rejectedResult(event.eventId, 'internal'), status: 'retry' as const }]),
      )
    }
    return results
  }

  async #take(tx: Tx, requests: readonly (readonly IncomingEvent[])[]): Promise<EventResult[][]> {
    const { inbox, members, profiles, purchases, strays, holds, coupons, settings } = this
    const earning = await this.rules.published(tx)
    const services = {
      inbox,
      members,
      profiles,
      purchases,
      strays,
      holds,
      coupons,
      settings,
      earning,
    }
    const state = await IngestState.gather(tx, services, requests.flat())
    const results = requests.map((events) => events.map((event) => this.#answer(state, event)))
    await this.owners.assignFresh(tx, state.freshMembers)
    await this.members.insertMembers(tx, state.freshMembers)
    await this.members.insertIdentities(tx, state.freshIdentities)
    await this.consents.append(tx, state.freshConsents)
    await state.writePurchases(tx, requests[0]?.[0]?.receivedAtMs ?? 0)
    await this.eventLog.append(tx, state.events, requests[0]?.[0]?.receivedAtMs ?? 0)
    await this.inbox.insert(tx, state.freshAnswers)
    await this.inbox.markUndone(tx, state.undoneIds)
    await this.inbox.park(tx, state.parked)
    crashPoint('events.inside-write')
    return results
  }

  #answer(state: IngestState, incoming: IncomingEvent): EventResult {
    const { eventId } = incoming.event
    const before = state.answered.get(eventId)
    if (before) return this.#answerAgain(state, incoming, before)
    const decision = state.settleDebts(this.#decide(state, incoming), incoming.receivedAtMs)
    if (decision.status === 'rejected') park(state, incoming, decision)
    const row = answerRow(incoming, decision)
    state.answered.set(eventId, row)
    state.freshAnswers.push(row)
    return resultOf(row)
  }

  #answerAgain(state: IngestState, incoming: IncomingEvent, before: AgentEvent): EventResult {
    const isSame =
      before.contentSha256 === incoming.contentSha256 &&
      before.terminalId === incoming.from.terminal.id
    if (!isSame) {
      park(state, incoming, rejected('event_conflict'))
      return rejectedResult(incoming.event.eventId, 'event_conflict')
    }
    const result = resultOf(before)
    return { ...result, status: result.status === 'accepted' ? 'duplicate' : result.status }
  }

  #decide(state: IngestState, incoming: IncomingEvent): Decision {
    const { event } = incoming
    switch (event.type) {
      case 'checkout.captured':
        return takeCheckout(state, checkoutOf({ ...incoming, event }), this.members)
      case 'receipt.assigned':
        return assignReceipt(state, { ...incoming, event }, this.members)
      case 'receipt.assignment_undone':
        return undoAssignment(state, { ...incoming, event })
      case 'member.registered':
        return registerMember(state, { ...incoming, event }, this.members)
    }
  }
}

/** Stands for every receipt: of a giving that came in an earlier request it is not known here which. */
const ANY_RECEIPT = 'any receipt'

/**
 * What later events may refer to an event by. One that gives a receipt or takes it back stands for
 * the receipt too: it must not be given on before.
 */
function namesOf(event: IncomingEvent['event'], checkoutOf: ReadonlyMap<string, string>): string[] {
  switch (event.type) {
    case 'member.registered':
      return [event.memberId]
    case 'checkout.captured':
      return [event.eventId]
    case 'receipt.assigned':
      return [event.eventId, event.checkoutEventId]
    case 'receipt.assignment_undone':
      return [event.eventId, checkoutOf.get(event.assignmentEventId) ?? ANY_RECEIPT]
  }
}

/** Members and events without which an event cannot be taken as it is meant. */
function idsNeededBy(event: IncomingEvent['event']): string[] {
  switch (event.type) {
    case 'checkout.captured':
      return memberIdIn(event.who)
    case 'receipt.assigned':
      return [...memberIdIn(event.who), event.checkoutEventId, ANY_RECEIPT]
    case 'receipt.assignment_undone':
      return [event.assignmentEventId]
    case 'member.registered':
      return []
  }
}

function memberIdIn(who: Who | null): string[] {
  return who?.by === 'member' ? [who.memberId] : []
}

function park(state: IngestState, incoming: IncomingEvent, decision: Decision): void {
  const { event } = incoming
  if (state.parked.some((other) => other.eventId === event.eventId)) return
  const whole = JSON.stringify(event)
  // The till keeps the whole receipt; here a person needs its head to decide.
  const isLong = whole.length > PARKED_CHARACTERS_MAX && event.type === 'checkout.captured'
  const json = isLong
    ? JSON.stringify({
        ...event,
        receipt: { ...event.receipt, lines: event.receipt.lines.slice(0, 20) },
      })
    : whole
  state.parked.push({
    eventId: event.eventId,
    terminalId: incoming.from.terminal.id,
    code: decision.code ?? 'internal',
    json,
    receivedAtMs: incoming.receivedAtMs,
  })
}
