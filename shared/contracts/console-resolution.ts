import { z } from 'zod'
import { IDENTITY_GROUPS } from '../identities.js'
import { fenSchema, platformCodeSchema } from './common.js'

// How the chain wants people recognised: what is believed before what, and what a person looks at.
// What a platform appends is a secret: it is told once, and no door gives it back.

export const SALTS_MAX = 20
export const SALT_CHARACTERS_MAX = 64
export const NUMBER_QUIET_DAYS_MIN = 90
export const NUMBER_QUIET_DAYS_MAX = 3_650

const rules = {
  /** What is believed first stands first; each group once. */
  order: z
    .array(z.enum(IDENTITY_GROUPS))
    .length(IDENTITY_GROUPS.length)
    .refine((groups) => new Set(groups).size === groups.length, 'each group once'),
  /** A number nobody used for this long, proven by another WeChat account, is somebody else's. */
  quietDays: z.int().min(NUMBER_QUIET_DAYS_MIN).max(NUMBER_QUIET_DAYS_MAX),
  /** Whoever has spent this much is merged by a person only; null: nobody is treated so. */
  reviewFromFen: fenSchema.nullable(),
}
const saltSchema = z.string().min(1).max(SALT_CHARACTERS_MAX)

/** Settings as they are kept. */
export const resolutionSettingsSchema = z.strictObject({
  ...rules,
  /** What a platform appends to a number before it hashes it. */
  salts: eachOnce(z.strictObject({ platform: platformCodeSchema, salt: saltSchema })),
})
export type ResolutionSettings = z.infer<typeof resolutionSettingsSchema>

/** What `GET` and `PUT /console/v1/settings/resolution` answer. */
export const resolutionShownSchema = z.strictObject({
  ...rules,
  /** Those of which it is known what they append. */
  platforms: z.array(platformCodeSchema),
})
export type ResolutionShown = z.infer<typeof resolutionShownSchema>

/** `PUT /console/v1/settings/resolution`. */
export const resolutionChangeSchema = z.strictObject({
  ...rules,
  /** All platforms; null: what was told of this one stays. One that is left out is forgotten. */
  salts: eachOnce(z.strictObject({ platform: platformCodeSchema, salt: saltSchema.nullable() })),
})
export type ResolutionChange = z.infer<typeof resolutionChangeSchema>

export const RESOLUTION_SETTINGS_DEFAULT: ResolutionSettings = {
  order: ['phone', 'account', 'email', 'device'],
  quietDays: 365,
  reviewFromFen: 1_000_000 as ResolutionSettings['reviewFromFen'],
  salts: [],
}

function eachOnce<Salt extends { platform: string }>(schema: z.ZodType<Salt>) {
  return z
    .array(schema)
    .max(SALTS_MAX)
    .refine(
      (salts) => new Set(salts.map(({ platform }) => platform)).size === salts.length,
      'each platform once',
    )
}
