import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { firstIdAt } from '@huike/shared/ids'
import { encodeGb18030 } from '../../pos-agent/parse/gb18030.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { ImportWorkService } from '../../server/imports/import-work.service.js'
import { MembersService } from '../../server/members/members.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { registration } from '../rig/events.js'
import { checked, jobOf, sendMapping, taken, upload, worked } from '../rig/imports.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import * as shopper from '../rig/shopper.js'
import { xlsxOf } from '../rig/spreadsheet.js'

// Members from a file: uploaded, looked at, checked as a whole, taken once, and nothing of it left
// lying about in clear.

const WEEK_MS = 7 * 86_400_000

/** A promise that somebody else keeps. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    opened,
    open: () => {
      open()
    },
  }
}

describeEachDatabase('members from a file', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let storeId: string

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    storeId = till.enrolled.storeId
    owner = await signInAs(server, 'owner')
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  const rows = (sql: string, parameters: readonly string[] = []) =>
    server.database.read((rx) => rx.rows(sql, parameters))
  const memberOf = (phone: string) =>
    server.database.read((rx) =>
      server.app.get(MembersService, { strict: false }).findByPhone(rx, phone as never),
    )
  const profileOf = async (memberId: string) =>
    (
      await server.database.read((rx) =>
        server.app.get(ProfilesService, { strict: false }).profilesOf(rx, [memberId]),
      )
    ).get(memberId)
  const files = () => {
    const folder = join(opened.directory, 'imports')
    return existsSync(folder) ? readdirSync(folder) : []
  }
  const rejectedOf = async (id: string): Promise<string[]> => {
    const reply = await owner.get(`imports/${id}/rejected`)
    expect(reply.status).toBe(200)
    return String(reply.body).replace('\ufeff', '').trimEnd().split('\r\n')
  }

  it('makes one member of five rows of 李雷, and tells which rows it refuses', async () => {
    const csv =
      '手机号,姓名,性别,生日,注册时间\n' +
      '13800000001,李雷,男,1990-02-28,2020-01-02 03:04:05\n' +
      '+86 138-0000-0001,李雷,,,\n' +
      "'13800000001,李雷,,,\n" +
      '１３８００００ ０００１,李雷,,,\n' +
      '13800000001.0,李雷,,,\n' +
      '138****0001,李雷,,,\n' +
      '12345,=cmd|calc,,,\n' +
      ',没有号码,,,\n'
    const { job, isNew } = await upload(owner, csv, '会员 13812345678.csv')
    expect(isNew).toBe(true)
    expect(job).toMatchObject({
      ...{ state: 'uploaded', kind: 'members', templateId: 'members', encoding: 'utf-8' },
      fileName: '会员 138****5678.csv',
    })
    expect(job.columns.map(({ field }) => field)).toEqual([
      ...['phone', 'name', 'gender', 'birthday', 'registeredAt'],
    ])
    const sample = await owner.get(`imports/${job.id}/sample`)
    expect(sample.body.rows[0].slice(0, 3)).toEqual(['138****0001', '李*', '男'])
    expect((await sendMapping(owner, job, storeId)).status).toBe(200)
    const ready = await worked(server, owner, job.id)
    const counts = {
      ...{ rows: 8, newMembers: 1, matched: 4, maskedPhones: 0 },
      rejected: { phone_masked: 1, phone_invalid: 1, no_identity: 1 },
    }
    expect(ready).toMatchObject({ state: 'checked', check: counts, taken: null })
    expect(await memberOf('13800000001')).toBeNull()
    const done = await taken(server, owner, job.id)
    expect(done).toMatchObject({ state: 'done', taken: counts })
    const member = await memberOf('13800000001')
    expect(member).toMatchObject({ state: 'pending', registeredChannel: 'import' })
    expect(member?.createdAtMs).toBe(Date.parse('2020-01-02T03:04:05+08:00'))
    expect(await profileOf(member?.id ?? '')).toMatchObject({
      ...{ name: '李雷', gender: 'male', birthday: '1990-02-28' },
      told: { name: { source: 'import' } },
    })
    expect(await rejectedOf(job.id)).toEqual([
      '行号,原因,手机号,姓名,性别,生日,注册时间',
      '7,手机号被平台打了星号，又没有其他身份,138****0001,李*,,,',
      "8,手机号不正确,12…,'=***,,,",
      '9,没有可用的手机号、卡号或平台账号,,没***,,,',
    ])
    const audited = await rows(
      'SELECT action, detail FROM staff_audit WHERE subjectId = ? ORDER BY id',
      [job.id],
    )
    expect(audited.map(({ action, detail }) => [action, detail])).toEqual([
      ['import.uploaded', '会员'],
      ['import.checked', '会员'],
      ['import.started', null],
      ['import.rejected_fetched', null],
    ])
    expect(files()).toEqual([])
  })

  it('fills gaps of whom it knows, overwrites nothing, and writes to nobody new', async () => {
    await till.sendOne(registration(till, '13800000011'))
    const known = await memberOf('13800000011')
    const profiles = server.app.get(ProfilesService, { strict: false })
    const id = known?.id ?? ''
    await server.database.write((tx) =>
      profiles.change(tx, id, { name: '韩梅梅' }, server.clock.nowMs()),
    )
    const csv =
      '手机,会员姓名,邮箱,会员卡号\n' +
      '13800000011,韩女士,han@example.com,A-001\n' +
      ',又一个,,a 001\n' +
      '13800000012,新人,HAN@example.com,\n'
    const ready = await checked(server, owner, { bytes: csv, storeId })
    expect(ready.check).toMatchObject({ newMembers: 1, matched: 2, conflicts: 0 })
    const done = await taken(server, owner, ready.id)
    // The address became the first one's with the row before.
    expect(done.taken).toMatchObject({ newMembers: 1, matched: 2, conflicts: 1 })
    expect((await memberOf('13800000012'))?.id).not.toBe(id)
    expect(await profileOf(id)).toMatchObject({ name: '韩梅梅', email: 'han@example.com' })
    const consents = await rows('SELECT memberId FROM consent_state WHERE memberId = ?', [id])
    expect(consents).toEqual([])
  })

  it.each([
    ['GBK', encodeGb18030('手机号,姓名\n13800000021,王芳\n')],
    ['UTF-16', Buffer.from('\ufeff手机号\t姓名\n13800000022\t王芳\n', 'utf16le')],
    ['gzip', gzipSync('手机号;姓名\n13800000023;王芳\n')],
    ['XLSX', xlsxOf([['会员导出'], ['手机号', '姓名'], [13800000024, '王芳']])],
  ])('reads %s', async (_name, bytes) => {
    const ready = await checked(server, owner, { bytes, storeId })
    expect(ready.check).toMatchObject({ rows: 1, newMembers: 1, rejected: {} })
    expect((await taken(server, owner, ready.id)).state).toBe('done')
  })

  it('finds who was imported by a hash once the number is known, on the same platform', async () => {
    const md5 = createHash('md5').update('13800000031').digest('hex').toUpperCase()
    const options = {
      namespace: 'shopx',
      refundPrefix: '',
      earnsPoints: false,
      createsMembers: true,
    }
    const first = await checked(server, owner, {
      ...{ bytes: `手机号MD5,姓名\n${md5},李雷\nzz,坏的\n`, storeId, change: { options } },
    })
    expect(first.check).toMatchObject({ newMembers: 1, rejected: { hash_invalid: 1 } })
    await taken(server, owner, first.id)
    const second = await checked(server, owner, {
      ...{ bytes: '手机号,姓名\n13800000031,李雷\n', storeId, change: { options } },
    })
    expect(second.check).toMatchObject({ newMembers: 0, matched: 1 })
    await taken(server, owner, second.id)
    expect(await memberOf('13800000031')).not.toBeNull()
  })

  it('finds them by a hash that the platform salted, once the chain has set the salt', async () => {
    const settings = server.app.get(ChainSettingsService, { strict: false })
    await server.database.write(async (tx) => {
      const salts = [{ platform: 'salted', salt: 'pepper' }]
      const by = { staffId: storeId, atMs: server.clock.nowMs() }
      await settings.setResolution(tx, { ...(await settings.resolution(tx)), salts }, by)
    })
    const options = { ...{ namespace: 'salted', refundPrefix: '' }, earnsPoints: false }
    const change = { options: { ...options, createsMembers: true } }
    const hash = createHash('sha256').update('13800000036pepper').digest('hex')
    const first = await checked(server, owner, {
      ...{ bytes: `手机号SHA256,姓名\n${hash},李雷\n`, storeId, change },
    })
    await taken(server, owner, first.id)
    const second = await checked(server, owner, {
      ...{ bytes: '手机号,姓名\n13800000036,李雷\n', storeId, change },
    })
    expect(second.check).toMatchObject({ newMembers: 0, matched: 1 })
    await taken(server, owner, second.id)
    expect(await memberOf('13800000036')).not.toBeNull()
  })

  it('leaves one number under two names for a person to decide', async () => {
    const before = await checked(server, owner, {
      bytes: '手机号,姓名\n13800000046,王伟\n',
      storeId,
    })
    await taken(server, owner, before.id)
    const after = await checked(server, owner, {
      bytes:
        '手机号,姓名\n13800000046,李娜\n13800000046,王先生\n13800000047,张敏\n13800000047,陈刚\n',
      storeId,
    })
    expect(after.check).toMatchObject({ matched: 2, rejected: { name_conflict: 1 } })
    const done = await taken(server, owner, after.id)
    expect(done.taken).toMatchObject({ newMembers: 1, matched: 1, rejected: { name_conflict: 2 } })
  })

  it('leaves a card with another number for a person to decide', async () => {
    const before = await checked(server, owner, {
      bytes: '手机号,卡号\n13800000041,C41\n',
      storeId,
    })
    await taken(server, owner, before.id)
    const ready = await checked(server, owner, { bytes: '手机号,卡号\n13800000042,C41\n', storeId })
    expect(ready.check).toMatchObject({ newMembers: 0, rejected: { identity_conflict: 1 } })
    await taken(server, owner, ready.id)
    expect(await memberOf('13800000042')).toBeNull()
  })

  it('keeps nothing in clear, on the disk, in the tables or in the log', async () => {
    const phone = '13800000051'
    const name = '欧阳小白兔与她的花店'
    const csv = `手机号,姓名,地址,邮箱\n${phone},${name},幸福路一百零一号,bai@tu.example\n999,${name},,\n`
    const ready = await checked(server, owner, { bytes: csv, storeId })
    const [sealed = ''] = files()
    expect(statSync(join(opened.directory, 'imports', sealed)).mode & 0o777).toBe(0o600)
    const secrets = [phone, name, '幸福路一百零一号', 'bai@tu.example']
    expect(findInFiles(opened.directory, secrets)).toEqual([])
    await taken(server, owner, ready.id)
    const kept = JSON.stringify([
      await rows('SELECT * FROM import_job'),
      await rows('SELECT * FROM import_rejection'),
      await rows('SELECT * FROM event_log'),
      await rows('SELECT * FROM member_profile'),
      await rows('SELECT * FROM staff_audit'),
    ])
    for (const secret of secrets) {
      expect(kept).not.toContain(secret)
      expect(server.log.join('\n')).not.toContain(secret)
    }
  })

  // Nobody merges beside SQLite's one writer.
  if (kit.kind === 'mariadb')
    it('gives what a row tells of somebody who is merged meanwhile to the survivor', async () => {
      const [absorbedId, survivorId] = [
        await shopper.register(till, '13800000081'),
        await shopper.register(till, '13800000082'),
      ]
      const csv = '手机号,会员卡号\n13800000081,C81\n'
      const ready = await checked(server, owner, { bytes: csv, storeId })
      const members = server.app.get(MembersService, { strict: false })
      const find = members.findByIdentities.bind(members)
      const looked = gate()
      const merged = gate()
      jest.spyOn(members, 'findByIdentities').mockImplementationOnce(async (tx, identities) => {
        const found = await find(tx, identities)
        looked.open()
        await merged.opened
        return found
      })
      const merging = looked.opened.then(async () => {
        const outcome = await server.app.get(MergeMembersService, { strict: false }).merge({
          ...{ survivorId, absorbedId, moveHistory: true, how: 'chosen', pairId: null, by: null },
          ...{ idempotency: null, nowMs: server.clock.nowMs() },
        })
        merged.open()
        return outcome
      })
      expect((await taken(server, owner, ready.id)).taken).toMatchObject({ matched: 1 })
      expect(await merging).toMatchObject({ ok: true })
      const cards = "SELECT memberId FROM identity WHERE kind = 'card' AND memberId IN (?, ?)"
      expect(await rows(cards, [absorbedId, survivorId])).toEqual([{ memberId: survivorId }])
    })

  it('leaves a book that agrees with itself, whenever people had joined', async () => {
    const csv =
      '手机号,注册时间\n13800000071,2019-05-06 07:08:09\n13800000072,\n13800000073,1900-01-01\n'
    const ready = await checked(server, owner, { bytes: csv, storeId })
    await taken(server, owner, ready.id)
    expect((await memberOf('13800000071'))?.createdAtMs).toBe(Date.parse('2019-05-05T23:08:09Z'))
    // What systems write where they do not know.
    expect((await memberOf('13800000073'))?.createdAtMs).toBe(server.clock.nowMs())
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('forgets a file nobody goes on with, and rejected rows, after a week', async () => {
    const { job } = await upload(owner, '手机号,姓名\n13800000061,甲\n')
    const ready = await checked(server, owner, { bytes: '手机号,姓名\n77,乙\n', storeId })
    await taken(server, owner, ready.id)
    expect(files()).toHaveLength(1)
    server.clock.advance(WEEK_MS + 1)
    await worked(server, owner, job.id)
    expect((await jobOf(owner, job.id)).state).toBe('expired')
    expect(files()).toEqual([])
    expect(await rows('SELECT * FROM import_rejection WHERE importId = ?', [ready.id])).toEqual([])
    const gone = await owner.get(`imports/${ready.id}/rejected`)
    expect([gone.status, gone.body.code]).toEqual([409, 'import_not_now'])
  })

  it('clears away files of a crash, and nothing that is none of an import', async () => {
    const orphan = `${firstIdAt(server.clock.nowMs())}.sealed`
    const folder = join(opened.directory, 'imports')
    mkdirSync(folder, { recursive: true })
    for (const name of [orphan, 'notes.sealed']) writeFileSync(join(folder, name), 'x')
    server.clock.advance(WEEK_MS)
    await server.app.get(ImportWorkService, { strict: false }).tidy()
    expect(files()).toEqual(['notes.sealed'])
  })
})
