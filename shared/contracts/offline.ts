import { z } from 'zod'
import { idSchema } from '../ids.js'
import { AGENT_PROTOCOL } from './agent.js'
import {
  epochMsSchema,
  fenSchema,
  levelCodeSchema,
  outcomeCodeSchema,
  pageQuerySchema,
  pointsSchema,
} from './common.js'
import { couponTermsSchema } from './coupons.js'
import { spendingTermsSchema } from './spending.js'

// Redeeming without a network: what a till is allowed, signed; how it asks for it and gives it back;
// and what the owner sets and reads of it. See docs/decisions/0033.

const HOURS_MAX = 24
const OFFLINE_POINTS_MAX = 100_000
/** Members a till holds allowances for, and coupons of each. */
export const MEMBERS_ALLOWED_MAX = 100
export const COUPONS_ALLOWED_MAX = 3
const DAY_KEYS_MAX = 3
const IDS_MAX = MEMBERS_ALLOWED_MAX * (COUPONS_ALLOWED_MAX + 1)
export const NOTES_PER_SYNC_MAX = 50
const ES256_KEYS_MAX = 4

/** `GET, PUT /console/v1/offline/settings`. Off unless the owner turns it on. */
export const offlineSettingsSchema = z.strictObject({
  isOn: z.boolean(),
  /** A coupon is left with a till for so long after it was last heard of. */
  hours: z.int().min(1).max(HOURS_MAX),
  /** The most points one member spends in one outage; 0: none. */
  pointsMax: z.int().min(0).max(OFFLINE_POINTS_MAX),
})
export type OfflineSettings = z.infer<typeof offlineSettingsSchema>
export const OFFLINE_SETTINGS_DEFAULT: OfflineSettings = { isOn: false, hours: 12, pointsMax: 500 }

/** A public key that allowances are signed with: ES256, as a JWK. */
export const allowanceKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().min(1).max(64),
})
export type AllowanceKey = z.infer<typeof allowanceKeySchema>

/** What one till may redeem of one member, until when; the claims of a signed token. */
export const allowanceSchema = z.object({
  storeId: idSchema('StoreId'),
  terminalId: idSchema('TerminalId'),
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  levelCode: levelCodeSchema,
  isFirstPurchase: z.boolean(),
  issuedAtMs: epochMsSchema,
  expiresAtMs: epochMsSchema,
  /** Checks the member's codes of these days, base64url; see member-code.ts. */
  codeKeys: z.array(z.object({ day: z.int(), key: z.string() })).max(DAY_KEYS_MAX),
  coupons: z
    .array(
      z.object({
        allowanceId: idSchema('AllowanceId'),
        couponId: idSchema('CouponId'),
        code: z.string(),
        templateId: idSchema('CouponTemplateId'),
        version: z.int(),
        terms: couponTermsSchema,
        validFromMs: epochMsSchema,
        validUntilMs: epochMsSchema,
      }),
    )
    .max(COUPONS_ALLOWED_MAX),
  points: z
    .object({
      allowanceId: idSchema('AllowanceId'),
      points: pointsSchema,
      terms: spendingTermsSchema,
    })
    .nullable(),
})
export type Allowance = z.infer<typeof allowanceSchema>

/** Something that was refused at a till without a network. */
export const offlineNoteSchema = z.strictObject({
  noteId: idSchema('OfflineNoteId'),
  memberId: idSchema('MemberId').nullable(),
  code: outcomeCodeSchema,
  atMs: epochMsSchema,
})
export type OfflineNote = z.infer<typeof offlineNoteSchema>

/**
 * `POST /agent/v1/offline/sync`: gives allowances back that were not used and never will be, tells
 * what was refused, and asks for what is allowed now. What is given back twice is given back once.
 */
export const offlineSyncRequestSchema = z.strictObject({
  returned: z.array(idSchema('AllowanceId')).max(IDS_MAX),
  notes: z.array(offlineNoteSchema).max(NOTES_PER_SYNC_MAX),
  /** False: only gives back and asks what is wanted elsewhere. */
  isFull: z.boolean(),
})
export type OfflineSyncRequest = z.infer<typeof offlineSyncRequestSchema>
export const offlineSyncAnswerSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  keys: z.array(allowanceKeySchema).max(ES256_KEYS_MAX),
  /** Tokens of `allowanceSchema`, all there are for this till; null where they were not asked for. */
  allowances: z.array(z.string()).max(MEMBERS_ALLOWED_MAX).nullable(),
  /** Wanted elsewhere: to be given back unless they were used. */
  recalled: z.array(idSchema('AllowanceId')),
})
export type OfflineSyncAnswer = z.infer<typeof offlineSyncAnswerSchema>

/** What a person should read of offline redemptions. */
export const offlineFindingSchema = z.object({
  id: idSchema('OfflineNoteId'),
  /**
   * refused: a till refused it. points_short: the member had fewer points than were spent. points_over:
   * more than was allowed. coupon_gone: used elsewhere. code_invalid: the member's code was not theirs.
   * late: after the time was over. unknown: no allowance of this till's.
   */
  kind: z.enum([
    'refused',
    'points_short',
    'points_over',
    'coupon_gone',
    'code_invalid',
    'late',
    'unknown',
  ]),
  code: outcomeCodeSchema.nullable(),
  storeName: z.string(),
  terminalCode: z.string(),
  memberId: idSchema('MemberId').nullable(),
  points: pointsSchema.nullable(),
  offFen: fenSchema.nullable(),
  atMs: epochMsSchema,
})
export type OfflineFinding = z.infer<typeof offlineFindingSchema>

/** `GET /console/v1/offline/findings`, latest first. */
export const offlineFindingsQuerySchema = pageQuerySchema
export const offlineFindingsPageSchema = z.object({
  findings: z.array(offlineFindingSchema),
  nextCursor: z.string().nullable(),
})
export type OfflineFindingsPage = z.infer<typeof offlineFindingsPageSchema>

/** `GET /console/v1/offline/tills`: tills that hold allowances now. */
export const offlineTillsSchema = z.object({
  tills: z.array(
    z.object({
      terminalId: idSchema('TerminalId'),
      storeName: z.string(),
      terminalCode: z.string(),
      coupons: z.int(),
      members: z.int(),
      /** Until when it may redeem. */
      untilMs: epochMsSchema,
    }),
  ),
})
export type OfflineTills = z.infer<typeof offlineTillsSchema>

/**
 * `POST /console/v1/offline/release`: a till is lost, and what it holds is to be used elsewhere. What
 * it redeemed before it was lost may be redeemed twice then, and is named where it was.
 */
export const offlineReleaseSchema = z.strictObject({
  terminalId: idSchema('TerminalId'),
  reason: z.string().trim().min(2).max(100),
})
export type OfflineRelease = z.infer<typeof offlineReleaseSchema>
export const offlineReleasedSchema = z.object({ released: z.int() })
export type OfflineReleased = z.infer<typeof offlineReleasedSchema>
