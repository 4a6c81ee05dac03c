import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { PointsModule } from '../points/points.module.js'
import { ReferralBondsService } from './referral-bonds.service.js'
import { ReferralMergesService } from './referral-merges.service.js'
import { ReferralsWorkerService } from './referrals-worker.service.js'
import { ReferralsService } from './referrals.service.js'

const SERVICES = [ReferralsService, ReferralBondsService, ReferralMergesService]

@Module({
  imports: [MembersModule, PointsModule],
  providers: [...SERVICES, ReferralsWorkerService],
  exports: [...SERVICES, ReferralsWorkerService],
})
export class ReferralsModule {}
