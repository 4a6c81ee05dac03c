import { Inject, Injectable } from '@nestjs/common'
import type { PosterDraft } from '@huike/shared/contracts/coupon-posters'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StoresService } from '../stores/stores.service.js'
import { CODE_COLUMNS, codeIndexOf } from './coupon-code-index.js'
import type { CouponCode } from './coupon-code.entity.js'
import type { CouponPoster } from './coupon-poster.entity.js'
import { CouponTemplatesService } from './coupon-templates.service.js'

// Posters with a code for everybody: what there is, and what each did. One is never changed, for it is
// printed; it may be stopped.

const POSTER_COLUMNS = [
  'id',
  'templateId',
  'name',
  'storeId',
  'code',
  'fromMs',
  'untilMs',
  'total',
  'taken',
  'takenByNew',
  'createdAtMs',
  'createdBy',
  'stoppedAtMs',
  'stoppedBy',
] as const satisfies (keyof CouponPoster)[]

interface Actor {
  staffId: string
  nowMs: number
}

/** isFresh: false where it was so before. */
export type PosterDone = { ok: true; poster: CouponPoster; isFresh: boolean } | Refusal

/** What became of the coupons of a poster. */
export interface PosterResult {
  used: number
  purchases: number
  /** What was kept of these purchases. */
  keptFen: number
}

