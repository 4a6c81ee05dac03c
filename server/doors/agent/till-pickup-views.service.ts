import { Injectable } from '@nestjs/common'
import type { TillPickup } from '@huike/shared/contracts/till-pickups'
import type { MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { outcomeSentence, type Refusal } from '@huike/shared/outcomes'
import { maskPhone } from '@huike/shared/phone'
import { epochMs, fen } from '@huike/shared/quantities'
import { tillOf } from '../../mall/exchange-endings.service.js'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'
import { itemKey } from '../../mall/mall-items.service.js'
import { MembersService } from '../../members/members.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import type { OrderPickup } from '../../pickups/order-pickup.entity.js'
import { Clock } from '../../platform/clock.js'
import type { Statements } from '../../platform/database.js'
import { StoresService } from '../../stores/stores.service.js'
import { TerminalsService, type TerminalContext } from '../../stores/terminals.service.js'
import { atOrNull, MallViewsService } from '../mall-views.service.js'
import { PickupViewsService } from '../pickup-views.service.js'
import { whyNotHandedOver, whyOrderNot, type PickupSeen } from './pickup-words.js'

const CODE_TAIL_DIGITS = 4
const MILLI = 1_000

/** Where something was handed over. */
interface Place {
  storeId: string | null
  till: string | null
}

/** What is fetched in a store as a cashier sees it: masked, and why it cannot be handed over there. */
@Injectable()
export class TillPickupViewsService {
  constructor(
    private readonly clock: Clock,
    private readonly mall: MallViewsService,
    private readonly pickups: PickupViewsService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly stores: StoresService,
    private readonly terminals: TerminalsService,
  ) {}

  /** Goods of the points mall. */
  async exchanges(
    statements: Statements,
    from: TerminalContext,
    rows: readonly MallExchange[],
  ): Promise<TillPickup[]> {
    if (rows.length === 0) return []
    const promised = await this.mall.promisedBy(statements, rows)
    const placeOf = ({ storeId, endedBy }: MallExchange) => ({ storeId, till: tillOf(endedBy) })
    const seenAt = await this.#seenAt(statements, from, rows.map(placeOf))
    const ids = [...new Set(rows.map(({ memberId }) => memberId))]
    const phones = await this.members.phonesOf(statements, ids)
    const profiles = await this.profiles.profilesOf(statements, ids)
    return rows.flatMap((row): TillPickup[] => {
      const then = promised.get(itemKey(row))
      if (!then) return []
      const [phone, name] = [phones.get(row.memberId), profiles.get(row.memberId)?.name]
      return [
        {
          ...{ kind: 'exchange', pickupId: row.id, orderName: null, isPreparing: false },
          lines: [{ name: then.terms.name, quantityMilli: row.quantity * MILLI, returnedMilli: 0 }],
          ...{ refundedFen: fen(0), refunds: 0, memberId: row.memberId as MemberId },
          nameMasked: name == null ? null : maskName(name),
          phoneMasked: phone === undefined ? null : maskPhone(phone),
          codeTail: row.code === null ? null : row.code.slice(-CODE_TAIL_DIGITS),
          madeAtMs: epochMs(row.createdAtMs),
          untilMs: atOrNull(row.fetchUntilMs),
          why: inWords(whyNotHandedOver(row, then.stores, seenAt(placeOf(row)))),
        },
      ]
    })
  }

  /** Orders that were placed online, as they are now. */
  async orders(
    statements: Statements,
    from: TerminalContext,
    rows: readonly OrderPickup[],
  ): Promise<TillPickup[]> {
    if (rows.length === 0) return []
    const placeOf = ({ storeId, terminalId }: OrderPickup) => ({ storeId, till: terminalId })
    const seenAt = await this.#seenAt(statements, from, rows.map(placeOf))
    const byId = new Map(rows.map((row) => [row.purchaseId, row]))
    const views = await this.pickups.ofStaff(statements, rows)
    return views.flatMap((view): TillPickup[] => {
      const row = byId.get(view.purchaseId)
      if (!row) return []
      return [
        {
          ...{ kind: 'order', pickupId: view.purchaseId },
          orderName: [view.channelName, view.orderNo ?? ''].filter((part) => part !== '').join(' '),
          lines: view.lines.map(({ name, quantityMilli, returnedMilli }) => ({
            ...{ name, quantityMilli, returnedMilli },
          })),
          ...{ refundedFen: view.refundedFen, refunds: view.refunds },
          isPreparing: view.state === 'preparing',
          ...{ memberId: view.memberId, nameMasked: view.nameMasked },
          ...{ phoneMasked: view.phoneMasked, codeTail: row.code.slice(-CODE_TAIL_DIGITS) },
          ...{ madeAtMs: view.orderedAtMs, untilMs: null },
          why: inWords(whyOrderNot(view, seenAt(placeOf(row)))),
        },
      ]
    })
  }

  /** How places look from this till. */
  async #seenAt(
    statements: Statements,
    { terminal, store }: TerminalContext,
    places: readonly Place[],
  ): Promise<(place: Place) => PickupSeen> {
    const nowMs = this.clock.nowMs()
    const storeNames = await this.stores.namesOf(
      statements,
      places.map(({ storeId }) => storeId),
    )
    const tillCodes = await this.terminals.codesOf(
      statements,
      places.flatMap(({ till }) => till ?? []),
    )
    return ({ storeId, till }) => ({
      ...{ storeId: store.id, timeZone: store.timeZone, nowMs },
      endedStoreName: storeNames.get(storeId ?? '') ?? null,
      endedTillCode: till === null ? null : (tillCodes.get(till) ?? null),
      isThisTill: till === terminal.id,
    })
  }
}

function inWords(why: Refusal | null): TillPickup['why'] {
  return why && { code: why.code, sentence: why.detail ?? outcomeSentence(why.code) }
}
