import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { epochMs } from '@huike/shared/quantities'
import { Clock } from '../../server/platform/clock.js'
import { EventLogService } from '../../server/platform/event-log.js'
import { makeLogger } from '../../server/platform/logger.js'
import { Relay, type Delivery } from '../../server/platform/relay.js'
import { countsExpected, countsWritten } from '../rig/counts.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { assignment, checkout, registration, undo } from '../rig/events.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'

// What is counted per member and per store, whatever order the events come in, and however often.

const DAY_MS = 86_400_000

describeEachDatabase('what is counted per member', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let other: TestTill
  let numbers = 0

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    // The test says when events are delivered.
    await server.app.get(Relay).stop()
    till = await enrolTill(server)
    other = await enrolTill(server, { storeCode: 'S02', storeName: '解放路店' })
  })
  afterAll(async () => {
    await server.drain()
    const [written, expected] = [
      await countsWritten(server.database),
      await countsExpected(server.database),
    ]
    await server.stop()
    await opened.drop()
    expect(written).toEqual(expected)
  })

  const by = (memberId: string) => ({ by: 'member' as const, memberId: memberId as never })
  const storeOf = (of: TestTill) => of.enrolled.storeId as string
  async function newMember(at = till): Promise<string> {
    numbers += 1
    const event = registration(at, String(13_900_000_000 + numbers))
    expect(await at.sendOne(event)).toMatchObject({ status: 'accepted' })
    return event.memberId
  }
  async function sell(at: TestTill, memberId: string, totalFen: number, ageMs = 0) {
    const occurredAtMs = epochMs(server.clock.nowMs() - ageMs)
    const sale = checkout(at, { who: by(memberId), occurredAtMs, receipt: { totalFen } })
    expect((await at.sendOne(sale)).status).toBe('accepted')
    return occurredAtMs
  }
  /** A sale that a cashier gives to a member, and may take back. */
  async function give(memberId: string, totalFen: number) {
    const sale = checkout(till, { receipt: { totalFen } })
    await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, by(memberId))
    expect((await till.sendOne(giving)).status).toBe('accepted')
    return giving
  }
  async function takeBack(giving: { eventId: string }) {
    expect((await till.sendOne(undo(till, giving.eventId))).status).toBe('accepted')
  }
  async function statOf(memberId: string) {
    const rows = await server.database.read((rx) =>
      rx.rows(
        `SELECT purchaseCount, totalFen, lastPurchaseAtMs, lastStoreId, onlineCount
         FROM member_stat WHERE memberId = ?`,
        [memberId],
      ),
    )
    return rows[0]
  }
  async function tieOf(memberId: string, at: TestTill) {
    const rows = await server.database.read((rx) =>
      rx.rows(
        `SELECT purchaseCount, totalFen, lastPurchaseAtMs FROM member_store
         WHERE memberId = ? AND storeId = ?`,
        [memberId, storeOf(at)],
      ),
    )
    return rows[0]
  }
  async function deliveries(): Promise<(Delivery & { type: string })[]> {
    return server.database.read((rx) =>
      rx.rows<Delivery & { type: string }>(
        `SELECT d.eventId, d.consumer, d.attempts, e.type FROM event_delivery d
         JOIN event_log e ON e.id = d.eventId
         WHERE d.consumer = 'member-stat' AND d.state = 'pending' ORDER BY d.eventId`,
      ),
    )
  }

  it('ties a member to the store that registered them, before they buy', async () => {
    const memberId = await newMember()
    await server.drain()
    expect(await tieOf(memberId, till)).toEqual({
      purchaseCount: 0,
      totalFen: 0,
      lastPurchaseAtMs: null,
    })
    expect(await tieOf(memberId, other)).toBeUndefined()
    expect(await statOf(memberId)).toBeUndefined()
  })

  it('counts per member and per store, and knows where they bought last', async () => {
    const memberId = await newMember()
    const firstMs = await sell(till, memberId, 1_000)
    server.clock.advance(DAY_MS)
    const lastMs = await sell(other, memberId, 2_500)
    await server.drain()
    expect(await statOf(memberId)).toEqual({
      purchaseCount: 2,
      totalFen: 3_500,
      lastPurchaseAtMs: lastMs,
      lastStoreId: storeOf(other),
      onlineCount: 0,
    })
    expect(await tieOf(memberId, till)).toMatchObject({
      totalFen: 1_000,
      lastPurchaseAtMs: firstMs,
    })
    expect(await tieOf(memberId, other)).toMatchObject({
      totalFen: 2_500,
      lastPurchaseAtMs: lastMs,
    })
  })

  it('counts a sale that comes late without moving the last visit back', async () => {
    const memberId = await newMember()
    const lastMs = await sell(till, memberId, 1_000)
    await server.drain()
    await sell(other, memberId, 700, 3 * DAY_MS)
    await server.drain()
    expect(await statOf(memberId)).toMatchObject({
      purchaseCount: 2,
      totalFen: 1_700,
      lastPurchaseAtMs: lastMs,
      lastStoreId: storeOf(till),
    })
  })

  it('takes back what was given by mistake, and finds the last visit before it', async () => {
    const memberId = await newMember()
    const firstMs = await sell(other, memberId, 1_000)
    server.clock.advance(DAY_MS)
    const giving = await give(memberId, 5_000)
    await server.drain()
    expect(await statOf(memberId)).toMatchObject({ purchaseCount: 2, lastStoreId: storeOf(till) })
    await takeBack(giving)
    await server.drain()
    expect(await statOf(memberId)).toMatchObject({
      purchaseCount: 1,
      totalFen: 1_000,
      lastPurchaseAtMs: firstMs,
      lastStoreId: storeOf(other),
    })
    expect(await tieOf(memberId, till)).toEqual({
      purchaseCount: 0,
      totalFen: 0,
      lastPurchaseAtMs: null,
    })
  })

  it('has nothing left of the only sale when that is taken back', async () => {
    const memberId = await newMember()
    await takeBack(await give(memberId, 5_000))
    await server.drain()
    expect(await statOf(memberId)).toEqual({
      purchaseCount: 0,
      totalFen: 0,
      lastPurchaseAtMs: null,
      lastStoreId: null,
      onlineCount: 0,
    })
  })

  it('comes to the same when the taking back is delivered before the giving', async () => {
    await server.drain()
    const memberId = await newMember()
    const firstMs = await sell(other, memberId, 1_000)
    server.clock.advance(1_000)
    await takeBack(await give(memberId, 5_000))
    const { app } = server
    const relay = app.get(Relay)
    for (const delivery of (await deliveries()).reverse()) await relay.consume([delivery])
    expect(await statOf(memberId)).toMatchObject({
      purchaseCount: 1,
      totalFen: 1_000,
      lastPurchaseAtMs: firstMs,
      lastStoreId: storeOf(other),
    })
    await server.drain()
  })

  it('counts once what two servers deliver at the same time, and again after a crash', async () => {
    await server.drain()
    const memberIds = await Promise.all(Array.from({ length: 20 }, () => newMember()))
    for (const memberId of memberIds) await sell(till, memberId, 300)
    const claimed = await deliveries()
    expect(claimed.length).toBeGreaterThanOrEqual(40)
    const { app, database } = server
    const second = new Relay(
      database,
      app.get(EventLogService),
      app.get(Clock),
      makeLogger('silent'),
    )
    await Promise.all([app.get(Relay).consume(claimed), second.consume([...claimed].reverse())])
    await second.consume(claimed)
    for (const memberId of memberIds)
      expect(await statOf(memberId)).toMatchObject({ purchaseCount: 1, totalFen: 300 })
    await server.drain()
  })

  it('leaves no half of a round that failed', async () => {
    await server.drain()
    const memberId = await newMember()
    await sell(till, memberId, 300)
    const claimed = await deliveries()
    const consumer = metricsConsumer()
    const events = await server.database.read((rx) =>
      rx.rows<{ id: string }>('SELECT * FROM event_log WHERE id >= ?', [claimed[0]?.eventId ?? '']),
    )
    const stored = events.map((row) => ({
      ...row,
      payload: JSON.parse((row as never as { payload: string }).payload),
    }))
    const crashed = server.database.write(async (tx) => {
      await consumer.consume(tx, stored as never)
      throw new Error('the process died here')
    })
    await expect(crashed).rejects.toThrow('died here')
    expect(await statOf(memberId)).toBeUndefined()
    await server.drain()
    expect(await statOf(memberId)).toMatchObject({ purchaseCount: 1 })
  })

  it('reads events of the version before, which name neither channel nor cashier', async () => {
    const memberId = await newMember()
    const lastMs = await sell(till, memberId, 400)
    await server.database.write(async (tx) => {
      const rows = await tx.rows<{ id: string; payload: string }>(
        'SELECT id, payload FROM event_log',
      )
      for (const { id, payload } of rows) {
        const old = { ...JSON.parse(payload), channel: undefined, cashier: undefined }
        await tx.run('UPDATE event_log SET payload = ? WHERE id = ?', [JSON.stringify(old), id])
      }
      await tx.run("UPDATE purchase SET channel = 'online' WHERE memberId = ?", [memberId])
    })
    await server.drain()
    expect(await statOf(memberId)).toMatchObject({ lastPurchaseAtMs: lastMs, onlineCount: 1 })
  })

  function metricsConsumer() {
    const found = server.app
      .get(EventLogService)
      .consumers()
      .find(({ name }) => name === 'member-stat')
    if (!found) throw new Error('nobody counts members')
    return found
  }
})
