import { expect, it } from '@jest/globals'
import { statisticsSchema, type Statistics } from '@huike/shared/contracts/console-members'
import type { StaffRole } from '@huike/shared/permissions'
import { StaffService } from '../../server/staff/staff.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, registration, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// The figures of a period, against a fixture that was counted by hand:
//
//   5 January    m1 registers with 王 in A and buys ¥100 there; m2 registers with 赵 in B and buys ¥50
//                there; somebody buys ¥20 from 李 in A
//   20 January   m1 buys ¥30 from 赵 in B
//   10 April     m3 registers with 李 in A and buys ¥10 there from nobody named; m2 buys ¥40 in B
//   25 April     m1 buys ¥60 from 王 in A; m4 registers on the phone
//
// Ninety days after 5 January is 5 April, after 20 January 20 April, after 10 April 9 July, after
// 25 April 24 July.

const PASSWORD = 'correct horse'
const M1 = '13800138001'
const M2 = '13800138002'
const M3 = '13800138003'
const M4 = '13800138004'

describeEachDatabase('the figures of a period', (kit) => {
  let server: TestServer
  let a: TestTill
  let b: TestTill

  shareServer(kit, async (started) => {
    server = started
    noonOf('2026-01-05')
    a = await enrolTill(server, { storeCode: 'A', storeName: '甲店' })
    b = await enrolTill(server, { storeCode: 'B', storeName: '乙店' })
    const staff = server.app.get(StaffService, { strict: false })
    const storeIds = [a.enrolled.storeId]
    for (const role of ['owner', 'manager'] as const)
      await staff.create({ username: role, name: role, role, password: PASSWORD, storeIds })
    await writeFixture()
  })

  async function writeFixture(): Promise<void> {
    await a.sendOne(registration(a, M1, { cashier: '王' }))
    await b.sendOne(registration(b, M2, { cashier: '赵' }))
    await sell(a, '王', 10_000, M1)
    await sell(b, '赵', 5_000, M2)
    await sell(a, '李', 2_000, null)
    noonOf('2026-01-20')
    await sell(b, '赵', 3_000, M1)
    noonOf('2026-04-10')
    await a.sendOne(registration(a, M3, { cashier: '李' }))
    await sell(a, null, 1_000, M3)
    await sell(b, '赵', 4_000, M2)
    noonOf('2026-04-25')
    await sell(a, '王', 6_000, M1)
    const signedIn = await server.fetch('/member/v1/session/sandbox', { json: { phone: M4 } })
    expect(signedIn.status).toBe(200)
    noonOf('2026-06-01')
    await server.drain()
  }
  function noonOf(date: string): void {
    server.clock.set(Date.parse(`${date}T12:00:00+08:00`))
  }
  async function sell(
    till: TestTill,
    cashier: string | null,
    totalFen: number,
    phone: string | null,
  ): Promise<string> {
    const businessDate = new Date(server.clock.nowMs()).toISOString().slice(0, 10)
    const event = checkout(till, {
      who: phone === null ? null : ({ by: 'phone', phone } as never),
      receipt: { businessDate, cashier, totalFen },
    })
    expect(await till.sendOne(event)).toMatchObject({ status: 'accepted' })
    return event.eventId
  }
  async function tokenOf(role: StaffRole): Promise<string> {
    const json = { username: role, password: PASSWORD }
    return (await server.fetch('/console/v1/session', { json })).body.accessToken
  }
  async function figures(
    from: string,
    to: string,
    asked: { role?: StaffRole; store?: TestTill } = {},
  ): Promise<Statistics> {
    const { role = 'owner', store } = asked
    const within = store === undefined ? '' : `&storeId=${store.enrolled.storeId}`
    const reply = await server.fetch(`/console/v1/statistics?from=${from}&to=${to}${within}`, {
      token: await tokenOf(role),
    })
    expect(reply.status).toBe(200)
    return statisticsSchema.strict().parse(reply.body)
  }
  const dayOf = (found: Statistics, date: string) =>
    found.days.find(({ businessDate }) => businessDate === date)

  it('counts a period as it was counted by hand', async () => {
    const found = await figures('2026-01-01', '2026-05-31')
    expect(found.members).toEqual({ total: 4, new: 4, active: 3, lost: 0 })
    expect(found.days).toHaveLength(151)
    expect(found.days.filter((day) => day.salesCount + day.newMembers > 0)).toEqual([
      day('2026-01-05', [3, 17_000, 2, 15_000, 2, 150]),
      day('2026-01-20', [1, 3_000, 1, 3_000, 0, 30]),
      day('2026-04-10', [2, 5_000, 2, 5_000, 1, 50]),
      day('2026-04-25', [1, 6_000, 1, 6_000, 1, 60]),
    ])
    expect(found.employees).toEqual([
      employee('王', '甲店', [1, 2, 2, 16_000, 16_000]),
      employee('赵', '乙店', [1, 3, 3, 12_000, 12_000]),
      employee('李', '甲店', [1, 1, 0, 2_000, 0]),
      employee(null, '甲店', [0, 1, 1, 1_000, 1_000]),
    ])
  })

  it('takes in both ends of the period, and nothing beyond', async () => {
    const found = await figures('2026-01-06', '2026-04-10')
    expect(found.members).toEqual({ total: 3, new: 1, active: 3, lost: 0 })
    expect(found.days.map(({ salesCount }) => salesCount).filter(Boolean)).toEqual([1, 2])
    expect(found.employees.map(({ cashier }) => cashier)).toEqual(['赵', null, '李'])
    const one = await figures('2026-04-25', '2026-04-25')
    expect(one.members).toEqual({ total: 4, new: 1, active: 1, lost: 0 })
    expect(one.days).toEqual([day('2026-04-25', [1, 6_000, 1, 6_000, 1, 60])])
  })

  it('calls lost who did not come for ninety days up to the end, by purchases until then', async () => {
    const lostIn = async (from: string, to: string, store?: TestTill) =>
      (await figures(from, to, store === undefined ? {} : { store })).members.lost
    // m2, who came back on the 10th; m1 followed on the 20th and came back on the 25th.
    expect(await lostIn('2026-04-01', '2026-04-07')).toBe(1)
    expect(await lostIn('2026-04-05', '2026-04-05')).toBe(1)
    expect(await lostIn('2026-04-06', '2026-04-09')).toBe(0)
    expect(await lostIn('2026-04-15', '2026-04-22')).toBe(1)
    expect(await lostIn('2026-04-01', '2026-04-30')).toBe(0)
    // To store A, m1 was last there on 5 January; to B, on the 20th.
    expect(await lostIn('2026-04-01', '2026-04-07', a)).toBe(1)
    expect(await lostIn('2026-04-15', '2026-04-22', a)).toBe(0)
    expect(await lostIn('2026-04-15', '2026-04-22', b)).toBe(1)
  })

  it('loses nobody by a day that has not come', async () => {
    noonOf('2026-07-20')
    expect((await figures('2026-07-01', '2026-07-31')).members).toMatchObject({
      active: 0,
      lost: 2,
    })
    noonOf('2026-07-24')
    expect((await figures('2026-07-01', '2026-07-31')).members).toMatchObject({
      active: 0,
      lost: 3,
    })
    noonOf('2026-06-01')
  })

  it('gives a manager the figures of their stores, and an owner those of one', async () => {
    const ofManager = await figures('2026-01-01', '2026-05-31', { role: 'manager' })
    expect(ofManager).toEqual(await figures('2026-01-01', '2026-05-31', { store: a }))
    expect(ofManager.members).toEqual({ total: 2, new: 2, active: 2, lost: 0 })
    expect(ofManager.employees.map(({ cashier }) => cashier)).toEqual(['王', '李', null])
    expect(dayOf(ofManager, '2026-01-05')).toEqual(
      day('2026-01-05', [2, 12_000, 1, 10_000, 1, 100]),
    )
    const ofB = await figures('2026-01-01', '2026-05-31', { store: b })
    // m1 was in B on 20 January only: lost to B since 20 April.
    expect(ofB.members).toEqual({ total: 1, new: 1, active: 2, lost: 1 })
    expect(ofB.employees.map(({ storeName }) => storeName)).toEqual(['乙店'])
    const elsewhere = `/console/v1/statistics?from=2026-01-01&to=2026-01-02&storeId=${b.enrolled.storeId}`
    const refused = await server.fetch(elsewhere, { token: await tokenOf('manager') })
    expect([refused.status, refused.body.code]).toEqual([404, 'not_found'])
  })

  it('refuses a period that ends before it begins, or is longer than a year', async () => {
    const token = await tokenOf('owner')
    const statusOf = async (from: string, to: string) =>
      (await server.fetch(`/console/v1/statistics?from=${from}&to=${to}`, { token })).status
    expect(await statusOf('2026-02-02', '2026-02-01')).toBe(422)
    expect(await statusOf('2025-01-01', '2026-01-02')).toBe(422)
    expect(await statusOf('2025-01-01', '2026-01-01')).toBe(200)
    expect(await statusOf('2026-02-30', '2026-03-01')).toBe(422)
  })

  it('follows a sale that is given to a member and taken back', async () => {
    noonOf('2026-05-10')
    const eventId = await sell(a, '王', 8_000, null)
    const given = assignment(a, eventId, { by: 'phone', phone: M2 })
    expect(await a.sendOne(given)).toMatchObject({ status: 'accepted' })
    await server.drain()
    const before = await figures('2026-05-10', '2026-05-10')
    expect(before.days).toEqual([day('2026-05-10', [1, 8_000, 1, 8_000, 0, 80])])
    expect(before.employees).toEqual([employee('王', '甲店', [0, 1, 1, 8_000, 8_000])])
    expect(await a.sendOne(undo(a, given.eventId))).toMatchObject({ status: 'accepted' })
    await server.drain()
    const after = await figures('2026-05-10', '2026-05-10')
    expect(after.days).toEqual([day('2026-05-10', [1, 8_000, 0, 0, 0, 0])])
    expect(after.employees).toEqual([employee('王', '甲店', [0, 1, 0, 8_000, 0])])
    expect(after.members.active).toBe(0)
    noonOf('2026-06-01')
  })

  it('counts events of an older version, which did not say who sold', async () => {
    const id = freshId()
    const payload = {
      kind: 'sale',
      storeId: b.enrolled.storeId,
      businessDate: '2026-02-01',
      memberId: null,
      totalFen: 700,
      points: 0,
    }
    await server.database.write(async (tx) => {
      await tx.insert(
        'event_log',
        ['id', 'type', 'aggregateId', 'payload', 'occurredAtMs', 'recordedAtMs'],
        [[id, 'purchase.recorded', freshId(), JSON.stringify(payload), 1, 1]],
      )
      await tx.insert(
        'event_delivery',
        ['eventId', 'consumer', 'state', 'attempts', 'nextAtMs', 'lastError'],
        [[id, 'store-day', 'pending', 0, 1, null]],
      )
    })
    await server.drain()
    const found = await figures('2026-02-01', '2026-02-01')
    expect(found.days).toEqual([day('2026-02-01', [1, 700, 0, 0, 0, 0])])
    expect(found.employees).toEqual([employee(null, '乙店', [0, 1, 0, 700, 0])])
  })
})

type Six = [number, number, number, number, number, number]
type Five = [number, number, number, number, number]

function day(businessDate: string, counts: Six): object {
  const [salesCount, salesFen, memberSalesCount, memberSalesFen, newMembers, pointsGiven] = counts
  const sales = { salesCount, salesFen, memberSalesCount, memberSalesFen }
  return { businessDate, ...sales, newMembers, pointsGiven }
}

function employee(cashier: string | null, storeName: string, counts: Five): object {
  const [newMembers, salesCount, memberSalesCount, salesFen, memberSalesFen] = counts
  return { cashier, storeName, newMembers, salesCount, memberSalesCount, salesFen, memberSalesFen }
}
