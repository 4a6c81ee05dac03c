import { Injectable } from '@nestjs/common'
import {
  mallLimitsSchema,
  type MallChange,
  type MallDraft,
  type MallLimits,
} from '@huike/shared/contracts/console-mall'
import { MALL_SHELF_MAX, type MallTerms } from '@huike/shared/contracts/mall'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CouponTemplatesService } from '../coupons/coupon-templates.service.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { StoresService } from '../stores/stores.service.js'
import type { MallItem } from './mall-item.entity.js'
import { itemKey, itemsBy, keptTerms, type ItemVersion, type KeptTerms } from './mall-rows.js'
import type { MallPickup } from './mall-pickup.entity.js'
import type { MallVersion } from './mall-version.entity.js'

export { itemKey, type KeptTerms } from './mall-rows.js'
export { limitsInWords, quantityMaxOf, whyNotExchanged } from './exchange-refusal.js'

// What is in the points mall. What an item promises, and how many there are for whom, is a version
// that is never changed, down to the version of its coupon: an exchange keeps what it was made under.

const ITEM_COLUMNS = [
  'id',
  'kind',
  'state',
  'version',
  'stock',
  'memberMax',
  'period',
  'periodMax',
  'taken',
  'fromMs',
  'untilMs',
  'sort',
  'createdAtMs',
  'createdBy',
] as const satisfies (keyof MallItem)[]
const CHANGING_COLUMNS = [
  'state',
  'version',
  'stock',
  'memberMax',
  'period',
  'periodMax',
  'fromMs',
  'untilMs',
  'sort',
] as const satisfies (keyof MallItem)[]
const VERSION_COLUMNS = [
  'itemId',
  'version',
  'terms',
  'limits',
  'requestId',
  'publishedAtMs',
  'publishedBy',
] as const satisfies (keyof MallVersion)[]
const PICKUP_COLUMNS = ['itemId', 'version', 'storeId'] as const satisfies (keyof MallPickup)[]

interface Publisher {
  staffId: string
  nowMs: number
}
export type MallSaved = { ok: true; item: MallItem; isFresh: boolean } | Refusal
/** Who published a version, and when. */
export type Published = Pick<MallVersion, 'publishedAtMs' | 'publishedBy'>

@Injectable()
export class MallItemsService {
  constructor(
    private readonly coupons: CouponTemplatesService,
    private readonly stores: StoresService,
  ) {}

  /**
   * Makes an item, once for its request. Refuses `not_found` (no such coupon, or store),
   * `coupon_template_stopped`, `mall_shelf_full`, and `idempotency_conflict`.
   */
  async create(tx: Tx, draft: MallDraft, by: Publisher): Promise<MallSaved> {
    const { requestId: id, terms, limits } = draft
    const [known] = await itemsBy(tx, [id])
    if (known) return this.#again(tx, known, { version: 1, draft })
    const kept = await this.#keptTerms(tx, terms)
    if (!kept.ok) return kept
    const refusal = await this.#whyNotOpen(tx, id, limits)
    if (refusal) return refusal
    const item: MallItem = {
      ...{ id, kind: terms.gives.kind, version: 1, taken: 0 },
      ...columnsOf(limits),
      ...{ createdAtMs: by.nowMs, createdBy: by.staffId },
    }
    await tx.insert('mall_item', ITEM_COLUMNS, [valuesOf(item, ITEM_COLUMNS)])
    await publish(tx, item, { ...draft, kept: kept.kept, by })
    return { ok: true, item, isFresh: true }
  }

  /**
   * Publishes a new version, once for its request. Refuses as `create`, and `not_found`,
   * `mall_item_changed` (somebody was first) and `input_invalid` where it would be something else.
   */
  async change(tx: Tx, id: string, draft: MallChange, by: Publisher): Promise<MallSaved> {
    const [item] = await itemsBy(tx, [id])
    if (!item) return refuse('not_found')
    const version = draft.basedOnVersion + 1
    if (item.version >= version) {
      const done = await versionOf(tx, { itemId: id, version })
      if (done?.requestId === draft.requestId) return this.#again(tx, item, { version, draft })
    }
    if (item.version !== draft.basedOnVersion) return refuse('mall_item_changed')
    if (draft.terms.gives.kind !== item.kind)
      return refuse('input_invalid', '商品的种类不能改，请新建一件')
    const kept = await this.#keptTerms(tx, draft.terms)
    if (!kept.ok) return kept
    const refusal = await this.#whyNotOpen(tx, id, draft.limits)
    if (refusal) return refusal
    const changed: MallItem = { ...item, ...columnsOf(draft.limits), version }
    await publish(tx, changed, { ...draft, kept: kept.kept, by })
    await tx.updateEach('mall_item', 'id', CHANGING_COLUMNS, [
      [id, ...valuesOf(changed, CHANGING_COLUMNS)],
    ])
    return { ok: true, item: changed, isFresh: true }
  }

  /** Items by id, locked inside a write. */
  byIds(statements: Statements | Tx, ids: readonly string[]): Promise<MallItem[]> {
    return itemsBy(statements, ids)
  }

  /** What members see: everything that is open and not over, in the chain's order. */
  shelf(statements: Statements, nowMs: number): Promise<MallItem[]> {
    return statements.rows<MallItem>(
      `SELECT * FROM mall_item WHERE state = 'open' AND (untilMs IS NULL OR untilMs > ?)
       ORDER BY sort, id DESC LIMIT ${String(MALL_SHELF_MAX)}`,
      [nowMs],
    )
  }

