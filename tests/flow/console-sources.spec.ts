import { expect, it } from '@jest/globals'
import {
  consoleSourcesSchema,
  parkedPageSchema,
  parkedResolvedSchema,
  type ConsoleSources,
  type ParkedPage,
} from '@huike/shared/contracts/console'
import { STAFF_ROLES, type StaffRole } from '@huike/shared/permissions'
import { StaffService } from '../../server/staff/staff.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, freshReceiptNo, registration } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

const PASSWORD = 'correct horse'
const MINUTE_MS = 60_000
/** A heartbeat is noted behind the answer it gets. */
const NOTED_MS_MAX = 5_000

describeEachDatabase('the sources as a manager sees them', (kit) => {
  let server: TestServer
  let till: TestTill
  let tokens: Record<StaffRole, string>

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    const staff = server.app.get(StaffService, { strict: false })
    const storeIds = [till.enrolled.storeId]
    for (const role of STAFF_ROLES)
      await staff.create({
        username: role,
        name: `${role}先生`,
        role,
        password: PASSWORD,
        storeIds,
      })
    await signInAll()
  })

  async function signInAll(): Promise<void> {
    const tokenOf = async (username: StaffRole): Promise<string> => {
      const json = { username, password: PASSWORD }
      return (await server.fetch('/console/v1/session', { json })).body.accessToken
    }
    const signedIn: [StaffRole, string][] = []
    for (const role of STAFF_ROLES) signedIn.push([role, await tokenOf(role)])
    tokens = Object.fromEntries(signedIn) as Record<StaffRole, string>
  }
  async function readSources(by: StaffRole = 'manager'): Promise<ConsoleSources> {
    const reply = await server.fetch('/console/v1/sources', { token: tokens[by] })
    expect(reply.status).toBe(200)
    return consoleSourcesSchema.strict().parse(reply.body)
  }
  async function sourcesOf(one: TestTill): Promise<ConsoleSources['sources']> {
    const { sources } = await readSources()
    return sources.filter((source) => source.terminalId === one.enrolled.terminalId)
  }
  async function readParked(query = ''): Promise<ParkedPage> {
    const reply = await server.fetch(`/console/v1/parked${query}`, { token: tokens.manager })
    expect(reply.status).toBe(200)
    return parkedPageSchema.strict().parse(reply.body)
  }
  const resolve = (eventId: string, role: StaffRole) =>
    server.fetch(`/console/v1/parked/${eventId}/resolve`, { method: 'POST', token: tokens[role] })
  async function beat(one: TestTill): Promise<void> {
    const reply = await server.fetch('/agent/v1/snapshot', { token: await one.token() })
    expect(reply.status).toBe(200)
    const nowMs = server.clock.nowMs()
    const giveUpAtMs = Date.now() + NOTED_MS_MAX
    while (Date.now() < giveUpAtMs) {
      const [source] = await sourcesOf(one)
      if (source?.lastSeenAtMs === nowMs) return
      await new Promise((resume) => setTimeout(resume, 10))
    }
    throw new Error('the heartbeat was not noted')
  }
  /** Two sales under one number that differ: the second is parked. */
  async function parkConflict(who: object | null = null): Promise<{ eventId: string; no: string }> {
    const no = freshReceiptNo()
    await till.sendOne(checkout(till, { receipt: { receiptNo: no } }))
    const other = checkout(till, {
      receipt: { receiptNo: no, totalFen: 9_900 },
      ...(who === null ? {} : { who: who as never }),
    })
    expect(await till.sendOne(other)).toMatchObject({ code: 'receipt_conflict' })
    return { eventId: other.eventId, no }
  }

  it('shows a till that waits for its code, one that has sold nothing, and a stopped one', async () => {
    const terminals = server.app.get(TerminalsService, { strict: false })
    const store = await terminals.storeByCode('S01')
    if (!store) throw new Error('store S01 is missing')
    await terminals.issueEnrolmentCode(store, '20')
    const fresh = await enrolTill(server, { terminalCode: '21' })
    await beat(fresh)
    const stopped = await enrolTill(server, { terminalCode: '22' })
    await stopped.sendOne(checkout(stopped))
    await terminals.revoke(stopped.enrolled.terminalId)
    const { sources } = await readSources()
    const of = (code: string) => sources.filter((source) => source.terminalCode === code)
    expect(of('20')).toMatchObject([{ kind: 'till', state: 'unenrolled', lagMs: null }])
    expect(of('21')).toMatchObject([{ kind: 'till', state: 'ok', lagMs: 0, lastSyncAtMs: null }])
    expect(of('22')).toMatchObject([{ kind: 'escpos_tap', state: 'stopped', lagMs: null }])
  })

  it('tells the tap and the folder of a till apart, each with its mode and last sync', async () => {
    await till.sendOne(checkout(till))
    const firstMs = server.clock.nowMs()
    server.clock.advance(11_000)
    await till.sendOne(checkout(till, { source: { kind: 'file_drop' } }))
    const nowMs = server.clock.nowMs()
    expect(await sourcesOf(till)).toMatchObject([
      { kind: 'escpos_tap', mode: 'realtime', state: 'ok', lastSyncAtMs: firstMs },
      { kind: 'file_drop', mode: 'near_realtime', state: 'ok', lastSyncAtMs: nowMs, lagMs: 0 },
    ])
  })

  it('writes what came within the same seconds with the next heartbeat', async () => {
    const quick = await enrolTill(server, { terminalCode: '23' })
    await quick.send([checkout(quick), checkout(quick)])
    server.clock.advance(2_000)
    await quick.sendOne(checkout(quick, { source: { kind: 'file_drop' } }))
    expect((await sourcesOf(quick)).map(({ kind }) => kind)).toEqual(['escpos_tap'])
    server.clock.advance(9_000)
    await beat(quick)
    expect((await sourcesOf(quick)).map(({ kind }) => kind)).toEqual(['escpos_tap', 'file_drop'])
  })

  it('calls a till silent when it is not heard of, and well again when it beats', async () => {
    server.clock.advance(2 * MINUTE_MS + 1)
    const [silent] = await sourcesOf(till)
    expect(silent).toMatchObject({ state: 'silent' })
    expect(silent?.lagMs).toBeGreaterThan(2 * MINUTE_MS)
    await beat(till)
    expect(await sourcesOf(till)).toMatchObject([
      { state: 'ok', lagMs: 0 },
      { state: 'ok', lagMs: 0 },
    ])
  })

  it('calls a till behind while more waits on it than one batch, and says how old it is', async () => {
    const late = await enrolTill(server, { terminalCode: '24' })
    const nowMs = server.clock.nowMs()
    const capturedAtMs = nowMs - 3 * 60 * MINUTE_MS
    const reply = await server.fetch('/agent/v1/events', {
      token: await late.token(),
      json: {
        sentAtMs: nowMs - 90_000,
        agentVersion: '0.1.0',
        outboxDepth: 401,
        events: [checkout(late, { source: { capturedAtMs } })],
      },
    })
    expect(reply.status).toBe(200)
    expect(await sourcesOf(late)).toMatchObject([
      { state: 'behind', outboxDepth: 400, lagMs: nowMs - capturedAtMs, clockSkewMs: 90_000 },
    ])
    server.clock.advance(1_000)
    await late.sendOne(checkout(late))
    server.clock.advance(10_000)
    await beat(late)
    expect(await sourcesOf(late)).toMatchObject([{ state: 'ok', outboxDepth: 0, lagMs: 0 }])
  })

  it('parks a conflict where a person can read it, without the phone number', async () => {
    const before = (await readSources()).parked.find(({ code }) => code === 'receipt_conflict')
    const { eventId, no } = await parkConflict({ by: 'phone', phone: '138 0013 8000' })
    const counted = (await readSources()).parked.find(({ code }) => code === 'receipt_conflict')
    expect(counted?.count).toBe((before?.count ?? 0) + 1)
    const [item] = (await readParked()).items
    expect(item).toMatchObject({
      eventId,
      code: 'receipt_conflict',
      storeName: '人民路店',
      terminalCode: '01',
      type: 'checkout.captured',
      kind: 'sale',
      receiptNo: no,
      totalFen: 9_900,
      phoneMasked: '138****8000',
      receivedAtMs: server.clock.nowMs(),
      resolution: null,
    })
    expect(item?.sentence).toMatch(/[\u4e00-\u9fff]/)
  })

  it('shows of a number that is none only its head', async () => {
    const wrong = registration(till, '1380013800')
    expect(await till.sendOne(wrong)).toMatchObject({ code: 'phone_invalid' })
    const item = (await readParked()).items.find((one) => one.eventId === wrong.eventId)
    expect(item).toMatchObject({ type: 'member.registered', phoneMasked: '138****' })
  })

  it('lists an event that cannot be opened any more, with what is known without it', async () => {
    const { eventId } = await parkConflict()
    await server.database.write((tx) =>
      tx.run("UPDATE parked_event SET payloadSealed = 'k1.AAAA' WHERE eventId = ?", [eventId]),
    )
    const item = (await readParked()).items.find((one) => one.eventId === eventId)
    expect(item).toMatchObject({
      code: 'receipt_conflict',
      terminalCode: '01',
      type: null,
      receiptNo: null,
      totalFen: null,
      phoneMasked: null,
    })
  })

  it('gives the list page by page, newest first, each once', async () => {
    for (let n = 0; n < 5; n += 1) await parkConflict()
    const all = (await readParked('?limit=100')).items.map((item) => item.eventId)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: ParkedPage = await readParked(`?limit=2${cursor && `&cursor=${cursor}`}`)
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.map((item) => item.eventId))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(all)
    expect([...seen].sort().reverse()).toEqual(seen)
  })

  it('settles one for a manager, once, and keeps who it was', async () => {
    const { eventId } = await parkConflict()
    const first = await resolve(eventId, 'manager')
    const settledAtMs = server.clock.nowMs()
    expect(first.status).toBe(200)
    expect(parkedResolvedSchema.parse(first.body)).toEqual({
      eventId,
      resolution: { atMs: settledAtMs, by: 'manager先生' },
    })
    server.clock.advance(MINUTE_MS)
    const again = await resolve(eventId, 'owner')
    expect(again.body).toEqual(first.body)
    const waiting = (await readParked('?limit=100')).items.map((item) => item.eventId)
    expect(waiting).not.toContain(eventId)
    const [settled] = (await readParked('?state=resolved')).items
    expect(settled).toMatchObject({ eventId, resolution: { by: 'manager先生' } })
  })

  it('refuses a cashier, a stranger, an unknown event and a strange query', async () => {
    const { eventId } = await parkConflict()
    const cashier = await resolve(eventId, 'cashier')
    expect([cashier.status, cashier.body.code]).toEqual([403, 'forbidden'])
    const looked = await server.fetch('/console/v1/sources', { token: tokens.cashier })
    expect([looked.status, looked.body.code]).toEqual([403, 'forbidden'])
    expect((await readParked()).items[0]).toMatchObject({ eventId, resolution: null })
    expect((await resolve(freshId(), 'owner')).body.code).toBe('not_found')
    const stranger = await server.fetch('/console/v1/sources')
    expect([stranger.status, stranger.body.code]).toEqual([401, 'token_missing'])
    const strange = await server.fetch('/console/v1/parked?state=lost', { token: tokens.owner })
    expect([strange.status, strange.body.code]).toEqual([422, 'input_invalid'])
  })

  it('counts what the server has still to work through, and what it gave up', async () => {
    await server.drain()
    expect((await readSources('owner')).deliveries).toEqual([])
    const rows = [
      ['pending', 0, null],
      ['pending', 3, 'Error: no answer'],
      ['dead', 10, 'Error: no member 13800138000'],
    ] as const
    await server.database.write((tx) =>
      tx.insert(
        'event_delivery',
        ['eventId', 'consumer', 'state', 'attempts', 'nextAtMs', 'lastError'],
        rows.map(([state, attempts, lastError]) => {
          // Due long after the test, so that the relay leaves them alone.
          return [freshId(), 'mailer', state, attempts, 7_000_000_000_000, lastError]
        }),
      ),
    )
    // The server's own work is the whole chain's, not one store's.
    expect((await readSources()).deliveries).toEqual([])
    expect((await readSources('owner')).deliveries).toEqual([
      {
        consumer: 'mailer',
        pending: 2,
        retrying: 1,
        dead: 1,
        lastError: 'Error: no member 138****8000',
      },
    ])
  })
})
