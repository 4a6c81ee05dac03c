import { z } from 'zod'
import { epochMsSchema } from './common.js'
import { pickupFindSchema, pickupHandOverSchema, tillPickupSchema } from './till-pickups.js'

// What is to be fetched, as the cashier page and the agent on the same machine speak of it. All of it
// needs the network: `pickup_offline` where it was not asked, and `pickup_unanswered` where nobody
// knows whether the server took a hand-over: the same once more tells, and hands nothing over twice.

/** `POST /cashier/v1/pickups/find`: what a code stands for, or all that a member can fetch here. */
export const cashierPickupFindSchema = pickupFindSchema
export const cashierPickupsSchema = z.object({ pickups: z.array(tillPickupSchema) })
export type CashierPickups = z.infer<typeof cashierPickupsSchema>

/** `POST /cashier/v1/pickups/hand-over`: the shopper has it. */
export const cashierHandOverSchema = pickupHandOverSchema.omit({ requestId: true })
export type CashierHandOver = z.infer<typeof cashierHandOverSchema>
export const cashierHandedOverSchema = z.object({
  pickup: tillPickupSchema,
  handedAtMs: epochMsSchema,
  /** False where an answer was lost: this till had handed it over by then. */
  isNew: z.boolean(),
})
export type CashierHandedOver = z.infer<typeof cashierHandedOverSchema>
