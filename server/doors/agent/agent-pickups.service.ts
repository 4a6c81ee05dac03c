import { Injectable } from '@nestjs/common'
import type { PickupFind, PickupHandOver, TillPickup } from '@huike/shared/contracts/till-pickups'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { byTill, ExchangeEndingsService } from '../../mall/exchange-endings.service.js'
import { MallListsService } from '../../mall/mall-lists.service.js'
import { isPresent, MembersService } from '../../members/members.service.js'
import { OrderPickupsService } from '../../pickups/order-pickups.service.js'
import { PickupListsService } from '../../pickups/pickup-lists.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements, type Tx } from '../../platform/database.js'
import { EventLogService } from '../../platform/event-log.js'
import type { TerminalContext } from '../../stores/terminals.service.js'
import { TillPickupViewsService } from './till-pickup-views.service.js'
import { WrongCodes } from './wrong-codes.js'

export type PickupsSeen = { ok: true; pickups: TillPickup[] } | Refusal
export type PickupTaken =
  { ok: true; pickup: TillPickup; handedAtMs: EpochMs; isNew: boolean } | Refusal

/** What handing over came to, and how it looks now. */
interface Handed {
  done: { ok: true; endedAtMs: number | null; isNew: boolean } | Refusal
  now: TillPickup | undefined
}

/** What is fetched in a store, found and handed over at its tills. */
@Injectable()
export class AgentPickupsService {
  readonly #wrongCodes = new WrongCodes()

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly exchanges: MallListsService,
    private readonly endings: ExchangeEndingsService,
    private readonly orders: PickupListsService,
    private readonly pickups: OrderPickupsService,
    private readonly views: TillPickupViewsService,
    private readonly members: MembersService,
    private readonly eventLog: EventLogService,
  ) {}

  /** By a code or a member. Refuses `pickup_unknown`, `rate_limited`, `member_not_found`. */
  find(from: TerminalContext, asked: PickupFind): Promise<PickupsSeen> {
    return this.database.read((rx) =>
      asked.by === 'code'
        ? this.#byCode(rx, from, asked.code)
        : this.#ofMember(rx, from, asked.memberId),
    )
  }

  /**
   * Hands over, once per request. Refuses as `ExchangeEndingsService.handOver` and
   * `OrderPickupsService.handOver` do, in words.
   */
  async handOver(from: TerminalContext, request: PickupHandOver): Promise<PickupTaken> {
    const handed = await this.database.write(async (tx): Promise<PickupTaken> => {
      const { done, now } =
        request.kind === 'exchange'
          ? await this.#exchange(tx, from, request)
          : await this.#order(tx, from, request)
      if (!done.ok) return done.code === now?.why?.code ? refuse(done.code, now.why.sentence) : done
      if (!now) throw new Error(`${request.pickupId} was handed over and is not there`)
      const handedAtMs = epochMs(done.endedAtMs ?? this.clock.nowMs())
      return { ok: true, pickup: now, handedAtMs, isNew: done.isNew }
    })
    if (handed.ok && handed.isNew) this.eventLog.appended()
    return handed
  }

  async #exchange(
    tx: Tx,
    from: TerminalContext,
    { pickupId, requestId }: PickupHandOver,
  ): Promise<Handed> {
    const by = { endedBy: byTill(from.terminal.id), storeId: from.store.id, requestId }
    const done = await this.endings.handOver(tx, pickupId, by)
    const found = done.ok ? done.exchange : await this.exchanges.one(tx, pickupId, null)
    const [now] = await this.views.exchanges(tx, from, found ? [found] : [])
    if (!done.ok) return { done, now }
    return { done: { ok: true, endedAtMs: done.exchange.endedAtMs, isNew: done.isNew }, now }
  }

  async #order(
    tx: Tx,
    { terminal, store }: TerminalContext,
    { pickupId, requestId, refundsSeen }: PickupHandOver,
  ): Promise<Handed> {
    // Who stands at the till is not known to it.
    const actor = { terminalId: terminal.id, requestId }
    const at = { actor, scope: [store.id], refundsSeen, nowMs: this.clock.nowMs() }
    const done = await this.pickups.handOver(tx, pickupId, at)
    const found = done.ok ? done.pickup : (await this.orders.of(tx, [pickupId])).get(pickupId)
    const [now] = await this.views.orders(tx, { terminal, store }, found ? [found] : [])
    if (!done.ok) return { done, now }
    return { done: { ok: true, endedAtMs: done.pickup.endedAtMs, isNew: done.isNew }, now }
  }

  async #byCode(rx: Statements, from: TerminalContext, code: string): Promise<PickupsSeen> {
    const nowMs = this.clock.nowMs()
    const { id } = from.terminal
    if (this.#wrongCodes.areTooMany(id, nowMs))
      return refuse('rate_limited', '这台收银台输错取货码的次数太多，请 10 分钟后再试')
    const exchange = await this.exchanges.byCode(rx, code)
    const order = await this.orders.byCode(rx, code)
    if (!exchange && !order) {
      this.#wrongCodes.note(id, nowMs)
      return refuse('pickup_unknown')
    }
    const pickups = [
      ...(await this.views.exchanges(rx, from, exchange ? [exchange] : [])),
      ...(await this.views.orders(rx, from, order ? [order] : [])),
    ]
    return { ok: true, pickups }
  }

  async #ofMember(rx: Statements, from: TerminalContext, memberId: string): Promise<PickupsSeen> {
    const member = (await this.members.findByIds(rx, [memberId])).get(memberId)
    if (!member || !isPresent(member)) return refuse('member_not_found')
    const scope = [from.store.id]
    const goods = await this.exchanges.waitingOf(rx, member.id, scope)
    const orders = await this.orders.waitingOf(rx, member.id, { scope, nowMs: this.clock.nowMs() })
    const pickups = [
      ...(await this.views.exchanges(rx, from, goods)),
      ...(await this.views.orders(rx, from, orders)),
    ]
    return { ok: true, pickups: pickups.filter(({ why }) => why === null).sort(soonestFirst) }
  }
}

/** What has to be fetched first, then what waits for longest. */
function soonestFirst(one: TillPickup, other: TillPickup): number {
  const untilMs = (pickup: TillPickup) => pickup.untilMs ?? Number.MAX_SAFE_INTEGER
  return untilMs(one) - untilMs(other) || one.madeAtMs - other.madeAtMs
}
