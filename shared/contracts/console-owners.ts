import { z } from 'zod'
import { idSchema } from '../ids.js'
import { epochMsSchema } from './common.js'

// Whose customers members are: the staff who look after them.

export const memberOwnerSchema = z.object({
  staffId: idSchema('StaffId'),
  name: z.string(),
})
export type MemberOwner = z.infer<typeof memberOwnerSchema>

/** `GET /console/v1/member-owners`: active staff whom this person may give customers to. */
export const memberOwnersSchema = z.object({ owners: z.array(memberOwnerSchema) })
export type MemberOwners = z.infer<typeof memberOwnersSchema>

/**
 * `PUT /console/v1/members/:memberId/owner`: null gives the member to their store. Answers
 * memberOwnedSchema. 422 `input_invalid` for staff who are stopped or not to be seen.
 */
export const ownerChangeSchema = z.strictObject({ staffId: idSchema('StaffId').nullable() })
export type OwnerChange = z.infer<typeof ownerChangeSchema>
export const memberOwnedSchema = z.object({ owner: memberOwnerSchema.nullable() })
export type MemberOwned = z.infer<typeof memberOwnedSchema>

/** `GET /console/v1/staff/:id/customers`: who would have to be passed on if this person left. */
export const staffCustomersSchema = z.object({
  memberCount: z.int(),
  /** There are more than were counted. */
  isMore: z.boolean(),
  /** The handover of somebody who was stopped; null when there never was one. */
  handover: z
    .object({
      state: z.enum(['running', 'done', 'cancelled']),
      movedCount: z.int(),
      /** Null: to their stores. */
      successorName: z.string().nullable(),
      createdAtMs: epochMsSchema,
      finishedAtMs: epochMsSchema.nullable(),
    })
    .nullable(),
})
export type StaffCustomers = z.infer<typeof staffCustomersSchema>
