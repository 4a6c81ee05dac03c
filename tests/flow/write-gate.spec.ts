import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Staff } from '../../server/staff/staff.entity.js'
import { schema } from '../../server/migrations/schema.js'
import {
  EscapedStatementError,
  inList,
  listParameter,
  UniqueViolation,
  type Database,
  type Tx,
} from '../../server/platform/database.js'
import { GroupCommit } from '../../server/platform/group-commit.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'

const STAFF_COLUMNS = ['id', 'username', 'name', 'role', 'state', 'passwordHash', 'createdAtMs']

describeEachDatabase('the write gate', (kit) => {
  let opened: OpenedDatabase
  let database: Database

  beforeAll(async () => {
    opened = await kit.open()
    database = await openDatabase(opened.url, schema)
    await database.migrate()
  })
  afterAll(async () => {
    await database.close()
    await opened.drop()
  })

  it('migrates from empty and finds nothing left to change', async () => {
    expect(await database.pendingMigrations()).toEqual([])
    expect(await database.schemaDrift()).toEqual([])
    expect(await database.migrate()).toEqual([])
  })

  it('goes on after a migration that stopped halfway: what is there stays, the rest follows', async () => {
    await database.write((tx) => tx.run("DELETE FROM migrations WHERE name LIKE '%purchase%'"))
    expect((await database.pendingMigrations()).length).toBeGreaterThan(0)
    const applied = await database.migrate()
    expect(applied.every((name) => name.includes('purchase'))).toBe(true)
    expect(await database.schemaDrift()).toEqual([])
  })

  it('keeps every acknowledged transaction of 400 that overlap, one in ten failing', async () => {
    await database.write((tx) => insertCounter(tx, 'overlap'))
    let dirtyReads = 0
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 400 }, (_, n) => transactionNumber(database, n)),
      ...Array.from({ length: 100 }, async (_, n) => {
        await sleep(n % 40)
        await database.write((tx) => insertStaff(tx, `plain-${kit.kind}-${String(n)}`))
        const rows = await database.read((rx) =>
          rx.rows<{ username: string }>("SELECT username FROM staff WHERE name = 'doomed'"),
        )
        dirtyReads += rows.length
      }),
    ])
    const kept = outcomes.filter((outcome) => outcome.status === 'fulfilled').length
    expect(kept).toBe(360 + 100)
    expect(dirtyReads).toBe(0)
    expect(await count(database, "username LIKE 'overlap-%'")).toBe(360)
    expect(await count(database, "username LIKE 'plain-%'")).toBe(100)
    const [counter] = await database.read((rx) =>
      rx.rows<{ createdAtMs: number }>("SELECT createdAtMs FROM staff WHERE id = 'overlap'"),
    )
    expect(counter?.createdAtMs).toBe(360)
  })

  it('undoes everything a failed transaction did', async () => {
    await expect(
      database.write(async (tx) => {
        await insertStaff(tx, 'half')
        throw new Error('business failure')
      }),
    ).rejects.toThrow('business failure')
    expect(await count(database, "username = 'half'")).toBe(0)
  })

  it('refuses a write inside a write, and a read inside a write', async () => {
    await expect(
      database.write(() => database.write((tx) => insertStaff(tx, 'nested'))),
    ).rejects.toThrow(EscapedStatementError)
    await expect(database.write(() => database.read((rx) => rx.rows('SELECT 1')))).rejects.toThrow(
      EscapedStatementError,
    )
    expect(await count(database, "username = 'nested'")).toBe(0)
  })

  it('refuses a transaction handle that outlived its transaction', async () => {
    let escaped: Tx | undefined
    await database.write(async (tx) => {
      escaped = tx
      await tx.rows('SELECT 1')
    })
    await expect((async () => escaped?.run("UPDATE staff SET name = 'x'"))()).rejects.toThrow(
      EscapedStatementError,
    )
    const manager = escaped?.manager
    await expect((async () => manager?.query('SELECT 1'))()).rejects.toThrow(EscapedStatementError)
  })

  it('refuses statements over the global manager, inside a transaction or not', async () => {
    const global = await database.write((tx) => Promise.resolve(tx.manager.dataSource.manager))
    await expect(global.query('SELECT 1')).rejects.toThrow(EscapedStatementError)
    await expect(database.write(() => global.query('SELECT 1'))).rejects.toThrow(
      EscapedStatementError,
    )
    await expect(global.getRepository(Staff).find()).rejects.toThrow(EscapedStatementError)
  })

  it('lets a transaction use its own entity manager', async () => {
    await database.write(async (tx) => {
      await insertStaff(tx, 'managed')
      expect(await tx.manager.findOneByOrFail(Staff, { username: 'managed' })).toMatchObject({
        username: 'managed',
        createdAtMs: 1,
      })
    })
    const read = await database.read((rx) => rx.manager.countBy(Staff, { username: 'managed' }))
    expect(read).toBe(1)
  })

  it('refuses to write in a read', async () => {
    await expect(database.read((rx) => rx.rows("UPDATE staff SET name = 'x'"))).rejects.toThrow(
      /only reading|readonly|read-only|does not return data/,
    )
  })

  it('names a refused unique key', async () => {
    await database.write((tx) => insertStaff(tx, 'twice'))
    await expect(database.write((tx) => insertStaff(tx, 'twice'))).rejects.toThrow(UniqueViolation)
  })

  it('tells keys apart byte by byte: case and trailing space matter in codes', async () => {
    await database.write(async (tx) => {
      await insertStaff(tx, 'case-a')
      await insertStaff(tx, 'CASE-A')
    })
    expect(await count(database, "username = 'case-a'")).toBe(1)
  })

  it('finds by list, also by an empty one', async () => {
    const find = (names: string[]) =>
      database.read((rx) =>
        rx.rows(`SELECT id FROM staff WHERE username IN ${inList(rx)}`, [listParameter(rx, names)]),
      )
    expect(await find(['case-a', 'CASE-A', 'nobody'])).toHaveLength(2)
    expect(await find([])).toEqual([])
  })

  describe('group commit', () => {
    it('commits what queued together, and one bad item never fails its neighbours', async () => {
      let groups = 0
      const group = new GroupCommit<string, string>(database, async (tx, names) => {
        groups += 1
        for (const name of names) {
          await insertStaff(tx, name)
          if (name.includes('bad')) throw new Error(`bad item ${name}`)
        }
        return names.map((name) => `done ${name}`)
      })
      const outcomes = await Promise.allSettled(
        Array.from({ length: 60 }, (_, n) =>
          group.submit(n === 30 ? 'group-bad' : `group-${String(n)}`),
        ),
      )
      expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1)
      expect(outcomes[7]).toEqual({ status: 'fulfilled', value: 'done group-7' })
      expect(await count(database, "username LIKE 'group-%'")).toBe(59)
      expect(groups).toBeLessThan(70)
    })
  })
})

async function transactionNumber(database: Database, n: number): Promise<void> {
  await sleep(n % 40)
  const fails = n % 10 === 9
  await database.write(async (tx) => {
    await tx.run("UPDATE staff SET createdAtMs = createdAtMs + 1 WHERE id = 'overlap'")
    await sleep(n % 3)
    await insertStaff(tx, `overlap-${String(n)}`, fails ? 'doomed' : 'kept')
    if (n % 7 === 0) await sleep(1)
    if (fails) throw new Error('business failure')
  })
}

function insertCounter(tx: Tx, id: string): Promise<void> {
  return tx.insert('staff', STAFF_COLUMNS, [[id, id, 'counter', 'none', 'none', '-', 0]])
}

let serial = 0
function insertStaff(tx: Tx, username: string, name = 'n'): Promise<void> {
  serial += 1
  const id = `staff-${String(serial)}`
  return tx.insert('staff', STAFF_COLUMNS, [[id, username, name, 'cashier', 'active', '-', 1]])
}

async function count(database: Database, where: string): Promise<number> {
  const rows = await database.read((rx) =>
    rx.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM staff WHERE ${where}`),
  )
  return Number(rows[0]?.n)
}
