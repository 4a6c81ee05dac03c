import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type {
  CancelExchange,
  ConsoleExchange,
  ConsoleExchangesPage,
  ConsoleExchangesQuery,
  ConsoleMallItem,
  ConsoleMallPage,
  FindExchange,
  FoundExchanges,
  HandOver,
  MallChange,
  MallDraft,
} from '@huike/shared/contracts/console-mall'
import { EXCHANGE_CODE_DIGITS } from '@huike/shared/till-limits'
import { isUlid, type MallExchangeId, type MallItemId, type MemberId } from '@huike/shared/ids'
import { exchangedInWords } from '@huike/shared/mall-words'
import { maskName } from '@huike/shared/names'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone, normalisePhone } from '@huike/shared/phone'
import { epochMs } from '@huike/shared/quantities'
import { ExchangeEndingsService, tillOf, type Ended } from '../../mall/exchange-endings.service.js'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'
import type { MallItem } from '../../mall/mall-item.entity.js'
import {
  itemKey,
  MallItemsService,
  mallLimitsOf,
  type MallSaved,
} from '../../mall/mall-items.service.js'
import { MallListsService } from '../../mall/mall-lists.service.js'
import { MembersService } from '../../members/members.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { StoresService } from '../../stores/stores.service.js'
import { TerminalsService } from '../../stores/terminals.service.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { atOrNull, MallViewsService, nowOf, type Promised } from '../mall-views.service.js'
import { holdsPhone } from '../reasons.js'
import type { ActingStaff } from '../staff-caller.js'

type ItemShown = { ok: true; item: ConsoleMallItem } | Refusal
type Publishing = (tx: Tx, by: { staffId: string; nowMs: number }) => Promise<MallSaved>
type ExchangeShown = { ok: true; exchange: ConsoleExchange } | Refusal

/** The same request may come twice at once; the later one then finds what the earlier made. */
const RACES_MAX = 3
/** Spaces and hyphens between the digits of a code or a phone. */
const BETWEEN_DIGITS = /[\s-]/g

