import { Injectable } from '@nestjs/common'
import type { OwnReview, ReviewDraft } from '@huike/shared/contracts/reviews'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MembersService } from '../../members/members.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Tx } from '../../platform/database.js'
import { ReviewsService } from '../../reviews/reviews.service.js'

type Told = { ok: true; review: OwnReview } | Refusal

/** A shopper's own reviews. Every change is bound to the calling member, who is locked first. */
@Injectable()
export class OwnReviewsService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly reviews: ReviewsService,
    private readonly clock: Clock,
  ) {}

  /** Writes one. Refuses `member_not_found`, and as `ReviewsService.write` does. */
  write(memberId: string, purchaseId: string, draft: ReviewDraft): Promise<Told> {
    const nowMs = this.clock.nowMs()
    return this.#behindLock(memberId, (tx) =>
      this.reviews.write(tx, { memberId, purchaseId, draft, nowMs }),
    )
  }

  /** Withdraws one. Refuses `member_not_found`, and as `ReviewsService.withdraw` does. */
  withdraw(memberId: string, purchaseId: string): Promise<Told> {
    const nowMs = this.clock.nowMs()
    return this.#behindLock(memberId, (tx) =>
      this.reviews.withdraw(tx, { memberId, purchaseId, nowMs }),
    )
  }

  #behindLock(memberId: string, work: (tx: Tx) => Promise<Told>): Promise<Told> {
    return this.database.write(async (tx) => {
      const [member] = await this.members.lockPresent(tx, [memberId])
      return member ? work(tx) : refuse('member_not_found')
    })
  }
}
