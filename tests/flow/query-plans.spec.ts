// Every statement that runs for a checkout finds its rows by a key, however many there are: a plan
// that reads a table or a whole index is slow on either database, and on MySQL a locking one stops
// everybody else. Asked of the databases themselves, for the statements that were really sent.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { EarningBonus } from '@huike/shared/contracts/console-points'
import { FIRST_RULE } from '@huike/shared/earning'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import { FIRST_SCHEME } from '@huike/shared/levels'
import { ConsentService } from '../../server/consent/consent.service.js'
import { ExpiryNoticesService } from '../../server/flows/expiry-notices.service.js'
import type { IncomingEvent } from '../../server/flows/ingest-state.js'
import { SettleRefundsService } from '../../server/flows/settle-refunds.service.js'
import { TakeEventsService } from '../../server/flows/take-events.service.js'
import { LevelReviewService } from '../../server/levels/level-review.service.js'
import { LevelTrialsService } from '../../server/levels/level-trials.service.js'
import { LevelsService } from '../../server/levels/levels.service.js'
import { importedBefore, jobsPage } from '../../server/imports/import-jobs.js'
import { DuplicatePairsService } from '../../server/members/duplicate-pairs.service.js'
import { changesDue } from '../../server/members/matching-changes.js'
import { membersMetBy } from '../../server/members/matching-keys.js'
import { MatchingRunsService } from '../../server/members/matching-runs.service.js'
import { MemberOwnersService } from '../../server/members/member-owners.service.js'
import { MembersService } from '../../server/members/members.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { MergePairsService } from '../../server/members/merge-pairs.service.js'
import { Clock } from '../../server/platform/clock.js'
import { Database, type SqlParameter, type Tx } from '../../server/platform/database.js'
import { EventLogService } from '../../server/platform/event-log.js'
import { sha256Hex } from '../../server/platform/ids.js'
import { Relay } from '../../server/platform/relay.js'
import { LOGGER } from '../../server/platform/tokens.js'
import { missingAfter } from '../../server/points/debts.service.js'
import { CouponReservationsService } from '../../server/coupons/coupon-reservations.service.js'
import { LevelPointsService } from '../../server/points/level-points.service.js'
import { PointsHoldsService } from '../../server/points/points-holds.service.js'
import { PointsRulesService } from '../../server/points/points-rules.service.js'
import { PurchasesService } from '../../server/purchases/purchases.service.js'
import { StrayPurchasesService } from '../../server/purchases/stray-purchases.service.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { TerminalInboxService } from '../../server/stores/terminal-inbox.service.js'
import { TerminalsService, type TerminalContext } from '../../server/stores/terminals.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, refundOf, registration, undo } from '../rig/events.js'
import {
  fillForPlans,
  fillGrowthForPlans,
  fillPairsForPlans,
  planFaults,
  type Sent,
} from '../rig/plans.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { listenAtGate } from '../rig/statements.js'

/** A lock or two for a row and its key; far from the table. */
const LOCKS_PER_EVENT_MAX = 6

