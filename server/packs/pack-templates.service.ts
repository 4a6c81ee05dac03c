import { Injectable } from '@nestjs/common'
import type { PackChange, PackDraft, PackLimits } from '@huike/shared/contracts/console-packs'
import type { PackTerms } from '@huike/shared/contracts/packs'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CouponTemplatesService, versionKey } from '../coupons/coupon-templates.service.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { soldTerms, type SoldTerms } from './pack-rows.js'
import type { PackTemplate } from './pack-template.entity.js'
import type { PackVersion } from './pack-version.entity.js'

export type { SoldTerms } from './pack-rows.js'
export { whenInWords } from './pack-schedule.js'

// The packs there are. What one promises is a version that is never changed, down to the versions of
// its coupons: who bought it gets that. Its coupons have no limits of their own, for what was paid
// must be given; how many packs are sold is the pack's limit.

const TEMPLATE_COLUMNS = [
  'id',
  'state',
  'version',
  'stock',
  'memberMax',
  'sold',
  'fromMs',
  'untilMs',
  'createdAtMs',
  'createdBy',
] as const satisfies (keyof PackTemplate)[]
const LIMIT_COLUMNS = [
  'state',
  'version',
  'stock',
  'memberMax',
  'fromMs',
  'untilMs',
] as const satisfies (keyof PackTemplate)[]
const VERSION_COLUMNS = [
  'packId',
  'version',
  'terms',
  'publishedAtMs',
  'publishedBy',
] as const satisfies (keyof PackVersion)[]
/** Packs on the shelf at one time. */
const SHELF_MAX = 50

interface Publisher {
  staffId: string
  nowMs: number
}
export type PackSaved = { ok: true; pack: PackTemplate } | Refusal

@Injectable()
export class PackTemplatesService {
  constructor(private readonly coupons: CouponTemplatesService) {}

  /** Creates a pack. Refuses `pack_coupon_limited`, and `not_found` for a coupon there is not. */
  async create(tx: Tx, { terms, limits }: PackDraft, by: Publisher): Promise<PackSaved> {
    const sold = await this.#soldTerms(tx, terms)
    if (!sold.ok) return sold
    const pack: PackTemplate = {
      id: mintId(by.nowMs),
      version: 1,
      sold: 0,
      createdAtMs: by.nowMs,
      createdBy: by.staffId,
      ...limits,
    }
    await tx.insert('pack_template', TEMPLATE_COLUMNS, [valuesOf(pack, TEMPLATE_COLUMNS)])
    await this.#publish(tx, pack, { terms: sold.terms, by })
    return { ok: true, pack }
  }

  /**
   * Changes limits, and publishes the terms as a new version where they are others. Refuses as
   * `create`, and `not_found` and `pack_changed` (somebody was first).
   */
  async change(tx: Tx, id: string, draft: PackChange, by: Publisher): Promise<PackSaved> {
    const pack = await this.lock(tx, id)
    if (!pack) return refuse('not_found')
    if (pack.version !== draft.basedOnVersion) return refuse('pack_changed')
    const sold = await this.#soldTerms(tx, draft.terms)
    if (!sold.ok) return sold
    const before = (await this.termsOf(tx, [{ packId: id, version: pack.version }])).get(
      packKey({ packId: id, version: pack.version }),
    )
    const isSame = JSON.stringify(before) === JSON.stringify(sold.terms)
    const changed = { ...pack, ...draft.limits, version: pack.version + (isSame ? 0 : 1) }
    if (!isSame) await this.#publish(tx, changed, { terms: sold.terms, by })
    await tx.updateEach('pack_template', 'id', LIMIT_COLUMNS, [
      [id, ...valuesOf(changed, LIMIT_COLUMNS)],
    ])
    return { ok: true, pack: changed }
  }

