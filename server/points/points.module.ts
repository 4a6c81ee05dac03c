import { Module } from '@nestjs/common'
import { PointsCheckpointsService } from './points-checkpoints.service.js'
import { PointsExpiryService } from './points-expiry.service.js'
import { PointsRulesService } from './points-rules.service.js'
import { PointsService } from './points.service.js'

@Module({
  providers: [PointsService, PointsRulesService, PointsExpiryService, PointsCheckpointsService],
  exports: [PointsService, PointsRulesService],
})
export class PointsModule {}
