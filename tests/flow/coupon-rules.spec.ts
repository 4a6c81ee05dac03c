import { afterEach, expect, it } from '@jest/globals'
import {
  couponRuleSchema,
  couponRulesSchema,
  type CouponRule,
  type CouponRuleKind,
} from '@huike/shared/contracts/console-coupon-rules'
import type { TemplateLimits } from '@huike/shared/contracts/console-coupons'
import { DAY_MS, FIRST_SCHEME } from '@huike/shared/levels'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { BirthdayCouponsService } from '../../server/flows/birthday-coupons.service.js'
import { LevelReviewService } from '../../server/levels/level-review.service.js'
import { localDate } from '../../server/platform/clock.js'
import type { SqlValue } from '../../server/platform/database.js'
import { CouponShop, couponTerms, NO_LIMITS, to } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { aKnownShopper, eraseNow } from '../rig/erasure.js'
import { assignment, checkout, freshId, refundOf, registration, undo } from '../rig/events.js'
import { checked, taken } from '../rig/imports.js'
import { planFaults } from '../rig/plans.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { listenAtGate, type StatementEar } from '../rig/statements.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Coupons that rules give: for joining, a first purchase, a level reached, a birthday. Each occasion of
// a person gives once, whatever comes twice, late or by way of another record of theirs.

interface Person {
  id: string
  phone: string
}
type Draft = Partial<CouponRule['terms']> & { isOn?: boolean }

