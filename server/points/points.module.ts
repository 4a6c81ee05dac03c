import { Module } from '@nestjs/common'
import { PointsExpiryService } from './points-expiry.service.js'
import { PointsRulesService } from './points-rules.service.js'
import { PointsService } from './points.service.js'

@Module({
  providers: [PointsService, PointsRulesService, PointsExpiryService],
  exports: [PointsService, PointsRulesService],
})
export class PointsModule {}
