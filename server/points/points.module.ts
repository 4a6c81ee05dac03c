import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { LevelPointsService } from './level-points.service.js'
import { PointsActivitiesService } from './points-activities.service.js'
import { PointsCheckpointsService } from './points-checkpoints.service.js'
import { PointsExpiryService } from './points-expiry.service.js'
import { PointsHoldsService } from './points-holds.service.js'
import { PointsJobsService } from './points-jobs.service.js'
import { PointsRulesService } from './points-rules.service.js'
import { PointsService } from './points.service.js'
import { PointsTrialsService } from './points-trials.service.js'
import { PointsVerifierService } from './points-verifier.service.js'

const services = [
  LevelPointsService,
  PointsActivitiesService,
  PointsService,
  PointsRulesService,
  PointsHoldsService,
  PointsJobsService,
  PointsVerifierService,
  PointsTrialsService,
]

@Module({
  imports: [MembersModule, PurchasesModule],
  providers: [...services, PointsExpiryService, PointsCheckpointsService],
  exports: services,
})
export class PointsModule {}
