import { expect, it } from '@jest/globals'
import {
  earningVersionsSchema,
  type EarningBonus,
  type EarningTerms,
} from '@huike/shared/contracts/console-points'
import { lookupAnswerSchema } from '@huike/shared/contracts/agent'
import { auditPageSchema } from '@huike/shared/contracts/console-audit'
import { memberFileSchema } from '@huike/shared/contracts/console-members'
import { memberCardSchema, pointsPageSchema } from '@huike/shared/contracts/member'
import { FIRST_RULE } from '@huike/shared/earning'
import { EVERY_SALE } from '@huike/shared/earning-conditions'
import { epochMs, fen } from '@huike/shared/quantities'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { localDate } from '../../server/platform/clock.js'
import { earnedAgain } from '../../server/points/earning-rules.js'
import { PointsExpiryService } from '../../server/points/points-expiry.service.js'
import type { PointsTransfer } from '../../server/points/points-transfer.entity.js'
import { PointsRulesService } from '../../server/points/points-rules.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import type { Purchase } from '../../server/purchases/purchase.entity.js'
import { PurchasesService } from '../../server/purchases/purchases.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, refundOf, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Rules of earning: published for sales from a moment on, told in the shopper's words, never of the
// past; and what becomes of points nobody used in time.

const DAY_MS = 86_400_000
const DOUBLE: EarningTerms = {
  points: 1,
  perFen: fen(100),
  ...{ orderPointsMax: null, dayPointsMax: null, pendingDays: 0 },
  bonuses: [
    {
      name: '线下双倍',
      gives: { kind: 'times', tenths: 20 },
      when: { ...EVERY_SALE, channels: ['pos'] },
    },
  ],
  expiry: { kind: 'year_end', years: 0 },
}

const FIRST: EarningTerms = { ...DOUBLE, bonuses: [], expiry: { kind: 'never' } }

