import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema, epochMsSchema, fenSchema, pageQuerySchema } from './common.js'

// The quality of the data: /console/v1/quality. Figures come from stored runs, never from a count
// while somebody waits. What is shown of people is masked. The formulas are in
// docs/decisions/0014-data-quality.md.

/** What is wanted to be known of every member. */
export const QUALITY_FIELDS = [
  'phone',
  'name',
  'birthday',
  'gender',
  'email',
  'address',
  'city',
  'openid',
  'card',
] as const
export const qualityFieldSchema = z.enum(QUALITY_FIELDS)
export type QualityField = z.infer<typeof qualityFieldSchema>

/** Contradictions between rows. */
export const QUALITY_CHECKS = [
  /** Bought before the membership began; `how` says why that may be right. */
  'bought_before_joined',
  /** Two open records, of different channels, whose name and phone both agree. */
  'same_person_apart',
  'refund_without_sale',
  'lines_not_total',
  'business_day_off',
  'clock_ahead',
  /** The same receipt of one store recorded twice. */
  'receipt_twice',
  /** A member whom no identity leads to. */
  'member_without_key',
] as const
/** Values that can hardly be true. */
export const QUALITY_ANOMALIES = ['quantity_huge', 'amount_outlier'] as const
export const QUALITY_ISSUES = [...QUALITY_CHECKS, ...QUALITY_ANOMALIES] as const
export const qualityIssueKindSchema = z.enum(QUALITY_ISSUES)
export type QualityIssueKind = z.infer<typeof qualityIssueKindSchema>

/** Keys and pairs: counted, not listed here. */
const COUNTED = [
  'identity_orphan',
  'identity_twice',
  'receipt_missing',
  'pair_open',
  'pair_merged',
  'pair_rejected',
] as const

/** Every figure. Completeness wants to be high; all others want to be low. */
export const QUALITY_FIGURES = [
  ...QUALITY_FIELDS.map((field) => `has_${field}` as const),
  ...COUNTED,
  ...QUALITY_ISSUES,
] as const
export const qualityFigureCodeSchema = z.enum(QUALITY_FIGURES)
export type QualityFigureCode = z.infer<typeof qualityFigureCodeSchema>

/** True for figures that pass at or above their threshold; the others pass at or below. */
export function wantsHigh(code: QualityFigureCode): boolean {
  return code.startsWith('has_')
}

/** A share in ten-thousandths. */
export const SHARE_WHOLE = 10_000
const shareSchema = z.int().min(0).max(SHARE_WHOLE)

/** Fields that a shopper can be asked for at the till and in the mini-program. */
export const ASKABLE_FIELDS = ['name', 'birthday'] as const
export type AskableField = (typeof ASKABLE_FIELDS)[number]

/** Fewer pieces of one item are nothing to look at: nobody is told of them as they come. */
export const HUGE_QUANTITY_MIN = 50

/** `GET` and `PUT /console/v1/quality/settings`. */
export const qualitySettingsSchema = z.strictObject({
  /** In ten-thousandths, by figure; a figure without one neither passes nor fails. */
  thresholds: z.partialRecord(qualityFigureCodeSchema, shareSchema),
  /** From so many pieces of one item in one sale on, it is flagged. */
  hugeQuantity: z.int().min(HUGE_QUANTITY_MIN).max(1_000_000),
  /** An amount so many deviations above the middle of its store is flagged. */
  amountDeviations: z.int().min(3).max(50),
  /** The middle of a store is that of its sales of so many days. */
  amountDays: z.int().min(7).max(365),
  /** What members are asked for, if they have not told it. */
  askFor: z.array(z.enum(ASKABLE_FIELDS)).max(ASKABLE_FIELDS.length),
})
export type QualitySettings = z.infer<typeof qualitySettingsSchema>

/** What holds until somebody sets it. */
export const QUALITY_SETTINGS_DEFAULT: QualitySettings = {
  thresholds: {
    has_phone: 9_500,
    has_name: 3_000,
    member_without_key: 0,
    identity_orphan: 0,
    identity_twice: 0,
    bought_before_joined: 50,
    same_person_apart: 10,
    refund_without_sale: 1_000,
    lines_not_total: 50,
    business_day_off: 50,
    clock_ahead: 50,
    receipt_twice: 0,
    quantity_huge: 0,
    pair_open: 200,
  },
  hugeQuantity: 1_000,
  amountDeviations: 6,
  amountDays: 90,
  askFor: [...ASKABLE_FIELDS],
}

