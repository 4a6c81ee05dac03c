import { z } from 'zod'
import { heldCouponSchema } from './coupons.js'

// Codes that were printed or sold elsewhere, for a coupon of here: brought in by staff as a file, and
// typed by a member.

export const COUPON_CODES_BYTES_MAX = 16 * 1_024 * 1_024
/** Rows a report names. */
export const CODE_FAULTS_MAX = 100
const TYPED_CHARACTERS_MAX = 64

/** Why a row holds no code: letters and digits alone, ten to thirty-two of them. */
export const codeFaultSchema = z.object({
  row: z.int().min(1),
  reason: z.enum(['characters', 'short', 'long']),
})
export type CodeFault = z.infer<typeof codeFaultSchema>

/** `POST /console/v1/coupons/templates/{id}/codes`: what became of the rows of a file. */
export const codesReportSchema = z.object({
  added: z.int(),
  /** There before, of this kind; twice in the file, too. */
  known: z.int(),
  /** There before, of another kind: they stay what they were. */
  elsewhere: z.int(),
  /** There already as what a poster says: that is for everybody. */
  onPosters: z.int(),
  faulty: z.int(),
  /** The first of them. */
  faults: z.array(codeFaultSchema).max(CODE_FAULTS_MAX),
})
export type CodesReport = z.infer<typeof codesReportSchema>

/** `GET` of the same: how many there are, and whether the stock lasts for those that are not used. */
export const codesSummarySchema = z.object({
  imported: z.int(),
  used: z.int(),
  stockLeft: z.int().nullable(),
})
export type CodesSummary = z.infer<typeof codesSummarySchema>

/**
 * `POST /member/v1/coupons/codes`: the coupon of a code that was printed or sold elsewhere, or of one
 * that a poster says to everybody; the same code once more is answered the same.
 */
export const codeTypedSchema = z.strictObject({
  code: z.string().trim().min(1).max(TYPED_CHARACTERS_MAX),
})
export type CodeTyped = z.infer<typeof codeTypedSchema>

export const claimedCodeSchema = heldCouponSchema.extend({
  /** It was theirs before. */
  isAgain: z.boolean().optional(),
})
export type ClaimedCode = z.infer<typeof claimedCodeSchema>
