import { Injectable } from '@nestjs/common'
import type { OnlineOrder, OnlineOrderAnswer } from '@huike/shared/contracts/open'
import type { PickupAnswer } from '@huike/shared/contracts/pickups'
import type { MemberId, PurchaseId } from '@huike/shared/ids'
import { localTime } from '@huike/shared/local-time'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { points, type BusinessDate } from '@huike/shared/quantities'
import type { ActingKey } from '../integrations/api-keys.service.js'
import { IdempotencyService, type Once } from '../integrations/idempotency.service.js'
import { MembersService } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import { Clock, localDate } from '../platform/clock.js'
import type { Tx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { PointsRulesService } from '../points/points-rules.service.js'
import type { OrderPickup } from '../pickups/order-pickup.entity.js'
import { OrderPickupsService } from '../pickups/order-pickups.service.js'
import { PickupListsService } from '../pickups/pickup-lists.service.js'
import { OnlineOrdersService } from '../purchases/online-orders.service.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { StrayPurchasesService } from '../purchases/stray-purchases.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import type { Store } from '../stores/store.entity.js'
import { StoresService } from '../stores/stores.service.js'
import { TerminalsService } from '../stores/terminals.service.js'
import { onlineKey, type IncomingCheckout, type Whom } from './incoming-checkout.js'
import { IngestState } from './ingest-state.js'
import { takeCheckout } from './take-checkout.js'

// Taking online orders, by the rules of the till. The purchase, its points, its events and the answer
// to the idempotency key commit together. An order of somebody unknown is recorded without a member;
// sent again once the shopper is one (under a new key), it is given to them.

const SOURCE_KIND = 'open_api'

@Injectable()
export class TakeOrdersService {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly terminals: TerminalsService,
    private readonly inbox: TerminalInboxService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly purchases: PurchasesService,
    private readonly strays: StrayPurchasesService,
    private readonly orders: OnlineOrdersService,
    private readonly pickups: OrderPickupsService,
    private readonly pickupLists: PickupListsService,
    private readonly stores: StoresService,
    private readonly rules: PointsRulesService,
    private readonly holds: PointsHoldsService,
    private readonly coupons: CouponReservationsService,
    private readonly settings: ChainSettingsService,
    private readonly eventLog: EventLogService,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes one order for the store of `key`. Refuses `idempotency_conflict`, `pickup_store_unknown`,
   * `receipt_conflict` (the order number is known with other content, or is fetched elsewhere) and
   * `receipt_already_claimed`.
   */
  async take(
    key: ActingKey,
    idempotencyKey: string,
    order: OnlineOrder,
  ): Promise<Once<OnlineOrderAnswer>> {
    const call = { apiKeyId: key.id, idempotencyKey, operation: 'POST orders', input: order }
    const taken = await this.idempotency.once(call, (tx) => this.#take(tx, key, order))
    this.eventLog.appended()
    return taken
  }

  async #take(
    tx: Tx,
    key: ActingKey,
    order: OnlineOrder,
  ): Promise<{ ok: true; answer: OnlineOrderAnswer } | Refusal> {
    const nowMs = this.clock.nowMs()
    const fetchedAt = await this.#fetchedAt(tx, order)
    if (fetchedAt === undefined) return refuse('pickup_store_unknown')
    const store = await this.terminals.store(tx, key.storeId)
    const checkout = checkoutOfOrder(order, store, nowMs)
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
    const state = await IngestState.gatherCheckouts(tx, services, [checkout])
    const decision = state.settleDebts(takeCheckout(state, checkout, members), nowMs)
    const { status, code, memberId, purchaseId } = decision
    if (status === 'rejected') return refuse(code ?? 'internal', '同一订单号已有另一内容的订单')
    if (purchaseId === null) throw new Error('an order that was taken has a purchase')
    const named = checkout.who === null ? undefined : state.named(checkout.who)
    if (named && memberId !== null && named.member.id !== state.ownerId(memberId))
      return refuse('receipt_already_claimed', '这张订单已记在另一位会员名下')
    const known =
      status === 'accepted'
        ? undefined
        : (await this.pickupLists.of(tx, [purchaseId])).get(purchaseId)
    if (status === 'duplicate' && known?.storeId !== fetchedAt?.id)
      return refuse('receipt_conflict', '同一订单号的自提门店不一致')
    await state.writePurchases(tx, nowMs)
    const pickup =
      known ?? (fetchedAt && (await this.#place(tx, { purchaseId, order, fetchedAt, nowMs })))
    if (status === 'accepted')
      await this.orders.insert(tx, [
        {
          purchaseId,
          apiKeyId: key.id,
          channelName: order.channelName,
          placedAtMs: order.placedAtMs,
        },
      ])
    await this.eventLog.append(tx, state.events, nowMs)
    return {
      ok: true,
      answer: {
        purchaseId: purchaseId as PurchaseId,
        status,
        code,
        message: code === null ? null : outcomeSentence(code),
        memberId: memberId as MemberId | null,
        memberNo: memberId === null ? null : (state.memberById(memberId)?.memberNo ?? null),
        points: decision.points === null ? null : points(decision.points),
        balancePoints: decision.balancePoints === null ? null : points(decision.balancePoints),
        ...(pickup && fetchedAt ? { pickup: pickupAnswer(pickup, fetchedAt) } : {}),
      },
    }
  }

  /** Where an order is fetched; null where it is not, undefined where there is no such store. */
  async #fetchedAt(tx: Tx, { pickup }: OnlineOrder): Promise<Store | null | undefined> {
    if (pickup === undefined) return null
    return (await this.stores.byCode(tx, pickup.storeCode)) ?? undefined
  }

  #place(
    tx: Tx,
    of: { purchaseId: string; order: OnlineOrder; fetchedAt: Store; nowMs: number },
  ): Promise<OrderPickup> {
    const { purchaseId, order, fetchedAt, nowMs } = of
    const expectedAtMs = order.pickup?.readyAtMs ?? null
    return this.pickups.place(tx, { purchaseId, storeId: fetchedAt.id, expectedAtMs }, nowMs)
  }
}

function pickupAnswer({ code, state }: OrderPickup, { code: storeCode }: Store): PickupAnswer {
  return { storeCode, code, state: state as PickupAnswer['state'] }
}

/** An order as a checkout. Its number is the shop's for good, whatever the day. */
function checkoutOfOrder(order: OnlineOrder, store: Store, nowMs: number): IncomingCheckout {
  return {
    channel: 'online',
    sourceKind: SOURCE_KIND,
    storeId: store.id,
    terminalId: store.id,
    businessKey: onlineKey(store.id, order.orderNo, order.kind),
    receipt: {
      kind: order.kind,
      receiptNo: order.orderNo,
      surrogateKey: null,
      businessDate: localDate(order.paidAtMs, store.timeZone) as BusinessDate,
      printedAt: localTime(order.paidAtMs, store.timeZone),
      cashier: null,
      lines: order.lines,
      totalFen: order.totalFen,
      payments: order.payments,
      changeFen: null,
      originalReceiptNo: order.originalOrderNo,
    },
    who: whomOf(order),
    occurredAtMs: order.paidAtMs,
    receivedAtMs: nowMs,
  }
}

function whomOf({ phone, memberNo, phoneHash }: OnlineOrder): Whom | null {
  if (phone !== null) return { by: 'phone', phone }
  if (phoneHash !== undefined) {
    const { platform: namespace, algorithm, value } = phoneHash
    return { by: 'phone_hash', kind: `phone_${algorithm}`, namespace, value: value.toLowerCase() }
  }
  return memberNo === null ? null : { by: 'member_no', memberNo }
}
