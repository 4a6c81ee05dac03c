// The pages of consents, deletions, purges and deeds are read in the order of an index, however many
// rows there are. Asked of the databases themselves, for the statements that were really sent.
import { expect, it } from '@jest/globals'
import type { Database, Tx } from '../../server/platform/database.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { insertRows } from '../rig/plans.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { listenAtGate, type SentStatement, type StatementEar } from '../rig/statements.js'

const ROWS_PER_INSERT = 1_000
const RIGHTS_ROWS = 3_000
const MEMBER_ID = '01M00000000000000000000007'
/** What an owner turns over, page by page. */
const LISTS = [
  ...['consents', 'consents?purpose=marketing', 'deletions', 'deletions?state=waiting'],
  ...[`consents?memberId=${MEMBER_ID}`, 'retention/runs', 'audit', 'audit?action=staff.changed'],
  ...['audit?from=1970-01-01&to=1970-01-02', `audit?subjectId=${MEMBER_ID}`],
]
const TABLES = ['consent', 'deletion_request', 'retention_run', 'staff_audit']
const LISTED = new RegExp(`FROM (${TABLES.join('|')})\\b`)

describeEachDatabase('plans of the pages of rights', (kit) => {
  let server: TestServer
  let owner: ConsolePerson
  let ear: StatementEar

  shareServer(kit, async (started) => {
    server = started
    owner = await signInAs(server, 'owner')
    await server.database.write(fill)
    // What MariaDB knows of a table trails behind what was just written.
    if (kit.kind === 'mariadb')
      await server.database.write((tx) => tx.rows(`ANALYZE TABLE ${TABLES.join(', ')}`))
    ear = listenAtGate(server.database)
  })

  it.each(LISTS)('%s is read in the order of an index', async (path) => {
    await owner.token()
    ear.take()
    const reply = await owner.get(`${path}${path.includes('?') ? '&' : '?'}limit=20`)
    expect(reply.status).toBe(200)
    const pages = ear.take().filter(({ sql }) => LISTED.test(sql))
    expect(pages.length).toBeGreaterThan(0)
    for (const page of pages) expect(await walkFaults(server.database, page)).toEqual([])
  })
})

/** What makes a page dear: more rows than are shown, read to be put in order. */
async function walkFaults(
  database: Database,
  { sql, parameters }: SentStatement,
): Promise<string[]> {
  if (database.dialect === 'sqlite') {
    const plan = await database.read((rx) =>
      rx.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters),
    )
    return plan.map((step) => step.detail).filter((detail) => /TEMP B-TREE/.test(detail))
  }
  const plan = await database.read((rx) =>
    rx.rows<{ type: string | null; Extra: string | null }>(`EXPLAIN ${sql}`, parameters),
  )
  return plan
    .filter(({ type, Extra }) => type === 'ALL' || (Extra ?? '').includes('filesort'))
    .map(({ type, Extra }) => `${String(type)} ${String(Extra)}`)
}

/** Consents, deletions, purges and deeds of members who are there. */
async function fill(tx: Tx): Promise<void> {
  for (let start = 0; start < RIGHTS_ROWS; start += ROWS_PER_INSERT) {
    const numbers = Array.from({ length: ROWS_PER_INSERT }, (_, n) => start + n)
    const id = (letter: string, n: number) => `01${letter}${String(n).padStart(23, '0')}`
    await insertRows(tx, 'consent', numbers, (n) => ({
      ...{ id: id('C', n), memberId: id('M', n % 100), purpose: n % 2 ? 'marketing' : 'profiling' },
      ...{ state: 'granted', policyVersion: '1', textSha256: '0'.repeat(64), how: 'member_page' },
      ...{ evidence: 'fill', occurredAtMs: n, recordedAtMs: n },
    }))
    await insertRows(tx, 'deletion_request', numbers, (n) => ({
      ...{ id: id('D', n), memberId: id('M', n), state: n % 9 ? 'erased' : 'waiting' },
      ...{ how: 'console', pointsThen: 0, requestedAtMs: n, dueAtMs: n },
      ...{ nextAtMs: Number.MAX_SAFE_INTEGER, settledAtMs: null },
    }))
    await insertRows(tx, 'retention_run', numbers, (n) => ({
      ...{ id: id('R', n), rule: 'exports', keptDays: 30, deletedRows: n },
      ...{ startedAtMs: n, finishedAtMs: n },
    }))
    await insertRows(tx, 'staff_audit', numbers, (n) => ({
      ...{
        id: id('S', n),
        staffId: id('T', n % 9),
        action: n % 9 ? 'staff.changed' : 'staff.created',
      },
      ...{ subjectId: id('M', n % 100), detail: null, atMs: n, addressMasked: null },
      ...{ lane: null, seq: null, hash: null },
    }))
  }
}
