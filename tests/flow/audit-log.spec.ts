import { expect, it } from '@jest/globals'
import { RESOLUTION_SETTINGS_DEFAULT } from '@huike/shared/contracts/console-resolution'
import { auditExportsSchema, auditPageSchema } from '@huike/shared/contracts/console-audit'
import { ExportWorkerService } from '../../server/reports/export-worker.service.js'
import { StaffAuditService } from '../../server/staff/staff-audit.service.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, freshReceiptNo, registration } from '../rig/events.js'
import {
  enrolTill,
  startTestServer,
  type Reply,
  type TestServer,
  type TestTill,
} from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// What staff did, as it is looked through and taken away as a file; and that whatever is changed in
// the console leaves a row.

const DAY_MS = 86_400_000
const PHONE = '13912345678'

describeEachDatabase('the audit as it is read', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let auditor: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server, { storeCode: 'A', storeName: '甲店' })
    owner = await signInAs(server, 'owner')
    auditor = await signInAs(server, 'auditor')
    await auditor.token()
  })

  const entries = async (query = '', by = auditor) => {
    const reply = await by.get(`audit?${query}`)
    expect(reply.status).toBe(200)
    return auditPageSchema.strict().parse(reply.body).entries
  }
  const actions = async (query = '') => (await entries(query)).map(({ action }) => action)
  const write = (deed: object) => {
    const audit = server.app.get(StaffAuditService, { strict: false })
    const atMs = server.clock.nowMs()
    const whole = { staffId: owner.id, action: 'staff.changed', subjectId: null, detail: null }
    return server.database.write((tx) => audit.append(tx, { ...whole, atMs, ...deed }))
  }
  const change = (path: string, method: string, json: object) => owner.fetch(path, { method, json })
  const drain = () => server.app.get(ExportWorkerService, { strict: false }).drain()

  it('never shows again what a platform appends, keeps it, and forgets it when told to', async () => {
    const path = 'settings/resolution'
    const { order, quietDays, reviewFromFen } = RESOLUTION_SETTINGS_DEFAULT
    const rules = { order, quietDays, reviewFromFen }
    const set = (salts: object[]) => change(path, 'PUT', { ...rules, salts })
    const shown = { ...rules, platforms: ['tmall'] }
    expectProblem(await set([{ platform: 'tmall', salt: null }]), 422, 'input_invalid')
    expect((await set([{ platform: 'tmall', salt: 'pepper' }])).body).toEqual(shown)
    expect((await set([{ platform: 'tmall', salt: null }])).body).toEqual(shown)
    expect((await owner.fetch(path)).body).toEqual(shown)
    const known = async () => {
      const settings = server.app.get(ChainSettingsService, { strict: false })
      return (await server.database.read((rx) => settings.resolution(rx))).salts
    }
    expect(await known()).toEqual([{ platform: 'tmall', salt: 'pepper' }])
    expectProblem(await set([{ platform: 'jd', salt: null }]), 422, 'input_invalid')
    expect(await known()).toHaveLength(1)
    expect((await set([])).body).toEqual({ ...rules, platforms: [] })
    expect(await known()).toEqual([])
    const details = (await entries('limit=3&action=settings.resolution_changed')).map(
      (one) => one.detail,
    )
    expect(details).toHaveLength(3)
    expect(details.join()).not.toContain('pepper')
  })

  it('has a row for each change somebody makes', async () => {
    const storeId = till.enrolled.storeId
    const { memberId } = registration(till, PHONE)
    const registered = { ...registration(till, PHONE), memberId }
    expect((await till.sendOne(registered)).status).toBe('accepted')
    await server.drain()
    const parked = await park()
    const person = { name: '新人', role: 'cashier', storeIds: [storeId], password: 'long enough 1' }
    const made = await owner.post('staff', { ...person, username: 'fresh' })
    const staffPath = `staff/${String(made.body.id)}`
    const store = await owner.post('stores', { code: 'B', name: '乙店' })
    const settings = { quietFromMinute: 0, quietToMinute: 60, capMessages: 1, capDays: 1 }
    const salts = [{ platform: 'tmall', salt: 'pepper' }]
    const resolution = { ...RESOLUTION_SETTINGS_DEFAULT, quietDays: 200, salts }
    const start = {
      name: '活动',
      audience: { inactiveDays: 30, storeIds: [] },
      channels: ['inbox'],
    }
    const campaign = await owner.fetch('campaigns', {
      json: {
        ...start,
        title: '好久不见',
        body: '回来看看',
        sendAtMs: server.clock.nowMs() + DAY_MS,
      },
      headers: { 'idempotency-key': freshId() },
    })
    const changes: [action: string, reply: () => Promise<Reply>][] = [
      ['staff.changed', () => change(staffPath, 'PATCH', { name: '改名' })],
      ['staff.factor_reset', () => owner.post(`${staffPath}/second-factor/reset`)],
      ['store.renamed', () => change(`stores/${String(store.body.id)}`, 'PATCH', { name: '丙店' })],
      [
        'terminal.code_issued',
        () => owner.post('terminals/enrolment', { storeId, terminalCode: '9' }),
      ],
      ['member.phone_viewed', () => owner.post(`members/${memberId}/phone`, { why: '核对' })],
      ['members.exported', () => owner.post('members/exports')],
      ['settings.messages_changed', () => change('settings/messages', 'PUT', settings)],
      [
        'settings.security_changed',
        () => change('settings/security', 'PUT', { secondFactorRequired: false }),
      ],
      ['settings.resolution_changed', () => change('settings/resolution', 'PUT', resolution)],
      ['parked.settled', () => owner.post(`parked/${parked}/resolve`)],
      ['campaign.cancelled', () => owner.post(`campaigns/${String(campaign.body.id)}/cancel`)],
      ['audit.exported', () => owner.post('audit/exports')],
      ['terminal.revoked', () => owner.post(`terminals/${till.enrolled.terminalId}/revoke`)],
    ]
    expect([made.status, store.status, campaign.status]).toEqual([200, 200, 200])
    for (const [action, reply] of changes) {
      server.clock.advance(1)
      const { status } = await reply()
      expect([action, [200, 204].includes(status)]).toEqual([action, true])
      const [latest] = await entries('limit=1')
      expect(latest).toMatchObject({
        action,
        staffId: owner.id,
        staffName: owner.name,
        addressMasked: '127.0.*.*',
        atMs: server.clock.nowMs(),
      })
    }
    const [recognised] = await entries('limit=1&action=settings.resolution_changed')
    expect(recognised?.detail).toContain('"platforms":["tmall"]')
    expect(recognised?.detail).not.toContain('pepper')
    const before = await actions('limit=100')
    await owner.post(`parked/${parked}/resolve`)
    expect(await actions('limit=100')).toEqual(before)
    expect(before).toEqual(
      expect.arrayContaining(['staff.created', 'store.created', 'campaign.started']),
    )
  })

  it('is narrowed to a person, an action, a subject and days, and says who the subject is', async () => {
    server.clock.advance(30 * DAY_MS)
    const subjectId = freshId()
    await write({ subjectId, action: 'member.phone_viewed', detail: '会员来电' })
    server.clock.advance(DAY_MS)
    await write({ staffId: auditor.id, subjectId: owner.id })
    const day = (atMs: number) => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10)
    const [today, yesterday] = [day(server.clock.nowMs()), day(server.clock.nowMs() - DAY_MS)]
    expect(await entries(`subjectId=${subjectId}`)).toMatchObject([{ detail: '会员来电' }])
    expect(await entries(`staffId=${auditor.id}&action=staff.changed`)).toMatchObject([
      { subjectId: owner.id, subjectName: owner.name },
    ])
    expect(await actions(`from=${today}&to=${today}&action=staff.changed`)).toHaveLength(1)
    const those = await entries(`from=${yesterday}&to=${yesterday}&action=member.phone_viewed`)
    expect(those).toMatchObject([{ subjectId, subjectName: null }])
    for (const wrong of ['action=DROP', 'from=yesterday', 'cursor=1.x', 'who=1', 'limit=1000'])
      expect([wrong, (await auditor.get(`audit?${wrong}`)).status]).toEqual([wrong, 422])
  })

  it('is read page after page, every row once, also of one moment', async () => {
    const action = 'store.renamed'
    for (let n = 0; n < 7; n += 1) await write({ action, detail: String(n) })
    const seen: string[] = []
    let cursor = ''
    do {
      const path = `audit?limit=3&action=${action}${cursor}`
      const page = auditPageSchema.parse((await auditor.get(path)).body)
      seen.push(...page.entries.map(({ id }) => id))
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
      await write({ action, detail: 'newer' })
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(7)
  })

  it('is taken away as a file that no spreadsheet runs, for who asked alone', async () => {
    await write({ action: 'member.phone_viewed', detail: '=cmd|calc "x"', subjectId: owner.id })
    const asked = await auditor.post('audit/exports', { action: 'member.phone_viewed' })
    expect(asked.body.state).toBe('waiting')
    await write({ action: 'member.phone_viewed', detail: 'later', atMs: server.clock.nowMs() + 1 })
    await drain()
    const path = `audit/exports/${String(asked.body.id)}/file`
    const { exports } = auditExportsSchema.strict().parse((await auditor.get('audit/exports')).body)
    expect(exports).toMatchObject([{ state: 'done' }])
    const file = await auditor.get(path)
    expect(file.headers.get('content-disposition')).toContain('audit-')
    const [head, first, ...others] = (file.body as string).split('\r\n')
    expect(head).toBe('时间,谁,做了什么,对象,说明,从哪里,记录编号')
    expect(first).toContain(`${owner.name},查看完整手机号,${owner.name},"'=cmd|calc ""x""",`)
    expect(others.join()).not.toContain('later')
    expect(others.every((line) => line === '' || line.includes('查看完整手机号'))).toBe(true)
    expect((await owner.get(path)).status).toBe(404)
    expect((await owner.get(`members/exports/${String(asked.body.id)}/file`)).status).toBe(404)
    expect((await owner.get('members/exports')).body.exports).not.toContainEqual(
      expect.objectContaining({ id: asked.body.id }),
    )
    const fetched = await entries('action=audit.export_fetched')
    expect(fetched.map(({ detail }) => detail)).toEqual(['条件：做了什么'])
  })

  /** Two sales under one number that differ: the second is parked. */
  async function park(): Promise<string> {
    const receiptNo = freshReceiptNo()
    await till.sendOne(checkout(till, { receipt: { receiptNo } }))
    const other = checkout(till, { receipt: { receiptNo, totalFen: 9_900 } })
    expect(await till.sendOne(other)).toMatchObject({ code: 'receipt_conflict' })
    return other.eventId
  }
})

describeEachDatabase('the audit of calls from several places', (kit) => {
  it('tells where each came from, also when they come at once, and never the whole address', async () => {
    const opened = await kit.open()
    const server = await startTestServer(opened, { HUIKE_TRUST_PROXY: '1' })
    const owner = await signInAs(server, 'owner')
    const numbers = Array.from({ length: 8 }, (_, n) => String(n + 10))
    await owner.token()
    const replies = await Promise.all(
      numbers.map((n) =>
        owner.fetch('stores', {
          json: { code: `S${n}`, name: `${n}号店` },
          headers: { 'x-forwarded-for': `10.${n}.7.8` },
        }),
      ),
    )
    expect(replies.map(({ status }) => status)).toEqual(numbers.map(() => 200))
    const { entries } = auditPageSchema.parse((await owner.get('audit?action=store.created')).body)
    const told = entries.map(
      ({ detail, addressMasked }) => `${String(detail)} ${String(addressMasked)}`,
    )
    expect(told.sort()).toEqual(numbers.map((n) => `S${n} 10.${n}.*.*`))
    await server.stop()
    await opened.drop()
  })
})
