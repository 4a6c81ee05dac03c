import { expect, it } from '@jest/globals'
import { memberFileSchema, memberPageSchema } from '@huike/shared/contracts/console-members'
import {
  memberOwnedSchema,
  memberOwnersSchema,
  staffCustomersSchema,
} from '@huike/shared/contracts/console-owners'
import { HandOverMembersService } from '../../server/flows/hand-over-members.service.js'
import { HANDOVER_SWEEP_AFTER_MS } from '../../server/staff/staff-handovers.service.js'
import { StaffService } from '../../server/staff/staff.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { eraseNow } from '../rig/erasure.js'
import { freshId, registration } from '../rig/events.js'
import { newShopper } from '../rig/manager.js'
import { enrolTill, type Reply, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Whose customers members are: the till says it first, a manager may say otherwise, and whoever
// leaves passes them on, all of them, once.

/** One commit moves fewer. */
const MANY = 1_203

describeEachDatabase('whose customers members are', (kit) => {
  let server: TestServer
  let tillA: TestTill
  let tillB: TestTill
  let owner: ConsolePerson
  let manager: ConsolePerson
  let phones = 0
  let filled = 0

  shareServer(kit, async (started) => {
    server = started
    tillA = await enrolTill(server, { storeCode: 'A', storeName: '甲店' })
    tillB = await enrolTill(server, { storeCode: 'B', storeName: '乙店' })
    owner = await signInAs(server, 'owner')
    manager = await signInAs(server, 'manager', [tillA.enrolled.storeId])
  })

  const handing = () => server.app.get(HandOverMembersService, { strict: false })
  const cashier = (till = tillA) => signInAs(server, 'cashier', [till.enrolled.storeId])
  /** A member registered at a till by somebody the till names. */
  async function registered(till: TestTill, named: string | null): Promise<string> {
    phones += 1
    const phone = String(13_100_000_000 + phones)
    const event = { ...registration(till, phone), cashier: named }
    expect(await till.sendOne(event)).toMatchObject({ status: 'accepted' })
    return event.memberId
  }
  const ownerOf = async (memberId: string) => {
    const reply = await owner.get(`members/${memberId}`)
    expect(reply.status).toBe(200)
    return memberFileSchema.strict().parse(reply.body).owner
  }
  const give = (by: ConsolePerson, memberId: string, staffId: string | null): Promise<Reply> =>
    by.fetch(`members/${memberId}/owner`, { method: 'PUT', json: { staffId } })
  const change = (by: ConsolePerson, id: string, json: object): Promise<Reply> =>
    by.fetch(`staff/${id}`, { method: 'PATCH', json })
  const customersOf = async (id: string) =>
    staffCustomersSchema.strict().parse((await owner.get(`staff/${id}/customers`)).body)
  const deeds = (action: string, subjectId: string) =>
    server.database.read((rx) =>
      rx.rows<{ staffId: string; detail: string | null }>(
        'SELECT staffId, detail FROM staff_audit WHERE action = ? AND subjectId = ? ORDER BY id',
        [action, subjectId],
      ),
    )
  /** Members of one person, written straight into the table. */
  async function fillFor(staffId: string, count: number): Promise<void> {
    filled += count
    const nowMs = server.clock.nowMs()
    const rows = Array.from({ length: count }, (_, n) => {
      const id = freshId()
      const no = `7${String(filled - n).padStart(11, '0')}`
      return [id, no, 'pending', 'base', tillA.enrolled.storeId, 'pos', staffId, nowMs, nowMs]
    })
    await server.database.write((tx) =>
      tx.insert(
        'member',
        [
          ...['id', 'memberNo', 'state', 'levelCode', 'registeredStoreId', 'registeredChannel'],
          ...['ownerStaffId', 'createdAtMs', 'updatedAtMs'],
        ],
        rows,
      ),
    )
  }

  it('is whoever registers them at the till, by user name or by a name of one', async () => {
    const staff = server.app.get(StaffService, { strict: false })
    const at = { role: 'cashier' as const, password: 'correct horse' }
    const storeIds = [tillA.enrolled.storeId]
    const one = await staff.create({ ...at, username: '1002', name: '小陈', storeIds })
    await staff.create({ ...at, username: 'li1', name: '小李', storeIds })
    await staff.create({ ...at, username: 'li2', name: '小李', storeIds })
    expect(await ownerOf(await registered(tillA, '1002'))).toEqual({ staffId: one, name: '小陈' })
    expect(await ownerOf(await registered(tillA, '小陈'))).toMatchObject({ staffId: one })
    for (const named of ['小李', '谁也不是', null])
      expect(await ownerOf(await registered(tillA, named))).toBeNull()
    // The same name at another store is somebody else.
    expect(await ownerOf(await registered(tillB, '小陈'))).toBeNull()
    expect((await change(owner, one, { state: 'stopped' })).status).toBe(200)
    expect(await ownerOf(await registered(tillA, '1002'))).toBeNull()
  })

  it('is changed by a manager, within their stores, and written down once', async () => {
    const mine = await cashier()
    const theirs = await cashier(tillB)
    const memberId = await registered(tillA, null)
    const elsewhere = await registered(tillB, null)
    const given = await give(manager, memberId, mine.id)
    const wanted = { owner: { staffId: mine.id, name: mine.name } }
    expect(memberOwnedSchema.strict().parse(given.body)).toEqual(wanted)
    expect((await give(manager, memberId, mine.id)).body).toEqual(wanted)
    expect(await ownerOf(memberId)).toEqual(wanted.owner)
    expect(await deeds('member.owner_changed', memberId)).toEqual([
      { staffId: manager.id, detail: `门店 → ${mine.id}` },
    ])
    expect((await give(manager, elsewhere, mine.id)).status).toBe(404)
    expect((await give(manager, freshId(), mine.id)).status).toBe(404)
    for (const id of [theirs.id, freshId()])
      expect((await give(manager, memberId, id)).body).toMatchObject({ code: 'input_invalid' })
    const { owners } = memberOwnersSchema.parse((await manager.get('member-owners')).body)
    const ids = owners.map(({ staffId }) => String(staffId))
    expect(ids).toEqual(expect.arrayContaining([manager.id, mine.id]))
    expect(ids).not.toContain(theirs.id)
    expect((await give(manager, memberId, null)).body).toEqual({ owner: null })
    expect(await ownerOf(memberId)).toBeNull()
  })

  it('narrows the list to the customers of one', async () => {
    const mine = await cashier()
    const memberIds = [await registered(tillA, mine.name), await registered(tillA, mine.name)]
    const list = async (by: ConsolePerson) => {
      const reply = await by.get(`members?ownerId=${mine.id}`)
      return memberPageSchema.parse(reply.body).members.map(({ memberId }) => String(memberId))
    }
    expect((await list(manager)).sort()).toEqual(memberIds.sort())
    const other = await signInAs(server, 'manager', [tillB.enrolled.storeId])
    expect(await list(other)).toEqual([])
    expect(await customersOf(mine.id)).toEqual({ memberCount: 2, isMore: false, handover: null })
  })

  it('passes to a colleague of the same store when somebody is stopped, at once and once', async () => {
    const leaves = await cashier()
    const stays = await cashier()
    const elsewhere = await cashier(tillB)
    const memberId = await registered(tillA, leaves.name)
    const stop = (successorId: string | null) =>
      change(manager, leaves.id, { state: 'stopped', successorId })
    for (const id of [leaves.id, elsewhere.id, freshId()])
      expect((await stop(id)).body).toMatchObject({ code: 'input_invalid' })
    const early = { name: '还在', successorId: stays.id }
    expect((await change(manager, leaves.id, early)).body).toMatchObject({ code: 'input_invalid' })
    expect(await ownerOf(memberId)).toMatchObject({ staffId: leaves.id })
    const twice = await Promise.all([stop(stays.id), stop(stays.id)])
    expect(twice.map(({ status, body }) => [status, body.state])).toEqual([
      [200, 'stopped'],
      [200, 'stopped'],
    ])
    expect(await ownerOf(memberId)).toMatchObject({ staffId: stays.id })
    expect(await customersOf(leaves.id)).toMatchObject({
      memberCount: 0,
      handover: { state: 'done', movedCount: 1, successorName: stays.name },
    })
    expect(await deeds('staff.customers_moved', leaves.id)).toEqual([
      { staffId: manager.id, detail: `1 位会员移交给 ${stays.id}` },
    ])
  })

  it('passes many in the background, and sweeps up who came in meanwhile', async () => {
    const leaves = await cashier()
    await fillFor(leaves.id, MANY)
    expect((await customersOf(leaves.id)).memberCount).toBe(MANY)
    expect((await change(owner, leaves.id, { state: 'stopped' })).status).toBe(200)
    await handing().drain()
    expect(await customersOf(leaves.id)).toMatchObject({
      memberCount: 0,
      handover: { state: 'done', movedCount: MANY, successorName: null },
    })
    expect(await deeds('staff.customers_moved', leaves.id)).toEqual([
      { staffId: owner.id, detail: `${String(MANY)} 位会员移交给 门店` },
    ])
    // A till's commit that began before the stop ends after it.
    await fillFor(leaves.id, 1)
    await handing().drain()
    expect((await customersOf(leaves.id)).memberCount).toBe(1)
    server.clock.advance(HANDOVER_SWEEP_AFTER_MS)
    await handing().drain()
    expect((await customersOf(leaves.id)).memberCount).toBe(0)
  })

  it('goes on to whoever took over when the successor leaves too, and stays when one returns', async () => {
    const [first, second, third] = [await cashier(), await cashier(), await cashier()]
    const memberId = await registered(tillA, first.name)
    const stop = (who: ConsolePerson, successorId: string) =>
      change(owner, who.id, { state: 'stopped', successorId })
    expect((await stop(first, second.id)).status).toBe(200)
    expect((await stop(second, third.id)).status).toBe(200)
    expect(await ownerOf(memberId)).toMatchObject({ staffId: third.id })
    await fillFor(first.id, 1)
    server.clock.advance(HANDOVER_SWEEP_AFTER_MS)
    await handing().drain()
    expect((await customersOf(third.id)).memberCount).toBe(2)
    expect((await change(owner, first.id, { state: 'active' })).status).toBe(200)
    expect(await ownerOf(memberId)).toMatchObject({ staffId: third.id })
    await fillFor(first.id, 1)
    server.clock.advance(HANDOVER_SWEEP_AFTER_MS)
    await handing().drain()
    expect((await customersOf(first.id)).memberCount).toBe(1)
  })

  it('is nobody once a member is forgotten', async () => {
    const mine = await cashier()
    const shopper = await newShopper(server, { till: tillA })
    expect((await give(owner, shopper.memberId, mine.id)).status).toBe(200)
    await eraseNow(server, shopper)
    const [row] = await server.database.read((rx) =>
      rx.rows('SELECT state, ownerStaffId FROM member WHERE id = ?', [shopper.memberId]),
    )
    expect(row).toEqual({ state: 'erased', ownerStaffId: null })
    expect((await customersOf(mine.id)).memberCount).toBe(0)
  })
})
