import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import {
  exportJobSchema,
  exportJobsSchema,
  type ExportJob,
} from '@huike/shared/contracts/console-members'
import { maskName } from '@huike/shared/names'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { CONFIG, type Config } from '../../server/platform/config.js'
import { ExportWorkerService } from '../../server/reports/export-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout, freshId, registration } from '../rig/events.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Members as a file: asked for, written behind, fetched by whom it is for, and gone after a week.

const PHONE = '13712345678'
/** A name as a prankster gives it. */
const NAME = '=王小明与她的花店'
const LEASE_MS = 60_000
const WEEK_MS = 7 * 86_400_000
const DAY_MS = 86_400_000
const DONE_MS_MAX = 15_000
const MANY = 1_200

describeEachDatabase('exports of members', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let manager: ConsolePerson

  shareServer(kit, async (started, database) => {
    server = started
    opened = database
    till = await enrolTill(server)
    const other = await enrolTill(server, { storeCode: 'S02', storeName: '=解放路,"店"' })
    owner = await signInAs(server, 'owner')
    manager = await signInAs(server, 'manager', [till.enrolled.storeId])
    await till.sendOne(registration(till, PHONE))
    await other.sendOne(registration(other, '13812345679'))
    await server.drain()
  })

  function rows(sql: string, parameters: readonly string[] = []) {
    return server.database.read((rx) => rx.rows(sql, parameters))
  }
  const worker = () => server.app.get(ExportWorkerService, { strict: false })
  const folder = () => join(opened.directory, 'exports')
  const files = () => readdirSync(folder()).sort()
  async function ask(by: ConsolePerson, filter: object = {}): Promise<ExportJob> {
    const reply = await by.post('members/exports', filter)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return exportJobSchema.strict().parse(reply.body)
  }
  async function jobOf(by: ConsolePerson, id: string): Promise<ExportJob | undefined> {
    const reply = await by.get('members/exports')
    const { exports } = exportJobsSchema.strict().parse(reply.body)
    return exports.find((job) => job.id === id)
  }
  async function done(by: ConsolePerson, filter: object = {}): Promise<ExportJob> {
    const { id } = await ask(by, filter)
    await worker().drain()
    // The server's own look may have been first.
    const giveUpAtMs = Date.now() + DONE_MS_MAX
    while (Date.now() < giveUpAtMs) {
      const job = await jobOf(by, id)
      if (job?.state === 'done') return job
      await new Promise((resume) => setTimeout(resume, 20))
    }
    throw new Error(`not done: ${JSON.stringify(await jobOf(by, id))}`)
  }
  async function fetched(by: ConsolePerson, id: string): Promise<string> {
    const path = `/console/v1/members/exports/${id}/file`
    const response = await fetch(server.url + path, {
      headers: { authorization: `Bearer ${await by.token()}` },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="members-${id}.csv"`,
    )
    return Buffer.from(await response.arrayBuffer()).toString('utf8')
  }
  const lines = (csv: string) => csv.split('\r\n').slice(1, -1)

  it('writes masked members as a spreadsheet opens them, and nobody else may read the file', async () => {
    const profiles = server.app.get(ProfilesService, { strict: false })
    const [row] = await rows('SELECT id, memberNo FROM member ORDER BY createdAtMs, id LIMIT 1')
    const memberId = String(row?.['id'])
    const told = { name: NAME, birthday: '1990-02-28' }
    await server.database.write((tx) => profiles.change(tx, memberId, told, server.clock.nowMs()))
    await till.sendOne(checkout(till, { who: { by: 'member', memberId: memberId as never } }))
    await server.drain()
    const job = await done(owner)
    expect(job).toMatchObject({ state: 'done', doneRows: 2, totalRows: 2, by: owner.name })
    expect(job.expiresAtMs).toBe(server.clock.nowMs() + WEEK_MS)
    const csv = await fetched(owner, job.id)
    expect(csv.startsWith('\ufeff会员号,手机号,姓名,')).toBe(true)
    expect(csv.endsWith('\r\n')).toBe(true)
    expect(csv).toContain(
      `${String(row?.['memberNo'])},137****5678,'${maskName(NAME)},待激活,普通会员,21,1,21.32,` +
        '2026-03-02 10:00:00,人民路店,人民路店,2026-03-02 10:00:00,否\r\n',
    )
    expect(csv).toContain(`,"'=解放路,""店""",`)
    const { mode } = statSync(join(folder(), `${job.id}.csv`))
    expect(mode & 0o777).toBe(0o600)
    expect(statSync(folder()).mode & 0o777).toBe(0o700)
  })

  it('holds no clear number and no name, in the file, the tables or the log', async () => {
    await done(owner, { search: PHONE })
    for (const secret of [PHONE, NAME]) expect(findInFiles(opened.directory, [secret])).toEqual([])
    const kept = JSON.stringify([
      await rows('SELECT * FROM export_job'),
      await rows('SELECT * FROM staff_audit'),
    ])
    expect(kept).not.toContain(PHONE)
    expect(server.log.join('\n')).not.toContain(PHONE)
    const [job] = (await owner.get('members/exports')).body.exports
    expect(job.filter).toEqual({ search: '137****5678' })
  })

  it('writes whom the filter names, within the stores of who asked', async () => {
    const one = await done(owner, { search: PHONE })
    expect(lines(await fetched(owner, one.id))).toHaveLength(1)
    const own = await done(manager)
    const csv = await fetched(manager, own.id)
    expect(lines(csv)).toHaveLength(1)
    expect(csv).toContain('137****5678')
    const nobody = await done(manager, { search: '13812345679' })
    expect(lines(await fetched(manager, nobody.id))).toEqual([])
  })

  it('writes down who asked and who fetched', async () => {
    const job = await done(manager, { state: 'pending', inactiveDays: 3 })
    await fetched(owner, job.id)
    const audited = await rows(
      'SELECT staffId, action, detail FROM staff_audit WHERE subjectId = ? ORDER BY id',
      [job.id],
    )
    const detail = '条件：状态、多久没来'
    expect(audited).toEqual([
      { staffId: manager.id, action: 'members.exported', detail },
      { staffId: owner.id, action: 'members.export_fetched', detail },
    ])
  })

  it('is for whom asked, and the owner', async () => {
    const own = await done(owner)
    const theirs = await done(manager)
    expect(await jobOf(manager, own.id)).toBeUndefined()
    expect(await jobOf(owner, theirs.id)).toMatchObject({ by: manager.name })
    expect((await manager.get(`members/exports/${own.id}/file`)).body.code).toBe('not_found')
    expect((await manager.get(`members/exports/${freshId()}/file`)).body.code).toBe('not_found')
    const strange = await manager.get(`members/exports/${encodeURIComponent('../x')}/file`)
    expect(strange.body.code).toBe('not_found')
    await fetched(owner, theirs.id)
    const cashier = await signInAs(server, 'cashier', [till.enrolled.storeId])
    expect((await cashier.post('members/exports')).body.code).toBe('forbidden')
    expect((await cashier.get(`members/exports/${own.id}/file`)).body.code).toBe('forbidden')
    expect((await owner.post('members/exports', { sort: 'x' })).body.code).toBe('input_invalid')
  })

  it('writes everybody once, however many, and tells how far it is', async () => {
    const start = 13_900_000_000
    for (let from = 0; from < MANY; from += 100)
      await till.send(
        Array.from({ length: 100 }, (_, n) => registration(till, String(start + from + n))),
      )
    const job = await done(owner, { state: 'pending' })
    const [counted] = await rows(
      "SELECT COUNT(*) AS all_of_them FROM member WHERE state = 'pending'",
    )
    const total = Number(counted?.['all_of_them'])
    expect(total).toBeGreaterThan(MANY)
    expect(job).toMatchObject({ doneRows: total, totalRows: total })
    const numbers = lines(await fetched(owner, job.id)).map((line) => line.split(',')[0])
    expect(new Set(numbers).size).toBe(total)
    expect(numbers).toHaveLength(total)
  })

  it('takes at most three at a time from one person', async () => {
    // Claimed by a server that is not here, so that they stay.
    const ids: string[] = []
    for (let n = 0; n < 3; n += 1) {
      const { id } = await leased(manager)
      ids.push(id)
    }
    const fourth = await manager.post('members/exports')
    expect([fourth.status, fourth.body.code]).toEqual([429, 'rate_limited'])
    expect((await ask(owner)).id).toBeDefined()
    await setState(ids, 'failed')
    expect((await ask(manager)).id).toBeDefined()
    await worker().drain()
  })

  it('begins again what a killed server left, once its lease has ended', async () => {
    const { id } = await leased(owner)
    mkdirSync(folder(), { recursive: true })
    writeFileSync(join(folder(), `${id}.${freshId()}.part`), '\ufeff会员号,手机号\r\n9000')
    await worker().drain()
    expect(await jobOf(owner, id)).toMatchObject({ state: 'running' })
    const early = await owner.get(`members/exports/${id}/file`)
    expect([early.status, early.body.code]).toEqual([409, 'export_not_ready'])
    server.clock.advance(LEASE_MS + 1)
    await worker().drain()
    const giveUpAtMs = Date.now() + DONE_MS_MAX
    while ((await jobOf(owner, id))?.state !== 'done' && Date.now() < giveUpAtMs)
      await new Promise((resume) => setTimeout(resume, 20))
    expect(await jobOf(owner, id)).toMatchObject({ state: 'done' })
    expect(files().filter((name) => name.startsWith(id))).toEqual([`${id}.csv`])
    expect((await fetched(owner, id)).endsWith('\r\n')).toBe(true)
  })

  it('says that a file was made on another server', async () => {
    const { id } = await leased(owner)
    await server.database.write((tx) =>
      tx.run("UPDATE export_job SET state = 'done', finishedAtMs = ?, nextAtMs = ? WHERE id = ?", [
        server.clock.nowMs(),
        server.clock.nowMs() + WEEK_MS,
        id,
      ]),
    )
    const reply = await owner.get(`members/exports/${id}/file`)
    expect(reply.body).toMatchObject({ code: 'export_not_ready' })
    expect(reply.body.detail).toContain('另一台服务器')
  })

  it('gives up what nobody could finish in a day, and says that it failed', async () => {
    const { id } = await leased(owner)
    server.clock.advance(DAY_MS + 1)
    await worker().drain()
    expect(await jobOf(owner, id)).toMatchObject({ state: 'failed', expiresAtMs: null })
    expect((await owner.get(`members/exports/${id}/file`)).body.code).toBe('export_not_ready')
  })

  it('keeps a file for a week, then deletes it', async () => {
    const { id } = await done(owner, { search: PHONE })
    server.clock.advance(WEEK_MS - 1)
    await worker().drain()
    await fetched(owner, id)
    server.clock.advance(1)
    expect((await owner.get(`members/exports/${id}/file`)).body.code).toBe('export_expired')
    await worker().drain()
    expect(await jobOf(owner, id)).toMatchObject({ state: 'expired' })
    expect(files().filter((name) => name.startsWith(id))).toEqual([])
    const reply = await owner.get(`members/exports/${id}/file`)
    expect([reply.status, reply.body.code]).toEqual([410, 'export_expired'])
  })

  /** A job that another server has begun: its lease runs from now. */
  async function leased(by: ConsolePerson): Promise<{ id: string }> {
    const id = freshId()
    const nowMs = server.clock.nowMs()
    const { keyring } = server.app.get<Config>(CONFIG, { strict: false })
    const asked = JSON.stringify({ filter: {}, scope: null })
    const row = {
      ...{ id, staffId: by.id, kind: 'members', state: 'running', doneRows: 0, totalRows: null },
      filterSealed: keyring.seal(asked, `export_job.filterSealed|${id}`),
      ...{ nextAtMs: nowMs + LEASE_MS, createdAtMs: nowMs, finishedAtMs: null },
    }
    await server.database.write((tx) =>
      tx.insert('export_job', Object.keys(row), [Object.values(row)]),
    )
    return { id }
  }
  async function setState(ids: readonly string[], state: string): Promise<void> {
    for (const id of ids)
      await server.database.write((tx) =>
        tx.run('UPDATE export_job SET state = ? WHERE id = ?', [state, id]),
      )
  }
})