/** The points mall in the console: what is in it, and handing over what members exchanged. */
@Injectable()
export class MallPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly mall: MallItemsService,
    private readonly lists: MallListsService,
    private readonly endings: ExchangeEndingsService,
    private readonly views: MallViewsService,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly stores: StoresService,
    private readonly terminals: TerminalsService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  items({ cursor, limit }: PageQuery): Promise<ConsoleMallPage> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    return this.database.read(async (rx) => {
      const rows = await this.mall.page(rx, { beforeId: cursor ?? null, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return {
        items: await this.#items(rx, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  /** One item. Refuses `not_found`. */
  item(id: string): Promise<ItemShown> {
    return this.database.read(async (rx) => {
      const [item] = await this.#items(rx, await this.mall.byIds(rx, [id]))
      return item ? { ok: true as const, item } : refuse('not_found')
    })
  }

  /** Refuses as `MallItemsService.create` does. */
  create(by: ActingStaff, draft: MallDraft): Promise<ItemShown> {
    return this.#publish(by, 'mall.created', (tx, publisher) =>
      this.mall.create(tx, draft, publisher),
    )
  }

  /** Refuses as `MallItemsService.change` does. */
  change(by: ActingStaff, id: string, draft: MallChange): Promise<ItemShown> {
    return this.#publish(by, 'mall.changed', (tx, publisher) =>
      this.mall.change(tx, id, draft, publisher),
    )
  }

  /** Goods in one state, within the stores of the person. */
  exchanges(by: ActingStaff, query: ConsoleExchangesQuery): Promise<ConsoleExchangesPage> {
    const { state, limit, cursor } = query
    const place = placeOf(cursor)
    const after = place && { fetchUntilMs: place.atMs, id: place.id }
    return this.database.read(async (rx) => {
      const asked = { scope: by.storeIds, state, after, limit: limit + 1 }
      const rows = await this.lists.listed(rx, asked)
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1) : undefined
      return {
        exchanges: await this.#exchanges(rx, shown),
        nextCursor: last ? cursorOf({ atMs: last.fetchUntilMs ?? 0, id: last.id }) : null,
      }
    })
  }

  /** By the code of one, or all that waits for a phone; nothing where it is neither. */
  find(by: ActingStaff, { text }: FindExchange): Promise<FoundExchanges> {
    const digits = text.normalize('NFKC').replace(BETWEEN_DIGITS, '')
    return this.database.read(async (rx) => {
      if (digits.length === EXCHANGE_CODE_DIGITS) {
        const found = await this.lists.byCode(rx, digits)
        return { exchanges: await this.#exchanges(rx, found ? [found] : []) }
      }
      const phone = normalisePhone(digits)
      const member = phone && (await this.members.findByPhone(rx, phone))
      if (!member) return { exchanges: [] }
      const waiting = await this.lists.waitingOf(rx, member.id, by.storeIds)
      return { exchanges: await this.#exchanges(rx, waiting) }
    })
  }

  /** Refuses as `ExchangeEndingsService.handOver` does, and `forbidden` for a store not theirs. */
  handOver(by: ActingStaff, id: string, { storeId }: HandOver): Promise<ExchangeShown> {
    const isTheirs = by.storeIds === null || by.storeIds.includes(storeId)
    if (!isTheirs) return Promise.resolve(refuse('forbidden'))
    return this.#settle(by, 'mall.handed_over', async (tx) => {
      if (!(await this.stores.allExist(tx, [storeId]))) return refuse('not_found')
      return this.endings.handOver(tx, id, { endedBy: by.id, storeId, requestId: null })
    })
  }

  /** Refuses as `ExchangeEndingsService.cancel` does; of other stores `not_found`. */
  cancel(by: ActingStaff, id: string, { reason }: CancelExchange): Promise<ExchangeShown> {
    if (holdsPhone(reason)) return Promise.resolve(refuse('input_invalid', '原因里不要写手机号'))
    return this.#settle(by, 'mall.cancelled', async (tx) => {
      const rights = await this.lists.one(tx, id, by.storeIds)
      return rights ? this.endings.cancel(tx, id, { staffId: by.id, reason }) : refuse('not_found')
    })
  }

  #settle(
    by: ActingStaff,
    action: 'mall.handed_over' | 'mall.cancelled',
    work: (tx: Tx) => Promise<Ended>,
  ): Promise<ExchangeShown> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const ended = await work(tx)
      if (!ended.ok) return ended
      const [exchange] = await this.#exchanges(tx, [ended.exchange])
      if (!exchange) throw new Error(`exchange ${ended.exchange.id} has no terms`)
      const what = `${exchangedInWords(exchange.name, exchange.quantity)}，${String(exchange.points)} 分`
      await this.audit.append(tx, {
        ...{ staffId: by.id, action, subjectId: exchange.id, atMs: nowMs },
        detail: `${what}，${exchange.reason ?? exchange.storeName ?? ''}`,
      })
      return { ok: true as const, exchange }
    })
  }

  async #publish(
    by: ActingStaff,
    action: 'mall.created' | 'mall.changed',
    work: Publishing,
  ): Promise<ItemShown> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write((tx) => this.#publishOnce(tx, { by, action, work }))
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  async #publishOnce(
    tx: Tx,
    { by, action, work }: { by: ActingStaff; action: string; work: Publishing },
  ): Promise<ItemShown> {
    const nowMs = this.clock.nowMs()
    const saved = await work(tx, { staffId: by.id, nowMs })
    if (!saved.ok) return saved
    const [item] = await this.#items(tx, [saved.item])
    if (!item) throw new Error(`item ${saved.item.id} has no version`)
    const { name, pricePoints } = item.terms
    if (saved.isFresh)
      await this.audit.append(tx, {
        ...{ staffId: by.id, action, subjectId: item.id, atMs: nowMs },
        detail: `${name}，${String(pricePoints)} 分，第 ${String(item.version)} 版`,
      })
    return { ok: true as const, item }
  }

  async #items(rx: Statements, items: readonly MallItem[]): Promise<ConsoleMallItem[]> {
    const promised = await this.views.promisedBy(rx, items.map(nowOf))
    const waiting = await this.mall.waitingOf(
      rx,
      items.map(({ id }) => id),
    )
    const names = await this.staff.namesOf(
      rx,
      [...promised.values()].map(({ publishedBy }) => publishedBy),
    )
    return items.flatMap((item) => {
      const now = promised.get(itemKey(nowOf(item)))
      if (!now) return []
      return [
        {
          ...{ id: item.id as MallItemId, version: item.version, terms: now.terms },
          ...{ limits: mallLimitsOf(item), coupon: now.coupon, stores: now.stores },
          ...{ taken: item.taken, waiting: waiting.get(item.id) ?? 0 },
          createdAtMs: epochMs(item.createdAtMs),
          changedAtMs: epochMs(now.publishedAtMs),
          changedBy: names.get(now.publishedBy) ?? '员工',
        },
      ]
    })
  }

  async #exchanges(rx: Statements, rows: readonly MallExchange[]): Promise<ConsoleExchange[]> {
    const promised = await this.views.promisedBy(rx, rows)
    const stores = await this.stores.namesOf(
      rx,
      rows.map(({ storeId }) => storeId),
    )
    const staff = await this.staff.namesOf(
      rx,
      rows.flatMap(({ endedBy }) => endedBy ?? []),
    )
    const tills = await this.terminals.codesOf(
      rx,
      rows.flatMap(({ endedBy }) => tillOf(endedBy) ?? []),
    )
    const nameOf = (endedBy: string) => {
      const till = tillOf(endedBy)
      return till === null ? staff.get(endedBy) : `收银台 ${tills.get(till) ?? ''}`.trim()
    }
    const ids = [...new Set(rows.map(({ memberId }) => memberId))]
    const phones = await this.members.phonesOf(rx, ids)
    const profiles = await this.profiles.profilesOf(rx, ids)
    return rows.flatMap((row) => {
      const then = promised.get(itemKey(row))
      if (!then) return []
      const [phone, name] = [phones.get(row.memberId), profiles.get(row.memberId)?.name]
      return [
        {
          ...exchangeView(row, then),
          phoneMasked: phone === undefined ? null : maskPhone(phone),
          nameMasked: name == null ? null : maskName(name),
          endedBy: row.endedBy === null ? null : (nameOf(row.endedBy) ?? byInWords(row.endedBy)),
          storeName: stores.get(row.storeId ?? '') ?? null,
        },
      ]
    })
  }
}

function exchangeView(
  row: MallExchange,
  { terms, stores }: Promised,
): Omit<ConsoleExchange, 'phoneMasked' | 'nameMasked' | 'endedBy' | 'storeName'> {
  const { quantity, points, reason, returnedPoints } = row
  return {
    ...{ id: row.id as MallExchangeId, itemId: row.itemId as MallItemId },
    ...{ kind: terms.gives.kind, name: terms.name, quantity, points, reason, returnedPoints },
    ...{ state: row.state as ConsoleExchange['state'], memberId: row.memberId as MemberId, stores },
    ...{ createdAtMs: epochMs(row.createdAtMs), fetchUntilMs: atOrNull(row.fetchUntilMs) },
    endedAtMs: atOrNull(row.endedAtMs),
  }
}

function byInWords(endedBy: string): string {
  if (endedBy === 'member') return '会员本人'
  return endedBy.startsWith('system:') ? '系统' : '员工'
}
