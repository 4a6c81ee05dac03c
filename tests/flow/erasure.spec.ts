import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { consentCountsSchema } from '@huike/shared/contracts/console-rights'
import { deletionSchema } from '@huike/shared/contracts/rights'
import { creditFaults } from '../../server/messages/subscription-credits.service.js'
import { ParkedEventsService } from '../../server/stores/parked-events.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { signInAs } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, refundOf, registration } from '../rig/events.js'
import {
  aKnownShopper,
  askDeletion,
  COOLING_OFF_DAYS,
  deletionOf,
  drainErasures,
  eraseNow,
  KNOWN_BIRTHDAY,
  KNOWN_NAME,
  memberState,
} from '../rig/erasure.js'
import { again, DAY_MS } from '../rig/manager.js'
import { phoneOf } from '../rig/shopper.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { expectProblem, type WechatShopper } from '../rig/wechat-shopper.js'

// Being forgotten: what will be lost is shown first, the days pass, one tap takes it back, and after
// them nothing says any more who it was, while every book reads as before.

const NAME = KNOWN_NAME
const BIRTHDAY = KNOWN_BIRTHDAY
const CHAIN_OFFSET_MS = 8 * 3_600_000

let opened: OpenedDatabase
let server: TestServer
let till: TestTill

const knownShopper = () => aKnownShopper(server, till)
const ask = (phone: Parameters<typeof askDeletion>[0]) => askDeletion(phone)
const erase = (shopper: WechatShopper) => eraseNow(server, shopper)
const drain = () => drainErasures(server)
const stateOf = (memberId: string) => memberState(server, memberId)
const rowsOf = <Row>(sql: string, parameters: readonly string[] = []) =>
  server.database.read((rx) => rx.rows<Row>(sql, parameters))

