import { Injectable } from '@nestjs/common'
import type { PickupFind, PickupHandOver, TillPickup } from '@huike/shared/contracts/till-pickups'
import type { MemberId } from '@huike/shared/ids'
import { maskName } from '@huike/shared/names'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone } from '@huike/shared/phone'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { byTill, ExchangeEndingsService, tillOf } from '../../mall/exchange-endings.service.js'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'
import { itemKey } from '../../mall/mall-items.service.js'
import { MallListsService } from '../../mall/mall-lists.service.js'
import { isPresent, MembersService } from '../../members/members.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import { StoresService } from '../../stores/stores.service.js'
import { TerminalsService, type TerminalContext } from '../../stores/terminals.service.js'
import { atOrNull, MallViewsService } from '../mall-views.service.js'
import { whyNotHandedOver } from './pickup-words.js'
import { WrongCodes } from './wrong-codes.js'

const CODE_TAIL_DIGITS = 4

export type PickupsSeen = { ok: true; pickups: TillPickup[] } | Refusal
export type PickupTaken =
  { ok: true; pickup: TillPickup; handedAtMs: EpochMs; isNew: boolean } | Refusal

/** What is fetched in a store, found and handed over at its tills. */
@Injectable()
export class AgentPickupsService {
  readonly #wrongCodes = new WrongCodes()

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly lists: MallListsService,
    private readonly endings: ExchangeEndingsService,
    private readonly views: MallViewsService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly stores: StoresService,
    private readonly terminals: TerminalsService,
  ) {}

  /** By a code or a member. Refuses `pickup_unknown`, `rate_limited`, `member_not_found`. */
  find(from: TerminalContext, asked: PickupFind): Promise<PickupsSeen> {
    return this.database.read((rx) =>
      asked.by === 'code'
        ? this.#byCode(rx, from, asked.code)
        : this.#ofMember(rx, from, asked.memberId),
    )
  }

  /** Hands over, once per request. Refuses as `ExchangeEndingsService.handOver` does, in words. */
  handOver(from: TerminalContext, { pickupId, requestId }: PickupHandOver): Promise<PickupTaken> {
    const { terminal, store } = from
    const by = { endedBy: byTill(terminal.id), storeId: store.id, requestId }
    return this.database.write(async (tx): Promise<PickupTaken> => {
      const handed = await this.endings.handOver(tx, pickupId, by)
      const found = handed.ok ? handed.exchange : await this.lists.one(tx, pickupId, null)
      const [pickup] = found ? await this.#seen(tx, from, [found]) : []
      if (!handed.ok)
        return handed.code === pickup?.why?.code ? refuse(handed.code, pickup.why.sentence) : handed
      if (!pickup) throw new Error(`exchange ${pickupId} has no terms`)
      const handedAtMs = epochMs(handed.exchange.endedAtMs ?? this.clock.nowMs())
      return { ok: true, pickup, handedAtMs, isNew: handed.isNew }
    })
  }

  async #byCode(rx: Statements, from: TerminalContext, code: string): Promise<PickupsSeen> {
    const nowMs = this.clock.nowMs()
    const { id } = from.terminal
    if (this.#wrongCodes.areTooMany(id, nowMs))
      return refuse('rate_limited', '这台收银台输错取货码的次数太多，请 10 分钟后再试')
    const found = await this.lists.byCode(rx, code)
    if (!found) {
      this.#wrongCodes.note(id, nowMs)
      return refuse('pickup_unknown')
    }
    return { ok: true, pickups: await this.#seen(rx, from, [found]) }
  }

  async #ofMember(rx: Statements, from: TerminalContext, memberId: string): Promise<PickupsSeen> {
    const member = (await this.members.findByIds(rx, [memberId])).get(memberId)
    if (!member || !isPresent(member)) return refuse('member_not_found')
    const waiting = await this.lists.waitingOf(rx, member.id, [from.store.id])
    const pickups = await this.#seen(rx, from, waiting)
    return {
      ok: true,
      pickups: pickups
        .filter(({ why }) => why === null)
        .sort((one, other) => (one.untilMs ?? 0) - (other.untilMs ?? 0)),
    }
  }

  async #seen(
    statements: Statements,
    { terminal, store }: TerminalContext,
    rows: readonly MallExchange[],
  ): Promise<TillPickup[]> {
    const nowMs = this.clock.nowMs()
    const promised = await this.views.promisedBy(statements, rows)
    const storeNames = await this.stores.namesOf(
      statements,
      rows.map(({ storeId }) => storeId),
    )
    const tills = rows.flatMap(({ endedBy }) => tillOf(endedBy) ?? [])
    const tillCodes = await this.terminals.codesOf(statements, tills)
    const ids = [...new Set(rows.map(({ memberId }) => memberId))]
    const phones = await this.members.phonesOf(statements, ids)
    const profiles = await this.profiles.profilesOf(statements, ids)
    return rows.flatMap((row): TillPickup[] => {
      const then = promised.get(itemKey(row))
      if (!then) return []
      const till = tillOf(row.endedBy)
      const why = whyNotHandedOver(row, {
        ...{ storeId: store.id, timeZone: store.timeZone, stores: then.stores, nowMs },
        endedStoreName: storeNames.get(row.storeId ?? '') ?? null,
        endedTillCode: till === null ? null : (tillCodes.get(till) ?? null),
        isThisTill: till === terminal.id,
      })
      const [phone, name] = [phones.get(row.memberId), profiles.get(row.memberId)?.name]
      return [
        {
          ...{ kind: 'exchange', pickupId: row.id, memberId: row.memberId as MemberId },
          lines: [{ name: then.terms.name, quantity: row.quantity }],
          nameMasked: name == null ? null : maskName(name),
          phoneMasked: phone === undefined ? null : maskPhone(phone),
          codeTail: row.code === null ? null : row.code.slice(-CODE_TAIL_DIGITS),
          madeAtMs: epochMs(row.createdAtMs),
          untilMs: atOrNull(row.fetchUntilMs),
          why: why && { code: why.code, sentence: why.detail ?? outcomeSentence(why.code) },
        },
      ]
    })
  }
}
