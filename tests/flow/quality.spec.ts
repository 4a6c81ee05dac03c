import { afterAll, beforeAll, expect, it } from '@jest/globals'
import {
  QUALITY_SETTINGS_DEFAULT,
  qualityIssuePageSchema,
  qualityOverviewSchema,
  qualityTrendSchema,
  type QualityFigureCode,
  type QualityIssue,
  type QualityIssueKind,
  type QualityIssueState,
  type QualityOverview,
  type QualitySettings,
} from '@huike/shared/contracts/console-quality'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { QualityWorkerService } from '../../server/quality/quality-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, refundOf, registration } from '../rig/events.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'

// The quality of a small chain that was counted by hand: four members of a till and one of a phone.
//
//               phone  name  birthday  openid
//   m1 (till)     ×      ×      ×
//   m2 (till)     ×      ×
//   m3 (till)     ×
//   m4 (till)     ×
//   m5 (phone)    ×                            registered in the mini-program

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const NOON_MS = Date.parse('2026-03-02T12:00:00+08:00')
const PHONES = ['13800138001', '13800138002', '13800138003', '13800138004'] as const
const PHONE_5 = '13800138005'

describeEachDatabase('the quality of the data', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  const members: string[] = []

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    server.clock.set(NOON_MS)
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    for (const phone of PHONES) {
      const event = registration(till, phone)
      await till.sendOne(event)
      members.push(event.memberId)
    }
    await server.fetch('/member/v1/session/sandbox', { json: { phone: PHONE_5 } })
    await tell(0, { name: '张三', birthday: '1990-01-01' })
    await tell(1, { name: '李四' })
    await server.drain()
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  const rows = (sql: string, parameters: readonly (string | number)[] = []) =>
    server.database.read((rx) => rx.rows(sql, parameters))
  const worker = () => server.app.get(QualityWorkerService, { strict: false })
  async function tell(index: number, told: { name?: string; birthday?: string }): Promise<void> {
    const profiles = server.app.get(ProfilesService, { strict: false })
    const nowMs = server.clock.nowMs()
    await server.database.write((tx) => profiles.change(tx, members[index] ?? '', told, nowMs))
  }
  async function overview(): Promise<QualityOverview> {
    const reply = await owner.get('quality')
    expect(reply.status).toBe(200)
    return qualityOverviewSchema.strict().parse(reply.body)
  }
  /** Counts anew, and gives the whole of it. */
  async function count(): Promise<QualityOverview> {
    server.clock.advance(MINUTE_MS)
    expect((await owner.post('quality/runs')).status).toBe(200)
    await worker().drain()
    return overview()
  }
  const share = (found: QualityOverview, code: QualityFigureCode, group = '') => {
    const figure = found.figures.find((one) => one.code === code && one.group === group)
    return figure ? [figure.part, figure.whole] : null
  }
  async function issues(
    kind: QualityIssueKind,
    state: QualityIssueState = 'open',
  ): Promise<QualityIssue[]> {
    const reply = await owner.get(`quality/issues?kind=${kind}&state=${state}`)
    return qualityIssuePageSchema.strict().parse(reply.body).issues
  }
  async function set(changes: Partial<QualitySettings>): Promise<void> {
    const json = { ...QUALITY_SETTINGS_DEFAULT, ...changes }
    const reply = await owner.fetch('quality/settings', { method: 'PUT', json })
    expect(reply.status).toBe(200)
  }
  const who = (index: number) => ({ by: 'member' as const, memberId: members[index] as never })
  const onDay = { businessDate: '2026-03-02', printedAt: '2026-03-02T12:00:00' }

  it('is nothing before the first count', async () => {
    expect(await overview()).toEqual({ last: null, current: null, figures: [], open: [] })
  })

  it('counts what is known per field, channel and source as it was counted by hand', async () => {
    const found = await count()
    expect(found.last).toMatchObject({ kind: 'asked', state: 'done', by: owner.name })
    expect(share(found, 'has_phone')).toEqual([5, 5])
    expect(share(found, 'has_name')).toEqual([2, 5])
    expect(share(found, 'has_birthday')).toEqual([1, 5])
    expect(share(found, 'has_gender')).toEqual([0, 5])
    expect(share(found, 'has_name', 'channel:pos')).toEqual([2, 4])
    expect(share(found, 'has_name', 'channel:wechat')).toEqual([0, 1])
    expect(share(found, 'has_birthday', 'source:till')).toEqual([1, 4])
    expect(share(found, 'member_without_key')).toEqual([0, 5])
    const phone = found.figures.find(({ code, group }) => code === 'has_phone' && group === '')
    expect(phone).toMatchObject({ threshold: 9_500, passes: true })
    expect(
      found.figures.find(({ code, group }) => code === 'has_name' && group === ''),
    ).toMatchObject({ threshold: 3_000, passes: true })
  })

  it('opens nothing that is sealed to count it', async () => {
    // A row that nobody can open is counted all the same.
    await server.database.write((tx) =>
      tx.run("UPDATE member_profile SET citySealed = 'not a seal' WHERE memberId = ?", [
        members[0] ?? '',
      ]),
    )
    expect(share(await count(), 'has_city')).toEqual([1, 5])
    await server.database.write((tx) =>
      tx.run('UPDATE member_profile SET citySealed = NULL WHERE memberId = ?', [members[0] ?? '']),
    )
  })

  it('leaves out a record that was merged, and finds a member without a key and a lost identity', async () => {
    const aliasId = freshId()
    await till.sendOne({ ...registration(till, PHONES[0]), memberId: aliasId })
    const loneId = freshId()
    await server.database.write(async (tx) => {
      const nowMs = server.clock.nowMs()
      const columns = ['id', 'memberNo', 'state', 'levelCode', 'mergedIntoId', 'registeredStoreId']
      await tx.insert(
        'member',
        [...columns, 'registeredChannel', 'registeredCashier', 'createdAtMs', 'updatedAtMs'],
        [[loneId, '999900001111', 'active', 'base', null, null, 'online', null, nowMs, nowMs]],
      )
      await tx.run("UPDATE identity SET memberId = ? WHERE kind = 'phone' AND memberId = ?", [
        freshId(),
        members[3] ?? '',
      ])
    })
    const found = await count()
    expect(share(found, 'has_phone')).toEqual([4, 6])
    expect(share(found, 'member_without_key')).toEqual([2, 6])
    expect(share(found, 'identity_orphan')?.[0]).toBe(1)
    expect(share(found, 'identity_twice')?.[0]).toBe(0)
    expect(share(found, 'has_phone', 'source:unknown')).toEqual([0, 2])
    const listed = await issues('member_without_key')
    expect(listed.map((issue) => issue.members[0]?.memberId).sort()).toEqual(
      [loneId, members[3]].sort(),
    )
    await server.database.write((tx) =>
      tx.run(
        "UPDATE identity SET memberId = ? WHERE kind = 'phone' AND memberId NOT IN (SELECT id FROM member)",
        [members[3] ?? ''],
      ),
    )
    await server.database.write((tx) =>
      tx.run("UPDATE member SET state = 'merged', mergedIntoId = ? WHERE id = ?", [
        members[0] ?? '',
        loneId,
      ]),
    )
    expect(share(await count(), 'has_phone')).toEqual([5, 5])
    expect(await issues('member_without_key')).toEqual([])
    expect(await issues('member_without_key', 'gone')).toHaveLength(2)
  })

  it('lists what contradicts itself, with why it may be right', async () => {
    const nowMs = server.clock.nowMs()
    const sent = checkout(till, {
      occurredAtMs: (nowMs - 3 * HOUR_MS) as never,
      receipt: { ...onDay, receiptNo: 'EARLY' },
    })
    await till.sendOne(sent)
    const fresh = registration(till, '13800138009')
    server.clock.advance(HOUR_MS)
    await till.sendOne(fresh)
    members.push(fresh.memberId)
    await till.sendOne(assignment(till, sent.eventId, { by: 'member', memberId: fresh.memberId }))
    await till.sendOne(refundOf(till, 'NO-SUCH', 500, { receipt: { ...onDay, receiptNo: 'BACK' } }))
    await till.sendOne(checkout(till, { receipt: { ...onDay, receiptNo: 'SUM', totalFen: 2_000 } }))
    const day = { businessDate: '2026-02-20', printedAt: '2026-03-02T12:00:00' }
    await till.sendOne(checkout(till, { receipt: { ...day, receiptNo: 'DAY' } }))
    const ahead = (server.clock.nowMs() + DAY_MS) as never
    await till.sendOne(
      checkout(till, { occurredAtMs: ahead, receipt: { ...onDay, receiptNo: 'AHEAD' } }),
    )
    await server.drain()
    const found = await count()
    const listed = async (kind: QualityIssueKind) =>
      (await issues(kind)).map(({ evidence }) => [evidence.receiptNo, evidence.how])
    expect(await listed('bought_before_joined')).toEqual([['EARLY', 'given_later']])
    expect(await listed('refund_without_sale')).toEqual([['BACK', undefined]])
    expect(await listed('lines_not_total')).toEqual([['SUM', undefined]])
    expect(await listed('business_day_off')).toEqual([['DAY', undefined]])
    expect(await listed('clock_ahead')).toEqual([['AHEAD', undefined]])
    expect(await listed('receipt_twice')).toEqual([])
    expect(share(found, 'bought_before_joined')).toEqual([0, 5])
    expect(share(found, 'bought_before_joined', 'how:given_later')).toEqual([1, 5])
    expect(share(found, 'refund_without_sale')).toEqual([1, 1])
    expect(share(found, 'lines_not_total')).toEqual([1, 5])
    const [early] = await issues('bought_before_joined')
    expect(early).toMatchObject({ storeName: '人民路店', members: [{ memberId: fresh.memberId }] })
    const failing = found.figures.filter(({ passes }) => passes === false).map(({ code }) => code)
    expect(failing).toEqual(
      expect.arrayContaining(['refund_without_sale', 'lines_not_total', 'clock_ahead']),
    )
    expect(found.last?.failing).toBe(failing.length)
  })

  it('lets a refund go when its sale has come, and keeps what a person said', async () => {
    const [sum] = await issues('lines_not_total')
    const settled = await owner.post(`quality/issues/${sum?.id ?? ''}/settle`, { state: 'wrong' })
    expect(settled.body).toMatchObject({ state: 'wrong', settledBy: owner.name })
    await till.sendOne(checkout(till, { receipt: { ...onDay, receiptNo: 'NO-SUCH' } }))
    await server.drain()
    await count()
    expect(await issues('refund_without_sale')).toEqual([])
    expect(await issues('lines_not_total')).toEqual([])
    expect(await issues('lines_not_total', 'wrong')).toMatchObject([{ id: sum?.id }])
    const [gone] = await issues('refund_without_sale', 'gone')
    const refused = await owner.post(`quality/issues/${gone?.id ?? ''}/settle`, { state: 'seen' })
    expect(refused.body.code).toBe('not_found')
  })

  it('flags a huge quantity as it comes, over all lines of an item, once, and keeps the sale', async () => {
    const line = (name: string, pieces: number) => ({
      ...{ name, code: null, quantityMilli: pieces * 1_000, unitPriceFen: 1, amountFen: pieces },
    })
    const lines = [line('矿泉水', 600), line('面包', 999), line('矿泉水', 400)]
    const huge = checkout(till, {
      who: who(1),
      receipt: {
        ...onDay,
        receiptNo: 'HUGE',
        lines,
        totalFen: 1_999,
        payments: [],
        changeFen: null,
      },
    })
    expect(await till.sendOne(huge)).toMatchObject({ status: 'accepted' })
    expect(await till.sendOne(huge)).toMatchObject({ status: 'duplicate' })
    await server.drain()
    const flagged = await issues('quantity_huge')
    expect(flagged).toMatchObject([
      { evidence: { item: '矿泉水', quantityMilli: 1_000_000, receiptNo: 'HUGE' } },
    ])
    expect(flagged[0]?.members[0]?.memberId).toBe(members[1])
    expect(await rows("SELECT id FROM purchase WHERE receiptNo = 'HUGE'")).toHaveLength(1)
    await server.database.write((tx) =>
      tx.run(
        "UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE consumer = 'quality-quantity'",
      ),
    )
    await server.drain()
    await count()
    expect(await issues('quantity_huge')).toHaveLength(1)
    const today = await owner.get('today')
    expect(today.body.quality).toMatchObject({ anomalies: 1 })
    expect(today.body.quality.failing).toBeGreaterThan(0)
    await owner.post(`quality/issues/${flagged[0]?.id ?? ''}/settle`, { state: 'right' })
    expect((await owner.get('today')).body.quality.anomalies).toBe(0)
    await set({ hugeQuantity: 999 })
    await count()
    expect(await issues('quantity_huge', 'right')).toHaveLength(1)
    await set({})
  })

  it('flags an amount that is far from the sales of its store', async () => {
    const sale = (receiptNo: string, totalFen: number) =>
      checkout(till, {
        receipt: {
          ...{ ...onDay, receiptNo, totalFen, payments: [], changeFen: null },
          lines: [
            {
              name: '货',
              code: null,
              quantityMilli: 1_000,
              unitPriceFen: null,
              amountFen: totalFen,
            },
          ],
        },
      })
    for (let from = 0; from < 60; from += 30)
      await till.send(
        Array.from({ length: 30 }, (_, n) => sale(`N${String(from + n)}`, 3_000 + 50 * (from + n))),
      )
    await till.sendOne(sale('FAR', 9_000_000))
    await server.drain()
    await count()
    expect((await issues('amount_outlier')).map(({ evidence }) => evidence.receiptNo)).toEqual([
      'FAR',
    ])
  })

  it('finds a receipt that two tills of a store handed in, and no number used again', async () => {
    const second = await enrolTill(server, { terminalCode: '02' })
    const receipt = { ...onDay, receiptNo: 'TWICE' }
    await till.sendOne(checkout(till, { receipt }))
    await second.sendOne(checkout(second, { receipt }))
    await second.sendOne(checkout(second, { receipt: { ...onDay, receiptNo: 'EARLY' } }))
    const other = { ...onDay, receiptNo: 'OTHER', cashier: '王' }
    await till.sendOne(checkout(till, { receipt: other }))
    await second.sendOne(checkout(second, { receipt: { ...other, totalFen: 2_133 } }))
    await server.drain()
    const found = await count()
    const twice = (await issues('receipt_twice')).map(({ evidence }) => evidence.receiptNo)
    expect(twice.sort()).toEqual(['EARLY', 'TWICE'])
    expect(share(found, 'receipt_twice')?.[0]).toBe(2)
  })

  it('pages what it lists, each once', async () => {
    for (let n = 0; n < 7; n += 1)
      await till.sendOne(checkout(till, { receipt: { ...onDay, totalFen: 100 + n } }))
    await server.drain()
    await count()
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const words: string = cursor === '' ? '' : `&cursor=${cursor}`
      const reply = await owner.get(`quality/issues?kind=lines_not_total&limit=3${words}`)
      const page = qualityIssuePageSchema.parse(reply.body)
      seen.push(...page.issues.map(({ id }) => id))
      cursor = page.nextCursor
    }
    // The seven, and the one whose amount another till got wrong.
    expect(seen).toHaveLength(8)
    expect(new Set(seen).size).toBe(8)
    const strange = await owner.get('quality/issues?kind=lines_not_total&cursor=1.x')
    expect(strange.body.code).toBe('input_invalid')
  })

  it('keeps every figure of every run, judged by the threshold of then', async () => {
    await set({ thresholds: { has_birthday: 5_000 } })
    await count()
    await set({ thresholds: { has_birthday: 100 } })
    await count()
    const reply = await owner.get('quality/trend?code=has_birthday')
    const { points } = qualityTrendSchema.strict().parse(reply.body)
    expect(points.slice(-2).map(({ threshold, passes }) => [threshold, passes])).toEqual([
      [5_000, false],
      [100, true],
    ])
    expect(points.map(({ atMs }) => atMs)).toEqual(points.map(({ atMs }) => atMs).sort())
    const audited = await rows(
      "SELECT detail FROM staff_audit WHERE action = 'settings.quality_changed'",
    )
    expect(audited.length).toBeGreaterThanOrEqual(2)
    await set({})
    const { runs } = (await owner.get('quality/runs')).body
    expect(runs[0]).toMatchObject({ state: 'done', judged: 1, failing: 0 })
  })

  it('holds nothing of a person in what it stores', async () => {
    const kept = JSON.stringify([
      await rows('SELECT * FROM quality_run'),
      await rows('SELECT * FROM quality_issue'),
      await rows('SELECT * FROM quality_figure'),
    ])
    for (const secret of [...PHONES, PHONE_5, '张三', '李四', '1990-01-01'])
      expect(kept).not.toContain(secret)
  })

  it('shows an analyst figures, and lets only who manages change anything', async () => {
    const analyst = await signInAs(server, 'analyst')
    expect((await analyst.get('quality')).status).toBe(200)
    expect((await analyst.post('quality/runs')).body.code).toBe('forbidden')
    expect((await analyst.get('quality/samples/x')).body.code).toBe('forbidden')
    const issues = 'quality/issues?kind=bought_before_joined'
    const membersIn = async (by: ConsolePerson) =>
      qualityIssuePageSchema
        .parse((await by.get(issues)).body)
        .issues.flatMap(({ members }) => members)
    expect(await membersIn(await signInAs(server, 'owner'))).not.toEqual([])
    expect(await membersIn(analyst)).toEqual([])
    const operations = await signInAs(server, 'operations')
    expect((await operations.post('quality/runs')).status).toBe(200)
    await worker().drain()
    expect(
      (await (await signInAs(server, 'cashier', [till.enrolled.storeId])).get('today')).body,
    ).toMatchObject({ quality: null })
  })
})