/** One counted share. `group` is empty for all; else `channel:pos`, `source:till`, `how:imported`. */
export const qualityFigureSchema = z.object({
  code: qualityFigureCodeSchema,
  group: z.string(),
  part: z.int(),
  whole: z.int(),
  /** In ten-thousandths, as it was when it was counted; null: none. */
  threshold: shareSchema.nullable(),
  /** Null without a threshold, or of nothing. */
  passes: z.boolean().nullable(),
})
export type QualityFigure = z.infer<typeof qualityFigureSchema>

/** daily: by itself. asked: somebody wanted it. recheck: after merges. */
export const qualityRunSchema = z.object({
  id: idSchema('QualityRunId'),
  kind: z.enum(['daily', 'asked', 'recheck']),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  businessDate: businessDateSchema,
  /** Rows looked at, and about how many there are; null until that is known. */
  doneRows: z.int(),
  totalRows: z.int().nullable(),
  createdAtMs: epochMsSchema,
  finishedAtMs: epochMsSchema.nullable(),
  /** Who asked; null when nobody did. */
  by: z.string().nullable(),
  /** Of a run that is done: figures below their threshold, and how many have one. */
  failing: z.int(),
  judged: z.int(),
})
export type QualityRun = z.infer<typeof qualityRunSchema>

/** `GET /console/v1/quality`. */
export const qualityOverviewSchema = z.object({
  /** The last run that was done; null before the first. */
  last: qualityRunSchema.nullable(),
  /** One that waits or runs now. */
  current: qualityRunSchema.nullable(),
  figures: z.array(qualityFigureSchema),
  /** What waits for somebody to look at, by kind. */
  open: z.array(z.object({ kind: qualityIssueKindSchema, count: z.int() })),
})
export type QualityOverview = z.infer<typeof qualityOverviewSchema>

/** `POST /console/v1/quality/runs` counts anew, or answers the run that is under way. */
export const qualityRunsSchema = z.object({ runs: z.array(qualityRunSchema) })

/** `GET /console/v1/quality/trend`: one figure over its last 180 runs, oldest first. */
export const qualityTrendQuerySchema = z.strictObject({ code: qualityFigureCodeSchema })
export const qualityTrendSchema = z.object({
  code: qualityFigureCodeSchema,
  points: z.array(
    z.object({
      businessDate: businessDateSchema,
      atMs: epochMsSchema,
      part: z.int(),
      whole: z.int(),
      threshold: shareSchema.nullable(),
      passes: z.boolean().nullable(),
    }),
  ),
})
export type QualityTrend = z.infer<typeof qualityTrendSchema>

/** seen: looked at. right: the data is right. wrong: it is not. gone: found no more. */
export const qualityIssueStateSchema = z.enum(['open', 'seen', 'right', 'wrong', 'gone'])
export type QualityIssueState = z.infer<typeof qualityIssueStateSchema>

/** Query of `GET /console/v1/quality/issues`, newest first. */
export const qualityIssueQuerySchema = pageQuerySchema.extend({
  kind: qualityIssueKindSchema,
  state: qualityIssueStateSchema.default('open'),
})
export type QualityIssueQuery = z.infer<typeof qualityIssueQuerySchema>

/** Why a purchase before the membership may be right. */
export const beforeJoinedSchema = z.enum(['imported', 'given_later', 'arrived_late', 'unexplained'])
export type BeforeJoined = z.infer<typeof beforeJoinedSchema>

/** What was found, in numbers: what does not concern a kind is absent. */
export const qualityEvidenceSchema = z.object({
  how: beforeJoinedSchema.optional(),
  kind: z.enum(['sale', 'refund']).optional(),
  receiptNo: z.string().optional(),
  item: z.string().optional(),
  quantityMilli: z.int().optional(),
  totalFen: fenSchema.optional(),
  /** The sum of the lines; the amount from which a store's sales are flagged. */
  linesFen: z.int().optional(),
  limitFen: fenSchema.optional(),
  businessDate: businessDateSchema.optional(),
  occurredAtMs: epochMsSchema.optional(),
  recordedAtMs: epochMsSchema.optional(),
  joinedAtMs: epochMsSchema.optional(),
})
export type QualityEvidence = z.infer<typeof qualityEvidenceSchema>

