import { Module } from '@nestjs/common'
import { GrowthBookService } from './growth-book.service.js'
import { LevelReviewService } from './level-review.service.js'
import { LevelSchemesService } from './level-schemes.service.js'
import { LevelTrialsService } from './level-trials.service.js'
import { LevelsService } from './levels.service.js'

const services = [LevelSchemesService, LevelsService, LevelTrialsService]

@Module({
  providers: [...services, GrowthBookService, LevelReviewService],
  exports: services,
})
export class LevelsModule {}
