import { z } from 'zod'
import { ASSURANCES, IDENTITY_KINDS } from '../identities.js'
import { idSchema } from '../ids.js'
import { fen } from '../quantities.js'
import { REGISTRATION_CHANNELS } from '../registration-channels.js'
import {
  epochMsSchema,
  fenSchema,
  pageQuerySchema,
  pointsSchema,
  signedFenSchema,
} from './common.js'
import { memberRowSchema } from './console-members.js'

// Who is who: the queue of pairs, what a merge would change, the journal of merges and their undoing.

const identityCountSchema = z.object({ kind: z.enum(IDENTITY_KINDS), count: z.int() })
const saidSchema = z.enum(['granted', 'withdrawn']).nullable()
const mergedConsentSchema = z.object({
  purpose: z.string(),
  survivorBefore: saidSchema,
  absorbedBefore: saidSchema,
  after: saidSchema,
})
export const profileFieldSchema = z.enum(['name', 'birthday', 'gender', 'email', 'address', 'city'])

/** What a merge changes, exactly, in numbers and without values. */
export const mergeChangesSchema = z.object({
  identities: z.array(identityCountSchema),
  /** Ids that answer with the survivor from now on, the absorbed record's own included. */
  aliases: z.int(),
  purchases: z.object({ moved: z.int(), left: z.int(), movedFen: signedFenSchema }),
  points: z.object({
    survivorBefore: pointsSchema,
    absorbedBefore: pointsSchema,
    survivorAfter: pointsSchema,
  }),
  messages: z.int(),
  /** Absent in what was kept before there were coupons. */
  coupons: z.int().optional(),
  sessions: z.int(),
  stores: z.int(),
  profile: z.array(
    z.object({
      field: profileFieldSchema,
      winner: z.enum(['survivor', 'absorbed']),
      /** A value that lost is kept in the journal. */
      isKept: z.boolean(),
      reason: z.string(),
    }),
  ),
  consents: z.array(mergedConsentSchema),
})
export type MergeChanges = z.infer<typeof mergeChangesSchema>

/** What undoing a merge changes: who owns what from now on. */
export const undoChangesSchema = z.object({
  identities: z.array(identityCountSchema),
  aliases: z.int(),
  purchases: z.object({
    /** Moved with the merge, and back again. */
    back: z.int(),
    /** Made since, under an identity of the record that was absorbed. */
    since: z.int(),
  }),
  points: z.object({
    /** Moved with the merge. */
    moved: pointsSchema,
    /** Earned, less taken back, since the merge by purchases that go back. */
    since: pointsSchema,
    survivorBefore: pointsSchema,
    survivorAfter: pointsSchema,
    absorbedAfter: pointsSchema,
  }),
  messages: z.int(),
  /** Absent in what was kept before there were coupons. */
  coupons: z.int().optional(),
  sessions: z.object({ back: z.int(), ended: z.int() }),
  stores: z.int(),
  profile: z.array(z.object({ field: profileFieldSchema, isRestored: z.boolean() })),
  consents: z.array(mergedConsentSchema),
})
export type UndoChanges = z.infer<typeof undoChangesSchema>

/** A value masked as lists mask: birthday without the year, name and address cut short. */
const shownFieldSchema = z.object({ field: profileFieldSchema, shown: z.string() })

/** One of two records, side by side with the other; masked. */
export const pairSideSchema = memberRowSchema.extend({
  registeredChannel: z.enum(REGISTRATION_CHANNELS),
  purchaseCount: z.int(),
  identities: z.array(
    z.object({
      kind: z.string(),
      valueMasked: z.string(),
      assurance: z.enum(ASSURANCES),
      source: z.string(),
    }),
  ),
  profile: z.array(shownFieldSchema),
})
export type PairSide = z.infer<typeof pairSideSchema>

export const pairSchema = z.object({
  id: idSchema('DuplicatePairId'),
  /** In thousandths of a bit. */
  score: z.int(),
  verdict: z.enum(['merge', 'review']),
  state: z.enum(['open', 'merged', 'rejected']),
  /** Field → what was compared, in words. */
  reasons: z.array(z.object({ field: z.string(), words: z.string() })),
  foundAtMs: epochMsSchema,
  decidedAtMs: epochMsSchema.nullable(),
  decidedByName: z.string().nullable(),
  /** The record proposed to stay comes first. */
  sides: z.array(pairSideSchema).length(2),
})
export type Pair = z.infer<typeof pairSchema>

/** Query of `GET /console/v1/identity/pairs`: the surest first; `memberId`: of one member. */
export const pairQuerySchema = pageQuerySchema.extend({
  state: z.enum(['open', 'merged', 'rejected']).default('open'),
  verdict: z.enum(['merge', 'review']).optional(),
  memberId: idSchema('MemberId').optional(),
})
export type PairQuery = z.infer<typeof pairQuerySchema>
export const pairPageSchema = z.object({
  pairs: z.array(pairSchema),
  nextCursor: z.string().nullable(),
})
export type PairPage = z.infer<typeof pairPageSchema>

