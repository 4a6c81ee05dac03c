import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import type { SqlRow, SqlValue } from '../../server/platform/database.js'
import { Keyring, newKeyringJson } from '../../server/platform/keyring.js'
import { AUDIT_LANES, laneOf } from '../../server/staff/audit-chain.js'
import { StaffAuditService } from '../../server/staff/staff-audit.service.js'
import { verifyAudit } from '../../server/staff/verify-audit.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { startTestServer, type TestServer } from '../rig/server.js'

// The audit after somebody with the database in hand, and without the key, has been at it. What they
// did is taken back after each story: then the verifier finds nothing.

const PEOPLE = 12
const DEEDS_EACH = 4
/** So that chains have several pages. */
const PAGE = 3
const CHANGED: Record<string, SqlValue> = {
  id: 'another id',
  staffId: 'another person',
  action: 'another.deed',
  subjectId: 'another subject',
  detail: 'another reason',
  atMs: 1,
  addressMasked: '9.9.*.*',
  hash: 'another hash',
}

describeEachDatabase('the verifier of the audit', (kit) => {
  const keyringJson = newKeyringJson()
  const keyring = new Keyring(keyringJson)
  let opened: OpenedDatabase
  let server: TestServer

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened, { HUIKE_KEYRING: keyringJson })
    const people = Array.from({ length: PEOPLE }, () => freshId())
    for (let n = 0; n < DEEDS_EACH; n += 1) for (const staffId of people) await append(staffId)
  })
  afterEach(async () => {
    expect(await findings()).toEqual([])
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  function append(staffId: string): Promise<void> {
    const audit = server.app.get(StaffAuditService, { strict: false })
    const deed = { staffId, action: 'member.phone_viewed', subjectId: freshId(), detail: '核对' }
    return server.database.write((tx) => audit.append(tx, { ...deed, atMs: server.clock.nowMs() }))
  }
  const report = (noted: string | null = null) =>
    verifyAudit(server.database, keyring, { rowsPerPage: PAGE, noted })
  const findings = async () => (await report()).findings
  const rows = (sql: string, values: SqlValue[] = []): Promise<SqlRow[]> =>
    server.database.read((rx) => rx.rows(sql, values))
  const run = (sql: string, values: SqlValue[] = []) =>
    server.database.write((tx) => tx.run(sql, values))
  const put = (table: string, row: SqlRow) =>
    server.database.write((tx) => tx.insert(table, Object.keys(row), [Object.values(row)]))
  /** A chain with at least three rows, oldest first. */
  async function chain(): Promise<SqlRow[]> {
    for (let lane = 0; lane < AUDIT_LANES; lane += 1) {
      const found = await rows('SELECT * FROM staff_audit WHERE lane = ? ORDER BY seq', [lane])
      if (found.length >= PAGE) return found
    }
    throw new Error('no chain is long enough')
  }

  it('finds nothing in what was written down, and counts it', async () => {
    const { rows: counted, begunAtMs } = await report()
    expect(counted).toBe(PEOPLE * DEEDS_EACH)
    expect(begunAtMs).toBe(server.clock.nowMs())
  })

  it.each(Object.entries(CHANGED))(
    'names the first row whose %s was changed',
    async (column, value) => {
      const [, second, third] = await chain()
      for (const row of [third, second]) {
        const before = row?.[column] ?? null
        const name = column === 'id' ? value : (row?.['id'] ?? null)
        await run(`UPDATE staff_audit SET ${column} = ? WHERE id = ?`, [value, row?.['id'] ?? null])
        expect(await findings()).toEqual([
          { table: 'staff_audit', row: name, what: 'differs from its hash' },
        ])
        await run(`UPDATE staff_audit SET ${column} = ? WHERE id = ?`, [before, name])
      }
    },
  )

  it('names the row after one that was taken away', async () => {
    const [, second, third] = await chain()
    await run('DELETE FROM staff_audit WHERE id = ?', [second?.['id'] ?? null])
    expect(await findings()).toMatchObject([{ row: third?.['id'] }])
    await put('staff_audit', second ?? {})
  })

  it('names a row that was put in, with a number of its own, with another’s, and with none', async () => {
    const [first] = await chain()
    const last = (await chain()).at(-1)
    const forged = { ...first, id: freshId() }
    const seqs = [first?.['seq'] ?? null, Number(last?.['seq']) + 1]
    for (const seq of seqs) {
      await put('staff_audit', { ...forged, seq })
      expect(await findings()).toMatchObject([{ table: 'staff_audit' }])
      await run('DELETE FROM staff_audit WHERE id = ?', [forged.id])
    }
    await put('staff_audit', { ...forged, seq: null, lane: null })
    expect(await findings()).toEqual([
      { table: 'staff_audit', row: forged.id, what: 'is in no chain' },
    ])
    await run('DELETE FROM staff_audit WHERE id = ?', [forged.id])
  })

  it('notices that the last rows are gone, also when the head was set back to fit', async () => {
    const all = await chain()
    const [last, before] = [all.at(-1) ?? {}, all.at(-2)]
    const lane = last['lane'] ?? null
    const [head] = await rows('SELECT * FROM staff_audit_head WHERE lane = ?', [lane])
    await run('DELETE FROM staff_audit WHERE id = ?', [last['id'] ?? null])
    expect(await findings()).toMatchObject([{ table: 'staff_audit_head', row: String(lane) }])
    await run('UPDATE staff_audit_head SET seq = ?, hash = ? WHERE lane = ?', [
      before?.['seq'] ?? null,
      before?.['hash'] ?? null,
      lane,
    ])
    expect(await findings()).toEqual([
      { table: 'staff_audit_head', row: String(lane), what: 'differs from its seal' },
    ])
    await run('DELETE FROM staff_audit_head WHERE lane = ?', [lane])
    await put('staff_audit_head', head ?? {})
    await put('staff_audit', last)
  })

  it('tells by a digest noted outside that the end is gone and an earlier head is back', async () => {
    const staffId = freshId()
    const lane = laneOf(staffId)
    const [kept] = await rows('SELECT * FROM staff_audit_head WHERE lane = ?', [lane])
    const { digest: before } = await report()
    await append(staffId)
    const { digest: noted } = await report()
    await append(staffId)
    expect((await report(before)).findings).toEqual([])
    expect((await report(noted)).findings).toEqual([])
    await run('DELETE FROM staff_audit WHERE staffId = ?', [staffId])
    await run('DELETE FROM staff_audit_head WHERE lane = ?', [lane])
    await put('staff_audit_head', kept ?? {})
    // By itself it looks as if nothing had ever been done.
    expect(await findings()).toEqual([])
    expect((await report(before)).findings).toEqual([])
    const gone = { table: 'staff_audit_head', row: 'all', what: 'does not go on from the digest' }
    expect((await report(noted)).findings).toEqual([gone])
    expect((await report('no digest at all')).findings).toEqual([gone])
  })

  it('notices a whole chain that is gone, and goes on writing down', async () => {
    const all = await chain()
    const lane = all[0]?.['lane'] ?? null
    const [head] = await rows('SELECT * FROM staff_audit_head WHERE lane = ?', [lane])
    await run('DELETE FROM staff_audit WHERE lane = ?', [lane])
    await run('DELETE FROM staff_audit_head WHERE lane = ?', [lane])
    expect(await findings()).toEqual([
      { table: 'staff_audit_head', row: String(lane), what: 'is missing' },
    ])
    server.clock.advance(1)
    const somebody = Array.from({ length: 500 }, () => freshId()).find((id) => laneOf(id) === lane)
    await append(somebody ?? '')
    expect(await findings()).toEqual([
      {
        table: 'staff_audit_head',
        row: String(lane),
        what: 'began later than the others: what was before is lost',
      },
    ])
    await run('DELETE FROM staff_audit WHERE lane = ?', [lane])
    await run('DELETE FROM staff_audit_head WHERE lane = ?', [lane])
    await put('staff_audit_head', head ?? {})
    for (const row of all) await put('staff_audit', row)
  })

  it('keeps the chains when many write at once', async () => {
    const people = Array.from({ length: PEOPLE }, () => freshId())
    const { rows: before, digest } = await report()
    await Promise.all([...people, ...people, ...people].map(append))
    const after = await report()
    expect([after.rows, after.findings]).toEqual([before + 3 * PEOPLE, []])
    expect(after.digest).not.toBe(digest)
  })

  it('is of no use to another key', async () => {
    const other = await verifyAudit(server.database, new Keyring(newKeyringJson()))
    expect(other.findings.length).toBeGreaterThan(0)
  })

  it('takes in what older versions wrote, once, and names who changes it afterwards', async () => {
    const ids = Array.from({ length: 3 }, () => freshId())
    for (const id of ids)
      await put('staff_audit', { id, staffId: freshId(), action: 'staff.changed', atMs: 1 })
    const again = () => startTestServer(opened, { HUIKE_KEYRING: keyringJson })
    const restarted = await Promise.all([again(), again()])
    for (const one of restarted) await one.stop()
    expect(await findings()).toEqual([])
    await run("UPDATE staff_audit SET detail = 'nothing' WHERE id = ?", [ids[1] ?? null])
    expect(await findings()).toMatchObject([{ row: ids[1] }])
    await run('UPDATE staff_audit SET detail = NULL WHERE id = ?', [ids[1] ?? null])
  })
})