  /** A page of all items, the newest first, from below `beforeId`. */
  page(
    statements: Statements,
    { beforeId, limit }: { beforeId: string | null; limit: number },
  ): Promise<MallItem[]> {
    return statements.rows<MallItem>(
      `SELECT * FROM mall_item ${beforeId === null ? '' : 'WHERE id < ?'}
       ORDER BY id DESC LIMIT ${String(limit)}`,
      beforeId === null ? [] : [beforeId],
    )
  }

  /** The terms of these versions, and who published them, by `itemKey`. */
  async termsOf(
    statements: Statements,
    keys: readonly ItemVersion[],
  ): Promise<Map<string, KeptTerms & Published>> {
    if (keys.length === 0) return new Map()
    const rows = await statements.rows<MallVersion>(
      `SELECT * FROM mall_version WHERE itemId IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(keys.map(({ itemId }) => itemId))])],
    )
    const wanted = new Set(keys.map(itemKey))
    return new Map(
      rows
        .filter((row) => wanted.has(itemKey(row)))
        .map(({ publishedAtMs, publishedBy, ...row }) => [
          itemKey(row),
          { ...keptTerms(row.terms), publishedAtMs, publishedBy },
        ]),
    )
  }

  /** How many pieces of each item wait to be fetched. */
  async waitingOf(statements: Statements, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await statements.rows<{ itemId: string; pieces: number | string }>(
      `SELECT itemId, SUM(quantity) AS pieces FROM mall_exchange
       WHERE itemId IN ${inList(statements)} AND state = 'waiting' GROUP BY itemId`,
      [listParameter(statements, ids)],
    )
    return new Map(rows.map(({ itemId, pieces }) => [itemId, Number(pieces)]))
  }

  /** The same request once more: what it came to, or a refusal where it was something else. */
  async #again(
    tx: Tx,
    item: MallItem,
    { version, draft }: { version: number; draft: MallDraft },
  ): Promise<MallSaved> {
    const before = await versionOf(tx, { itemId: item.id, version })
    const isSame =
      before?.limits === JSON.stringify(draft.limits) &&
      JSON.stringify(keptTerms(before.terms).terms) === JSON.stringify(draft.terms)
    return isSame ? { ok: true, item, isFresh: false } : refuse('idempotency_conflict')
  }

  /** The terms with the version of the coupon that is given today. */
  async #keptTerms(tx: Tx, terms: MallTerms): Promise<{ ok: true; kept: KeptTerms } | Refusal> {
    const { gives } = terms
    if (gives.kind === 'goods') {
      const isKnown =
        new Set(gives.storeIds).size === gives.storeIds.length &&
        (await this.stores.allExist(tx, gives.storeIds))
      return isKnown ? { ok: true, kept: { terms, couponVersion: null } } : refuse('not_found')
    }
    const [template] = await this.coupons.byIds(tx, [gives.templateId])
    if (!template) return refuse('not_found')
    if (template.state !== 'open') return refuse('coupon_template_stopped')
    return { ok: true, kept: { terms, couponVersion: template.version } }
  }

  /** The shelf is one page: so many are open at a time. */
  async #whyNotOpen(tx: Tx, id: string, limits: MallLimits): Promise<Refusal | null> {
    if (limits.state !== 'open') return null
    const [row] = await tx.rows<{ n: number | string }>(
      "SELECT COUNT(*) AS n FROM mall_item WHERE state = 'open' AND id <> ?",
      [id],
    )
    return Number(row?.n) >= MALL_SHELF_MAX ? refuse('mall_shelf_full') : null
  }
}

/** The limits of an item, as they are drafted. */
export function mallLimitsOf(item: MallItem): MallLimits {
  const { state, stock, memberMax, period, periodMax, fromMs, untilMs, sort } = item
  return mallLimitsSchema.parse({
    ...{ state, stock, memberMax },
    periodMax: period === null ? null : { period, count: periodMax },
    ...{ fromMs, untilMs, sort },
  })
}

function columnsOf({ periodMax, ...limits }: MallLimits) {
  return { ...limits, period: periodMax?.period ?? null, periodMax: periodMax?.count ?? null }
}

async function versionOf(tx: Tx, { itemId, version }: ItemVersion): Promise<MallVersion | null> {
  const [row] = await tx.rows<MallVersion>(
    'SELECT * FROM mall_version WHERE itemId = ? AND version = ?',
    [itemId, version],
  )
  return row ?? null
}

async function publish(
  tx: Tx,
  { id: itemId, version }: MallItem,
  of: MallDraft & { kept: KeptTerms; by: Publisher },
): Promise<void> {
  const { kept, limits, requestId, by } = of
  const row: MallVersion = {
    ...{ itemId, version, terms: JSON.stringify(kept), limits: JSON.stringify(limits) },
    ...{ requestId, publishedAtMs: by.nowMs, publishedBy: by.staffId },
  }
  await tx.insert('mall_version', VERSION_COLUMNS, [valuesOf(row, VERSION_COLUMNS)])
  const { gives } = kept.terms
  const storeIds = gives.kind === 'goods' ? gives.storeIds : []
  await tx.insert(
    'mall_pickup',
    PICKUP_COLUMNS,
    storeIds.map((storeId) => [itemId, version, storeId]),
  )
}
