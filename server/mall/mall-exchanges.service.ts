import { randomInt } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { ExchangeRequest } from '@huike/shared/contracts/mall'
import { EXCHANGE_CODE_DIGITS } from '@huike/shared/till-limits'
import { exchangedInWords } from '@huike/shared/mall-words'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CouponTemplatesService } from '../coupons/coupon-templates.service.js'
import { CouponsService } from '../coupons/coupons.service.js'
import type { Member } from '../members/member.entity.js'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { GroupCommit } from '../platform/group-commit.js'
import { mintId } from '../platform/ids.js'
import { takeForExchange } from '../points/exchange-points.service.js'
import { PointsBook } from '../points/points-book.service.js'
import { DeletionsService } from '../rights/deletions.service.js'
import { HELD_NONE, whyNotExchanged, type Held } from './exchange-refusal.js'
import { fetchUntilMs, periodBeganMs } from './mall-days.js'
import type { MallExchange } from './mall-exchange.entity.js'
import type { MallItem } from './mall-item.entity.js'
import { MallItemsService } from './mall-items.service.js'
import {
  EXCHANGE_COLUMNS,
  exchangesByRequest,
  itemKey,
  itemsBy,
  TAKEN_STATES,
  type KeptTerms,
} from './mall-rows.js'

export { HELD_NONE, type Held } from './exchange-refusal.js'

// Exchanging points. What queued while the last transaction flew goes into the next, so that an item
// everybody wants is held once for all of them. In one transaction the points go, the stock goes down,
// the coupon is given and the exchange is written, or none of it. Locks are taken in one order, the
// same as where an exchange ends: members, items, accounts, templates of coupons.

/** Two exchanges may draw the same code; the later one draws another. */
const RACES_MAX = 3
const CODE_END = 10 ** EXCHANGE_CODE_DIGITS

interface Wanted {
  memberId: string
  request: ExchangeRequest
}
export type Exchanged =
  { ok: true; exchange: MallExchange; spendablePoints: number; isNew: boolean } | Refusal

/** What a group knows when it decides. */
interface Group {
  members: ReadonlyMap<string, Member>
  leaving: ReadonlySet<string>
  items: ReadonlyMap<string, MallItem>
  termsOf: ReadonlyMap<string, KeptTerms>
  held: Map<string, Held>
  /** By the key of the request; what the group itself makes is added. */
  known: Map<string, MallExchange>
  book: PointsBook
  fresh: MallExchange[]
  nowMs: number
}

