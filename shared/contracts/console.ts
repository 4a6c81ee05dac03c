import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema, epochMsSchema, fenSchema, pointsSchema } from './common.js'

// What the console and the server say to each other: /console/v1. Every call but the sign-in
// carries `authorization: Bearer <accessToken>`. Errors are problem+json, as everywhere.

export const STAFF_NAME_MAX = 64
export const STAFF_PASSWORD_MAX = 200

/** owner: the whole chain. manager and clerk: the stores they were given. */
export const staffRoleSchema = z.enum(['owner', 'manager', 'clerk'])
export type StaffRole = z.infer<typeof staffRoleSchema>

/** `POST /console/v1/session`; refused with `credentials_wrong` or `rate_limited`. */
export const consoleSignInSchema = z.strictObject({
  username: z.string().trim().min(1).max(STAFF_NAME_MAX),
  password: z.string().min(1).max(STAFF_PASSWORD_MAX),
})
export type ConsoleSignIn = z.infer<typeof consoleSignInSchema>

export const consoleSessionSchema = z.object({
  accessToken: z.string(),
  expiresAtMs: epochMsSchema,
  staff: z.object({ name: z.string(), role: staffRoleSchema }),
})
export type ConsoleSession = z.infer<typeof consoleSessionSchema>

/** A till as the manager sees it. */
export const consoleTerminalSchema = z.object({
  id: idSchema('TerminalId'),
  code: z.string(),
  /** unenrolled: no till has used its enrolment code yet. revoked: stopped by a person. */
  state: z.enum(['unenrolled', 'active', 'revoked']),
  /** Null until the till was heard of for the first time. */
  lastSeenAtMs: epochMsSchema.nullable(),
  /** Events waiting on the till, as it said last. */
  outboxDepth: z.int().min(0),
  agentVersion: z.string().nullable(),
})
export type ConsoleTerminal = z.infer<typeof consoleTerminalSchema>

/** `GET /console/v1/stores`: the stores this person may see, each with its tills. */
export const consoleStoresSchema = z.object({
  stores: z.array(
    z.object({
      id: idSchema('StoreId'),
      code: z.string(),
      name: z.string(),
      terminals: z.array(consoleTerminalSchema),
    }),
  ),
})
export type ConsoleStores = z.infer<typeof consoleStoresSchema>

/** `GET /console/v1/today`: today's business day so far, over the stores this person may see. */
export const consoleTodaySchema = z.object({
  businessDate: businessDateSchema,
  salesCount: z.int().min(0),
  salesFen: fenSchema,
  /** Those of the sales that belong to a member. */
  memberSalesCount: z.int().min(0),
  memberSalesFen: fenSchema,
  newMembers: z.int().min(0),
  pointsGiven: pointsSchema,
})
export type ConsoleToday = z.infer<typeof consoleTodaySchema>
