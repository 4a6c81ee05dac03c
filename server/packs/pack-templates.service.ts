import { Injectable } from '@nestjs/common'
import {
  packLimitsSchema,
  type PackChange,
  type PackDraft,
  type PackLimits,
} from '@huike/shared/contracts/console-packs'
import { packTermsSchema, type PackTerms } from '@huike/shared/contracts/packs'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CouponTemplatesService, versionKey } from '../coupons/coupon-templates.service.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
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
/** isFresh: false where it was so before. */
export type PackSaved = { ok: true; isFresh: boolean; pack: PackTemplate } | Refusal

@Injectable()
export class PackTemplatesService {
  constructor(private readonly coupons: CouponTemplatesService) {}

  /**
   * Creates a pack, once for its request. Refuses `pack_coupon_limited`, `not_found` for a coupon
   * there is not, and `idempotency_conflict`.
   */
  async create(tx: Tx, draft: PackDraft, by: Publisher): Promise<PackSaved> {
    const { requestId: id, terms, limits } = draft
    const known = await this.lock(tx, id)
    if (known) return this.#answerAgain(tx, known, draft)
    const sold = await this.#soldTerms(tx, terms)
    if (!sold.ok) return sold
    const pack: PackTemplate = {
      id,
      version: 1,
      sold: 0,
      createdAtMs: by.nowMs,
      createdBy: by.staffId,
      ...limits,
    }
    await tx.insert('pack_template', TEMPLATE_COLUMNS, [valuesOf(pack, TEMPLATE_COLUMNS)])
    await this.#publish(tx, pack, { terms: sold.terms, by })
    return { ok: true, isFresh: true, pack }
  }

  /**
   * Changes limits, and publishes the terms as a new version where they are others. Refuses as
   * `create`, and `not_found` and `pack_changed` (somebody was first). What is asked for and is so
   * already is answered, so that it may be asked again.
   */
  async change(tx: Tx, id: string, draft: PackChange, by: Publisher): Promise<PackSaved> {
    const pack = await this.lock(tx, id)
    if (!pack) return refuse('not_found')
    const before = await this.#termsNow(tx, pack)
    if (!isBasedOn(pack, draft)) {
      const isSo = isSaid(before, draft.terms) && isLimited(pack, draft.limits)
      return isSo
        ? { ok: true, isFresh: false, pack }
        : refuse('pack_changed', '有人刚刚改过这个券包，请在最新的一版上再改')
    }
    const sold = await this.#soldTerms(tx, draft.terms)
    if (!sold.ok) return sold
    const isSame = JSON.stringify(before) === JSON.stringify(sold.terms)
    if (isSame && isLimited(pack, draft.limits)) return { ok: true, isFresh: false, pack }
    const changed = { ...pack, ...draft.limits, version: pack.version + (isSame ? 0 : 1) }
    if (!isSame) await this.#publish(tx, changed, { terms: sold.terms, by })
    await tx.updateEach('pack_template', 'id', LIMIT_COLUMNS, [
      [id, ...valuesOf(changed, LIMIT_COLUMNS)],
    ])
    return { ok: true, isFresh: true, pack: changed }
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

  async #answerAgain(tx: Tx, known: PackTemplate, draft: PackDraft): Promise<PackSaved> {
    const first = await this.#termsNow(tx, { ...known, version: 1 })
    const isSame = isSaid(first, draft.terms) && isLimited(known, draft.limits)
    return isSame
      ? { ok: true, isFresh: false, pack: known }
      : refuse('idempotency_conflict', '这个券包已经建好，和现在填的不一样：请在列表里改它')
  }

  async #termsNow(tx: Tx, { id: packId, version }: PackTemplate): Promise<SoldTerms> {
    const key = { packId, version }
    const terms = (await this.termsOf(tx, [key])).get(packKey(key))
    if (!terms) throw new Error(`pack ${packId} has no version ${String(version)}`)
    return terms
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
      const hasEnds = limits.some((limit) => limit !== null) || template.state !== 'open'
      if (hasEnds || promised?.validity.kind !== 'days') return refuse('pack_coupon_limited')
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

/** Nobody changed it since the draft was begun. */
function isBasedOn(pack: PackTemplate, { basedOnVersion, basedOnLimits }: PackChange): boolean {
  const isLimitsKept = basedOnLimits === undefined || isLimited(pack, basedOnLimits)
  return pack.version === basedOnVersion && isLimitsKept
}

function isLimited(pack: PackTemplate, limits: PackLimits): boolean {
  const said = (one: PackLimits) => JSON.stringify(packLimitsSchema.parse(one))
  return said(packLimitsOf(pack)) === said(limits)
}

/** A version says what a draft does, whichever versions of its coupons it names. */
function isSaid({ items, ...version }: SoldTerms, draft: PackTerms): boolean {
  const drafted = items.map(({ version: _version, ...item }) => item)
  const said = (terms: unknown) => JSON.stringify(packTermsSchema.parse(terms))
  return said({ ...version, items: drafted }) === said(draft)
}

/** The limits of a pack, as they are drafted. */
export function packLimitsOf(pack: PackTemplate): PackLimits {
  const { state, stock, memberMax, fromMs, untilMs } = pack
  return { state, stock, memberMax, fromMs, untilMs } as PackLimits
}
