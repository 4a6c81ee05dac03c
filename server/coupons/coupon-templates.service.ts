import { Injectable } from '@nestjs/common'
import {
  templateLimitsSchema,
  type TemplateChange,
  type TemplateDraft,
  type TemplateLimits,
} from '@huike/shared/contracts/console-coupons'
import { couponTermsSchema, type CouponTerms } from '@huike/shared/contracts/coupons'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import type { CouponTemplateVersion } from './coupon-template-version.entity.js'
import type { CouponTemplate } from './coupon-template.entity.js'

// The kinds of coupons there are. What one promises is a version that is never changed: who holds a
// coupon keeps the terms it was given on. Limits and the state are of the template as a whole.

const TEMPLATE_COLUMNS = [
  'id',
  'state',
  'version',
  'stock',
  'issued',
  'memberMax',
  'memberDayMax',
  'counterDayMax',
  'budgetFen',
  'usesMax',
  'spentFen',
  'uses',
  'claimFromMs',
  'claimUntilMs',
  'createdAtMs',
  'createdBy',
] as const satisfies (keyof CouponTemplate)[]
const LIMIT_COLUMNS = [
  'state',
  'version',
  'stock',
  'memberMax',
  'memberDayMax',
  'counterDayMax',
  'budgetFen',
  'usesMax',
  'claimFromMs',
  'claimUntilMs',
] as const satisfies (keyof CouponTemplate)[]
const VERSION_COLUMNS = [
  'templateId',
  'version',
  'terms',
  'publishedAtMs',
  'publishedBy',
] as const satisfies (keyof CouponTemplateVersion)[]

const WITHIN_BUDGET = `
  AND (usesMax IS NULL OR uses + ? <= usesMax) AND (budgetFen IS NULL OR spentFen + ? <= budgetFen)`

/** Coupons of a template that are used, or given back. */
export interface TemplateUse {
  templateId: string
  uses: number
  spentFen: number
  /** Counted whatever the limits: it was given back, or taken off already. */
  isOwed: boolean
}

/** isFresh: false where an earlier request made it. */
export type TemplateMade = { ok: true; isFresh: boolean; template: CouponTemplate } | Refusal

/** Names a version of a template. */
export interface VersionKey {
  templateId: string
  version: number
}

@Injectable()
export class CouponTemplatesService {
  /** Terms by version: a version never changes. */
  readonly #read = new Map<string, CouponTerms>()

  /** Creates a template with its first version, once for its request. Refuses `idempotency_conflict`. */
  async create(
    tx: Tx,
    draft: TemplateDraft,
    by: { staffId: string; nowMs: number },
  ): Promise<TemplateMade> {
    const { requestId: id, terms, limits } = draft
    const known = await this.lock(tx, id)
    if (known) return this.#answerAgain(tx, known, draft)
    const template: CouponTemplate = {
      id,
      version: 1,
      issued: 0,
      spentFen: 0,
      uses: 0,
      createdAtMs: by.nowMs,
      createdBy: by.staffId,
      ...limits,
    }
    await tx.insert('coupon_template', TEMPLATE_COLUMNS, [valuesOf(template, TEMPLATE_COLUMNS)])
    await this.#publish(tx, template, terms, by)
    return { ok: true, isFresh: true, template }
  }

  /**
   * Changes limits, and publishes the terms as a new version where they are others. What was given
   * before keeps its own. Refuses `not_found` and `coupon_template_changed` (somebody was first).
   */
  async change(
    tx: Tx,
    id: string,
    draft: TemplateChange,
    by: { staffId: string; nowMs: number },
  ): Promise<{ ok: true; template: CouponTemplate } | Refusal> {
    const template = await this.lock(tx, id)
    if (!template) return refuse('not_found')
    if (!isBasedOn(template, draft)) return refuse('coupon_template_changed')
    const before = (await this.termsOf(tx, [{ templateId: id, version: template.version }])).get(
      versionKey({ templateId: id, version: template.version }),
    )
    const isSame = JSON.stringify(before) === JSON.stringify(draft.terms)
    const changed = { ...template, ...draft.limits, version: template.version + (isSame ? 0 : 1) }
    if (!isSame) await this.#publish(tx, changed, draft.terms, by)
    await tx.updateEach('coupon_template', 'id', LIMIT_COLUMNS, [
      [id, ...valuesOf(changed, LIMIT_COLUMNS)],
    ])
    return { ok: true, template: changed }
  }

