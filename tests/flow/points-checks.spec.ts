import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from '@jest/globals'
import {
  pointsCheckSchema,
  pointsChecksSchema,
  type PointsCheck,
} from '@huike/shared/contracts/console-points-report'
import { findingWords } from '@huike/shared/points-findings'
import { PointsCheckpointsService } from '../../server/points/points-checkpoints.service.js'
import { PointsJobsService } from '../../server/points/points-jobs.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import type { SqlRow } from '../../server/platform/database.js'
import { PointsJobsWorkerService } from '../../server/reports/points-jobs-worker.service.js'
import { BOOK_PHONES, fillBook } from '../rig/book.js'
import { runHere } from '../rig/commands.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout, refundOf } from '../rig/events.js'
import { repositoryPath } from '../rig/repository.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { newKeyringJson } from '../../server/platform/keyring.js'

// Verifying the book from the console and by night: what is found is told in words, sales that commit
// meanwhile are not called wrong, and what has not moved is not looked at again for a week.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const KEYRING = newKeyringJson()

describeEachDatabase('verifying the points book', (kit) => {
  let server: TestServer
  let opened: OpenedDatabase
  let till: TestTill
  let owner: ConsolePerson
  let worker: PointsJobsWorkerService

  shareServer(
    kit,
    async (started, database) => {
      server = started
      opened = database
      // One in the morning: what the night does by itself is not due while the stories are told.
      server.clock.advance(15 * HOUR_MS)
      till = await enrolTill(server)
      owner = await signInAs(server, 'owner')
      worker = server.app.get(PointsJobsWorkerService, { strict: false })
      await fillBook(till)
    },
    { HUIKE_KEYRING: KEYRING },
  )
  afterEach(async () => {
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  const rows = <Row = SqlRow>(sql: string, parameters: (string | number)[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  const run = (sql: string, parameters: (string | number)[] = []) =>
    server.database.write((tx) => tx.run(sql, parameters))
  const checks = async () =>
    pointsChecksSchema.strict().parse((await owner.get('points/checks')).body)
  const begin = async (scope: 'all' | 'since') =>
    pointsCheckSchema.parse((await owner.post('points/checks', { scope })).body)
  /** Verifies to the end. */
  const check = async (scope: 'all' | 'since'): Promise<PointsCheck> => {
    const { id } = await begin(scope)
    await worker.drain()
    const done = (await checks()).checks.find((one) => one.id === id)
    if (!done) throw new Error('the check is not over')
    return done
  }
  const buys = (n: number, totalFen = 5_000) => {
    const who = { by: 'phone' as const, phone: BOOK_PHONES[n] ?? '' }
    return checkout(till, { who, receipt: { totalFen } })
  }

  it('is asked for by a person, told with its figures, and kept', async () => {
    expect(await checks()).toEqual({ current: null, checks: [], wholeAtMs: null })
    await check('all')
    const [counted] = await rows<{ n: number }>('SELECT COUNT(*) AS n FROM points_transfer')
    const { checks: done, current, wholeAtMs } = await checks()
    expect([current, done.length, wholeAtMs]).toEqual([null, 1, server.clock.nowMs()])
    expect(done[0]).toMatchObject({
      ...{ state: 'done', scope: 'all', by: owner.name },
      result: { accounts: BOOK_PHONES.length, transfers: Number(counted?.n), findings: [] },
    })
    const audit = await rows<{ n: number }>(
      "SELECT COUNT(*) AS n FROM staff_audit WHERE action = 'points.check_begun'",
    )
    expect(Number(audit[0]?.n)).toBe(1)
  })

  it('is one at a time, whoever asks', async () => {
    const jobs = server.app.get(PointsJobsService, { strict: false })
    const asked = { scope: 'all', sinceMs: 0, afterCheckpoint: 0 }
    const [first, second] = await server.database.write(async (tx) => [
      await jobs.ask(tx, { kind: 'check', asked, by: owner.id }),
      await jobs.ask(tx, { kind: 'check', asked, by: owner.id }),
    ])
    expect([first?.isNew, second?.isNew]).toEqual([true, false])
    expect(second?.job.id).toBe(first?.job.id)
    await worker.drain()
  })

  it('does not call wrong what commits between two pages', async () => {
    let sent = 0
    const rest = async () => {
      if (sent >= 12) return
      const sale = buys(sent % 2)
      sent += 1
      await till.send([sale, refundOf(till, sale.receipt.receiptNo, 2_500)])
    }
    const report = await verifyBook(server.database, () => undefined, {
      ...{ rowsPerPage: 3, rest },
    })
    expect(sent).toBe(12)
    expect(report.findings).toEqual([])
    expect(report.ok).toBe(true)
  })

  it('looks only at what moved since, and finds what is wrong there', async () => {
    const quiet = await check('since')
    expect(quiet).toMatchObject({ scope: 'since', result: { findings: [] } })
    server.clock.advance(DAY_MS)
    await check('since')
    server.clock.advance(DAY_MS)
    const sale = buys(1)
    await till.send([sale, refundOf(till, sale.receipt.receiptNo, 1_000)])
    const moved = await check('since')
    expect(moved.result?.accounts).toBe(1)
    const [purchase] = await rows<{ id: string; earnedPoints: number }>(
      'SELECT id, earnedPoints FROM purchase WHERE receiptNo = ?',
      [sale.receipt.receiptNo ?? ''],
    )
    const set = (earnedPoints: number) =>
      run('UPDATE purchase SET earnedPoints = ? WHERE id = ?', [earnedPoints, purchase?.id ?? ''])
    await set(99)
    const wrong = await check('since')
    await set(purchase?.earnedPoints ?? 0)
    expect(wrong.result?.findings).toEqual([
      {
        ...{ table: 'purchase', row: purchase?.id, memberId: expect.any(String) },
        words: '消费记录写着 99 分，积分账里是 50 分',
      },
    ])
    // Whoever found something looks at everything, until nothing is wrong any more.
    expect(await check('since')).toMatchObject({ scope: 'all', result: { findings: [] } })
  })

  it('finds an account, a head and a lot of somebody who has not moved, or the week does', async () => {
    server.clock.advance(DAY_MS)
    await check('since')
    server.clock.advance(DAY_MS)
    const [account] = await rows<{ memberId: string; balancePoints: number }>(
      'SELECT memberId, balancePoints FROM points_account WHERE headSeq > 1 LIMIT 1',
    )
    const { memberId = '', balancePoints = 0 } = account ?? {}
    const setBalance = (points: number) =>
      run('UPDATE points_account SET balancePoints = ? WHERE memberId = ?', [points, memberId])
    await setBalance(balancePoints + 1)
    const found = await check('since')
    await setBalance(balancePoints)
    expect(found).toMatchObject({
      ...{ scope: 'since', result: { accounts: 1 } },
    })
    expect(found.result?.findings).toEqual([
      { table: 'points_account', row: memberId, words: '积分余额和流水合计不相等', memberId },
    ])
    await check('all')
    server.clock.advance(DAY_MS)
    const first = 'memberId = ? AND seq = 1'
    const [told] = await rows<{ explanation: string }>(
      `SELECT explanation FROM points_transfer WHERE ${first}`,
      [memberId],
    )
    const tell = (words: string) =>
      run(`UPDATE points_transfer SET explanation = ? WHERE ${first}`, [words, memberId])
    await tell('店长送的')
    const day = await check('since')
    server.clock.advance(7 * DAY_MS)
    const week = await check('since')
    await tell(told?.explanation ?? '')
    expect([day.scope, day.result?.findings]).toEqual(['since', []])
    expect([week.scope, week.result?.findings[0]?.words]).toEqual(['all', '这笔流水的内容被改过'])
  })

  it('verifies the checkpoints with it', async () => {
    const checkpoints = server.app.get(PointsCheckpointsService, { strict: false })
    await checkpoints.take()
    expect((await check('all')).result).toMatchObject({ checkpoints: 1, findings: [] })
    await till.sendOne(buys(0))
    await checkpoints.take()
    const root = (
      await rows<{ root: string }>('SELECT root FROM points_checkpoint WHERE number = 2')
    )[0]
    await run('UPDATE points_checkpoint SET root = ? WHERE number = 2', ['0'.repeat(64)])
    const wrong = await check('since')
    await run('UPDATE points_checkpoint SET root = ? WHERE number = 2', [root?.root ?? ''])
    expect(new Set(wrong.result?.findings.map(({ words }) => words))).toEqual(
      new Set(['检查点的签名不对', '检查点保存的账户清单被改过']),
    )
    expect((await check('all')).result?.findings).toEqual([])
  })

  it('is done once each night, and goes on where a server died', async () => {
    server.clock.advance(DAY_MS + 3 * HOUR_MS)
    const before = (await checks()).checks.length
    await worker.drainNightly()
    await worker.drainNightly()
    const [nightly, ...others] = (await checks()).checks
    expect(others).toHaveLength(before)
    expect(nightly).toMatchObject({ by: null, state: 'done', result: { findings: [] } })
    const { id } = await begin('all')
    const dead = await server.app.get(PointsJobsService, { strict: false }).claim()
    // The server's own worker may have been faster: then there is nothing to take over.
    if (dead !== null) expect(dead.id).toBe(id)
    await worker.drain()
    server.clock.advance(61_000)
    await worker.drain()
    expect((await checks()).checks[0]).toMatchObject({ id, state: 'done' })
    const isLost = server.app.get(PointsJobsService, { strict: false })
    if (dead !== null) await expect(isLost.progress(dead, 1)).rejects.toThrow('the job was lost')
  })

  it('is asked for by a command, whole or since the last', async () => {
    const env = {
      HUIKE_DATABASE_URL: opened.url,
      HUIKE_DATA_DIR: opened.directory,
      HUIKE_KEYRING: KEYRING,
      HUIKE_SANDBOX: '1',
    }
    await check('all')
    const whole = await runHere(['verify'], env)
    const since = await runHere(['verify', '--since-last'], env)
    expect([whole.code, since.code]).toEqual([0, 0])
    expect(whole.output).toContain(`账户 ${String(BOOK_PHONES.length)} 个`)
    expect(since.output).toContain('账本和操作记录无误')
    expect((await runHere(['verify', '--since-last', '--since-last'], env)).code).toBe(2)
  })

  it('has words for everything it may find', async () => {
    const said = sentences()
    expect(said.length).toBeGreaterThan(30)
    expect(said.filter((what) => findingWords(what) === null)).toEqual([])
  })
})

/** Every sentence of the verifier, as its source has it, with numbers in the gaps. */
function sentences(): string[] {
  const folder = repositoryPath('server', 'points')
  const texts = readdirSync(folder)
    .filter((name) => name.startsWith('verify-'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const quoted = /(['`])([a-z$][^'`\n]* [^'`\n]*)\1/g
  return texts
    .flatMap((text) => [...text.matchAll(quoted)].map(([, , what = '']) => what))
    .filter((what) => !/\b(WHERE|SELECT|id, kind)\b|^\$\{\w+\} \$/.test(what))
    .map((what) => what.replace('${causeOf(row.reason)}', 'purchase').replace(/\$\{[^}]*\}/g, '7'))
    .filter((what) => /[a-z] [a-z7]/.test(what))
}
