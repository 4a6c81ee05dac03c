import { z } from 'zod'
import { idSchema } from '../ids.js'
import { REGISTRATION_CHANNELS } from '../registration-channels.js'
import { consentPurposeSchema, consentStateSchema } from './account.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  pageQuerySchema,
  pendingPointsSchema,
  pointsSchema,
} from './common.js'
import { memberOwnerSchema } from './console-owners.js'
import { memberLevelSchema } from './levels.js'

// Members as staff see them: /console/v1/members. Phone numbers and names are masked; one number
// in full is a call of its own, allowed by `members.phone` and written down. Managers and cashiers
// see members who registered or bought in their stores; all others are `member_not_found`.

export const memberFilterSchema = z.strictObject({
  /** Eleven digits: that phone. Four: the last four of a phone. Twelve: a member number. */
  search: z.string().trim().min(1).max(20).optional(),
  storeId: idSchema('StoreId').optional(),
  state: z.enum(['pending', 'active']).optional(),
  /** Bought within the last so many days. */
  boughtWithinDays: z.coerce.number().int().min(1).max(3_650).optional(),
  /** Bought before, but not within the last so many days. */
  inactiveDays: z.coerce.number().int().min(1).max(3_650).optional(),
  /** A member for longer, who has neither bought nor opened the mini-program within so many days. */
  silentDays: z.coerce.number().int().min(30).max(3_650).optional(),
  /** Looked after by this member of staff. */
  ownerId: idSchema('StaffId').optional(),
  /** Holds this consent. */
  consent: consentPurposeSchema.optional(),
})
export type MemberFilter = z.infer<typeof memberFilterSchema>

/** Query of `GET /console/v1/members`, newest members first. A search of another form finds none. */
export const memberQuerySchema = memberFilterSchema.extend(pageQuerySchema.shape)
export type MemberQuery = z.infer<typeof memberQuerySchema>

export const memberRowSchema = z.object({
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  phoneMasked: z.string(),
  /** "张**"; null when not known. */
  nameMasked: z.string().nullable(),
  state: z.enum(['pending', 'active']),
  levelName: z.string(),
  balancePoints: pointsSchema,
  purchaseCount: z.int(),
  totalFen: fenSchema,
  lastPurchaseAtMs: epochMsSchema.nullable(),
  lastStoreName: z.string().nullable(),
  registeredStoreName: z.string().nullable(),
  memberSinceMs: epochMsSchema,
  mayMarket: z.boolean(),
})
export type MemberRow = z.infer<typeof memberRowSchema>

export const memberPageSchema = z.object({
  members: z.array(memberRowSchema),
  nextCursor: z.string().nullable(),
})
export type MemberPage = z.infer<typeof memberPageSchema>

/** `GET /console/v1/members/:memberId`: everything but the timeline. */
export const memberFileSchema = memberRowSchema.extend({
  registeredChannel: z.enum(REGISTRATION_CHANNELS),
  registeredCashier: z.string().nullable(),
  /** Growth, the way to the next level, and how the level came. */
  level: memberLevelSchema,
  /** Who of the staff looks after them; null: their store. */
  owner: memberOwnerSchema.nullable(),
  pending: pendingPointsSchema.nullable(),
  /** Month and day, `MM-DD`: the year is the member's own. */
  birthdayMonthDay: z.string().nullable(),
  onlinePurchaseCount: z.int(),
  stores: z.array(
    z.object({
      storeName: z.string(),
      purchaseCount: z.int(),
      totalFen: fenSchema,
      lastPurchaseAtMs: epochMsSchema.nullable(),
    }),
  ),
  identities: z.array(
    z.object({
      kind: z.string(),
      /** Masked or shortened; never whole. */
      valueMasked: z.string(),
      assurance: z.enum(['verified', 'claimed', 'observed']),
      source: z.string(),
      /** The number of the record it came from in a merge; null: it was this one's all along. */
      fromMemberNo: z.string().nullable(),
      firstSeenAtMs: epochMsSchema,
      lastSeenAtMs: epochMsSchema,
    }),
  ),
  consents: z.array(
    z.object({
      purpose: consentPurposeSchema,
      state: consentStateSchema,
      changedAtMs: epochMsSchema.nullable(),
    }),
  ),
  /** Merges this record took part in, the latest first. */
  merges: z.array(
    z.object({
      id: idSchema('MemberMergeId'),
      state: z.enum(['done', 'undone']),
      /** What this record was in it. */
      role: z.enum(['survivor', 'absorbed']),
      otherMemberNo: z.string(),
      mergedAtMs: epochMsSchema,
      undoneAtMs: epochMsSchema.nullable(),
    }),
  ),
  subscriptionCredits: z.int(),
  /** May this person see the full number? The call may still be refused. */
  mayShowPhone: z.boolean(),
  /** May this person say who looks after them? */
  mayAssign: z.boolean(),
})
export type MemberFile = z.infer<typeof memberFileSchema>

