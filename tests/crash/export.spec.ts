import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from '@jest/globals'
import type { Config } from '../../server/platform/config.js'
import type { Database } from '../../server/platform/database.js'
import { SystemClock } from '../../server/platform/clock.js'
import { mintId } from '../../server/platform/ids.js'
import { ensureKeyring, loadKeyring } from '../../server/platform/keyring.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { schema } from '../../server/migrations/schema.js'
import { MembersService } from '../../server/members/members.service.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freePort } from '../rig/processes.js'
import { repositoryPath } from '../rig/repository.js'
import { prepareDatabase, ServerProcess } from '../rig/server-process.js'

// A server killed with SIGKILL in the middle of an export: half a file is nobody's to fetch, and the
// next server writes it whole.

const MEMBERS = 10_000
const MEMBERS_PER_INSERT = 1_000
const PASSWORD = 'correct horse'
const WAIT_MS_MAX = 60_000

beforeAll(() => {
  const tsc = repositoryPath('node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-b', 'shared', 'server'], { cwd: repositoryPath() })
}, 120_000)

describeEachDatabase('a server killed in the middle of an export', (kit) => {
  it('leaves no half file to fetch, and the next one writes it whole', async () => {
    const opened = await kit.open()
    await prepareDatabase(opened, (database) => fill(database, opened))
    const server = new ServerProcess(opened, await freePort())
    const folder = join(opened.directory, 'exports')
    const names = () => (existsSync(folder) ? readdirSync(folder) : [])
    try {
      await server.start()
      const token = await signIn(server)
      const { id } = await send(server, 'members/exports', {}, token)
      await until(() => names().some((name) => name.endsWith('.part')))
      await server.kill()
      expect(names()).toEqual([expect.stringMatching(/\.part$/)])
      const left = await inDatabase(opened, (database) => stateAfterLease(database, id))
      expect(left).toBe('running')

      await server.start()
      await until(async () => (await jobOf(server, token, id)).state === 'done')
      expect(await jobOf(server, token, id)).toMatchObject({
        doneRows: MEMBERS,
        totalRows: MEMBERS,
      })
      expect(names()).toEqual([`${id}.csv`])
      const lines = readFileSync(join(folder, `${id}.csv`), 'utf8').split('\r\n')
      const numbers = new Set(lines.slice(1, -1).map((line) => line.split(',')[0]))
      expect([lines.length, numbers.size]).toEqual([MEMBERS + 2, MEMBERS])
    } finally {
      await server.stop()
    }
  }, 180_000)
})

/** An owner, and members enough that an export takes its time. */
async function fill(database: Database, opened: OpenedDatabase): Promise<void> {
  const keyringPath = join(opened.directory, 'keyring.json')
  ensureKeyring(keyringPath)
  const staff = new StaffService(database, new SystemClock())
  await staff.create({ username: 'owner', name: '店主', role: 'owner', password: PASSWORD })
  const members = new MembersService({ keyring: loadKeyring(keyringPath) } as Config)
  const nowMs = Date.now()
  for (let from = 0; from < MEMBERS; from += MEMBERS_PER_INSERT) {
    const people = Array.from({ length: MEMBERS_PER_INSERT }, (_, n) => ({
      id: mintId(nowMs),
      phone: String(13_900_000_000 + from + n),
    }))
    await database.write(async (tx) => {
      const fresh = people.map(({ id }) =>
        members.newMember({
          id,
          state: 'active',
          mergedIntoId: null,
          registeredStoreId: null,
          registeredChannel: 'wechat',
          nowMs,
        }),
      )
      await members.insertMembers(tx, fresh)
      const identities = people.map(({ id, phone }) => ({
        ...{ memberId: id, kind: 'phone' as const, namespace: 'cn', value: phone },
        ...{ assurance: 'verified' as const, source: 'test', nowMs },
      }))
      await members.insertIdentities(tx, identities)
    })
  }
}

/** What the killed server left, with its lease over. */
async function stateAfterLease(database: Database, id: string): Promise<string> {
  return database.write(async (tx) => {
    await tx.run('UPDATE export_job SET nextAtMs = 0 WHERE id = ?', [id])
    const [row] = await tx.rows<{ state: string }>('SELECT state FROM export_job WHERE id = ?', [
      id,
    ])
    return row?.state ?? ''
  })
}

async function inDatabase<T>(
  opened: OpenedDatabase,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(opened.url, schema)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

async function signIn(server: ServerProcess): Promise<string> {
  return (await send(server, 'session', { username: 'owner', password: PASSWORD })).accessToken
}

async function send(server: ServerProcess, path: string, json?: object, token = ''): Promise<any> {
  const response = await fetch(`${server.url}/console/v1/${path}`, {
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  })
  const body = await response.json()
  if (response.status !== 200) throw new Error(JSON.stringify(body))
  return body
}

async function jobOf(server: ServerProcess, token: string, id: string): Promise<any> {
  const { exports } = await send(server, 'members/exports', undefined, token)
  return exports.find((job: { id: string }) => job.id === id)
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + WAIT_MS_MAX
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to that')
    await new Promise((resume) => setTimeout(resume, 2))
  }
}
