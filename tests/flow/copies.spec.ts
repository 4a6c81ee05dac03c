import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { copySchema, type Copy } from '@huike/shared/contracts/rights'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import { CouponShop, couponTerms } from '../rig/coupons.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { again, newShopper } from '../rig/manager.js'
import { writeMessage } from '../rig/messages.js'
import { findInFiles } from '../rig/secrets-scan.js'
import { startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { expectProblem, type WechatShopper } from '../rig/wechat-shopper.js'

// A copy of what is held, to take away: whole, for its owner only, for minutes, and nowhere at rest.

const NAME = '<b>司马相如"卓文君</b>'
const BIRTHDAY = '1979-04-05'
const COPY_LIVES_MS = 600_000
const DAY_MS = 86_400_000

let opened: OpenedDatabase
let server: TestServer
let shop: CouponShop
let till: TestTill

async function askCopy(phone: Pick<WechatShopper, 'send'>): Promise<Copy> {
  const reply = await phone.send('copies', {})
  expect(reply.status).toBe(200)
  return copySchema.strict().parse(reply.body)
}

/** Somebody who told of themselves, agreed, bought and was written to. */
async function knownShopper(): Promise<WechatShopper> {
  const shopper = await newShopper(server, { till, grants: ['marketing'] })
  const told = await shopper.send('profile', { name: NAME, birthday: BIRTHDAY }, 'PUT')
  expect(told.status).toBe(200)
  await writeMessage(server, shopper.memberId, { title: '会员日<script>' })
  return shopper
}

describeEachDatabase('a copy of what is held', (kit) => {
  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    shop = await CouponShop.open(server)
    till = shop.till
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  it('is whole: who, what was told, agreed, bought, earned and read', async () => {
    const shopper = await knownShopper()
    const { jsonPath, expiresAtMs } = await askCopy(shopper)
    expect(expiresAtMs).toBe(server.clock.nowMs() + COPY_LIVES_MS)
    const file = await server.fetch(jsonPath)
    expect(file.status).toBe(200)
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(file.headers.get('cache-control')).toBe('no-store')
    expect(file.body).toMatchObject({
      memberId: shopper.memberId,
      identities: [
        { kind: 'phone', value: shopper.phone },
        { kind: 'wechat_openid', value: shopper.openid },
      ],
      profile: [{ name: NAME, birthday: BIRTHDAY }],
      purchases: [{ totalFen: 2132, lines: [{ name: '农夫山泉550ml' }, {}, {}] }],
      points: [{ points: 21, balanceAfterPoints: 21 }],
      messages: [{ title: '会员日<script>' }],
    })
    const said = file.body.consents.map(
      ({ purpose, state }: Record<string, string>) => `${String(purpose)} ${String(state)}`,
    )
    expect(said.sort()).toEqual(['marketing granted', 'membership granted'])
  })

  it('is readable too, and runs nothing of what it quotes', async () => {
    const shopper = await knownShopper()
    const { textPath } = await askCopy(shopper)
    const page = await server.fetch(textPath)
    expect(page.headers.get('content-type')).toContain('text/html')
    for (const words of ['我的个人信息', shopper.phone, BIRTHDAY, '农夫山泉550ml', '¥21.32'])
      expect(page.body).toContain(words)
    expect(page.body).not.toContain('<script')
    expect(page.body).not.toContain('<b>')
    expect(page.body).toContain('&lt;b&gt;司马相如&quot;卓文君&lt;/b&gt;')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('has every page of a long history, and nobody else in it', async () => {
    const shopper = await knownShopper()
    const other = await knownShopper()
    const many = Array.from({ length: 230 }, () =>
      checkout(till, { who: { by: 'phone', phone: shopper.phone } as never }),
    )
    for (let at = 0; at < many.length; at += 100) await till.send(many.slice(at, at + 100))
    const { jsonPath } = await askCopy(shopper)
    const { body } = await server.fetch(jsonPath)
    expect(body.purchases).toHaveLength(231)
    expect(new Set(body.purchases.map(({ id }: { id: string }) => id)).size).toBe(231)
    expect(body.points).toHaveLength(231)
    expect(JSON.stringify(body)).not.toContain(other.phone)
    expect(JSON.stringify(body)).not.toContain(other.memberId)
  })

  it('tells every coupon: what it gives, what became of it, when it was given and used', async () => {
    const shopper = await knownShopper()
    const { memberId } = shopper
    const given = async (over: Parameters<typeof couponTerms>[0] = {}) => {
      const { id } = await shop.template(couponTerms(over))
      expect((await shop.give(id, memberId)).status).toBe(200)
    }
    const givenAtMs = server.clock.nowMs()
    await given({ name: '用掉的<i>券' })
    const reservation = await shop.reserved(memberId)
    server.clock.advance(60_000)
    const { sale } = await shop.rungUp(memberId, reservation)
    await given({ name: '短期券', validity: { kind: 'days', afterDays: 0, days: 1 } })
    server.clock.advance(3 * DAY_MS)
    await shop.expire()
    await given({ name: '手里的券' })
    const { jsonPath, textPath } = await askCopy(await again(server, shopper))
    const { body } = await server.fetch(jsonPath)
    expect(body.coupons).toMatchObject([
      { name: '手里的券', state: 'issued', usedAtMs: null, issuedAtMs: server.clock.nowMs() },
      {
        ...{ name: '用掉的<i>券', gives: '满 ¥50 减 ¥10', state: 'redeemed', offFen: 1_000 },
        ...{ issuedAtMs: givenAtMs, usedAtMs: givenAtMs + 60_000 },
      },
      { name: '短期券', state: 'expired', usedAtMs: null },
    ])
    const used = body.purchases.find(({ id }: { id: string }) => id === body.coupons[1].purchaseId)
    expect(used).toMatchObject({ totalFen: sale.receipt.totalFen })
    const page = (await server.fetch(textPath)).body
    for (const words of ['用掉的&lt;i&gt;券', '满 ¥50 减 ¥10', '未使用', '已使用', '已过期'])
      expect(page).toContain(words)
  })

  it('holds what a record told, bought and earned that was merged into theirs', async () => {
    const [survivor, absorbed] = [await knownShopper(), await knownShopper()]
    const merging = server.app.get(MergeMembersService, { strict: false })
    const merged = await merging.merge({
      ...{ survivorId: survivor.memberId, absorbedId: absorbed.memberId, moveHistory: false },
      ...{ how: 'chosen', pairId: null, by: null, idempotency: null },
      nowMs: server.clock.nowMs(),
    })
    expect(merged).toMatchObject({ ok: true })
    const { jsonPath } = await askCopy(survivor)
    const { body } = await server.fetch(jsonPath)
    expect(body.profile).toMatchObject([{ name: NAME }, { name: NAME }])
    expect(body.purchases).toHaveLength(2)
    // Each earned, and what the one had went to the other.
    const moved = body.points.map(({ points }: { points: number }) => points)
    expect(moved).toEqual([21, 21, -21, 21])
    expect(body.identities).toHaveLength(4)
  })

  it('is behind a link of minutes, of a few uses, of one session', async () => {
    const shopper = await knownShopper()
    const first = await askCopy(shopper)
    for (let use = 0; use < 5; use += 1)
      expect((await server.fetch(first.jsonPath)).status).toBe(200)
    expectProblem(await server.fetch(first.jsonPath), 410, 'export_expired')
    const late = await askCopy(shopper)
    server.clock.advance(COPY_LIVES_MS)
    expectProblem(await server.fetch(late.textPath), 410, 'export_expired')
    const phone = await again(server, shopper)
    const signedOut = await askCopy(phone)
    expect((await phone.send('session', undefined, 'DELETE')).status).toBe(204)
    expectProblem(await server.fetch(signedOut.jsonPath), 410, 'export_expired')
    const forged = first.jsonPath.replace(/copies\/.{6}/, 'copies/AAAAAA')
    expectProblem(await server.fetch(forged), 404, 'not_found')
  })

  it('is asked for three times a day at most', async () => {
    const shopper = await knownShopper()
    for (let n = 0; n < 3; n += 1) await askCopy(shopper)
    expectProblem(await shopper.send('copies', undefined), 429, 'rate_limited')
    server.clock.advance(DAY_MS)
    await askCopy(await again(server, shopper))
  })

  it('needs somebody signed in, who is a member', async () => {
    expectProblem(await server.fetch('/member/v1/copies', { method: 'POST' }), 401, 'token_missing')
    const login = { code: server.wechat?.loginCode('openid-nobody-yet') }
    const session = await server.fetch('/member/v1/session/wechat', { json: login })
    const token: string = session.body.accessToken
    const asked = await server.fetch('/member/v1/copies', { method: 'POST', token })
    expectProblem(asked, 403, 'forbidden')
  })

  it('leaves neither its key nor what it said at rest or in the log', async () => {
    const shopper = await knownShopper()
    const { jsonPath } = await askCopy(shopper)
    await server.fetch(jsonPath)
    const key = jsonPath.split('/')[4] ?? ''
    expect(key).toHaveLength(43)
    const rows = await server.database.read((rx) => rx.rows('SELECT * FROM member_copy'))
    const secrets = [key, shopper.phone, shopper.openid, BIRTHDAY]
    for (const text of [JSON.stringify(rows), ...server.log])
      for (const secret of secrets) expect(text).not.toContain(secret)
    const folder = kit.kind === 'sqlite' ? dirname(opened.directory) : opened.directory
    expect(findInFiles(folder, secrets)).toEqual([])
  })
})
