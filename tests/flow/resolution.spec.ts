import { createHash } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { fen } from '@huike/shared/quantities'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { MergePairsService } from '../../server/members/merge-pairs.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, freshId, refundOf, registration } from '../rig/events.js'
import { onlineOrder, openShop } from '../rig/open.js'
import { enrolTill, type Reply, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Who signs in, through the doors: records of one person become one, what is doubtful waits for a
// person, a number that changed hands takes nothing with it, and what somebody bought before they
// were known is theirs.

const DAY_MS = 86_400_000
const QUIET_MS = 365 * DAY_MS
const EARNED = 21
/** From which a customer is valued, unless the chain says otherwise. */
const MUCH_FEN = fen(1_000_000)

interface Shopper {
  token: string
  memberId: string | null
}

describeEachDatabase('who signs in', (kit) => {
  let server: TestServer
  let till: TestTill
  let numbers = 0

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
  })

  /** A number or an account that nobody has. */
  function fresh(): string {
    numbers += 1
    return String(13_300_000_000 + numbers)
  }
  async function enter(openid: string, unionid?: string): Promise<Shopper> {
    const json = { code: server.wechat?.loginCode(openid, unionid) }
    const reply = await server.fetch('/member/v1/session/wechat', { json })
    expect(reply.status).toBe(200)
    return { token: reply.body.accessToken, memberId: reply.body.memberId }
  }
  function give({ token }: Shopper, phone: string): Promise<Reply> {
    const json = { code: server.wechat?.phoneCode(phone) }
    return server.fetch('/member/v1/phone', { token, json })
  }
  async function given(shopper: Shopper, phone: string): Promise<Shopper> {
    const reply = await give(shopper, phone)
    expect(reply.status).toBe(200)
    return { token: reply.body.accessToken, memberId: reply.body.memberId }
  }
  async function balanceOf({ token }: Shopper): Promise<number> {
    return (await server.fetch('/member/v1/me', { token })).body.balancePoints
  }
  async function purchasesOf({ token }: Shopper): Promise<number> {
    return (await server.fetch('/member/v1/purchases', { token })).body.purchases.length
  }
  const buys = (phone: string) => till.sendOne(checkout(till, { who: { by: 'phone', phone } }))
  const rows = <Row>(sql: string, parameters: (string | number | null)[] = []) =>
    server.database.read((rx) => rx.rows<Row>(sql, parameters))
  const pairsOf = (memberId: string | null) =>
    rows<{ id: string; state: string; reasons: string }>(
      'SELECT id, state, reasons FROM duplicate_pair WHERE memberAId = ? OR memberBId = ?',
      [memberId, memberId],
    )

  /** Somebody with a number and purchases, of whom nothing was heard for a year. */
  async function silent(): Promise<{ openid: string; phone: string; memberId: string | null }> {
    const [openid, phone] = [fresh(), fresh()]
    await till.sendOne(registration(till, phone))
    const { memberId } = await given(await enter(openid), phone)
    await buys(phone)
    await server.drain()
    server.clock.advance(QUIET_MS)
    return { openid, phone, memberId }
  }

  it('gives a recycled number to a new member: neither sees what is the other’s', async () => {
    const before = await silent()
    const now = await given(await enter(fresh()), before.phone)
    expect(now.memberId).not.toBe(before.memberId)
    expect([await balanceOf(now), await purchasesOf(now)]).toEqual([0, 0])
    await buys(before.phone)
    expect([await balanceOf(now), await purchasesOf(now)]).toEqual([EARNED, 1])
    const owner = await enter(before.openid)
    expect(owner.memberId).toBe(before.memberId)
    expect([await balanceOf(owner), await purchasesOf(owner)]).toEqual([EARNED, 1])
    const kinds = await rows('SELECT kind FROM identity WHERE memberId = ? ORDER BY kind', [
      before.memberId,
    ])
    expect(kinds).toEqual([{ kind: 'phone_former' }, { kind: 'wechat_openid' }])
    const [audited] = await rows<{ action: string }>(
      'SELECT action FROM staff_audit WHERE subjectId = ?',
      [before.memberId],
    )
    expect(audited).toMatchObject({ action: 'member.number_released' })
    const [pair] = await pairsOf(before.memberId)
    expect(pair?.reasons).toContain('二次放号')
  })

  it('tells the till that the number is not the former owner’s any more', async () => {
    const before = await silent()
    const token = await till.token()
    await given(await enter(fresh()), before.phone)
    const page = await server.fetch('/agent/v1/snapshot', { token })
    expect(page.body.forgotten).toContain(before.memberId)
    const known = page.body.members.map(({ memberId }: Shopper) => memberId)
    expect(known).not.toContain(before.memberId)
    const asked = { by: 'member', memberId: before.memberId }
    const found = await server.fetch('/agent/v1/lookup', { token, json: asked })
    expect(found.body.member).toMatchObject({ memberId: before.memberId, phoneMasked: '' })
  })

  it('asks a person before it merges a valued customer, and what was answered stands', async () => {
    const before = await silent()
    await given(await enter(fresh()), before.phone)
    const phone = fresh()
    const { memberId: valuedId } = await till.sendOne(registration(till, phone))
    const big = checkout(till, { who: { by: 'phone', phone }, receipt: { totalFen: MUCH_FEN } })
    await till.sendOne(big)
    await server.drain()
    const owner = await enter(before.openid)
    expectProblem(await give(owner, phone), 409, 'identity_conflict')
    const pairs = await pairsOf(valuedId)
    expect(pairs).toMatchObject([{ state: 'open' }])
    expect(pairs[0]?.reasons).toContain('消费较高')
    const found = server.app.get(MergePairsService, { strict: false })
    const decided = { state: 'rejected' as const, by: null, atMs: server.clock.nowMs() }
    const two = [valuedId ?? '', before.memberId ?? ''] as const
    await server.database.write((tx) => found.decide(tx, two, decided))
    expectProblem(await give(owner, phone), 409, 'identity_conflict')
    expect(await pairsOf(valuedId)).toMatchObject([{ state: 'rejected' }])
    expect((await buys(phone)).memberId).toBe(valuedId)
  })

  it('takes a release back by merging the two, and that by undoing it', async () => {
    const before = await silent()
    const now = await given(await enter(fresh()), before.phone)
    const merging = server.app.get(MergeMembersService, { strict: false })
    const merged = await merging.merge({
      ...{ survivorId: before.memberId ?? '', absorbedId: now.memberId ?? '', moveHistory: true },
      ...{ how: 'chosen', pairId: null, by: null, idempotency: null, nowMs: server.clock.nowMs() },
    })
    if (!merged.ok) throw new Error(merged.code)
    expect((await buys(before.phone)).memberId).toBe(before.memberId)
    expect(await balanceOf(await enter(before.openid))).toBe(2 * EARNED)
    const order = { mergeId: merged.merge.id, by: null, nowMs: server.clock.nowMs() }
    expect(await merging.undo(order)).toMatchObject({ ok: true })
    // What the number bought before it changed hands stays with whom it was sold to.
    expect(await balanceOf(await enter(before.openid))).toBe(EARNED)
    expect((await buys(before.phone)).memberId).toBe(now.memberId)
  })

  it('makes one member of a recycled number that two accounts give at the same moment', async () => {
    const before = await silent()
    const both = await Promise.all([enter(fresh()), enter(fresh())])
    const now = await Promise.all(both.map((shopper) => given(shopper, before.phone)))
    expect(new Set(now.map(({ memberId }) => memberId)).size).toBe(1)
    expect(now[0]?.memberId).not.toBe(before.memberId)
  })

  it('merges the record of an account with that of the number when both are proven', async () => {
    const before = await silent()
    await given(await enter(fresh()), before.phone)
    // Its owner, without a number by now, has a new one that a till has registered meanwhile.
    const phone = fresh()
    const { memberId: pendingId } = await till.sendOne(registration(till, phone))
    await buys(phone)
    const owner = await given(await enter(before.openid), phone)
    expect(owner.memberId).toBe(before.memberId)
    expect([await balanceOf(owner), await purchasesOf(owner)]).toEqual([2 * EARNED, 2])
    const [merge] = await rows('SELECT survivorId, how FROM member_merge WHERE absorbedId = ?', [
      pendingId,
    ])
    expect(merge).toEqual({ survivorId: before.memberId, how: 'sign_in' })
    expect((await buys(phone)).memberId).toBe(before.memberId)
  })

  it('puts two proven numbers before a person, once, and changes nothing', async () => {
    const [phone, other] = [fresh(), fresh()]
    const li = await given(await enter(fresh()), other)
    const wang = await given(await enter(fresh()), phone)
    const replies = [await give(wang, other), await give(wang, other)]
    for (const reply of replies) {
      expectProblem(reply, 409, 'identity_conflict')
      expect(reply.body.title).toContain('我们会尽快核对')
    }
    const pairs = await pairsOf(li.memberId)
    expect(pairs).toMatchObject([{ state: 'open' }])
    expect(pairs[0]?.reasons).toContain('各自验证过')
    expect(await pairsOf(wang.memberId)).toEqual(pairs)
    expect((await buys(other)).memberId).toBe(li.memberId)
  })

  it('adds a new number to whoever proves it with the same account', async () => {
    const [openid, phone, next] = [fresh(), fresh(), fresh()]
    const wang = await given(await enter(openid), phone)
    const again = await given(wang, next)
    expect(again.memberId).toBe(wang.memberId)
    for (const number of [phone, next]) expect((await buys(number)).memberId).toBe(wang.memberId)
  })

  it('knows somebody by the unionid when the account of another program signs in', async () => {
    const [unionid, one, two] = [fresh(), fresh(), fresh()]
    const wang = await given(await enter(one, unionid), fresh())
    expect(await enter(two, unionid)).toMatchObject({ memberId: wang.memberId })
    expect(await enter(two)).toMatchObject({ memberId: wang.memberId })
  })

  it('gives what was bought under an unknown number to whoever proves it, once', async () => {
    const phone = fresh()
    const sale = checkout(till, { who: { by: 'phone', phone } })
    expect(await till.sendOne(sale)).toMatchObject({ memberId: null, code: 'member_not_found' })
    await till.sendOne(
      refundOf(till, sale.receipt.receiptNo, sale.receipt.totalFen, {
        who: { by: 'phone', phone },
      }),
    )
    await buys(phone)
    const wang = await given(await enter(fresh()), phone)
    expect([await balanceOf(wang), await purchasesOf(wang)]).toEqual([EARNED, 3])
    const again = await given(await enter(fresh()), phone)
    expect([await balanceOf(again), await purchasesOf(again)]).toEqual([EARNED, 3])
    expect(await rows('SELECT purchaseId FROM stray_purchase')).toEqual([])
  })

  it('leaves alone what was bought before a number may have changed hands', async () => {
    const phone = fresh()
    await buys(phone)
    server.clock.advance(90 * DAY_MS + 1)
    expect(await purchasesOf(await given(await enter(fresh()), phone))).toBe(0)
  })

  it('finds the buyer of an order that names a platform’s hash of the number', async () => {
    const phone = fresh()
    await server.database.write(async (tx) => {
      const settings = server.app.get(ChainSettingsService, { strict: false })
      const salts = [{ platform: 'tmall', salt: 'pepper' }]
      const by = { staffId: freshId(), atMs: server.clock.nowMs() }
      await settings.setResolution(tx, { ...(await settings.resolution(tx)), salts }, by)
    })
    const shop = await openShop(server)
    const value = createHash('md5').update(`${phone}pepper`).digest('hex').toUpperCase()
    const order = () =>
      onlineOrder(server, { phoneHash: { platform: 'tmall', algorithm: 'md5', value } })
    const first = await shop.call('POST', 'orders', order())
    expect(first.body).toMatchObject({ memberId: null, code: 'member_not_found' })
    const wang = await given(await enter(fresh()), phone)
    expect(await purchasesOf(wang)).toBe(1)
    const next = await shop.call('POST', 'orders', order())
    expect(next.body).toMatchObject({ memberId: wang.memberId, code: null })
    const both = { ...order(), phone }
    expect((await shop.call('POST', 'orders', both)).status).toBe(422)
  })

  it('keeps the book whole', async () => {
    await server.drain()
    const report = await verifyBook(server.database)
    expect(report.findings).toEqual([])
    expect(report.memberPoints + report.programmePoints).toBe(0)
  })
})
