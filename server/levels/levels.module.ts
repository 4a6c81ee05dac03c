import { Module } from '@nestjs/common'
import { GrowthBookService } from './growth-book.service.js'
import { LevelReviewService } from './level-review.service.js'
import { LevelSchemesService } from './level-schemes.service.js'
import { LevelsService } from './levels.service.js'

@Module({
  providers: [LevelSchemesService, LevelsService, GrowthBookService, LevelReviewService],
  exports: [LevelSchemesService, LevelsService],
})
export class LevelsModule {}
