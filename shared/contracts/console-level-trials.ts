import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema } from './common.js'
import { pointsJobSchema, pointsValueSchema } from './console-points-report.js'
import { schemeTermsSchema } from './levels.js'

// Levels tried on members as they are, before they are published.

const POINTS_TOTAL = z.int()

/** `POST /console/v1/levels/trials` */
export const levelTrialAskedSchema = z.strictObject({ terms: schemeTermsSchema })
export type LevelTrialAsked = z.infer<typeof levelTrialAskedSchema>

/** Members who have one level and would have another; of those who stay both are the same. */
export const levelPairSchema = z.object({
  fromCode: z.string(),
  toCode: z.string(),
  members: z.int(),
  /** Some of those who move. */
  examples: z.array(z.object({ memberId: idSchema('MemberId'), masked: z.string().nullable() })),
})
export type LevelPairShown = z.infer<typeof levelPairSchema>

/** Sales of those who move: what they give for the level they have, and for the other. */
const levelPointsSchema = z.object({
  sales: z.int(),
  nowPoints: POINTS_TOTAL,
  trialPoints: POINTS_TOTAL,
})

/** One time a draft of the levels was tried. */
export const levelTrialSchema = pointsJobSchema.extend({
  asked: levelTrialAskedSchema,
  value: pointsValueSchema,
  result: z
    .object({
      members: z.int(),
      /** In the order of the draft's levels. */
      up: z.int(),
      down: z.int(),
      pairs: z.array(levelPairSchema),
      /** Growth was worked out anew: the draft gives it otherwise than the scheme in force. */
      isGrownAnew: z.boolean(),
      /** By the rule of points in force, over twelve months; null where it asks for no level. */
      cost: levelPointsSchema
        .extend({
          fromDate: businessDateSchema,
          toDate: businessDateSchema,
          /** The largest differences first; those beyond are summed up. */
          stores: z.array(levelPointsSchema.extend({ name: z.string() })),
          otherStores: levelPointsSchema.nullable(),
        })
        .nullable(),
    })
    .nullable(),
})
export type LevelTrial = z.infer<typeof levelTrialSchema>

/** `GET /console/v1/levels/trials`: the latest, newest first. */
export const levelTrialsSchema = z.object({ trials: z.array(levelTrialSchema) })
export type LevelTrials = z.infer<typeof levelTrialsSchema>
