import { z } from 'zod'
import { importFieldSchema, importOptionsSchema } from '@huike/shared/contracts/console-imports'
import type { Keyring } from '../platform/keyring.js'
import type { ImportJob } from './import-job.entity.js'

// What an import knows of its file beyond numbers: its name, its columns and how they are read. Kept
// sealed in the row of the job, because people put people into the names of files and columns.

const planSchema = z.object({
  fileName: z.string(),
  format: z.enum(['csv', 'xlsx']),
  encoding: z.string().nullable(),
  headerRowNo: z.int(),
  headers: z.array(z.string()),
  fields: z.array(importFieldSchema.nullable()),
  options: importOptionsSchema,
})
export type ImportPlan = z.infer<typeof planSchema>

/** The plan as its row keeps it. */
export function sealPlan(keyring: Keyring, importId: string, plan: ImportPlan): string {
  return keyring.seal(JSON.stringify(plan), planContext(importId))
}

/** The plan of a job. */
export function openPlan(keyring: Keyring, job: Pick<ImportJob, 'id' | 'planSealed'>): ImportPlan {
  return planSchema.parse(JSON.parse(keyring.open(job.planSealed, planContext(job.id))))
}

/** A file's key as its row keeps it. */
export function sealFileKey(keyring: Keyring, importId: string, key: Buffer): string {
  return keyring.seal(key.toString('base64'), fileKeyContext(importId))
}

/** The key of a job's file. */
export function openFileKey(
  keyring: Keyring,
  job: Pick<ImportJob, 'id' | 'fileKeySealed'>,
): Buffer {
  return Buffer.from(keyring.open(job.fileKeySealed, fileKeyContext(job.id)), 'base64')
}

function planContext(importId: string): string {
  return `import_job.planSealed|${importId}`
}

function fileKeyContext(importId: string): string {
  return `import_job.fileKeySealed|${importId}`
}
