import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  reviewPageSchema,
  reviewQuerySchema,
  reviewRowSchema,
  reviewVerdictSchema,
  type ReviewPage,
  type ReviewQuery,
  type ReviewRow,
  type ReviewVerdict,
} from '@huike/shared/contracts/reviews'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { ReviewsPagesService } from './reviews-pages.service.js'

/** What shoppers said of their purchases: people's own words, for those who decide about them. */
@ApiTags('console')
@ApiBearerAuth()
@UseGuards(StaffGuard('members.view', 'parked.settle'))
@Controller('console/v1/reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsPagesService) {}

  @Get()
  @Answers(reviewPageSchema)
  page(
    @CallingStaff() by: ActingStaff,
    @Query({ schema: reviewQuerySchema }) query: ReviewQuery,
  ): Promise<ReviewPage> {
    return this.reviews.page(by, query)
  }

  /** Approves, which gives the points once, or declines. */
  @Post(':id/decide')
  @Answers(reviewRowSchema)
  async decide(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: reviewVerdictSchema }) verdict: ReviewVerdict,
  ): Promise<ReviewRow> {
    const decided = await this.reviews.decide(by, id, verdict)
    return decided.ok ? decided.review : raise(decided)
  }
}
