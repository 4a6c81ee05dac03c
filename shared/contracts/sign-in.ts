import { z } from 'zod'
import { pointsSchema } from './common.js'

// Signing in once a day for points: what the mini-program shows and asks.

/** Signing in, as the shopper sees it today. */
export const signInStateSchema = z.object({
  isDone: z.boolean(),
  /** Days in a row, today among them once it is done. */
  streakDays: z.int(),
  /** What today gives, or gave. */
  todayPoints: pointsSchema,
  /** What tomorrow would give. */
  tomorrowPoints: pointsSchema,
})
export type SignInState = z.infer<typeof signInStateSchema>

/** `POST /member/v1/sign-in`: once a day by the chain's calendar; again, it is told the same. */
export const signInAnswerSchema = z.object({
  isFresh: z.boolean(),
  points: pointsSchema,
  /** "连续签到第 3 天，得 2 分". */
  explanation: z.string(),
  balancePoints: pointsSchema,
  signIn: signInStateSchema,
})
export type SignInAnswer = z.infer<typeof signInAnswerSchema>
