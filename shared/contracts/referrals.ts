import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, pageQuerySchema, pointsSchema } from './common.js'

// Members who bring friends: a code, and what became of those who came with it.

export const REFERRAL_CODE_CHARACTERS = 8

/** As somebody typed it, or as a shared page carries it; what is no code brings nobody. */
export const referralCodeInputSchema = z.string().trim().max(32)

/**
 * What became of a code somebody registered with. unknown: nobody's, or nobody is asked to bring
 * friends. not_new: they were a member before.
 */
export const referralOutcomeSchema = z.enum(['bound', 'unknown', 'not_new'])
export type ReferralOutcome = z.infer<typeof referralOutcomeSchema>

/**
 * waiting: the friend has not bought yet. bought: they have, and may still bring it back. given:
 * points were given. void: none will be. reversed: they were taken back, since both are one person.
 */
export const referralStateSchema = z.enum(['waiting', 'bought', 'given', 'void', 'reversed'])
export type ReferralState = z.infer<typeof referralStateSchema>

/** `GET /member/v1/referrals`: one's own code and whom it brought, newest first. */
export const referralPageSchema = z.object({
  /** Null where nobody is asked to bring friends. */
  code: z.string().length(REFERRAL_CODE_CHARACTERS).nullable(),
  /** What is given for what, one sentence each. */
  rules: z.array(z.string()),
  referrals: z.array(
    z.object({
      id: idSchema('ReferralId'),
      /** The name's first character; nothing else of the friend is told. */
      friend: z.string(),
      state: referralStateSchema,
      /** What the one who brought them got. */
      points: pointsSchema,
      boundAtMs: epochMsSchema,
    }),
  ),
  nextCursor: z.string().nullable(),
})
export type ReferralPage = z.infer<typeof referralPageSchema>

export const referralQuerySchema = pageQuerySchema
