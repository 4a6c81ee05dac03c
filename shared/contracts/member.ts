import { z } from 'zod'
import { idSchema } from '../ids.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  pageQuerySchema,
  pendingPointsSchema,
  phoneInputSchema,
  pointsSchema,
} from './common.js'
import { couponOfferSchema } from './coupon-offers.js'
import { referralCodeInputSchema, referralOutcomeSchema } from './referrals.js'
import { memberPickupSchema } from './pickups.js'
import { ownReviewSchema } from './reviews.js'
import { signInStateSchema } from './sign-in.js'

// What the mini-program and the server say to each other: /member/v1.

/** `code` of wx.login(), single use, five minutes. */
export const wechatSignInSchema = z.strictObject({ code: z.string().min(1).max(128) })
/** `code` of the phone button (open-type=getPhoneNumber); not the login code. */
export const wechatPhoneSchema = z.strictObject({
  code: z.string().min(1).max(128),
  /** Of who brought them; it counts for somebody who becomes a member by this alone. */
  referralCode: referralCodeInputSchema.optional(),
})
export type WechatPhone = z.infer<typeof wechatPhoneSchema>
/** Sign-in by phone alone: answered by the sandbox only, never in production. */
export const sandboxSignInSchema = z.strictObject({
  phone: phoneInputSchema,
  referralCode: referralCodeInputSchema.optional(),
})
export type SandboxSignIn = z.infer<typeof sandboxSignInSchema>
export const refreshSchema = z.strictObject({ refreshToken: z.string().min(1).max(200) })

/** A session. `memberId` is null until the shopper has given a phone number. */
export const sessionSchema = z.object({
  accessToken: z.string(),
  accessExpiresAtMs: epochMsSchema,
  refreshToken: z.string(),
  memberId: idSchema('MemberId').nullable(),
  serverTimeMs: epochMsSchema,
  /** What became of the code that was given with the number; null or absent where none was. */
  referral: referralOutcomeSchema.nullable().optional(),
})
export type Session = z.infer<typeof sessionSchema>

/** The next points to expire and the last day they are good for. */
const expiringPointsSchema = z.object({ points: pointsSchema, onDate: businessDateSchema })

export const memberCardSchema = z.object({
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  phoneMasked: z.string(),
  state: z.enum(['pending', 'active']),
  programmeName: z.string(),
  levelName: z.string(),
  /** "再积 120 成长值升为银卡会员"; null at the top, absent in answers of older servers. */
  levelProgress: z.string().nullable().optional(),
  /** Those that may not be spent yet among them. */
  balancePoints: pointsSchema,
  pending: pendingPointsSchema.nullable().optional(),
  expiringSoon: expiringPointsSchema.nullable().optional(),
  /** Messages in the inbox that were not read yet. */
  unreadMessages: z.int().min(0).default(0),
  /** Coupons for purchases that wait to be taken. */
  couponsToClaim: z.int().min(0).default(0),
  /** When the membership is deleted, asked for by the member; it may be taken back until then. */
  deletionDueAtMs: epochMsSchema.nullable().default(null),
  memberSinceMs: epochMsSchema,
  /** Key of the rotating member code, base64url of 32 bytes; `memberCode` in shared/ uses it. */
  codeKey: z.string(),
  serverTimeMs: epochMsSchema,
})
export type MemberCard = z.infer<typeof memberCardSchema>

/** One line of the points history, told in words. */
export const pointsEntrySchema = z.object({
  id: idSchema('TransferId'),
  /** Signed: positive came in, negative went out. */
  points: pointsSchema,
  balanceAfterPoints: pointsSchema,
  /** "在 人民路店 消费得积分". */
  title: z.string(),
  /** The arithmetic: "实付 ¥21.32,每满 ¥1.00 得 1 分,共 21 分". */
  explanation: z.string(),
  occurredAtMs: epochMsSchema,
  purchaseId: idSchema('PurchaseId').nullable(),
  /** What the points were exchanged for in the points mall; absent in answers of older servers. */
  exchangeId: idSchema('MallExchangeId').nullable().optional(),
})
export type PointsEntry = z.infer<typeof pointsEntrySchema>

export const pointsPageSchema = z.object({
  balancePoints: pointsSchema,
  pending: pendingPointsSchema.nullable().optional(),
  expiringSoon: expiringPointsSchema.nullable().optional(),
  /** Absent where nobody is asked to sign in. */
  signIn: signInStateSchema.nullable().optional(),
  /** What a complete profile would give; 0 where nothing, or where it was given. */
  profilePoints: pointsSchema.optional(),
  /** Whether members are asked to bring friends. */
  isReferralOn: z.boolean().default(false),
  entries: z.array(pointsEntrySchema),
  nextCursor: z.string().nullable(),
  /**
   * What may be spent at a till now, in whole steps, and what it is worth; points 0: fewer than
   * leastPoints. On the first page only; null where the chain takes no points as cash.
   */
  asCash: z
    .object({
      points: pointsSchema,
      worthFen: fenSchema,
      leastPoints: pointsSchema,
      isCodeNeeded: z.boolean(),
    })
    .nullable()
    .default(null),
})
export type PointsPage = z.infer<typeof pointsPageSchema>

export const channelSchema = z.enum(['pos', 'online'])
/** Query of the purchases; without a channel they are all in one list. */
export const purchaseQuerySchema = pageQuerySchema.extend({ channel: channelSchema.optional() })
export type PurchaseQuery = z.infer<typeof purchaseQuerySchema>

export const purchaseSummarySchema = z.object({
  id: idSchema('PurchaseId'),
  kind: z.enum(['sale', 'refund']),
  channel: channelSchema,
  storeName: z.string(),
  receiptNo: z.string().nullable(),
  businessDate: businessDateSchema,
  occurredAtMs: epochMsSchema,
  totalFen: fenSchema,
  refundedFen: fenSchema,
  lineCount: z.int(),
  firstLineName: z.string().nullable(),
})
export type PurchaseSummary = z.infer<typeof purchaseSummarySchema>

export const purchasePageSchema = z.object({
  purchases: z.array(purchaseSummarySchema),
  nextCursor: z.string().nullable(),
})
export type PurchasePage = z.infer<typeof purchasePageSchema>

export const purchaseDetailSchema = purchaseSummarySchema.extend({
  lines: z.array(
    z.object({
      name: z.string(),
      quantityMilli: z.int(),
      unitPriceFen: fenSchema.nullable(),
      amountFen: z.int(),
    }),
  ),
  payments: z.array(z.object({ method: z.string(), amountFen: fenSchema })),
  /** Points this purchase moved so far: earned less what refunds took back. */
  points: pointsSchema,
  /** The sale this refund answers. */
  originalPurchaseId: idSchema('PurchaseId').nullable(),
  /** Null where none was written and none may be. */
  review: ownReviewSchema.nullable().default(null),
  /** Coupons this purchase gives, to be taken or taken. */
  offers: z.array(couponOfferSchema).default([]),
  /** Null where it is not fetched in a store. */
  pickup: memberPickupSchema.nullable().default(null),
})
export type PurchaseDetail = z.infer<typeof purchaseDetailSchema>
