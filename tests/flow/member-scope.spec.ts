import { expect, it } from '@jest/globals'
import { memberPageSchema } from '@huike/shared/contracts/console-members'
import { ExportWorkerService } from '../../server/reports/export-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, registration, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Whose members somebody sees: those of the stores they act for now, all of them and no others.

/** Members of one store and of another: more ties than the list takes for few people. */
const SHARED = 1_500
const ALONE = 400
const PAGE = 100

describeEachDatabase('the members of one’s stores', (kit) => {
  let server: TestServer
  let till: TestTill
  let other: TestTill
  let owner: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    other = await enrolTill(server, { storeCode: 'S02', storeName: '解放路店' })
    owner = await signInAs(server, 'owner')
  })

  const manager = (...tills: TestTill[]) =>
    signInAs(
      server,
      'manager',
      tills.map(({ enrolled }) => enrolled.storeId),
    )
  async function register(at: TestTill, phone: string): Promise<string> {
    const event = registration(at, phone)
    expect((await at.sendOne(event)).status).toBe('accepted')
    return event.memberId
  }
  async function changeStores(person: ConsolePerson, at: TestTill): Promise<void> {
    const json = { storeIds: [at.enrolled.storeId] }
    const reply = await owner.fetch(`staff/${person.id}`, { method: 'PATCH', json })
    expect(reply.status).toBe(200)
  }

  it('are not somebody’s who was given a receipt by mistake for a minute', async () => {
    const memberId = await register(other, '13712345678')
    const here = await manager(till)
    const sale = checkout(till)
    await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, { by: 'member', memberId })
    expect((await till.sendOne(giving)).status).toBe('accepted')
    await server.drain()
    expect((await here.get(`members/${memberId}`)).status).toBe(200)
    expect((await owner.post(`members/${memberId}/deletion`, { why: '本人要求' })).status).toBe(200)
    const told = async () => [
      (await here.get('deletions')).body.deletions.length,
      (await here.get('consents')).body.consents.length,
    ]
    expect(await told()).toEqual([1, 1])
    expect((await till.sendOne(undo(till, giving.eventId))).status).toBe('accepted')
    await server.drain()
    expect((await here.get(`members/${memberId}`)).body.code).toBe('member_not_found')
    expect((await here.get('members')).body.members).toEqual([])
    expect(await told()).toEqual([0, 0])
    expect((await (await manager(other)).get('deletions')).body.deletions).toHaveLength(1)
    const ask = await here.post(`members/${memberId}/phone`, { why: '核对' })
    expect(ask.body.code).toBe('member_not_found')
  })

  it('are not in a file any more for who acts for other stores by now', async () => {
    await register(till, '13712345679')
    const moved = await manager(till)
    const { id } = (await moved.post('members/exports')).body
    await server.app.get(ExportWorkerService, { strict: false }).drain()
    const isListed = async (person: ConsolePerson) =>
      (await person.get('members/exports')).body.exports.some((job: any) => job.id === id)
    expect(await isListed(moved)).toBe(true)
    await changeStores(moved, other)
    expect(await isListed(moved)).toBe(false)
    expect((await moved.get(`members/exports/${String(id)}/file`)).body.code).toBe('not_found')
    expect(await isListed(owner)).toBe(true)
  })

  it('are all there for somebody of several stores that share most of them', async () => {
    const third = await enrolTill(server, { storeCode: 'S03', storeName: '建设路店' })
    const fourth = await enrolTill(server, { storeCode: 'S04', storeName: '和平路店' })
    const fifth = await enrolTill(server, { storeCode: 'S05', storeName: '胜利路店' })
    const [a, b, c] = [third, fourth, fifth].map(({ enrolled }) => enrolled.storeId)
    const nowMs = server.clock.nowMs()
    const ids = Array.from({ length: SHARED + ALONE }, () => freshId())
    const ties = ids.flatMap((id, n) =>
      (n < SHARED ? [a, b] : [c]).map((storeId) => [storeId ?? '', id, 1, 100, nowMs]),
    )
    await server.database.write(async (tx) => {
      await tx.insert(
        'member',
        ['id', 'memberNo', 'state', 'levelCode', 'registeredChannel', 'createdAtMs', 'updatedAtMs'],
        ids.map((id, n) => [id, String(7e11 + n), 'active', 'base', 'wechat', nowMs, nowMs]),
      )
      const columns = ['storeId', 'memberId', 'purchaseCount', 'totalFen', 'lastPurchaseAtMs']
      await tx.insert('member_store', columns, ties)
    })
    const several = await manager(third, fourth, fifth)
    const seen = new Set<string>()
    let cursor: string | null = null
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`
      const reply = await several.get(`members?limit=${String(PAGE)}${after}`)
      const page = memberPageSchema.parse(reply.body)
      for (const { memberId } of page.members) seen.add(memberId)
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen.size).toBe(SHARED + ALONE)
  })
})
