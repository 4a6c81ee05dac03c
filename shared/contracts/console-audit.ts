import { z } from 'zod'
import { idSchema } from '../ids.js'
import { businessDateSchema, epochMsSchema, pageQuerySchema } from './common.js'

// What staff did, for those who look after it: `audit.view`.

export const AUDIT_ACTION_MAX = 32

/** What the rows are narrowed to; what is absent narrows nothing. */
export const auditFilterSchema = z.strictObject({
  staffId: idSchema('StaffId').optional(),
  action: z
    .string()
    .regex(/^[a-z]+\.[a-z_]+$/)
    .max(AUDIT_ACTION_MAX)
    .optional(),
  /** Days of the chain's calendar, both included. */
  from: businessDateSchema.optional(),
  to: businessDateSchema.optional(),
  /** A member's, a person's, a store's, a campaign's id. */
  subjectId: z.string().min(1).max(26).optional(),
})
export type AuditFilter = z.infer<typeof auditFilterSchema>

/** Query of `GET /console/v1/audit`, newest first. */
export const auditQuerySchema = z.strictObject({
  ...auditFilterSchema.shape,
  ...pageQuerySchema.shape,
})
export type AuditQuery = z.infer<typeof auditQuerySchema>

export const auditEntrySchema = z.object({
  id: z.string(),
  atMs: epochMsSchema,
  staffId: z.string(),
  /** Null when nobody is known by the id: an unknown user name, or an operator's command. */
  staffName: z.string().nullable(),
  action: z.string(),
  subjectId: z.string().nullable(),
  /** When the subject is a person of the staff. */
  subjectName: z.string().nullable(),
  detail: z.string().nullable(),
  addressMasked: z.string().nullable(),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

export const auditPageSchema = z.object({
  entries: z.array(auditEntrySchema),
  nextCursor: z.string().nullable(),
})
export type AuditPage = z.infer<typeof auditPageSchema>

export const auditExportSchema = z.object({
  id: idSchema('ExportId'),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'expired']),
  doneRows: z.int().min(0),
  createdAtMs: epochMsSchema,
  /** Until when the file is there; null while there is none. */
  expiresAtMs: epochMsSchema.nullable(),
})
export type AuditExport = z.infer<typeof auditExportSchema>
// `POST /console/v1/audit/exports` with auditFilterSchema asks for a file, `GET` lists one's own
// (`auditExportsSchema`), `GET /console/v1/audit/exports/:id/file` fetches it; both are written down.
export const auditExportsSchema = z.object({ exports: z.array(auditExportSchema) })