  /** A pack, locked: while it is, nobody else orders one of it. */
  async lock(tx: Tx, id: string): Promise<PackTemplate | null> {
    const [row] = await tx.rows<PackTemplate>(
      `SELECT * FROM pack_template WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return row ?? null
  }

  /** Counts packs that are sold, or not after all. */
  async count(tx: Tx, id: string, by: 1 | -1): Promise<void> {
    await tx.run('UPDATE pack_template SET sold = sold + ? WHERE id = ?', [by, id])
  }

  async byId(statements: Statements, id: string): Promise<PackTemplate | null> {
    const [row] = await statements.rows<PackTemplate>('SELECT * FROM pack_template WHERE id = ?', [
      id,
    ])
    return row ?? null
  }

  /** What is for sale, the newest first. */
  shelf(statements: Statements, nowMs: number): Promise<PackTemplate[]> {
    return statements.rows<PackTemplate>(
      `SELECT * FROM pack_template
       WHERE state = 'open' AND fromMs <= ? AND (untilMs IS NULL OR untilMs > ?)
       ORDER BY id DESC LIMIT ${String(SHELF_MAX)}`,
      [nowMs, nowMs],
    )
  }

  /** A page of all packs, the newest first, from below `beforeId`. */
  page(
    statements: Statements,
    { beforeId, limit }: { beforeId: string | null; limit: number },
  ): Promise<PackTemplate[]> {
    return statements.rows<PackTemplate>(
      `SELECT * FROM pack_template ${beforeId === null ? '' : 'WHERE id < ?'}
       ORDER BY id DESC LIMIT ${String(limit)}`,
      beforeId === null ? [] : [beforeId],
    )
  }

  /** The terms of these versions, by `packKey`. */
  async termsOf(
    statements: Statements,
    keys: readonly { packId: string; version: number }[],
  ): Promise<Map<string, SoldTerms>> {
    if (keys.length === 0) return new Map()
    const rows = await statements.rows<PackVersion>(
      `SELECT * FROM pack_version WHERE packId IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(keys.map(({ packId }) => packId))])],
    )
    const wanted = new Set(keys.map(packKey))
    return new Map(
      rows
        .filter((row) => wanted.has(packKey(row)))
        .map((row) => [packKey(row), soldTerms(row.terms)]),
    )
  }

  /** The terms with the versions of coupons that are given today. */
  async #soldTerms(tx: Tx, terms: PackTerms): Promise<{ ok: true; terms: SoldTerms } | Refusal> {
    const templates = await this.coupons.byIds(
      tx,
      terms.items.map(({ templateId }) => templateId),
    )
    const keys = templates.map(({ id, version }) => ({ templateId: id, version }))
    const couponTerms = await this.coupons.termsOf(tx, keys)
    const items: SoldTerms['items'] = []
    for (const item of terms.items) {
      const template = templates.find(({ id }) => id === item.templateId)
      if (!template) return refuse('not_found')
      const { version, stock, memberMax, memberDayMax, budgetFen, usesMax } = template
      const promised = couponTerms.get(versionKey({ templateId: template.id, version }))
      const limits = [stock, memberMax, memberDayMax, budgetFen, usesMax]
      const isLimited = limits.some((limit) => limit !== null) || template.state !== 'open'
      if (isLimited || promised?.validity.kind !== 'days') return refuse('pack_coupon_limited')
      items.push({ ...item, version })
    }
    return { ok: true, terms: { ...terms, items } }
  }

  async #publish(
    tx: Tx,
    { id, version }: PackTemplate,
    { terms, by }: { terms: SoldTerms; by: Publisher },
  ): Promise<void> {
    const row: PackVersion = {
      packId: id,
      version,
      terms: JSON.stringify(terms),
      publishedAtMs: by.nowMs,
      publishedBy: by.staffId,
    }
    await tx.insert('pack_version', VERSION_COLUMNS, [valuesOf(row, VERSION_COLUMNS)])
  }
}

/** How a version is looked up in `termsOf`. */
export function packKey({ packId, version }: { packId: string; version: number }): string {
  return `${packId}|${String(version)}`
}

/** The limits of a pack, as they are drafted. */
export function packLimitsOf(pack: PackTemplate): PackLimits {
  const { state, stock, memberMax, fromMs, untilMs } = pack
  return { state, stock, memberMax, fromMs, untilMs } as PackLimits
}
