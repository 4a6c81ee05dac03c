import { afterEach, expect, it } from '@jest/globals'
import { levelPageSchema, levelsPageSchema, type SchemeTerms } from '@huike/shared/contracts/levels'
import { memberFileSchema } from '@huike/shared/contracts/console-members'
import { memberCardSchema } from '@huike/shared/contracts/member'
import { DAY_MS, FIRST_SCHEME } from '@huike/shared/levels'
import { fen } from '@huike/shared/quantities'
import { ExpiryNoticesService } from '../../server/flows/expiry-notices.service.js'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { LevelReviewService } from '../../server/levels/level-review.service.js'
import { verifyGrowth } from '../../server/levels/verify-growth.js'
import type { SqlValue } from '../../server/platform/database.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, refundOf, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Growth and levels: nothing grows until a chain publishes levels; then growth follows what is bought,
// given back, given by mistake and merged, a level goes up at once and down by review, and the
// verifier finds whatever was changed by hand.

const NONE = FIRST_SCHEME.levels[0]?.benefits
const level = (code: string, name: string, threshold: number) => ({
  ...{ code, name, threshold },
  benefits: { ...NONE, birthdayPoints: threshold, words: [] },
})
const TERMS = {
  ...FIRST_SCHEME,
  version: undefined,
  levels: [
    level('base', '普通会员', 0),
    level('silver', '银卡会员', 100),
    level('gold', '金卡会员', 500),
  ],
  growth: { growth: 1, perFen: fen(100), perPurchase: 10, purchasesPerDayMax: 2 },
} as unknown as SchemeTerms

