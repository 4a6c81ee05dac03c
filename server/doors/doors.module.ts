import { Module } from '@nestjs/common'
import { ConsentModule } from '../consent/consent.module.js'
import { CampaignsModule } from '../campaigns/campaigns.module.js'
import { CouponsModule } from '../coupons/coupons.module.js'
import { FlowsModule } from '../flows/flows.module.js'
import { ImportsModule } from '../imports/imports.module.js'
import { IntegrationsModule } from '../integrations/integrations.module.js'
import { LevelsModule } from '../levels/levels.module.js'
import { MembersModule } from '../members/members.module.js'
import { MessagesModule } from '../messages/messages.module.js'
import { PointsModule } from '../points/points.module.js'
import { PurchasesModule } from '../purchases/purchases.module.js'
import { QualityModule } from '../quality/quality.module.js'
import { ReportsModule } from '../reports/reports.module.js'
import { ReferralsModule } from '../referrals/referrals.module.js'
import { ReviewsModule } from '../reviews/reviews.module.js'
import { RightsModule } from '../rights/rights.module.js'
import { SegmentsModule } from '../segments/segments.module.js'
import { StaffModule } from '../staff/staff.module.js'
import { StoresModule } from '../stores/stores.module.js'
import { AgentController } from './agent/agent.controller.js'
import { AgentOfflineController } from './agent/offline.controller.js'
import { AgentPointsController } from './agent/points.controller.js'
import { AgentMembersService } from './agent/agent-members.service.js'
import { AuditController } from './console/audit.controller.js'
import { CampaignsController } from './console/campaigns.controller.js'
import { CampaignsPagesService } from './console/campaigns-pages.service.js'
import { ConsoleOfflineController } from './console/offline.controller.js'
import { CouponCodesController } from './console/coupon-codes.controller.js'
import { CouponPostersController } from './console/coupon-posters.controller.js'
import { CouponPostersPagesService } from './console/coupon-posters-pages.service.js'
import { CouponRulesController } from './console/coupon-rules.controller.js'
import { CouponRulesPagesService } from './console/coupon-rules-pages.service.js'
import { CouponsController } from './console/coupons.controller.js'
import { CouponsPagesService } from './console/coupons-pages.service.js'
import { MemberCouponsController } from './member/coupons.controller.js'
import { MemberCouponsService } from './member/member-coupons.service.js'
import { MemberOffersService } from './member/member-offers.service.js'
import { AgentCouponsController } from './agent/coupons.controller.js'
import { PickupsModule } from '../pickups/pickups.module.js'
import { PickupsController } from './console/pickups.controller.js'
import { PickupsPagesService } from './console/pickups-pages.service.js'
import { PickupViewsService } from './pickup-views.service.js'
import { AgentPickupsController } from './agent/pickups.controller.js'
import { AgentPickupsService } from './agent/agent-pickups.service.js'
import { TillPickupViewsService } from './agent/till-pickup-views.service.js'
import { MallModule } from '../mall/mall.module.js'
import { ConsoleMallController } from './console/mall.controller.js'
import { MallPagesService } from './console/mall-pages.service.js'
import { MallViewsService } from './mall-views.service.js'
import { MemberMallController } from './member/mall.controller.js'
import { MallCopyService } from './member/mall-copy.service.js'
import { MemberMallService } from './member/member-mall.service.js'
import { PacksModule } from '../packs/packs.module.js'
import { PacksController } from './console/packs.controller.js'
import { PacksPagesService } from './console/packs-pages.service.js'
import { MemberPacksController } from './member/packs.controller.js'
import { MemberPacksService } from './member/member-packs.service.js'
import { PayController } from './pay/pay.controller.js'
import { ConsoleController } from './console/console.controller.js'
import { ConsoleExportsController } from './console/exports.controller.js'
import { ImportsController } from './console/imports.controller.js'
import { IdentityController } from './console/identity.controller.js'
import { MergesPagesService } from './console/merges-pages.service.js'
import { PairsPagesService } from './console/pairs-pages.service.js'
import { ScansPagesService } from './console/scans-pages.service.js'
import { DeletionTermsService } from './deletion-terms.service.js'
import { PackContentsService } from './pack-contents.service.js'
import { PackOrdersPagesService } from './console/pack-orders-pages.service.js'
import { MemberFileService } from './console/member-file.service.js'
import { MemberTimelineService } from './console/member-timeline.service.js'
import { ConsoleMembersController } from './console/members.controller.js'
import { ConsoleMembersService } from './console/members.service.js'
import { PointsChecksPagesService } from './console/points-checks-pages.service.js'
import { PointsChecksController } from './console/points-checks.controller.js'
import { PointsReportsPagesService } from './console/points-reports-pages.service.js'
import { PointsReportsController } from './console/points-reports.controller.js'
import { LevelTrialsController } from './console/level-trials.controller.js'
import { LevelTrialsPagesService } from './console/level-trials-pages.service.js'
import { LevelsController } from './console/levels.controller.js'
import { LevelsPagesService } from './console/levels-pages.service.js'
import { PointsPagesService } from './console/points-pages.service.js'
import { PointsController } from './console/points.controller.js'
import { QualityController } from './console/quality.controller.js'
import { QualityPagesService } from './console/quality-pages.service.js'
import { ReviewsController } from './console/reviews.controller.js'
import { ReviewsPagesService } from './console/reviews-pages.service.js'
import { RetentionPagesService } from './console/retention-pages.service.js'
import { ConsoleRightsController } from './console/rights.controller.js'
import { RightsPagesService } from './console/rights-pages.service.js'
import { OwnersController } from './console/owners.controller.js'
import { OwnersPagesService } from './console/owners-pages.service.js'
import { OwnAccountController } from './console/own-account.controller.js'
import { OwnAccountService } from './console/own-account.service.js'
import { ConsoleSourcesController } from './console/sources.controller.js'
import { ConsoleSourcesService } from './console/sources.service.js'
import { SamplesController } from './console/samples.controller.js'
import { SamplesPagesService } from './console/samples-pages.service.js'
import { SettingsController } from './console/settings.controller.js'
import { StatisticsController } from './console/statistics.controller.js'
import { TeamController } from './console/team.controller.js'
import { TeamService } from './console/team.service.js'
import { VisibleMembersService } from './console/visible-members.service.js'
import { TodayService } from './console/today.service.js'
import { AccountController } from './member/account.controller.js'
import { AccountService } from './member/account.service.js'
import { CopiesController } from './member/copies.controller.js'
import { MemberCopyService } from './member/member-copy.service.js'
import { ReferralsController } from './member/referrals.controller.js'
import { ReferralPagesService } from './member/referral-pages.service.js'
import { OwnReviewsController } from './member/reviews.controller.js'
import { OwnReviewsService } from './member/reviews.service.js'
import { RightsController } from './member/rights.controller.js'
import { RightsService } from './member/rights.service.js'
import { MemberController } from './member/member.controller.js'
import { MemberPagesService } from './member/member-pages.service.js'
import { OpenMembersService } from './open/open-members.service.js'
import { OpenController } from './open/open.controller.js'
import { OpsController } from './ops/ops.controller.js'

