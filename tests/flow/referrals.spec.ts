import { expect, it } from '@jest/globals'
import type { ActivityTerms } from '@huike/shared/contracts/activities'
import { pointsPageSchema, sessionSchema } from '@huike/shared/contracts/member'
import { referralPageSchema } from '@huike/shared/contracts/referrals'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import type { SqlValue } from '../../server/platform/database.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { ReferralsWorkerService } from '../../server/referrals/referrals-worker.service.js'
import { ReferralsService } from '../../server/referrals/referrals.service.js'
import type { Referral } from '../../server/referrals/referral.entity.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { askDeletion, COOLING_OFF_DAYS, drainErasures } from '../rig/erasure.js'
import { checkout, freshId, refundOf } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'

// Friends who are brought: bound once, in the moment they become members; given for once they have
// bought, and kept it; and nobody gains by being two people, or the same one twice.

const DAY_MS = 86_400_000
const WAIT_DAYS = 7
const TERMS: ActivityTerms = {
  ...{ signInPoints: null, profilePoints: 0, review: null },
  referral: { points: 100, friendPoints: 20, leastFen: 2_000, waitDays: WAIT_DAYS, monthMost: 3 },
  expiry: { kind: 'months', months: 12 },
}
const EARNED = 21

describeEachDatabase('friends who are brought', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let phones = 0
  let version = 1

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
  })

  const publish = async (terms: object) => {
    const draft = { terms: { ...TERMS, ...terms }, effectiveFromMs: null, basedOnVersion: version }
    const reply = await owner.post('points/activities', draft)
    if (reply.status === 200) version += 1
    return reply
  }
  const freshPhone = () => {
    phones += 1
    return String(13_940_000_000 + phones)
  }
  const found = async () => (await verifyBook(server.database)).findings
  const rows = <Row>(sql: string, parameters: SqlValue[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  /** Days go by, and the worker looks. */
  const afterDays = async (days: number) => {
    server.clock.advance(days * DAY_MS)
    await server.app.get(ReferralsWorkerService, { strict: false }).drain()
  }

  /** Registers in the mini-program, perhaps with a code; answers what became of it. */
  async function joins(referralCode?: string, phone = freshPhone()) {
    const json = { phone, ...(referralCode === undefined ? {} : { referralCode }) }
    const reply = await server.fetch('/member/v1/session/sandbox', { json })
    const { memberId, referral } = sessionSchema.parse(reply.body)
    if (memberId === null) throw new Error('nobody was registered')
    return { phone, memberId: memberId as string, outcome: referral }
  }
  /** Tokens are good for an hour: somebody of another day signs in anew. */
  async function pageOf({ phone }: { phone: string }) {
    const { get } = await shopper.phoneOf(server, phone)
    return referralPageSchema.strict().parse((await get('referrals?limit=20')).body)
  }
  async function codeOf(member: { phone: string }) {
    return (await pageOf(member)).code ?? ''
  }
  async function balanceOf({ phone }: { phone: string }) {
    const { get } = await shopper.phoneOf(server, phone)
    return pointsPageSchema.parse((await get('points?limit=20')).body).balancePoints
  }
  async function buys({ phone }: { phone: string }, totalFen = 2132) {
    const sale = checkout(till, {
      ...{ who: { by: 'phone', phone }, receipt: { totalFen } },
    } as object)
    await till.sendOne(sale)
    return sale
  }
  const refund = (sale: { receipt: { receiptNo: string | null } }, totalFen: number) =>
    till.sendOne(refundOf(till, sale.receipt.receiptNo, totalFen))
  async function referralOf(friendId: string): Promise<Referral> {
    const [row] = await rows<Referral>('SELECT * FROM referral WHERE friendId = ?', [friendId])
    if (!row) throw new Error('nobody brought them')
    return row
  }
  async function erase(member: { phone: string }) {
    const { token, get } = await shopper.phoneOf(server, member.phone)
    const send = (path: string, json: unknown, method = 'POST') =>
      server.fetch(`/member/v1/${path}`, { token, json, method })
    await askDeletion({ get, send })
    server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await drainErasures(server)
  }
  const merging = () => server.app.get(MergeMembersService, { strict: false })
  async function merge(survivor: { memberId: string }, absorbed: { memberId: string }) {
    const merged = await merging().merge({
      ...{ survivorId: survivor.memberId, absorbedId: absorbed.memberId, moveHistory: true },
      ...{ how: 'chosen', pairId: null, by: null, idempotency: null },
      nowMs: server.clock.nowMs(),
    })
    if (!merged.ok) throw new Error(merged.code)
    return merged.merge
  }

  it('are asked for by nobody until the chain says what they give', async () => {
    const first = await joins()
    expect(await pageOf(first)).toEqual({ code: null, rules: [], referrals: [], nextCursor: null })
    expect((await joins('ABCDEFGH')).outcome).toBe('unknown')
    const referral = TERMS.referral
    for (const wrong of [
      { points: 0 },
      { friendPoints: -1 },
      { leastFen: 0 },
      { waitDays: 91 },
      { monthMost: 0 },
      { levels: 2 },
    ])
      expect((await publish({ referral: { ...referral, ...wrong } })).status).toBe(422)
    expect((await publish({})).status).toBe(200)
    const { code, rules } = await pageOf(first)
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{8}$/)
    expect(await codeOf(first)).toBe(code)
    expect(rules.join()).toContain('首次实付满 ¥20.00 的消费满 7 天没有退货，推荐人得 100 分')
    expect(first.outcome ?? null).toBeNull()
  })

  it('give both their points, once they have bought and kept it, and tell no name in full', async () => {
    const referrer = await joins()
    const friend = await joins(` ${(await codeOf(referrer)).toLowerCase()} `)
    expect(friend.outcome).toBe('bound')
    const { token } = await shopper.phoneOf(server, friend.phone)
    const json = { name: '欧阳上官', birthday: null, gender: null, city: null }
    await server.fetch('/member/v1/profile', { token, json, method: 'PUT' })
    await afterDays(1)
    expect((await pageOf(referrer)).referrals).toMatchObject([
      { friend: '欧***', state: 'waiting', points: 0 },
    ])
    await buys(friend, 1_999)
    await buys(friend)
    await afterDays(WAIT_DAYS - 1)
    expect((await pageOf(referrer)).referrals).toMatchObject([{ state: 'bought' }])
    expect(await balanceOf(referrer)).toBe(0)
    await Promise.all(Array.from({ length: 10 }, () => afterDays(0.2)))
    expect((await pageOf(referrer)).referrals).toMatchObject([{ state: 'given', points: 100 }])
    expect([await balanceOf(referrer), await balanceOf(friend)]).toEqual([100, EARNED + 19 + 20])
    const { get } = await shopper.phoneOf(server, referrer.phone)
    const { entries } = pointsPageSchema.parse((await get('points?limit=20')).body)
    expect(entries).toMatchObject([
      {
        title: '推荐好友',
        explanation: '推荐的好友首次消费满 7 天没有退货，得 100 分',
        points: 100,
      },
    ])
    expect(JSON.stringify(await pageOf(referrer))).not.toMatch(new RegExp(`${friend.phone}|上官`))
    expect(await found()).toEqual([])
  })

  it('are given for once, though two servers look at the same moment', async () => {
    const referrer = await joins()
    const friend = await joins(await codeOf(referrer))
    await buys(friend)
    server.clock.advance((WAIT_DAYS + 1) * DAY_MS)
    const { id } = await referralOf(friend.memberId)
    const referrals = server.app.get(ReferralsService, { strict: false })
    const nowMs = server.clock.nowMs()
    await Promise.all(
      Array.from({ length: 6 }, () =>
        server.database.write((tx) => referrals.settle(tx, id, nowMs)),
      ),
    )
    expect([await balanceOf(referrer), await balanceOf(friend)]).toEqual([100, EARNED + 20])
  })

  it('are new members: nobody brings who is there, or themselves, or one another', async () => {
    const [first, second] = [await joins(), await joins()]
    const code = await codeOf(first)
    expect((await joins(code, second.phone)).outcome).toBe('not_new')
    expect((await joins(code, first.phone)).outcome).toBe('not_new')
    const registered = freshPhone()
    await shopper.register(till, registered)
    expect((await joins(code, registered)).outcome).toBe('not_new')
    const third = await joins(code)
    expect((await joins(await codeOf(third), first.phone)).outcome).toBe('not_new')
    const fourth = await joins(await codeOf(third))
    expect((await joins(await codeOf(fourth), first.phone)).outcome).toBe('not_new')
    expect((await joins('22222222')).outcome).toBe('unknown')
    await Promise.all([third, fourth].map((one) => buys(one)))
    await afterDays(WAIT_DAYS + 2)
    // Whom the third brought gives the first nothing.
    expect(await balanceOf(first)).toBe(100)
    expect(await balanceOf(third)).toBe(EARNED + 20 + 100)
  })

  it('give nothing for what came back in time, and keep what was given for what came later', async () => {
    const referrer = await joins()
    const [early, late] = [await joins(await codeOf(referrer)), await joins(await codeOf(referrer))]
    const [soon, kept] = [await buys(early), await buys(late)]
    await afterDays(WAIT_DAYS - 1)
    await refund(soon, 200)
    await afterDays(2)
    expect(await balanceOf(referrer)).toBe(100)
    await refund(kept, 2132)
    await afterDays(10)
    expect([await balanceOf(referrer), await balanceOf(late)]).toEqual([100, 20])
    expect((await referralOf(early.memberId)).state).toBe('waiting')
    await buys(early)
    await afterDays(WAIT_DAYS + 1)
    expect(await balanceOf(referrer)).toBe(200)
    const never = await joins(await codeOf(referrer))
    await afterDays(181)
    expect(await referralOf(never.memberId)).toMatchObject({ state: 'void', reason: 'not_bought' })
    await buys(never)
    await afterDays(WAIT_DAYS + 1)
    expect(await balanceOf(referrer)).toBe(200)
  })

  it('count for so many in a month, and the others in the next', async () => {
    server.clock.advance(Date.parse('2033-03-01T04:00:00Z') - server.clock.nowMs())
    const referrer = await joins()
    const code = await codeOf(referrer)
    const friends = await Promise.all(Array.from({ length: 5 }, () => joins(code)))
    await Promise.all(friends.map((friend) => buys(friend)))
    await afterDays(WAIT_DAYS + 2)
    expect(await balanceOf(referrer)).toBe(300)
    await afterDays(31)
    expect(await balanceOf(referrer)).toBe(500)
  })

  it('keep what was promised when they came', async () => {
    const referrer = await joins()
    const friend = await joins(await codeOf(referrer))
    await publish({ referral: null })
    await buys(friend)
    await afterDays(WAIT_DAYS + 2)
    expect(await balanceOf(referrer)).toBe(100)
    expect((await pageOf(referrer)).code).toBeNull()
    await publish({})
  })

  it('are not new when they come again after being erased, and codes of who is gone bring nobody', async () => {
    const referrer = await joins()
    const code = await codeOf(referrer)
    const friend = await joins(code)
    await buys(friend)
    await afterDays(WAIT_DAYS + 2)
    await erase(friend)
    expect((await joins(code, friend.phone)).outcome).toBe('not_new')
    const marks = await rows<{ mark: string }>('SELECT mark FROM referral_mark')
    expect(marks.map(({ mark }) => mark.length)).toEqual([4])
    const waiting = await joins(code)
    await erase(referrer)
    expect(await referralOf(waiting.memberId)).toMatchObject({ state: 'void', reason: 'gone' })
    expect((await joins(code)).outcome).toBe('unknown')
    expect(await found()).toEqual([])
  })

  it('are nobody’s when both are one person: what waits is void, what was given goes back', async () => {
    const referrer = await joins()
    const [waiting, given] = [
      await joins(await codeOf(referrer)),
      await joins(await codeOf(referrer)),
    ]
    await buys(given)
    await afterDays(WAIT_DAYS + 2)
    expect(await balanceOf(referrer)).toBe(100)
    const merged = await merge(referrer, given)
    expect(await balanceOf(referrer)).toBe(EARNED)
    expect((await referralOf(given.memberId)).state).toBe('reversed')
    expect(await found()).toEqual([])
    await merging().undo({ mergeId: merged.id, by: null, nowMs: server.clock.nowMs() })
    expect([await balanceOf(referrer), await balanceOf(given)]).toEqual([100, EARNED + 20])
    expect(await found()).toEqual([])
    await merge(given, referrer)
    expect(await balanceOf(given)).toBe(EARNED)
    await buys(waiting)
    await merge(given, waiting)
    await afterDays(WAIT_DAYS + 2)
    expect(await referralOf(waiting.memberId)).toMatchObject({
      ...{ state: 'void', reason: 'same_person' },
    })
    expect(await balanceOf(given)).toBe(2 * EARNED)
    expect(await found()).toEqual([])
  })

  it('were members before when they are joined with an older record', async () => {
    const old = await joins()
    server.clock.advance(1_000)
    const referrer = await joins()
    const friend = await joins(await codeOf(referrer))
    await buys(friend)
    await merge(friend, old)
    await afterDays(WAIT_DAYS + 2)
    expect(await referralOf(friend.memberId)).toMatchObject({ state: 'void', reason: 'not_new' })
    expect(await balanceOf(referrer)).toBe(0)
  })

  it('are in the copies of both, and proven: one that is changed or forged is found', async () => {
    const referrer = await joins()
    const friend = await joins(await codeOf(referrer))
    await buys(friend)
    await afterDays(WAIT_DAYS + 2)
    for (const [one, role, points] of [
      [referrer, 'referrer', 100],
      [friend, 'friend', 20],
    ] as const) {
      const { token } = await shopper.phoneOf(server, one.phone)
      const copy = await server.fetch('/member/v1/copies', { token, json: {} })
      const { body } = await server.fetch(copy.body.jsonPath as string)
      expect(body.referrals).toMatchObject([{ role, state: 'given', points }])
    }
    const sinceMs = server.clock.nowMs() - DAY_MS
    const foundSince = async () =>
      (await verifyBook(server.database, undefined, { sinceMs })).findings
    const { id, ...row } = await referralOf(friend.memberId)
    const set = (column: string, value: SqlValue) =>
      server.database.write((tx) =>
        tx.run(`UPDATE referral SET ${column} = ? WHERE id = ?`, [value, id]),
      )
    const others = { friendId: freshId(), referrerPoints: 7, friendPoints: 7, settledAtMs: 1 }
    for (const [column, value] of Object.entries(others)) {
      await set(column, value)
      for (const findings of [await found(), await foundSince()])
        expect(findings).toContainEqual(expect.objectContaining({ table: 'points_activity' }))
      await set(column, row[column as keyof typeof others])
    }
    expect([await found(), await foundSince()]).toEqual([[], []])
    const [waiting] = await rows<Referral>("SELECT * FROM referral WHERE state = 'void'")
    await server.database.write((tx) =>
      tx.run('UPDATE referral SET referrerPoints = 100 WHERE id = ?', [waiting?.id ?? '']),
    )
    expect(await found()).toMatchObject([{ table: 'referral', row: waiting?.id }])
  })
})