/** `POST /console/v1/merges/preview` and `POST /console/v1/merges`. */
export const mergeAskSchema = z.strictObject({
  survivorId: idSchema('MemberId'),
  absorbedId: idSchema('MemberId'),
  /** Purchases made before move to the survivor as well. */
  moveHistory: z.boolean().default(true),
})
export type MergeAsk = z.infer<typeof mergeAskSchema>

export const mergePreviewSchema = z.object({ changes: mergeChangesSchema })
export type MergePreview = z.infer<typeof mergePreviewSchema>

/** `POST /console/v1/identity/pairs/:id/decide`. */
export const pairDecisionSchema = z.discriminatedUnion('verdict', [
  z.strictObject({
    verdict: z.literal('merge'),
    survivorId: idSchema('MemberId'),
    moveHistory: z.boolean().default(true),
  }),
  z.strictObject({ verdict: z.literal('reject') }),
])
export type PairDecision = z.infer<typeof pairDecisionSchema>

const mergedRecordSchema = z.object({
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  nameMasked: z.string().nullable(),
})

export const mergeSchema = z.object({
  id: idSchema('MemberMergeId'),
  state: z.enum(['done', 'undone']),
  how: z.enum(['chosen', 'pair', 'rule', 'sign_in']),
  survivor: mergedRecordSchema,
  absorbed: mergedRecordSchema,
  moveHistory: z.boolean(),
  changes: mergeChangesSchema,
  mergedAtMs: epochMsSchema,
  /** null: no person did. */
  mergedByName: z.string().nullable(),
  undoneAtMs: epochMsSchema.nullable(),
  undoneByName: z.string().nullable(),
  undoChanges: undoChangesSchema.nullable(),
})
export type Merge = z.infer<typeof mergeSchema>

/** `GET /console/v1/merges/:id`: with what lost in it. */
export const mergeFileSchema = mergeSchema.extend({
  /** Values that lost and are kept, masked; gone when the person was forgotten. */
  kept: z.array(shownFieldSchema),
})
export type MergeFile = z.infer<typeof mergeFileSchema>

/** What came of deciding a pair: the merge, or null where the two are not one person. */
export const pairDecidedSchema = z.object({ merge: mergeSchema.nullable() })
export type PairDecided = z.infer<typeof pairDecidedSchema>

/** Query of `GET /console/v1/merges`, the latest first; `memberId`: of one member. */
export const mergeQuerySchema = pageQuerySchema.extend({
  memberId: idSchema('MemberId').optional(),
})
export type MergeQuery = z.infer<typeof mergeQuerySchema>
export const mergePageSchema = z.object({
  merges: z.array(mergeSchema),
  nextCursor: z.string().nullable(),
})
export type MergePage = z.infer<typeof mergePageSchema>

export const undoPreviewSchema = z.object({ changes: undoChangesSchema })
export type UndoPreview = z.infer<typeof undoPreviewSchema>

const VALUABLE_FROM_DEFAULT_FEN = 1_000_000

/** `GET` and `PUT /console/v1/settings/duplicates`. */
export const duplicateSettingsSchema = z.strictObject({
  /** Pairs that the search is sure of are merged without a person. */
  mergesAlone: z.boolean(),
  /** Whoever has bought for this much in all is merged by a person only. */
  valuableFromFen: fenSchema,
})
export type DuplicateSettings = z.infer<typeof duplicateSettingsSchema>
export const DUPLICATE_SETTINGS_DEFAULT: DuplicateSettings = {
  mergesAlone: false,
  valuableFromFen: fen(VALUABLE_FROM_DEFAULT_FEN),
}

const SCAN_STATES = ['waiting', 'running', 'done', 'failed'] as const
const SCAN_PHASES = ['reading', 'comparing', 'judging', 'keeping'] as const

/** One search for doubles over the whole base. */
export const identityScanSchema = z.object({
  id: idSchema('MatchingRunId'),
  state: z.enum(SCAN_STATES),
  phase: z.enum(SCAN_PHASES),
  /** Of this phase: members read, pairs compared, groups judged, pairs kept. */
  done: z.int(),
  total: z.int().nullable(),
  /** Who asked for it; null when the server itself did. */
  startedByName: z.string().nullable(),
  createdAtMs: epochMsSchema,
  finishedAtMs: epochMsSchema.nullable(),
  /** What it came to, once it is done. */
  report: z
    .object({
      members: z.int(),
      merges: z.int(),
      reviews: z.int(),
      /** Pairs nobody had found before. */
      fresh: z.int(),
      /** Open pairs that are no longer found. */
      takenBack: z.int(),
      /** Pairs too unlikely to ask a person about. */
      leftOut: z.int(),
      /** Of whom a sealed value does not open: not compared. The first of them by their ids. */
      unreadable: z
        .object({ members: z.int(), memberIds: z.array(idSchema('MemberId')) })
        .default({ members: 0, memberIds: [] }),
    })
    .nullable(),
})
export type IdentityScan = z.infer<typeof identityScanSchema>

/** `GET /console/v1/identity/scans`: the search under way, and the latest that is over. */
export const identityScansSchema = z.object({
  current: identityScanSchema.nullable(),
  last: identityScanSchema.nullable(),
})
export type IdentityScans = z.infer<typeof identityScansSchema>
