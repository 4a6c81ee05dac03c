import { Injectable } from '@nestjs/common'
import { reviewUntil } from '@huike/shared/activities'
import type { ReviewTerms } from '@huike/shared/contracts/activities'
import type {
  OwnReview,
  ReviewDraft,
  ReviewState,
  ReviewVerdict,
} from '@huike/shared/contracts/reviews'
import { instantOfLocal } from '@huike/shared/local-time'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { points, type BusinessDate, type Points } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { lockAnswering } from '../members/answering.service.js'
import { isPresent } from '../members/members.service.js'
import { PersonService } from '../members/person.service.js'
import { localDate } from '../platform/clock.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { PointsActivitiesService } from '../points/points-activities.service.js'
import { PointsBook } from '../points/points-book.service.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { StoreScope } from '../stores/stores.service.js'
import type { Review } from './review.entity.js'
import { isKept, ReviewListsService } from './review-lists.service.js'
import { ReviewWords } from './review-words.js'

// Reviews. A purchase is reviewed once, by whoever it belongs to; what the rule promises at that
// moment is kept with it. Points are given when staff approve, once, and only for what was kept: a
// purchase that came back whole, or turned out to be somebody else's, gives none. A review that is
// withdrawn loses its words at once and for ever; points that were given stay, since they were given
// for the trouble of writing, and taking them back would make staying silent the safer choice.

const COLUMNS = [
  'id',
  'purchaseId',
  'memberId',
  'storeId',
  'stars',
  'textSealed',
  'state',
  'ruleVersion',
  'points',
  'givenPoints',
  'reasonSealed',
  'writtenAtMs',
  'decidedAtMs',
  'decidedBy',
  'withdrawnAtMs',
] as const satisfies (keyof Review)[]
const MONTH_CHARACTERS = 7

/** What must be known of a purchase before it is reviewed. */
export type ReviewedPurchase = Pick<
  Purchase,
  'id' | 'kind' | 'storeId' | 'memberId' | 'totalFen' | 'refundedFen' | 'occurredAtMs'
>
const PURCHASE_COLUMNS = 'id, kind, storeId, memberId, totalFen, refundedFen, occurredAtMs'

@Injectable()
export class ReviewsService {
  constructor(
    private readonly words: ReviewWords,
    private readonly lists: ReviewListsService,
    private readonly person: PersonService,
    private readonly activities: PointsActivitiesService,
  ) {}

