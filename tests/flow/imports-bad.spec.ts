import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { RunImportsService } from '../../server/flows/run-imports.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { checked, jobOf, sendFile, sendMapping, taken, upload, worked } from '../rig/imports.js'
import { enrolTill, startTestServer, type TestServer } from '../rig/server.js'
import { xlsxOf, zipOf } from '../rig/spreadsheet.js'

// Files and people that are up to no good: a clear answer, and nothing half done.

const MEBIBYTE = 1_048_576
const TWO_GIGABYTES = 2 * 1_024 * MEBIBYTE
const GOOD = '手机号,姓名\n13822220001,李雷\n'

describeEachDatabase('bad imports', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let owner: ConsolePerson
  let storeId: string

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    storeId = (await enrolTill(server)).enrolled.storeId
    owner = await signInAs(server, 'owner')
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  const files = () => {
    const folder = join(opened.directory, 'imports')
    return existsSync(folder) ? readdirSync(folder) : []
  }
  const count = async (table: string) =>
    Number(
      (await server.database.read((rx) => rx.rows(`SELECT COUNT(*) AS n FROM ${table}`)))[0]?.['n'],
    )

  it.each([
    [
      'a zip bomb',
      zipOf([{ name: 'xl/workbook.xml', content: Buffer.alloc(64 * MEBIBYTE) }]),
      422,
      'file_over_limits',
    ],
    ['a gzip bomb', gzipSync(Buffer.alloc(64 * MEBIBYTE, 'a,')), 422, 'file_over_limits'],
    ['half a spreadsheet', xlsxOf([['手机号', '姓名']]).subarray(0, 500), 422, 'file_truncated'],
    ['half a gzip', gzipSync(GOOD).subarray(0, 20), 422, 'file_truncated'],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 422, 'file_not_table'],
    ['an old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 422, 'file_old_excel'],
    ['nothing', Buffer.alloc(0), 422, 'file_empty'],
    ['no header', Buffer.from('13822220002,李雷\n13822220003,韩梅梅\n'), 422, 'file_no_header'],
  ])('says what is wrong with %s, and keeps nothing of it', async (_name, bytes, status, code) => {
    const before = files()
    const reply = await sendFile(owner, bytes)
    expect([reply.status, reply.body.code]).toEqual([status, code])
    expect(reply.body.title).toMatch(/[\u4e00-\u9fff]/)
    expect(files()).toEqual(before)
  })

  it('refuses two gigabytes before reading them, and while they come without saying so', async () => {
    expect(await sendEndless({ 'content-length': String(TWO_GIGABYTES) }, 1)).toBe(413)
    if (kit.kind === 'sqlite') expect(await sendEndless({}, TWO_GIGABYTES / MEBIBYTE)).toBe(413)
    expect(files()).toEqual([])
  }, 120_000)

  /** Sends mebibytes until the answer comes; answers its status. */
  async function sendEndless(headers: Record<string, string>, mebibytes: number): Promise<number> {
    const token = await owner.token()
    return new Promise((resolve, reject) => {
      const sending = request(`${server.url}/console/v1/imports?name=big.csv`, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/octet-stream',
          authorization: `Bearer ${token}`,
        },
      })
      let isAnswered = false
      sending.on('response', (response) => {
        isAnswered = true
        response.resume()
        resolve(response.statusCode ?? 0)
        sending.destroy()
      })
      sending.on('error', (error) => {
        if (!isAnswered) reject(error)
      })
      const chunk = Buffer.alloc(MEBIBYTE, '手')
      let left = mebibytes
      const send = () => {
        if (isAnswered || left === 0) return
        left -= 1
        sending.write(chunk, send)
      }
      send()
    })
  }

  it('answers the second of two at once with the first', async () => {
    const csv = '手机号,姓名\n13822220011,李雷\n'
    const replies = await Promise.all([upload(owner, csv), upload(owner, csv), upload(owner, csv)])
    expect(new Set(replies.map(({ job }) => job.id)).size).toBe(1)
    expect(replies.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(files()).toHaveLength(1)
    const id = replies[0]?.job.id ?? ''
    const job = await jobOf(owner, id)
    const mapped = await Promise.all([
      sendMapping(owner, job, storeId),
      sendMapping(owner, job, storeId),
    ])
    expect(mapped.map(({ status }) => status).sort()).toEqual([200, 409])
    await worked(server, owner, id)
    const started = await Promise.all([
      owner.post(`imports/${id}/start`),
      owner.post(`imports/${id}/start`),
    ])
    expect(started.map(({ status }) => status).sort()).toEqual([200, 409])
    const runner = server.app.get(RunImportsService, { strict: false })
    await Promise.all([runner.workOnce(id), runner.workOnce(id)])
    const done = await worked(server, owner, id)
    expect(done.taken).toMatchObject({ rows: 1, newMembers: 1 })
    expect(files()).toEqual([])
  })

  it('does each step in its time only', async () => {
    const { job } = await upload(owner, '手机号,姓名,备注\n13822220021,李雷,\n')
    const early = await owner.post(`imports/${job.id}/start`)
    expect([early.status, early.body.code]).toEqual([409, 'import_not_now'])
    expect((await owner.get(`imports/${job.id}/rejected`)).body.code).toBe('import_not_now')
    const blind = await sendMapping(owner, job, storeId, { fields: [null, 'name', null] })
    expect(blind.body).toMatchObject({ code: 'columns_unknown' })
    expect(blind.body.detail).toContain('手机号')
    const short = await sendMapping(owner, job, storeId, { fields: ['phone'] })
    expect(short.body.code).toBe('input_invalid')
    expect((await sendMapping(owner, job, freshId())).body.code).toBe('input_invalid')
    const off = await owner.post(`imports/${job.id}/cancel`)
    expect(off.body).toMatchObject({ state: 'cancelled' })
    expect((await sendMapping(owner, job, storeId)).body.code).toBe('import_not_now')
    expect((await owner.post(`imports/${job.id}/cancel`)).body.code).toBe('import_not_now')
    expect((await owner.get(`imports/${job.id}/sample`)).body.code).toBe('import_not_now')
    expect((await owner.get(`imports/${freshId()}`)).body.code).toBe('not_found')
    expect(files()).toEqual([])
    expect((await upload(owner, '手机号,姓名,备注\n13822220021,李雷,\n')).isNew).toBe(true)
  })

  it('stops what is called off while it runs, and keeps what was taken', async () => {
    const many = Array.from({ length: 3_000 }, (_, n) => `${String(13_700_000_000 + n)},甲`)
    const csv = `手机号,姓名\n${many.join('\n')}\n`
    const ready = await checked(server, owner, { bytes: csv, storeId })
    const before = await count('member')
    expect((await owner.post(`imports/${ready.id}/start`)).status).toBe(200)
    const runner = server.app.get(RunImportsService, { strict: false })
    const working = runner.workOnce(ready.id)
    while ((await count('member')) === before) await new Promise((resume) => setTimeout(resume, 2))
    const off = await owner.post(`imports/${ready.id}/cancel`)
    await working
    expect(off.body.state).toBe('cancelled')
    const job = await jobOf(owner, ready.id)
    expect(job.state).toBe('cancelled')
    expect(await count('member')).toBe(before + (job.taken?.newMembers ?? -1))
    expect(job.taken?.newMembers).toBeLessThan(3_000)
  })

  it('is for those with the right alone: others see it, or nothing', async () => {
    const { job } = await upload(owner, '手机号,姓名\n13822220031,李雷\n')
    const operations = await signInAs(server, 'operations')
    const auditor = await signInAs(server, 'auditor')
    const manager = await signInAs(server, 'manager', [storeId])
    expect((await operations.get(`imports/${job.id}/sample`)).status).toBe(200)
    expect((await auditor.get(`imports/${job.id}`)).status).toBe(200)
    for (const path of ['sample', 'rejected'])
      expect((await auditor.get(`imports/${job.id}/${path}`)).body.code).toBe('forbidden')
    for (const person of [auditor, manager]) {
      expect((await sendFile(person, GOOD)).body.code).toBe('forbidden')
      expect((await sendMapping(person, job, storeId)).body.code).toBe('forbidden')
    }
    expect((await manager.get('imports')).body.code).toBe('forbidden')
    expect((await operations.post(`imports/${job.id}/cancel`)).status).toBe(200)
  })

  it('saves a mapping for the next file, and lists what there is', async () => {
    const headers = { 顾客电话号: 'phone', 顾客称谓: 'name' }
    const options = { namespace: 'old', refundPrefix: '', earnsPoints: false, createsMembers: true }
    const input = { name: '老系统', kind: 'members', headers, options }
    const kept = await owner.post('imports/templates', input)
    expect([kept.status, kept.body.isOwn]).toEqual([200, true])
    expect((await owner.post('imports/templates', input)).body.id).toBe(kept.body.id)
    const { job } = await upload(owner, '顾客称谓,顾客电话号\n李雷,13822220041\n')
    expect(job).toMatchObject({ templateId: kept.body.id, options: { namespace: 'old' } })
    expect(job.columns.map(({ field }) => field)).toEqual(['name', 'phone'])
    const { templates } = (await owner.get('imports/templates')).body
    expect(templates.map(({ name }: { name: string }) => name)).toContain('老系统')
    const first = await owner.get('imports?limit=2')
    expect(first.body.imports).toHaveLength(2)
    const next = await owner.get(`imports?limit=2&cursor=${String(first.body.nextCursor)}`)
    expect(next.body.imports[0].id < first.body.imports[1].id).toBe(true)
    expect(
      (await taken(server, owner, (await checked(server, owner, { bytes: GOOD, storeId })).id))
        .state,
    ).toBe('done')
  })
})
