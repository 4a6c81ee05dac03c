import { expect, it } from '@jest/globals'
import {
  consoleSessionSchema,
  consoleStoresSchema,
  consoleTodaySchema,
} from '@huike/shared/contracts/console'
import { staffListSchema, staffMemberSchema } from '@huike/shared/contracts/console-team'
import type { StaffRole } from '@huike/shared/permissions'
import { StaffTeamService } from '../../server/staff/staff-team.service.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, freshReceiptNo } from '../rig/events.js'
import { enrolTill, type Reply, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// People, stores and tills as the console changes them: the rules among people, and that a manager of
// one store sees nothing of another. Which route is whose: console-routes.spec.ts.

const PASSWORD = 'correct horse'
/** What another server process may still believe of somebody. */
const CACHED_MS = 5_000
const DETAIL_CHARACTERS_MAX = 200

describeEachDatabase('staff, stores and tills', (kit) => {
  let server: TestServer
  /** A till of store A, and one of store B. */
  let tillA: TestTill
  let tillB: TestTill
  let staff: StaffService
  let owner: Person
  let manager: Person
  let cashier: Person

  interface Person {
    id: string
    token: string
  }

  shareServer(kit, async (started) => {
    server = started
    tillA = await enrolTill(server, { storeCode: 'A', storeName: '甲店' })
    tillB = await enrolTill(server, { storeCode: 'B', storeName: '乙店' })
    staff = server.app.get(StaffService, { strict: false })
    owner = await person('owner', 'owner')
    manager = await person('manager', 'manager')
    cashier = await person('cashier', 'cashier')
  })

  async function person(username: string, role: StaffRole, at = [tillA]): Promise<Person> {
    const storeIds = role === 'owner' ? [] : at.map((till) => till.enrolled.storeId)
    const id = await staff.create({
      username,
      name: `${username}先生`,
      role,
      password: PASSWORD,
      storeIds,
    })
    return { id, token: await signIn(username) }
  }
  async function signIn(username: string, password = PASSWORD): Promise<string> {
    const reply = await server.fetch('/console/v1/session', { json: { username, password } })
    expect(reply.status).toBe(200)
    return consoleSessionSchema.strict().parse(reply.body).accessToken
  }
  const ask = (route: string, by: Person | null, json?: unknown): Promise<Reply> => {
    const [method = '', path = ''] = route.split(' ')
    return server.fetch(path, {
      method,
      ...(by === null ? {} : { token: by.token }),
      ...(json === undefined ? {} : { json }),
    })
  }
  const change = (by: Person, id: string, json: object) =>
    ask(`PATCH /console/v1/staff/${id}`, by, json)
  const fresh = (username: string, over: object = {}) => ({
    username,
    name: '新人',
    role: 'cashier',
    storeIds: [tillA.enrolled.storeId],
    password: 'a long enough one',
    ...over,
  })
  const deeds = (action: string) =>
    server.database.read((rx) =>
      rx.rows<{ staffId: string; subjectId: string; detail: string | null }>(
        'SELECT staffId, subjectId, detail FROM staff_audit WHERE action = ? ORDER BY id',
        [action],
      ),
    )

  it('tells whoever signs in what they may act for, and when they did last', async () => {
    const json = { username: 'manager', password: PASSWORD }
    const reply = await server.fetch('/console/v1/session', { json })
    expect(reply.body.staff).toEqual({
      id: manager.id,
      name: 'manager先生',
      role: 'manager',
      storeIds: [tillA.enrolled.storeId],
    })
    const { staff: listed } = staffListSchema.parse(
      (await ask('GET /console/v1/staff', owner)).body,
    )
    const self = listed.find(({ id }) => id === manager.id)
    expect(self).toMatchObject({ lastSignInAtMs: server.clock.nowMs(), state: 'active' })
  })

  it('shows a manager the people of their stores, and only their stores of them', async () => {
    const both = await person('both', 'cashier', [tillA, tillB])
    const other = await person('other', 'cashier', [tillB])
    const reply = await ask('GET /console/v1/staff', manager)
    const { staff: seen } = staffListSchema.strict().parse(reply.body)
    const ids = seen.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining([manager.id, cashier.id, both.id]))
    expect(ids).not.toContain(other.id)
    expect(ids).not.toContain(owner.id)
    expect(seen.find(({ id }) => id === both.id)?.storeIds).toEqual([tillA.enrolled.storeId])
    expect((await change(manager, other.id, { name: '谁' })).status).toBe(404)
    expect((await change(manager, both.id, { state: 'stopped' })).status).toBe(403)
  })

  it('lets a manager make cashiers of their own stores, and nobody else', async () => {
    const added = await ask('POST /console/v1/staff', manager, fresh('made'))
    expect(added.status).toBe(200)
    const made = staffMemberSchema.strict().parse(added.body)
    expect(made).toMatchObject({ role: 'cashier', storeIds: [tillA.enrolled.storeId] })
    const refused: [object, number][] = [
      [{ role: 'manager' }, 403],
      [{ role: 'owner', storeIds: [] }, 403],
      [{ storeIds: [tillB.enrolled.storeId] }, 403],
      [{ storeIds: [tillA.enrolled.storeId, tillB.enrolled.storeId] }, 403],
      [{ storeIds: [] }, 422],
      [{ password: 'short' }, 422],
      [{ username: 'made' }, 409],
    ]
    for (const [over, status] of refused) {
      const reply = await ask(
        'POST /console/v1/staff',
        manager,
        fresh(`m${freshId()}`.slice(0, 20), over),
      )
      expect([over, reply.status]).toEqual([over, status])
    }
    const unknown = fresh('unknown-store', { storeIds: [freshId()] })
    expect((await ask('POST /console/v1/staff', owner, unknown)).status).toBe(422)
    expect((await deeds('staff.created')).at(-1)).toEqual({
      staffId: manager.id,
      subjectId: made.id,
      detail: '店员，1 家门店',
    })
  })

  it('lets nobody stop or demote themselves, nor a manager touch another manager', async () => {
    expect((await change(owner, owner.id, { state: 'stopped' })).status).toBe(403)
    expect((await change(owner, owner.id, { role: 'manager' })).status).toBe(403)
    expect((await change(manager, manager.id, { state: 'stopped' })).status).toBe(403)
    expect((await change(manager, manager.id, { storeIds: [] })).status).toBe(403)
    expect((await change(manager, manager.id, { name: '王店长' })).body.name).toBe('王店长')
    const peer = await person('peer', 'manager')
    expect((await change(manager, peer.id, { state: 'stopped' })).status).toBe(403)
    expect((await change(manager, cashier.id, { role: 'manager' })).status).toBe(403)
  })

  it('keeps the last active owner, also when two owners demote each other at once', async () => {
    const second = await person('second', 'owner')
    const storeIds = [tillA.enrolled.storeId]
    const team = server.app.get(StaffTeamService, { strict: false })
    const acting = (id: string) => ({ id, name: '总', role: 'owner' as const, storeIds: null })
    const wanted = { role: 'manager' as const, storeIds }
    const changed = await Promise.all([
      team.change(acting(owner.id), second.id, wanted),
      team.change(acting(second.id), owner.id, wanted),
    ])
    expect(changed.filter((one) => one.ok)).toHaveLength(1)
    expect(changed.find((one) => !one.ok)).toMatchObject({ code: 'forbidden' })
    const owners = await server.database.read((rx) =>
      rx.rows<{ id: string }>("SELECT id FROM staff WHERE role = 'owner' AND state = 'active'"),
    )
    expect(owners).toHaveLength(1)
    // Back to where the other stories begin.
    await server.database.write((tx) =>
      tx.run("UPDATE staff SET role = 'owner' WHERE id = ?", [owner.id]),
    )
    server.clock.advance(CACHED_MS + 1)
    owner = { id: owner.id, token: await signIn('owner') }
  })

  it('writes down what was changed of somebody in words', async () => {
    const one = await person('changing', 'cashier')
    const storeIds = [tillA.enrolled.storeId, tillB.enrolled.storeId]
    const changes: [object, string][] = [
      [{ name: '改过名', storeIds }, '改名，2 家门店'],
      [{ role: 'manager', password: 'another good one' }, '店员 → 店长，重设密码'],
      [{ role: 'auditor', storeIds: [] }, '店长 → 审计，全部门店'],
      [{ state: 'stopped' }, '停用'],
      [{ state: 'active' }, '重新启用'],
    ]
    for (const [wanted] of changes)
      expect([wanted, (await change(owner, one.id, wanted)).status]).toEqual([wanted, 200])
    const of = (await deeds('staff.changed')).filter(({ subjectId }) => subjectId === one.id)
    expect(of.map(({ detail }) => detail)).toEqual(changes.map(([, words]) => words))
  })

  it('ends the sessions of somebody with a new password, at once', async () => {
    const one = await person('forgetful', 'cashier')
    expect((await ask('GET /console/v1/today', one)).status).toBe(200)
    expect((await change(owner, one.id, { password: 'another good one' })).status).toBe(200)
    const old = await ask('GET /console/v1/today', one)
    expect([old.status, old.body.code]).toEqual([401, 'token_invalid'])
    const json = { username: 'forgetful', password: PASSWORD }
    expect((await server.fetch('/console/v1/session', { json })).status).toBe(401)
    const token = await signIn('forgetful', 'another good one')
    expect((await ask('GET /console/v1/today', { id: one.id, token })).status).toBe(200)
    expect((await deeds('staff.changed')).at(-1)).toEqual({
      staffId: owner.id,
      subjectId: one.id,
      detail: '重设密码',
    })
  })

  it('does not bring dead sessions back when somebody is taken on again', async () => {
    const one = await person('seasonal', 'cashier')
    await change(manager, one.id, { state: 'stopped' })
    expect((await ask('GET /console/v1/today', one)).status).toBe(401)
    await change(manager, one.id, { state: 'active' })
    expect((await ask('GET /console/v1/today', one)).status).toBe(401)
    const token = await signIn('seasonal')
    expect((await ask('GET /console/v1/today', { id: one.id, token })).status).toBe(200)
  })

  it('lets an owner open and rename a store; a code is taken once', async () => {
    const json = { code: 'C', name: '丙店' }
    const added = await ask('POST /console/v1/stores', owner, json)
    expect(added.status).toBe(200)
    const again = await ask('POST /console/v1/stores', owner, json)
    expect([again.status, again.body.code]).toEqual([409, 'name_taken'])
    const strange = { ...json, code: 'D', timeZone: 'Mars/Olympus' }
    expect((await ask('POST /console/v1/stores', owner, strange)).status).toBe(422)
    const route = `PATCH /console/v1/stores/${String(added.body.id)}`
    for (const name of ['丁店', '丁店'])
      expect((await ask(route, owner, { name })).status).toBe(204)
    const { stores } = consoleStoresSchema.parse((await ask('GET /console/v1/stores', owner)).body)
    expect(stores.find(({ code }) => code === 'C')).toMatchObject({
      name: '丁店',
      timeZone: 'Asia/Shanghai',
    })
    expect((await deeds('store.renamed')).at(-1)).toMatchObject({ subjectId: added.body.id })
  })

  it('enrols and stops tills of one’s own stores only', async () => {
    const askFor = (storeId: string) => ({ storeId, terminalCode: '77' })
    const route = 'POST /console/v1/terminals/enrolment'
    expect((await ask(route, manager, askFor(tillB.enrolled.storeId))).status).toBe(404)
    const issued = await ask(route, manager, askFor(tillA.enrolled.storeId))
    expect(issued.body).toEqual({
      code: expect.stringMatching(/^\d{8}$/),
      expiresAtMs: server.clock.nowMs() + 24 * 3_600_000,
    })
    const enrolled = await enrolTill(server, { storeCode: 'A', terminalCode: '78' })
    const revoke = (till: TestTill) =>
      ask(`POST /console/v1/terminals/${till.enrolled.terminalId}/revoke`, manager)
    expect((await revoke(tillB)).status).toBe(404)
    expect((await ask('GET /console/v1/sources', owner)).body.sources).toContainEqual(
      expect.objectContaining({ terminalId: tillB.enrolled.terminalId, state: 'silent' }),
    )
    const token = await enrolled.token()
    expect((await revoke(enrolled)).status).toBe(204)
    expect((await server.fetch('/agent/v1/snapshot', { token })).status).toBe(403)
    expect((await deeds('terminal.revoked')).at(-1)).toMatchObject({
      staffId: manager.id,
      subjectId: enrolled.enrolled.terminalId,
    })
  })

  it('shows a manager of one store nothing of another', async () => {
    const bManager = await person('b-manager', 'manager', [tillB])
    const businessDate = '2026-03-02'
    await tillA.sendOne(checkout(tillA, { receipt: { businessDate } }))
    const parked = await parkConflict(tillB)
    await server.drain()
    const stores = await ask('GET /console/v1/stores', bManager)
    expect(stores.body.stores.map(({ code }: { code: string }) => code)).toEqual(['B'])
    const sources = await ask('GET /console/v1/sources', bManager)
    expect(new Set(sources.body.sources.map((one: any) => one.storeCode))).toEqual(new Set(['B']))
    const today = async (by: Person) =>
      consoleTodaySchema.strict().parse((await ask('GET /console/v1/today', by)).body)
    const whole = await today(owner)
    const ofA = await today(manager)
    const ofB = await today(bManager)
    expect(ofA.salesCount).toBeGreaterThan(0)
    expect(whole.salesCount).toBe(ofA.salesCount + ofB.salesCount)
    expect(whole.terminals.total).toBe(ofA.terminals.total + ofB.terminals.total)
    expect([ofA.parkedCount, ofB.parkedCount, whole.parkedCount]).toEqual([0, 1, 1])
    const page = (by: Person) => ask('GET /console/v1/parked', by)
    expect((await page(manager)).body.items).toEqual([])
    expect((await page(bManager)).body.items).toMatchObject([{ eventId: parked }])
    const settle = `POST /console/v1/parked/${parked}/resolve`
    expect((await ask(settle, manager)).status).toBe(404)
    expect((await ask(settle, bManager)).status).toBe(200)
  })

  it('counts on the first page the tills by the states the sources have', async () => {
    const terminals = server.app.get(TerminalsService, { strict: false })
    const store = await terminals.storeByCode('A')
    if (!store) throw new Error('store A is missing')
    await terminals.issueEnrolmentCode(store, '99')
    server.clock.advance(200_000)
    await tillA.sendOne(checkout(tillA))
    const { sources } = (await ask('GET /console/v1/sources', owner)).body
    const stateOf = new Map<string, string>(sources.map((one: any) => [one.terminalId, one.state]))
    const those = (state: string) => [...stateOf.values()].filter((one) => one === state).length
    const { terminals: counted } = (await ask('GET /console/v1/today', owner)).body
    expect(counted).toEqual({
      total: stateOf.size - those('stopped'),
      silent: those('silent'),
      behind: those('behind'),
      unenrolled: those('unenrolled'),
    })
    expect(counted.silent).toBeGreaterThan(0)
    expect(counted.unenrolled).toBeGreaterThan(0)
  })

  it('keeps a long name of a store out of the way of its audit row', async () => {
    const name = '店'.repeat(40)
    const added = await ask('POST /console/v1/stores', owner, { code: 'LONG', name })
    await ask(`PATCH /console/v1/stores/${String(added.body.id)}`, owner, {
      name: `${name.slice(1)}长`,
    })
    const detail = (await deeds('store.renamed')).at(-1)?.detail ?? ''
    expect(detail.length).toBeLessThanOrEqual(DETAIL_CHARACTERS_MAX)
    expect(detail.endsWith('长')).toBe(true)
  })

  /** Two sales under one number that differ: the second is parked. */
  async function parkConflict(till: TestTill): Promise<string> {
    const receiptNo = freshReceiptNo()
    await till.sendOne(checkout(till, { receipt: { receiptNo } }))
    const other = checkout(till, { receipt: { receiptNo, totalFen: 9_900 } })
    expect(await till.sendOne(other)).toMatchObject({ code: 'receipt_conflict' })
    return other.eventId
  }
})
