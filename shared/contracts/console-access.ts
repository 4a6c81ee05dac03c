import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema } from './common.js'
import { STAFF_PASSWORD_MAX, STAFF_PASSWORD_MIN } from './console-team.js'

// One's own account in the console, and how the chain wants its staff to sign in.

export const RECOVERY_CODES = 10
const FACTOR_CODE_MAX = 32

const passwordSchema = z.string().min(1).max(STAFF_PASSWORD_MAX)
/** Six digits of an authenticator, or a recovery code. */
export const factorCodeSchema = z.string().trim().min(1).max(FACTOR_CODE_MAX)

/** `GET` and `PUT /console/v1/settings/security`. */
export const securitySettingsSchema = z.strictObject({
  /** Owners, operations and auditors see nothing of the chain without a second factor. */
  secondFactorRequired: z.boolean(),
})
export type SecuritySettings = z.infer<typeof securitySettingsSchema>
export const SECURITY_SETTINGS_DEFAULT: SecuritySettings = { secondFactorRequired: false }

export const ownSessionSchema = z.object({
  id: idSchema('SessionId'),
  /** In words, as the browser says of itself. */
  device: z.string(),
  addressMasked: z.string().nullable(),
  createdAtMs: epochMsSchema,
  lastSeenAtMs: epochMsSchema,
  expiresAtMs: epochMsSchema,
  /** The one that asks. */
  isThis: z.boolean(),
})

/** `GET /console/v1/me`. */
export const ownAccountSchema = z.object({
  username: z.string(),
  secondFactor: z.object({
    isSet: z.boolean(),
    /** The chain asks this role for one. */
    isRequired: z.boolean(),
    setAtMs: epochMsSchema.nullable(),
    recoveryCodesLeft: z.int().min(0),
  }),
  sessions: z.array(ownSessionSchema),
})
export type OwnAccount = z.infer<typeof ownAccountSchema>

/**
 * `POST /console/v1/me/password`, 204: the other sessions end. Refuses `password_wrong` and, as every
 * call here that asks for a password, `sign_in_locked`.
 */
export const ownPasswordSchema = z.strictObject({
  current: passwordSchema,
  next: z.string().min(STAFF_PASSWORD_MIN).max(STAFF_PASSWORD_MAX),
})
export type OwnPassword = z.infer<typeof ownPasswordSchema>

// `POST /console/v1/me/sessions/:id/end`, 204, ends one of one's own sessions, this one too.
// `POST /console/v1/me/sessions/end`, 204, ends all of them, this one too.

/** `POST /console/v1/me/second-factor`: begins; 409 `second_factor_set` when there is one. */
export const factorBeginSchema = z.strictObject({ password: passwordSchema })
export const factorBegunSchema = z.object({
  /** Base 32, for typing. */
  secret: z.string(),
  /** `otpauth://…`, for the picture. */
  uri: z.string(),
})
export type FactorBegun = z.infer<typeof factorBegunSchema>

/** `POST /console/v1/me/second-factor/confirm`: from now on it counts. */
export const factorConfirmSchema = z.strictObject({ code: factorCodeSchema })
/** Shown once: the codes are kept hashed. */
export const recoveryCodesSchema = z.object({ recoveryCodes: z.array(z.string()) })
export type RecoveryCodes = z.infer<typeof recoveryCodesSchema>

/**
 * `POST /console/v1/me/second-factor/remove`, 204, and `POST /console/v1/me/recovery-codes`, which
 * makes the codes anew. Both ask for the password and for a code.
 */
export const factorProofSchema = z.strictObject({
  password: passwordSchema,
  code: factorCodeSchema,
})
export type FactorProof = z.infer<typeof factorProofSchema>

// `POST /console/v1/staff/:id/second-factor/reset`, 204: takes it away from somebody who lost it, and
// ends their sessions. Owners only, and not for oneself.
