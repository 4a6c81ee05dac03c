import { expect, it } from '@jest/globals'
import { activityVersionsSchema, type ActivityTerms } from '@huike/shared/contracts/activities'
import { pointsPageSchema } from '@huike/shared/contracts/member'
import { signInAnswerSchema } from '@huike/shared/contracts/sign-in'
import type { SqlValue } from '../../server/platform/database.js'
import { PointsActivitiesService } from '../../server/points/points-activities.service.js'
import type { PointsActivity } from '../../server/points/points-activity.entity.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Points without a purchase: once a day for signing in, more for days in a row; once for a complete
// profile. By rules that are published, twice for nobody, and proven like everything in the book.

const DAY_MS = 86_400_000
const TERMS: ActivityTerms = {
  signInPoints: [1, 2, 5],
  profilePoints: 50,
  review: null,
  referral: null,
  expiry: { kind: 'months', months: 12 },
}
const COMPLETE = { name: '欧阳上官', birthday: '1990-03-02', gender: 'female', city: '上海' }

describeEachDatabase('points without a purchase', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
  })

  const versionsNow = async () =>
    activityVersionsSchema.parse((await owner.get('points/activities')).body).versions
  const publish = (draft: object = {}) =>
    owner.post('points/activities', {
      ...{ terms: TERMS, effectiveFromMs: null, basedOnVersion: 1 },
      ...draft,
    })
  const phoneOf = async (phone: string) => {
    await shopper.register(till, phone)
    const { token, get } = await shopper.phoneOf(server, phone)
    const send = (path: string, json: object, method = 'POST') =>
      server.fetch(`/member/v1/${path}`, { token, json, method })
    return {
      signIn: () => send('sign-in', {}),
      tell: (profile: object) => send('profile', profile, 'PUT'),
      page: async () => pointsPageSchema.parse((await get('points?limit=20')).body),
    }
  }
  /** Tokens are good for an hour: a shopper of another day signs in anew. */
  const onDay = async (phone: string) => {
    const { token } = await shopper.phoneOf(server, phone)
    const reply = await server.fetch('/member/v1/sign-in', { token, json: {} })
    expect(reply.status).toBe(200)
    return signInAnswerSchema.parse(reply.body)
  }

  it('are given for nothing until the chain says for what', async () => {
    const phone = await phoneOf('13920000001')
    expectProblem(await phone.signIn(), 409, 'activity_off')
    expect(await phone.page()).toMatchObject({ signIn: null, profilePoints: 0 })
    await phone.tell(COMPLETE)
    expect((await phone.page()).balancePoints).toBe(0)
    for (const wrong of [
      { signInPoints: [] },
      { signInPoints: [0] },
      { signInPoints: [1.5] },
      { signInPoints: [1_001] },
      { signInPoints: Array.from({ length: 32 }, () => 1) },
      { profilePoints: -1 },
      { profilePoints: 100_001 },
      { expiry: { kind: 'months', months: 0 } },
      { more: true },
    ])
      expect((await publish({ terms: { ...TERMS, ...wrong } })).status).toBe(422)
    expectProblem(
      await publish({ effectiveFromMs: server.clock.nowMs() - 1 }),
      ...([422, 'rule_in_past'] as const),
    )
    expect((await publish()).status).toBe(200)
    expectProblem(await publish(), 409, 'rule_changed')
    expect((await versionsNow()).map(({ state }) => state)).toEqual(['now', 'past'])
  })

  it('come once a day, however often one taps, and more for days in a row', async () => {
    const number = '13920000002'
    const phone = await phoneOf(number)
    expect((await phone.page()).signIn).toEqual({
      ...{ isDone: false, streakDays: 0, todayPoints: 1, tomorrowPoints: 2 },
    })
    const taps = await Promise.all(Array.from({ length: 5 }, () => phone.signIn()))
    const answers = taps.map(({ body }) => signInAnswerSchema.parse(body))
    expect(answers.filter(({ isFresh }) => isFresh)).toHaveLength(1)
    expect(new Set(answers.map(({ balancePoints }) => balancePoints))).toEqual(new Set([1]))
    const days = []
    for (let day = 2; day <= 5; day += 1) {
      server.clock.advance(DAY_MS)
      const { explanation, signIn } = await onDay(number)
      days.push([explanation, signIn.streakDays, signIn.tomorrowPoints])
    }
    expect(days).toEqual([
      ['连续签到第 2 天，得 2 分', 2, 5],
      ['连续签到第 3 天，得 5 分', 3, 1],
      ['连续签到第 4 天，得 1 分', 4, 2],
      ['连续签到第 5 天，得 2 分', 5, 5],
    ])
    server.clock.advance(2 * DAY_MS)
    expect((await onDay(number)).explanation).toBe('签到，得 1 分')
    expect((await onDay(number)).isFresh).toBe(false)
  })

  it('are of the chain’s own day, and a clock that is set back gives no day twice', async () => {
    const memberId = await shopper.register(till, '13920000003')
    const activities = server.app.get(PointsActivitiesService, { strict: false })
    const at = (local: string) =>
      server.database.write((tx) => activities.signIn(tx, memberId, Date.parse(`${local}+08:00`)))
    const said = []
    for (const local of [
      '2030-03-08T23:59:59.999',
      '2030-03-09T00:00:00.000',
      '2030-03-08T12:00:00.000',
      '2030-03-10T00:00:00.000',
    ]) {
      const done = await at(local)
      said.push(done.ok ? [done.answer.isFresh, done.answer.signIn.streakDays] : done.code)
    }
    expect(said).toEqual([
      [true, 1],
      [true, 2],
      [false, 2],
      [true, 3],
    ])
  })

  it('come once for a profile in which nothing is missing', async () => {
    const phone = await phoneOf('13920000004')
    expect((await phone.page()).profilePoints).toBe(50)
    await phone.tell({ ...COMPLETE, city: null })
    expect((await phone.page()).balancePoints).toBe(0)
    await Promise.all([phone.tell(COMPLETE), phone.tell(COMPLETE), phone.tell(COMPLETE)])
    await phone.tell({ ...COMPLETE, city: null })
    await phone.tell(COMPLETE)
    const { balancePoints, profilePoints, entries } = await phone.page()
    expect([balancePoints, profilePoints]).toEqual([50, 0])
    expect(entries).toMatchObject([
      { title: '填齐资料', explanation: '资料填齐，得 50 分', points: 50, purchaseId: null },
    ])
  })

  it('end with a version that gives none, and a version to come is withdrawn', async () => {
    const later = { effectiveFromMs: server.clock.nowMs() + DAY_MS, basedOnVersion: 2 }
    expect((await publish({ ...later, terms: { ...TERMS, signInPoints: null } })).status).toBe(200)
    const withdraw = (version: string) => owner.post(`points/activities/${version}/withdraw`, {})
    expectProblem(await withdraw('2'), 409, 'rule_begun')
    expect((await withdraw('3')).status).toBe(200)
    expect((await versionsNow())[0]).toMatchObject({ state: 'withdrawn' })
    server.clock.advance(2 * DAY_MS)
    expect((await onDay('13920000002')).isFresh).toBe(true)
  })

  it('are proven: whatever is changed by hand, taken away or forged is found', async () => {
    const found = async () => (await verifyBook(server.database)).findings
    expect(await found()).toEqual([])
    const rows = await server.database.read((rx) =>
      rx.rows<PointsActivity>('SELECT * FROM points_activity ORDER BY memberId, kind, occasion'),
    )
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['profile', 'sign_in']))
    await expectFound(rows, found)
    const [row] = rows
    if (!row) throw new Error('nothing was done')
    const { id, ...rest } = row
    const forged = { id: freshId(), ...rest, occasion: '2031-01-01' }
    await insert(forged)
    expect(await found()).toMatchObject([{ table: 'points_activity', row: forged.id }])
    await remove(forged.id)
    await remove(id)
    expect((await found())[0]).toMatchObject({ table: 'points_transfer' })
    await insert(row)
    expect(await found()).toEqual([])
  })

  it('are looked at as well where only what moved is verified, when they were written since', async () => {
    const number = '13920000009'
    const memberId = await shopper.register(till, number)
    const sinceMs = server.clock.nowMs() + 1
    server.clock.advance(DAY_MS)
    await onDay(number)
    server.clock.advance(DAY_MS)
    await onDay(number)
    const found = async () =>
      (await verifyBook(server.database, () => undefined, { sinceMs })).findings
    expect(await found()).toEqual([])
    const rows = await server.database.read((rx) =>
      rx.rows<PointsActivity>('SELECT * FROM points_activity WHERE memberId = ? ORDER BY id', [
        memberId,
      ]),
    )
    expect(rows.map(({ streakDays }) => streakDays)).toEqual([1, 2])
    await expectFound(rows, found)
    const [row] = rows
    if (!row) throw new Error('nothing was done')
    // By somebody who has not moved: nothing else of the book knows of it.
    const forged = { ...row, id: freshId(), memberId: freshId() }
    await insert(forged)
    expect(await found()).toMatchObject([{ table: 'points_activity', row: forged.id }])
    await remove(forged.id)
    expect(await found()).toEqual([])
  })

  const insert = (one: PointsActivity) =>
    server.database.write((tx) =>
      tx.insert('points_activity', Object.keys(one), [Object.values(one)]),
    )
  const remove = (gone: string) =>
    server.database.write((tx) => tx.run('DELETE FROM points_activity WHERE id = ?', [gone]))

  /** Whatever is changed by hand in these is found, and named. */
  async function expectFound(
    rows: readonly PointsActivity[],
    found: () => Promise<readonly { row: string }[]>,
  ): Promise<void> {
    const set = (id: string, column: string, value: SqlValue) =>
      server.database.write((tx) =>
        tx.run(`UPDATE points_activity SET ${column} = ? WHERE id = ?`, [value, id]),
      )
    const others: Record<Exclude<keyof PointsActivity, 'id'>, SqlValue> = {
      ...{ memberId: freshId(), kind: 'review', occasion: '2001-01-01' },
      ...{ streakDays: 77, points: 999, atMs: 1 },
    }
    for (const row of rows)
      for (const [column, value] of Object.entries(others)) {
        await set(row.id, column, value)
        expect([column, (await found()).map((one) => one.row)]).toEqual([
          column,
          expect.arrayContaining([row.id]),
        ])
        await set(row.id, column, row[column as keyof PointsActivity])
      }
  }
})
