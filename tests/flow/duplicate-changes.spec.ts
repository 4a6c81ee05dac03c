import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, expect, it } from '@jest/globals'
import { identityScanSchema, identityScansSchema } from '@huike/shared/contracts/console-identity'
import { ChangedMembersService } from '../../server/members/changed-members.service.js'
import { noteChanged } from '../../server/members/matching-changes.js'
import {
  LEASE_MS,
  MatchingRunsService,
  type MatchingLease,
} from '../../server/members/matching-runs.service.js'
import { MatchingWorkerService } from '../../server/members/matching-worker.service.js'
import { MergeRecordsService } from '../../server/members/merge-records.service.js'
import { PersonService } from '../../server/members/person.service.js'
import { ProfilesService, type ProfileValues } from '../../server/members/profiles.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { addPeople, pairOf, type MatchingPerson } from '../rig/matching-people.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Members are compared when something of them changes, in the background: who registers twice is
// found a moment later, once, whatever dies in between. And the search over the whole base, as staff
// ask for it.

const SETTLED_MS = 10_000
const FIRST_MS_MAX = 30_000
/** A key that more members share is not used. */
const BLOCK_SIZE_MAX = 100

describeEachDatabase('members that changed', (kit) => {
  let server: TestServer
  let runs: MatchingRunsService
  let worker: MatchingWorkerService
  let owner: ConsolePerson
  let people = 0

  shareServer(kit, async (started) => {
    server = started
    runs = server.app.get(MatchingRunsService, { strict: false })
    worker = server.app.get(MatchingWorkerService, { strict: false })
    owner = await signInAs(server, 'owner')
  })
  beforeEach(settled)

  /** Lets what changed become due, and compares it. */
  async function settled(): Promise<void> {
    server.clock.advance(SETTLED_MS)
    await worker.drain()
  }
  /** Two records of one new person, who came with two numbers. */
  function twice(): [MatchingPerson, MatchingPerson] {
    people += 1
    const person = {
      name: `欧阳${'甲乙丙丁戊己庚辛壬癸子丑寅卯'[people] ?? ''}曦`,
      birthday: `19${String(60 + people)}-05-${String(people).padStart(2, '0')}`,
      city: '上海',
    }
    const phone = (head: string) => `${head}${String(people * 1_111_111).padStart(8, '3')}`
    return [
      { ...person, phone: phone('188') },
      { ...person, phone: phone('159') },
    ]
  }
  async function addTwice(): Promise<[string, string]> {
    const [one = '', other = ''] = await addPeople(server, twice())
    return [one, other]
  }
  const change = (id: string, values: Partial<ProfileValues>) =>
    server.database.write((tx) =>
      server.app
        .get(ProfilesService, { strict: false })
        .change(tx, id, values, server.clock.nowMs()),
    )
  const note = (ids: readonly string[]) =>
    server.database.write((tx) => noteChanged(tx, ids, server.clock.nowMs()))
  const count = async (table: string, where = '1 = 1', parameters: string[] = []) => {
    const [row] = await server.database.read((rx) =>
      rx.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`, parameters),
    )
    return Number(row?.n)
  }
  const keysOf = (id: string) => count('matching_key', 'memberId = ?', [id])

  it(
    'finds who registered a second time, a moment later and without a search',
    async () => {
      const [one, other] = await addTwice()
      expect(await pairOf(server, one, other)).toBeNull()
      await settled()
      expect(await pairOf(server, one, other)).toMatchObject({ verdict: 'merge', state: 'open' })
      expect(await count('matching_change')).toBe(0)
      expect(await keysOf(one)).toBeGreaterThan(0)
    },
    FIRST_MS_MAX,
  )

  it('takes a pair back when one of the two turns out to be somebody else', async () => {
    const [one, other] = await addTwice()
    await settled()
    await change(other, { name: '司马长风', birthday: '1955-11-12', city: '北京' })
    await settled()
    expect(await pairOf(server, one, other)).toBeNull()
  })

  it('compares again without changing anything, and never what was decided', async () => {
    const [one, other] = await addTwice()
    await settled()
    const before = await pairOf(server, one, other)
    const keys = await keysOf(one)
    await note([one, other, one])
    await settled()
    expect(await pairOf(server, one, other)).toEqual(before)
    expect(await keysOf(one)).toBe(keys)
    await server.database.write((tx) =>
      tx.run("UPDATE duplicate_pair SET state = 'rejected' WHERE id = ?", [before?.id ?? '']),
    )
    await change(other, { city: '苏州' })
    await settled()
    expect(await pairOf(server, one, other)).toEqual({ ...before, state: 'rejected' })
  })

  /** The right to compare, as soon as the server's own worker does not have it. */
  async function takeLease(): Promise<MatchingLease> {
    for (;;) {
      const lease = await runs.take()
      if (lease) return lease
      await pause(10)
    }
  }

  it('leaves a change on the list when the server dies before what follows is kept', async () => {
    const lease = await takeLease()
    const [one, other] = await addTwice()
    const changed = server.app.get(ChangedMembersService, { strict: false })
    const dying = changed.compare([one, other], await runs.learned(), {
      hold: () => Promise.resolve(),
      settle: () => Promise.reject(new Error('the power is gone')),
      rest: () => Promise.resolve(),
    })
    await expect(dying).rejects.toThrow('the power is gone')
    expect(await pairOf(server, one, other)).toBeNull()
    await runs.release(lease)
    await settled()
    expect(await pairOf(server, one, other)).toMatchObject({ state: 'open' })
  })

  it('leaves the work to the server that has it, and takes it over when that one is gone', async () => {
    const elsewhere = await takeLease()
    const [one, other] = await addTwice()
    await settled()
    expect(await pairOf(server, one, other)).toBeNull()
    server.clock.advance(LEASE_MS)
    await worker.drain()
    expect(await pairOf(server, one, other)).not.toBeNull()
    // Who was slow comes back, and may not write any more.
    const late = server.database.write((tx) => runs.hold(tx, elsewhere))
    await expect(late).rejects.toThrow('another server')
  })

  it('is met by nobody from the moment a record is merged or erased', async () => {
    const [one, other] = await addTwice()
    const [third = ''] = await addPeople(server, [{ ...twice()[0], phone: '18699998888' }])
    await settled()
    const state = { state: 'merged', mergedIntoId: one, registeredStoreId: null }
    await server.database.write(async (tx) => {
      const records = server.app.get(MergeRecordsService, { strict: false })
      await records.putState(tx, other, state, server.clock.nowMs())
      const persons = server.app.get(PersonService, { strict: false })
      await persons.forget(tx, [third], server.clock.nowMs())
    })
    expect([await keysOf(other), await keysOf(third)]).toEqual([0, 0])
    await settled()
    expect([await keysOf(other), await keysOf(third)]).toEqual([0, 0])
    expect(await pairOf(server, one, other)).toBeNull()
  })

  it('puts off a member that cannot be read, and compares the others', async () => {
    const [one, other] = await addTwice()
    const [broken = ''] = await addPeople(server, [twice()[0]])
    await server.database.write((tx) =>
      tx.run("UPDATE member_profile SET nameSealed = 'k1.broken' WHERE memberId = ?", [broken]),
    )
    await settled()
    expect(await pairOf(server, one, other)).not.toBeNull()
    expect(await count('matching_change', 'memberId = ? AND attempts = 1', [broken])).toBe(2)
    await server.database.write((tx) =>
      tx.run('UPDATE member_profile SET nameSealed = NULL WHERE memberId = ?', [broken]),
    )
    server.clock.advance(LEASE_MS)
    await settled()
    expect(await count('matching_change')).toBe(0)
  })

  it('compares whoever shares a key with a member that cannot be read', async () => {
    const [first, second] = twice()
    const [one = '', other = ''] = await addPeople(server, [first, second])
    await settled()
    const seal = (memberId: string, sealed: string | null) =>
      server.database.write((tx) =>
        tx.run('UPDATE member_profile SET citySealed = ? WHERE memberId = ?', [sealed, memberId]),
      )
    await seal(other, 'k1.broken')
    const [third = ''] = await addPeople(server, [{ ...first, phone: '13712312399' }])
    await note([one])
    await settled()
    expect(await count('matching_change')).toBe(0)
    expect(await pairOf(server, one, third)).toMatchObject({ state: 'open' })
    expect(await pairOf(server, one, other)).toMatchObject({ state: 'open' })
    await seal(other, null)
  })

  it('does not compare with everybody who shares what very many share', async () => {
    const [one] = await addTwice()
    await settled()
    const crowd = Array.from({ length: BLOCK_SIZE_MAX + 1 }, (_none, n) =>
      String(n).padStart(26, 'Z'),
    )
    await server.database.write(async (tx) => {
      const rows = await tx.rows<{ keyHash: number }>(
        'SELECT keyHash FROM matching_key WHERE memberId = ?',
        [one],
      )
      await tx.insert(
        'matching_key',
        ['memberId', 'keyHash'],
        crowd.flatMap((id) => rows.map(({ keyHash }) => [id, keyHash])),
      )
    })
    server.log.length = 0
    await note([one])
    await settled()
    const told = server.log.map((line) => JSON.parse(line) as Record<string, unknown>)
    const compared = told.find(({ skippedKeys }) => skippedKeys !== undefined)
    expect(compared).toMatchObject({ members: 1, skippedKeys: await keysOf(one) })
    await server.database.write((tx) => tx.run("DELETE FROM matching_key WHERE memberId LIKE 'Z%'"))
  })

  it('keeps nothing in clear of what members are met by', async () => {
    const rows = await server.database.read(async (rx) => [
      ...(await rx.rows('SELECT * FROM matching_key')),
      ...(await rx.rows('SELECT * FROM matching_change')),
    ])
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toMatch(/欧阳|ouyang|上海|\b1[58]\d{9}\b/)
  })

  it('searches the whole base when staff ask, once for all who ask, and tells how far it is', async () => {
    // The server's own worker would begin it between two looks.
    const lease = await takeLease()
    const [first, second] = await Promise.all([
      owner.post('identity/scans'),
      owner.post('identity/scans'),
    ])
    const scan = identityScanSchema.parse(first.body)
    expect(second.body).toEqual(first.body)
    expect(scan).toMatchObject({ state: 'waiting', startedByName: owner.name, report: null })
    const { current } = identityScansSchema.parse((await owner.get('identity/scans')).body)
    expect(current?.id).toBe(scan.id)
    await runs.release(lease)
    await worker.drain()
    const after = identityScansSchema.parse((await owner.get('identity/scans')).body)
    expect(after.current).toBeNull()
    expect(after.last).toMatchObject({ id: scan.id, state: 'done' })
    expect(after.last?.report?.members).toBeGreaterThan(people)
  })

  it('begins a search again that a server has left, and goes on with what it learned', async () => {
    const dead = await takeLease()
    const { id } = await runs.ask(null)
    await runs.progress(dead, id, { phase: 'comparing', done: 1, total: 9 })
    await worker.drain()
    const here = identityScansSchema.parse((await owner.get('identity/scans')).body)
    expect(here.current).toMatchObject({ state: 'running', phase: 'comparing', done: 1, total: 9 })
    server.clock.advance(LEASE_MS)
    await worker.drain()
    const run = await server.database.read((rx) => runs.byId(rx, id))
    expect(run).toMatchObject({ state: 'done' })
    expect(run?.weights).not.toMatch(/欧阳|ouyang|上海/)
    expect((await runs.learned()).model.priorBits).toBeCloseTo(
      (JSON.parse(run?.weights ?? '') as { priorBits: number }).priorBits,
    )
    const [one, other] = await addTwice()
    await settled()
    expect(await pairOf(server, one, other)).toMatchObject({ state: 'open' })
  })

  it('tells staff and the log, by id alone, whose sealed values do not open', async () => {
    const [one, other] = await addTwice()
    await settled()
    const damage = (sealed: string) =>
      server.database.write((tx) =>
        tx.run('UPDATE identity SET valueSealed = ? WHERE memberId = ?', [sealed, one]),
      )
    const [sound] = await server.database.read((rx) =>
      rx.rows<{ valueSealed: string }>('SELECT valueSealed FROM identity WHERE memberId = ?', [
        one,
      ]),
    )
    await damage('not sealed')
    server.log.length = 0
    await owner.post('identity/scans')
    await worker.drain()
    await damage(sound?.valueSealed ?? '')
    const { last } = identityScansSchema.parse((await owner.get('identity/scans')).body)
    const unreadable = { members: 1, memberIds: [one] }
    expect(last).toMatchObject({ state: 'done', report: { unreadable } })
    expect(await pairOf(server, one, other)).toMatchObject({ state: 'open' })
    const told = server.log.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(told).toContainEqual(expect.objectContaining({ runId: last?.id, ...unreadable }))
    expect(server.log.join()).not.toMatch(/欧阳|上海|not sealed|\b1[58]\d{9}\b/)
  })
})