/** Query of `GET /console/v1/members/:memberId/timeline`, newest first. */
export const timelineQuerySchema = pageQuerySchema.extend({
  kind: z.enum(['purchase', 'points', 'message', 'consent']).optional(),
})
export type TimelineQuery = z.infer<typeof timelineQuerySchema>

const itemHead = { id: z.string(), atMs: epochMsSchema }
export const timelineItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('purchase'),
    ...itemHead,
    type: z.enum(['sale', 'refund']),
    channel: z.enum(['pos', 'online']),
    storeName: z.string(),
    terminalCode: z.string().nullable(),
    cashier: z.string().nullable(),
    receiptNo: z.string().nullable(),
    totalFen: fenSchema,
    refundedFen: fenSchema,
    points: pointsSchema,
    /** The first ten; `lineCount` says how many there are. */
    lines: z.array(z.object({ name: z.string(), quantityMilli: z.int(), amountFen: z.int() })),
    lineCount: z.int(),
  }),
  z.object({
    kind: z.literal('points'),
    ...itemHead,
    points: pointsSchema,
    balanceAfterPoints: pointsSchema,
    title: z.string(),
    explanation: z.string(),
  }),
  z.object({
    kind: z.literal('message'),
    ...itemHead,
    title: z.string(),
    channel: z.enum(['inbox', 'wechat', 'sms']).nullable(),
    state: z.enum(['waiting', 'sending', 'sent', 'failed', 'skipped', 'doubtful']),
    reason: z.string().nullable(),
    campaignName: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('consent'),
    ...itemHead,
    /** "登记时看到告知", "同意接收优惠与活动消息", "关闭优惠短信". */
    title: z.string(),
    how: z.string(),
  }),
  z.object({ kind: z.literal('registered'), ...itemHead, title: z.string() }),
])
export type TimelineItem = z.infer<typeof timelineItemSchema>
export const timelinePageSchema = z.object({
  items: z.array(timelineItemSchema),
  nextCursor: z.string().nullable(),
})
export type TimelinePage = z.infer<typeof timelinePageSchema>

/** `POST /console/v1/members/:memberId/phone` with why; the view is written down. */
export const phoneViewSchema = z.strictObject({ why: z.string().trim().min(2).max(100) })
export const phoneViewedSchema = z.object({ phone: z.string() })

/** `POST /console/v1/members/exports` takes a memberFilter; answered by exportJobSchema. */
export const exportJobSchema = z.object({
  id: idSchema('ExportId'),
  /** expired: the file was deleted after its time. */
  state: z.enum(['waiting', 'running', 'done', 'failed', 'expired']),
  filter: memberFilterSchema,
  doneRows: z.int(),
  /** Null until counted. */
  totalRows: z.int().nullable(),
  createdAtMs: epochMsSchema,
  finishedAtMs: epochMsSchema.nullable(),
  expiresAtMs: epochMsSchema.nullable(),
  /** Today's name of the person who asked. */
  by: z.string(),
})
export type ExportJob = z.infer<typeof exportJobSchema>
/** `GET /console/v1/members/exports`: the latest twenty, one's own (an owner sees all). */
export const exportJobsSchema = z.object({ exports: z.array(exportJobSchema) })
// `GET /console/v1/members/exports/:id/file` answers the CSV (UTF-8 with BOM) of a job that is done.

export const STATISTICS_DAYS_MAX = 366
/** Query of `GET /console/v1/statistics`: both days are within, at most STATISTICS_DAYS_MAX. */
export const statisticsQuerySchema = z.strictObject({
  from: businessDateSchema,
  to: businessDateSchema,
  storeId: idSchema('StoreId').optional(),
})
export type StatisticsQuery = z.infer<typeof statisticsQuerySchema>

/** Lost: bought before, and not in this many days up to the end of the period. */
export const LOST_AFTER_DAYS = 90

export const statisticsSchema = z.object({
  from: businessDateSchema,
  to: businessDateSchema,
  members: z.object({
    /** Registered up to the end of the period. */
    total: z.int(),
    /** Registered within the period. */
    new: z.int(),
    /** Bought at least once within the period. */
    active: z.int(),
    /** Became lost within the period: the day LOST_AFTER_DAYS after the last purchase is in it. */
    lost: z.int(),
  }),
  days: z.array(
    z.object({
      businessDate: businessDateSchema,
      salesCount: z.int(),
      salesFen: fenSchema,
      memberSalesCount: z.int(),
      memberSalesFen: fenSchema,
      newMembers: z.int(),
      pointsGiven: pointsSchema,
    }),
  ),
  employees: z.array(
    z.object({
      /** As the till printed or the cashier page said; null: nobody was named. */
      cashier: z.string().nullable(),
      storeName: z.string(),
      newMembers: z.int(),
      salesCount: z.int(),
      memberSalesCount: z.int(),
      salesFen: fenSchema,
      memberSalesFen: fenSchema,
    }),
  ),
})
export type Statistics = z.infer<typeof statisticsSchema>