  /** A member's review of a purchase of theirs; null where there is none and none may be written. */
  async ownOf(
    statements: Statements,
    { memberId, purchase, nowMs }: { memberId: string; purchase: ReviewedPurchase; nowMs: number },
  ): Promise<OwnReview | null> {
    const review = await reviewOf(statements, purchase.id)
    if (review !== null)
      return (await this.#isBy(statements, review, memberId)) ? this.#shown(review) : null
    const allowed = await this.#allowed(statements, { memberId, purchase, nowMs })
    if (!allowed.ok) return null
    return {
      ...{ state: 'open', points: points(allowed.terms.points), stars: null, text: null },
      ...{ reason: null, untilDate: lastDay(purchase, allowed.terms) },
    }
  }

  /**
   * Writes a review. The member must be here, and locked. Refuses `activity_off`,
   * `purchase_not_found` (it is not theirs), `review_exists` (other words) and `review_closed`. The
   * same words again are told as they stand.
   */
  async write(
    tx: Tx,
    of: { memberId: string; purchaseId: string; draft: ReviewDraft; nowMs: number },
  ): Promise<{ ok: true; review: OwnReview } | Refusal> {
    const { memberId, purchaseId, draft, nowMs } = of
    const purchase = await purchaseOf(tx, purchaseId)
    if (purchase?.memberId !== memberId) return refuse('purchase_not_found')
    const known = await reviewOf(tx, purchaseId, tx.forUpdate)
    if (known !== null) {
      const isOwn = await this.#isBy(tx, known, memberId)
      const isSame = known.stars === draft.stars && this.words.text(known) === draft.text
      if (!isOwn || !isSame) return refuse('review_exists')
      return { ok: true, review: this.#shown(known) }
    }
    const allowed = await this.#allowed(tx, { memberId, purchase, nowMs })
    if (!allowed.ok) return allowed
    const id = mintId(nowMs)
    const review: Review = {
      ...{ id, purchaseId, memberId, storeId: purchase.storeId, stars: draft.stars },
      textSealed: this.words.sealText(id, draft.text),
      state: 'waiting' satisfies ReviewState,
      ...{ ruleVersion: allowed.terms.version, points: allowed.terms.points, givenPoints: null },
      ...{ reasonSealed: null, writtenAtMs: nowMs, decidedAtMs: null, decidedBy: null },
      withdrawnAtMs: null,
    }
    await tx.insert('review', COLUMNS, [valuesOf(review, COLUMNS)])
    return { ok: true, review: this.#shown(review) }
  }

  /**
   * Withdraws a member's review: its words go. What it gave stays. The member must be here, and
   * locked. Refuses `not_found`; one that was withdrawn before is told as it stands.
   */
  async withdraw(
    tx: Tx,
    { memberId, purchaseId, nowMs }: { memberId: string; purchaseId: string; nowMs: number },
  ): Promise<{ ok: true; review: OwnReview } | Refusal> {
    const review = await reviewOf(tx, purchaseId, tx.forUpdate)
    if (review === null || !(await this.#isBy(tx, review, memberId))) return refuse('not_found')
    if (review.state !== 'withdrawn') await withdrawAll(tx, 'id', [review.id], nowMs)
    const gone = { stars: null, textSealed: null, reasonSealed: null, state: 'withdrawn' }
    return { ok: true, review: this.#shown({ ...review, ...gone }) }
  }

  /**
   * Approves or declines; an approved one gives what it was promised. `isFresh` is false where that
   * was decided before. Refuses `not_found`, and `review_decided` (the other way, or withdrawn).
   */
  async decide(
    tx: Tx,
    of: { id: string; scope: StoreScope; verdict: ReviewVerdict; staffId: string; nowMs: number },
  ): Promise<{ ok: true; isFresh: boolean; givenPoints: Points } | Refusal> {
    const { id, scope, verdict, staffId, nowMs } = of
    const seen = await this.lists.one(tx, id, scope)
    if (seen === null) return refuse('not_found')
    // The member first, as everywhere: a merge or an erasure that runs meanwhile is waited for.
    const member = await lockAnswering(tx, seen.memberId)
    const review = await reviewOf(tx, seen.purchaseId, tx.forUpdate)
    if (review === null) return refuse('not_found')
    if (review.state !== 'waiting') {
      if (review.state !== verdict.verdict) return refuse('review_decided')
      return { ok: true, isFresh: false, givenPoints: points(review.givenPoints ?? 0) }
    }
    const isApproved = verdict.verdict === 'approved'
    const givenPoints =
      isApproved && member !== null && isPresent(member)
        ? await this.#give(tx, review, { memberId: member.id, staffId, nowMs })
        : points(0)
    await tx.run(
      `UPDATE review SET state = ?, givenPoints = ?, reasonSealed = ?, decidedAtMs = ?, decidedBy = ?
       WHERE id = ?`,
      [
        verdict.verdict,
        isApproved ? givenPoints : null,
        isApproved ? null : this.words.sealReason(id, verdict.reason),
        ...[nowMs, staffId, id],
      ],
    )
    return { ok: true, isFresh: true, givenPoints }
  }

  /** Forgets what these members wrote, and what they were answered. */
  async forget(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<void> {
    await withdrawAll(tx, 'memberId', memberIds, nowMs)
  }

  /** Gives what was promised, where the purchase is still theirs and was kept; answers how much. */
  async #give(
    tx: Tx,
    review: Review,
    by: { memberId: string; staffId: string; nowMs: number },
  ): Promise<Points> {
    const { memberId, staffId, nowMs } = by
    // A refund holds the account while it takes points back: behind it, the purchase tells of it.
    const book = await PointsBook.open(tx, [memberId])
    const { purchaseId, ruleVersion } = review
    const purchase = await purchaseOf(tx, purchaseId)
    if (purchase?.memberId !== memberId || !isKept(purchase)) return points(0)
    const given = points(review.points)
    await this.activities.giveForReview(tx, book, {
      ...{ memberId, purchaseId, points: given, ruleVersion, actor: `staff:${staffId}`, nowMs },
    })
    return given
  }

  /** Whether a purchase may be reviewed now, and by which terms. */
  async #allowed(
    statements: Statements,
    of: { memberId: string; purchase: ReviewedPurchase; nowMs: number },
  ): Promise<{ ok: true; terms: ReviewTerms & { version: number } } | Refusal> {
    const { memberId, purchase, nowMs } = of
    const terms = await this.activities.reviewTerms(statements, nowMs)
    if (terms === null) return refuse('activity_off')
    if (purchase.kind !== 'sale') return refuse('review_closed')
    if (!isKept(purchase)) return refuse('review_closed', '已全额退款的消费不能评价')
    const today = localDate(nowMs, CHAIN_TIME_ZONE)
    if (today > lastDay(purchase, terms))
      return refuse('review_closed', `消费后 ${String(terms.days)} 天内可以评价，这笔已经过了`)
    if ((await this.#writtenThisMonth(statements, memberId, today)) >= terms.monthMost)
      return refuse('review_closed', `每月最多评价 ${String(terms.monthMost)} 笔，下个月再来吧`)
    return { ok: true, terms }
  }

  /** Withdrawn ones count as well, and those written under records that were merged. */
  async #writtenThisMonth(
    statements: Statements,
    memberId: string,
    today: string,
  ): Promise<number> {
    const monthStart = `${today.slice(0, MONTH_CHARACTERS)}-01T00:00:00`
    const startMs = instantOfLocal(monthStart, CHAIN_TIME_ZONE)
    if (startMs === null) throw new Error(`the month of ${today} has no beginning`)
    const ids = await this.person.idsOfPerson(statements, memberId)
    const [row] = await statements.rows<{ written: number | string }>(
      `SELECT COUNT(*) AS written FROM review WHERE memberId IN ${inList(statements)}
         AND writtenAtMs >= ?`,
      [listParameter(statements, ids), startMs],
    )
    return Number(row?.written ?? 0)
  }

  /** Whether a review was written by who answers as `memberId` now. */
  async #isBy(statements: Statements, review: Review, memberId: string): Promise<boolean> {
    if (review.memberId === memberId) return true
    const ids = await this.person.idsOfPerson(statements, memberId)
    return ids.includes(review.memberId)
  }

  #shown(review: Review): OwnReview {
    const state = review.state as ReviewState
    return {
      state,
      points: points(review.givenPoints ?? (state === 'waiting' ? review.points : 0)),
      untilDate: null,
      stars: review.stars,
      text: this.words.text(review),
      reason: this.words.reason(review),
    }
  }
}

async function reviewOf(
  statements: Statements,
  purchaseId: string,
  lock = '',
): Promise<Review | null> {
  const [row] = await statements.rows<Review>(`SELECT * FROM review WHERE purchaseId = ?${lock}`, [
    purchaseId,
  ])
  return row ?? null
}

async function purchaseOf(tx: Tx, id: string): Promise<ReviewedPurchase | null> {
  const [row] = await tx.rows<ReviewedPurchase>(
    `SELECT ${PURCHASE_COLUMNS} FROM purchase WHERE id = ?`,
    [id],
  )
  return row ?? null
}

async function withdrawAll(
  tx: Tx,
  column: 'id' | 'memberId',
  ids: readonly string[],
  nowMs: number,
): Promise<void> {
  await tx.run(
    `UPDATE review SET stars = NULL, textSealed = NULL, reasonSealed = NULL, state = 'withdrawn',
       withdrawnAtMs = ? WHERE ${column} IN ${inList(tx)} AND state <> 'withdrawn'`,
    [nowMs, listParameter(tx, ids)],
  )
}

/** By the chain's calendar: what a till prints as the day may be wrong. */
function lastDay({ occurredAtMs }: ReviewedPurchase, terms: ReviewTerms): BusinessDate {
  return reviewUntil(localDate(occurredAtMs, CHAIN_TIME_ZONE), terms) as BusinessDate
}
