import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { PointsCheckpointsService } from './points-checkpoints.service.js'
import { PointsExpiryService } from './points-expiry.service.js'
import { PointsHoldsService } from './points-holds.service.js'
import { PointsRulesService } from './points-rules.service.js'
import { PointsService } from './points.service.js'

@Module({
  imports: [MembersModule, PurchasesModule],
  providers: [
    PointsService,
    PointsRulesService,
    PointsExpiryService,
    PointsHoldsService,
    PointsCheckpointsService,
  ],
  exports: [PointsService, PointsRulesService, PointsHoldsService],
})
export class PointsModule {}
