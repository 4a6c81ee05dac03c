import { afterEach, expect, it } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { earningTermsSchema, type EarningTerms } from '@huike/shared/contracts/console-points'
import {
  pointsOwedPageSchema,
  pointsTrialSchema,
  type PointsOwed,
  type PointsTrial,
} from '@huike/shared/contracts/console-points-report'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import { FIRST_RULE } from '@huike/shared/earning'
import { fen } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { PointsExpiryService } from '../../server/points/points-expiry.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { PointsJobsWorkerService } from '../../server/reports/points-jobs-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { dataPath } from '../rig/data.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, refundOf, undo } from '../rig/events.js'
import { sendMapping, taken, upload, worked } from '../rig/imports.js'
import { IS_LONG } from '../rig/long.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// What the owner reads of the book: what is owed is what plain SQL counts, and a rule tried on the
// past gives, where it is the rule of the time, what the book has, to the point.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const RETAIL_LINES = 1_500
const FIRST_TERMS = earningTermsSchema.strip().parse(FIRST_RULE)
/** Bonuses of either kind, a cap, and points that go at the end of the year. */
const RICH: EarningTerms = {
  ...{ points: 3, perFen: fen(250), dayPointsMax: null, pendingDays: 0 },
  ...{ orderPointsMax: 700, expiry: { kind: 'year_end', years: 0 } },
  bonuses: [
    { name: '双倍', when: EVERY_SALE, gives: { kind: 'times', tenths: 17 } },
    { name: '周一', when: { ...EVERY_SALE, weekdays: [1] }, gives: { kind: 'points', points: 7 } },
  ],
}