describeEachDatabase('growth and levels', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let phones = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
  })
  afterEach(async () => {
    await server.drain()
    expect((await verifyGrowth(server.database)).findings).toEqual([])
  })

  const rows = <Row>(sql: string, parameters: SqlValue[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  const run = (sql: string, parameters: SqlValue[] = []) =>
    server.database.write((tx) => tx.run(sql, parameters))
  const page = async () => levelsPageSchema.parse((await owner.get('levels')).body)
  const publish = async (draft: object = {}) =>
    owner.post('levels', {
      terms: TERMS,
      effectiveFromMs: null,
      basedOnVersion: (await page()).versions[0]?.scheme.version,
      ...draft,
    })
  const review = async () => {
    await server.app.get(LevelReviewService, { strict: false }).drain()
    await server.drain()
  }
  interface Person {
    id: string
    phone: string
  }
  const person = async (): Promise<Person> => {
    phones += 1
    const phone = String(13_700_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  const buys = async ({ phone }: Person, totalFen: number, businessDate = '2026-03-02') => {
    const sale = checkout(till, {
      who: { by: 'phone', phone },
      receipt: { totalFen, businessDate },
    })
    expect((await till.sendOne(sale)).status).toBe('accepted')
    await server.drain()
    return sale
  }
  const standing = async ({ id }: Person) => {
    const [account] = await rows<{ levelCode: string; growth: number | string | null }>(
      `SELECT m.levelCode, (SELECT SUM(growth) FROM growth_entry g WHERE g.memberId = m.id) AS growth
       FROM member m WHERE m.id = ?`,
      [id],
    )
    return [account?.levelCode, Number(account?.growth ?? 0)]
  }
  const inboxOf = async ({ phone }: Person) => {
    const { get } = await shopper.phoneOf(server, phone)
    const answer = (await get('messages?limit=20')).body as { messages: { title: string }[] }
    return answer.messages.map(({ title }) => title)
  }
  const everything = async () => ({
    entries: await rows('SELECT * FROM growth_entry ORDER BY id'),
    accounts: await rows('SELECT * FROM growth_account ORDER BY memberId'),
    changes: await rows('SELECT * FROM level_change ORDER BY id'),
    messages: await rows("SELECT id FROM message WHERE purpose = 'service' ORDER BY id"),
  })

  it('are one level and nothing grows until somebody publishes others', async () => {
    const shop = await person()
    await buys(shop, 90_000)
    expect(await standing(shop)).toEqual(['base', 0])
    expect(await rows('SELECT 1 FROM growth_account')).toEqual([])
    const { versions, members } = await page()
    expect(versions).toMatchObject([{ scheme: { version: 1 }, state: 'now', publishedBy: null }])
    expect(members).toEqual([{ code: 'base', name: '普通会员', count: phones }])
  })

  it('are refused in words where they cannot be', async () => {
    const [base, silver, gold] = TERMS.levels
    const wrong = async (levels: unknown[], words: string) => {
      const refused = await publish({ terms: { ...TERMS, levels } })
      expectProblem(refused, 422, 'scheme_invalid')
      expect(refused.body.detail).toMatch(words)
    }
    await wrong([silver, gold], '基础等级')
    await wrong([base, gold, silver], '成长值要高于')
    await wrong([base, silver, { ...gold, code: 'silver' }], '重复')
    expectProblem(
      await publish({ effectiveFromMs: server.clock.nowMs() - 1 }),
      422,
      'scheme_in_past',
    )
    expectProblem(await publish({ basedOnVersion: 7 }), 409, 'scheme_changed')
    expect((await publish({ terms: { ...TERMS, graceDays: 0.5 } })).status).toBe(422)
    expect((await page()).versions).toHaveLength(1)
  })

  it('published twice at the same instant are one, and hold for what is bought from then on', async () => {
    const early = await person()
    const beforeMs = server.clock.nowMs()
    server.clock.advance(1_000)
    const both = await Promise.all([publish(), publish()])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expectProblem(
      await publish({ terms: { ...TERMS, levels: TERMS.levels.slice(0, 2) } }),
      422,
      'scheme_invalid',
    )
    const sale = checkout(till, {
      who: { by: 'phone', phone: early.phone },
      occurredAtMs: beforeMs as never,
    })
    await till.sendOne(sale)
    await server.drain()
    expect(await standing(early)).toEqual(['base', 0])
  })

  it('go up at once, in every place where a level is read, and the shopper is told', async () => {
    const shop = await person()
    await buys(shop, 2_050)
    expect(await standing(shop)).toEqual(['base', 30])
    const { get } = await shopper.phoneOf(server, shop.phone)
    expect(memberCardSchema.parse((await get('me')).body)).toMatchObject({
      levelName: '普通会员',
      levelProgress: '再积 70 成长值升为银卡会员',
    })
    await buys(shop, 50_000)
    // The third of a day does not count by itself.
    await buys(shop, 100)
    expect(await standing(shop)).toEqual(['gold', 30 + 510 + 1])
    const told = levelPageSchema.parse((await get('level')).body)
    expect(told).toMatchObject({ code: 'gold', name: '金卡会员', growth: 541, next: null })
    expect(told.history[0]).toMatchObject({ reason: 'up', toName: '金卡会员' })
    expect(told.history[0]?.explanation).toMatch('成长值 540，达到金卡会员的 500')
    expect(told.levels.find(({ isOwn }) => isOwn)?.benefits).toEqual(['生日当月送 500 积分'])
    const file = memberFileSchema.parse((await owner.get(`members/${shop.id}`)).body)
    expect([file.levelName, file.level.growth, file.level.history]).toEqual([
      ...['金卡会员', 541, told.history],
    ])
    const looked = await server.fetch('/agent/v1/lookup', {
      token: await till.token(),
      json: { by: 'member', memberId: shop.id },
    })
    expect(JSON.stringify(looked.body)).toMatch('金卡会员')
    expect(await inboxOf(shop)).toEqual(['恭喜升为金卡会员'])
    expect((await page()).members.find(({ code }) => code === 'gold')?.count).toBe(1)
  })

  it('follow refunds to the last fen, also those before the sale; a level without ground goes', async () => {
    const shop = await person()
    const sale = await buys(shop, 60_000)
    expect(await standing(shop)).toEqual(['gold', 610])
    for (const part of [1, 999, 12_345])
      await till.sendOne(refundOf(till, sale.receipt.receiptNo, part))
    await server.drain()
    expect(await standing(shop)).toEqual(['silver', 610 - Math.floor((610 * 13_345) / 60_000)])
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 46_655))
    await server.drain()
    expect(await standing(shop)).toEqual(['base', 0])
    expect(await inboxOf(shop)).toEqual([
      '等级调整为普通会员',
      '等级调整为银卡会员',
      '恭喜升为金卡会员',
    ])
    const late = checkout(till, {
      who: { by: 'phone', phone: shop.phone },
      receipt: { totalFen: 10_000 },
    })
    await till.sendOne(refundOf(till, late.receipt.receiptNo, 5_000))
    await till.sendOne(late)
    await server.drain()
    expect(await standing(shop)).toEqual(['base', 55])
  })

  it('follow a receipt that is given afterwards, taken back and given to another', async () => {
    const [first, second] = [await person(), await person()]
    const sale = checkout(till, { receipt: { totalFen: 20_000 } })
    await till.sendOne(sale)
    const given = assignment(till, sale.eventId, { by: 'phone', phone: first.phone })
    await till.sendOne(given)
    await server.drain()
    expect(await standing(first)).toEqual(['silver', 210])
    await till.sendOne(undo(till, given.eventId))
    await till.sendOne(assignment(till, sale.eventId, { by: 'phone', phone: second.phone }))
    await server.drain()
    expect([await standing(first), await standing(second)]).toEqual([
      ['base', 0],
      ['silver', 210],
    ])
  })

  it.each([
    ['with its history', true],
    ['that leaves its history where it is', false],
  ])('come together in a merge %s, and apart when it is undone', async (_words, moveHistory) => {
    const merging = server.app.get(MergeMembersService, { strict: false })
    const [kept, gone] = [await person(), await person()]
    await buys(kept, 3_000)
    const sale = await buys(gone, 60_000)
    const merged = await merging.merge({
      ...{ survivorId: kept.id, absorbedId: gone.id, moveHistory, how: 'chosen' as const },
      ...{ pairId: null, by: null, idempotency: null, nowMs: server.clock.nowMs() },
    })
    if (!merged.ok) throw new Error(merged.code)
    await server.drain()
    expect(await standing(kept)).toEqual(['gold', 40 + 610])
    // What is refunded now is the survivor's, what is bought under the old number as well.
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 6_000))
    await buys(gone, 10_000, '2026-03-03')
    await server.drain()
    expect(await standing(kept)).toEqual(['gold', 40 + 549 + 110])
    const undone = { mergeId: merged.merge.id, by: null, nowMs: server.clock.nowMs() }
    expect((await merging.undo(undone)).ok).toBe(true)
    await server.drain()
    expect([await standing(kept), await standing(gone)]).toEqual([
      ['base', 40],
      ['gold', 549 + 110],
    ])
  })

  it('that were changed by hand are found and named', async () => {
    const shop = await person()
    await buys(shop, 60_000)
    const [entry] = await rows<{ id: string; explanation: string }>(
      'SELECT id, explanation FROM growth_entry WHERE memberId = ?',
      [shop.id],
    )
    const named = async (
      table: string,
      key: [string, string],
      [column, value]: [string, SqlValue],
    ) => {
      const [row] = await rows<Record<string, SqlValue>>(
        `SELECT ${column} AS was FROM ${table} WHERE ${key[0]} = ?`,
        [key[1]],
      )
      const set = `UPDATE ${table} SET ${column} = ? WHERE ${key[0]} = ?`
      await run(set, [value, key[1]])
      const { findings } = await verifyGrowth(server.database, 3)
      await run(set, [row?.['was'] ?? null, key[1]])
      return findings.some((one) => one.row === key[1])
    }
    const ofEntry = ['id', entry?.id ?? ''] as [string, string]
    for (const change of [
      ['growth', 611],
      ['counted', 0],
      ['explanation', '改过'],
      ['occurredAtMs', 1],
      ['businessDate', '2026-01-01'],
      ['seq', 9],
      ['schemeVersion', 9],
      ['reason', 'refund'],
    ] as [string, SqlValue][])
      expect([change[0], await named('growth_entry', ofEntry, change)]).toEqual([change[0], true])
    const ofAccount = ['memberId', shop.id] as [string, string]
    for (const change of [
      ['periodGrowth', 9_999],
      ['levelCode', 'silver'],
      ['levelUntilMs', 1],
      ['headSeq', 9],
    ] as [string, SqlValue][])
      expect([change[0], await named('growth_account', ofAccount, change)]).toEqual([
        ...[change[0], true],
      ])
    expect(await named('member', ['id', shop.id], ['levelCode', 'silver'])).toBe(true)
  })

  it('change by nothing when any event comes ten times', async () => {
    const before = await everything()
    for (let time = 0; time < 10; time += 1) {
      const again = await run(
        "UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE consumer = 'growth'",
      )
      expect(again).toBeGreaterThan(20)
      await server.drain()
      expect((await verifyGrowth(server.database)).waiting).toBe(0)
    }
    expect(await everything()).toEqual(before)
  })

  it('are told before points expire: once for each day, whoever looks', async () => {
    const shop = await person()
    await buys(shop, 3_000)
    const soonMs = server.clock.nowMs() + 10 * DAY_MS
    await run('UPDATE points_lot SET expiresAtMs = ? WHERE memberId = ?', [soonMs, shop.id])
    const notices = server.app.get(ExpiryNoticesService, { strict: false })
    await Promise.all([notices.drainAnew(), notices.drain()])
    await notices.drainAnew()
    expect(await inboxOf(shop)).toEqual(['积分即将到期'])
    await run('UPDATE points_lot SET expiresAtMs = ? WHERE memberId = ?', [
      Number.MAX_SAFE_INTEGER,
      shop.id,
    ])
  })

  it('are looked at anew when another scheme comes into force, and never taken down by it', async () => {
    const shop = await person()
    await buys(shop, 7_000)
    expect(await standing(shop)).toEqual(['base', 80])
    const [base, silver, gold] = TERMS.levels
    const levels = [base, { ...silver, threshold: 70 }, { ...gold, threshold: 90_000 }]
    const effectiveFromMs = server.clock.nowMs() + 60_000
    expect((await publish({ terms: { ...TERMS, levels }, effectiveFromMs })).status).toBe(200)
    const goldBefore = (await page()).members.find(({ code }) => code === 'gold')?.count
    await review()
    expect(await standing(shop)).toEqual(['base', 80])
    server.clock.advance(60_000)
    await review()
    expect(await standing(shop)).toEqual(['silver', 80])
    expect((await page()).members.find(({ code }) => code === 'gold')?.count).toBe(goldBefore)
    expect((await publish()).status).toBe(200)
    await review()
  })

  it('are kept where a year’s growth reaches them; others are told, wait, and go down', async () => {
    const [idle, busy] = [await person(), await person()]
    await buys(idle, 60_000)
    await buys(busy, 60_000)
    const untilMs = await untilOf(idle)
    server.clock.advance(untilMs - 40 * DAY_MS - server.clock.nowMs())
    await buys(busy, 60_000, '2027-02-20')
    server.clock.advance(untilMs - server.clock.nowMs())
    await review()
    await review()
    expect(await inboxOf(idle)).toEqual(['金卡会员即将到期', '恭喜升为金卡会员'])
    expect(await inboxOf(busy)).toEqual(['金卡会员已保留', '恭喜升为金卡会员'])
    expect(await untilOf(busy)).toBeGreaterThan(untilMs)
    const { get } = await shopper.phoneOf(server, idle.phone)
    const told = levelPageSchema.parse((await get('level')).body)
    expect(told.keeping).toMatch(/^还差 \d+ 成长值保住金卡会员$/)
    server.clock.advance(30 * DAY_MS - 1)
    await review()
    expect((await standing(idle))[0]).toBe('gold')
    server.clock.advance(1)
    await review()
    expect((await standing(idle))[0]).toBe('base')
    expect((await standing(busy))[0]).toBe('gold')
    expect((await inboxOf(idle))[0]).toBe('等级调整为普通会员')
  })

  async function untilOf({ id }: Person): Promise<number> {
    const [row] = await rows<{ levelUntilMs: number }>(
      'SELECT levelUntilMs FROM growth_account WHERE memberId = ?',
      [id],
    )
    return row?.levelUntilMs ?? 0
  }
})
