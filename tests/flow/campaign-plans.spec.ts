// Every statement that runs for a message finds its rows by a key, however many there are. Asked of
// the databases themselves, for the statements that a campaign really sent.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { CampaignRunnerService } from '../../server/campaigns/campaign-runner.service.js'
import {
  inList,
  listParameter,
  type Database,
  type Rx,
  type SqlParameter,
  type Tx,
} from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import { ensureKeyring } from '../../server/platform/keyring.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { StoresService } from '../../server/stores/stores.service.js'
import { writePeople, type Person } from '../crash/campaign-people.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { startCampaign } from '../rig/manager.js'
import { insertRows } from '../rig/plans.js'
import { startTestServer, type TestServer } from '../rig/server.js'

const PEOPLE = 4_000
/** So many are written to now; the others were, by a campaign before this, and have bought since. */
const PICKED = 1_000
const DAY_MS = 86_400_000
/** Nobody may have begun before it is listened to, however slow the machine. */
const SOON_MS = 2_000
/** The people bought by the machine's clock. */
const TIME = { time: 'system' } as const

interface Sent {
  sql: string
  parameters: readonly SqlParameter[]
}

describeEachDatabase('plans of the statements of a campaign', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let owner: ConsolePerson
  const sent = new Map<string, Sent>()

  beforeAll(async () => {
    opened = await kit.open()
    const keyring = join(opened.directory, 'keyring.json')
    ensureKeyring(keyring)
    server = await startTestServer(opened, { HUIKE_KEYRING: keyring }, TIME)
    owner = await signInAs(server, 'owner')
    const store = await server.database.write((tx) =>
      new StoresService().add(tx, { code: 'S1', name: '一店', timeZone: 'Asia/Shanghai' }, 1),
    )
    // Whatever hour it is on this machine.
    await server.database.write((tx) =>
      new ChainSettingsService().setMessages(
        tx,
        { quietFromMinute: 0, quietToMinute: 0, capMessages: 2, capDays: 7 },
        { staffId: owner.id, atMs: 1 },
      ),
    )
    const people = await writePeople(server.database, keyring, {
      storeId: store.id,
      count: PEOPLE,
    })
    await writeEarlier(server.database, people.slice(PICKED))
    const tables = ['member', 'member_stat', 'identity', 'message']
    for (const table of kit.kind === 'mariadb' ? tables : [])
      await server.database.write((tx) => tx.rows(`ANALYZE TABLE ${table}`))
  }, 240_000)
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  it('finds everything by keys while it picks and sends', async () => {
    const channels = ['wechat', 'sms', 'inbox']
    const limits = { ...NO_LIMITS, memberMax: 1, memberDayMax: 1 }
    const json = { requestId: freshId(), terms: couponTerms(), limits }
    const template = await owner.fetch('coupons/templates', { json })
    const couponTemplateId: string = template.body.id
    await startCampaign(owner, { channels, couponTemplateId, sendAtMs: Date.now() + SOON_MS })
    listen(server.database, sent)
    await new Promise((resolve) => setTimeout(resolve, SOON_MS))
    await server.app.get(CampaignRunnerService, { strict: false }).drain()
    const about = [...sent.values()].filter(({ sql }) =>
      /\b(message|member_stat|coupon)\b/.test(sql),
    )
    const [row] = await server.database.read((rx) =>
      rx.rows<{ n: number | string }>(
        "SELECT COUNT(*) AS n FROM message WHERE state <> 'waiting' AND campaignId <> 'earlier'",
      ),
    )
    expect(Number(row?.n)).toBe(PICKED)
    expect(about.length).toBeGreaterThan(8)
    const faults: string[] = []
    for (const one of about)
      for (const fault of await planFaults(server.database, one))
        faults.push(`${fault}: ${one.sql.replace(/\s+/g, ' ').slice(0, 160)}`)
    expect(faults).toEqual([])
  }, 240_000)
})

/** These people have had a message of an earlier campaign, and have bought since. */
async function writeEarlier(database: Database, people: readonly Person[]): Promise<void> {
  const nowMs = Date.now()
  const boughtAtMs = nowMs - DAY_MS
  await database.write(async (tx) => {
    await tx.run(`UPDATE member_stat SET lastPurchaseAtMs = ? WHERE memberId IN ${inList(tx)}`, [
      boughtAtMs,
      listParameter(
        tx,
        people.map(({ memberId }) => memberId),
      ),
    ])
    await insertRows(tx, 'message', [...people.keys()], (n) => ({
      ...{ id: mintId(nowMs), memberId: people[n]?.memberId ?? '', contentId: 'earlier' },
      ...{ campaignId: 'earlier', purpose: 'marketing', channels: '', channel: 'inbox' },
      ...{ state: 'sent', reason: null, attempts: 1, nextAtMs: boughtAtMs },
      ...{ createdAtMs: boughtAtMs, changedAtMs: boughtAtMs, sentAtMs: nowMs - 40 * DAY_MS },
    }))
  })
}

/** Notes each statement once, as it passes on its way to the database. */
function listen(database: Database, sent: Map<string, Sent>): void {
  const note = <S extends Rx | Tx>(statements: S): S =>
    new Proxy(statements, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (sql: string, parameters: readonly SqlParameter[] = [], ...rest: unknown[]) => {
          if (name === 'rows' || name === 'run') sent.set(sql, { sql, parameters })
          return Reflect.apply(value, target, [sql, parameters, ...rest]) as unknown
        }
      },
    })
  const read = database.read.bind(database)
  const write = database.write.bind(database)
  database.read = (work) => read((rx) => work(note(rx)))
  database.write = (work) => write((tx) => work(note(tx)))
}

async function planFaults(database: Database, { sql, parameters }: Sent): Promise<string[]> {
  if (database.dialect === 'sqlite') {
    const plan = await database.read((rx) =>
      rx.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters),
    )
    return plan
      .map((step) => step.detail)
      .filter((detail) => /^SCAN (?!page|.*json_each|CONSTANT)/.test(detail))
  }
  const plan = await database.read((rx) =>
    rx.rows<{ type: string | null; rows: number | null; table: string | null }>(
      `EXPLAIN ${sql}`,
      parameters,
    ),
  )
  return plan
    .filter(
      (step) => (step.type === 'ALL' || step.type === 'index') && !/^</.test(step.table ?? ''),
    )
    .map((step) => `${String(step.type)} over ${String(step.rows)} rows of ${String(step.table)}`)
}
