import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema, fenSchema } from './common.js'

// Orders that were placed online and are fetched in a store: `/open/v1` brings them, `/member/v1`
// shows them to whoever owns the purchase, `/console/v1/pickups` hands them over.

/** Digits of the code that is shown in the store, as many as an exchange of the points mall has. */
export const PICKUP_CODE_DIGITS = 10

/**
 * preparing: the store has not put it together yet. ready: it can be fetched (it can be handed over
 * before that, too). fetched: handed over, once. cancelled: everything was paid back before.
 */
export const pickupStateSchema = z.enum(['preparing', 'ready', 'fetched', 'cancelled'])
export type PickupState = z.infer<typeof pickupStateSchema>

/** What `POST /open/v1/orders` says of an order that is fetched in a store. */
export const pickupRequestSchema = z.strictObject({
  /** The store's code, as in the console. */
  storeCode: z.string().min(1).max(32),
  /** When it will probably be ready, for people; the first time that is told stands. */
  readyAtMs: epochMsSchema.nullable().default(null),
})
export type PickupRequest = z.infer<typeof pickupRequestSchema>

/** What the shop is answered: the code is for whoever fetches it, a member or not. */
export const pickupAnswerSchema = z.object({
  storeCode: z.string(),
  code: z.string(),
  state: pickupStateSchema,
})
export type PickupAnswer = z.infer<typeof pickupAnswerSchema>

/** A line of the order, with how much of it came back already. */
export const pickupLineSchema = z.object({
  name: z.string(),
  quantityMilli: z.int(),
  returnedMilli: z.int(),
  amountFen: z.int(),
})
export type PickupLine = z.infer<typeof pickupLineSchema>

/** As its owner sees it. */
export const memberPickupSchema = z.object({
  purchaseId: idSchema('PurchaseId'),
  orderNo: z.string().nullable(),
  /** Where it is fetched. */
  storeName: z.string(),
  state: pickupStateSchema,
  /** Ten digits to be shown in the store, while it waits; else null. Grouped 3-3-4 on screens. */
  code: z.string().nullable(),
  orderedAtMs: epochMsSchema,
  /** When it will probably be ready; null where the shop did not say. */
  expectedAtMs: epochMsSchema.nullable(),
  readyAtMs: epochMsSchema.nullable(),
  endedAtMs: epochMsSchema.nullable(),
  lines: z.array(pickupLineSchema),
  refundedFen: fenSchema,
})
export type MemberPickup = z.infer<typeof memberPickupSchema>

/** `GET /member/v1/pickups`: what waits for a shopper, the oldest first. */
export const waitingPickupsSchema = z.object({ pickups: z.array(memberPickupSchema) })
export type WaitingPickups = z.infer<typeof waitingPickupsSchema>
