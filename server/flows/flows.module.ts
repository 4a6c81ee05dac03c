import { Module } from '@nestjs/common'
import { ConsentModule } from '../consent/consent.module.js'
import { CouponsModule } from '../coupons/coupons.module.js'
import { ImportsModule } from '../imports/imports.module.js'
import { IntegrationsModule } from '../integrations/integrations.module.js'
import { LevelsModule } from '../levels/levels.module.js'
import { MembersModule } from '../members/members.module.js'
import { MessagesModule } from '../messages/messages.module.js'
import { MallModule } from '../mall/mall.module.js'
import { PacksModule } from '../packs/packs.module.js'
import { PickupsModule } from '../pickups/pickups.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { QualityModule } from '../quality/quality.module.js'
import { ReferralsModule } from '../referrals/referrals.module.js'
import { ReviewsModule } from '../reviews/reviews.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { SegmentsModule } from '../segments/segments.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { AllowOfflineService } from './allow-offline.service.js'
import { AskDeletionService } from './ask-deletion.service.js'
import { BirthdayCouponsService } from './birthday-coupons.service.js'
import { ClaimForPurchaseService } from './claim-for-purchase.service.js'
import { CouponOccasionsService } from './coupon-occasions.service.js'
import { ExpiryNoticesService } from './expiry-notices.service.js'
import { ErasureWorkerService } from './erasure-worker.service.js'
import { ErasureService } from './erasure.service.js'
import { GiveByRuleService } from './give-by-rule.service.js'
import { GiveForPurchasesService } from './give-for-purchases.service.js'
import { LevelNoticesService } from './level-notices.service.js'
import { MergeFoundPairsService } from './merge-found-pairs.service.js'
import { HandOverMembersService } from './hand-over-members.service.js'
import { MergeMembersService } from './merge-members.service.js'
import { MergeWork } from './merge-work.js'
import { ProvenPersonService } from './proven-person.service.js'
import { RetentionWorkerService } from './retention-worker.service.js'
import { RunImportsService } from './run-imports.service.js'
import { SettlePickupsService } from './settle-pickups.service.js'
import { SettleRefundsService } from './settle-refunds.service.js'
import { SignInService } from './sign-in.service.js'
import { SpendCouponsService } from './spend-coupons.service.js'
import { SpendPointsService } from './spend-points.service.js'
import { StitchPurchasesService } from './stitch-purchases.service.js'
import { TakeEventsService } from './take-events.service.js'
import { TakeOrdersService } from './take-orders.service.js'
import { UndoMergeWork } from './undo-merge-work.js'

const SERVICES = [
  TakeEventsService,
  TakeOrdersService,
  SignInService,
  SpendPointsService,
  SpendCouponsService,
  ClaimForPurchaseService,
  AllowOfflineService,
  SettleRefundsService,
  RunImportsService,
  AskDeletionService,
  ErasureWorkerService,
  RetentionWorkerService,
  HandOverMembersService,
  BirthdayCouponsService,
  ExpiryNoticesService,
  MergeMembersService,
  MergeFoundPairsService,
]

@Module({
  imports: [
    StoresModule,
    StaffModule,
    IntegrationsModule,
    ImportsModule,
    LevelsModule,
    MembersModule,
    ConsentModule,
    CouponsModule,
    RightsModule,
    MessagesModule,
    MallModule,
    PacksModule,
    PurchasesModule,
    PickupsModule,
    PointsModule,
    ReferralsModule,
    ReviewsModule,
    QualityModule,
    SegmentsModule,
    StaffModule,
  ],
  providers: [
    ...SERVICES,
    CouponOccasionsService,
    ErasureService,
    GiveByRuleService,
    GiveForPurchasesService,
    LevelNoticesService,
    MergeWork,
    ProvenPersonService,
    SettlePickupsService,
    StitchPurchasesService,
    UndoMergeWork,
  ],
  exports: SERVICES,
})
export class FlowsModule {}
