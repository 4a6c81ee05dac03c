import { z } from 'zod'
import { idSchema } from '../ids.js'
import { AGENT_PROTOCOL } from './agent.js'
import { epochMsSchema, fenSchema, outcomeCodeSchema } from './common.js'
import { EXCHANGE_CODE_DIGITS } from '../till-limits.js'

// What is fetched in a store, as a till hands it over: `/agent/v1/pickups`, limited like the lookup of
// members. The server decides, for the store in which the till stands.

const REFUNDS_MAX = 10_000
const CODE = new RegExp(`^\\d{${String(EXCHANGE_CODE_DIGITS)}}$`)

/** exchange: goods of the points mall. order: placed online, and fetched in a store. */
export const tillPickupKindSchema = z.enum(['exchange', 'order'])
export type TillPickupKind = z.infer<typeof tillPickupKindSchema>

/** Something to be fetched, as a cashier sees it. */
export const tillPickupSchema = z.object({
  kind: tillPickupKindSchema,
  pickupId: z.string(),
  /** Of an order, where it was placed and its number there: "有赞商城 E20260603"; null for an exchange. */
  orderName: z.string().nullable(),
  /** In thousandths of pieces, with how much of each came back already. */
  lines: z.array(z.object({ name: z.string(), quantityMilli: z.int(), returnedMilli: z.int() })),
  /** What came back in money, and how many refunds that were: handing over says how many were seen. */
  refundedFen: fenSchema,
  refunds: z.int(),
  /** An order that nobody has marked as ready: it can be handed over all the same. */
  isPreparing: z.boolean(),
  /** Whose it is; null where nobody is known to have bought it. */
  memberId: idSchema('MemberId').nullable(),
  /** "张**"; null when not known. */
  nameMasked: z.string().nullable(),
  phoneMasked: z.string().nullable(),
  /** The last digits of its code, to be compared with the phone's; null where it has none any more. */
  codeTail: z.string().nullable(),
  madeAtMs: epochMsSchema,
  /** The first moment at which it cannot be fetched any more. */
  untilMs: epochMsSchema.nullable(),
  /** Why it cannot be handed over at this till now, in words; null where it can. */
  why: z.object({ code: outcomeCodeSchema, sentence: z.string() }).nullable(),
})
export type TillPickup = z.infer<typeof tillPickupSchema>

/**
 * `POST /agent/v1/pickups/find`: what a code stands for, whatever became of it, in whatever store; or
 * all that a member can fetch in this one, what has to be fetched first before the others. Refuses
 * `pickup_unknown`, `rate_limited` after many wrong codes, and `member_not_found`.
 */
export const pickupFindSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('code'), code: z.string().regex(CODE) }),
  z.strictObject({ by: z.literal('member'), memberId: idSchema('MemberId') }),
])
export type PickupFind = z.infer<typeof pickupFindSchema>
export const pickupsFoundSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  pickups: z.array(tillPickupSchema),
})
export type PickupsFound = z.infer<typeof pickupsFoundSchema>

/**
 * `POST /agent/v1/pickups/hand-over`: once; the id of the request is minted on the till, and the same
 * once more is answered the same. Refuses `not_found`, and what `why` of a pickup says.
 */
export const pickupHandOverSchema = z.strictObject({
  requestId: idSchema('RequestId'),
  kind: tillPickupKindSchema,
  pickupId: z.string().min(1).max(64),
  /** `refunds` as they were looked at: `pickup_changed` where something came back since. */
  refundsSeen: z.int().min(0).max(REFUNDS_MAX),
})
export type PickupHandOver = z.infer<typeof pickupHandOverSchema>
export const pickupHandedOverSchema = z.object({
  protocol: z.literal(AGENT_PROTOCOL),
  serverTimeMs: epochMsSchema,
  pickup: tillPickupSchema,
  handedAtMs: epochMsSchema,
  /** False where this very request was answered before. */
  isNew: z.boolean(),
})
export type PickupHandedOver = z.infer<typeof pickupHandedOverSchema>