@Injectable()
export class CouponPostersService {
  constructor(
    private readonly templates: CouponTemplatesService,
    private readonly stores: StoresService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes a poster, once for its request. Refuses `not_found` (no such coupon, or store),
   * `coupon_template_stopped`, `coupon_poster_over`, `coupon_poster_code_taken` and
   * `idempotency_conflict`.
   */
  async create(tx: Tx, draft: PosterDraft, by: Actor): Promise<PosterDone> {
    const { requestId: id, templateId, name, storeId, code, fromMs, untilMs, total } = draft
    const said = { templateId, name, storeId, code, fromMs, untilMs, total }
    const known = await this.#lock(tx, id)
    if (known)
      return isSame(known, said)
        ? { ok: true, poster: known, isFresh: false }
        : refuse('idempotency_conflict', '这张海报已经建好，和现在填的不一样：请在列表里看')
    const refusal = await this.#whyNot(tx, draft, by.nowMs)
    if (refusal) return refusal
    const poster: CouponPoster = {
      ...{ id, ...said, taken: 0, takenByNew: 0 },
      ...{ createdAtMs: by.nowMs, createdBy: by.staffId, stoppedAtMs: null, stoppedBy: null },
    }
    const row: CouponCode = {
      ...{ id: mintId(by.nowMs), templateId, codeIndex: this.#indexOf(code), posterId: id },
      ...{ memberId: null, couponId: null, usedAtMs: null },
      ...{ createdAtMs: by.nowMs, createdBy: by.staffId },
    }
    await tx.insert('coupon_poster', POSTER_COLUMNS, [valuesOf(poster, POSTER_COLUMNS)])
    await tx.insert('coupon_code', CODE_COLUMNS, [valuesOf(row, CODE_COLUMNS)])
    return { ok: true, poster, isFresh: true }
  }

  /** Nobody takes anything with it from now on. Refuses `not_found`. */
  async stop(tx: Tx, id: string, { staffId, nowMs }: Actor): Promise<PosterDone> {
    const poster = await this.#lock(tx, id)
    if (!poster) return refuse('not_found')
    if (poster.stoppedAtMs !== null) return { ok: true, poster, isFresh: false }
    const stopped = { ...poster, stoppedAtMs: nowMs, stoppedBy: staffId }
    await tx.run('UPDATE coupon_poster SET stoppedAtMs = ?, stoppedBy = ? WHERE id = ?', [
      nowMs,
      staffId,
      id,
    ])
    return { ok: true, poster: stopped, isFresh: true }
  }

  /** Posters by id. */
  async byIds(statements: Statements, ids: readonly string[]): Promise<CouponPoster[]> {
    if (ids.length === 0) return []
    return statements.rows<CouponPoster>(
      `SELECT * FROM coupon_poster WHERE id IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(ids)])],
    )
  }

  /** The newest first, from below `beforeId`: all, or those of some stores and of no one store. */
  async page(
    statements: Statements,
    of: { storeIds: readonly string[] | null; beforeId: string | null; limit: number },
  ): Promise<CouponPoster[]> {
    const { storeIds, beforeId, limit } = of
    const where = [
      ...(beforeId === null ? [] : ['id < ?']),
      ...(storeIds === null ? [] : [`(storeId IS NULL OR storeId IN ${inList(statements)})`]),
    ]
    return statements.rows<CouponPoster>(
      `SELECT * FROM coupon_poster ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
       ORDER BY id DESC LIMIT ${String(limit)}`,
      [
        ...(beforeId === null ? [] : [beforeId]),
        ...(storeIds === null ? [] : [listParameter(statements, storeIds)]),
      ],
    )
  }

  /** What became of the coupons of each of these; sales of all stores, or of some. */
  async resultsOf(
    statements: Statements,
    ids: readonly string[],
    storeIds: readonly string[] | null,
  ): Promise<Map<string, PosterResult>> {
    const results = new Map(ids.map((id) => [id, { used: 0, purchases: 0, keptFen: 0 }]))
    if (ids.length === 0) return results
    const list = listParameter(statements, ids)
    const used = await statements.rows<{ id: string; used: number | string }>(
      `SELECT givenById AS id, COUNT(*) AS used FROM coupon
       WHERE givenById IN ${inList(statements)} AND state = 'redeemed' GROUP BY givenById`,
      [list],
    )
    // Of a person with two records an order may take two: its sale is counted once.
    const sold = await statements.rows<
      { id: string } & Record<'purchases' | 'keptFen', number | string>
    >(
      `SELECT u.givenById AS id, COUNT(*) AS purchases, SUM(p.totalFen - p.refundedFen) AS keptFen
       FROM (SELECT DISTINCT givenById, purchaseId FROM coupon
         WHERE givenById IN ${inList(statements)} AND state = 'redeemed') u
       JOIN purchase p ON p.id = u.purchaseId
       ${storeIds === null ? '' : `WHERE p.storeId IN ${inList(statements)}`}
       GROUP BY u.givenById`,
      [list, ...(storeIds === null ? [] : [listParameter(statements, storeIds)])],
    )
    for (const row of used) Object.assign(results.get(row.id) ?? {}, { used: Number(row.used) })
    for (const row of sold)
      Object.assign(results.get(row.id) ?? {}, {
        ...{ purchases: Number(row.purchases), keptFen: Number(row.keptFen) },
      })
    return results
  }

  async #whyNot(tx: Tx, draft: PosterDraft, nowMs: number): Promise<Refusal | null> {
    const [template] = await this.templates.byIds(tx, [draft.templateId])
    if (!template) return refuse('not_found', '没有这种券')
    if (template.state !== 'open') return refuse('coupon_template_stopped')
    if (draft.storeId !== null && !(await this.stores.find(tx, draft.storeId)))
      return refuse('not_found', '没有这家门店')
    if (draft.untilMs <= nowMs) return refuse('coupon_poster_over', '结束时间已经过了，请改晚一些')
    const [code] = await tx.rows<Pick<CouponCode, 'posterId'>>(
      'SELECT posterId FROM coupon_code WHERE codeIndex = ?',
      [this.#indexOf(draft.code)],
    )
    if (!code) return null
    return code.posterId === null
      ? refuse('coupon_poster_code_taken', '这是一个已导入的券码，只能用一次，请换一个口令')
      : refuse('coupon_poster_code_taken')
  }

  async #lock(tx: Tx, id: string): Promise<CouponPoster | null> {
    const [row] = await tx.rows<CouponPoster>(
      `SELECT * FROM coupon_poster WHERE id = ?${tx.forUpdate}`,
      [id],
    )
    return row ?? null
  }

  #indexOf(code: string): string {
    return codeIndexOf(this.config.keyring, code)
  }
}

type Said = Pick<
  CouponPoster,
  'templateId' | 'name' | 'storeId' | 'code' | 'fromMs' | 'untilMs' | 'total'
>

function isSame(poster: CouponPoster, said: Said): boolean {
  return Object.entries(said).every(([field, value]) => poster[field as keyof Said] === value)
}
