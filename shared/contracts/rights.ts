import { z } from 'zod'
import { idSchema } from '../ids.js'
import { CONSENT_PURPOSES } from '../purposes.js'
import { RETENTION_RULES } from '../retention.js'
import { businessDateSchema, epochMsSchema, pageQuerySchema, pointsSchema } from './common.js'

// What a member may ask of the chain: to be forgotten, and to take a copy away.

/** Days in which a deletion may be taken back. */
export const COOLING_OFF_DAYS_DEFAULT = 15
export const COOLING_OFF_DAYS_MAX = 30
const RETENTION_DAYS_MAX = 1_825

/** `GET` and `PUT /console/v1/settings/privacy`. */
export const privacySettingsSchema = z.strictObject({
  coolingOffDays: z.int().min(1).max(COOLING_OFF_DAYS_MAX),
})
export type PrivacySettings = z.infer<typeof privacySettingsSchema>
export const PRIVACY_SETTINGS_DEFAULT: PrivacySettings = {
  coolingOffDays: COOLING_OFF_DAYS_DEFAULT,
}

/**
 * `GET /member/v1/deletion`: what deleting the membership would take away, and whether it is asked
 * for already. `POST` and `DELETE` answer the same.
 */
export const deletionSchema = z.object({
  /** waiting: asked for; it may still be taken back until `dueAtMs`. */
  state: z.enum(['none', 'waiting']),
  requestedAtMs: epochMsSchema.nullable(),
  dueAtMs: epochMsSchema.nullable(),
  coolingOffDays: z.int(),
  /** What is lost with the membership, by today's count. */
  balancePoints: pointsSchema,
  levelName: z.string(),
  purchaseCount: z.int(),
  messageCount: z.int(),
  /** Pieces that were exchanged in the points mall and wait to be fetched. */
  waitingPieces: z.int(),
  /** Orders that wait in a store: their codes still fetch them, and are seen no more. */
  waitingOrders: z.int(),
})
export type Deletion = z.infer<typeof deletionSchema>

/**
 * `POST /member/v1/deletion`. The points that were shown are said back: when they have changed
 * meanwhile the answer is `deletion_changed`, and the member decides anew.
 */
export const deletionAskSchema = z.strictObject({
  isConfirmed: z.literal(true),
  balancePoints: pointsSchema,
})
export type DeletionAsk = z.infer<typeof deletionAskSchema>

/** `POST /member/v1/copies`: a link to everything held of the member. Take it before it expires. */
export const copySchema = z.object({
  id: idSchema('CopyId'),
  /** For people: opens in any browser. Relative to the server. */
  textPath: z.string(),
  /** For machines: JSON. */
  jsonPath: z.string(),
  expiresAtMs: epochMsSchema,
})
export type Copy = z.infer<typeof copySchema>

/** `GET /console/v1/retention`: how long things are kept, and the last purge of each. */
export const retentionSchema = z.object({
  rules: z.array(
    z.object({
      name: z.enum(RETENTION_RULES),
      title: z.string(),
      text: z.string(),
      keptDays: z.int(),
      defaultDays: z.int(),
      daysMin: z.int(),
      daysMax: z.int(),
      nextAtMs: epochMsSchema.nullable(),
      lastRun: z
        .object({
          startedAtMs: epochMsSchema,
          /** Null while it is under way, or when its server stopped. */
          finishedAtMs: epochMsSchema.nullable(),
          deletedRows: z.int(),
        })
        .nullable(),
    }),
  ),
})
export type Retention = z.infer<typeof retentionSchema>

/** `PUT /console/v1/retention`, answered by retentionSchema. */
export const retentionChangeSchema = z.strictObject({
  name: z.enum(RETENTION_RULES),
  keptDays: z.int().min(1).max(RETENTION_DAYS_MAX),
})
export type RetentionChange = z.infer<typeof retentionChangeSchema>

/** `GET /console/v1/retention/runs`, newest first. */
export const retentionRunsSchema = z.object({
  runs: z.array(
    z.object({
      id: idSchema('RunId'),
      name: z.enum(RETENTION_RULES),
      keptDays: z.int(),
      deletedRows: z.int(),
      startedAtMs: epochMsSchema,
      finishedAtMs: epochMsSchema.nullable(),
    }),
  ),
  nextCursor: z.string().nullable(),
})
export type RetentionRuns = z.infer<typeof retentionRunsSchema>

/** `GET /console/v1/deletions`, newest first. */
export const deletionQuerySchema = pageQuerySchema.extend({
  state: z.enum(['waiting', 'cancelled', 'erased']).optional(),
})
export type DeletionQuery = z.infer<typeof deletionQuerySchema>
export const deletionRowSchema = z.object({
  id: idSchema('RequestId'),
  memberId: idSchema('MemberId'),
  /** Null once nobody is left behind the number. */
  memberNo: z.string().nullable(),
  phoneMasked: z.string().nullable(),
  state: z.enum(['waiting', 'cancelled', 'erased']),
  how: z.enum(['member_page', 'console']),
  pointsThen: pointsSchema,
  requestedAtMs: epochMsSchema,
  dueAtMs: epochMsSchema,
  settledAtMs: epochMsSchema.nullable(),
})
export type DeletionRow = z.infer<typeof deletionRowSchema>
/** `POST /console/v1/members/:memberId/deletion`: how the member was recognised; written down. */
export const deletionForSchema = z.strictObject({ why: z.string().trim().min(2).max(100) })
export const deletionPageSchema = z.object({
  deletions: z.array(deletionRowSchema),
  nextCursor: z.string().nullable(),
})
export type DeletionPage = z.infer<typeof deletionPageSchema>

/** `GET /console/v1/consents`, newest first: facts, by member, purpose and day. */
export const consentQuerySchema = pageQuerySchema.extend({
  memberId: idSchema('MemberId').optional(),
  purpose: z.enum(['membership', ...CONSENT_PURPOSES]).optional(),
  /** Both days are within. */
  from: businessDateSchema.optional(),
  to: businessDateSchema.optional(),
})
export type ConsentQuery = z.infer<typeof consentQuerySchema>
export const consentPageSchema = z.object({
  consents: z.array(
    z.object({
      id: idSchema('ConsentId'),
      memberId: idSchema('MemberId'),
      /** Null once nobody is left behind the number. */
      memberNo: z.string().nullable(),
      phoneMasked: z.string().nullable(),
      purpose: z.string(),
      purposeTitle: z.string(),
      state: z.enum(['noticed', 'granted', 'withdrawn']),
      policyVersion: z.string(),
      textSha256: z.string(),
      how: z.string(),
      evidence: z.string(),
      occurredAtMs: epochMsSchema,
      recordedAtMs: epochMsSchema,
    }),
  ),
  nextCursor: z.string().nullable(),
})
export type ConsentPage = z.infer<typeof consentPageSchema>
