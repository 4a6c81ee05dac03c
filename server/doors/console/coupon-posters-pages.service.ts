import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type {
  CouponPosterView,
  PosterDraft,
  PostersPage,
} from '@huike/shared/contracts/coupon-posters'
import { couponHeadline } from '@huike/shared/coupon-words'
import { isUlid, type CouponPosterId, type CouponTemplateId, type StoreId } from '@huike/shared/ids'
import type { Refusal } from '@huike/shared/outcomes'
import { epochMs, fen } from '@huike/shared/quantities'
import type { CouponPoster } from '../../coupons/coupon-poster.entity.js'
import { CouponPostersService, type PosterDone } from '../../coupons/coupon-posters.service.js'
import { CouponTemplatesService, versionKey } from '../../coupons/coupon-templates.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import type { ActingStaff } from '../staff-caller.js'

/** Two requests may meet at a key; the later then finds what the earlier wrote. */
const RACES_MAX = 3

type PosterAnswer = { ok: true; poster: CouponPosterView } | Refusal

/** Codes on posters, as the console shows, makes and stops them. */
@Injectable()
export class CouponPostersPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly posters: CouponPostersService,
    private readonly templates: CouponTemplatesService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  page(by: ActingStaff, { cursor, limit }: PageQuery): Promise<PostersPage> {
    if (cursor !== undefined && !isUlid(cursor)) throw new ProblemError('input_invalid', 'cursor')
    return this.database.read(async (rx) => {
      const of = { storeIds: by.storeIds, beforeId: cursor ?? null, limit: limit + 1 }
      const rows = await this.posters.page(rx, of)
      const shown = rows.slice(0, limit)
      return {
        posters: await this.#views(rx, by, shown),
        nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
      }
    })
  }

  /** Refuses as `CouponPostersService.create` does. */
  async create(by: ActingStaff, draft: PosterDraft): Promise<PosterAnswer> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.#write(by, 'coupon.poster_created', (tx, nowMs) =>
          this.posters.create(tx, draft, { staffId: by.id, nowMs }),
        )
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** Refuses as `CouponPostersService.stop` does. */
  stop(by: ActingStaff, id: string): Promise<PosterAnswer> {
    return this.#write(by, 'coupon.poster_stopped', (tx, nowMs) =>
      this.posters.stop(tx, id, { staffId: by.id, nowMs }),
    )
  }

  /** Counting what became of its coupons may take long: that is done once it is written. */
  async #write(
    by: ActingStaff,
    action: 'coupon.poster_created' | 'coupon.poster_stopped',
    work: (tx: Tx, nowMs: number) => Promise<PosterDone>,
  ): Promise<PosterAnswer> {
    const nowMs = this.clock.nowMs()
    const done = await this.database.write(async (tx) => {
      const written = await work(tx, nowMs)
      if (!written.ok) return written
      const { id, name, code } = written.poster
      if (written.isFresh)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action, subjectId: id },
          ...{ detail: `${name}，口令 ${code}`, atMs: nowMs },
        })
      return written
    })
    if (!done.ok) return done
    const [poster] = await this.database.read((rx) => this.#views(rx, by, [done.poster]))
    if (!poster) throw new Error(`poster ${done.poster.id} has no coupon`)
    return { ok: true, poster }
  }

  async #views(
    statements: Statements,
    by: ActingStaff,
    posters: readonly CouponPoster[],
  ): Promise<CouponPosterView[]> {
    const ids = posters.map(({ id }) => id)
    const results = await this.posters.resultsOf(statements, ids, by.storeIds)
    const templates = await this.templates.byIds(
      statements,
      posters.map(({ templateId }) => templateId),
    )
    const keys = templates.map(({ id, version }) => ({ templateId: id, version }))
    const termsOf = await this.templates.termsOf(statements, keys)
    const versions = new Map(keys.map((key) => [key.templateId, versionKey(key)]))
    const names = await this.staff.namesOf(
      statements,
      posters.flatMap(({ createdBy, stoppedBy }) =>
        stoppedBy === null ? [createdBy] : [createdBy, stoppedBy],
      ),
    )
    return posters.flatMap((poster): CouponPosterView[] => {
      const terms = termsOf.get(versions.get(poster.templateId) ?? '')
      if (!terms) return []
      const { name, code, total, taken, takenByNew, stoppedAtMs, stoppedBy } = poster
      const result = results.get(poster.id)
      return [
        {
          id: poster.id as CouponPosterId,
          templateId: poster.templateId as CouponTemplateId,
          storeId: poster.storeId as StoreId | null,
          ...{ name, code, total, taken, takenByNew },
          ...{ couponName: terms.name, headline: couponHeadline(terms) },
          ...{ fromMs: epochMs(poster.fromMs), untilMs: epochMs(poster.untilMs) },
          state: stateOf(poster, this.clock.nowMs()),
          used: result?.used ?? 0,
          sales: { purchases: result?.purchases ?? 0, totalFen: fen(result?.keptFen ?? 0) },
          createdAtMs: epochMs(poster.createdAtMs),
          createdBy: names.get(poster.createdBy) ?? '',
          stopped:
            stoppedAtMs === null
              ? null
              : { atMs: epochMs(stoppedAtMs), by: names.get(stoppedBy ?? '') ?? '' },
        },
      ]
    })
  }
}

function stateOf(poster: CouponPoster, nowMs: number): CouponPosterView['state'] {
  const { stoppedAtMs, fromMs, untilMs, total, taken } = poster
  if (stoppedAtMs !== null) return 'stopped'
  if (nowMs >= untilMs) return 'over'
  if (total !== null && taken >= total) return 'empty'
  return nowMs < fromMs ? 'early' : 'open'
}