@Module({
  imports: [
    CampaignsModule,
    ConsentModule,
    CouponsModule,
    MallModule,
    PacksModule,
    FlowsModule,
    IntegrationsModule,
    ImportsModule,
    LevelsModule,
    MembersModule,
    MessagesModule,
    PointsModule,
    PurchasesModule,
    PickupsModule,
    QualityModule,
    ReportsModule,
    ReferralsModule,
    ReviewsModule,
    RightsModule,
    SegmentsModule,
    StaffModule,
    StoresModule,
  ],
  controllers: [
    AgentController,
    AgentPointsController,
    AgentCouponsController,
    AgentPickupsController,
    AgentOfflineController,
    MemberController,
    MemberCouponsController,
    MemberMallController,
    ConsoleMallController,
    PickupsController,
    MemberPacksController,
    PayController,
    PacksController,
    AccountController,
    OwnReviewsController,
    ReferralsController,
    RightsController,
    CopiesController,
    AuditController,
    CampaignsController,
    CouponCodesController,
    CouponPostersController,
    CouponRulesController,
    CouponsController,
    ConsoleOfflineController,
    IdentityController,
    ConsoleController,
    OwnAccountController,
    OwnersController,
    LevelTrialsController,
    LevelsController,
    PointsController,
    PointsChecksController,
    PointsReportsController,
    SettingsController,
    ConsoleExportsController,
    ImportsController,
    ConsoleMembersController,
    ConsoleRightsController,
    ConsoleSourcesController,
    ReviewsController,
    QualityController,
    SamplesController,
    StatisticsController,
    TeamController,
    OpenController,
    OpsController,
  ],
  providers: [
    AccountService,
    AgentMembersService,
    AgentPickupsService,
    TillPickupViewsService,
    CampaignsPagesService,
    CouponPostersPagesService,
    CouponRulesPagesService,
    CouponsPagesService,
    MemberCouponsService,
    MallCopyService,
    MallPagesService,
    MallViewsService,
    PickupsPagesService,
    PickupViewsService,
    MemberMallService,
    MemberOffersService,
    MemberPacksService,
    PackContentsService,
    PackOrdersPagesService,
    PacksPagesService,
    VisibleMembersService,
    ConsoleMembersService,
    ConsoleSourcesService,
    DeletionTermsService,
    OwnersPagesService,
    MemberFileService,
    MemberTimelineService,
    MemberPagesService,
    MergesPagesService,
    PairsPagesService,
    ScansPagesService,
    OpenMembersService,
    LevelTrialsPagesService,
    LevelsPagesService,
    PointsPagesService,
    PointsChecksPagesService,
    PointsReportsPagesService,
    QualityPagesService,
    SamplesPagesService,
    RightsPagesService,
    RetentionPagesService,
    ReviewsPagesService,
    RightsService,
    MemberCopyService,
    OwnAccountService,
    OwnReviewsService,
    ReferralPagesService,
    TeamService,
    TodayService,
  ],
})
export class DoorsModule {}
