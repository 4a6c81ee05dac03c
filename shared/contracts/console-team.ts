import { z } from 'zod'
import { idSchema } from '../ids.js'
import { STAFF_ROLES } from '../permissions.js'
import { CHAIN_TIME_ZONE } from '../time-zone.js'
import { epochMsSchema } from './common.js'

// Stores, tills and staff, as the console changes them. All answers of a list come whole: a chain
// has at most 3,000 stores.

export const STAFF_NAME_MAX = 64
export const STAFF_PASSWORD_MIN = 10
export const STAFF_PASSWORD_MAX = 200
export const STORE_NAME_MAX = 40

export const staffRoleSchema = z.enum(STAFF_ROLES)
/** Letters, digits, dot, dash and underscore of a till's, a store's or a person's short name. */
const codeSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._-]{1,32}$/)

/** `POST /console/v1/stores` (owner): 409 `name_taken` when the code is another store's. */
export const storeNewSchema = z.strictObject({
  code: codeSchema,
  name: z.string().trim().min(1).max(STORE_NAME_MAX),
  /** IANA name. */
  timeZone: z.string().min(1).max(64).default(CHAIN_TIME_ZONE),
})
export type StoreNew = z.infer<typeof storeNewSchema>
/** `PATCH /console/v1/stores/:storeId` (owner). 204. */
export const storeChangeSchema = z.strictObject({
  name: z.string().trim().min(1).max(STORE_NAME_MAX),
})
export const storeCreatedSchema = z.object({ id: idSchema('StoreId') })

/**
 * `POST /console/v1/terminals/enrolment`: a one-time code for a till, new or known. Enrolling a
 * known till again moves it to the new machine.
 */
export const enrolmentAskSchema = z.strictObject({
  storeId: idSchema('StoreId'),
  terminalCode: codeSchema,
})
export type EnrolmentAsk = z.infer<typeof enrolmentAskSchema>
export const enrolmentIssuedSchema = z.object({
  code: z.string(),
  expiresAtMs: epochMsSchema,
})
export type EnrolmentIssued = z.infer<typeof enrolmentIssuedSchema>
// `POST /console/v1/terminals/:id/revoke` stops a till at once. 204.

export const staffMemberSchema = z.object({
  id: idSchema('StaffId'),
  username: z.string(),
  name: z.string(),
  role: staffRoleSchema,
  state: z.enum(['active', 'stopped']),
  /** The stores this person acts for; empty for an owner, who acts for all. */
  storeIds: z.array(idSchema('StoreId')),
  createdAtMs: epochMsSchema,
  lastSignInAtMs: epochMsSchema.nullable(),
})
export type StaffMember = z.infer<typeof staffMemberSchema>
/** `GET /console/v1/staff`: an owner sees all, a manager those of their stores. */
export const staffListSchema = z.object({ staff: z.array(staffMemberSchema) })

/** `POST /console/v1/staff`, answered by staffMemberSchema; 409 `name_taken`. */
export const staffNewSchema = z.strictObject({
  username: codeSchema,
  name: z.string().trim().min(1).max(STAFF_NAME_MAX),
  role: staffRoleSchema,
  storeIds: z.array(idSchema('StoreId')).max(3_000),
  password: z.string().min(STAFF_PASSWORD_MIN).max(STAFF_PASSWORD_MAX),
})
export type StaffNew = z.infer<typeof staffNewSchema>
/**
 * `PATCH /console/v1/staff/:id`, answered by staffMemberSchema; what is absent stays. Nobody stops
 * or demotes themselves, and the last active owner stays one: `forbidden`. A new password or a stop
 * ends the person's sessions.
 */
export const staffChangeSchema = z.strictObject({
  name: z.string().trim().min(1).max(STAFF_NAME_MAX).optional(),
  role: staffRoleSchema.optional(),
  storeIds: z.array(idSchema('StoreId')).max(3_000).optional(),
  state: z.enum(['active', 'stopped']).optional(),
  password: z.string().min(STAFF_PASSWORD_MIN).max(STAFF_PASSWORD_MAX).optional(),
  /** With a stop: the colleague who takes over the customers; null or absent: their stores. */
  successorId: idSchema('StaffId').nullable().optional(),
})
export type StaffChange = z.infer<typeof staffChangeSchema>
