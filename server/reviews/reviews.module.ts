import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { ReviewListsService } from './review-lists.service.js'
import { ReviewWords } from './review-words.js'
import { ReviewsService } from './reviews.service.js'

@Module({
  imports: [MembersModule, PointsModule],
  providers: [ReviewWords, ReviewListsService, ReviewsService],
  exports: [ReviewListsService, ReviewsService],
})
export class ReviewsModule {}