  /** A template, locked: while it is, nobody else gives coupons of it. */
  async lock(tx: Tx, id: string): Promise<CouponTemplate | null> {
    const [row] = await tx.rows<CouponTemplate>(
      `SELECT * FROM coupon_template WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return row ?? null
  }

  /**
   * Counts uses, and what they take off; false where that would be more than a template allows.
   * Templates are held from here to the end of the transaction.
   */
  async count(tx: Tx, uses: readonly TemplateUse[]): Promise<boolean> {
    const sums = new Map<string, Omit<TemplateUse, 'templateId'>>()
    for (const { templateId, ...more } of uses) {
      const sum = sums.get(templateId) ?? { uses: 0, spentFen: 0, isOwed: true }
      sums.set(templateId, {
        uses: sum.uses + more.uses,
        spentFen: sum.spentFen + more.spentFen,
        isOwed: sum.isOwed && more.isOwed,
      })
    }
    let isWithin = true
    for (const [id, more] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (more.uses === 0 && more.spentFen === 0) continue
      const isFree = more.isOwed || (more.uses <= 0 && more.spentFen <= 0)
      const counted = await tx.run(
        `UPDATE coupon_template SET uses = uses + ?, spentFen = spentFen + ?
         WHERE id = ?${isFree ? '' : WITHIN_BUDGET}`,
        isFree
          ? [more.uses, more.spentFen, id]
          : [more.uses, more.spentFen, id, more.uses, more.spentFen],
      )
      isWithin &&= counted === 1
    }
    return isWithin
  }

  /** Templates by id. */
  async byIds(statements: Statements, ids: readonly string[]): Promise<CouponTemplate[]> {
    if (ids.length === 0) return []
    return statements.rows<CouponTemplate>(
      `SELECT * FROM coupon_template WHERE id IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(ids)])],
    )
  }

  /** A page of all templates, the newest first, from below `beforeId`. */
  async page(
    statements: Statements,
    { beforeId, limit }: { beforeId: string | null; limit: number },
  ): Promise<CouponTemplate[]> {
    return statements.rows<CouponTemplate>(
      `SELECT * FROM coupon_template ${beforeId === null ? '' : 'WHERE id < ?'}
       ORDER BY id DESC LIMIT ${String(limit)}`,
      beforeId === null ? [] : [beforeId],
    )
  }

  /** The terms of these versions, by `versionKey`. */
  async termsOf(
    statements: Statements,
    keys: readonly VersionKey[],
  ): Promise<Map<string, CouponTerms>> {
    const missing = keys.filter((key) => !this.#read.has(versionKey(key)))
    if (missing.length > 0) {
      const rows = await statements.rows<CouponTemplateVersion>(
        `SELECT * FROM coupon_template_version WHERE templateId IN ${inList(statements)}`,
        [listParameter(statements, [...new Set(missing.map(({ templateId }) => templateId))])],
      )
      for (const row of rows)
        this.#read.set(versionKey(row), couponTermsSchema.parse(JSON.parse(row.terms)))
    }
    return new Map(
      keys.flatMap((key) => {
        const terms = this.#read.get(versionKey(key))
        return terms ? [[versionKey(key), terms] as const] : []
      }),
    )
  }

  async #answerAgain(tx: Tx, known: CouponTemplate, draft: TemplateDraft): Promise<TemplateMade> {
    const first = { templateId: known.id, version: 1 }
    const terms = (await this.termsOf(tx, [first])).get(versionKey(first))
    const isSame =
      JSON.stringify(terms) === JSON.stringify(draft.terms) && isLimited(known, draft.limits)
    return isSame
      ? { ok: true, isFresh: false, template: known }
      : refuse('idempotency_conflict', '这种券已经建好，和现在填的不一样：请在列表里改它')
  }

  async #publish(
    tx: Tx,
    { id, version }: Pick<CouponTemplate, 'id' | 'version'>,
    terms: CouponTerms,
    { staffId, nowMs }: { staffId: string; nowMs: number },
  ): Promise<void> {
    const row: CouponTemplateVersion = {
      templateId: id,
      version,
      terms: JSON.stringify(terms),
      publishedAtMs: nowMs,
      publishedBy: staffId,
    }
    await tx.insert('coupon_template_version', VERSION_COLUMNS, [valuesOf(row, VERSION_COLUMNS)])
  }
}

/** Nobody changed it since the draft was begun. */
function isBasedOn(
  template: CouponTemplate,
  { basedOnVersion, basedOnLimits = limitsOf(template) }: TemplateChange,
): boolean {
  return template.version === basedOnVersion && isLimited(template, basedOnLimits)
}

function isLimited(template: CouponTemplate, limits: TemplateLimits): boolean {
  const said = (one: TemplateLimits) => JSON.stringify(templateLimitsSchema.parse(one))
  return said(limitsOf(template)) === said(limits)
}

/** How a version is looked up in `termsOf`. */
export function versionKey({ templateId, version }: VersionKey): string {
  return `${templateId}|${String(version)}`
}

/** The limits of a template, as they are drafted. */
export function limitsOf(template: CouponTemplate): TemplateLimits {
  const { state, stock, memberMax, memberDayMax, counterDayMax, budgetFen, usesMax } = template
  const { claimFromMs, claimUntilMs } = template
  return {
    state: state as TemplateLimits['state'],
    ...{ stock, memberMax, memberDayMax, counterDayMax, usesMax },
    budgetFen: budgetFen as TemplateLimits['budgetFen'],
    claimFromMs: claimFromMs as TemplateLimits['claimFromMs'],
    claimUntilMs: claimUntilMs as TemplateLimits['claimUntilMs'],
  }
}
