// Imports as people at the console make them.
import { expect } from '@jest/globals'
import {
  importJobSchema,
  importUploadedSchema,
  type ImportJob,
  type ImportMapping,
  type ImportUploaded,
} from '@huike/shared/contracts/console-imports'
import { RunImportsService } from '../../server/flows/run-imports.service.js'
import type { ConsolePerson } from './console-staff.js'
import type { Reply, TestServer } from './server.js'

const DONE_MS_MAX = 60_000

/** Sends a file in and answers whatever comes back. */
export function sendFile(
  by: ConsolePerson,
  bytes: Uint8Array | string | ReadableStream,
  name = 'file.csv',
): Promise<Reply> {
  const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return by.fetch(`imports?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    body: body as never,
    headers: { 'content-type': 'application/octet-stream' },
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  })
}

/** Uploads a file that must be taken in. */
export async function upload(
  by: ConsolePerson,
  bytes: Uint8Array | string,
  name?: string,
): Promise<ImportUploaded> {
  const reply = await sendFile(by, bytes, name)
  expect([reply.status, reply.body.code, reply.body.detail]).toEqual([200, undefined, undefined])
  return importUploadedSchema.strict().parse(reply.body)
}

/** Confirms the mapping that was guessed, but for what `change` says. */
export function sendMapping(
  by: ConsolePerson,
  job: ImportJob,
  storeId: string,
  change: Partial<ImportMapping> = {},
): Promise<Reply> {
  const { id, kind, templateId, columns, options } = job
  const fields = columns.map(({ field }) => field)
  return by.post(`imports/${id}/mapping`, { kind, templateId, storeId, fields, options, ...change })
}

export async function jobOf(by: ConsolePerson, id: string): Promise<ImportJob> {
  const reply = await by.get(`imports/${id}`)
  expect(reply.status).toBe(200)
  return importJobSchema.strict().parse(reply.body)
}

/** Lets the worker go on until the import is in none of the states of work. */
export async function worked(
  server: TestServer,
  by: ConsolePerson,
  id: string,
): Promise<ImportJob> {
  const giveUpAtMs = Date.now() + DONE_MS_MAX
  for (;;) {
    await server.app.get(RunImportsService, { strict: false }).drain()
    const job = await jobOf(by, id)
    if (job.state !== 'checking' && job.state !== 'running') return job
    if (Date.now() > giveUpAtMs) throw new Error(`not done: ${JSON.stringify(job)}`)
    await new Promise((resume) => setTimeout(resume, 20))
  }
}

/** Uploads, confirms the guess and has the file checked. */
export async function checked(
  server: TestServer,
  by: ConsolePerson,
  from: {
    bytes: Uint8Array | string
    storeId: string
    name?: string
    change?: Partial<ImportMapping>
  },
): Promise<ImportJob> {
  const { job } = await upload(by, from.bytes, from.name)
  const reply = await sendMapping(by, job, from.storeId, from.change)
  expect([reply.status, reply.body.detail]).toEqual([200, undefined])
  return worked(server, by, job.id)
}

/** Takes a checked import, to its end. */
export async function taken(server: TestServer, by: ConsolePerson, id: string): Promise<ImportJob> {
  const reply = await by.post(`imports/${id}/start`)
  expect([reply.status, reply.body.code]).toEqual([200, undefined])
  const job = await worked(server, by, id)
  await server.drain()
  return job
}