describeEachDatabase('the rules of earning', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
  })

  const versionsNow = async () =>
    earningVersionsSchema.parse((await owner.get('points/rules')).body).versions
  const publish = async (draft: object) => {
    const latest = (await versionsNow()).find(({ state }) => state !== 'withdrawn')
    return owner.post('points/rules', {
      terms: DOUBLE,
      effectiveFromMs: null,
      basedOnVersion: latest?.rule.version,
      ...draft,
    })
  }
  const buy = async (
    phone: string,
    totalFen: number,
    occurredAtMs: number = server.clock.nowMs(),
  ) => {
    const sale = checkout(till, {
      who: { by: 'phone', phone },
      occurredAtMs: epochMs(occurredAtMs),
      receipt: { totalFen },
    })
    expect((await till.sendOne(sale)).status).toBe('accepted')
    return sale
  }
  const pageOf = async (phone: string) => {
    const { get } = await shopper.phoneOf(server, phone)
    const card = memberCardSchema.parse((await get('me')).body)
    return { card, ...pointsPageSchema.parse((await get('points?limit=20')).body) }
  }
  const expireNow = () => server.app.get(PointsExpiryService, { strict: false }).drain()

  it('are one point a yuan for ever, until somebody publishes others', async () => {
    const versions = await versionsNow()
    expect(versions).toEqual([
      {
        rule: FIRST_RULE,
        state: 'now',
        effectiveFromMs: null,
        publishedAtMs: null,
        publishedBy: null,
        withdrawnAtMs: null,
        withdrawnBy: null,
      },
    ])
  })

  it('hold for sales from their moment on, however late a sale arrives', async () => {
    const phone = '13910000001'
    await shopper.register(till, phone)
    const beforeMs = server.clock.nowMs()
    server.clock.advance(60_000)
    const published = await publish({})
    expect(published.status).toBe(200)
    server.clock.advance(60_000)
    await buy(phone, 1_000, beforeMs)
    await buy(phone, 1_000)
    const { entries } = await pageOf(phone)
    expect(entries.map((entry) => [entry.points, entry.explanation])).toEqual([
      [20, '实付 ¥10.00，每满 ¥1.00 得 1 分，线下双倍 2 倍加 10 分，共 20 分'],
      [10, '实付 ¥10.00，每满 ¥1.00 得 1 分，共 10 分'],
    ])
    const [latest, first] = await versionsNow()
    expect([latest?.state, latest?.rule.version, first?.state]).toEqual(['now', 2, 'past'])
  })

  it('are never of the past, never over somebody else’s, and not generous by mistake', async () => {
    const past = await publish({ effectiveFromMs: server.clock.nowMs() - 1 })
    expectProblem(past, 422, 'rule_in_past')
    expectProblem(await publish({ basedOnVersion: 1 }), 409, 'rule_changed')
    expectProblem(await publish({ basedOnVersion: 99 }), 409, 'rule_changed')
    const terms = { ...DOUBLE, points: 60, perFen: 100 }
    expectProblem(await publish({ terms }), 409, 'rule_generous')
    const [bonus] = DOUBLE.bonuses
    const gift = { ...bonus, gives: { kind: 'points', points: 100 } }
    expectProblem(await publish({ terms: { ...DOUBLE, bonuses: [gift] } }), 409, 'rule_generous')
    for (const wrong of [
      { ...DOUBLE, points: -1 },
      { ...DOUBLE, points: 1.5 },
      { ...DOUBLE, points: 1e9 },
      { ...DOUBLE, perFen: 0 },
      { ...DOUBLE, points: null },
      { ...DOUBLE, orderPointsMax: 0 },
      { ...DOUBLE, expiry: { kind: 'months', months: 0 } },
      { ...DOUBLE, expiry: { kind: 'someday' } },
      { ...DOUBLE, bonuses: [{ name: '', when: {}, gives: {} }] },
      { ...DOUBLE, more: true },
    ])
      expect((await publish({ terms: wrong })).status).toBe(422)
    expect(await versionsNow()).toHaveLength(2)
    const coming = await publish({
      terms,
      isGenerousMeant: true,
      effectiveFromMs: server.clock.nowMs() + 400 * DAY_MS,
    })
    expect(earningVersionsSchema.parse(coming.body).versions[0]).toMatchObject({
      state: 'coming',
      publishedBy: expect.any(String),
    })
  })

  it('are withdrawn before their day comes, and no sale earns by them', async () => {
    const [coming, now] = await versionsNow()
    const version = String(coming?.rule.version)
    const withdraw = (which: string) => owner.post(`points/rules/${which}/withdraw`, {})
    expectProblem(await withdraw(String(now?.rule.version)), 409, 'rule_begun')
    for (const nothing of ['1', '99', 'two', '0x2'])
      expectProblem(await withdraw(nothing), 404, 'not_found')
    const both = await Promise.all([withdraw(version), withdraw(version)])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect((await versionsNow())[0]).toMatchObject({
      state: 'withdrawn',
      rule: { version: coming?.rule.version },
      withdrawnAtMs: server.clock.nowMs(),
      withdrawnBy: expect.any(String),
    })
    const audited = await owner.get('audit?action=points.rule_withdrawn')
    const { entries } = auditPageSchema.parse(audited.body)
    expect(entries.map(({ detail }) => detail)).toEqual([`第 ${version} 版`])
    // A draft that was begun from it begins from what nobody holds any more.
    expectProblem(await publish({ basedOnVersion: coming?.rule.version }), 409, 'rule_changed')
  })

  it('published twice at the same instant are one', async () => {
    const latest = (await versionsNow()).find(({ state }) => state !== 'withdrawn')
    const draft = { basedOnVersion: latest?.rule.version, isGenerousMeant: true }
    const both = await Promise.all([publish(draft), publish(draft)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('let points go at the end of their year, the oldest first, and say when', async () => {
    const phone = '13910000002'
    await shopper.register(till, phone)
    const sale = await buy(phone, 5_000)
    const given = (await pageOf(phone)).card
    expect(given.balancePoints).toBe(100)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1_000))
    const year = new Date(server.clock.nowMs() + 8 * 3_600_000).getUTCFullYear()
    const endMs = Date.UTC(year, 11, 31, 16)
    // Half a year before nobody is told; two months before everybody is.
    server.clock.advance(endMs - 180 * DAY_MS - server.clock.nowMs())
    expect((await pageOf(phone)).card.expiringSoon).toBeNull()
    server.clock.advance(130 * DAY_MS)
    expect((await pageOf(phone)).card.expiringSoon).toEqual({
      points: 80,
      onDate: `${String(year)}-12-31`,
    })
    server.clock.advance(endMs - 1 - server.clock.nowMs())
    await expireNow()
    expect((await pageOf(phone)).card.balancePoints).toBe(80)
    server.clock.advance(1)
    await expireNow()
    await expireNow()
    const { card, entries } = await pageOf(phone)
    expect([card.balancePoints, card.expiringSoon]).toEqual([0, null])
    expect(entries[0]).toMatchObject({ title: '积分到期', explanation: '80 分到期', points: -80 })
    // What is refunded now was gone already: a debt, paid by what comes next.
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 500))
    expect((await pageOf(phone)).card.balancePoints).toBe(-10)
    await buy(phone, 3_000)
    expect((await pageOf(phone)).card.balancePoints).toBe(50)
  })

  it('expire a second time what came back after its end, each time as a transfer of its own', async () => {
    const phone = '13910000003'
    const memberId = await shopper.register(till, phone)
    const sale = checkout(till, { receipt: { totalFen: 10_000 } })
    await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, { by: 'phone', phone })
    const undone = undo(till, giving.eventId)
    const given = await till.sendOne(giving)
    const refunded = await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1_000))
    const [earned, tenth] = [Number(given.points), -Number(refunded.points)]
    expect([earned, tenth].every((points) => points > 0)).toBe(true)
    server.clock.advance(366 * DAY_MS)
    await expireNow()
    // What the sale gave is taken from what came since; what its refund took comes back too late.
    await buy(phone, 100_000)
    const { card } = await pageOf(phone)
    expect((await till.sendOne(undone)).status).toBe('accepted')
    await expireNow()
    const expired = await server.database.read((rx) =>
      rx.rows<Pick<PointsTransfer, 'sourceKey' | 'points' | 'seq' | 'answersTransferId'>>(
        `SELECT sourceKey, points, seq, answersTransferId FROM points_transfer
         WHERE memberId = ? AND reason = 'expired' ORDER BY seq`,
        [memberId],
      ),
    )
    expect(expired.map(({ points }) => points)).toEqual([earned - tenth, tenth])
    expect(new Set(expired.map((one) => one.answersTransferId)).size).toBe(1)
    expect(expired.map((one) => one.sourceKey)).toEqual(
      expired.map((one) => `${String(one.answersTransferId)}|${String(one.seq)}`),
    )
    expect((await pageOf(phone)).card.balancePoints).toBe(card.balancePoints - earned)
  })

  const gives = (name: string, points: number, when: object): EarningBonus => ({
    ...{ name, gives: { kind: 'points', points } },
    when: { ...EVERY_SALE, ...when },
  })
  const sale = (phone: string, receipt: object = {}) =>
    checkout(till, { who: { by: 'phone', phone }, receipt })
  const meant = async (terms: object) => {
    const answer = await publish({ terms: { ...FIRST, ...terms }, isGenerousMeant: true })
    expect(answer.status).toBe(200)
    server.clock.advance(1_000)
  }
  const purchasesOf = (memberId: string) =>
    server.database.read((rx) =>
      rx.rows<Purchase>('SELECT * FROM purchase WHERE memberId = ? ORDER BY id', [memberId]),
    )

  it('know the member’s first purchase, birthday and level, and which goods', async () => {
    const phone = '13910000013'
    const memberId = await shopper.register(till, phone)
    const profiles = server.app.get(ProfilesService, { strict: false })
    await server.database.write((tx) =>
      profiles.change(tx, memberId, { birthday: '1990-03-02' }, server.clock.nowMs()),
    )
    await meant({
      bonuses: [
        gives('首购礼', 7, { isFirstPurchase: true }),
        gives('生日礼', 5, { birthday: 'day' }),
        gives('普卡', 3, { levelCodes: ['base'] }),
        gives('金卡', 90, { levelCodes: ['gold'] }),
        {
          ...{ name: '鸡蛋节', gives: { kind: 'times', tenths: 30 } },
          when: {
            ...EVERY_SALE,
            items: { name: '蛋类', codes: [], prefixes: [], words: ['鸡蛋'] },
          },
        },
      ],
    })
    // Two in one request, and one that no member was named for at first.
    const late = checkout(till)
    await till.send([sale(phone), sale(phone, { businessDate: '2026-03-03' }), late])
    expect(
      (await till.sendOne(assignment(till, late.eventId, { by: 'phone', phone }))).points,
    ).toBe(21 + 24 + 5 + 3)
    const { entries } = await pageOf(phone)
    expect(entries.map((entry) => entry.explanation.split('，').slice(2).join('，'))).toEqual([
      '鸡蛋节 3 倍加 24 分（蛋类 ¥12.82），生日礼加 5 分，普卡加 3 分，共 53 分',
      '鸡蛋节 3 倍加 24 分（蛋类 ¥12.82），普卡加 3 分，共 48 分',
      '鸡蛋节 3 倍加 24 分（蛋类 ¥12.82），首购礼加 7 分，生日礼加 5 分，普卡加 3 分，共 60 分',
    ])
    // Given to somebody else by mistake and taken back, it is their first one again.
    const other = '13910000014'
    await shopper.register(till, other)
    const wrong = checkout(till, { receipt: { businessDate: '2026-03-03' } })
    await till.sendOne(wrong)
    const given = assignment(till, wrong.eventId, { by: 'phone', phone: other })
    expect((await till.sendOne(given)).points).toBe(21 + 24 + 7 + 3)
    const [, next] = (
      await till.send([undo(till, given.eventId), sale(other, { businessDate: '2026-03-03' })])
    ).results
    expect(next?.points).toBe(21 + 24 + 7 + 3)
  })

  it('give each sale again what it gave, from what was kept with it', async () => {
    const rules = await server.database.read((rx) =>
      server.app.get(PointsRulesService, { strict: false }).published(rx),
    )
    const rows = await server.database.read((rx) =>
      rx.rows<Purchase & { ruleVersion: number }>(
        `SELECT p.*, t.ruleVersion FROM purchase p
         JOIN points_transfer t ON t.sourceKey = p.id AND t.reason = 'purchase'
         WHERE p.memberId IS NOT NULL`,
      ),
    )
    const purchases = server.app.get(PurchasesService, { strict: false })
    const ids = rows.map(({ id }) => id)
    const lines = await server.database.read((rx) => purchases.firstLinesOf(rx, ids, 99))
    expect(rows.some(({ earnedAs }) => earnedAs !== null)).toBe(true)
    for (const row of rows) {
      const kept = { earnedAs: row.earnedAs, lines: lines.get(row.id) ?? [] }
      expect(earnedAgain(rules.version(row.ruleVersion), row, kept).points).toBe(row.earnedPoints)
    }
  })

  it('give no member more than the cap of a day, however many tills ring at once', async () => {
    const phone = '13910000015'
    const memberId = await shopper.register(till, phone)
    await meant({ dayPointsMax: 50 })
    const sales = Array.from({ length: 6 }, () => sale(phone, { totalFen: 1_900 }))
    const [first] = sales
    await Promise.all(sales.map((one) => till.send([one])))
    const given = (await purchasesOf(memberId)).map(({ earnedPoints }) => earnedPoints)
    expect(given.sort((one, two) => one - two)).toEqual([0, 0, 0, 12, 19, 19])
    expect((await pageOf(phone)).entries.map(({ explanation }) => explanation)).toContain(
      '实付 ¥19.00，每满 ¥1.00 得 1 分，每人每天最多 50 分，当天已得 38 分，共 12 分',
    )
    // Another day has a cap of its own; what comes back makes room, in proportion to what was given.
    expect((await till.sendOne(sale(phone, { businessDate: '2026-03-03' }))).points).toBe(21)
    const capped = (await purchasesOf(memberId)).find(({ earnedPoints }) => earnedPoints === 12)
    const half = refundOf(till, capped?.receiptNo ?? '', 950)
    expect((await till.sendOne(half)).points).toBe(-6)
    expect((await till.sendOne(sale(phone, { totalFen: 1_900 }))).points).toBe(6)
    expect((await till.sendOne(first ?? {})).status).toBe('duplicate')
    expect((await pageOf(phone)).card.balancePoints).toBe(50 + 21)
  })

  it('let points wait for the return window, and a refund takes those first', async () => {
    const phone = '13910000016'
    const memberId = await shopper.register(till, phone)
    await buy(phone, 4_000)
    const atOnce = (await pageOf(phone)).card
    await meant({ pendingDays: 7 })
    const bought = await buy(phone, 3_000)
    const fromDate = localDate(server.clock.nowMs() + 8 * DAY_MS, 'Asia/Shanghai')
    const { card, ...page } = await pageOf(phone)
    expect([card.pending, card.balancePoints]).toEqual([
      { points: 30, nextPoints: 30, fromDate },
      atOnce.balancePoints + 30,
    ])
    expect([atOnce.pending, page.pending]).toEqual([null, card.pending])
    const token = await till.token()
    const asked = { token, json: { by: 'member', memberId } }
    const looked = await server.fetch('/agent/v1/lookup', asked)
    expect(lookupAnswerSchema.parse(looked.body).member?.pending).toEqual(card.pending)
    const shown = memberFileSchema.parse((await owner.get(`members/${memberId}`)).body)
    expect(shown.pending).toEqual(card.pending)
    server.clock.advance(DAY_MS)
    await buy(phone, 1_000)
    await till.sendOne(refundOf(till, bought.receipt.receiptNo, 1_000))
    expect((await pageOf(phone)).card.pending).toEqual({ points: 30, nextPoints: 20, fromDate })
    server.clock.advance(7 * DAY_MS)
    expect((await pageOf(phone)).card.pending).toMatchObject({ points: 10, nextPoints: 10 })
    server.clock.advance(DAY_MS)
    const after = (await pageOf(phone)).card
    expect([after.pending, after.balancePoints]).toEqual([null, atOnce.balancePoints + 30])
  })

  it('leave a book that can be proven', async () => {
    expect((await verifyBook(server.database)).findings).toEqual([])
  })
})
