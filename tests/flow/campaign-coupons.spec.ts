import { afterEach, expect, it } from '@jest/globals'
import { inboxPageSchema } from '@huike/shared/contracts/account'
import type { MessageReason } from '@huike/shared/contracts/console-campaigns'
import { fen } from '@huike/shared/quantities'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { signInAs } from '../rig/console-staff.js'
import { CouponShop, couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId, refundOf } from '../rig/events.js'
import {
  again,
  askCampaign,
  buys,
  DAY_MS,
  messagesOf,
  newShopper,
  newTown,
  previewOf,
  readCampaign,
  runCampaigns,
  startCampaign,
} from '../rig/manager.js'
import type { TestServer, TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem, type WechatShopper } from '../rig/wechat-shopper.js'

// Campaigns that give a coupon: one to each who is written to and to nobody else, on the terms that
// were promised, never more than there are; and what came of them is counted from what was sold.

const GRANTS = { grants: ['marketing'] } as const
const INBOX = { channels: ['inbox'] }

describeEachDatabase('a campaign with a coupon', (kit) => {
  let server: TestServer
  let shop: CouponShop
  let towns = 0

  shareServer(kit, async (started) => {
    server = started
    shop = await CouponShop.open(server)
  })
  afterEach(() => shop.expectSumsAgree())

  const people = (till: TestTill, count: number) =>
    inTurn(count, () => newShopper(server, { till, ...GRANTS }))
  const town = () => {
    towns += 1
    return newTown(server, `C${String(towns)}`)
  }
  /** As long as somebody has to stay away to be written to. */
  const away = () => {
    server.clock.advance(61 * DAY_MS)
  }
  const walletOf = async (one: WechatShopper, state = 'issued') => {
    const { get } = await again(server, one)
    return (await get(`coupons?state=${state}`)).body.coupons as { headline: string }[]
  }
  const heldBy = async (all: readonly WechatShopper[]) => {
    const wallets = await Promise.all(all.map((one) => walletOf(one)))
    return wallets.map((coupons) => coupons.length)
  }
  const whyNot = async (id: string) =>
    (await readCampaign(shop.owner, id)).reasons.map(
      ({ state, reason, count }) => `${String(count)} ${state} ${reason}`,
    )
  const change = (id: string, over: object, limits: object = {}, basedOnVersion = 1) =>
    shop.owner.fetch(`coupons/templates/${id}`, {
      json: { terms: couponTerms(over), limits: { ...NO_LIMITS, ...limits }, basedOnVersion },
    })

  it('gives each it writes to one, says so, and counts what was sold with it', async () => {
    const [uses, returns, buysWithout] = await people(shop.till, 3)
    const silent = await newShopper(server, { till: shop.till })
    if (!uses || !returns || !buysWithout) throw new Error('nobody came')
    away()
    const { id: couponTemplateId } = await shop.template(couponTerms(), { budgetFen: fen(2_000) })
    const asked = { audience: await mainStore(), ...INBOX, couponTemplateId }
    const preview = await previewOf(shop.owner, asked)
    expect(preview).toMatchObject({
      ...{ matchedCount: 4, reachableCount: 3 },
      leftOut: [{ reason: 'no_consent', count: 1 }],
      coupon: {
        ...{ name: '满减券', headline: '满 ¥50 减 ¥10', mostFen: 3_000 },
        ...{ stockLeft: null, usesLeft: null, budgetLeftFen: 2_000 },
      },
    })
    const started = await startCampaign(shop.owner, asked)
    await runCampaigns(server)
    expect(await heldBy([uses, returns, buysWithout, silent])).toEqual([1, 1, 1, 0])
    const inbox = await (await again(server, uses)).get('messages')
    const [message] = inboxPageSchema.parse(inbox.body).messages
    expect(message?.body).toBe('送您「满 ¥50 减 ¥10」券一张。回来逛逛，全场八折。')
    // Once more, whatever it is asked for again, gives nothing more.
    await runCampaigns(server)
    server.clock.advance(DAY_MS)
    const used = await shop.rungUp(uses.memberId, await shop.reserved(uses.memberId))
    const gone = await shop.rungUp(returns.memberId, await shop.reserved(returns.memberId))
    await buys(shop.till, buysWithout.phone)
    await shop.till.sendOne(refundOf(shop.till, gone.sale.receipt.receiptNo ?? '', 7_000))
    const { coupon, cameBack, body } = await readCampaign(shop.owner, started.id)
    expect(body).toBe(message?.body)
    expect(cameBack).toEqual({ members: 2, purchases: 2, totalFen: 7_000 + 2_132 })
    expect(coupon).toEqual({
      ...{ name: '满减券', headline: '满 ¥50 减 ¥10', issued: 3, redeemed: 1, open: 2 },
      ...{ expired: 0, voided: 0, offFen: 1_000 },
      sales: { members: 1, purchases: 1, totalFen: 7_000 },
      without: { members: 1, purchases: 1, totalFen: 2_132 },
    })
    // Half of it comes back, with half of what the coupon took off.
    await shop.till.sendOne(refundOf(shop.till, used.sale.receipt.receiptNo ?? '', 3_500))
    server.clock.advance(40 * DAY_MS)
    await shop.expire()
    const later = await readCampaign(shop.owner, started.id)
    expect(later.coupon).toMatchObject({ issued: 3, redeemed: 1, open: 0, expired: 2, offFen: 500 })
  })

  it('leaves out whom the stock does not last for, and writes to none of them', async () => {
    const { till, audience } = await town()
    const all = await people(till, 5)
    away()
    const { id: couponTemplateId } = await shop.template(couponTerms(), { stock: 2 })
    const asked = { audience: audience(), ...INBOX, couponTemplateId }
    expect(await previewOf(shop.owner, asked)).toMatchObject({
      ...{ matchedCount: 5, reachableCount: 2 },
      leftOut: [{ reason: 'coupon_out_of_stock', count: 3 }],
      coupon: { mostFen: 2_000, stockLeft: 2 },
    })
    const started = await startCampaign(shop.owner, asked)
    await Promise.all([runCampaigns(server), runCampaigns(server)])
    const { counts, coupon } = await readCampaign(shop.owner, started.id)
    expect([counts.sent, counts.skipped, coupon?.issued]).toEqual([2, 3, 2])
    expect(await whyNot(started.id)).toEqual(['3 skipped coupon_out_of_stock'])
    expect((await heldBy(all)).sort()).toEqual([0, 0, 0, 1, 1])
    const { messages } = await messagesOf(shop.owner, started.id, '?state=sent')
    const told = new Set(messages.map(({ memberId }) => memberId as string))
    for (const one of all) expect(await heldBy([one])).toEqual([told.has(one.memberId) ? 1 : 0])
    expectProblem(await askCampaign(shop.owner, asked), 409, 'coupon_out_of_stock')
  })

  it('leaves out who may have no more of it, as the preview says', async () => {
    const { till, audience } = await town()
    const [full, fresh] = await people(till, 2)
    if (!full || !fresh) throw new Error('nobody came')
    away()
    for (const [limits, reason] of [
      [{ memberMax: 1 }, 'coupon_member_max'],
      [{ memberMax: 5, memberDayMax: 1 }, 'coupon_day_max'],
    ] as [object, MessageReason][]) {
      const { id: couponTemplateId } = await shop.template(couponTerms(), limits)
      await shop.give(couponTemplateId, full.memberId)
      const asked = { audience: audience(), ...INBOX, couponTemplateId }
      expect(await previewOf(shop.owner, asked)).toMatchObject({
        ...{ reachableCount: 1, leftOut: [{ reason, count: 1 }] },
        sample: [{ memberId: fresh.memberId }],
      })
      const started = await startCampaign(shop.owner, asked)
      await runCampaigns(server)
      expect(await whyNot(started.id)).toEqual([`1 skipped ${reason}`])
    }
    expect((await walletOf(fresh)).length).toBe(2)
    expect((await walletOf(full)).length).toBe(2)
  })

  it('gives one, however often its message has to be tried, and leaves it where it fails', async () => {
    const { till, audience } = await town()
    const one = await newShopper(server, { till, ...GRANTS, credits: 1 })
    const refused = await newShopper(server, { till, ...GRANTS, credits: 1, acceptsAtWechat: 0 })
    away()
    const { id: couponTemplateId } = await shop.template(couponTerms(), { memberMax: 1 })
    server.wechat?.troubleSends({ kind: 'code', code: -1 })
    const asked = { audience: audience(), channels: ['wechat'], couponTemplateId }
    const started = await startCampaign(shop.owner, asked)
    await runCampaigns(server)
    expect((await readCampaign(shop.owner, started.id)).counts).toMatchObject({ waiting: 2 })
    expect(await heldBy([one, refused])).toEqual([1, 1])
    server.wechat?.troubleSends(null)
    server.clock.advance(30_000)
    await runCampaigns(server)
    expect(await readCampaign(shop.owner, started.id)).toMatchObject({
      counts: { sent: 1, failed: 1 },
      coupon: { issued: 2 },
    })
    expect(await heldBy([one, refused])).toEqual([1, 1])
    const [sent] = server.wechat?.delivered().slice(-1) ?? []
    expect(JSON.stringify(sent?.data)).toContain('送您「满 ¥50 减 ¥10」券一张。')
  })

  it('gives what was promised, though the terms were changed; and none once it was stopped', async () => {
    const { till, audience } = await town()
    const all = await people(till, 1)
    away()
    const { id: couponTemplateId } = await shop.template()
    const sendAtMs = server.clock.nowMs() + DAY_MS
    const asked = { audience: audience(), ...INBOX, couponTemplateId, sendAtMs }
    const kept = await startCampaign(shop.owner, asked)
    await change(couponTemplateId, { gives: { kind: 'amount', amountFen: fen(100) } })
    server.clock.set(sendAtMs)
    await runCampaigns(server)
    const wallets = await Promise.all(all.map((one) => walletOf(one)))
    expect(wallets.flat().map(({ headline }) => headline)).toEqual(['满 ¥50 减 ¥10'])
    expect((await readCampaign(shop.owner, kept.id)).coupon?.headline).toBe('满 ¥50 减 ¥10')
    const later = server.clock.nowMs() + DAY_MS
    const stopped = await startCampaign(shop.owner, { ...asked, sendAtMs: later })
    const limits = { state: 'stopped' }
    await change(couponTemplateId, { gives: { kind: 'amount', amountFen: fen(100) } }, limits, 2)
    server.clock.set(later)
    await runCampaigns(server)
    expect(await whyNot(stopped.id)).toEqual(['1 skipped coupon_stopped'])
    expect(await heldBy(all)).toEqual([1])
    expectProblem(await askCampaign(shop.owner, asked), 409, 'coupon_template_stopped')
  })

  it('gives none that would be over by then', async () => {
    const { audience } = await town()
    const day = (days: number) =>
      new Date(server.clock.nowMs() + days * DAY_MS).toISOString().slice(0, 10) as never
    const validity = { kind: 'dates' as const, fromDate: day(0), toDate: day(3) }
    const { id: couponTemplateId } = await shop.template(couponTerms({ validity }))
    const asked = { audience: audience(), ...INBOX, couponTemplateId }
    const late = { ...asked, sendAtMs: server.clock.nowMs() + 5 * DAY_MS }
    expectProblem(await askCampaign(shop.owner, late), 409, 'coupon_expired')
    expect((await startCampaign(shop.owner, asked)).coupon).toMatchObject({ issued: 0 })
  })

  it('is one campaign for one key, and another coupon is another campaign', async () => {
    const { audience } = await town()
    const [{ id: first }, { id: second }] = [await shop.template(), await shop.template()]
    const asked = { audience: audience(), ...INBOX, couponTemplateId: first }
    const key = freshId()
    const made = await askCampaign(shop.owner, asked, key)
    expect((await askCampaign(shop.owner, asked, key)).body.id).toBe(made.body.id)
    for (const couponTemplateId of [second, null])
      expectProblem(
        await askCampaign(shop.owner, { ...asked, couponTemplateId }, key),
        409,
        'idempotency_conflict',
      )
    const nothing = { ...asked, couponTemplateId: freshId() }
    expectProblem(await askCampaign(shop.owner, nothing), 404, 'not_found')
  })

  it('of a manager gives no coupon of others stores', async () => {
    const [mine, theirs] = [await town(), await town()]
    const manager = await signInAs(server, 'manager', [mine.storeId])
    const asked = (couponTemplateId: string) => ({
      ...{ audience: mine.audience(), ...INBOX, couponTemplateId },
    })
    const forStores = async (...storeIds: string[]) =>
      (await shop.template(couponTerms({ when: { storeIds: storeIds as never } }))).id
    for (const id of [await forStores(), await forStores(mine.storeId)])
      expect((await askCampaign(manager, asked(id))).status).toBe(200)
    for (const id of [
      await forStores(theirs.storeId),
      await forStores(mine.storeId, theirs.storeId),
    ]) {
      expectProblem(await askCampaign(manager, asked(id)), 403, 'forbidden')
      const json = { audience: mine.audience(), ...INBOX, couponTemplateId: id }
      expectProblem(await manager.fetch('campaigns/preview', { json }), 403, 'forbidden')
    }
  })

  it('gives a person one, though they were two when it began', async () => {
    const { till, audience } = await town()
    const early = await newShopper(server, { till, ...GRANTS })
    const late = await newShopper(server, { till, grants: ['marketing', 'marketing_sms'] })
    // In the night an inbox takes a message, and a text message waits for the morning.
    server.clock.advance(61 * DAY_MS + 12 * 3_600_000)
    const { id: couponTemplateId } = await shop.template()
    const asked = { audience: audience(), channels: ['sms', 'inbox'], couponTemplateId }
    const started = await startCampaign(shop.owner, asked)
    await runCampaigns(server)
    expect(await heldBy([early, late])).toEqual([1, 0])
    await shop.merge({ survivorId: late.memberId, absorbedId: early.memberId, moveHistory: true })
    server.clock.advance(12 * 3_600_000)
    await runCampaigns(server)
    expect(await heldBy([late])).toEqual([1])
    const { counts, coupon } = await readCampaign(shop.owner, started.id)
    expect([counts.sent + counts.skipped, coupon?.issued]).toEqual([2, 1])
  })

  async function mainStore(): Promise<{ inactiveDays: number; storeIds: string[] }> {
    const terminals = server.app.get(TerminalsService, { strict: false })
    const store = await terminals.storeByCode('S01')
    return { inactiveDays: 60, storeIds: store ? [store.id] : [] }
  }
})

async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let n = 0; n < count; n += 1) made.push(await make())
  return made
}
