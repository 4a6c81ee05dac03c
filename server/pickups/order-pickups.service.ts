import { randomInt } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { PICKUP_CODE_DIGITS } from '@huike/shared/contracts/pickups'
import { localTime } from '@huike/shared/local-time'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { EventLogService, type OrderEvent } from '../platform/event-log.js'
import { KeptGoodsService, type KeptGoods } from '../purchases/kept-goods.service.js'
import { StaffService } from '../staff/staff.service.js'
import { StoresService } from '../stores/stores.service.js'
import { TerminalsService } from '../stores/terminals.service.js'
import type { OrderPickup } from './order-pickup.entity.js'

// Orders that are fetched in a store: one row for each, with one store and one code. Whose it is, and
// what of it came back, is told by its purchase, as it is now. Everything that changes a row holds the
// purchase first, as a refund does: of handing over and a refund at the same instant one comes first,
// and the other finds what it left.

const COLUMNS = [
  'purchaseId',
  'storeId',
  'code',
  'state',
  'orderedAtMs',
  'expectedAtMs',
  'readyAtMs',
  'readyBy',
  'endedAtMs',
  'endedBy',
  'terminalId',
  'endRequestId',
] as const satisfies (keyof OrderPickup)[]
const CHANGING_COLUMNS = COLUMNS.slice(COLUMNS.indexOf('readyAtMs'))
const CODE_END = 10 ** PICKUP_CODE_DIGITS
const REFUND_ACTOR = 'system:refund'
/** `11-23 05:40` of `2026-11-23T05:40:12`. */
const MOMENT = { from: 5, to: 16 }

/** Whoever stands at a till, by a request of its own. */
interface TillActor {
  terminalId: string
  requestId: string
}
/** Who hands an order over: somebody of the staff in the console, or a till. */
export type PickupActor = { staffId: string } | TillActor

/** Where somebody stands: the stores they may act for; null: all of them. */
type Scope = readonly string[] | null

/** `isNew`: it was not so already. */
export type PickupChanged =
  { ok: true; pickup: OrderPickup; goods: KeptGoods; isNew: boolean } | Refusal

@Injectable()
export class OrderPickupsService {
  constructor(
    private readonly goods: KeptGoodsService,
    private readonly stores: StoresService,
    private readonly staff: StaffService,
    private readonly terminals: TerminalsService,
    private readonly eventLog: EventLogService,
  ) {}

  /**
   * Notes where an order is fetched. Throws UniqueViolation where another order drew the same code: the
   * caller begins anew.
   */
  async place(
    tx: Tx,
    order: Pick<OrderPickup, 'purchaseId' | 'storeId' | 'expectedAtMs'>,
    nowMs: number,
  ): Promise<OrderPickup> {
    const pickup: OrderPickup = {
      ...{ ...order, code: freshCode(), state: 'preparing', orderedAtMs: nowMs },
      ...{ readyAtMs: null, readyBy: null, endedAtMs: null, endedBy: null },
      ...{ terminalId: null, endRequestId: null },
    }
    await tx.insert('order_pickup', COLUMNS, [valuesOf(pickup, COLUMNS)])
    return pickup
  }

  /**
   * It can be fetched. What is ready already is answered as it is. Refuses `not_found`,
   * `pickup_store` for a store beyond `scope`, `pickup_fetched`, and `pickup_cancelled`.
   */
  async markReady(
    tx: Tx,
    purchaseId: string,
    by: { staffId: string; scope: Scope; nowMs: number },
  ): Promise<PickupChanged> {
    const held = await this.#hold(tx, purchaseId, by.scope)
    if (!held.ok) return held
    if (held.pickup.state === 'ready') return { ...held, isNew: false }
    Object.assign(held.pickup, { state: 'ready', readyAtMs: by.nowMs, readyBy: by.staffId })
    await this.#write(tx, [held.pickup])
    await this.#tell(tx, 'order.ready', held, by.nowMs)
    return held
  }

  /**
   * Hands an order over, once, ready or not; the same request of a till once more is answered as it is.
   * `refundsSeen`: how many refunds of it were seen by whoever
   * does it. Refuses `not_found`, `pickup_store` for a store beyond `scope`, `pickup_fetched` (its detail
   * says when and by whom), `pickup_cancelled`, and `pickup_changed` where something came back since.
   * The caller wakes the relay (`EventLogService.appended`) once the transaction has committed.
   */
  async handOver(
    tx: Tx,
    purchaseId: string,
    by: { actor: PickupActor; scope: Scope; refundsSeen: number; nowMs: number },
  ): Promise<PickupChanged> {
    const { actor, scope, refundsSeen, nowMs } = by
    const held = await this.#hold(tx, purchaseId, scope, actor)
    if (!held.ok || !held.isNew) return held
    if (held.goods.refunds !== refundsSeen) return refuse('pickup_changed')
    const who = 'staffId' in actor ? { endedBy: actor.staffId } : ofTill(actor)
    Object.assign(held.pickup, { state: 'fetched', endedAtMs: nowMs, ...who })
    await this.#write(tx, [held.pickup])
    await this.#tell(tx, 'order.fetched', held, nowMs)
    return held
  }