describeEachDatabase('reports of the points book', (kit) => {
  let server: TestServer
  let tills: [TestTill, TestTill]
  let owner: ConsolePerson
  let worker: PointsJobsWorkerService
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    // One in the morning: what the night counts by itself is not due while the stories are told.
    server.clock.advance(15 * HOUR_MS)
    const at = { storeCode: 'S02', storeName: '南京路店' }
    tills = [await enrolTill(server), await enrolTill(server, at)]
    owner = await signInAs(server, 'owner')
    worker = server.app.get(PointsJobsWorkerService, { strict: false })
    await fill()
  })
  afterEach(async () => {
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  const number = async (sql: string, parameters: (string | number)[] = []): Promise<number> => {
    const [row] = await server.database.read((rx) => rx.rows<{ n: unknown }>(sql, parameters))
    return Number(row?.n)
  }
  const publish = async (terms: EarningTerms) => {
    const { versions } = (await owner.get('points/rules')).body
    const reply = await owner.post('points/rules', {
      ...{ terms, effectiveFromMs: null, isGenerousMeant: true },
      basedOnVersion: versions[0].rule.version,
    })
    expect(reply.status).toBe(200)
  }
  async function person(): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_500_000_000 + phones)
    return { id: await shopper.register(tills[0], phone), phone }
  }
  const whoIs = ({ phone }: { phone: string }) => ({ by: 'phone' as const, phone })
  const merge = async (survivorId: string, absorbedId: string, moveHistory = true) => {
    const merged = await server.app.get(MergeMembersService, { strict: false }).merge({
      ...{ survivorId, absorbedId, moveHistory, how: 'chosen', pairId: null, by: null },
      ...{ idempotency: null, nowMs: server.clock.nowMs() },
    })
    expect(merged.ok).toBe(true)
  }

  /** Two rules, two stores; refunds whole, in parts, late; mistakes; merges; points that expired. */
  async function fill(): Promise<void> {
    const [a, b] = tills
    const people = [await person(), await person(), await person(), await person()] as const
    const amounts = [1, 99, 2_132, 5_000, 123_456, 40_001, 7_777]
    const sell = async () => {
      for (const [at, totalFen] of amounts.entries()) {
        const till = at % 2 === 0 ? a : b
        const who = whoIs(people[at % 4] ?? people[0])
        const sale = checkout(till, { who, receipt: { totalFen } })
        const parts = [0.1, 0.33, 0.05].map((part) =>
          refundOf(till, sale.receipt.receiptNo, Math.max(1, Math.floor(totalFen * part))),
        )
        await till.send([sale, ...(at % 3 === 0 ? parts : [])])
        // Refunded whole, in two.
        if (at === 3) await till.send([refundOf(till, sale.receipt.receiptNo, 5_000)])
      }
      const late = checkout(a, { receipt: { totalFen: 9_990 } })
      const mistaken = checkout(b, { receipt: { totalFen: 8_000 } })
      const mistake = assignment(b, mistaken.eventId, whoIs(people[1]))
      const before = checkout(a, { who: whoIs(people[2]), receipt: { totalFen: 6_600 } })
      await a.send([
        ...[late, refundOf(a, late.receipt.receiptNo, 3_330)],
        assignment(a, late.eventId, whoIs(people[0])),
        ...[refundOf(a, before.receipt.receiptNo, 2_200), before],
        checkout(a, { receipt: { totalFen: 1_000 } }),
      ])
      await b.send([mistaken, mistake, undo(b, mistake.eventId)])
    }
    await sell()
    server.clock.advance(1_000)
    await publish(RICH)
    await sell()
    await merge(people[0].id, people[3].id)
    const quiet = await person()
    await a.send([checkout(a, { who: whoIs(quiet), receipt: { totalFen: 3_000 } })])
    await merge(people[1].id, quiet.id, false)
    server.clock.advance(310 * DAY_MS)
    await server.app.get(PointsExpiryService, { strict: false }).drain()
    await sell()
    await server.drain()
  }

  const owed = async () => pointsOwedPageSchema.parse((await owner.get('points/owed')).body)
  const counted = async (): Promise<PointsOwed> => {
    await owner.post('points/owed')
    await worker.drain()
    const page = await owed()
    if (page.owed === null) throw new Error('nothing was counted')
    return page.owed
  }
  const trial = async (terms: EarningTerms, days = ['2000-01-01', '2099-12-31']) => {
    const [fromDate, toDate] = days
    const reply = await owner.post('points/trials', { terms, fromDate, toDate })
    expect(reply.status).toBe(200)
    await worker.drain()
    const done: PointsTrial = pointsTrialSchema.parse(
      (await owner.get(`points/trials/${String(reply.body.id)}`)).body,
    )
    if (done.result === null) throw new Error('the trial is not over')
    return done.result
  }

  it('say what is owed as plain SQL counts it', async () => {
    expect(await owed()).toMatchObject({
      owed: null,
      asOfMs: null,
      value: { isSet: false },
    })
    const all = await counted()
    const sum = (key: 'issuedPoints' | 'takenBackPoints' | 'spentPoints' | 'expiredPoints') =>
      all.months.reduce((total, month) => total + month[key], 0)
    const moved = (where: string) => `SELECT SUM(points) AS n FROM points_transfer WHERE ${where}`
    expect(all.openPoints).toBe(await number('SELECT SUM(leftPoints) AS n FROM points_lot'))
    expect(sum('issuedPoints')).toBe(await number(moved("reason = 'purchase'")))
    const back = await number(moved("reason IN ('refund', 'unassigned') AND fromAccount LIKE 'm%'"))
    expect(sum('takenBackPoints')).toBe(back)
    expect(sum('expiredPoints')).toBe(await number(moved("reason = 'expired'")))
    expect(sum('expiredPoints')).toBeGreaterThan(0)
    expect(sum('spentPoints')).toBe(0)
    expect(all.openPoints - all.debtPoints).toBe(
      sum('issuedPoints') - sum('takenBackPoints') - sum('spentPoints') - sum('expiredPoints'),
    )
    for (const list of [all.ages, all.expiries])
      expect(list.reduce((total, { points }) => total + points, 0)).toBe(all.openPoints)
    expect(all.expiries.at(-1)?.month).toBeNull()
    expect(new Set(all.ages.map(({ months }) => months)).size).toBeGreaterThan(1)
    const ofPresent = (column: string) =>
      `SELECT SUM(s.${column}) AS n FROM member_stat s JOIN member m ON m.id = s.memberId
       WHERE m.state <> 'merged'`
    expect(all.levels).toEqual([
      {
        levelCode: 'base',
        members: await number("SELECT COUNT(*) AS n FROM member WHERE state <> 'merged'"),
        activeMembers: await number(
          `SELECT COUNT(*) AS n FROM member_stat s JOIN member m ON m.id = s.memberId
           WHERE m.state <> 'merged' AND s.lastPurchaseAtMs >= ?`,
          [server.clock.nowMs() - 90 * DAY_MS],
        ),
        purchases: await number(ofPresent('purchaseCount')),
        totalFen: await number(ofPresent('totalFen')),
        points: await number('SELECT SUM(balancePoints) AS n FROM points_account'),
      },
    ])
  })

  it('expect of open points what became of those of months of which nothing is left', async () => {
    const all = await counted()
    const over = all.months.filter((one) => one.issuedPoints > 0 && one.openPoints === 0)
    const canExpire = all.expiries.filter(({ month }) => month !== null)
    const expiring = canExpire.reduce((total, { points }) => total + points, 0)
    if (over.length === 0) expect([all.ended, all.breakagePoints]).toEqual([null, null])
    else
      expect(all.breakagePoints).toBe(
        Math.round((expiring * (all.ended?.lostPoints ?? 0)) / (all.ended?.issuedPoints ?? 1)),
      )
    const lost = all.months.reduce((total, { lostPoints }) => total + lostPoints, 0)
    expect(lost).toBe(
      await number("SELECT SUM(points) AS n FROM points_transfer WHERE reason = 'expired'"),
    )
  })

  it('put points into money at the rate at which they are taken as cash', async () => {
    const settings = server.app.get(ChainSettingsService, { strict: false })
    const spending = {
      ...{ points: 200, fen: 100, leastPoints: 200, stepPoints: 200, orderPercentMax: 50 },
      ...{ orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: false },
    }
    const by = { staffId: owner.id, atMs: server.clock.nowMs() }
    const set = (value: typeof spending | null) =>
      server.database.write((tx) =>
        settings.setPoints(tx, { spending: value, refunds: 'negative' }, by),
      )
    await set(spending)
    expect((await owed()).value).toEqual({ points: 200, fen: 100, isSet: true })
    await set(null)
    expect((await owed()).value).toEqual({ points: 1, fen: 1, isSet: false })
  })

  it('replay the rules of the time to the point', async () => {
    const replayed = await trial(FIRST_TERMS)
    const book = await number(
      `SELECT SUM(CASE WHEN toAccount LIKE 'member:%' THEN points ELSE -points END) AS n
       FROM points_transfer WHERE reason IN ('purchase', 'refund', 'unassigned')`,
    )
    expect(replayed).toMatchObject({ bookPoints: book, replayedPoints: book, differingSales: 0 })
    expect(replayed.sales).toBe(
      await number(
        "SELECT COUNT(*) AS n FROM purchase WHERE kind = 'sale' AND memberId IS NOT NULL",
      ),
    )
    expect(replayed.members).toBe(
      await number(`SELECT COUNT(DISTINCT memberId) AS n FROM purchase WHERE kind = 'sale'`),
    )
    // A sale of which somebody changed the points by hand is told.
    const change = (by: number) =>
      server.database.write((tx) =>
        tx.run('UPDATE purchase SET earnedPoints = earnedPoints + ? WHERE totalFen = 123456', [by]),
      )
    const changed = await change(1)
    const other = await trial(FIRST_TERMS)
    await change(-1)
    expect([other.differingSales, other.bookPoints]).toEqual([changed, book + changed])
  })

  it('say what a rule would have changed: in all, by store, for whom', async () => {
    const nothing = await trial({ ...FIRST_TERMS, points: 0 })
    expect(nothing).toMatchObject({ trialPoints: 0, moreMembers: 0 })
    expect(nothing.fewerMembers).toBeGreaterThan(0)
    const double = await trial({ ...FIRST_TERMS, points: 2 }, ['2026-03-02', '2026-03-02'])
    const single = await trial(FIRST_TERMS, ['2026-03-02', '2026-03-02'])
    expect(double.stores.map(({ name }) => name).sort()).toEqual(['人民路店', '南京路店'])
    for (const key of ['sales', 'bookPoints', 'trialPoints'] as const) {
      const sum = double.stores.reduce((total, store) => total + store[key], 0)
      expect(sum).toBe(double[key])
    }
    expect(double.trialPoints).toBeGreaterThan(single.trialPoints)
    expect(double.largest.length).toBeGreaterThan(0)
    const shown = double.largest.flatMap(({ masked }) => masked ?? [])
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.every((masked) => /^1\d{2}\*{4}\d{4}$/.test(masked))).toBe(true)
    const apart = double.largest.map((one) => Math.abs(one.trialPoints - one.bookPoints))
    expect(apart).toEqual([...apart].sort((one, two) => two - one))
    expect(await trial(FIRST_TERMS, ['2001-01-01', '2001-01-01'])).toMatchObject({
      ...{ sales: 0, members: 0, bookPoints: 0, trialPoints: 0, largest: [], stores: [] },
    })
  })

  it('of one rule at a time; the same asked twice is one', async () => {
    const asked = { terms: FIRST_TERMS, fromDate: '2026-01-01', toDate: '2026-12-31' }
    const wrong = await owner.post('points/trials', { ...asked, toDate: '2025-12-31' })
    expectProblem(wrong, 422, 'input_invalid')
    const replies = await Promise.all([
      owner.post('points/trials', asked),
      owner.post('points/trials', asked),
      owner.post('points/trials', { ...asked, terms: RICH }),
    ])
    await worker.drain()
    const begun = replies.filter(({ status }) => status === 200)
    const refused = replies.filter(({ status }) => status !== 200)
    expect(begun.length).toBeGreaterThan(0)
    for (const reply of refused) expectProblem(reply, 409, 'trial_running')
    const said = begun.map(({ body }) => `${body.id} ${JSON.stringify(body.asked.terms)}`)
    expect(new Set(said).size).toBe(new Set(begun.map(({ body }) => body.id)).size)
    expect((await owner.get('points/trials')).body.trials.length).toBeGreaterThan(3)
  })

  const retail = dataPath('analytics', 'retail', 'online_retail_slice.csv.gz')
  it('replay months of a real shop, where its data is', async () => {
    if (!existsSync(retail)) return
    const lines = gunzipSync(readFileSync(retail)).toString('utf8').split('\n')
    const end = IS_LONG ? lines.length : RETAIL_LINES
    const bytes = gzipSync(`${lines.slice(0, end).join('\n').trimEnd()}\n`)
    const { storeId } = tills[1].enrolled
    const before = await trial(FIRST_TERMS)
    const { job: read } = await upload(owner, bytes, 'retail.csv.gz')
    const options = { ...read.options, createsMembers: true, earnsPoints: true }
    expect((await sendMapping(owner, read, storeId, { options })).status).toBe(200)
    const ready = await worked(server, owner, read.id)
    const job = await taken(server, owner, ready.id)
    expect(job.taken?.sales).toBeGreaterThan(50)
    const replayed = await trial(FIRST_TERMS)
    expect(replayed.differingSales).toBe(0)
    expect(replayed.replayedPoints).toBe(replayed.bookPoints)
    expect(replayed.bookPoints).toBeGreaterThan(before.bookPoints)
    expect(replayed.bookPoints).toBe(
      await number('SELECT SUM(earnedPoints - reversedPoints) AS n FROM purchase WHERE kind = ?', [
        'sale',
      ]),
    )
  })
})
