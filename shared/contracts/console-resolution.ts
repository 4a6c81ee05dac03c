import { z } from 'zod'
import { IDENTITY_GROUPS } from '../identities.js'
import { fenSchema } from './common.js'

// How the chain wants people recognised: what is believed before what, and what a person looks at.

const SALTS_MAX = 20
const NAME_CHARACTERS_MAX = 64

export const resolutionSettingsSchema = z.strictObject({
  /** What is believed first stands first; each group once. */
  order: z
    .array(z.enum(IDENTITY_GROUPS))
    .length(IDENTITY_GROUPS.length)
    .refine((groups) => new Set(groups).size === groups.length, 'each group once'),
  /** A number nobody used for this long, proven by another WeChat account, is somebody else's. */
  quietDays: z.int().min(90).max(3_650),
  /** Whoever has spent this much is merged by a person only; null: nobody is treated so. */
  reviewFromFen: fenSchema.nullable(),
  /** What a platform appends to a number before it hashes it. */
  salts: z
    .array(
      z.strictObject({
        platform: z.string().min(1).max(NAME_CHARACTERS_MAX),
        salt: z.string().min(1).max(NAME_CHARACTERS_MAX),
      }),
    )
    .max(SALTS_MAX)
    .refine(
      (salts) => new Set(salts.map(({ platform }) => platform)).size === salts.length,
      'each platform once',
    ),
})
export type ResolutionSettings = z.infer<typeof resolutionSettingsSchema>

export const RESOLUTION_SETTINGS_DEFAULT: ResolutionSettings = {
  order: ['phone', 'account', 'email', 'device'],
  quietDays: 365,
  reviewFromFen: 1_000_000 as ResolutionSettings['reviewFromFen'],
  salts: [],
}