  /** Cancels those of these sales that came back whole before they were fetched. */
  async settle(tx: Tx, saleIds: readonly string[], nowMs: number): Promise<void> {
    const goods = await this.goods.of(tx, saleIds)
    const waiting = (await this.#locked(tx, [...goods.keys()])).filter(isWaiting)
    const over = waiting.filter(({ purchaseId }) => goods.get(purchaseId)?.isReturnedWhole)
    for (const pickup of over)
      Object.assign(pickup, { state: 'cancelled', endedAtMs: nowMs, endedBy: REFUND_ACTOR })
    await this.#write(tx, over)
  }

  async #hold(
    tx: Tx,
    purchaseId: string,
    scope: Scope,
    actor: PickupActor | null = null,
  ): Promise<PickupChanged> {
    const goods = (await this.goods.of(tx, [purchaseId])).get(purchaseId)
    const [pickup] = await this.#locked(tx, [purchaseId])
    if (!goods || !pickup) return refuse('not_found')
    if (isDoneBy(pickup, actor)) return { ok: true, pickup, goods, isNew: false }
    const isHere = scope === null || scope.includes(pickup.storeId)
    if (!isHere) return refuse('pickup_store', `请到 ${await this.#storeName(tx, pickup)} 取货`)
    if (pickup.state === 'fetched')
      return refuse('pickup_fetched', await this.#fetchedInWords(tx, pickup))
    if (!isWaiting(pickup) || goods.isReturnedWhole) return refuse('pickup_cancelled')
    return { ok: true, pickup, goods, isNew: true }
  }

  #locked(tx: Tx, purchaseIds: readonly string[]): Promise<OrderPickup[]> {
    if (purchaseIds.length === 0) return Promise.resolve([])
    return tx.rows<OrderPickup>(
      `SELECT ${COLUMNS.join(', ')} FROM order_pickup
       WHERE purchaseId IN ${inList(tx)} ORDER BY purchaseId${tx.forUpdate}`,
      [listParameter(tx, [...purchaseIds].sort())],
    )
  }

  async #write(tx: Tx, pickups: readonly OrderPickup[]): Promise<void> {
    const columns = ['state', ...CHANGING_COLUMNS] as (keyof OrderPickup)[]
    await tx.updateEach(
      'order_pickup',
      'purchaseId',
      columns,
      pickups.map((pickup) => [pickup.purchaseId, ...valuesOf(pickup, columns)]),
    )
  }

  async #tell(
    tx: Tx,
    type: OrderEvent['type'],
    { pickup, goods }: { pickup: OrderPickup; goods: KeptGoods },
    nowMs: number,
  ): Promise<void> {
    const store = await this.stores.find(tx, pickup.storeId)
    const payload = {
      ...{ storeId: goods.storeId, businessDate: goods.businessDate, memberId: goods.memberId },
      ...{ orderNo: goods.receiptNo ?? '', pickupStoreCode: store?.code ?? '' },
    }
    await this.eventLog.append(
      tx,
      [{ type, aggregateId: pickup.purchaseId, occurredAtMs: nowMs, payload }],
      nowMs,
    )
  }

  async #storeName(tx: Tx, { storeId }: OrderPickup): Promise<string> {
    return (await this.stores.find(tx, storeId))?.name ?? '自提门店'
  }

  /** "11-23 05:40 已由王芳交付（人民路店）". */
  async #fetchedInWords(tx: Tx, pickup: OrderPickup): Promise<string> {
    const store = await this.stores.find(tx, pickup.storeId)
    const staff = await this.staff.namesOf(tx, pickup.endedBy === null ? [] : [pickup.endedBy])
    const at = localTime(pickup.endedAtMs ?? 0, store?.timeZone ?? 'Asia/Shanghai')
    const moment = at.slice(MOMENT.from, MOMENT.to).replace('T', ' ')
    const tills = pickup.terminalId === null ? [] : [pickup.terminalId]
    const till = (await this.terminals.codesOf(tx, tills)).get(pickup.terminalId ?? '')
    const who = staff.get(pickup.endedBy ?? '') ?? `收银台${till === undefined ? '' : ` ${till}`}`
    return `${moment} 已由${who}交付（${store?.name ?? '门店'}）`
  }
}

/** Whether an order is still to be fetched. */
export function isWaiting({ state }: Pick<OrderPickup, 'state'>): boolean {
  return state === 'preparing' || state === 'ready'
}

function ofTill({ terminalId, requestId }: TillActor) {
  return { terminalId, endRequestId: requestId }
}

/** Whether this very request of a till has handed it over. */
function isDoneBy(pickup: OrderPickup, actor: PickupActor | null): boolean {
  if (actor === null || 'staffId' in actor || pickup.state !== 'fetched') return false
  return pickup.endRequestId === actor.requestId && pickup.terminalId === actor.terminalId
}

function freshCode(): string {
  return String(randomInt(0, CODE_END)).padStart(PICKUP_CODE_DIGITS, '0')
}
