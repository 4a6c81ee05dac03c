import { z } from 'zod'
import { idSchema } from '../ids.js'
import { IMPORT_FIELDS, IMPORT_KINDS, REJECTIONS, type Rejection } from '../import-fields.js'
import { epochMsSchema, outcomeCodeSchema, platformCodeSchema } from './common.js'

// What the console and the server say to each other about imports: a file is uploaded, its columns
// are mapped, the whole of it is checked, and only then is anything taken.

/** Larger files are refused while they arrive. */
export const IMPORT_BYTES_MAX = 512 * 1_048_576
export const IMPORT_COLUMNS_MAX = 200
export const IMPORT_HEADER_CHARACTERS_MAX = 40
const NAME_CHARACTERS_MAX = 40

export const importKindSchema = z.enum(IMPORT_KINDS)
export const importFieldSchema = z.enum(IMPORT_FIELDS)
const rejectionSchema = z.enum(Object.keys(REJECTIONS) as [Rejection, ...Rejection[]])

/**
 * uploaded: waits for its columns. checking: the whole file is read, nothing is taken. checked: waits
 * for the start. running: rows are taken. The rest are ends.
 */
export const IMPORT_STATES = [
  'uploaded',
  'checking',
  'checked',
  'running',
  'done',
  'failed',
  'cancelled',
  'expired',
] as const
export const importStateSchema = z.enum(IMPORT_STATES)
export type ImportState = z.infer<typeof importStateSchema>

/** Query of `POST /imports`, whose body is the file itself (application/octet-stream). */
export const importUploadQuerySchema = z.strictObject({ name: z.string().min(1).max(200) })
export type ImportUploadQuery = z.infer<typeof importUploadQuerySchema>

/** How a file is understood beyond its columns. */
export const importOptionsSchema = z.strictObject({
  namespace: platformCodeSchema,
  /** Order numbers that begin with this are refunds; empty: none do. */
  refundPrefix: z.string().max(8),
  /** Orders of the past earn no points unless the chain says so. */
  earnsPoints: z.boolean(),
  /** Buyers nobody knows yet become members; otherwise their orders have none. */
  createsMembers: z.boolean(),
})
export type ImportOptions = z.infer<typeof importOptionsSchema>

/** Which column is which field: `null` is left out. In the order of the file's columns. */
const columnMapSchema = z.array(importFieldSchema.nullable()).max(IMPORT_COLUMNS_MAX)

export const importMappingSchema = z.strictObject({
  kind: importKindSchema,
  templateId: z.string().max(32),
  /** The shop the orders belong to, or where members registered. */
  storeId: idSchema('StoreId'),
  fields: columnMapSchema,
  options: importOptionsSchema,
})
export type ImportMapping = z.infer<typeof importMappingSchema>

/** What was counted of a file; amounts of money in fen. */
export const importTallySchema = z.object({
  /** Rows of the file below its header. */
  rows: z.int(),
  newMembers: z.int(),
  /** Rows or orders of somebody already there, in the system or earlier in the file. */
  matched: z.int(),
  sales: z.int(),
  refunds: z.int(),
  lines: z.int(),
  salesFen: z.int(),
  refundsFen: z.int(),
  /** Orders and refunds without a customer. */
  anonymous: z.int(),
  /** Orders that were cancelled or never paid: nothing is taken of them. */
  cancelled: z.int(),
  /** Orders that are there already, word for word. */
  duplicates: z.int(),
  /** Rows with an identity that belongs to somebody else: kept with its owner. */
  conflicts: z.int(),
  /** Rows whose phone number was masked by its platform. */
  maskedPhones: z.int(),
  /** What rounding to whole fen added (or took), in thousandths of a fen. */
  roundingMilliFen: z.int(),
  rejected: z.partialRecord(rejectionSchema, z.int()),
})
export type ImportTally = z.infer<typeof importTallySchema>

export const importJobSchema = z.object({
  id: idSchema('ImportId'),
  state: importStateSchema,
  fileName: z.string(),
  format: z.enum(['csv', 'xlsx']),
  encoding: z.string().nullable(),
  fileBytes: z.int(),
  kind: importKindSchema,
  templateId: z.string(),
  storeId: z.string().nullable(),
  columns: z.array(z.object({ header: z.string(), field: importFieldSchema.nullable() })),
  options: importOptionsSchema,
  /** What the check found; null before it. */
  check: importTallySchema.nullable(),
  /** What has been taken so far; null before the start. */
  taken: importTallySchema.nullable(),
  doneRows: z.int(),
  totalRows: z.int().nullable(),
  failure: z.object({ code: outcomeCodeSchema, sentence: z.string() }).nullable(),
  /** The same file was imported then. */
  importedBeforeAtMs: epochMsSchema.nullable(),
  createdAtMs: epochMsSchema,
  finishedAtMs: epochMsSchema.nullable(),
  by: z.string(),
})
export type ImportJob = z.infer<typeof importJobSchema>

export const importUploadedSchema = z.object({
  job: importJobSchema,
  /** False: this very file is being imported already, and that import is the answer. */
  isNew: z.boolean(),
})
export type ImportUploaded = z.infer<typeof importUploadedSchema>

/** The newest first, by pages. */
export const importsPageSchema = z.object({
  imports: z.array(importJobSchema),
  nextCursor: z.string().nullable(),
})
export type ImportsPage = z.infer<typeof importsPageSchema>

/** The first rows of a file, masked. */
export const importSampleSchema = z.object({ rows: z.array(z.array(z.string())) })
export type ImportSample = z.infer<typeof importSampleSchema>

export const importTemplateSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: importKindSchema,
  /** Header → field, for the headers it knows. */
  headers: z.record(z.string(), importFieldSchema),
  options: importOptionsSchema,
  /** Saved by this chain; the others come with the product. */
  isOwn: z.boolean(),
})
export type ImportTemplate = z.infer<typeof importTemplateSchema>
export const importTemplatesSchema = z.object({ templates: z.array(importTemplateSchema) })
export type ImportTemplates = z.infer<typeof importTemplatesSchema>

export const importTemplateInputSchema = z.strictObject({
  name: z.string().trim().min(1).max(NAME_CHARACTERS_MAX),
  kind: importKindSchema,
  headers: z
    .record(z.string().min(1).max(IMPORT_HEADER_CHARACTERS_MAX), importFieldSchema)
    .refine((headers) => Object.keys(headers).length <= IMPORT_COLUMNS_MAX, 'too many headers'),
  options: importOptionsSchema,
})
export type ImportTemplateInput = z.infer<typeof importTemplateInputSchema>
