import { z } from 'zod'
import { OUTCOME_CODES } from '../outcomes.js'
import { FEN_MAX, POINTS_MAX } from '../quantities.js'

// The fields every contract is made of.

/** An amount of money that cannot be negative, in fen. */
export const fenSchema = z.int().min(0).max(FEN_MAX).brand('Fen')
/** An amount that may be negative where a document says so (a discount line). */
export const signedFenSchema = z.int().min(-FEN_MAX).max(FEN_MAX).brand('Fen')
export const pointsSchema = z.int().min(-POINTS_MAX).max(POINTS_MAX).brand('Points')
/** Up to the year 2200: beyond that it is not an instant but a mistake. */
export const epochMsSchema = z.int().min(0).max(7_258_118_400_000).brand('EpochMs')
export const businessDateSchema = z.iso.date().brand('BusinessDate')
/** Points that were given and may not be spent yet: all of them, and the next and their first day. */
export const pendingPointsSchema = z.object({
  points: pointsSchema,
  nextPoints: pointsSchema,
  fromDate: businessDateSchema,
})
export type PendingPoints = z.infer<typeof pendingPointsSchema>
/** A store's wall clock without a zone, `YYYY-MM-DDTHH:mm:ss`. */
export const localTimeSchema = z.iso.datetime({ local: true, offset: false }).max(19)
export const outcomeCodeSchema = z.enum(OUTCOME_CODES)
export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/)
/** Where buyers, cards and hashes are numbered: the same number elsewhere is somebody else. */
export const platformCodeSchema = z.string().regex(/^[a-z0-9_-]{1,32}$/)
/** What a member's level is known by; its name may change, its code never does. */
export const levelCodeSchema = z.string().regex(/^[a-z][a-z0-9_]{0,15}$/)
/** What a person typed as a phone number; normalised by `normalisePhone` before use. */
export const phoneInputSchema = z.string().min(1).max(64)

export const PAGE_ROWS_DEFAULT = 20
export const PAGE_ROWS_MAX = 100

/** Query of a keyset-paginated list. `cursor` is opaque: what the last page gave as `nextCursor`. */
export const pageQuerySchema = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(PAGE_ROWS_DEFAULT),
})
export type PageQuery = z.infer<typeof pageQuerySchema>

/** An error answer, `application/problem+json` (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: outcomeCodeSchema,
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  requestId: z.string().optional(),
  serverTimeMs: z.int().optional(),
})
export type Problem = z.infer<typeof problemSchema>
