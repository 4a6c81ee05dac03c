import { afterEach, expect, it } from '@jest/globals'
import { levelTrialSchema, type LevelTrial } from '@huike/shared/contracts/console-level-trials'
import type { EarningTerms } from '@huike/shared/contracts/console-points'
import { levelNamesSchema, type SchemeTerms } from '@huike/shared/contracts/levels'
import { earnedPoints, FIRST_RULE } from '@huike/shared/earning'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import { FIRST_SCHEME } from '@huike/shared/levels'
import { fen } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { LevelReviewService } from '../../server/levels/level-review.service.js'
import { verifyGrowth } from '../../server/levels/verify-growth.js'
import type { PointsJob } from '../../server/points/points-job.entity.js'
import { JobAbandoned, PointsJobsService } from '../../server/points/points-jobs.service.js'
import { LevelTrialRunsService } from '../../server/reports/level-trial-runs.service.js'
import { PointsJobsWorkerService } from '../../server/reports/points-jobs-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, refundOf } from '../rig/events.js'
import { countedPairs, reckonedCost, reckonedMoves } from '../rig/level-reckoning.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Levels tried before they are published: the scheme in force moves nobody, a draft comes to what a
// plain reckoning over the raw rows comes to, and a server that dies, or a person who stops it, leaves
// nothing half done.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const NONE = FIRST_SCHEME.levels[0]?.benefits
const LEVELS: readonly (readonly [code: string, threshold: number])[] = [
  ['base', 0],
  ['silver', 100],
  ['gold', 500],
]
const levelsOf = (levels: readonly (readonly [string, number])[]) =>
  levels.map(([code, threshold]) => ({
    ...{ code, name: `${code}会员`, threshold, benefits: { ...NONE } },
  }))
const terms = (changes: object = {}) =>
  ({
    ...FIRST_SCHEME,
    version: undefined,
    levels: levelsOf(LEVELS),
    growth: { growth: 1, perFen: fen(100), perPurchase: 10, purchasesPerDayMax: 2 },
    ...changes,
  }) as unknown as SchemeTerms
const thresholds = (silver: number, gold: number) => ({
  levels: levelsOf([
    ['base', 0],
    ['silver', silver],
    ['gold', gold],
  ]),
})
/** Twice the points for gold, half as many again for silver, and at the most so many in a day. */
const BY_LEVEL: EarningTerms = {
  ...{ points: 1, perFen: fen(100), orderPointsMax: null, dayPointsMax: 700, pendingDays: 0 },
  expiry: { kind: 'never' },
  bonuses: [
    ['gold', 20],
    ['silver', 15],
  ].map(([code, tenths]) => ({
    name: '等级',
    when: { ...EVERY_SALE, levelCodes: [String(code)] },
    gives: { kind: 'times' as const, tenths: Number(tenths) },
  })),
}

