import { expect, it } from '@jest/globals'
import type { ActivityTerms } from '@huike/shared/contracts/activities'
import { pointsPageSchema, purchaseDetailSchema } from '@huike/shared/contracts/member'
import {
  ownReviewSchema,
  reviewPageSchema,
  reviewRowSchema,
  type ReviewRow,
} from '@huike/shared/contracts/reviews'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import type { SqlValue } from '../../server/platform/database.js'
import { verifyBook } from '../../server/points/verify-book.js'
import type { Review } from '../../server/reviews/review.entity.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { eraseNow } from '../rig/erasure.js'
import { assignment, checkout, freshId, refundOf, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem, newWechatShopper } from '../rig/wechat-shopper.js'

// Reviews: one for a purchase, by whoever it is; read and decided by the store it was made in; points
// once, for what was kept; and its words go when the shopper wants them to.

const DAY_MS = 86_400_000
const TERMS: ActivityTerms = {
  ...{ signInPoints: null, profilePoints: 0 },
  review: { points: 20, days: 30, monthMost: 3 },
  referral: null,
  expiry: { kind: 'months', months: 12 },
}
const WORDS = '面条很好，鸡蛋碎了一个'
const EARNED = 21

describeEachDatabase('reviews', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let manager: ConsolePerson
  let phones = 0
  let version = 1

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    manager = await signInAs(server, 'manager', [till.enrolled.storeId])
  })

  const publish = async (terms: object) => {
    const draft = { terms: { ...TERMS, ...terms }, effectiveFromMs: null, basedOnVersion: version }
    const reply = await owner.post('points/activities', draft)
    if (reply.status === 200) version += 1
    return reply
  }
  const rows = <Row>(sql: string, parameters: SqlValue[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  const found = async () => (await verifyBook(server.database)).findings

  /** Somebody with one purchase of their own. */
  async function buyer() {
    phones += 1
    const phone = String(13_930_000_000 + phones)
    const memberId = await shopper.register(till, phone)
    const bought = await buys(phone)
    return { phone, memberId, ...bought, ...(await phoneIn(phone)) }
  }
  async function buys(phone: string) {
    const sale = checkout(till, { who: { by: 'phone', phone } } as object)
    const { purchaseId } = await till.sendOne(sale)
    return { sale, purchaseId: purchaseId ?? '' }
  }
  /** Tokens are good for an hour: a shopper of another day signs in anew. */
  async function phoneIn(phone: string) {
    const { token, get } = await shopper.phoneOf(server, phone)
    const path = (purchaseId: string) => `/member/v1/purchases/${purchaseId}/review`
    return {
      write: (purchaseId: string, json: object = { stars: 4, text: WORDS }) =>
        server.fetch(path(purchaseId), { token, json }),
      withdraw: (purchaseId: string) => server.fetch(path(purchaseId), { token, method: 'DELETE' }),
      reviewOf: async (purchaseId: string) =>
        purchaseDetailSchema.parse((await get(`purchases/${purchaseId}`)).body).review,
      page: async () => pointsPageSchema.parse((await get('points?limit=20')).body),
    }
  }
  async function queue(by: ConsolePerson, state = 'waiting'): Promise<ReviewRow[]> {
    return reviewPageSchema.strict().parse((await by.get(`reviews?state=${state}`)).body).reviews
  }
  async function rowOf(purchaseId: string): Promise<Review> {
    const [row] = await rows<Review>('SELECT * FROM review WHERE purchaseId = ?', [purchaseId])
    if (!row) throw new Error('there is no such review')
    return row
  }
  async function decide(
    purchaseId: string,
    verdict: object = { verdict: 'approved' },
    by = manager,
  ) {
    return by.post(`reviews/${(await rowOf(purchaseId)).id}/decide`, verdict)
  }
  const refund = (sale: { receipt: { receiptNo: string | null } }, totalFen: number) =>
    till.sendOne(refundOf(till, sale.receipt.receiptNo, totalFen))

  it('are asked of nobody until the chain says what they give', async () => {
    const { purchaseId, reviewOf, write } = await buyer()
    expect(await reviewOf(purchaseId)).toBeNull()
    expectProblem(await write(purchaseId), 409, 'activity_off')
    for (const wrong of [{ points: 0 }, { days: 0 }, { days: 366 }, { monthMost: 0 }, { more: 1 }])
      expect((await publish({ review: { ...TERMS.review, ...wrong } })).status).toBe(422)
    expect((await publish({})).status).toBe(200)
    expect(await reviewOf(purchaseId)).toMatchObject({ state: 'open', points: 20 })
  })

  it('are written once, of a purchase of one’s own, and stand sealed', async () => {
    const { purchaseId, sale, reviewOf, write } = await buyer()
    for (const wrong of [
      { stars: 0, text: '' },
      { stars: 6, text: '' },
      { stars: 1.5, text: '' },
      { stars: 5, text: '字'.repeat(201) },
      { stars: 5 },
      { stars: 5, text: '', points: 9 },
    ])
      expect((await write(purchaseId, wrong)).status).toBe(422)
    const stranger = await buyer()
    expectProblem(await write(stranger.purchaseId), 404, 'purchase_not_found')
    expectProblem(await write(freshId()), 404, 'purchase_not_found')
    expectProblem(await write('nothing'), 404, 'purchase_not_found')
    const taps = await Promise.all(Array.from({ length: 4 }, () => write(purchaseId)))
    for (const { body } of taps)
      expect(ownReviewSchema.parse(body)).toMatchObject({ state: 'waiting', stars: 4, text: WORDS })
    expect(await reviewOf(purchaseId)).toMatchObject({ state: 'waiting', points: 20 })
    expectProblem(await write(purchaseId, { stars: 5, text: WORDS }), 409, 'review_exists')
    expect(JSON.stringify(await rowOf(purchaseId))).not.toContain(WORDS)
    const { purchaseId: refundId } = await refund(sale, 100)
    expectProblem(await write(refundId ?? ''), 409, 'review_closed')
  })

  it('give points once, however often staff of the store approve', async () => {
    const { purchaseId, write, reviewOf, page } = await buyer()
    await write(purchaseId, { stars: 2, text: `${WORDS}，请打 13912345678` })
    const elsewhere = await enrolTill(server, { storeCode: 'S09', storeName: '远店' })
    const stranger = await signInAs(server, 'manager', [elsewhere.enrolled.storeId])
    expect(await queue(stranger)).toEqual([])
    expectProblem(await decide(purchaseId, undefined, stranger), 404, 'not_found')
    const waiting = (await queue(manager)).find(({ text }) => text?.includes('请打'))
    expect(waiting).toMatchObject({ stars: 2, pointsNow: 20, givenPoints: null })
    expect(waiting?.text).toBe(`${WORDS}，请打 139****5678`)
    const taps = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        decide(purchaseId, undefined, at % 2 ? owner : manager),
      ),
    )
    for (const { body } of taps)
      expect(reviewRowSchema.parse(body)).toMatchObject({ state: 'approved', givenPoints: 20 })
    const { balancePoints, entries } = await page()
    expect(balancePoints).toBe(EARNED + 20)
    expect(entries[0]).toMatchObject({
      points: 20,
      explanation: '评价通过审核，得 20 分',
      purchaseId,
    })
    expect(entries[0]?.title).toMatch(/评价得积分$/)
    expect(await reviewOf(purchaseId)).toMatchObject({ state: 'approved', points: 20, stars: 2 })
    const { id } = await rowOf(purchaseId)
    const deeds = await rows<{ action: string; detail: string }>(
      'SELECT action, detail FROM staff_audit WHERE subjectId = ?',
      [id],
    )
    expect(deeds).toEqual([{ action: 'review.approved', detail: '给 20 分' }])
    const no = { verdict: 'declined', reason: '不合适' }
    expectProblem(await decide(purchaseId, no), 409, 'review_decided')
  })

  it('that are declined give none, and say why', async () => {
    const { purchaseId, write, reviewOf, page } = await buyer()
    await write(purchaseId)
    for (const reason of ['', '短', '字'.repeat(101), '打 139 1234 5678 问我'])
      expect((await decide(purchaseId, { verdict: 'declined', reason })).status).toBe(422)
    const no = { verdict: 'declined', reason: '与这笔消费无关' }
    expect((await decide(purchaseId, no)).status).toBe(200)
    expectProblem(await decide(purchaseId), 409, 'review_decided')
    expect((await page()).balancePoints).toBe(EARNED)
    expect(await reviewOf(purchaseId)).toMatchObject({ state: 'declined', reason: no.reason })
    expect((await queue(manager, 'declined'))[0]).toMatchObject({ reason: no.reason })
  })

  it('of what came back whole give none, and of what came back in part they do', async () => {
    const [whole, part] = [await buyer(), await buyer()]
    for (const one of [whole, part]) await one.write(one.purchaseId)
    await refund(whole.sale, 2132)
    await refund(part.sale, 1000)
    expect((await queue(owner)).find(({ pointsNow }) => pointsNow === 0)).toBeDefined()
    expect((await decide(whole.purchaseId)).body).toMatchObject({ givenPoints: 0 })
    expect((await decide(part.purchaseId)).body).toMatchObject({ givenPoints: 20 })
    expect((await whole.page()).balancePoints).toBe(0)
    const late = await buyer()
    await refund(late.sale, 2132)
    expect(await late.reviewOf(late.purchaseId)).toBeNull()
    expectProblem(await late.write(late.purchaseId), 409, 'review_closed')
  })

  it('and their refund at the same moment leave either points or none, and a book that fits', async () => {
    const all = await Promise.all([buyer(), buyer(), buyer()])
    for (const one of all) await one.write(one.purchaseId)
    await Promise.all(
      all.flatMap((one) => [decide(one.purchaseId), refund(one.sale, 2132)] as const),
    )
    for (const one of all) {
      const { givenPoints } = await rowOf(one.purchaseId)
      expect((await one.page()).balancePoints).toBe(givenPoints)
    }
    expect(await found()).toEqual([])
  })

  it('keep what was promised, and end with a rule that asks for none', async () => {
    const { phone, purchaseId, write } = await buyer()
    await write(purchaseId)
    await publish({ review: { ...TERMS.review, points: 500 } })
    expect((await decide(purchaseId)).body).toMatchObject({ givenPoints: 20 })
    const { purchaseId: nextId } = await buys(phone)
    await write(nextId)
    await publish({ review: null })
    expect((await decide(nextId)).body).toMatchObject({ givenPoints: 500 })
    const { purchaseId: lastId } = await buys(phone)
    expectProblem(await write(lastId), 409, 'activity_off')
    await publish({})
  })

  it('have their days, and so many in a month', async () => {
    // The first of a month by the chain's calendar, so that thirty days end in it.
    server.clock.advance(Date.parse('2031-07-01T04:00:00Z') - server.clock.nowMs())
    const { phone, purchaseId } = await buyer()
    const { purchaseId: lastId } = await buys(phone)
    server.clock.advance(30 * DAY_MS)
    const inTime = await phoneIn(phone)
    expect(await inTime.reviewOf(lastId)).toMatchObject({ untilDate: '2031-07-31' })
    expect((await inTime.write(lastId)).status).toBe(200)
    const more = [await buys(phone), await buys(phone), await buys(phone)]
    expect((await inTime.write(more[0]?.purchaseId ?? '')).status).toBe(200)
    await inTime.withdraw(more[0]?.purchaseId ?? '')
    expect((await inTime.write(more[1]?.purchaseId ?? '')).status).toBe(200)
    expect(await inTime.reviewOf(more[2]?.purchaseId ?? '')).toBeNull()
    expectProblem(await inTime.write(more[2]?.purchaseId ?? ''), 409, 'review_closed')
    server.clock.advance(DAY_MS)
    const nextMonth = await phoneIn(phone)
    expectProblem(await nextMonth.write(purchaseId), 409, 'review_closed')
    expect((await nextMonth.write(more[2]?.purchaseId ?? '')).status).toBe(200)
  })

  it('are withdrawn at any time: the words go, the points stay, and nobody writes again', async () => {
    const { phone, purchaseId, write, withdraw, reviewOf, page } = await buyer()
    expectProblem(await withdraw(purchaseId), 404, 'not_found')
    await write(purchaseId)
    await decide(purchaseId)
    const stranger = await buyer()
    expectProblem(await stranger.withdraw(purchaseId), 404, 'not_found')
    for (const { body } of [await withdraw(purchaseId), await withdraw(purchaseId)])
      expect(body).toMatchObject({ state: 'withdrawn', stars: null, text: null })
    expect(await rowOf(purchaseId)).toMatchObject({
      stars: null,
      textSealed: null,
      givenPoints: 20,
    })
    expect(await reviewOf(purchaseId)).toMatchObject({ state: 'withdrawn' })
    expectProblem(await write(purchaseId), 409, 'review_exists')
    const { purchaseId: nextId } = await buys(phone)
    await write(nextId)
    await withdraw(nextId)
    expectProblem(await decide(nextId), 409, 'review_decided')
    expect((await page()).balancePoints).toBe(2 * EARNED + 20)
  })

  it('go with the purchase when two records become one, and give once all the same', async () => {
    const [survivor, absorbed] = [await buyer(), await buyer()]
    await absorbed.write(absorbed.purchaseId)
    const merging = server.app.get(MergeMembersService, { strict: false })
    const merged = await merging.merge({
      ...{ survivorId: survivor.memberId, absorbedId: absorbed.memberId, moveHistory: true },
      ...{ how: 'chosen', pairId: null, by: null, idempotency: null },
      nowMs: server.clock.nowMs(),
    })
    if (!merged.ok) throw new Error(merged.code)
    expect(await survivor.reviewOf(absorbed.purchaseId)).toMatchObject({ text: WORDS })
    expectProblem(
      await survivor.write(absorbed.purchaseId, { stars: 1, text: '' }),
      ...([409, 'review_exists'] as const),
    )
    expect((await decide(absorbed.purchaseId)).body).toMatchObject({ givenPoints: 20 })
    expect((await survivor.page()).balancePoints).toBe(2 * EARNED + 20)
    expect(await found()).toEqual([])
    await merging.undo({ mergeId: merged.merge.id, by: null, nowMs: server.clock.nowMs() })
    const again = await phoneIn(absorbed.phone)
    expect(await again.reviewOf(absorbed.purchaseId)).toMatchObject({ state: 'approved' })
    expect((await again.page()).balancePoints).toBe(EARNED)
    expect(await found()).toEqual([])
  })

  it('of a receipt that was somebody else’s give nothing, and are not shown to its owner', async () => {
    const [wrong, right] = [await buyer(), await buyer()]
    const sale = checkout(till)
    const { purchaseId } = await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, { by: 'phone', phone: wrong.phone })
    await till.sendOne(giving)
    expect((await wrong.write(purchaseId ?? '')).status).toBe(200)
    await till.sendOne(undo(till, giving.eventId))
    await till.sendOne(assignment(till, sale.eventId, { by: 'phone', phone: right.phone }))
    expect(await right.reviewOf(purchaseId ?? '')).toBeNull()
    expectProblem(await right.write(purchaseId ?? ''), 409, 'review_exists')
    expect((await decide(purchaseId ?? '')).body).toMatchObject({ givenPoints: 0 })
    expect((await wrong.page()).balancePoints).toBe(EARNED)
  })

  it('are in the member’s own copy, and gone with the member', async () => {
    const person = await newWechatShopper(server)
    const { purchaseId } = await buys(person.phone)
    await person.send(`purchases/${purchaseId}/review`, { stars: 5, text: WORDS })
    await decide(purchaseId)
    const privacy = await person.get('privacy')
    expect(privacy.body.held).toContainEqual(
      expect.objectContaining({ what: '评价', value: '1 条评价' }),
    )
    const copy = await person.send('copies', {})
    const json = await server.fetch(copy.body.jsonPath as string)
    expect(json.body.reviews).toMatchObject([{ state: 'approved', stars: 5, text: WORDS }])
    await eraseNow(server, person)
    expect(await rowOf(purchaseId)).toMatchObject({
      ...{ state: 'withdrawn', stars: null, textSealed: null, reasonSealed: null },
    })
    expect(await found()).toEqual([])
  })

  it('are proven: one that is changed by hand, taken away or forged is found', async () => {
    const [row] = await rows<Review>('SELECT * FROM review WHERE givenPoints > 0 ORDER BY id')
    if (!row) throw new Error('no review gave anything')
    const { id, purchaseId, givenPoints, decidedAtMs } = row
    const set = (column: string, value: SqlValue) =>
      server.database.write((tx) =>
        tx.run(`UPDATE review SET ${column} = ? WHERE id = ?`, [value, id]),
      )
    const others = { purchaseId: freshId(), givenPoints: 999, decidedAtMs: 1 }
    for (const [column, value] of Object.entries(others)) {
      await set(column, value)
      expect(await found()).toContainEqual(
        expect.objectContaining({ table: 'points_activity', row: purchaseId }),
      )
      await set(column, { purchaseId, givenPoints, decidedAtMs }[column] ?? null)
    }
    expect(await found()).toEqual([])
    const [waiting] = await rows<Review>('SELECT * FROM review WHERE givenPoints IS NULL')
    await server.database.write((tx) =>
      tx.run('UPDATE review SET givenPoints = 20 WHERE id = ?', [waiting?.id ?? '']),
    )
    expect(await found()).toMatchObject([{ table: 'review', row: waiting?.id }])
  })
})
