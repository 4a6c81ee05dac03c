import { expect, it } from '@jest/globals'
import {
  QUALITY_SETTINGS_DEFAULT,
  qualityOverviewSchema,
  type QualityOverview,
} from '@huike/shared/contracts/console-quality'
import { Database } from '../../server/platform/database.js'
import { QualityRunsService } from '../../server/quality/quality-runs.service.js'
import { QualityWorkerService } from '../../server/quality/quality-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, registration } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { compareNobody } from '../rig/pairs.js'
import { shareServer } from '../rig/shared-server.js'

// When the quality of the data is counted, by whom, and what becomes of a count that is interrupted.

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const LEASE_MS = 60_000
const RECHECK_MS = 600_000
const MEMBERS = 1_200

describeEachDatabase('the runs of the quality of data', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    const start = 13_800_000_000
    for (let from = 0; from < MEMBERS; from += 100)
      await till.send(
        Array.from({ length: 100 }, (_, n) => registration(till, String(start + from + n))),
      )
    await till.send(Array.from({ length: 100 }, () => checkout(till, {})))
    await server.drain()
    await compareNobody(server)
  })

  const rows = (sql: string, parameters: readonly (string | number)[] = []) =>
    server.database.read((rx) => rx.rows(sql, parameters))
  const worker = () => server.app.get(QualityWorkerService, { strict: false })
  const runsOf = () => server.app.get(QualityRunsService, { strict: false })
  async function overview(): Promise<QualityOverview> {
    return qualityOverviewSchema.strict().parse((await owner.get('quality')).body)
  }
  async function count(): Promise<QualityOverview> {
    server.clock.advance(MINUTE_MS)
    expect((await owner.post('quality/runs')).status).toBe(200)
    await worker().drain()
    return overview()
  }
  const shares = (found: QualityOverview) =>
    found.figures.map(({ code, group, part, whole }) => [code, group, part, whole])

  it('runs once a day by the calendar of the chain, however many servers look', async () => {
    server.clock.set(Date.parse('2026-03-10T02:59:59+08:00'))
    const runs = server.app.get(QualityRunsService, { strict: false })
    const daily = () => rows("SELECT businessDate, state FROM quality_run WHERE kind = 'daily'")
    await worker().drainDaily()
    expect(await daily()).toEqual([])
    server.clock.advance(1_000)
    await Promise.all([runs.beginDaily(), runs.beginDaily(), runs.beginDaily()])
    await worker().drainDaily()
    expect(await daily()).toEqual([{ businessDate: '2026-03-10', state: 'done' }])
    server.clock.advance(20 * HOUR_MS)
    await worker().drainDaily()
    expect(await daily()).toHaveLength(1)
  })

  it('answers who asks while it counts with the run that is under way', async () => {
    server.clock.advance(MINUTE_MS)
    const [one, other] = await Promise.all([owner.post('quality/runs'), owner.post('quality/runs')])
    expect(one?.body.id).toBe(other?.body.id)
    await worker().drain()
  })

  it('goes on where a killed server left it, and counts nothing twice', async () => {
    const before = await count()
    expect(shares(before)).toContainEqual(['has_phone', '', MEMBERS, MEMBERS])
    const runs = server.app.get(QualityRunsService, { strict: false })
    server.clock.advance(MINUTE_MS)
    await owner.post('quality/runs')
    const claimed = await runs.claim()
    // The server that claimed it is gone; another waits for the lease and goes on.
    if (claimed) {
      await worker().drain()
      expect((await overview()).current?.id).toBe(claimed.id)
      server.clock.advance(LEASE_MS)
      await worker().drain()
      const slow = await server.app
        .get(Database)
        .write((tx) => runs.moveOn(tx, claimed, { ...claimed, state: 'failed' }))
      expect(slow).toBe(false)
    }
    const after = await overview()
    expect(after.last?.state).toBe('done')
    expect(shares(after)).toEqual(shares(before))
  })

  it('counts again once after merges, when they have come to rest', async () => {
    const runs = runsOf()
    const at = server.clock.nowMs()
    const rechecks = () => rows("SELECT state FROM quality_run WHERE kind = 'recheck'")
    await server.database.write((tx) => runs.recheck(tx, at))
    await server.database.write((tx) => runs.recheck(tx, at))
    await worker().drain()
    expect(await rechecks()).toEqual([{ state: 'waiting' }])
    server.clock.advance(RECHECK_MS)
    await worker().drain()
    expect(await rechecks()).toEqual([{ state: 'done' }])
  })

  it('gives up what nobody could finish in a day, and counts on the next', async () => {
    server.clock.advance(MINUTE_MS)
    await owner.post('quality/runs')
    await runsOf().claim()
    server.clock.advance(DAY_MS + LEASE_MS)
    await worker().drain()
    const { runs } = (await owner.get('quality/runs')).body
    expect(runs[0]).toMatchObject({ state: 'failed' })
    expect((await count()).last?.state).toBe('done')
  })

  it('tells a till to ask for what is wanted, what is known of the fewest first', async () => {
    const [member] = await rows('SELECT id FROM member ORDER BY id LIMIT 1')
    const hints = async () => {
      server.clock.advance(MINUTE_MS)
      const json = { by: 'member', memberId: member?.['id'] }
      const reply = await server.fetch('/agent/v1/lookup', { token: await till.token(), json })
      return reply.body.member.hints
    }
    const want = async (askFor: ('name' | 'birthday')[]) => {
      const json = { ...QUALITY_SETTINGS_DEFAULT, askFor }
      expect((await owner.fetch('quality/settings', { method: 'PUT', json })).status).toBe(200)
    }
    expect(await hints()).toEqual(['ask_name', 'ask_birthday'])
    await want(['birthday'])
    expect(await hints()).toEqual(['ask_birthday'])
    await want([])
    expect(await hints()).toEqual([])
    await want(['name', 'birthday'])
    // Every other member has told a name: the birthday is what is lacked most.
    await server.database.write(async (tx) => {
      const others = await tx.rows<{ id: string }>('SELECT id FROM member ORDER BY id DESC LIMIT 9')
      await tx.insert(
        'member_profile',
        ['memberId', 'nameSealed', 'updatedAtMs'],
        others.map(({ id }) => [id, 'sealed', 1]),
      )
    })
    await count()
    expect(await hints()).toEqual(['ask_birthday', 'ask_name'])
  })
})
