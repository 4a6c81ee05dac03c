import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema, epochMsSchema } from './common.js'
import { earningTermsSchema } from './console-points.js'

// The points book as the owner looks at it: verified, what is owed, and rules tried on the past. All
// of it is worked out in the background and kept; a page reads what was found last.

const POINTS_TOTAL = z.int()

/** Work in the background: how far it has come. */
export const pointsJobSchema = z.object({
  id: idSchema('PointsJobId'),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  doneRows: z.int().min(0),
  /** About how many there are; null when nobody knows. */
  totalRows: z.int().min(0).nullable(),
  createdAtMs: epochMsSchema,
  finishedAtMs: epochMsSchema.nullable(),
  /** Who asked for it; null for what begins by itself. */
  by: z.string().nullable(),
})
export type PointsJobShown = z.infer<typeof pointsJobSchema>

/** Something of the book that does not add up. */
export const pointsFindingSchema = z.object({
  table: z.string(),
  row: z.string(),
  words: z.string(),
  memberId: idSchema('MemberId').nullable(),
})
export type PointsFinding = z.infer<typeof pointsFindingSchema>

/** all: the whole book. since: what moved since it was last found right. */
export const pointsCheckScopeSchema = z.enum(['all', 'since'])

/** One time the book was verified. */
export const pointsCheckSchema = pointsJobSchema.extend({
  scope: pointsCheckScopeSchema,
  /** Null before it is done. */
  result: z
    .object({
      accounts: z.int(),
      transfers: z.int(),
      memberPoints: POINTS_TOTAL,
      checkpoints: z.int(),
      checkpointAtMs: epochMsSchema.nullable(),
      findings: z.array(pointsFindingSchema),
    })
    .nullable(),
})
export type PointsCheck = z.infer<typeof pointsCheckSchema>

/** `GET /console/v1/points/checks` */
export const pointsChecksSchema = z.object({
  /** The one that waits or runs. */
  current: pointsCheckSchema.nullable(),
  /** The latest, newest first. */
  checks: z.array(pointsCheckSchema),
  /** When the whole book was last verified. */
  wholeAtMs: epochMsSchema.nullable(),
})
export type PointsChecks = z.infer<typeof pointsChecksSchema>

/** `POST /console/v1/points/checks` */
export const pointsCheckAskedSchema = z.strictObject({ scope: pointsCheckScopeSchema })
export type PointsCheckAsked = z.infer<typeof pointsCheckAskedSchema>

const monthSchema = z.string().regex(/^\d{4}-\d{2}$/)

/** What points are worth: what the chain takes them for as cash, or one fen each before it does. */
export const pointsValueSchema = z.object({
  points: z.int().min(1),
  fen: z.int().min(1),
  /** Points are taken as cash at this rate. */
  isSet: z.boolean(),
})
export type PointsValue = z.infer<typeof pointsValueSchema>
export const POINTS_VALUE_DEFAULT: PointsValue = { points: 1, fen: 1, isSet: false }

/** Points of one calendar month, by the chain's own calendar. */
export const pointsMonthSchema = z.object({
  month: monthSchema,
  /** Earned in this month. */
  issuedPoints: POINTS_TOTAL,
  /** Taken back for refunds and mistakes. */
  takenBackPoints: POINTS_TOTAL,
  spentPoints: POINTS_TOTAL,
  expiredPoints: POINTS_TOTAL,
  /** Of what was earned in this month: still there, and expired since. */
  openPoints: POINTS_TOTAL,
  lostPoints: POINTS_TOTAL,
})
export type PointsMonth = z.infer<typeof pointsMonthSchema>

/** The members of one level. */
export const pointsLevelSchema = z.object({
  levelCode: z.string(),
  members: z.int(),
  /** Who bought within the last 90 days. */
  activeMembers: z.int(),
  purchases: z.int(),
  /** What they bought, refunds taken off. */
  totalFen: z.int(),
  points: POINTS_TOTAL,
})
export type PointsLevel = z.infer<typeof pointsLevelSchema>

/** What the chain owes in points, as it was counted. */
export const pointsOwedSchema = z.object({
  /** Of lots that are open. */
  openPoints: POINTS_TOTAL,
  /** Of members below zero; not part of `openPoints`. */
  debtPoints: POINTS_TOTAL,
  /** By how many whole months ago they could first be spent. */
  ages: z.array(z.object({ months: z.int(), points: POINTS_TOTAL })),
  /** By the month in which they expire; null for never. */
  expiries: z.array(z.object({ month: monthSchema.nullable(), points: POINTS_TOTAL })),
  months: z.array(pointsMonthSchema),
  /**
   * What became of points of months of which nothing is left: expired ÷ issued. Null when there is
   * no such month.
   */
  ended: z
    .object({ months: z.int(), issuedPoints: POINTS_TOTAL, lostPoints: POINTS_TOTAL })
    .nullable(),
  /** Open points that can expire × that share; null without one. */
  breakagePoints: POINTS_TOTAL.nullable(),
  levels: z.array(pointsLevelSchema),
})
export type PointsOwed = z.infer<typeof pointsOwedSchema>

/** `GET /console/v1/points/owed` */
export const pointsOwedPageSchema = z.object({
  value: pointsValueSchema,
  /** When counting began; null before the first. */
  asOfMs: epochMsSchema.nullable(),
  owed: pointsOwedSchema.nullable(),
  current: pointsJobSchema.nullable(),
  levelNames: z.record(z.string(), z.string()),
})
export type PointsOwedPage = z.infer<typeof pointsOwedPageSchema>

/** `POST /console/v1/points/trials`: terms tried on the sales of some days, the last included. */
export const pointsTrialAskedSchema = z
  .strictObject({
    terms: earningTermsSchema,
    fromDate: businessDateSchema,
    toDate: businessDateSchema,
  })
  .refine(({ fromDate, toDate }) => fromDate <= toDate, 'ends before it begins')
export type PointsTrialAsked = z.infer<typeof pointsTrialAskedSchema>

/** Sales of members, and what they gave; net of refunds. */
const givenSchema = z.object({
  sales: z.int(),
  bookPoints: POINTS_TOTAL,
  trialPoints: POINTS_TOTAL,
})

/** One time terms were tried. */
export const pointsTrialSchema = pointsJobSchema.extend({
  asked: pointsTrialAskedSchema,
  value: pointsValueSchema,
  result: givenSchema
    .extend({
      /** Sales from before the chain came here, which gave nothing and are left out. */
      importedSales: z.int(),
      /** What the rules of the time give when they are worked out anew, and sales that differ. */
      replayedPoints: POINTS_TOTAL,
      differingSales: z.int(),
      members: z.int(),
      moreMembers: z.int(),
      fewerMembers: z.int(),
      /** The largest differences first; those beyond are summed up. */
      stores: z.array(givenSchema.extend({ name: z.string() })),
      otherStores: givenSchema.nullable(),
      largest: z.array(
        z.object({
          memberId: idSchema('MemberId'),
          masked: z.string().nullable(),
          bookPoints: POINTS_TOTAL,
          trialPoints: POINTS_TOTAL,
        }),
      ),
    })
    .nullable(),
})
export type PointsTrial = z.infer<typeof pointsTrialSchema>
export const pointsTrialsSchema = z.object({ trials: z.array(pointsTrialSchema) })
export type PointsTrials = z.infer<typeof pointsTrialsSchema>

/** What some points are worth, in fen; rounded to the nearest. */
export function fenOfPoints(some: number, { points, fen }: PointsValue): number {
  return Math.round((some * fen) / points)
}
