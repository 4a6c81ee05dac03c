import { Body, Controller, Delete, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  ownReviewSchema,
  reviewDraftSchema,
  type OwnReview,
  type ReviewDraft,
} from '@huike/shared/contracts/reviews'
import { isUlid } from '@huike/shared/ids'
import { ProblemError, raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingMember, MemberGuard } from '../caller.js'
import { OwnReviewsService } from './reviews.service.js'

/** What a shopper says of a purchase of theirs. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1/purchases/:id/review')
export class OwnReviewsController {
  constructor(private readonly reviews: OwnReviewsService) {}

  /** Once for a purchase. */
  @Post()
  @Answers(ownReviewSchema)
  async write(
    @CallingMember() memberId: string,
    @Param('id') id: string,
    @Body({ schema: reviewDraftSchema }) draft: ReviewDraft,
  ): Promise<OwnReview> {
    if (!isUlid(id)) throw new ProblemError('purchase_not_found')
    const written = await this.reviews.write(memberId, id, draft)
    return written.ok ? written.review : raise(written)
  }

  /** Its words go, and do not come back. */
  @Delete()
  @Answers(ownReviewSchema)
  async withdraw(@CallingMember() memberId: string, @Param('id') id: string): Promise<OwnReview> {
    if (!isUlid(id)) throw new ProblemError('not_found')
    const withdrawn = await this.reviews.withdraw(memberId, id)
    return withdrawn.ok ? withdrawn.review : raise(withdrawn)
  }
}