describeEachDatabase('levels tried before they are published', (kit) => {
  let server: TestServer
  let tills: readonly [TestTill, TestTill]
  let owner: ConsolePerson
  let worker: PointsJobsWorkerService
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    // One in the morning: what the night does by itself is not due while the stories are told.
    server.clock.advance(15 * HOUR_MS)
    const second = { storeCode: 'S02', storeName: '南京路店' }
    tills = [await enrolTill(server), await enrolTill(server, second)]
    owner = await signInAs(server, 'owner')
    worker = server.app.get(PointsJobsWorkerService, { strict: false })
  })
  afterEach(async () => {
    await server.drain()
    expect((await verifyGrowth(server.database)).findings).toEqual([])
  })

  const rows = <Row>(sql: string, parameters: (string | number | null)[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  const publish = async (scheme: SchemeTerms) => {
    const { versions } = (await owner.get('levels')).body
    const basedOnVersion = versions[0].scheme.version
    const reply = await owner.post('levels', {
      ...{ terms: scheme, effectiveFromMs: null, basedOnVersion },
    })
    expect(reply.status).toBe(200)
  }
  const tried = async (scheme: SchemeTerms) => {
    const reply = await owner.post('levels/trials', { terms: scheme })
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    await worker.drain()
    return resultOf(String(reply.body.id))
  }
  const trialOf = async (id: string): Promise<LevelTrial> =>
    levelTrialSchema.strict().parse((await owner.get(`levels/trials/${id}`)).body)
  const resultOf = async (id: string) => {
    const { result, state } = await trialOf(id)
    if (result === null) throw new Error(`the trial is ${state}`)
    return result
  }
  const person = async () => {
    phones += 1
    const phone = String(13_800_000_000 + phones)
    return { id: await shopper.register(tills[0], phone), phone }
  }
  const buys = async (phone: string, yuan: number, { store = 0, refundYuan = 0 } = {}) => {
    const till = tills[store] ?? tills[0]
    const businessDate = new Date(server.clock.nowMs() + 8 * HOUR_MS).toISOString().slice(0, 10)
    const receipt = { totalFen: yuan * 100, businessDate }
    const sale = checkout(till, { who: { by: 'phone', phone }, receipt })
    const back = { receipt: { businessDate } }
    const refund = refundOf(till, sale.receipt.receiptNo, refundYuan * 100, back)
    await till.send(refundYuan === 0 ? [sale] : [sale, refund])
    await server.drain()
  }
  const moves = ({ pairs }: Pick<NonNullable<LevelTrial['result']>, 'pairs'>) =>
    pairs.filter(({ fromCode, toCode }) => fromCode !== toCode)

  it('say who would have which level where nothing grows yet, by what was bought', async () => {
    const people = [await person(), await person(), await person()] as const
    await buys(people[0].phone, 300)
    await buys(people[1].phone, 900, { refundYuan: 850 })
    const first = await tried(terms())
    expect(first).toMatchObject({ members: 3, up: 1, down: 0, isGrownAnew: true, cost: null })
    expect(moves(first)).toMatchObject([{ fromCode: 'base', toCode: 'silver', members: 1 }])
    expect(moves(first)[0]?.examples).toEqual([
      { memberId: people[0].id, masked: expect.stringMatching(/^138\*{4}\d{4}$/) },
    ])
  })

  it('move nobody, and cost nothing, as they are; also after a scheme that asked less', async () => {
    await publish(terms(thresholds(50, 150)))
    const [keeps, merged, gone, ...others] = [
      ...[await person(), await person(), await person()],
      ...[await person(), await person(), await person()],
    ] as const
    await buys(keeps.phone, 180)
    server.clock.advance(1_000)
    await publish(terms())
    server.clock.advance(30 * DAY_MS)
    await buys(merged.phone, 60)
    await buys(gone.phone, 520, { store: 1 })
    for (const [at, { phone }] of others.entries()) {
      await buys(phone, 90 + at * 250, { store: at % 2, refundYuan: at * 40 })
      await buys(phone, 30)
      await buys(phone, 15)
    }
    const merging = server.app.get(MergeMembersService, { strict: false })
    const done = await merging.merge({
      ...{ survivorId: merged.id, absorbedId: gone.id, moveHistory: false, how: 'chosen' },
      ...{ pairId: null, by: null, idempotency: null, nowMs: server.clock.nowMs() },
    })
    expect(done.ok).toBe(true)
    await server.drain()
    // Their growth leaves the period, and their level stays until its day.
    server.clock.advance(340 * DAY_MS)
    await buys(others[1]?.phone ?? '', 100, { store: 1 })
    await server.app.get(LevelReviewService, { strict: false }).drain()
    await server.drain()
    const same = await tried(terms())
    const [{ n } = { n: 0 }] = await rows<{ n: number | string }>(
      "SELECT COUNT(*) AS n FROM member WHERE state IN ('pending', 'active')",
    )
    expect(same).toMatchObject({ members: Number(n), up: 0, down: 0, isGrownAnew: false })
    expect(moves(same)).toEqual([])
    expect(new Set(same.pairs.map(({ fromCode }) => fromCode)).size).toBe(3)
  })

  it.each<[string, object]>([
    ['asks for less', thresholds(20, 120)],
    ['asks for more', thresholds(300, 800)],
    ['counts three years', { period: { kind: 'months', months: 36 } }],
    ['counts this year', { period: { kind: 'year' } }],
    ['lets amounts grow faster', { growth: growthOf({ growth: 3 }) }],
    ['forgets how often', { growth: growthOf({ perPurchase: 0, purchasesPerDayMax: 0 }) }],
    ['counts once a day', { ...thresholds(60, 200), growth: growthOf({ purchasesPerDayMax: 1 }) }],
  ])('come to what a plain reckoning comes to, where a draft %s', async (_words, changes) => {
    const draft = terms(changes)
    const { members, pairs } = await tried(draft)
    const wanted = await reckonedMoves(rows, { draft, now: terms(), nowMs: server.clock.nowMs() })
    const shown = pairs.map((one) => `${one.fromCode} ${one.toCode} ${String(one.members)}`)
    expect(shown.sort()).toEqual(countedPairs(wanted))
    expect(members).toBe(wanted.length)
    for (const { fromCode, toCode, examples } of pairs)
      for (const { memberId } of examples)
        expect(wanted).toContainEqual({ memberId, fromCode, toCode })
  })

  it('cost what the sales of those who move would give more or less, by store', async () => {
    const { versions } = (await owner.get('points/rules')).body
    const published = await owner.post('points/rules', {
      ...{ terms: BY_LEVEL, effectiveFromMs: null, isGenerousMeant: true },
      basedOnVersion: versions[0].rule.version,
    })
    expect(published.status).toBe(200)
    expect((await tried(terms())).cost).toMatchObject({ sales: 0, nowPoints: 0, trialPoints: 0 })
    const draft = terms({ ...thresholds(40, 90), growth: growthOf({ growth: 2 }) })
    const { cost } = await tried(draft)
    const nowMs = server.clock.nowMs()
    const all = await reckonedMoves(rows, { draft, now: terms(), nowMs })
    const wanted = await reckonedCost(rows, all, { nowMs, pointsOf })
    expect(wanted.length).toBe(2)
    expect(cost?.stores.map(({ name, ...figures }) => ({ name, ...figures })).sort(byName)).toEqual(
      wanted.sort(byName),
    )
    expect(cost?.trialPoints).toBeGreaterThan(cost?.nowPoints ?? 0)
    expect(cost?.otherStores).toBeNull()
  })

  it('are gone on with where a server died, and end as if none had', async () => {
    const runs = server.app.get(LevelTrialRunsService, { strict: false })
    const draft = terms(thresholds(20, 120))
    const job = { asked: JSON.stringify({ terms: draft }), createdAtMs: server.clock.nowMs() }
    const kept: string[] = []
    const whole = await runs.run(
      { ...job, result: null },
      ({ result, totalRows }) => {
        expect(totalRows).toBe(phones - 1)
        kept.push(result ?? '')
        return Promise.resolve()
      },
      2,
    )
    expect(kept.length).toBeGreaterThan(2)
    for (const result of kept) {
      const [begun] = [JSON.parse(result) as { tallied: { members: number } }]
      let least = Infinity
      const rest = await runs.run(
        { ...job, result },
        ({ doneRows }) => {
          least = Math.min(least, doneRows)
          return Promise.resolve()
        },
        2,
      )
      expect(rest).toEqual(whole)
      expect(least).toBeGreaterThan(begun.tallied.members)
    }
    // A server was killed: its lease is over, and what it left is with the job, told by a mark in it.
    const left = JSON.parse(kept[1] ?? '') as { tallied: { members: number } }
    left.tallied.members += 1_000
    const id = await underWay(draft, { nextAtMs: 0, result: JSON.stringify(left) })
    await worker.drain()
    const members = phones - 1 + 1_000
    expect(await trialOf(id)).toMatchObject({ state: 'done', result: { members } })
  })

  it('are stopped by a person, whoever works on them, and only once', async () => {
    const draft = terms(thresholds(30, 700))
    const nextAtMs = Number.MAX_SAFE_INTEGER
    const id = await underWay(draft, { nextAtMs, result: null })
    const again = await owner.post('levels/trials', { terms: draft })
    expect(again.body.id).toBe(id)
    expectProblem(await owner.post('levels/trials', { terms: terms() }), 409, 'trial_running')
    const [job] = await rows<PointsJob>('SELECT * FROM points_job WHERE id = ?', [id])
    if (!job) throw new Error('the job is gone')
    const stopped = await owner.post(`levels/trials/${id}/cancel`, {})
    expect([stopped.status, stopped.body.state]).toEqual([200, 'cancelled'])
    const jobs = server.app.get(PointsJobsService, { strict: false })
    await expect(jobs.progress(job, 7)).rejects.toThrow(JobAbandoned)
    await expect(jobs.finish(job, { result: {}, doneRows: 7 })).rejects.toThrow(JobAbandoned)
    const twice = await owner.post(`levels/trials/${id}/cancel`, {})
    expect([twice.status, twice.body.state]).toEqual([200, 'cancelled'])
    const told = await rows<{ action: string }>(
      "SELECT action FROM staff_audit WHERE action = 'levels.trial_cancelled'",
    )
    expect(told).toHaveLength(1)
    // What is over stays as it came out.
    const done = await owner.post('levels/trials', { terms: terms() })
    await worker.drain()
    const late = await owner.post(`levels/trials/${String(done.body.id)}/cancel`, {})
    expect(late.body.state).toBe('done')
    expectProblem(await owner.post(`levels/trials/${freshId()}/cancel`, {}), 404, 'not_found')
  })

  it('are refused in words where they could not be published', async () => {
    const levels = levelsOf(LEVELS.slice(0, 2))
    const refused = await owner.post('levels/trials', { terms: terms({ levels }) })
    expectProblem(refused, 422, 'scheme_invalid')
    expect(refused.body.detail).toMatch('不能去掉')
    expect((await owner.post('levels/trials', { terms: terms({ graceDays: -1 }) })).status).toBe(
      422,
    )
  })

  it('are called by their names where some of them are chosen, also those to come', async () => {
    const [base, silver, gold] = levelsOf(LEVELS)
    const black = { ...gold, code: 'black', name: '黑卡会员', threshold: 9_000 }
    const levels = [base, { ...silver, name: '白银会员' }, gold, black]
    const { versions } = (await owner.get('levels')).body
    const reply = await owner.post('levels', {
      ...{ terms: terms({ levels }), basedOnVersion: versions[0].scheme.version },
      effectiveFromMs: server.clock.nowMs() + DAY_MS,
    })
    expect(reply.status).toBe(200)
    const named = async () =>
      levelNamesSchema
        .parse((await owner.get('levels/names')).body)
        .levels.map(({ code, name }) => `${code} ${name}`)
    const rest = ['gold gold会员', 'black 黑卡会员']
    expect(await named()).toEqual(['base base会员', 'silver silver会员', ...rest])
    server.clock.advance(DAY_MS)
    expect(await named()).toEqual(['base base会员', 'silver 白银会员', ...rest])
  })

  /** A job that some server has, or had. */
  async function underWay(
    draft: SchemeTerms,
    left: { nextAtMs: number; result: string | null },
  ): Promise<string> {
    const jobs = server.app.get(PointsJobsService, { strict: false })
    return server.database.write(async (tx) => {
      const by = owner.id
      const { job } = await jobs.ask(tx, { kind: 'levels', asked: { terms: draft }, by })
      await tx.run(
        "UPDATE points_job SET state = 'running', step = 1, nextAtMs = ?, result = ? WHERE id = ?",
        [left.nextAtMs, left.result, job.id],
      )
      return job.id
    })
  }
})

function growthOf(changes: object): object {
  return { growth: 1, perFen: 100, perPurchase: 10, purchasesPerDayMax: 2, ...changes }
}

/** What one sale gives by the rule, for a level. */
function pointsOf(
  levelCode: string,
  { totalFen, businessDate }: { totalFen: number; businessDate: string },
  dayPoints: number,
): number {
  const heldBonuses = levelCode === 'gold' ? [1] : levelCode === 'silver' ? [2] : []
  return earnedPoints(
    { ...FIRST_RULE, ...BY_LEVEL },
    {
      ...{ totalFen: fen(totalFen), channel: 'pos', storeId: '', lines: [] },
      ...{ heldBonuses, businessDate, dayPoints },
    },
  ).points
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1
}
