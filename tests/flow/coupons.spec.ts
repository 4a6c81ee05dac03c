import { afterEach, expect, it } from '@jest/globals'
import { templatesPageSchema } from '@huike/shared/contracts/console-coupons'
import {
  couponQuoteAnswerSchema,
  heldCouponSchema,
  reservationRequestSchema,
} from '@huike/shared/contracts/coupons'
import { fen } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { SpendCouponsService } from '../../server/flows/spend-coupons.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { CouponShop, couponTerms, NO_LIMITS, order, to } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { aKnownShopper, eraseNow } from '../rig/erasure.js'
import { assignment, freshId, refundOf, undo } from '../rig/events.js'
import type { TestServer, TestTill } from '../rig/server.js'
import { planFaults } from '../rig/plans.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { listenAtGate, type StatementEar } from '../rig/statements.js'
import { couponDetailStories } from './coupon-details.js'

// Coupons from the template to the receipt: given once for each reason, set aside by one till, redeemed
// with what the receipt shows, and the member's again with the sale; and the sums always agree.

const DAY_MS = 86_400_000
const HALF_HOUR_MS = 30 * 60_000
const TILLS = 200

describeEachDatabase('coupons', (kit) => {
  let server: TestServer
  let shop: CouponShop
  let till: TestTill
  let sent: StatementEar

  shareServer(kit, async (started) => {
    server = started
    sent = listenAtGate(server.database)
    shop = await CouponShop.open(server)
    till = shop.till
  })
  afterEach(() => shop.expectSumsAgree())

  it('are given by staff, once per request, and tell their story', async () => {
    const { id: templateId } = await shop.template()
    const { id, phone } = await shop.member()
    const requestId = freshId()
    const first = await shop.give(templateId, id, requestId)
    const again = await shop.give(templateId, id, requestId)
    expect(again.body.couponId).toBe(first.body.couponId)
    const elsewhere = await shop.give(templateId, (await shop.member()).id, requestId)
    expect(elsewhere.body.code).toBe('idempotency_conflict')
    const [coupon, ...others] = await shop.wallet(phone)
    expect(others).toEqual([])
    expect(coupon).toMatchObject({
      ...{ name: '满减券', headline: '满 ¥50 减 ¥10', state: 'issued' },
      conditions: ['每单一张'],
    })
    const story = await shop.storyOf(coupon?.code ?? '')
    expect(story.steps).toMatchObject([{ kind: 'issued', by: expect.any(String) }])
    expect((await shop.owner.fetch('coupons/by-code/000000000000')).status).toBe(404)
  })

  it('keep the terms they were given on', async () => {
    const { id, phone, templateId } = await shop.holder()
    const change = {
      terms: couponTerms({ gives: { kind: 'amount', amountFen: fen(500) } }),
      limits: NO_LIMITS,
      basedOnVersion: 1,
    }
    const changed = await shop.owner.fetch(`coupons/templates/${templateId}`, { json: change })
    expect(changed.body).toMatchObject({ version: 2, headline: '满 ¥50 减 ¥5' })
    const late = await shop.owner.fetch(`coupons/templates/${templateId}`, { json: change })
    expect(late.body.code).toBe('coupon_template_changed')
    await shop.give(templateId, id)
    const headlines = (await shop.wallet(phone)).map(({ headline }) => headline)
    expect(headlines.sort()).toEqual(['满 ¥50 减 ¥10', '满 ¥50 减 ¥5'])
    const page = templatesPageSchema.parse(
      (await shop.owner.fetch('coupons/templates?limit=1')).body,
    )
    expect(page.templates[0]).toMatchObject({ id: templateId, issued: 2, uses: 0 })
  })

  it('are taken by members while they may, as many as they may', async () => {
    const closed = await shop.template()
    const person = await shop.member()
    expect((await shop.claim(person.phone, closed.id)).body.code).toBe('coupon_claim_closed')
    const { id } = await shop.template(
      couponTerms(),
      shop.claimable({ memberMax: 2, memberDayMax: 1 }),
    )
    const requestId = freshId()
    const taken = heldCouponSchema.parse((await shop.claim(person.phone, id, requestId)).body)
    const again = heldCouponSchema.parse((await shop.claim(person.phone, id, requestId)).body)
    expect(again.couponId).toBe(taken.couponId)
    expect((await shop.claim(person.phone, id)).body.code).toBe('coupon_day_max')
    const { get } = await shopper.phoneOf(server, person.phone)
    const list = (await get('coupons/claimable')).body.templates as { templateId: string }[]
    expect(list.find(({ templateId }) => templateId === id)).toMatchObject({
      why: '这种券今天能领的已经领完',
    })
    server.clock.advance(DAY_MS)
    expect((await shop.claim(person.phone, id)).status).toBe(200)
    server.clock.advance(DAY_MS)
    expect((await shop.claim(person.phone, id)).body.code).toBe('coupon_member_max')
    await shop.owner.fetch(`coupons/templates/${id}`, {
      json: { terms: couponTerms(), limits: { ...NO_LIMITS, state: 'stopped' }, basedOnVersion: 1 },
    })
    expect((await shop.claim((await shop.member()).phone, id)).body.code).toBe(
      'coupon_template_stopped',
    )
  })

  it('are never more than there are, however many want one at once', async () => {
    const { id } = await shop.template(couponTerms(), shop.claimable({ stock: 7, memberMax: 1 }))
    const people = await Promise.all(Array.from({ length: 24 }, () => shop.member()))
    const tokens = await Promise.all(people.map(({ phone }) => shopper.phoneOf(server, phone)))
    // Each taps twice, with requests of their own.
    const replies = await Promise.all(
      [...tokens, ...tokens].map(({ token }) =>
        server.fetch('/member/v1/coupons/claims', {
          ...{ token, json: { requestId: freshId(), templateId: id } },
        }),
      ),
    )
    const codes = replies.map(({ status, body }) => (status === 200 ? 'taken' : body.code))
    expect(codes.filter((code) => code === 'taken')).toHaveLength(7)
    expect(new Set(codes)).toEqual(new Set(['taken', 'coupon_out_of_stock', 'coupon_member_max']))
  })

  it('are told before they are used: the best, and why not the rest', async () => {
    const { id, phone } = await shop.holder()
    const dearer = await shop.template(
      couponTerms({ name: '大额券', when: { leastFen: fen(9_000) } }),
    )
    await shop.give(dearer.id, id)
    const reply = await shop.ask('quote', { who: to(id), goodsFen: 8_000 })
    const { quote, coupons } = couponQuoteAnswerSchema.parse(reply.body)
    expect(quote).toMatchObject({ offFen: 1_000, dueFen: 7_000, lineOffFen: [1_000] })
    expect(coupons.map(({ name }) => name).sort()).toEqual(['大额券', '满减券'])
    expect(quote.refused).toMatchObject([{ code: 'coupon_threshold', why: '还差 ¥10.00 可用' }])
    expect(await shop.wallet(phone)).toHaveLength(2)
    const lines = [
      { name: '牛奶', code: null, quantityMilli: 1_000, amountFen: 3_000 },
      { name: '面包', code: null, quantityMilli: 1_000, amountFen: 5_001 },
    ]
    const withLines = await shop.ask('quote', { who: to(id), goodsFen: 8_001, lines })
    expect(withLines.body.quote.lineOffFen).toEqual([375, 625])
    const wrong = await shop.ask('quote', { who: to(id), goodsFen: 8_000, lines })
    expect(wrong.body.code).toBe('input_invalid')
  })

  it('are set aside, redeemed with the receipt that shows it, once', async () => {
    const { id, phone, code } = await shop.holder()
    const reservation = await shop.reserved(id)
    expect(reservation).toMatchObject({ offFen: 1_000, state: 'reserved' })
    expect(await shop.wallet(phone)).toEqual([])
    const { giving, result } = await shop.rungUp(id, reservation)
    expect(result).toMatchObject({ status: 'accepted', code: null, points: 70 })
    expect((await till.sendOne(giving)).status).toBe('duplicate')
    expect((await shop.wallet(phone, 'redeemed')).map((coupon) => coupon.code)).toEqual([code])
    expect(await shop.kindsOf(code)).toEqual(['issued', 'reserved', 'redeemed'])
    // The till asks once more: it is told what became of it.
    const { reservationId } = reservation
    const again = await shop.ask('reservations', order(id, { reservationId }))
    expect(again.body.reservation.state).toBe('redeemed')
    const otherwise = await shop.ask('reservations', order(id, { reservationId, goodsFen: 9_000 }))
    expect(otherwise.body.code).toBe('idempotency_conflict')
    const released = await shop.ask('reservations/release', { reservationId })
    expect(released.body.reservation.state).toBe('redeemed')
    // Another receipt cannot be paid with it.
    const second = await shop.rungUp(id, reservation)
    expect(second.result).toMatchObject({ status: 'accepted', code: 'coupon_gone' })
  })

  it(`go to one of ${String(TILLS)} tills that want the same one`, async () => {
    const { id, couponId } = await shop.holder()
    const acting = await server.app
      .get(TerminalsService, { strict: false })
      .acting(till.enrolled.terminalId)
    if (!acting.ok) throw new Error(acting.code)
    const spending = server.app.get(SpendCouponsService, { strict: false })
    const answers = await Promise.all(
      Array.from({ length: TILLS }, () =>
        spending.reserve(
          { ...acting.context, terminal: { ...acting.context.terminal, id: freshId() } },
          reservationRequestSchema.parse(order(id, { chosen: [couponId] })),
        ),
      ),
    )
    const codes = answers.map((answer) => (answer.ok ? 'reserved' : answer.code))
    expect(codes.filter((code) => code === 'reserved')).toHaveLength(1)
    expect(codes.filter((code) => code === 'coupon_reserved')).toHaveLength(TILLS - 1)
  })

  it('are given back by the cashier, by time, and for another order of the same till', async () => {
    const { id, phone, code } = await shop.holder()
    const first = await shop.reserved(id)
    const elsewhere = await shop.ask('reservations', order(id), shop.other)
    expect(elsewhere.body.code).toBe('coupon_nothing')
    const stranger = await shop.ask(
      'reservations/release',
      { reservationId: first.reservationId },
      shop.other,
    )
    expect(stranger.body.code).toBe('not_found')
    const second = await shop.reserved(id, { goodsFen: 6_000 })
    await shop.ask('reservations/release', { reservationId: second.reservationId })
    expect(await shop.wallet(phone)).toHaveLength(1)
    await shop.reserved(id)
    server.clock.advance(HALF_HOUR_MS)
    await shop.lapse()
    expect(await shop.wallet(phone)).toHaveLength(1)
    expect(await shop.kindsOf(code)).toEqual([
      'issued',
      ...['reserved', 'released', 'reserved', 'released', 'reserved', 'released'],
    ])
  })

  it('pay an order that is heard of late, unless they paid another one meanwhile', async () => {
    const late = await shop.holder()
    const reservation = await shop.reserved(late.id)
    server.clock.advance(HALF_HOUR_MS)
    await shop.lapse()
    expect((await shop.rungUp(late.id, reservation)).result.code).toBeNull()
    expect(await shop.wallet(late.phone, 'redeemed')).toHaveLength(1)

    const gone = await shop.holder()
    const lost = await shop.reserved(gone.id)
    server.clock.advance(HALF_HOUR_MS)
    await shop.lapse()
    await shop.rungUp(gone.id, await shop.reserved(gone.id))
    expect((await shop.rungUp(gone.id, lost)).result).toMatchObject({
      status: 'accepted',
      code: 'coupon_gone',
    })
  })

  it('wait for somebody where the receipt shows something else', async () => {
    for (const isUsed of [true, false]) {
      const { id, phone, code } = await shop.holder()
      const reservation = await shop.reserved(id)
      expect((await shop.rungUp(id, reservation, 8_000)).result.code).toBe('coupon_differs')
      server.clock.advance(HALF_HOUR_MS)
      await shop.lapse()
      expect(await shop.wallet(phone)).toEqual([])
      const { reservationId } = reservation
      const settle = (from = till) =>
        shop.ask('reservations/settle', { reservationId, isUsed }, from)
      expect((await settle(shop.other)).body.code).toBe('not_found')
      const settled = (await settle()).body.reservation
      expect(settled).toMatchObject({
        state: isUsed ? 'redeemed' : 'released',
        differenceFen: 1_000,
      })
      expect((await settle()).body.reservation.state).toBe(settled.state)
      expect(await shop.wallet(phone, isUsed ? 'redeemed' : 'issued')).toHaveLength(1)
      expect((await shop.kindsOf(code)).at(-1)).toBe(isUsed ? 'redeemed' : 'released')
    }
  })

  it('take no offence at a sum that was rounded down', async () => {
    const { id } = await shop.holder()
    const reservation = await shop.reserved(id, { goodsFen: 8_050 })
    expect((await shop.rungUp(id, reservation, 7_000)).result.code).toBeNull()
  })

  it('come back with the whole sale, and not with a part of it', async () => {
    const { id, phone, code } = await shop.holder()
    const { sale } = await shop.rungUp(id, await shop.reserved(id))
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 3_000))
    expect(await shop.wallet(phone)).toEqual([])
    const rest = refundOf(till, sale.receipt.receiptNo, 4_000)
    await till.sendOne(rest)
    await till.sendOne(rest)
    expect(await shop.wallet(phone)).toHaveLength(1)
    expect((await shop.kindsOf(code)).slice(-1)).toEqual(['given_back'])
    await shop.rungUp(id, await shop.reserved(id))

    const once = await shop.holder(couponTerms({ refund: 'gone' }))
    const bought = await shop.rungUp(once.id, await shop.reserved(once.id))
    await till.sendOne(refundOf(till, bought.sale.receipt.receiptNo, 7_000))
    expect(await shop.wallet(once.phone)).toEqual([])
  })

  it('come back where the receipt was given to the wrong member', async () => {
    const { id, phone } = await shop.holder(couponTerms({ refund: 'gone' }))
    const { giving, sale } = await shop.rungUp(id, await shop.reserved(id))
    expect((await till.sendOne(undo(till, giving.eventId))).status).toBe('accepted')
    expect(await shop.wallet(phone)).toHaveLength(1)
    const right = await shop.member()
    expect((await till.sendOne(assignment(till, sale.eventId, to(right.id)))).code).toBeNull()
  })

  it('take off no more than there is to spend, nor more often', async () => {
    const { id: templateId } = await shop.template(couponTerms(), { usesMax: 3 })
    const spare = await shop.template(couponTerms({ name: '预算券' }), { budgetFen: fen(2_500) })
    for (const [ofTemplate, most, codes] of [
      [templateId, 3, ['coupon_budget', 'coupon_nothing']],
      [spare.id, 2, ['coupon_budget']],
    ] as const) {
      const people = await Promise.all(Array.from({ length: 8 }, () => shop.member()))
      for (const { id } of people) expect((await shop.give(ofTemplate, id)).status).toBe(200)
      const replies = await Promise.all(people.map(({ id }) => shop.ask('reservations', order(id))))
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(most)
      for (const { status, body } of replies) if (status !== 200) expect(codes).toContain(body.code)
    }
    const late = await shop.member()
    await shop.give(templateId, late.id)
    const quote = (await shop.ask('quote', { who: to(late.id), goodsFen: 8_000 })).body.quote
    expect(quote.refused).toMatchObject([{ code: 'coupon_budget', why: '这种券的优惠额度已用完' }])
  })

  it('end by themselves, at midnight after their last day', async () => {
    const terms = couponTerms({ validity: { kind: 'days', afterDays: 0, days: 1 } })
    const { phone, code } = await shop.holder(terms)
    server.clock.advance(DAY_MS)
    await shop.expire()
    expect(await shop.wallet(phone)).toHaveLength(1)
    server.clock.advance(DAY_MS)
    await shop.expire()
    expect(await shop.wallet(phone, 'expired')).toHaveLength(1)
    expect(await shop.kindsOf(code)).toEqual(['issued', 'expired'])
  })

  it('go with the person when records are merged, and back when they are two again', async () => {
    const { id, phone, code } = await shop.holder()
    const survivor = await shop.member()
    const aside = await shop.reserved(id)
    const merging = server.app.get(MergeMembersService, { strict: false })
    const merged = await merging.merge({
      ...{ survivorId: survivor.id, absorbedId: id, moveHistory: true, how: 'chosen' },
      ...{ pairId: null, by: shop.owner.id, idempotency: null, nowMs: server.clock.nowMs() },
    })
    if (!merged.ok) throw new Error(merged.code)
    expect(merged.changes.coupons).toBe(1)
    expect(await shop.wallet(survivor.phone)).toHaveLength(1)
    // The till that had set it aside for the record that is no more is heard late.
    expect((await shop.rungUp(survivor.id, aside)).result.code).toBeNull()
    const undone = await merging.undo({
      ...{ mergeId: merged.merge.id, by: shop.owner.id, nowMs: server.clock.nowMs() },
    })
    if (!undone.ok) throw new Error(undone.code)
    expect(await shop.wallet(phone, 'redeemed')).toHaveLength(1)
    expect(await shop.wallet(survivor.phone, 'redeemed')).toEqual([])
    expect((await shop.kindsOf(code)).filter((kind) => kind === 'moved')).toHaveLength(2)
  })

  it('end with the person who is erased, what a till had set aside too', async () => {
    const known = await aKnownShopper(server, till)
    const id = known.memberId
    const { id: templateId } = await shop.template()
    const codes: string[] = []
    for (let n = 0; n < 2; n += 1) codes.push((await shop.give(templateId, id)).body.code as string)
    await shop.reserved(id)
    await eraseNow(server, known)
    const states = await server.database.read((rx) =>
      rx.rows<{ state: string }>('SELECT state FROM coupon WHERE memberId = ?', [id]),
    )
    expect(states.map(({ state }) => state)).toEqual(['void', 'void'])
    expect((await shop.owner.fetch(`coupons/by-code/${codes[0] ?? ''}`)).status).toBe(404)
  })

  it('are refused where they are not the member’s, not the till’s, or no coupons at all', async () => {
    const { id, couponId } = await shop.holder()
    const thief = await shop.member()
    const refusal = async (over: object) =>
      (await shop.ask('reservations', order(thief.id, over))).body
    expect((await refusal({ chosen: [couponId] })).code).toBe('coupon_not_found')
    expect((await refusal({ chosen: [freshId()] })).code).toBe('coupon_not_found')
    expect((await refusal({ chosen: [couponId, couponId] })).code).toBe('input_invalid')
    expect((await refusal({ goodsFen: 0 })).code).toBe('input_invalid')
    expect((await refusal({ goodsFen: 10.5 })).code).toBe('input_invalid')
    expect((await refusal({ who: to(freshId()) })).code).toBe('member_not_found')
    const reservation = await shop.reserved(id)
    const { result } = await shop.rungUp(thief.id, reservation)
    expect(result).toMatchObject({ status: 'accepted', code: 'coupon_gone' })
  })

  couponDetailStories(() => shop)

  // The planner of SQLite decides by the indexes there are, however few the rows.
  if (kit.kind === 'sqlite')
    it('are found by keys in all of this, but for the templates there are', async () => {
      const own = sent.take().filter(({ sql }) => /\bcoupon/.test(sql) && !sql.includes('c.given'))
      expect(own.length).toBeGreaterThan(100)
      const faults = new Set<string>()
      for (const one of own)
        for (const fault of await planFaults(server.database, one))
          faults.add(`${fault}: ${one.sql}`)
      const walked = [...faults].filter((fault) => !fault.startsWith('SCAN coupon_template'))
      expect(walked).toEqual([])
    })
})
