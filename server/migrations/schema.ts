import { Campaign } from '../campaigns/campaign.entity.js'
import { ConsentState } from '../consent/consent-state.entity.js'
import { Consent } from '../consent/consent.entity.js'
import { CounterGift } from '../coupons/counter-gift.entity.js'
import { CouponCodeTry } from '../coupons/coupon-code-try.entity.js'
import { CouponCode } from '../coupons/coupon-code.entity.js'
import { CouponPoster } from '../coupons/coupon-poster.entity.js'
import { CouponReservation } from '../coupons/coupon-reservation.entity.js'
import { OfflineAllowance } from '../coupons/offline-allowance.entity.js'
import { OfflineFinding } from '../coupons/offline-finding.entity.js'
import { CouponRuleAward } from '../coupons/coupon-rule-award.entity.js'
import { CouponRuleVersion } from '../coupons/coupon-rule-version.entity.js'
import { CouponRule } from '../coupons/coupon-rule.entity.js'
import { CouponStep } from '../coupons/coupon-step.entity.js'
import { CouponTemplateVersion } from '../coupons/coupon-template-version.entity.js'
import { CouponTemplate } from '../coupons/coupon-template.entity.js'
import { Coupon } from '../coupons/coupon.entity.js'
import { ImportJob } from '../imports/import-job.entity.js'
import { ImportRejection } from '../imports/import-rejection.entity.js'
import { ImportTemplateRow } from '../imports/import-template.entity.js'
import { ApiKey } from '../integrations/api-key.entity.js'
import { IdempotencyRecord } from '../integrations/idempotency-record.entity.js'
import { WebhookDelivery } from '../integrations/webhook-delivery.entity.js'
import { WebhookSubscription } from '../integrations/webhook-subscription.entity.js'
import { GrowthAccount } from '../levels/growth-account.entity.js'
import { GrowthEntry } from '../levels/growth-entry.entity.js'
import { LevelChange } from '../levels/level-change.entity.js'
import { LevelSchemeRow } from '../levels/level-scheme.entity.js'
import { DuplicatePair } from '../members/duplicate-pair.entity.js'
import { Identity } from '../members/identity.entity.js'
import { MatchingChange } from '../members/matching-change.entity.js'
import { MatchingKey } from '../members/matching-key.entity.js'
import { MatchingRun } from '../members/matching-run.entity.js'
import { MemberMergeStep } from '../members/member-merge-step.entity.js'
import { MemberMerge } from '../members/member-merge.entity.js'
import { MemberProfile } from '../members/member-profile.entity.js'
import { MemberSession } from '../members/member-session.entity.js'
import { Member } from '../members/member.entity.js'
import { ExpiryNotice } from '../messages/expiry-notice.entity.js'
import { MessageContent } from '../messages/message-content.entity.js'
import { Message } from '../messages/message.entity.js'
import { SubscriptionBalance } from '../messages/subscription-balance.entity.js'
import { SubscriptionEntry } from '../messages/subscription-entry.entity.js'
import { PackGrant } from '../packs/pack-grant.entity.js'
import { PackOrder } from '../packs/pack-order.entity.js'
import { PackRefund } from '../packs/pack-refund.entity.js'
import { PackTemplate } from '../packs/pack-template.entity.js'
import { PackVersion } from '../packs/pack-version.entity.js'
import { PayBill } from '../packs/pay-bill.entity.js'
import { PayFinding } from '../packs/pay-finding.entity.js'
import { PayNoticeRow } from '../packs/pay-notice.entity.js'
import { MallExchange } from '../mall/mall-exchange.entity.js'
import { MallItem } from '../mall/mall-item.entity.js'
import { MallPickup } from '../mall/mall-pickup.entity.js'
import { MallVersion } from '../mall/mall-version.entity.js'
import type { Migrations } from '../platform/database.typeorm.js'
import { EventDelivery } from '../platform/event-delivery.entity.js'
import { EventLog } from '../platform/event-log.entity.js'
import { KeyRotation } from '../platform/key-rotation.entity.js'
import { KeyServer } from '../platform/key-server.entity.js'
import { SealingKey } from '../platform/sealing-key.entity.js'
import { PointsAccount } from '../points/points-account.entity.js'
import { PointsActivityRule } from '../points/points-activity-rule.entity.js'
import { PointsActivity } from '../points/points-activity.entity.js'
import { PointsCheckpointHead } from '../points/points-checkpoint-head.entity.js'
import { PointsCheckpoint } from '../points/points-checkpoint.entity.js'
import { PointsHold } from '../points/points-hold.entity.js'
import { PointsJob } from '../points/points-job.entity.js'
import { PointsLotUse } from '../points/points-lot-use.entity.js'
import { PointsLot } from '../points/points-lot.entity.js'
import { PointsRule } from '../points/points-rule.entity.js'
import { PointsTransfer } from '../points/points-transfer.entity.js'
import { OrderPickup } from '../pickups/order-pickup.entity.js'
import { OnlineOrder } from '../purchases/online-order.entity.js'
import { PurchaseLine } from '../purchases/purchase-line.entity.js'
import { PurchasePayment } from '../purchases/purchase-payment.entity.js'
import { Purchase } from '../purchases/purchase.entity.js'
import { StrayPurchase } from '../purchases/stray-purchase.entity.js'
import { QualityFigure } from '../quality/quality-figure.entity.js'
import { QualityIssue } from '../quality/quality-issue.entity.js'
import { QualityRun } from '../quality/quality-run.entity.js'
import { QualitySampleItem } from '../quality/quality-sample-item.entity.js'
import { QualitySample } from '../quality/quality-sample.entity.js'
import { ReferralCode } from '../referrals/referral-code.entity.js'
import { ReferralMark } from '../referrals/referral-mark.entity.js'
import { Referral } from '../referrals/referral.entity.js'
import { CashierDay } from '../reports/cashier-day.entity.js'
import { ExportJob } from '../reports/export-job.entity.js'
import { StoreDay } from '../reports/store-day.entity.js'
import { Review } from '../reviews/review.entity.js'
import { DeletionRequest } from '../rights/deletion-request.entity.js'
import { ErasedMember } from '../rights/erased-member.entity.js'
import { MemberCopy } from '../rights/member-copy.entity.js'
import { RetentionRule } from '../rights/retention-rule.entity.js'
import { RetentionRun } from '../rights/retention-run.entity.js'
import { MemberStat } from '../segments/member-stat.entity.js'
import { MemberStore } from '../segments/member-store.entity.js'
import { SignInAttempt } from '../staff/sign-in-attempt.entity.js'
import { StaffAuditHead } from '../staff/staff-audit-head.entity.js'
import { StaffAudit } from '../staff/staff-audit.entity.js'
import { StaffHandover } from '../staff/staff-handover.entity.js'
import { StaffRecoveryCode } from '../staff/staff-recovery-code.entity.js'
import { StaffSession } from '../staff/staff-session.entity.js'
import { StaffStore } from '../staff/staff-store.entity.js'
import { StaffTotp } from '../staff/staff-totp.entity.js'
import { Staff } from '../staff/staff.entity.js'
import { AgentEvent } from '../stores/agent-event.entity.js'
import { ChainSetting } from '../stores/chain-setting.entity.js'
import { EnrolmentCode } from '../stores/enrolment-code.entity.js'
import { ParkedEvent } from '../stores/parked-event.entity.js'
import { Store } from '../stores/store.entity.js'
import { TerminalSource } from '../stores/terminal-source.entity.js'
import { Terminal } from '../stores/terminal.entity.js'
import { firstTables } from './0001-first-tables.js'
import { openTables } from './0002-open-tables.js'
import { sourceTables } from './0003-source-tables.js'
import { peopleTables } from './0004-people-tables.js'
import { matchingTables } from './0005-matching-tables.js'
import { mergeTables } from './0006-merge-tables.js'
import { importTables } from './0007-import-tables.js'
import { accessTables } from './0008-access-tables.js'
import { rightsTables } from './0009-rights-tables.js'
import { keyTables } from './0010-key-tables.js'
import { qualityTables } from './0011-quality-tables.js'
import { resolutionTables } from './0012-resolution-tables.js'
import { changeTables } from './0013-change-tables.js'
import { ownerTables } from './0014-owner-tables.js'
import { pairQueueIndexes } from './0015-pair-queue-indexes.js'
import { lotTables } from './0017-lot-tables.js'
import { checkpointTables } from './0018-checkpoint-tables.js'
import { levelTables } from './0019-level-tables.js'
import { earningTables } from './0020-earning-tables.js'
import { pointsReportTables } from './0021-points-report-tables.js'
import { holdTables } from './0022-hold-tables.js'
import { referralTables } from './0024-referral-tables.js'
import { reviewTables } from './0024-review-tables.js'
import { couponTables } from './0026-coupon-tables.js'
import { posterTables } from './0038-poster-tables.js'
import { handOverColumns } from './0039-hand-over-columns.js'
import { mallTables } from './0035-mall-tables.js'
import { pickupTables } from './0038-pickup-tables.js'
import { packRefundColumns, packTables } from './0032-pack-tables.js'
import { offlineTables, walletDetails } from './0033-offline-tables.js'
import { counterTables } from './0040-counter-tables.js'
import { visitTables } from './0034-visit-tables.js'
import { issueTables } from './0030-issue-tables.js'