export const qualityIssueSchema = z.object({
  id: idSchema('QualityIssueId'),
  kind: qualityIssueKindSchema,
  state: qualityIssueStateSchema,
  storeName: z.string().nullable(),
  /** Nobody for those who see figures and no people. */
  members: z.array(z.object({ memberId: idSchema('MemberId'), memberNo: z.string() })),
  evidence: qualityEvidenceSchema,
  foundAtMs: epochMsSchema,
  settledAtMs: epochMsSchema.nullable(),
  settledBy: z.string().nullable(),
})
export type QualityIssue = z.infer<typeof qualityIssueSchema>
export const qualityIssuePageSchema = z.object({
  issues: z.array(qualityIssueSchema),
  nextCursor: z.string().nullable(),
})
export type QualityIssuePage = z.infer<typeof qualityIssuePageSchema>

/** `POST /console/v1/quality/issues/:id/settle`; settling it again changes the answer. */
export const qualitySettleSchema = z.strictObject({ state: z.enum(['seen', 'right', 'wrong']) })
export type QualitySettle = z.infer<typeof qualitySettleSchema>

// Samples: a few are drawn by chance, a person looks each up, and the share that was right is told
// with its interval, source by source.

/** pair: pairs that were found. merge: pairs that were merged. record: members. */
export const sampleKindSchema = z.enum(['pair', 'merge', 'record'])
export type SampleKind = z.infer<typeof sampleKindSchema>
export const SAMPLE_SIZE_MAX = 200

/** `POST /console/v1/quality/samples`: so many of each source, or all there are. */
export const sampleAskSchema = z.strictObject({
  kind: sampleKindSchema,
  perSource: z.int().min(1).max(100),
})
export type SampleAsk = z.infer<typeof sampleAskSchema>

export const sampleVerdictSchema = z.enum(['right', 'wrong', 'unsure'])
export type SampleVerdict = z.infer<typeof sampleVerdictSchema>

/** Of one source. "Cannot tell" counts as not looked at. */
export const samplePrecisionSchema = z.object({
  source: z.string(),
  /** How many there were to draw from. */
  population: z.int(),
  drawn: z.int(),
  right: z.int(),
  wrong: z.int(),
  unsure: z.int(),
  /** Shares from 0 to 1, 95 %; null while nothing was decided. */
  precision: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
})
export type SamplePrecision = z.infer<typeof samplePrecisionSchema>

export const sampleSchema = z.object({
  id: idSchema('SampleId'),
  kind: sampleKindSchema,
  state: z.enum(['drawing', 'open', 'done', 'failed']),
  seed: z.int(),
  perSource: z.int(),
  createdAtMs: epochMsSchema,
  by: z.string().nullable(),
  sources: z.array(samplePrecisionSchema),
})
export type Sample = z.infer<typeof sampleSchema>
/** `GET /console/v1/quality/samples`: the latest twenty. */
export const samplesSchema = z.object({ samples: z.array(sampleSchema) })

/** One side of what was drawn, masked. */
export const sampleSideSchema = z.object({
  memberId: idSchema('MemberId'),
  memberNo: z.string(),
  phoneMasked: z.string(),
  nameMasked: z.string().nullable(),
  birthdayMonthDay: z.string().nullable(),
  registeredChannel: z.string(),
  registeredStoreName: z.string().nullable(),
  memberSinceMs: epochMsSchema,
  isMerged: z.boolean(),
})
export type SampleSide = z.infer<typeof sampleSideSchema>

export const sampleItemSchema = z.object({
  itemNo: z.int(),
  source: z.string(),
  sides: z.array(sampleSideSchema),
  verdict: sampleVerdictSchema.nullable(),
  decidedAtMs: epochMsSchema.nullable(),
  decidedBy: z.string().nullable(),
})
export type SampleItem = z.infer<typeof sampleItemSchema>
/** `GET /console/v1/quality/samples/:id`, with all its items: at most SAMPLE_SIZE_MAX. */
export const sampleFileSchema = sampleSchema.extend({ items: z.array(sampleItemSchema) })
export type SampleFile = z.infer<typeof sampleFileSchema>

/** `POST /console/v1/quality/samples/:id/items/:itemNo`, answered by sampleSchema. */
export const verdictAskSchema = z.strictObject({ verdict: sampleVerdictSchema })
