import { afterEach, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { offlineFindingsPageSchema, offlineTillsSchema } from '@huike/shared/contracts/offline'
import { fen, points } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { CouponShop, order, to, type Holder } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { SPOILED } from '../rig/offline-spoiled.js'
import { OfflineStory, POINTS_BOUND, storySteps } from '../rig/offline-story.js'
import { OfflineTill, setOffline } from '../rig/offline-till.js'
import { held, setPoints, SPENDING_TERMS } from '../rig/spending.js'
import type { TestServer } from '../rig/server.js'
import { planFaults } from '../rig/plans.js'
import { shareServer } from '../rig/shared-server.js'
import { listenAtGate, type SentStatement, type StatementEar } from '../rig/statements.js'
import { offlineDetailStories } from './offline-details.js'

// Redeeming without a network: a coupon is left with one till and used once, points are spent up to a
// bound, whatever is heard of late, again, or by a clock that is wrong.

const HOUR_MS = 3_600_000
const REPLAYS = 10
const OF_COUPONS = 'SELECT id, state, offFen, purchaseId FROM coupon WHERE memberId = ? ORDER BY id'
const STORIES = 4

describeEachDatabase('without a network', (kit) => {
  let server: TestServer
  let shop: CouponShop
  const open: OfflineTill[] = []
  let ear: StatementEar
  const sent: SentStatement[] = []

  shareServer(kit, async (started) => {
    server = started
    ear = listenAtGate(server.database)
    shop = await CouponShop.open(server)
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
    await setOffline(server)
  })
  afterEach(async () => {
    sent.push(...ear.take())
    for (const till of open.splice(0)) till.close()
    await shop.expectSumsAgree()
    expect((await verifyBook(server.database)).findings).toEqual([])
    ear.take()
  })

  const agentAt = (till = shop.till): OfflineTill => {
    const agent = new OfflineTill(till)
    open.push(agent)
    return agent
  }

  /** Somebody with a coupon, or with points, who bought at a till last; its agent knows them. */
  async function regular(totalFen = 2_132): Promise<Holder> {
    const holder = await shop.holder()
    await buys(holder, totalFen)
    return holder
  }
  async function buys({ phone }: Holder, totalFen: number): Promise<void> {
    const who = { by: 'phone', phone } as never
    await shop.till.sendOne(checkout(shop.till, { who, receipt: { totalFen } }))
  }
  const rows = <T>(sql: string, values: string[]) =>
    server.database.read((rx) => rx.rows<T>(sql, values))
  const findings = (memberId: string) =>
    rows<{ kind: string; code: string | null; points: number | null; offFen: number | null }>(
      'SELECT kind, code, points, offFen FROM offline_finding WHERE memberId = ? ORDER BY id',
      [memberId],
    )
  const balanceOf = async (memberId: string): Promise<number> => {
    const sql = 'SELECT balancePoints FROM points_account WHERE memberId = ?'
    return Number((await rows<{ balancePoints: number }>(sql, [memberId]))[0]?.balancePoints)
  }

  it('a coupon is used at the till it was left with, once, and nowhere else meanwhile', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    const chosen = [holder.couponId]
    const elsewhere = await shop.ask('reservations', order(holder.id, { chosen }), shop.other)
    expect(elsewhere.body.code).toBe('coupon_leased')
    const quoted = await shop.ask('quote', { who: to(holder.id), goodsFen: 8_000 }, shop.other)
    expect(quoted.body.quote.refused).toMatchObject([
      { code: 'coupon_leased', why: expect.stringContaining('此券已留给“人民路店”离线使用到') },
    ])
    await expect(agent.coupons.quote(agent.order(holder.id))).rejects.toThrow('offline_code_needed')
    await agent.reads(holder.phone)
    const { quote, isOffline } = await agent.coupons.quote(agent.order(holder.id))
    expect([quote.offFen, isOffline]).toEqual([1_000, true])
    const { reservation } = await agent.coupons.reserve(agent.order(holder.id))
    expect(reservation).toMatchObject({ offFen: 1_000, isOffline: true, names: ['满减券'] })
    const giving = agent.gives(holder.id, 7_000)
    expect(giving.offline?.coupons?.applied).toMatchObject([{ couponId: holder.couponId }])
    await expect(agent.coupons.quote(agent.order(holder.id))).rejects.toThrow('coupons_offline')
    const events = agent.waiting()
    server.clock.advance(13 * HOUR_MS)
    const late = await shop.ask('reservations', order(holder.id, { chosen }), shop.other)
    expect(late.body.detail).toBe('此券可能已在“人民路店”离线使用，等该店联网后确认')
    agent.isOnline = true
    await agent.sends()
    for (let again = 0; again < REPLAYS; again += 1) {
      const { results } = await agent.till.send(again % 2 === 0 ? events : [...events].reverse())
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['duplicate']))
    }
    expect(await shop.kindsOf(holder.code)).toEqual(['issued', 'reserved', 'redeemed'])
    expect(await findings(holder.id)).toEqual([])
  })

  it('a coupon goes back when it is wanted elsewhere, and the till never uses it then', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    const refused = await shop.ask('reservations', order(holder.id), shop.other)
    expect(refused.body.code).toBe('coupon_nothing')
    await shop.ask('quote', { who: to(holder.id), goodsFen: 8_000 }, shop.other)
    await agent.offline.sync()
    expect(await shop.reserved(holder.id, {}, shop.other)).toMatchObject({ offFen: 1_000 })
    agent.isOnline = false
    await agent.reads(holder.phone)
    await expect(agent.coupons.reserve(agent.order(holder.id))).rejects.toThrow('coupons_offline')
  })

  it('what a till was left and never heard of comes back once its time is over', async () => {
    const holder = await regular()
    const token = await shop.till.token()
    const json = { returned: [], notes: [], isFull: true }
    const lost = await server.fetch('/agent/v1/offline/sync', { token, json })
    expect(lost.body.allowances).not.toEqual([])
    server.clock.advance(13 * HOUR_MS)
    const refused = await shop.ask('reservations', order(holder.id), shop.other)
    expect(refused.body.code).toBe('coupon_nothing')
    await setOffline(server, { isOn: false })
    await agentAt().offline.refresh()
    await setOffline(server)
    expect(await shop.reserved(holder.id, {}, shop.other)).toMatchObject({ offFen: 1_000 })
  })

  it('what is not to be left any more comes back at once, and what was set aside lately rests', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    await setOffline(server, { isOn: false })
    await agent.offline.refresh()
    expect(agent.core.offline.of(holder.id).token).toBeNull()
    await setOffline(server)
    const { reservationId } = await shop.reserved(holder.id, {}, shop.other)
    await shop.ask('reservations/release', { reservationId }, shop.other)
    await agent.offline.refresh()
    expect(agent.core.offline.of(holder.id).token).toBeNull()
    server.clock.advance(5 * HOUR_MS)
    await agent.offline.refresh()
    expect(agent.core.offline.of(holder.id).token).not.toBeNull()
  })

  it('a till with a network gives back what it holds before it asks', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isReached = false
    await expect(agent.coupons.quote(agent.order(holder.id))).rejects.toThrow('coupons_offline')
    expect(agent.core.offline.of(holder.id).busyIds).toEqual([])
    agent.isReached = true
    const { quote, isOffline } = await agent.coupons.quote(agent.order(holder.id))
    expect([quote.offFen, isOffline]).toEqual([1_000, undefined])
    const { reservation } = await agent.coupons.reserve(agent.order(holder.id))
    agent.isOnline = false
    const giving = agent.gives(holder.id, 7_000)
    expect(giving).toMatchObject({ couponReservationId: reservation.reservationId })
    expect(giving.offline).toBeUndefined()
    agent.isOnline = true
    expect(await agent.sends()).toEqual([null, null])
    expect(await shop.kindsOf(holder.code)).toEqual(['issued', 'reserved', 'redeemed'])
  })

  it('what was set aside offline and not used may be used again, here and then elsewhere', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    await agent.reads(holder.phone)
    const { reservation } = await agent.coupons.reserve(agent.order(holder.id))
    await agent.coupons.release(reservation.reservationId)
    const again = await agent.coupons.reserve(agent.order(holder.id))
    expect(again.reservation.reservationId).not.toBe(reservation.reservationId)
    await agent.coupons.release(again.reservation.reservationId)
    agent.isOnline = true
    await agent.coupons.giveBack()
    await agent.offline.giveUp(holder.id)
    expect(await shop.reserved(holder.id, {}, shop.other)).toMatchObject({ offFen: 1_000 })
    expect(await findings(holder.id)).toEqual([])
  })

  it('points are spent up to the bound, and what was not there any more is a named debt', async () => {
    const holder = await regular(100_000)
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    await agent.reads(holder.phone)
    const asked = { memberId: holder.id as never, orderFen: fen(2_000) }
    const { quote } = await agent.points.quote(asked)
    expect(quote).toMatchObject({ mostPoints: 500, spendablePoints: 500 })
    await expect(agent.points.hold({ ...asked, points: points(600) })).rejects.toThrow('500')
    await agent.points.hold({ ...asked, points: points(500) })
    agent.gives(holder.id, 1_500)
    await expect(agent.points.quote(asked)).rejects.toThrow('spending_offline')
    await held(shop.other, holder.id, 800)
    agent.isOnline = true
    expect(await agent.sends()).toEqual([null, null])
    expect(await balanceOf(holder.id)).toBe(1_000 - 800 - 500 + 15)
    expect(await findings(holder.id)).toMatchObject([{ kind: 'points_short', points: 300 - 15 }])
    await agent.offline.refresh()
    expect(agent.core.offline.of(holder.id).token).not.toBeNull()
    await buys(holder, 40_000)
    expect(await balanceOf(holder.id)).toBe(115)
  })

  it('a debt of points is paid by the next earnings where the chain has it so', async () => {
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'next_earn' })
    const holder = await regular(100_000)
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    await agent.reads(holder.phone)
    const asked = { memberId: holder.id as never, orderFen: fen(2_000) }
    await agent.points.hold({ ...asked, points: points(500) })
    agent.gives(holder.id, 1_500)
    await held(shop.other, holder.id, 1_000)
    agent.isOnline = true
    await agent.sends()
    expect(await balanceOf(holder.id)).toBe(0)
    await buys(holder, 60_000)
    expect(await balanceOf(holder.id)).toBe(600 - (500 - 15))
    await setPoints(server, { spending: SPENDING_TERMS, refunds: 'negative' })
  })

  it.each(SPOILED)('%s is refused, and a person reads of it', async (_title, code, spoil) => {
    const holder = await regular(100_000)
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    const memberCode = await agent.reads(holder.phone)
    await spoil(agent, { holder, memberCode, shop, agentAt })
    await expect(agent.coupons.reserve(agent.order(holder.id))).rejects.toThrow(code)
    agent.clockOffMs = 0
    agent.isOnline = true
    await agent.offline.sync()
    await agent.offline.sync()
    expect(await findings(holder.id)).toMatchObject([{ kind: 'refused', code }])
  })

  it('a till that forged the code of a member gets nothing, and is named', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    await agent.reads(holder.phone)
    await agent.coupons.reserve(agent.order(holder.id))
    const giving = agent.gives(holder.id, 7_000)
    const [sale] = agent.waiting()
    const forged = { ...giving.offline, memberCode: giving.offline?.memberCode.replace(/.$/, 'x') }
    const { results } = await shop.till.send([sale ?? {}, { ...giving, offline: forged }])
    expect(results.map(({ status, code }) => [status, code])).toEqual([
      ['accepted', null],
      ['accepted', 'coupon_gone'],
    ])
    expect((await findings(holder.id)).map(({ kind }) => kind)).toEqual([
      'code_invalid',
      'coupon_gone',
    ])
    expect(await shop.reserved(holder.id, {}, shop.other)).toMatchObject({ offFen: 1_000 })
  })

  it('what a lost till holds is set free by a person, and what it used is named', async () => {
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    await agent.reads(holder.phone)
    await agent.coupons.reserve(agent.order(holder.id))
    agent.gives(holder.id, 7_000)
    await release(shop.till.enrolled.terminalId)
    const again = await shop.reserved(holder.id, {}, shop.other)
    expect(again.offFen).toBe(1_000)
    agent.isOnline = true
    expect(await agent.sends()).toEqual([null, 'coupon_gone'])
    expect(await findings(holder.id)).toMatchObject([{ kind: 'coupon_gone', offFen: 1_000 }])
    expect(await shop.kindsOf(holder.code)).toEqual(['issued', 'reserved'])
  })

  async function release(terminalId: string): Promise<void> {
    const tills = offlineTillsSchema.parse((await shop.owner.fetch('offline/tills')).body).tills
    expect(tills.find((one) => one.terminalId === terminalId)?.coupons).toBeGreaterThan(0)
    const json = { terminalId, reason: '收银机硬盘坏了' }
    const { released } = (await shop.owner.fetch('offline/release', { json })).body
    expect(released).toBeGreaterThan(0)
    const page = await shop.owner.fetch('offline/tills')
    expect(offlineTillsSchema.parse(page.body).tills.map((one) => one.terminalId)).not.toContain(
      terminalId,
    )
  }

  it('what was redeemed under a record that was merged meanwhile is the survivor’s', async () => {
    const holder = await regular(100_000)
    const survivor = await shop.member()
    expect(await shop.wallet(survivor.phone)).toEqual([])
    const agent = agentAt()
    await agent.meets(holder.id)
    agent.isOnline = false
    await agent.reads(holder.phone)
    await agent.coupons.reserve(agent.order(holder.id))
    const asked = { memberId: holder.id as never, orderFen: fen(7_000) }
    await agent.points.hold({ ...asked, points: points(500) })
    const giving = agent.gives(holder.id, 6_500)
    expect(giving.offline).toMatchObject({ coupons: { goodsFen: 8_000 }, points: { points: 500 } })
    const merged = await server.app.get(MergeMembersService, { strict: false }).merge({
      ...{ survivorId: survivor.id, absorbedId: holder.id, moveHistory: true, how: 'chosen' },
      ...{ pairId: null, by: shop.owner.id, idempotency: null, nowMs: server.clock.nowMs() },
    })
    expect(merged.ok).toBe(true)
    agent.isOnline = true
    expect(await agent.sends()).toEqual([null, null])
    expect(await balanceOf(survivor.id)).toBe(1_000 - 500 + 65)
    expect((await shop.kindsOf(holder.code)).at(-1)).toBe('redeemed')
    expect(await findings(survivor.id)).toEqual([])
  })

  it('is set by the owner, and what a person should read comes page by page', async () => {
    const settings = { isOn: true, hours: 6, pointsMax: 300 }
    const set = await shop.owner.fetch('offline/settings', { method: 'PUT', json: settings })
    expect([set.status, set.body]).toEqual([200, settings])
    expect((await shop.owner.fetch('offline/settings')).body).toEqual(settings)
    await setOffline(server)
    const first = (await shop.owner.fetch('offline/findings?limit=2')).body
    expect(first.findings).toHaveLength(2)
    const next = `offline/findings?limit=2&cursor=${String(first.nextCursor)}`
    const page = offlineFindingsPageSchema.parse((await shop.owner.fetch(next)).body)
    expect(page.findings[0]).toMatchObject({ storeName: '人民路店', terminalCode: '01' })
    expect(String(page.findings[0]?.id) < first.findings[1].id).toBe(true)
  })

  it('over random days, whatever comes late or again: no coupon twice, points within the bound', async () => {
    let redeemed = 0
    await fc.assert(
      fc.asyncProperty(storySteps, async (steps) => {
        const story = await OfflineStory.begin(shop)
        const ids = story.people.map(({ id }) => id)
        for (const step of steps) {
          await story.take(step)
          for (const id of ids) expect(await balanceOf(id)).toBeGreaterThanOrEqual(-POINTS_BOUND)
        }
        await story.end()
        expect(new Set(story.couponsUsed).size).toBe(story.couponsUsed.length)
        const before = await stateOf(ids)
        for (let again = 0; again < REPLAYS; again += 1) await story.again(again)
        expect(await stateOf(ids)).toEqual(before)
        const used = before.coupons.filter(({ state }) => state === 'redeemed')
        expect(used).toHaveLength(story.couponsUsed.length)
        expect(before.findings.map(({ kind }) => kind)).not.toContain('coupon_gone')
        redeemed += used.length
        story.close()
      }),
      { seed: 20_261_122, numRuns: STORIES },
    )
    expect(redeemed).toBeGreaterThan(0)
  })

  offlineDetailStories(() => ({ shop, regular, agentAt }))

  // The planner of SQLite decides by the indexes there are, however few the rows.
  if (kit.kind === 'sqlite')
    it('is asked of the database by keys', async () => {
      const own = sent.filter(({ sql }) => /\boffline_|latest WHERE/.test(sql))
      expect(own.length).toBeGreaterThan(100)
      const faults = new Set<string>()
      for (const one of own)
        for (const fault of await planFaults(server.database, one))
          faults.add(`${fault}: ${one.sql}`)
      // The latest purchases of a store are looked through, and the lists of the console by their order;
      // this test asks for findings of a member.
      const bounded = ['SCAN latest', 'SCAN offline_finding', 'SCAN f:', 'SCAN a USING INDEX']
      const walked = [...faults].filter((fault) => !bounded.some((one) => fault.startsWith(one)))
      expect(walked).toEqual([])
    })

  async function stateOf(ids: readonly string[]) {
    const all = <T>(sql: string) => Promise.all(ids.map((id) => rows<T>(sql, [id])))
    return {
      coupons: (await all<{ state: string }>(OF_COUPONS)).flat(),
      balances: await Promise.all(ids.map(balanceOf)),
      findings: (await Promise.all(ids.map(findings))).flat(),
      allowances: await all(
        "SELECT id, state FROM offline_allowance WHERE memberId = ? AND state <> 'held' ORDER BY id",
      ),
    }
  }
})