describeEachDatabase('being forgotten', (kit) => {
  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  it('shows first what will be lost', async () => {
    const shopper = await knownShopper()
    expect(await deletionOf(shopper)).toEqual({
      ...{ state: 'none', requestedAtMs: null, dueAtMs: null },
      ...{ coolingOffDays: COOLING_OFF_DAYS, balancePoints: 21, levelName: '普通会员' },
      ...{ purchaseCount: 1, messageCount: 0, waitingPieces: 0, waitingOrders: 0 },
    })
  })

  it('shows the same to the shop that asks for them, and to no other shop', async () => {
    const shopper = await knownShopper()
    const owner = await signInAs(server, 'owner')
    const path = `members/${shopper.memberId}/deletion`
    const terms = await owner.get(path)
    expect(deletionSchema.strict().parse(terms.body)).toEqual(await deletionOf(shopper))
    const elsewhere = await enrolTill(server, { storeCode: 'S09', storeName: '远店' })
    const stranger = await signInAs(server, 'manager', [elsewhere.enrolled.storeId])
    expectProblem(await stranger.get(path), 404, 'member_not_found')
    const named = await owner.post(path, { why: `本人来电 ${shopper.phone}` })
    expectProblem(named, 422, 'input_invalid')
    expect((await owner.post(path, { why: '本人到店' })).body).toMatchObject({ pointsThen: 21 })
    expect((await owner.get(path)).body).toMatchObject({ state: 'waiting' })
    await owner.fetch(path, { method: 'DELETE' })
    expect((await owner.get(path)).body).toMatchObject({ state: 'none', balancePoints: 21 })
  })

  it('counts what was said by purpose and way, for the stores of who asks', async () => {
    const day = new Date(server.clock.nowMs() + CHAIN_OFFSET_MS).toISOString().slice(0, 10)
    const owner = await signInAs(server, 'owner')
    const counted = async (by: typeof owner, query: string) => {
      const reply = await by.get(`consents/counts${query}`)
      expect(reply.status).toBe(200)
      const counts = consentCountsSchema.strict().parse(reply.body)
      return counts.counts.find((one) => one.purpose === 'marketing' && one.how === 'member_page')
    }
    const today = `?from=${day}&to=${day}`
    const before = await counted(owner, today)
    const shopper = await knownShopper()
    await server.drain()
    const manager = await signInAs(server, 'manager', [till.enrolled.storeId])
    const granted = (before?.granted ?? 0) + 1
    expect(await counted(owner, today)).toMatchObject({ noticed: 0, granted })
    expect((await counted(manager, today))?.granted).toBeGreaterThan(0)
    await shopper.send('consents', { purpose: 'marketing', isGranted: false, policyVersion: 'x' })
    const withdrawn = (before?.withdrawn ?? 0) + 1
    expect(await counted(owner, '')).toMatchObject({ withdrawn })
    const elsewhere = await signInAs(server, 'manager', [freshId()])
    expect(await counted(elsewhere, today)).toBeUndefined()
    for (const query of ['?from=2026-02-02&to=2026-02-01', '?from=2020-01-01', '?to=soon'])
      expectProblem(await owner.get(`consents/counts${query}`), 422, 'input_invalid')
  })

  it('is not asked for by accident: confirmed, with the points that were on the screen', async () => {
    const shopper = await knownShopper()
    const bad = [{}, { isConfirmed: false, balancePoints: 21 }, { isConfirmed: true }]
    for (const json of bad)
      expectProblem(await shopper.send('deletion', json), 422, 'input_invalid')
    const changed = await shopper.send('deletion', { isConfirmed: true, balancePoints: 20 })
    expectProblem(changed, 409, 'deletion_changed')
    expect((await deletionOf(shopper)).state).toBe('none')
    expectProblem(await server.fetch('/member/v1/deletion'), 401, 'token_missing')
  })

  it('waits for its days, asked twice it is one request, and withdraws every consent', async () => {
    const shopper = await knownShopper()
    const nowMs = server.clock.nowMs()
    const asked = await ask(shopper)
    expect(asked).toMatchObject({ state: 'waiting', requestedAtMs: nowMs })
    expect(asked.dueAtMs).toBe(nowMs + COOLING_OFF_DAYS * DAY_MS)
    server.clock.advance(60_000)
    const both = await Promise.all([ask(shopper), ask(shopper)])
    expect(both.map(({ requestedAtMs }) => requestedAtMs)).toEqual([nowMs, nowMs])
    const privacy = await shopper.get('privacy')
    const states = privacy.body.consents.map(({ state }: { state: string }) => state)
    expect(states).not.toContain('granted')
    const grant = privacy.body.consents[0]
    const { purpose, policyVersion } = grant
    expectProblem(
      await shopper.send('consents', { purpose, policyVersion, isGranted: true }),
      409,
      'deletion_waiting',
    )
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS - 60_001)
    await drain()
    expect(await stateOf(shopper.memberId)).toBe('active')
    server.clock.advance(1)
    await drain()
    expect(await stateOf(shopper.memberId)).toBe('erased')
  })

  it('is taken back by a phone that names a content type and sends no content', async () => {
    const shopper = await knownShopper()
    await ask(shopper)
    const { token } = await phoneOf(server, shopper.phone)
    const back = await server.fetch('/member/v1/deletion', {
      ...{ method: 'DELETE', token, headers: { 'content-type': 'application/json' } },
    })
    expect(back.body).toMatchObject({ state: 'none' })
  })

  it('is taken back by one tap after signing in, and may be asked for again', async () => {
    const shopper = await knownShopper()
    await ask(shopper)
    server.clock.advance((COOLING_OFF_DAYS - 1) * DAY_MS)
    const phone = await again(server, shopper)
    expect((await deletionOf(phone)).state).toBe('waiting')
    const back = await phone.send('deletion', undefined, 'DELETE')
    expect(deletionSchema.parse(back.body)).toMatchObject({ state: 'none', balancePoints: 21 })
    server.clock.advance(2 * DAY_MS)
    await drain()
    expect(await stateOf(shopper.memberId)).toBe('active')
    const signedIn = await again(server, shopper)
    expect((await signedIn.send('deletion', undefined, 'DELETE')).status).toBe(200)
    expect((await ask(signedIn)).state).toBe('waiting')
  })

  it('leaves nothing that says who it was, in no table, no file and no line of the log', async () => {
    const shopper = await knownShopper()
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: shopper.phone } as never }))
    const conflict = checkout(till, { who: { by: 'phone', phone: shopper.phone } as never })
    await till.sendOne(conflict)
    const other = { ...conflict, receipt: { ...conflict.receipt, totalFen: 9 } }
    expect((await till.sendOne(other)).code).toBe('event_conflict')
    const identities = await rowsOf<{ id: string; valueIndex: string }>(
      'SELECT id, valueIndex FROM identity WHERE memberId = ?',
      [shopper.memberId],
    )
    const [member] = await rowsOf<{ memberNo: string }>(
      'SELECT memberNo FROM member WHERE id = ?',
      [shopper.memberId],
    )
    // An event whose key is gone holds nobody's erasure up.
    const columns = ['eventId', 'terminalId', 'code', 'payloadSealed', 'receivedAtMs']
    const unread = ['unread', 'x', 'receipt_conflict', `gone.${'A'.repeat(60)}`, 1]
    await server.database.write((tx) => tx.insert('parked_event', columns, [unread]))
    await erase(shopper)
    const traces = [
      ...[shopper.phone, shopper.openid, NAME, BIRTHDAY, member?.memberNo ?? ''],
      ...identities.flatMap(({ id, valueIndex }) => [id, valueIndex]),
    ]
    expect(identities).toHaveLength(2)
    const rows = await everyRow()
    expect(rows.filter(({ text }) => traces.some((trace) => text.includes(trace)))).toEqual([])
    const opensTo = await parkedTexts()
    expect(opensTo.length).toBeGreaterThan(0)
    for (const text of opensTo) expect(text).not.toContain(shopper.phone)
    const named = [shopper.phone, shopper.openid, NAME, BIRTHDAY]
    for (const line of server.log) for (const trace of named) expect(line).not.toContain(trace)
    const folder = kit.kind === 'sqlite' ? dirname(opened.directory) : opened.directory
    expect(findInFiles(folder, named)).toEqual([])
    for (const table of ['member_profile', 'consent_state', 'member_session', 'identity'])
      expect(await rowsOf(`SELECT 1 FROM ${table} WHERE memberId = ?`, [shopper.memberId])).toEqual(
        [],
      )
  })

  it('keeps the books: points owed, sales, and what the reports say of the days before', async () => {
    const shopper = await knownShopper()
    await server.drain()
    const owner = await signInAs(server, 'owner')
    const figures = async () => {
      const day = new Date(server.clock.nowMs()).toISOString().slice(0, 10)
      const reply = await owner.get(`statistics?from=2026-03-01&to=${day}`)
      expect(reply.status).toBe(200)
      const book = await verifyBook(server.database)
      expect(book.findings).toEqual([])
      const { members, ...others } = reply.body
      return { others, members: members ?? null, owed: book.memberPoints }
    }
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await ask(await again(server, shopper))
    await server.database.write((tx) =>
      tx.run("UPDATE deletion_request SET nextAtMs = 0 WHERE state = 'waiting' AND memberId = ?", [
        shopper.memberId,
      ]),
    )
    const before = await figures()
    await drain()
    expect(await stateOf(shopper.memberId)).toBe('erased')
    expect(await figures()).toEqual(before)
    expect(await server.database.read((rx) => creditFaults(rx))).toEqual([])
    const [sale] = await rowsOf<{ earnedPoints: number }>(
      'SELECT earnedPoints FROM purchase WHERE memberId = ?',
      [shopper.memberId],
    )
    expect(sale).toEqual({ earnedPoints: 21 })
    const proofs = await rowsOf<{ state: string }>(
      "SELECT state FROM consent WHERE memberId = ? AND purpose = 'marketing' ORDER BY id",
      [shopper.memberId],
    )
    expect(proofs.map(({ state }) => state)).toEqual(['granted', 'withdrawn'])
  })

  it('ends every session at once: no page is read and nothing is written any more', async () => {
    const shopper = await knownShopper()
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    const phone = await again(server, shopper)
    await ask(phone)
    await server.database.write((tx) =>
      tx.run('UPDATE deletion_request SET nextAtMs = 0 WHERE memberId = ?', [shopper.memberId]),
    )
    await drain()
    for (const path of ['me', 'points', 'purchases', 'profile', 'privacy', 'messages', 'deletion'])
      expectProblem(await phone.get(path), 401, 'token_invalid')
    const told = await phone.send('profile', { name: NAME, birthday: null }, 'PUT')
    expectProblem(told, 401, 'token_invalid')
  })

  it('makes the same number, coming back, somebody new', async () => {
    const shopper = await knownShopper()
    await erase(shopper)
    const login = { code: server.wechat?.loginCode(shopper.openid) }
    const session = await server.fetch('/member/v1/session/wechat', { json: login })
    expect(session.body.memberId).toBeNull()
    const given = await server.fetch('/member/v1/phone', {
      token: session.body.accessToken,
      json: { code: server.wechat?.phoneCode(shopper.phone) },
    })
    expect(given.status).toBe(200)
    expect(given.body.memberId).not.toBe(shopper.memberId)
    const token: string = given.body.accessToken
    const me = await server.fetch('/member/v1/me', { token })
    expect(me.body).toMatchObject({ balancePoints: 0 })
    const purchases = await server.fetch('/member/v1/purchases', { token })
    expect(purchases.body.purchases).toEqual([])
    const privacy = await server.fetch('/member/v1/privacy', { token })
    for (const { state } of privacy.body.consents) expect(state).toBe('never_asked')
  })

  it('is told to tills, whose next sale to that member is accepted without one', async () => {
    const shopper = await knownShopper()
    const elsewhere = await enrolTill(server, { storeCode: 'S02', storeName: '中山路店' })
    const [memberNo] = await rowsOf<{ memberNo: string }>(
      'SELECT memberNo FROM member WHERE id = ?',
      [shopper.memberId],
    )
    const cursors = await Promise.all([till, elsewhere].map((one) => snapshotEnd(one)))
    await erase(shopper)
    for (const [n, one] of [till, elsewhere].entries()) {
      const page = await server.fetch(`/agent/v1/snapshot?cursor=${cursors[n] ?? ''}`, {
        token: await one.token(),
      })
      expect(page.body.forgotten).toContain(shopper.memberId)
      const still = page.body.members.map((each: { memberId: string }) => each.memberId)
      expect(still).not.toContain(shopper.memberId)
    }
    for (const who of [
      { by: 'member', memberId: shopper.memberId },
      { by: 'phone', phone: shopper.phone },
    ]) {
      const result = await till.sendOne(checkout(till, { who: who as never }))
      expect(result).toMatchObject({ status: 'accepted', code: 'member_not_found' })
      expect(result.memberId).toBeNull()
      const found = await server.fetch('/agent/v1/lookup', { token: await till.token(), json: who })
      expect(found.body.member).toBeNull()
    }
    const owner = await signInAs(server, 'owner')
    const searches = [`?search=${shopper.phone}`, `?search=${memberNo?.memberNo ?? ''}`]
    for (const search of searches)
      expect((await owner.get(`members${search}`)).body.members).toEqual([])
    expect((await owner.get(`members/${shopper.memberId}`)).status).toBe(404)
  })

  it('lets a late refund and a late giving meet the books and not the person', async () => {
    const shopper = await knownShopper()
    const sale = checkout(till, { who: { by: 'phone', phone: shopper.phone } as never })
    const loose = checkout(till)
    await till.send([sale, loose])
    await erase(shopper)
    const refund = await till.sendOne(refundOf(till, sale.receipt.receiptNo, 2132))
    expect(refund.status).toBe('accepted')
    const who = { by: 'member', memberId: shopper.memberId }
    const given = await till.sendOne(assignment(till, loose.eventId, who))
    expect(given).toMatchObject({ status: 'rejected', code: 'member_not_found' })
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it('lets a till that never heard register the number as somebody new', async () => {
    const shopper = await knownShopper()
    await erase(shopper)
    const result = await till.sendOne(registration(till, shopper.phone))
    expect(result.status).toBe('accepted')
    expect(result.memberId).not.toBe(shopper.memberId)
  })
})

async function snapshotEnd(one: TestTill): Promise<string> {
  let cursor = ''
  for (;;) {
    const page = await server.fetch(`/agent/v1/snapshot?cursor=${cursor}`, {
      token: await one.token(),
    })
    cursor = page.body.nextCursor
    if (page.body.complete) return cursor
  }
}

async function tables(): Promise<string[]> {
  const sql =
    server.database.dialect === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()'
  return (await rowsOf<{ name: string }>(sql)).map(({ name }) => name)
}

async function everyRow(): Promise<{ table: string; text: string }[]> {
  const found: { table: string; text: string }[] = []
  for (const table of await tables())
    for (const row of await rowsOf(`SELECT * FROM ${table}`))
      found.push({ table, text: JSON.stringify(row) })
  return found
}

/** What every parked event says, opened. */
async function parkedTexts(): Promise<string[]> {
  const parked = server.app.get(ParkedEventsService, { strict: false })
  const rows = await rowsOf<{ eventId: string; payloadSealed: string }>(
    'SELECT eventId, payloadSealed FROM parked_event',
  )
  return rows.map((row) => JSON.stringify(parked.open(row)))
}