/** Every entity and every migration of the server, in order. */
export const schema: Migrations = {
  entities: [
    AgentEvent,
    ApiKey,
    Campaign,
    CashierDay,
    ChainSetting,
    Consent,
    ConsentState,
    DeletionRequest,
    DuplicatePair,
    EnrolmentCode,
    ErasedMember,
    EventDelivery,
    EventLog,
    ExpiryNotice,
    ExportJob,
    GrowthAccount,
    GrowthEntry,
    IdempotencyRecord,
    Identity,
    ImportJob,
    ImportRejection,
    ImportTemplateRow,
    KeyRotation,
    KeyServer,
    LevelChange,
    LevelSchemeRow,
    MatchingChange,
    MatchingKey,
    MatchingRun,
    Member,
    MemberCopy,
    MemberMerge,
    MemberMergeStep,
    MemberProfile,
    MemberSession,
    MemberStat,
    MemberStore,
    Message,
    MessageContent,
    OfflineAllowance,
    OfflineFinding,
    OnlineOrder,
    OrderPickup,
    MallExchange,
    MallItem,
    MallPickup,
    MallVersion,
    PackGrant,
    PackOrder,
    PackRefund,
    PackTemplate,
    PackVersion,
    ParkedEvent,
    PayBill,
    PayFinding,
    PayNoticeRow,
    PointsAccount,
    PointsTransfer,
    PointsHold,
    PointsLot,
    PointsLotUse,
    Coupon,
    CouponCode,
    CounterGift,
    CouponCodeTry,
    CouponPoster,
    CouponReservation,
    CouponRule,
    CouponRuleAward,
    CouponRuleVersion,
    CouponStep,
    CouponTemplate,
    CouponTemplateVersion,
    PointsRule,
    PointsActivity,
    PointsActivityRule,
    PointsCheckpoint,
    PointsCheckpointHead,
    PointsJob,
    Purchase,
    PurchaseLine,
    PurchasePayment,
    QualityFigure,
    QualityIssue,
    QualityRun,
    QualitySample,
    QualitySampleItem,
    Referral,
    ReferralCode,
    ReferralMark,
    RetentionRule,
    RetentionRun,
    Review,
    SealingKey,
    SignInAttempt,
    Staff,
    StaffAudit,
    StaffAuditHead,
    StaffHandover,
    StaffRecoveryCode,
    StaffSession,
    StaffStore,
    StaffTotp,
    Store,
    StoreDay,
    StrayPurchase,
    SubscriptionBalance,
    SubscriptionEntry,
    Terminal,
    TerminalSource,
    WebhookDelivery,
    WebhookSubscription,
  ],
  migrations: [
    ...firstTables,
    ...openTables,
    ...sourceTables,
    ...peopleTables,
    ...matchingTables,
    ...mergeTables,
    ...importTables,
    ...accessTables,
    ...rightsTables,
    ...keyTables,
    ...qualityTables,
    ...resolutionTables,
    ...changeTables,
    ...pairQueueIndexes,
    ...lotTables,
    ...checkpointTables,
    ...levelTables,
    ...ownerTables,
    ...holdTables,
    ...pointsReportTables,
    ...earningTables,
    ...couponTables,
    ...mallTables,
    ...packTables,
    ...offlineTables,
    ...reviewTables,
    ...referralTables,
    ...issueTables,
    ...visitTables,
    ...packRefundColumns,
    ...walletDetails,
    ...counterTables,
    ...pickupTables,
    ...posterTables,
    ...handOverColumns,
  ],
}
