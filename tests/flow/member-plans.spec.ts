// A page of members, a file and a timeline cost a number of statements that does not grow with what
// they show, and each statement finds its rows by a key. Asked of the statements that were sent.
import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, it } from '@jest/globals'
import { ConsoleMembersService } from '../../server/doors/console/members.service.js'
import { epochMs } from '@huike/shared/quantities'
import type { Rx, SqlParameter } from '../../server/platform/database.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, registration } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

const DAY_MS = 86_400_000
const MEMBERS = 60
const PURCHASES = 40
/** Six to see who is meant, one page, six for what is shown of them; a guard's one. */
const LIST_STATEMENTS_MAX = 14
/** With the level, how it came, and the points that wait. */
const FILE_STATEMENTS_MAX = 22
const TIMELINE_STATEMENTS_MAX = 9
const OWNER_ID = '01JX000000000000000000STF1'
/**
 * What may be read from end to end: lists that came as one parameter, sets that are bounded by a
 * LIMIT, and the members in the order of the page, until it is full.
 */
const WALKED = /json_each|^SCAN (passing|bought|registered)|ix_member_created|^SCAN consent_state$/

interface Sent {
  sql: string
  parameters: readonly SqlParameter[]
}

describeEachDatabase('statements of the members at the console', (kit) => {
  let server: TestServer
  let till: TestTill
  let manager: ConsolePerson
  let memberId: string
  /** What the work being watched sends: the workers of the server, which read meanwhile, have none. */
  const watched = new AsyncLocalStorage<Sent[]>()

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    manager = await signInAs(server, 'manager', [till.enrolled.storeId])
    const people = Array.from({ length: MEMBERS }, (_, n) =>
      registration(till, `138${String(n).padStart(4, '0')}9876`),
    )
    await till.send(people)
    memberId = people[0]?.memberId ?? ''
    const who = { by: 'member' as const, memberId: memberId as never }
    await till.send(Array.from({ length: PURCHASES }, () => checkout(till, { who })))
    const beforeMs = server.clock.nowMs() - 40 * DAY_MS
    await till.send(
      people.slice(1).map((one) => {
        const by = { by: 'member' as const, memberId: one.memberId }
        return checkout(till, { who: by, occurredAtMs: epochMs(beforeMs) })
      }),
    )
    await server.drain()
    await server.database.write((tx) => tx.run('UPDATE member SET ownerStaffId = ?', [OWNER_ID]))
    await server.database.write((tx) =>
      tx.insert(
        'consent_state',
        ['memberId', 'purpose', 'state', 'changedAtMs'],
        people.map((one) => [one.memberId, 'marketing', 'granted', 1]),
      ),
    )
    record()
  })

  /** From here on every read of what is watched is noted. */
  function record(): void {
    const { database } = server
    const read = database.read.bind(database)
    database.read = (work) =>
      read((rx) => {
        const rows: Rx['rows'] = (sql, parameters = []) => {
          watched.getStore()?.push({ sql, parameters })
          return rx.rows(sql, parameters)
        }
        return work({ dialect: rx.dialect, manager: rx.manager, rows })
      })
  }
  /** What one page sends, without what else the server does at the time. */
  async function statementsOf(work: () => Promise<{ ok: boolean }>): Promise<Sent[]> {
    const sent: Sent[] = []
    expect(await watched.run(sent, work)).toMatchObject({ ok: true })
    return sent
  }
  const members = () => server.app.get(ConsoleMembersService, { strict: false })
  const acting = () => ({
    id: manager.id,
    name: manager.name,
    role: 'manager' as const,
    storeIds: [till.enrolled.storeId],
  })
  const list = (query: object) => () => members().list(acting(), { limit: 20, ...query })

  async function expectKeyed(statements: readonly Sent[]): Promise<void> {
    if (kit.kind !== 'sqlite') return
    for (const { sql, parameters } of statements) {
      const plan = await server.database.read((rx) =>
        rx.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters),
      )
      const scans = plan.map(({ detail }) => detail).filter((detail) => detail.startsWith('SCAN'))
      expect([sql, scans.filter((detail) => !WALKED.test(detail))]).toEqual([sql, []])
    }
  }

  const QUERIES: Record<string, object> = {
    everybody: {},
    'a phone': { search: '13800009876' },
    'four digits': { search: '9876' },
    'who was here': { boughtWithinDays: 30 },
    'who was not here': { inactiveDays: 30 },
    "a colleague's customers": { ownerId: OWNER_ID },
    'who agreed': { consent: 'marketing' },
    'all at once': { search: '9876', state: 'pending', boughtWithinDays: 9, consent: 'marketing' },
  }
  for (const [name, query] of Object.entries(QUERIES))
    it(`lists ${name} by keys, in as many statements for one row as for fifty`, async () => {
      const few = await statementsOf(list({ ...query, limit: 1 }))
      const many = await statementsOf(list({ ...query, limit: 50 }))
      expect(few.length).toBeGreaterThan(1)
      expect(many.length).toBe(few.length)
      expect(many.length).toBeLessThanOrEqual(LIST_STATEMENTS_MAX)
      await expectKeyed(many)
    })

  it('lists everybody to an owner in the order of an index, and no further than the page', async () => {
    const owner = { ...acting(), role: 'owner' as const, storeIds: null }
    const statements = await statementsOf(() => members().list(owner, { limit: 20 }))
    expect(statements[0]?.sql).toContain('LIMIT 21')
    await expectKeyed(statements)
  })

  it('opens a file by keys', async () => {
    const statements = await statementsOf(() => members().file(acting(), memberId))
    expect(statements.length).toBeLessThanOrEqual(FILE_STATEMENTS_MAX)
    await expectKeyed(statements)
  })

  it('reads a page of the timeline by keys, in as many statements for one item as for fifty', async () => {
    const page = (limit: number) => () => members().timeline(acting(), memberId, { limit })
    const few = await statementsOf(page(1))
    const many = await statementsOf(page(50))
    expect(many.length).toBe(few.length)
    expect(many.length).toBeLessThanOrEqual(TIMELINE_STATEMENTS_MAX)
    await expectKeyed(many)
  })
})
