import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type {
  ExchangeAnswer,
  ExchangeRequest,
  ExchangesPage,
  MallItem as MallItemView,
  MallItemAnswer,
  MallShelf,
} from '@huike/shared/contracts/mall'
import { isUlid, type MallItemId } from '@huike/shared/ids'
import { outcomeSentence, refuse, type Refusal } from '@huike/shared/outcomes'
import { epochMs } from '@huike/shared/quantities'
import { LevelSchemesService } from '../../levels/level-schemes.service.js'
import { ExchangeEndingsService } from '../../mall/exchange-endings.service.js'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'
import {
  HELD_NONE,
  heldKey,
  MallExchangesService,
  type Held,
} from '../../mall/mall-exchanges.service.js'
import type { MallItem } from '../../mall/mall-item.entity.js'
import {
  itemKey,
  limitsInWords,
  MallItemsService,
  quantityMaxOf,
  whyNotExchanged,
} from '../../mall/mall-items.service.js'
import { MallListsService } from '../../mall/mall-lists.service.js'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { PointsHoldsService } from '../../points/points-holds.service.js'
import { DeletionsService } from '../../rights/deletions.service.js'
import { atOrNull, MallViewsService, nowOf, type Promised } from '../mall-views.service.js'

type Answered = { ok: true; answer: ExchangeAnswer } | Refusal

/** What decides what a member may take now. */
interface Looking {
  levelCode: string
  held: ReadonlyMap<string, Held>
  spendablePoints: number
  nowMs: number
  isLeaving: boolean
  nameOfLevel: (code: string) => string
  memberId: string
}

/** The points mall in the mini-program: the shelf, and a shopper's exchanges. */
@Injectable()
export class MemberMallService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly items: MallItemsService,
    private readonly making: MallExchangesService,
    private readonly endings: ExchangeEndingsService,
    private readonly lists: MallListsService,
    private readonly views: MallViewsService,
    private readonly members: MembersService,
    private readonly holds: PointsHoldsService,
    private readonly levels: LevelSchemesService,
    private readonly deletions: DeletionsService,
  ) {}

  shelf(memberId: string): Promise<MallShelf> {
    return this.database.read(async (rx) => {
      const items = await this.items.shelf(rx, this.clock.nowMs())
      return this.#shown(rx, memberId, items)
    })
  }

  /** One item of the shelf. Refuses `not_found`. */
  item(memberId: string, id: string): Promise<{ ok: true; answer: MallItemAnswer } | Refusal> {
    return this.database.read(async (rx) => {
      const items = (await this.items.byIds(rx, [id])).filter(
        ({ state, untilMs }) => state === 'open' && (untilMs ?? Infinity) > this.clock.nowMs(),
      )
      const { spendablePoints, items: shown } = await this.#shown(rx, memberId, items)
      const [item] = shown
      return item ? { ok: true as const, answer: { spendablePoints, item } } : refuse('not_found')
    })
  }

  /** Refuses as `MallExchangesService.exchange` does. */
  async exchange(memberId: string, request: ExchangeRequest): Promise<Answered> {
    const exchanged = await this.making.exchange(memberId, request)
    return exchanged.ok ? this.#answered(exchanged.exchange) : exchanged
  }

  /** Refuses as `ExchangeEndingsService.cancelOwn` does. */
  async cancel(memberId: string, id: string): Promise<Answered> {
    const ended = await this.endings.cancelOwn(memberId, id)
    return ended.ok ? this.#answered(ended.exchange) : ended
  }

  /** One exchange. Refuses `not_found`. */
  async one(memberId: string, id: string): Promise<Answered> {
    const found = await this.database.read((rx) => this.lists.ofMember(rx, memberId, id))
    return found ? this.#answered(found) : refuse('not_found')
  }

  page(memberId: string, { cursor, limit }: PageQuery): Promise<ExchangesPage> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    return this.database.read(async (rx) => {
      const beforeId = cursor ?? null
      const rows = await this.lists.page(rx, { memberId, beforeId, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return {
        exchanges: await this.views.exchanges(rx, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  #answered(row: MallExchange): Promise<Answered> {
    return this.database.read(async (rx) => {
      const [exchange] = await this.views.exchanges(rx, [row])
      if (!exchange) throw new Error(`exchange ${row.id} has no terms`)
      const spendablePoints = await this.#spendableOf(rx, row.memberId)
      return { ok: true as const, answer: { exchange, spendablePoints } }
    })
  }

  #spendableOf(rx: Statements, memberId: string): Promise<number> {
    return this.holds.spendableOf(rx, memberId, this.clock.nowMs())
  }

  async #shown(rx: Statements, memberId: string, items: readonly MallItem[]): Promise<MallShelf> {
    const looking = await this.#looking(rx, memberId, items)
    const promised = await this.views.promisedBy(rx, items.map(nowOf))
    return {
      spendablePoints: looking.spendablePoints,
      items: items.flatMap((item) => {
        const terms = promised.get(itemKey(nowOf(item)))
        return terms ? [itemView(item, terms, looking)] : []
      }),
    }
  }

  async #looking(rx: Statements, memberId: string, items: readonly MallItem[]): Promise<Looking> {
    const nowMs = this.clock.nowMs()
    const itemIds = items.map(({ id }) => id)
    const member = (await this.members.findByIds(rx, [memberId])).get(memberId)
    return {
      ...{ memberId, nowMs, levelCode: member?.levelCode ?? '' },
      held: await this.making.heldBy(rx, { itemIds, memberIds: [memberId], nowMs }),
      spendablePoints: await this.#spendableOf(rx, memberId),
      isLeaving: (await this.deletions.waitingAmong(rx, [memberId])).has(memberId),
      nameOfLevel: await this.levels.names(rx),
    }
  }
}

function itemView(item: MallItem, promised: Promised, looking: Looking): MallItemView {
  const { terms, coupon, stores } = promised
  const { gives, name, words, category, pricePoints } = terms
  const { memberId, levelCode, spendablePoints, nowMs, isLeaving } = looking
  const held = looking.held.get(heldKey({ itemId: item.id, memberId })) ?? HELD_NONE
  const wish = { quantity: 1, levelCode, held, spendablePoints, nowMs }
  const refusal = isLeaving ? refuse('deletion_waiting') : whyNotExchanged(item, promised, wish)
  const isBarred = refusal !== null && refusal.code !== 'points_short'
  return {
    itemId: item.id as MallItemId,
    kind: gives.kind,
    ...{ name, words, category, pricePoints, coupon },
    fetch: gives.kind === 'goods' ? { days: gives.fetchDays, stores, lapse: gives.lapse } : null,
    left: item.stock === null ? null : Math.max(0, item.stock - item.taken),
    quantityMax: isBarred ? 0 : quantityMaxOf(item, held),
    limits: limitsInWords(item, promised, looking.nameOfLevel),
    fromMs: epochMs(item.fromMs),
    untilMs: atOrNull(item.untilMs),
    missingPoints: Math.max(0, pricePoints - spendablePoints),
    why: refusal && {
      code: refusal.code,
      sentence: refusal.detail ?? outcomeSentence(refusal.code),
    },
  }
}