describeEachDatabase('rules that give coupons', (kit) => {
  let server: TestServer
  let shop: CouponShop
  let sent: StatementEar
  const rules: CouponRule[] = []

  shareServer(kit, async (started) => {
    server = started
    sent = listenAtGate(server.database)
    shop = await CouponShop.open(server)
  })
  afterEach(async () => {
    await shop.expectSumsAgree()
    // Of one story nothing is given in the next.
    for (const rule of rules.splice(0)) await change(await read(rule.id), { isOn: false })
  })

  const run = (sql: string, parameters: SqlValue[] = []) =>
    server.database.write((tx) => tx.run(sql, parameters))
  const day = (days = 0) => localDate(server.clock.nowMs() + days * DAY_MS, CHAIN_TIME_ZONE)
  /** The birthday, in some year, of somebody who has it so many days from now. */
  const bornOn = (days = 0, year = 1990) => `${String(year)}${day(days).slice(4)}`
  const draftOf = (templateId: string, over: Draft = {}) => {
    const { isOn = true, ...terms } = over
    const plain = { name: '规则', fromDate: day(), toDate: null, levelCodes: [], daysBefore: 0 }
    return { isOn, terms: { ...plain, templateId, ...terms } }
  }
  const ask = (kind: CouponRuleKind, templateId: string, over: Draft & { requestId?: string }) => {
    const { requestId = freshId(), ...draft } = over
    const json = { requestId, kind, ...draftOf(templateId, draft) }
    return shop.owner.fetch('coupons/rules', { json })
  }
  const rule = async (
    kind: CouponRuleKind,
    over: Draft = {},
    limits: Partial<TemplateLimits> = {},
  ) => {
    const { id } = await shop.template(couponTerms(), limits)
    const reply = await ask(kind, id, over)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    const made = couponRuleSchema.strict().parse(reply.body)
    rules.push(made)
    return made
  }
  const read = async (id: string): Promise<CouponRule> => {
    const all = couponRulesSchema.strict().parse((await shop.owner.fetch('coupons/rules')).body)
    const found = all.rules.find((one) => one.id === id)
    if (!found) throw new Error('no such rule')
    return found
  }
  const change = (from: CouponRule, over: Draft = {}) => {
    const { isOn = from.isOn, ...terms } = over
    const json = { isOn, terms: { ...from.terms, ...terms }, basedOnVersion: from.version }
    return shop.owner.fetch(`coupons/rules/${from.id}`, { json })
  }
  const buys = async ({ phone }: Person, totalFen = 5_000) => {
    const sale = checkout(shop.till, {
      who: { by: 'phone', phone } as never,
      receipt: { totalFen },
    })
    expect((await shop.till.sendOne(sale)).status).toBe('accepted')
    await server.drain()
    return sale
  }
  const held = async ({ phone }: Person) => (await shop.wallet(phone)).length
  const inboxOf = async ({ phone }: Person) => {
    const { get } = await shopper.phoneOf(server, phone)
    const page = (await get('messages?limit=20')).body as {
      messages: { title: string; body: string }[]
    }
    return page.messages
  }
  const replay = async () => {
    await run(
      "UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE consumer = 'coupon-rules'",
    )
    await server.drain()
  }
  const nights = () => server.app.get(BirthdayCouponsService, { strict: false })
  const tellBirthday = async ({ phone }: Person, birthday: string | null) => {
    const { token } = await shopper.phoneOf(server, phone)
    const json = { name: null, birthday }
    const told = await server.fetch('/member/v1/profile', { token, method: 'PUT', json })
    expect(told.status).toBe(200)
  }
  const bornOnDay = async (birthday: string) => {
    const person = await shop.member()
    await tellBirthday(person, birthday)
    return person
  }

  it('give for joining, once, and say so in the inbox', async () => {
    const before = await shop.member()
    await server.drain()
    const { id } = await rule('sign_up')
    const person = await shop.member()
    await server.drain()
    for (let time = 0; time < 3; time += 1) await replay()
    expect([await held(before), await held(person)]).toEqual([0, 1])
    expect(await inboxOf(person)).toMatchObject([
      { title: '入会礼', body: '感谢加入，送您「满 ¥50 减 ¥10」券一张，已放进卡包。' },
    ])
    expect(await read(id)).toMatchObject({ given: 1, refused: [] })
    const [coupon] = await shop.wallet(person.phone)
    const story = await shop.storyOf(coupon?.code ?? '')
    expect(story.steps).toMatchObject([{ kind: 'issued', by: '自动发券规则' }])
  })

  it('give nothing for joining to people of a file', async () => {
    await rule('sign_up')
    const bytes = '手机号,姓名\n13900000021,王小明\n13900000022,李小红'
    const { storeId } = shop.till.enrolled
    const { id } = await checked(server, shop.owner, { bytes, storeId })
    expect(await taken(server, shop.owner, id)).toMatchObject({ state: 'done' })
    expect(await held({ id: '', phone: '13900000021' })).toBe(0)
  })

  it('give for joining between their days only, and not to who is heard of a week late', async () => {
    await rule('sign_up', { fromDate: day(1) as never, toDate: day(2) as never })
    const early = await shop.member()
    server.clock.advance(DAY_MS)
    const inTime = await shop.member()
    server.clock.advance(2 * DAY_MS)
    const late = await shop.member()
    await server.drain()
    expect(await Promise.all([early, inTime, late].map(held))).toEqual([0, 1, 0])
    await rule('sign_up')
    const phone = '13900000001'
    const told = {
      ...registration(shop.till, phone),
      occurredAtMs: server.clock.nowMs() - 8 * DAY_MS,
    }
    const { memberId } = await shop.till.sendOne(told)
    await server.drain()
    expect(await held({ id: memberId ?? '', phone })).toBe(0)
  })

  it('give for the first purchase of a person, however it comes', async () => {
    const [old, fresh, twice] = [await shop.member(), await shop.member(), await shop.member()]
    await buys(old)
    server.clock.advance(1_000)
    const { id } = await rule('first_purchase')
    await buys(old)
    await buys(fresh)
    server.clock.advance(1_000)
    await buys(fresh)
    const sales = [1, 2].map(() =>
      checkout(shop.till, { who: { by: 'phone', phone: twice.phone } as never }),
    )
    await shop.till.send(sales)
    await server.drain()
    await replay()
    expect(await Promise.all([old, fresh, twice].map(held))).toEqual([0, 1, 1])
    expect(await read(id)).toMatchObject({ given: 2, refused: [] })
  })

  it('take back what a first purchase gave that was returned or a mistake, unless it is used', async () => {
    const { id } = await rule('first_purchase')
    const [returns, keeps, spends] = [await shop.member(), await shop.member(), await shop.member()]
    const sale = await buys(returns)
    const kept = await buys(keeps)
    await shop.till.sendOne(refundOf(shop.till, sale.receipt.receiptNo, 4_000))
    await shop.till.sendOne(refundOf(shop.till, kept.receipt.receiptNo, 4_000))
    await server.drain()
    expect([await held(returns), await held(keeps)]).toEqual([1, 1])
    await shop.till.sendOne(refundOf(shop.till, sale.receipt.receiptNo, 1_000))
    await server.drain()
    server.clock.advance(1_000)
    await buys(returns)
    const used = await buys(spends)
    await shop.reserved(spends.id)
    await shop.till.sendOne(refundOf(shop.till, used.receipt.receiptNo, 5_000))
    await server.drain()
    await replay()
    expect([await held(returns), await held(keeps)]).toEqual([0, 1])
    expect(await shop.wallet(spends.phone, 'reserved')).toHaveLength(1)
    // A receipt that was given to the wrong member is not their first.
    const [wrong, right] = [await shop.member(), await shop.member()]
    const receipt = checkout(shop.till)
    await shop.till.sendOne(receipt)
    const giving = assignment(shop.till, receipt.eventId, to(wrong.id))
    await shop.till.sendOne(giving)
    await server.drain()
    expect(await held(wrong)).toBe(1)
    await shop.till.sendOne(undo(shop.till, giving.eventId))
    await shop.till.sendOne(assignment(shop.till, receipt.eventId, to(right.id)))
    await server.drain()
    expect([await held(wrong), await held(right)]).toEqual([0, 1])
    server.clock.advance(1_000)
    await buys(wrong)
    expect(await held(wrong)).toBe(1)
    expect((await read(id)).refused).toEqual([{ reason: 'returned', count: 2 }])
  })

  it('give a person no second first purchase, nor a second joining, for being two records', async () => {
    await rule('first_purchase')
    await rule('sign_up')
    const [known, other] = [await shop.member(), await shop.member()]
    await buys(known)
    expect([await held(known), await held(other)]).toEqual([2, 1])
    await shop.merge({ survivorId: other.id, absorbedId: known.id, moveHistory: false })
    server.clock.advance(1_000)
    await buys(other)
    await replay()
    // What each record had been given by then, and nothing more.
    expect(await held(other)).toBe(3)
  })

  it('give for a level that is reached, and not for reaching it again', async () => {
    const base = FIRST_SCHEME.levels[0]
    const silver = { ...base, code: 'silver', name: '银卡会员', threshold: 100 }
    const levels = [base, silver, { ...silver, code: 'gold', name: '金卡会员', threshold: 500 }]
    const growth = { growth: 1, perFen: 100, perPurchase: 0, purchasesPerDayMax: 2 }
    const terms = { ...FIRST_SCHEME, version: undefined, levels, growth }
    const json = { terms, effectiveFromMs: null, basedOnVersion: FIRST_SCHEME.version }
    expect((await shop.owner.fetch('levels', { json })).status).toBe(200)
    const any = await rule('level_up')
    const gold = await rule('level_up', { levelCodes: ['gold'] as never })
    const person = await shop.member()
    const sale = await buys(person, 20_000)
    await server.drain()
    expect(await held(person)).toBe(1)
    expect((await inboxOf(person)).map(({ title }) => title)).toContain('升级礼')
    // Down by a return and a review, and up again by buying.
    await shop.till.sendOne(refundOf(shop.till, sale.receipt.receiptNo, 20_000))
    await server.drain()
    await run("UPDATE member SET levelCode = 'base' WHERE id = ?", [person.id])
    await run("UPDATE growth_account SET levelCode = 'base' WHERE memberId = ?", [person.id])
    await server.app.get(LevelReviewService, { strict: false }).drain()
    await buys(person, 20_000)
    await server.drain()
    await replay()
    expect(await held(person)).toBe(1)
    expect(await read(any.id)).toMatchObject({ given: 1, refused: [{ reason: 'again', count: 1 }] })
    await buys(person, 60_000)
    await server.drain()
    expect(await held(person)).toBe(3)
    expect(await read(gold.id)).toMatchObject({ given: 1, refused: [] })
  })

  it('give for a birthday, once a year, whoever looks and whatever birthday is told next', async () => {
    const [today, tomorrow, silent] = [
      await bornOnDay(bornOn()),
      await bornOnDay(bornOn(1)),
      await shop.member(),
    ]
    const { id } = await rule('birthday')
    const people = [today, tomorrow, silent]
    await Promise.all([nights().drain(), nights().drain()])
    await nights().drain()
    expect(await Promise.all(people.map(held))).toEqual([1, 0, 0])
    expect(await inboxOf(today)).toMatchObject([{ title: '生日礼' }])
    await tellBirthday(today, bornOn(1))
    server.clock.advance(DAY_MS)
    await nights().drain()
    expect(await Promise.all(people.map(held))).toEqual([1, 1, 0])
    expect(await read(id)).toMatchObject({ given: 2, refused: [] })
  })

  it('give some days before a birthday, to some levels, and make up for nights without a server', async () => {
    await rule('birthday', { daysBefore: 3 })
    await rule('birthday', { levelCodes: ['gold'] as never })
    const soon = await bornOnDay(bornOn(3))
    const [next, missed] = [await bornOnDay(bornOn(5)), await bornOnDay(bornOn(4))]
    await nights().drain()
    expect(await Promise.all([soon, next, missed].map(held))).toEqual([1, 0, 0])
    server.clock.advance(2 * DAY_MS)
    await nights().drain()
    expect(await Promise.all([soon, next, missed].map(held))).toEqual([1, 1, 1])
  })

  it('give on the 28th of February to who was born on the 29th, where there is none', async () => {
    const toNextMs = Date.parse('2027-02-28T02:00:00+08:00') - server.clock.nowMs()
    server.clock.advance(toNextMs)
    await rule('birthday')
    const leapling = await bornOnDay('2000-02-29')
    await nights().drain()
    expect(await held(leapling)).toBe(1)
  })

  it('find birthdays that were told before there was an index, and page by page', async () => {
    const people = []
    for (let n = 0; n < 5; n += 1) people.push(await bornOnDay(bornOn(0, 1980 + n)))
    await run('UPDATE member_profile SET birthdayIndex = NULL')
    const { id } = await rule('birthday')
    // Half a page was given, and the server died.
    const first = [...people].sort((a, b) => (a.id < b.id ? -1 : 1))[1]
    await run('UPDATE coupon_rule SET walkedDate = ?, walkedUpTo = ? WHERE id = ?', [
      ...[day(), first?.id ?? '', id],
    ])
    await nights().drain()
    const given = await Promise.all(people.map(held))
    expect(given.reduce((sum, one) => sum + one, 0)).toBe(3)
  })

  it('count whom they could give nothing, and do not try again', async () => {
    const made = await rule('sign_up', {}, { stock: 1 })
    const people = [await shop.member(), await shop.member(), await shop.member()]
    await server.drain()
    const total = async () =>
      (await Promise.all(people.map(held))).reduce((sum, one) => sum + one, 0)
    expect(await total()).toBe(1)
    const json = { terms: couponTerms(), limits: { ...NO_LIMITS, stock: 9 }, basedOnVersion: 1 }
    await shop.owner.fetch(`coupons/templates/${made.terms.templateId}`, { json })
    await replay()
    expect(await total()).toBe(1)
    expect(await read(made.id)).toMatchObject({
      ...{ given: 1, refused: [{ reason: 'coupon_out_of_stock', count: 2 }] },
    })
  })

  it('are made once for a request, and changed by one at a time', async () => {
    const requestId = freshId()
    const { id: templateId } = await shop.template()
    const made = await Promise.all([1, 2].map(() => ask('sign_up', templateId, { requestId })))
    expect(made.map(({ body }) => body.id)).toEqual([requestId, requestId])
    expectProblem(await ask('birthday', templateId, { requestId }), 409, 'idempotency_conflict')
    const first = await read(requestId)
    rules.push(first)
    expect((await change(first, { isOn: false })).body).toMatchObject({ version: 2, isOn: false })
    expectProblem(await change(first, { name: '别的' }), 409, 'coupon_rule_changed')
    const person = await shop.member()
    await server.drain()
    expect(await held(person)).toBe(0)
    expectProblem(await change(await read(requestId), { daysBefore: 3 }), 422, 'input_invalid')
    const json = { terms: couponTerms(), limits: { ...NO_LIMITS, state: 'stopped' } }
    await shop.owner.fetch(`coupons/templates/${templateId}`, {
      json: { ...json, basedOnVersion: 1 },
    })
    const on = await change(await read(requestId), { isOn: true })
    expectProblem(on, 409, 'coupon_template_stopped')
    expectProblem(await ask('sign_up', freshId(), {}), 404, 'not_found')
  })

  it('forget what they gave to somebody who is erased', async () => {
    await rule('sign_up')
    const person = await aKnownShopper(server, shop.till)
    await server.drain()
    const awards = () =>
      server.database.read((rx) =>
        rx.rows('SELECT ruleId FROM coupon_rule_award WHERE memberId = ?', [person.memberId]),
      )
    expect(await awards()).toHaveLength(1)
    await eraseNow(server, person)
    expect(await awards()).toEqual([])
  })

  if (kit.kind === 'sqlite')
    it('find people and what they were given by keys', async () => {
      await rule('birthday')
      await rule('first_purchase')
      const person = await bornOnDay(bornOn())
      sent.take()
      await nights().drain()
      await buys(person)
      const about = sent
        .take()
        .filter(({ sql }) =>
          /member_profile|coupon_rule_award|recordedAtMs <|coupon_rule\b/.test(sql),
        )
      expect(about.length).toBeGreaterThan(6)
      const faults = await Promise.all(about.map((one) => planFaults(server.database, one)))
      expect(faults.flat()).toEqual([])
    })
})
