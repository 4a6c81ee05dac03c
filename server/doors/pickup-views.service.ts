import { Injectable } from '@nestjs/common'
import type { ConsolePickup } from '@huike/shared/contracts/console-pickups'
import type { MemberPickup, PickupLine } from '@huike/shared/contracts/pickups'
import type { MemberId, PurchaseId, StoreId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { maskPhone } from '@huike/shared/phone'
import { epochMs, fen, type EpochMs } from '@huike/shared/quantities'
import { MembersService } from '../members/members.service.js'
import { ProfilesService } from '../members/profiles.service.js'
import type { OrderPickup } from '../pickups/order-pickup.entity.js'
import { isWaiting } from '../pickups/order-pickups.service.js'
import type { Statements } from '../platform/database.js'
import { KeptGoodsService, type KeptGoods } from '../purchases/kept-goods.service.js'
import { OnlineOrdersService } from '../purchases/online-orders.service.js'
import { StaffService } from '../staff/staff.service.js'
import { StoresService } from '../stores/stores.service.js'
import { TerminalsService } from '../stores/terminals.service.js'

/** Orders that are fetched in a store, as members and staff read them: with their goods as they are now. */
@Injectable()
export class PickupViewsService {
  constructor(
    private readonly goods: KeptGoodsService,
    private readonly orders: OnlineOrdersService,
    private readonly stores: StoresService,
    private readonly staff: StaffService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly terminals: TerminalsService,
  ) {}

  /** As their owner reads them. */
  async ofMember(statements: Statements, rows: readonly OrderPickup[]): Promise<MemberPickup[]> {
    const goodsOf = await this.goods.of(statements, idsOf(rows))
    const stores = await this.#storeNames(statements, rows)
    return rows.flatMap((row) => {
      const goods = goodsOf.get(row.purchaseId)
      if (!goods) return []
      const state = stateNow(row, goods)
      return [
        {
          ...{ purchaseId: row.purchaseId as PurchaseId, orderNo: goods.receiptNo, state },
          storeName: stores.get(row.storeId) ?? '',
          code: isWaiting({ state }) ? row.code : null,
          ...momentsOf(row),
          lines: linesOf(goods),
          refundedFen: fen(goods.refundedFen),
        },
      ]
    })
  }

  /** As staff, and whoever stands at a till, read them. */
  async ofStaff(statements: Statements, rows: readonly OrderPickup[]): Promise<ConsolePickup[]> {
    const goodsOf = await this.goods.of(statements, idsOf(rows))
    const stores = await this.#storeNames(statements, rows)
    const channels = await this.orders.channelsOf(statements, idsOf(rows))
    const staff = await this.staff.namesOf(
      statements,
      rows.flatMap(({ readyBy, endedBy }) => [readyBy ?? [], endedBy ?? []].flat()),
    )
    const tills = await this.terminals.codesOf(
      statements,
      rows.flatMap(({ terminalId }) => terminalId ?? []),
    )
    const whom = await this.#buyersOf(statements, [...goodsOf.values()])
    return rows.flatMap((row) => {
      const goods = goodsOf.get(row.purchaseId)
      if (!goods) return []
      return [
        {
          ...{ purchaseId: row.purchaseId as PurchaseId, orderNo: goods.receiptNo },
          channelName: channels.get(row.purchaseId) ?? '',
          ...{ storeId: row.storeId as StoreId, storeName: stores.get(row.storeId) ?? '' },
          state: stateNow(row, goods),
          ...whom(goods.memberId),
          ...momentsOf(row),
          readyBy: row.readyBy === null ? null : (staff.get(row.readyBy) ?? '员工'),
          endedBy: endedInWords(row, { staff, tills }),
          lines: linesOf(goods),
          ...{ totalFen: fen(goods.totalFen), refundedFen: fen(goods.refundedFen) },
          refunds: goods.refunds,
        },
      ]
    })
  }

  #storeNames(statements: Statements, rows: readonly OrderPickup[]): Promise<Map<string, string>> {
    return this.stores.namesOf(
      statements,
      rows.map(({ storeId }) => storeId),
    )
  }

  /** Who bought, masked; of a record that was merged, whoever answers for it. */
  async #buyersOf(statements: Statements, goods: readonly KeptGoods[]) {
    const asked = [...new Set(goods.flatMap(({ memberId }) => memberId ?? []))]
    const members = await this.members.findByIds(statements, asked)
    const ids = [...new Set([...members.values()].map(({ id }) => id))]
    const phones = await this.members.phonesOf(statements, ids)
    const profiles = await this.profiles.profilesOf(statements, ids)
    return (memberId: string | null) => {
      const member = memberId === null ? undefined : members.get(memberId)
      const phone = member && phones.get(member.id)
      const name = member && profiles.get(member.id)?.name
      return {
        memberId: (member?.id ?? null) as MemberId | null,
        phoneMasked: phone === undefined ? null : maskPhone(phone),
        nameMasked: name == null ? null : maskName(name),
      }
    }
  }
}

/** What came back whole is cancelled, also before that is written down. */
function stateNow(row: OrderPickup, goods: KeptGoods): ConsolePickup['state'] {
  const isOver = isWaiting(row) && goods.isReturnedWhole
  return isOver ? 'cancelled' : (row.state as ConsolePickup['state'])
}

function momentsOf({ orderedAtMs, expectedAtMs, readyAtMs, endedAtMs }: OrderPickup) {
  return {
    ...{ orderedAtMs: epochMs(orderedAtMs), expectedAtMs: atOrNull(expectedAtMs) },
    ...{ readyAtMs: atOrNull(readyAtMs), endedAtMs: atOrNull(endedAtMs) },
  }
}

function linesOf({ lines }: KeptGoods): PickupLine[] {
  return lines.map(({ name, quantityMilli, returnedMilli, amountFen }) => ({
    ...{ name, quantityMilli, returnedMilli, amountFen },
  }))
}

function endedInWords(
  { state, endedBy, terminalId }: OrderPickup,
  { staff, tills }: Record<'staff' | 'tills', ReadonlyMap<string, string>>,
): string | null {
  if (state === 'cancelled') return '全部退款'
  if (endedBy !== null) return staff.get(endedBy) ?? '员工'
  if (terminalId === null) return null
  return `收银台 ${tills.get(terminalId) ?? ''}`.trim()
}

function idsOf(rows: readonly OrderPickup[]): string[] {
  return rows.map(({ purchaseId }) => purchaseId)
}

function atOrNull(atMs: number | null): EpochMs | null {
  return atMs === null ? null : epochMs(atMs)
}