describeEachDatabase('plans of the statements of a checkout', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let from: TerminalContext

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    const terminals = server.app.get(TerminalsService, { strict: false })
    const acting = await terminals.acting(till.enrolled.terminalId)
    if (!acting.ok) throw new Error(acting.code)
    from = acting.context
    await server.database.write((tx) => fillForPlans(tx, from))
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  function takeOver(database: Database): TakeEventsService {
    const get = <T>(type: abstract new (...args: never[]) => T): T =>
      server.app.get<T>(type, { strict: false })
    return new TakeEventsService(
      database,
      get(TerminalInboxService),
      get(MembersService),
      get(ProfilesService),
      get(ConsentService),
      get(PurchasesService),
      get(StrayPurchasesService),
      get(PointsRulesService),
      get(PointsHoldsService),
      get(CouponReservationsService),
      get(ChainSettingsService),
      get(EventLogService),
      get(MemberOwnersService),
    )
  }

  /** Takes events as one request and answers what was sent to the database. */
  async function statementsOf(events: object[]): Promise<Sent[]> {
    const recorder = new RecordingDatabase(server.database)
    const results = await takeOver(recorder).take(events.map((event) => incoming(from, event)))
    expect(results.map((result) => result.code)).not.toContain('internal')
    return recorder.sent
  }

  async function expectKeyed(sent: readonly Sent[]): Promise<void> {
    expect(sent.length).toBeGreaterThan(0)
    const faults: string[] = []
    for (const one of sent)
      for (const fault of await planFaults(server.database, one))
        faults.push(`${fault}: ${one.sql.replace(/\s+/g, ' ')}`)
    expect(faults).toEqual([])
  }

  for (const count of [1, 8, 64, 100])
    it(`finds everything by keys for ${String(count)} sales at once`, async () => {
      const phones = Array.from({ length: count }, (_, n) => String(13_700_000_000 + n))
      await till.send(phones.map((phone) => registration(till, phone)))
      const sales = phones.map((phone) => checkout(till, { who: { by: 'phone', phone } }))
      await expectKeyed(await statementsOf(sales))
    })

  it('finds everything by keys for refunds, assignments and events sent again', async () => {
    const registered = registration(till, '13600000001')
    const sale = checkout(till)
    const { memberId } = registered
    await expectKeyed(await statementsOf([registered, sale]))
    const giving = assignment(till, sale.eventId, { by: 'member', memberId })
    const events = [
      sale,
      refundOf(till, sale.receipt.receiptNo, 100),
      giving,
      checkout(till, {
        who: { by: 'member_code', memberCode: '0'.repeat(22), readAtMs: 1 } as never,
      }),
    ]
    await expectKeyed(await statementsOf(events))
    const again = assignment(till, sale.eventId, { by: 'member', memberId })
    await expectKeyed(await statementsOf([undo(till, giving.eventId), again]))
  })

  it('asks once for a whole group, by keys, for what rules of earning ask for', async () => {
    const bonus = (name: string, when: object): EarningBonus => ({
      ...{ name, when: { ...EVERY_SALE, ...when }, gives: { kind: 'points', points: 1 } },
    })
    const bonuses = [
      bonus('首购', { isFirstPurchase: true }),
      bonus('生日', { birthday: 'day' }),
      bonus('鸡蛋', { items: { name: '蛋', codes: [], prefixes: [], words: ['蛋'] } }),
    ]
    const { version, ...first } = FIRST_RULE
    const terms = { ...first, bonuses, dayPointsMax: 50 }
    const draft = { terms, effectiveFromMs: null, basedOnVersion: version, isGenerousMeant: true }
    const by = { staffId: freshId(), nowMs: 1 }
    const rules = server.app.get(PointsRulesService, { strict: false })
    await server.database.write((tx) => rules.publish(tx, draft, by))
    const phones = Array.from({ length: 64 }, (_, n) => String(13_700_000_000 + n))
    const strays = phones.map(() => checkout(till))
    await till.send(strays)
    const sent = await statementsOf([
      ...phones.map((phone) => checkout(till, { who: { by: 'phone', phone } })),
      ...strays.map(({ eventId }, n) =>
        assignment(till, eventId, { by: 'phone', phone: phones[n] }),
      ),
    ])
    const times = (pattern: RegExp) => sent.filter(({ sql }) => pattern.test(sql)).length
    expect([
      times(/birthdaySealed/),
      times(/EXISTS/),
      times(/GROUP BY memberId, businessDate/),
      times(/FROM purchase_line/),
    ]).toEqual([1, 1, 1, 1])
    await expectKeyed(sent.filter(({ sql }) => /FROM purchase|EXISTS/.test(sql)))
  })

  it('finds everything by keys when the relay delivers', async () => {
    await till.send(Array.from({ length: 100 }, () => checkout(till)))
    await server.drain()
    const recorder = new RecordingDatabase(server.database)
    const { app } = server
    const relay = new Relay(recorder, app.get(EventLogService), app.get(Clock), app.get(LOGGER))
    // The server's own relay looks around every second and may be first.
    for (let tries = 0; tries < 10 && recorder.sent.length === 0; tries += 1) {
      await server.database.write((tx) =>
        tx.run("UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE eventId > ?", [
          '01E~',
        ]),
      )
      await relay.drain()
    }
    await expectKeyed(recorder.sent)
  })

  it('finds the sale of a refund and its points by keys, in this store and in others', async () => {
    const sale = checkout(till, { who: { by: 'phone', phone: '13600000003' } })
    const refund = refundOf(till, sale.receipt.receiptNo, 100)
    await till.send([registration(till, '13600000003'), sale])
    await enrolTill(server, { storeCode: '0002' })
    const refunds = server.app.get(SettleRefundsService, { strict: false })
    const ear = listenAtGate(server.database)
    const receiptNo = String(sale.receipt.receiptNo)
    expect(await refunds.preview(from, { receiptNo, refundFen: null })).toMatchObject({ ok: true })
    const unknown = await refunds.preview(from, { receiptNo: '没有', refundFen: null })
    expect(unknown).toMatchObject({ code: 'purchase_not_found' })
    await till.sendOne(refund)
    await server.database.read((rx) => missingAfter(rx, refund.eventId))
    const sent = ear
      .take()
      .filter(({ sql }) => /FROM (purchase|points_transfer|points_acc)/.test(sql))
    expect(sent.filter(({ sql }) => /storeId IN/.test(sql))).toHaveLength(1)
    await expectKeyed(sent)
  })

  it('finds growth, levels and the lots that go next by keys', async () => {
    await server.database.write(fillGrowthForPlans)
    const get = <T>(type: abstract new (...args: never[]) => T): T =>
      server.app.get<T>(type, { strict: false })
    const phone = '13600000002'
    const { memberId } = await till.sendOne(registration(till, phone))
    const sale = checkout(till, { who: { by: 'phone', phone } })
    const ear = listenAtGate(server.database)
    await till.send([sale, refundOf(till, sale.receipt.receiptNo, 100)])
    await server.drain()
    await get(LevelReviewService).drain()
    await get(ExpiryNoticesService).drainAnew()
    await server.database.read((rx) =>
      get(LevelsService).standingOf(rx, { id: memberId ?? '', levelCode: 'silver' }),
    )
    const sent = ear.take().filter(({ sql }) => /growth_|level_|points_lot|expiry_/.test(sql))
    expect(sent.length).toBeGreaterThanOrEqual(10)
    await expectKeyed(sent)
  })

  it('finds by keys what a page of members asks for whose levels are tried', async () => {
    const get = <T>(type: abstract new (...args: never[]) => T): T =>
      server.app.get<T>(type, { strict: false })
    const nowMs = server.clock.nowMs()
    const at = { afterId: '01M00000000000000000000500', limit: 20 }
    const ear = listenAtGate(server.database)
    for (const perPurchase of [1, 2]) {
      const growth = { ...FIRST_SCHEME.growth, growth: 1, perPurchase }
      await get(LevelTrialsService).page({ terms: { ...FIRST_SCHEME, growth }, nowMs }, at)
    }
    const moves = [{ memberId: at.afterId, fromCode: 'base', toCode: 'silver' }]
    await get(LevelPointsService).compare(moves, { fromMs: 1, nowMs })
    const sent = ear.take().filter(({ sql }) => /growth_|m\.levelCode|FROM purchase/.test(sql))
    expect(sent.length).toBeGreaterThanOrEqual(6)
    await expectKeyed(sent)
  })

  it('finds pairs, the members that meet and imports by keys', async () => {
    await server.database.write(fillPairsForPlans)
    const get = <T>(type: abstract new (...args: never[]) => T): T =>
      server.app.get<T>(type, { strict: false })
    const ear = listenAtGate(server.database)
    await server.database.read(async (rx) => {
      const ids = ['01M00000000000000000000007', '01M00000000000000000000008']
      const before = { score: 900, id: '~' }
      const page = { before, state: 'open' as const, verdict: null, memberId: null, limit: 20 }
      await get(MergePairsService).page(rx, page)
      await get(MergePairsService).page(rx, { ...page, before: null, verdict: 'review' })
      await get(DuplicatePairsService).openOf(rx, ids)
      await get(DuplicatePairsService).openAfter(rx, '01D', 200)
      await membersMetBy(rx, 7, 100)
      await changesDue(rx, Date.now(), 50)
    })
    const runs = get(MatchingRunsService)
    await server.database.read((rx) => Promise.all([runs.lastDone(rx), runs.underWay(rx)]))
    await server.database.read((rx) => jobsPage(rx, { atMs: 900, id: '~' }, 20))
    await server.database.read((rx) => importedBefore(rx, ['01M00000000000000000000007']))
    const sent = ear.take().filter(({ sql }) => /duplicate_pair|matching_|import_job/.test(sql))
    expect(sent.length).toBeGreaterThanOrEqual(10)
    await expectKeyed(sent)
  })

  if (kit.kind === 'mariadb')
    it('locks a few rows for each of 64 sales, and never a table', async () => {
      const count = 64
      let rowsLocked = 0
      const recorder = new RecordingDatabase(server.database, async (tx) => {
        const [own] = await tx.rows<{ locked: number }>(
          `SELECT trx_rows_locked AS locked FROM information_schema.innodb_trx
           WHERE trx_mysql_thread_id = CONNECTION_ID()`,
        )
        rowsLocked = Number(own?.locked)
      })
      const phones = Array.from({ length: count }, (_, n) => String(13_500_000_000 + n))
      await till.send(phones.map((phone) => registration(till, phone)))
      const sales = phones.map((phone) => checkout(till, { who: { by: 'phone', phone } }))
      await takeOver(recorder).take(sales.map((sale) => incoming(from, sale)))
      expect(rowsLocked).toBeGreaterThan(0)
      expect(rowsLocked).toBeLessThanOrEqual(count * LOCKS_PER_EVENT_MAX)
    })
})

