import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from '@jest/globals'
import type { ImportJob } from '@huike/shared/contracts/console-imports'
import { IMPORT_CRASH_POINTS } from '../../server/platform/crash-points.js'
import { SystemClock } from '../../server/platform/clock.js'
import type { Database } from '../../server/platform/database.js'
import { ensureKeyring } from '../../server/platform/keyring.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { sharedOut } from '../rig/long.js'
import { freePort } from '../rig/processes.js'
import { repositoryPath } from '../rig/repository.js'
import { firstTill, prepareDatabase, ServerProcess } from '../rig/server-process.js'

// A server killed with SIGKILL in the middle of an import: whoever comes next goes on behind the last
// batch that was committed. Nothing is missing and nothing is there twice.

const ORDERS = 1_300
const LINES_PER_ORDER = 2
const BUYERS = 400
const WAIT_MS_MAX = 90_000
const PASSWORD = 'correct horse'

beforeAll(() => {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}, 120_000)

describeEachDatabase('a server killed in the middle of an import', (kit) => {
  it('takes every order once, wherever it was killed', async () => {
    const opened = await kit.open()
    ensureKeyring(join(opened.directory, 'keyring.json'))
    const storeId = await prepareDatabase(opened, prepare)
    const server = new ServerProcess(opened, await freePort())
    try {
      await server.start()
      let token = await signIn(server)
      const { job } = await sendFile(server, token, ordersFile())
      const fields = job.columns.map(({ field }) => field)
      const { kind, templateId, options } = job
      await ask(server, token, `imports/${job.id}/mapping`, {
        ...{ kind, templateId, options, fields, storeId },
      })
      await until(async () => (await jobOf(server, token, job.id)).state === 'checked')
      await server.stop()
      for (const [index, point] of sharedOut(IMPORT_CRASH_POINTS, opened.kind).entries()) {
        // Armed for the second batch it meets, but for the end, which comes once.
        await server.start(`${point}:${point === 'import.before-finish' ? '1' : '2'}`)
        if (index === 0) await ask(server, await signIn(server), `imports/${job.id}/start`, {})
        await server.program?.exited
        await prepareDatabase(opened, (database) => endLease(database, job.id))
      }
      await server.start()
      token = await signIn(server)
      await until(async () => (await jobOf(server, token, job.id)).state === 'done')
      const done = await jobOf(server, token, job.id)
      expect(done.taken).toEqual(done.check)
      expect(done.taken).toMatchObject({ sales: ORDERS, newMembers: BUYERS, duplicates: 0 })
      // The file goes once it is certain that the import is done.
      await until(() => Promise.resolve(filesLeft(opened.directory).length === 0))
      await server.stop()
      await prepareDatabase(opened, async (database) => {
        expect(await count(database, 'purchase')).toBe(ORDERS)
        expect(await count(database, 'purchase_line')).toBe(ORDERS * LINES_PER_ORDER)
        expect(await count(database, 'member')).toBe(BUYERS)
        expect(await count(database, 'points_account')).toBe(BUYERS)
        expect(await count(database, 'import_rejection')).toBe(0)
      })
    } finally {
      await server.stop()
    }
  }, 240_000)
})

function filesLeft(directory: string): string[] {
  return readdirSync(join(directory, 'imports'))
}

/** The lease of the dead is waited for no longer. */
async function endLease(database: Database, id: string): Promise<void> {
  await database.write((tx) => tx.run('UPDATE import_job SET nextAtMs = 0 WHERE id = ?', [id]))
}

async function prepare(database: Database): Promise<string> {
  await firstTill(database)
  const staff = new StaffService(database, new SystemClock())
  await staff.create({ username: 'boss', name: '老板', role: 'owner', password: PASSWORD })
  const [store] = await database.read((rx) => rx.rows<{ id: string }>('SELECT id FROM store'))
  return store?.id ?? ''
}

function ordersFile(): string {
  const lines = ['订单号,付款时间,商品名称,数量,单价,手机号']
  for (let order = 0; order < ORDERS; order += 1)
    for (let line = 0; line < LINES_PER_ORDER; line += 1)
      lines.push(
        `E${String(order)},2025-03-01 10:00:00,货${String(line)},1,9.99,` +
          String(13_900_000_000 + (order % BUYERS)),
      )
  return lines.join('\n')
}

async function count(database: Database, table: string): Promise<number> {
  const [row] = await database.read((rx) => rx.rows(`SELECT COUNT(*) AS n FROM ${table}`))
  return Number(row?.['n'])
}

async function signIn(server: ServerProcess): Promise<string> {
  const response = await fetch(`${server.url}/console/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'boss', password: PASSWORD }),
  })
  const body = (await response.json()) as { accessToken: string }
  return body.accessToken
}

async function sendFile(
  server: ServerProcess,
  token: string,
  text: string,
): Promise<{ job: ImportJob }> {
  const response = await fetch(`${server.url}/console/v1/imports?name=orders.csv`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` },
    body: text,
  })
  return (await response.json()) as { job: ImportJob }
}

async function ask(
  server: ServerProcess,
  token: string,
  path: string,
  json?: unknown,
): Promise<ImportJob> {
  const response = await fetch(`${server.url}/console/v1/${path}`, {
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  })
  const body = await response.json()
  if (response.status !== 200) throw new Error(JSON.stringify(body))
  return body as ImportJob
}

function jobOf(server: ServerProcess, token: string, id: string): Promise<ImportJob> {
  return ask(server, token, `imports/${id}`)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + WAIT_MS_MAX
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to that')
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
