import { Injectable } from '@nestjs/common'
import type {
  ReviewPage,
  ReviewQuery,
  ReviewRow,
  ReviewState,
  ReviewVerdict,
} from '@huike/shared/contracts/reviews'
import { isUlid, type MemberId, type ReviewId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { maskPhone, maskPhonesIn } from '@huike/shared/phone'
import { fen, points, type BusinessDate, type EpochMs, type Points } from '@huike/shared/quantities'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import { ReviewListsService, type ListedReview } from '../../reviews/review-lists.service.js'
import { ReviewsService } from '../../reviews/reviews.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { holdsPhone } from '../reasons.js'
import type { ActingStaff } from '../staff-caller.js'

/** Reviews as staff of a store read and decide them; phone numbers leave here masked only. */
@Injectable()
export class ReviewsPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly lists: ReviewListsService,
    private readonly reviews: ReviewsService,
    private readonly members: MembersService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /** A page of reviews from the stores of the person, newest first. */
  page(by: ActingStaff, query: ReviewQuery): Promise<ReviewPage> {
    const { state, limit, cursor = null } = query
    return this.database.read(async (rx) => {
      const rows = await this.lists.page(rx, { scope: by.storeIds, state, beforeId: cursor, limit })
      return {
        reviews: await this.#shown(rx, rows),
        nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
      }
    })
  }

  /** Approves or declines one. Refuses as `ReviewsService.decide` does. */
  async decide(
    by: ActingStaff,
    id: string,
    verdict: ReviewVerdict,
  ): Promise<{ ok: true; review: ReviewRow } | Refusal> {
    if (!isUlid(id)) return refuse('not_found')
    if (verdict.verdict === 'declined' && holdsPhone(verdict.reason))
      return refuse('input_invalid', '原因里不要写手机号')
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const scope = by.storeIds
      const decided = await this.reviews.decide(tx, { id, scope, verdict, staffId: by.id, nowMs })
      if (!decided.ok) return decided
      if (decided.isFresh)
        await this.audit.append(tx, {
          ...{ staffId: by.id, action: `review.${verdict.verdict}`, subjectId: id, atMs: nowMs },
          detail: detailOf(verdict, decided.givenPoints),
        })
      const row = await this.lists.one(tx, id, scope)
      const [review] = row === null ? [] : await this.#shown(tx, [row])
      return review ? { ok: true, review } : refuse('not_found')
    })
  }

  async #shown(statements: Statements, rows: readonly ListedReview[]): Promise<ReviewRow[]> {
    const writers = await this.members.findByIds(
      statements,
      rows.map(({ memberId }) => memberId),
    )
    const ids = [...writers.values()].map(({ id }) => id)
    const phones = await this.members.phonesOf(statements, ids)
    const names = await this.staff.namesOf(
      statements,
      rows.flatMap(({ decidedBy }) => decidedBy ?? []),
    )
    return rows.map((row) => {
      const member = writers.get(row.memberId)
      const memberId = member?.id ?? row.memberId
      const phone = phones.get(memberId)
      return {
        ...{ id: row.id as ReviewId, state: row.state as ReviewState, storeName: row.storeName },
        ...{ memberId: memberId as MemberId, memberNo: member?.memberNo ?? '' },
        phoneMasked: phone === undefined ? '' : maskPhone(phone),
        businessDate: row.businessDate as BusinessDate,
        totalFen: fen(row.totalFen),
        stars: row.stars,
        text: row.text === null ? null : maskPhonesIn(row.text),
        pointsNow: row.pointsNow,
        givenPoints: row.givenPoints === null ? null : points(row.givenPoints),
        reason: row.reason,
        writtenAtMs: row.writtenAtMs as EpochMs,
        decidedAtMs: row.decidedAtMs as EpochMs | null,
        decidedBy: names.get(row.decidedBy ?? '') ?? null,
      }
    })
  }
}

function detailOf(verdict: ReviewVerdict, givenPoints: Points): string {
  return verdict.verdict === 'approved' ? `给 ${String(givenPoints)} 分` : verdict.reason
}