@Injectable()
export class MallExchangesService {
  readonly #group: GroupCommit<Wanted, Exchanged>

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly deletions: DeletionsService,
    private readonly items: MallItemsService,
    private readonly templates: CouponTemplatesService,
    private readonly coupons: CouponsService,
  ) {
    this.#group = new GroupCommit(database, (tx, wanted) => this.#exchange(tx, wanted), {
      // Groups of one item wait for each other from its row to their commit.
      groupsAtOnce: 1,
    })
  }

  /**
   * Exchanges, once per request; the same once more is answered the same. Refuses
   * `member_not_found`, `deletion_waiting`, `not_found`, `mall_price_changed`, as `whyNotExchanged`
   * and, for a coupon, as `CouponsService.give` do, `input_invalid` for more than one coupon, and
   * `idempotency_conflict`.
   */
  async exchange(memberId: string, request: ExchangeRequest): Promise<Exchanged> {
    for (let race = 1; ; race += 1) {
      try {
        const exchanged = await this.#group.submit({ memberId, request })
        crashPoint('mall.after-exchange')
        return exchanged
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** How many pieces these members have of these items, by `heldKey`. */
  async heldBy(
    statements: Statements,
    of: { itemIds: readonly string[]; memberIds: readonly string[]; nowMs: number },
  ): Promise<Map<string, Held>> {
    const since = (period: 'day' | 'week' | 'month') => periodBeganMs(period, of.nowMs)
    const sums = (['day', 'week', 'month'] as const).map(
      (period) => `SUM(CASE WHEN createdAtMs >= ? THEN quantity ELSE 0 END) AS ${period}Pieces`,
    )
    const rows = await statements.rows<
      { itemId: string; memberId: string } & Record<
        'ever' | 'dayPieces' | 'weekPieces' | 'monthPieces',
        number | string
      >
    >(
      `SELECT itemId, memberId, SUM(quantity) AS ever, ${sums.join(', ')} FROM mall_exchange
       WHERE itemId IN ${inList(statements)} AND memberId IN ${inList(statements)}
         AND state IN ${TAKEN_STATES} GROUP BY itemId, memberId`,
      [
        ...[since('day'), since('week'), since('month')],
        ...[listParameter(statements, of.itemIds), listParameter(statements, of.memberIds)],
      ],
    )
    return new Map(
      rows.map((row) => [
        heldKey(row),
        {
          ...{ ever: Number(row.ever), day: Number(row.dayPieces) },
          ...{ week: Number(row.weekPieces), month: Number(row.monthPieces) },
        },
      ]),
    )
  }

  async #exchange(tx: Tx, wanted: readonly Wanted[]): Promise<Exchanged[]> {
    const group = await this.#open(tx, wanted)
    const answers: Exchanged[] = []
    for (const one of wanted) answers.push(await this.#one(tx, group, one))
    await this.#write(tx, group)
    crashPoint('mall.inside-exchange')
    return answers
  }

  /** Locks members, items, accounts and templates, and reads what decides. */
  async #open(tx: Tx, wanted: readonly Wanted[]): Promise<Group> {
    const nowMs = this.clock.nowMs()
    const asked = [...new Set(wanted.map(({ memberId }) => memberId))]
    const present = await this.members.lockPresent(tx, asked)
    const memberIds = present.map(({ id }) => id)
    const known = await exchangesByRequest(tx, wanted.map(requestKeyOf))
    const itemIds = [...new Set(wanted.map(({ request }) => request.itemId))]
    const items = await itemsBy(tx, itemIds)
    const keys = items.map(({ id, version }) => ({ itemId: id, version }))
    const termsOf = await this.items.termsOf(tx, keys)
    const held = await this.heldBy(tx, { itemIds, memberIds, nowMs })
    const book = await PointsBook.open(tx, memberIds)
    await book.readLots(tx, memberIds)
    const templateIds = [...termsOf.values()].flatMap(({ terms }) =>
      terms.gives.kind === 'coupon' ? [terms.gives.templateId] : [],
    )
    for (const id of [...new Set<string>(templateIds)].sort()) await this.templates.lock(tx, id)
    return {
      members: new Map(present.map((one) => [one.id, one])),
      leaving: await this.deletions.waitingAmong(tx, memberIds),
      items: new Map(items.map((one) => [one.id, one])),
      ...{ termsOf, held, book, fresh: [], nowMs },
      known: new Map(known.map((one) => [one.requestKey, one])),
    }
  }

  async #one(tx: Tx, group: Group, wanted: Wanted): Promise<Exchanged> {
    const { memberId, request } = wanted
    const { book, nowMs } = group
    const member = group.members.get(memberId)
    if (!member) return refuse('member_not_found')
    const spendable = () => book.lotsOf(memberId).spendableAt(nowMs)
    const before = group.known.get(requestKeyOf(wanted))
    if (before) return answerAgain(before, request, spendable())
    if (group.leaving.has(memberId)) return refuse('deletion_waiting')
    const item = group.items.get(request.itemId)
    const kept = item && group.termsOf.get(itemKey({ itemId: item.id, version: item.version }))
    if (!item || !kept || item.state === 'draft') return refuse('not_found')
    const { quantity } = request
    if (item.kind === 'coupon' && quantity > 1) return refuse('input_invalid', '优惠券每次兑换一张')
    const held = group.held.get(heldKey({ itemId: item.id, memberId })) ?? HELD_NONE
    const { levelCode } = member
    const wish = { quantity, levelCode, held, spendablePoints: spendable(), nowMs }
    const refusal = whyNotExchanged(item, kept, wish)
    // That points are missing is told of the price that was seen.
    if (refusal && refusal.code !== 'points_short') return refusal
    if (kept.terms.pricePoints !== request.pricePoints) return refuse('mall_price_changed')
    if (refusal) return refusal
    const made = await this.#make(tx, group, { wanted, item, kept })
    if (!made.ok) return made
    group.held.set(heldKey(made.exchange), plus(held, quantity))
    return { ...made, spendablePoints: spendable(), isNew: true }
  }

  /** The coupon first: what refuses it has taken nothing yet. */
  async #make(
    tx: Tx,
    { book, fresh, known, nowMs }: Group,
    of: { wanted: Wanted; item: MallItem; kept: KeptTerms },
  ): Promise<{ ok: true; exchange: MallExchange } | Refusal> {
    const { wanted, item, kept } = of
    const { memberId, request } = wanted
    const { gives, name, pricePoints } = kept.terms
    const [id, actor] = [mintId(nowMs), `member:${memberId}`]
    let couponId: string | null = null
    if (gives.kind === 'coupon') {
      const gift = {
        ...{ templateId: gives.templateId, memberId, sourceKey: `mall|${id}`, actor },
        ...{ isClaim: false, givenById: id },
        ...(kept.couponVersion === null ? {} : { version: kept.couponVersion }),
      }
      const [given] = await this.coupons.give(tx, [gift], nowMs)
      if (!given?.ok) return given ?? refuse('not_found')
      couponId = given.coupon.id
    }
    const { quantity } = request
    const taken = takeForExchange(book, {
      ...{ exchangeId: id, memberId, points: pricePoints * quantity },
      ...{ explanation: exchangedInWords(name, quantity), actor, nowMs },
    })
    const isGoods = gives.kind === 'goods'
    const exchange: MallExchange = {
      ...{ id, itemId: item.id, version: item.version, kind: item.kind, memberId },
      ...{ requestKey: requestKeyOf(wanted), quantity, points: pricePoints * quantity },
      state: isGoods ? 'waiting' : 'given',
      code: isGoods ? freshCode() : null,
      ...{ couponId, takenTransferId: taken.transferId, expiresAtMs: taken.expiresAtMs },
      createdAtMs: nowMs,
      fetchUntilMs: isGoods ? fetchUntilMs(gives.fetchDays, nowMs) : null,
      ...{ endedAtMs: isGoods ? null : nowMs, endedBy: null, storeId: null, reason: null },
      ...{ returnTransferId: null, returnedPoints: 0, endRequestId: null },
    }
    item.taken += quantity
    fresh.push(exchange)
    known.set(exchange.requestKey, exchange)
    return { ok: true, exchange }
  }

  /** The stock goes down by a guarded update: more than there is never goes. */
  async #write(tx: Tx, { fresh, book }: Group): Promise<void> {
    if (fresh.length === 0) return
    const pieces = new Map<string, number>()
    for (const { itemId, quantity } of fresh)
      pieces.set(itemId, (pieces.get(itemId) ?? 0) + quantity)
    for (const [itemId, count] of pieces) {
      const counted = await tx.run(
        `UPDATE mall_item SET taken = taken + ?
         WHERE id = ? AND (stock IS NULL OR taken + ? <= stock)`,
        [count, itemId, count],
      )
      if (counted !== 1) throw new Error(`item ${itemId} has not so many left`)
    }
    await book.close(tx)
    await tx.insert(
      'mall_exchange',
      EXCHANGE_COLUMNS,
      fresh.map((exchange) => valuesOf(exchange, EXCHANGE_COLUMNS)),
    )
  }
}

/** How what a member has of an item is looked up in `heldBy`. */
export function heldKey({ itemId, memberId }: { itemId: string; memberId: string }): string {
  return `${itemId}|${memberId}`
}

function requestKeyOf({ memberId, request }: Wanted): string {
  return `${memberId}|${request.requestId}`
}

function answerAgain(
  before: MallExchange,
  { itemId, quantity, pricePoints }: ExchangeRequest,
  spendablePoints: number,
): Exchanged {
  const isSame =
    before.itemId === itemId &&
    before.quantity === quantity &&
    before.points === pricePoints * quantity
  if (!isSame) return refuse('idempotency_conflict')
  return { ok: true, exchange: before, spendablePoints, isNew: false }
}

function plus(held: Held, quantity: number): Held {
  const { ever, day, week, month } = held
  return {
    ...{ ever: ever + quantity, day: day + quantity },
    ...{ week: week + quantity, month: month + quantity },
  }
}

function freshCode(): string {
  return String(randomInt(0, CODE_END)).padStart(EXCHANGE_CODE_DIGITS, '0')
}
