import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, fenSchema, pageQuerySchema } from './common.js'
import { pickupLineSchema, pickupStateSchema } from './pickups.js'

// Orders that are fetched in a store, in the console: `/console/v1/pickups`. The code is never told
// here: whoever fetches an order shows it.

const REFUNDS_MAX = 10_000

export const consolePickupSchema = z.object({
  purchaseId: idSchema('PurchaseId'),
  orderNo: z.string().nullable(),
  /** Where it was ordered: "有赞商城". */
  channelName: z.string(),
  storeId: idSchema('StoreId'),
  storeName: z.string(),
  state: pickupStateSchema,
  /** Null where nobody is known to have bought it. */
  memberId: idSchema('MemberId').nullable(),
  nameMasked: z.string().nullable(),
  phoneMasked: z.string().nullable(),
  orderedAtMs: epochMsSchema,
  expectedAtMs: epochMsSchema.nullable(),
  readyAtMs: epochMsSchema.nullable(),
  readyBy: z.string().nullable(),
  endedAtMs: epochMsSchema.nullable(),
  /** Who handed it over, or that it was paid back, in words. */
  endedBy: z.string().nullable(),
  lines: z.array(pickupLineSchema),
  totalFen: fenSchema,
  refundedFen: fenSchema,
  /** How many refunds answer it: handing over says how many were seen. */
  refunds: z.int(),
})
export type ConsolePickup = z.infer<typeof consolePickupSchema>

/**
 * `GET /console/v1/pickups`: orders in one state, those that wait the oldest first, the others the
 * newest; of somebody with stores of their own what is fetched there.
 */
export const consolePickupsQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  state: pickupStateSchema.default('preparing'),
  storeId: idSchema('StoreId').optional(),
})
export type ConsolePickupsQuery = z.infer<typeof consolePickupsQuerySchema>
export const consolePickupsPageSchema = z.object({
  pickups: z.array(consolePickupSchema),
  nextCursor: z.string().nullable(),
})
export type ConsolePickupsPage = z.infer<typeof consolePickupsPageSchema>

/**
 * `POST /console/v1/pickups/find`: the ten digits of an order, whatever became of it; or the eleven of
 * a phone, for all that waits for its member. Spaces and hyphens do not count. Limited like the search
 * for exchanges: codes and phones cannot be tried out.
 */
export const findPickupSchema = z.strictObject({ text: z.string().trim().min(1).max(30) })
export type FindPickup = z.infer<typeof findPickupSchema>
export const foundPickupsSchema = z.object({ pickups: z.array(consolePickupSchema) })
export type FoundPickups = z.infer<typeof foundPickupsSchema>

/**
 * `GET /console/v1/pickups/{purchaseId}`: one, as it is now. `POST …/hand-over`: once. Refuses `not_found`, `pickup_store`,
 * `pickup_fetched` (its detail says when and by whom), `pickup_cancelled`, and `pickup_changed` where
 * something came back since it was looked at. `…/ready`, without a body, refuses as well; what is ready
 * already is answered as it is.
 */
export const handOverPickupSchema = z.strictObject({
  /** `refunds` of the order as it was looked at. */
  refundsSeen: z.int().min(0).max(REFUNDS_MAX),
})
export type HandOverPickup = z.infer<typeof handOverPickupSchema>
