import { Injectable } from '@nestjs/common'
import type { ReviewQuery } from '@huike/shared/contracts/reviews'
import { points, type Points } from '@huike/shared/quantities'
import { MembersService } from '../members/members.service.js'
import { inList, listParameter, type Rx, type Statements } from '../platform/database.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { withinStores, type StoreScope } from '../stores/stores.service.js'
import type { Review } from './review.entity.js'
import { ReviewWords } from './review-words.js'

// Reviews as they are read: by staff, store by store, and by the member they are of.

/** A review with its words, and the purchase it is of. */
export interface ListedReview extends Review {
  text: string | null
  reason: string | null
  businessDate: string
  totalFen: number
  storeName: string
  /** What approving would give now. */
  pointsNow: Points
}

type Row = Omit<ListedReview, 'text' | 'reason' | 'pointsNow'> &
  Pick<Purchase, 'refundedFen'> & { ownerId: string | null }

@Injectable()
export class ReviewListsService {
  constructor(
    private readonly words: ReviewWords,
    private readonly members: MembersService,
  ) {}

  /** A page of reviews in one state from a scope of stores, newest first. */
  async page(
    rx: Rx,
    query: {
      scope: StoreScope
      state: ReviewQuery['state']
      beforeId: string | null
      limit: number
    },
  ): Promise<ListedReview[]> {
    const older = query.beforeId === null ? '' : ' AND r.id < ?'
    const within = withinStores(rx, 'r.storeId', query.scope)
    return this.#listed(
      rx,
      `WHERE r.state = ?${older}${within.sql} ORDER BY r.id DESC LIMIT ${String(query.limit)}`,
      [query.state, ...(query.beforeId === null ? [] : [query.beforeId]), ...within.parameters],
    )
  }

  /** One review from a scope of stores, or null. */
  async one(statements: Statements, id: string, scope: StoreScope): Promise<ListedReview | null> {
    const within = withinStores(statements, 'r.storeId', scope)
    const found = await this.#listed(statements, `WHERE r.id = ?${within.sql}`, [
      id,
      ...within.parameters,
    ])
    return found[0] ?? null
  }

  /** How many reviews these members wrote whose words are still there. */
  async countOf(statements: Statements, memberIds: readonly string[]): Promise<number> {
    const [row] = await statements.rows<{ held: number | string }>(
      `SELECT COUNT(*) AS held FROM review
       WHERE memberId IN ${inList(statements)} AND state <> 'withdrawn'`,
      [listParameter(statements, memberIds)],
    )
    return Number(row?.held ?? 0)
  }

  /** A page of what one record wrote, oldest first, for the member's own copy. */
  async writtenBy(
    rx: Rx,
    { memberId, afterId, limit }: { memberId: string; afterId: string; limit: number },
  ): Promise<ListedReview[]> {
    return this.#listed(
      rx,
      `WHERE r.memberId = ? AND r.id > ? ORDER BY r.id LIMIT ${String(limit)}`,
      [memberId, afterId],
    )
  }

  async #listed(
    statements: Statements,
    where: string,
    parameters: Parameters<Statements['rows']>[1],
  ): Promise<ListedReview[]> {
    const rows = await statements.rows<Row>(
      `SELECT r.*, p.businessDate, p.totalFen, p.refundedFen, p.memberId AS ownerId,
         s.name AS storeName
       FROM review r JOIN purchase p ON p.id = r.purchaseId JOIN store s ON s.id = r.storeId
       ${where}`,
      parameters,
    )
    const writers = await this.members.findByIds(
      statements,
      rows.map((row) => row.memberId),
    )
    return rows.map(({ ownerId, refundedFen, ...row }) => {
      const isTheirs = ownerId !== null && writers.get(row.memberId)?.id === ownerId
      const isGiving = isTheirs && isKept({ totalFen: row.totalFen, refundedFen })
      return {
        ...row,
        text: this.words.text(row),
        reason: this.words.reason(row),
        pointsNow: points(isGiving ? row.points : 0),
      }
    })
  }
}

/** Whether anything of a purchase was kept. */
export function isKept({
  totalFen,
  refundedFen,
}: Pick<Purchase, 'totalFen' | 'refundedFen'>): boolean {
  return refundedFen < totalFen
}
