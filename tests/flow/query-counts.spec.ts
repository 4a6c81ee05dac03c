// How many statements a page of the console takes: a handful, and the same whether it shows five rows
// or a hundred. A list that asks once for each row is fast in every demonstration and slow in every
// shop.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { INestApplicationContext } from '@nestjs/common'
import { importsPageSchema } from '@huike/shared/contracts/console-imports'
import { seedScale } from '../../server/cli/seed-scale.js'
import type { Database } from '../../server/platform/database.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { TerminalInboxService } from '../../server/stores/terminal-inbox.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { startTestServer, type TestServer } from '../rig/server.js'
import { listenAtGate, type StatementEar } from '../rig/statements.js'

const FEW = 5
const MANY = 100
const IMPORTS = 6
const MEMBERS = 300
const PURCHASES = 3_000
/** As the seed gives it to whoever may sign in. */
const PASSWORD = 'huike-demo'
/** No page needs more: the member's file, which tells everything of somebody, needs most. */
const STATEMENTS_MAX = 24
/** What runs beside the requests (relay, campaigns, exports) sends statements of its own. */
const TRIES = 5

describeEachDatabase('statements of a page of the console', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let ear: StatementEar
  let token: string
  let heavyId: string
  let lightId: string

  beforeAll(async () => {
    opened = await kit.open()
    // The seed ends yesterday by the clock on the wall.
    server = await startTestServer(opened, {}, { time: 'system' })
    const app: INestApplicationContext = server.app
    const scale = { members: MEMBERS, purchases: PURCHASES }
    expect(await seedScale(app, server.database, scale, () => undefined)).toBe(0)
    await park(MANY)
    const json = { username: 'demo', password: PASSWORD }
    token = (await server.fetch('/console/v1/session', { json })).body.accessToken
    const ids = await membersByPurchases(server.database)
    heavyId = ids[0] ?? ''
    lightId = ids.at(-1) ?? ''
    ear = listenAtGate(server.database)
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  async function park(count: number): Promise<void> {
    const [till] = await server.database.read((rx) =>
      rx.rows<{ id: string }>('SELECT id FROM terminal LIMIT 1'),
    )
    const inbox = server.app.get(TerminalInboxService, { strict: false })
    const events = Array.from({ length: count }, () => ({
      eventId: freshId(),
      terminalId: till?.id ?? '',
      code: 'receipt_conflict',
      json: '{}',
      receivedAtMs: 1,
    }))
    await server.database.write((tx) => inbox.park(tx, events))
  }

  /** How many statements an address takes: the least of some tries, since others speak meanwhile. */
  async function countOf(path: string): Promise<number> {
    const counts: number[] = []
    for (let n = 0; n < TRIES; n += 1) {
      ear.take()
      const reply = await server.fetch(path, { token })
      expect([path, reply.status]).toEqual([path, 200])
      counts.push(ear.take().length)
    }
    return Math.min(...counts)
  }

  it.each([
    '/console/v1/members',
    '/console/v1/members?inactiveDays=30',
    '/console/v1/members?consent=marketing',
    '/console/v1/members?boughtWithinDays=365',
    '/console/v1/parked',
  ])('%s asks as often for five rows as for a hundred', async (path) => {
    const joint = path.includes('?') ? '&' : '?'
    const few = await countOf(`${path}${joint}limit=${String(FEW)}`)
    const many = await countOf(`${path}${joint}limit=${String(MANY)}`)
    expect(many).toBe(few)
    expect(many).toBeLessThanOrEqual(STATEMENTS_MAX)
  })

  it('asks as often for the member who bought most as for the one who bought least', async () => {
    for (const page of ['', '/timeline?limit=100', '/timeline?limit=100&kind=purchase']) {
      const heavy = await countOf(`/console/v1/members/${heavyId}${page}`)
      const light = await countOf(`/console/v1/members/${lightId}${page}`)
      expect([page, heavy]).toEqual([page, light])
      expect(heavy).toBeLessThanOrEqual(STATEMENTS_MAX)
    }
  })

  it('asks as often for many imports as for one, and knows a file that was there before', async () => {
    const send = async (n: number) => {
      const reply = await server.fetch(`/console/v1/imports?name=${String(n)}.csv`, {
        ...{ method: 'POST', token, body: `手机号,姓名\n1380000000${String(n)},王五\n` },
        headers: { 'content-type': 'application/octet-stream' },
      })
      expect(reply.status).toBe(200)
    }
    for (let n = 0; n < IMPORTS; n += 1) await send(n)
    await server.database.write((tx) =>
      tx.run("UPDATE import_job SET state = 'done', liveHash = NULL"),
    )
    await send(0)
    const one = await countOf('/console/v1/imports?limit=1')
    expect(await countOf(`/console/v1/imports?limit=${String(MANY)}`)).toBe(one)
    expect(one).toBeLessThanOrEqual(STATEMENTS_MAX)
    const { body } = await server.fetch(`/console/v1/imports?limit=${String(MANY)}`, { token })
    const { imports } = importsPageSchema.parse(body)
    const [again, ...before] = imports
    const first = before.at(-1)
    expect(again).toMatchObject({ fileName: '0.csv', importedBeforeAtMs: first?.createdAtMs })
    expect(before.map(({ importedBeforeAtMs }) => importedBeforeAtMs)).toEqual(
      Array.from({ length: IMPORTS }, () => null),
    )
  })

  it('asks as often for the figures of a day as for those of a year', async () => {
    const dayAgo = (days: number) =>
      new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
    const period = (from: number) =>
      countOf(`/console/v1/statistics?from=${dayAgo(from)}&to=${dayAgo(0)}`)
    expect(await period(365)).toBe(await period(0))
    expect(await period(365)).toBeLessThanOrEqual(STATEMENTS_MAX)
  })

  it('asks as often for twenty stores as for one', async () => {
    for (const page of ['staff', 'campaigns', 'members/exports'])
      expect(await countOf(`/console/v1/${page}`)).toBeLessThanOrEqual(STATEMENTS_MAX)
    const json = { username: 'manager', password: PASSWORD }
    const all = token
    for (const page of ['stores', 'sources', 'today']) {
      const many = await countOf(`/console/v1/${page}`)
      token = (await server.fetch('/console/v1/session', { json })).body.accessToken
      const one = await countOf(`/console/v1/${page}`)
      token = all
      // What the server itself has to work through, and how good the data is, is told to the whole
      // chain's people alone.
      const ofWholeChain = { sources: 1, today: 3 }[page] ?? 0
      expect([page, many]).toEqual([page, one + ofWholeChain])
      expect(many).toBeLessThanOrEqual(STATEMENTS_MAX)
    }
  })

  it('keeps the seeded book in order, and refuses what was begun and not finished', async () => {
    const report = await verifyBook(server.database)
    expect(report).toMatchObject({ ok: true, accounts: MEMBERS, findings: [] })
    expect(report.transfers).toBeGreaterThan(PURCHASES / 2)
    const told: string[] = []
    const again = () =>
      seedScale(server.app, server.database, { members: 1, purchases: 1 }, (line) =>
        told.push(line),
      )
    expect(await again()).toBe(0)
    await server.database.write((tx) => tx.run("DELETE FROM staff WHERE username = 'demo'"))
    expect(await again()).toBe(1)
    expect(told.at(-1)).toMatch('没有写完')
  })

  it('seeds the counts that the purchases themselves have', async () => {
    const sums = await server.database.read(async (rx) => {
      const one = async (sql: string) => Number((await rx.rows<{ n: number }>(sql))[0]?.n)
      return {
        sales: await one("SELECT COUNT(*) AS n FROM purchase WHERE kind = 'sale'"),
        salesOfDays: await one('SELECT SUM(salesCount) AS n FROM store_day'),
        salesOfCashiers: await one('SELECT SUM(salesCount) AS n FROM cashier_day'),
        ofMembers: await one('SELECT COUNT(*) AS n FROM purchase WHERE memberId IS NOT NULL'),
        visits: await one('SELECT SUM(purchaseCount) AS n FROM member_stat'),
        visitsOfStores: await one('SELECT SUM(purchaseCount) AS n FROM member_store'),
        points: await one('SELECT SUM(balancePoints) AS n FROM points_account'),
        pointsOfDays: await one('SELECT SUM(pointsGiven) AS n FROM store_day'),
      }
    })
    expect(sums.sales).toBe(PURCHASES)
    expect([sums.salesOfDays, sums.salesOfCashiers]).toEqual([sums.sales, sums.sales])
    expect([sums.visits, sums.visitsOfStores]).toEqual([sums.ofMembers, sums.ofMembers])
    expect(sums.pointsOfDays).toBe(sums.points)
  })
})

async function membersByPurchases(database: Database): Promise<string[]> {
  const rows = await database.read((rx) =>
    rx.rows<{ memberId: string }>(
      'SELECT memberId FROM member_stat ORDER BY purchaseCount DESC, memberId',
    ),
  )
  return rows.map(({ memberId }) => memberId)
}