/** Passes everything on and remembers the reads and the updates that carry SQL of their own. */
class RecordingDatabase extends Database {
  readonly sent: Sent[] = []
  readonly dialect: Database['dialect']
  readonly dataSource: Database['dataSource']

  constructor(
    private readonly inner: Database,
    private readonly beforeCommit: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ) {
    super()
    this.dialect = inner.dialect
    this.dataSource = inner.dataSource
  }

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.inner.write(async (tx) => {
      const result = await work(this.#recording(tx))
      await this.beforeCommit(tx)
      return result
    })
  }

  read: Database['read'] = (work) => this.inner.read(work)
  migrate = () => this.inner.migrate()
  pendingMigrations = () => this.inner.pendingMigrations()
  schemaDrift = () => this.inner.schemaDrift()
  close = () => this.inner.close()

  #recording(tx: Tx): Tx {
    const note = (sql: string, parameters: readonly SqlParameter[] = []) => {
      this.sent.push({ sql, parameters })
    }
    return {
      dialect: tx.dialect,
      manager: null as unknown as Tx['manager'],
      forUpdate: tx.forUpdate,
      rows: (sql, parameters) => {
        note(sql, parameters)
        return tx.rows(sql, parameters)
      },
      run: (sql, parameters) => {
        note(sql, parameters)
        return tx.run(sql, parameters)
      },
      insert: (table, columns, rows) => tx.insert(table, columns, rows),
      replaceEach: (table, key, column, rows) => tx.replaceEach(table, key, column, rows),
      updateEach: (table, key, columns, rows) => {
        const [first] = rows
        if (first)
          note(`UPDATE ${table} SET ${columns[0] ?? ''} = ? WHERE ${key} = ?`, [
            first[1] ?? null,
            first[0] ?? null,
          ])
        return tx.updateEach(table, key, columns, rows)
      },
    }
  }
}

function incoming(from: TerminalContext, event: object): IncomingEvent {
  const contentSha256 = sha256Hex(JSON.stringify(event))
  const receivedAtMs = (event as { occurredAtMs: number }).occurredAtMs
  return { from, event: event as IncomingEvent['event'], contentSha256, receivedAtMs }
}
