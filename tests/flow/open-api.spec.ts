import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { onlineOrderAnswerSchema, openLookupAnswerSchema } from '@huike/shared/contracts/open'
import { apiKey } from '../../server/cli/api-keys.js'
import { ApiKeysService } from '../../server/integrations/api-keys.service.js'
import { CONFIG, type Config } from '../../server/platform/config.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout, freshId, refundOf, registration } from '../rig/events.js'
import { onlineOrder, openShop, type TestShop } from '../rig/open.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'

const TABLES = ['idempotency_record', 'api_key', 'online_order', 'purchase', 'event_log', 'member']

describeEachDatabase('the door of integrations', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let shop: TestShop

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    shop = await openShop(server)
  })
  afterAll(async () => {
    const report = await verifyBook(server.database)
    await server.stop()
    await opened.drop()
    expect(report.findings).toEqual([])
  })

  const register = (phone: string) => till.sendOne(registration(till, phone))
  async function phoneOf(phone: string) {
    const session = await server.fetch('/member/v1/session/sandbox', { json: { phone } })
    return (path: string) =>
      server.fetch(`/member/v1/${path}`, { token: session.body.accessToken as string })
  }
  async function balanceOf(phone: string): Promise<number> {
    return (await (await phoneOf(phone))('me')).body.balancePoints
  }
  async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
    return server.database.read((rx) => rx.rows(`SELECT * FROM ${table}`))
  }

  it('takes an order and shows its points and itself on the phone, beside the till', async () => {
    const { memberId } = await register('13900139001')
    const sale = await till.sendOne(checkout(till, { who: { by: 'phone', phone: '13900139001' } }))
    server.clock.advance(1_000)
    const order = onlineOrder(server, { phone: '139 0013 9001' })
    const reply = await shop.call('POST', 'orders', order)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('idempotent-replayed')).toBeNull()
    const answer = onlineOrderAnswerSchema.parse(reply.body)
    expect(answer).toMatchObject({
      status: 'accepted',
      code: null,
      memberId,
      points: 50,
      balancePoints: 71,
    })
    const phone = await phoneOf('13900139001')
    const all = (await phone('purchases')).body.purchases
    expect(all.map((one: any) => [one.id, one.channel, one.storeName])).toEqual([
      [answer.purchaseId, 'online', '线上商城'],
      [sale.purchaseId, 'pos', '人民路店'],
    ])
    for (const [channel, id] of [
      ['online', answer.purchaseId],
      ['pos', sale.purchaseId],
    ]) {
      const { purchases } = (await phone(`purchases?channel=${String(channel)}`)).body
      expect(purchases.map((one: any) => one.id)).toEqual([id])
    }
    expect((await phone('purchases?channel=fax')).body.code).toBe('input_invalid')
    expect((await phone('points')).body.entries[0]).toMatchObject({
      points: 50,
      title: '在线上商城消费得积分',
    })
    const detail = (await phone(`purchases/${answer.purchaseId}`)).body
    expect(detail).toMatchObject({ receiptNo: order.orderNo, lines: [{ name: '礼盒' }] })
  })

  it('pages through one channel without missing or repeating one', async () => {
    await register('13900139002')
    const who = { by: 'phone' as const, phone: '13900139002' }
    for (let n = 0; n < 7; n += 1) {
      await till.sendOne(checkout(till, { who }))
      await shop.call('POST', 'orders', onlineOrder(server, { phone: who.phone }))
    }
    const phone = await phoneOf('13900139002')
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`
      const page = (await phone(`purchases?channel=online&limit=3${after}`)).body
      for (const one of page.purchases) expect(one.channel).toBe('online')
      seen.push(...page.purchases.map((one: any) => one.id))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
  })

  it('answers the same call again with the same answer, and refuses its key for another', async () => {
    await register('13900139003')
    const order = onlineOrder(server, { phone: '13900139003' })
    const first = await shop.call('POST', 'orders', order, 'key-1')
    await shop.call('POST', 'orders', onlineOrder(server, { phone: '13900139003' }))
    const again = await shop.call('POST', 'orders', order, 'key-1')
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const other = await shop.call('POST', 'orders', { ...order, totalFen: 1 }, 'key-1')
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict'])
    const elsewhere = await shop.call(
      'POST',
      'webhooks',
      { url: 'https://shop.example/hook', eventTypes: ['purchase.recorded'] },
      'key-1',
    )
    expect(elsewhere.body.code).toBe('idempotency_conflict')
    const otherShop = await openShop(server, { code: 'WEB9', name: '别家' })
    const theirs = await otherShop.call('POST', 'orders', order, 'key-1')
    expect(theirs.body).toMatchObject({ status: 'accepted', points: 50 })
    expect(await balanceOf('13900139003')).toBe(150)
  })

  it('does what 20 simultaneous calls with one key ask for once', async () => {
    await register('13900139004')
    const order = onlineOrder(server, { phone: '13900139004' })
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => shop.call('POST', 'orders', order, 'key-20')),
    )
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200]))
    expect(new Set(replies.map((reply) => JSON.stringify(reply.body))).size).toBe(1)
    const first = replies.filter((reply) => reply.headers.get('idempotent-replayed') === null)
    expect(first).toHaveLength(1)
    expect(await balanceOf('13900139004')).toBe(50)
  })

  it('counts an order sent under 20 keys at once a single time', async () => {
    await register('13900139005')
    const order = onlineOrder(server, { phone: '13900139005' })
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => shop.call('POST', 'orders', order)),
    )
    const statuses = replies.map((reply) => reply.body.status)
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(1)
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(19)
    expect(await balanceOf('13900139005')).toBe(50)
  })

  it('refuses another order under a known number, and remembers that it did', async () => {
    await register('13900139006')
    const order = onlineOrder(server, { phone: '13900139006' })
    await shop.call('POST', 'orders', order)
    const other = { ...order, totalFen: 99_900 }
    for (const replayed of [null, 'true']) {
      const reply = await shop.call('POST', 'orders', other, 'key-other')
      expect([reply.status, reply.body.code]).toEqual([409, 'receipt_conflict'])
      expect(reply.headers.get('idempotent-replayed')).toBe(replayed)
    }
    await register('13900139007')
    const stolen = await shop.call('POST', 'orders', { ...order, phone: '13900139007' })
    expect([stolen.status, stolen.body.code]).toEqual([409, 'receipt_already_claimed'])
    expect(await balanceOf('13900139006')).toBe(50)
    expect(await balanceOf('13900139007')).toBe(0)
  })

  it('takes points back in proportion, from a refund before or after its order', async () => {
    await register('13900139008')
    const order = onlineOrder(server, { phone: '13900139008' })
    const refund = (totalFen: number) =>
      onlineOrder(server, { kind: 'refund', originalOrderNo: order.orderNo, totalFen })
    const early = await shop.call('POST', 'orders', refund(1000))
    expect(early.body).toMatchObject({ status: 'accepted', points: null })
    expect((await shop.call('POST', 'orders', order)).body).toMatchObject({ points: 40 })
    const late = refund(2500)
    expect((await shop.call('POST', 'orders', late)).body).toMatchObject({
      points: -25,
      balancePoints: 15,
    })
    expect((await shop.call('POST', 'orders', late)).body).toMatchObject({
      status: 'duplicate',
      balancePoints: 15,
    })
    await shop.call('POST', 'orders', refund(9_999_900))
    expect(await balanceOf('13900139008')).toBe(0)
  })

  it('keeps orders and receipts apart that carry one number in one store', async () => {
    const both = await openShop(server, { code: 'S01' })
    await register('13900139009')
    const who = { by: 'phone' as const, phone: '13900139009' }
    const sale = checkout(till, { who, receipt: { receiptNo: 'SAME-1' } })
    await till.sendOne(sale)
    const refund = onlineOrder(server, { kind: 'refund', originalOrderNo: 'SAME-1', totalFen: 100 })
    expect((await both.call('POST', 'orders', refund)).body.points).toBeNull()
    expect(await balanceOf('13900139009')).toBe(21)
    const order = onlineOrder(server, { orderNo: 'SAME-1', phone: who.phone })
    expect((await both.call('POST', 'orders', order)).body).toMatchObject({ points: 49 })
    expect(await till.sendOne(refundOf(till, 'SAME-1', 2132))).toMatchObject({ points: -21 })
    expect(await balanceOf('13900139009')).toBe(49)
  })

  it('records an order of somebody unknown, and links it when it is sent again later', async () => {
    const order = onlineOrder(server, { phone: '13900139010' })
    const before = await shop.call('POST', 'orders', order)
    expect(before.body).toMatchObject({
      status: 'accepted',
      code: 'member_not_found',
      memberId: null,
      points: null,
    })
    const { memberId } = await register('13900139010')
    const after = await shop.call('POST', 'orders', order)
    expect(after.body).toMatchObject({
      status: 'duplicate',
      purchaseId: before.body.purchaseId,
      memberId,
      points: 50,
    })
    expect(await balanceOf('13900139010')).toBe(50)
  })

  it('knows a member by number, from a lookup that tells nothing but what is masked', async () => {
    await register('13900139011')
    const found = await shop.call('POST', 'members/lookup', { phone: '13900139011' }, null)
    const { member } = openLookupAnswerSchema.parse(found.body)
    expect(member).toMatchObject({ phoneMasked: '139****9011', levelName: '普通会员' })
    expect(JSON.stringify(found.body)).not.toContain('13900139011')
    const order = onlineOrder(server, { memberNo: member?.memberNo })
    const { body } = await shop.call('POST', 'orders', order)
    expect(body).toMatchObject({ memberId: member?.memberId, points: 50 })
    const nobody = await shop.call('POST', 'members/lookup', { phone: '13911111111' }, null)
    expect(nobody.body).toEqual({ member: null })
    const bad = await shop.call('POST', 'members/lookup', { phone: '12345' }, null)
    expect([bad.status, bad.body.code]).toEqual([422, 'phone_invalid'])
  })

  it.each([
    ['an unknown field', { surprise: 1 }, 'surprise'],
    ['a negative total', { totalFen: -1 }, 'totalFen'],
    ['a fraction of a fen', { totalFen: 10.5 }, 'totalFen'],
    ['a number with a space', { orderNo: 'A 1' }, 'orderNo'],
    ['a number that is too long', { orderNo: 'x'.repeat(65) }, 'orderNo'],
    ['a refund of nothing', { kind: 'refund' }, 'originalOrderNo'],
    ['a sale that answers another', { originalOrderNo: 'A1' }, 'originalOrderNo'],
    ['two ways to say who', { phone: '13900139001', memberNo: '1'.repeat(12) }, 'memberNo'],
    ['a time of the far future', { paidAtMs: 9e15 }, 'paidAtMs'],
  ])('refuses %s, naming the field, and writes nothing', async (_what, wrong, path) => {
    const before = (await rowsOf('purchase')).length
    const reply = await shop.call('POST', 'orders', onlineOrder(server, wrong))
    expect([reply.status, reply.body.code]).toEqual([422, 'input_invalid'])
    const named = reply.body.errors.map((error: any) => `${error.path} ${error.message}`)
    expect(named.join(' ')).toContain(path)
    expect(await rowsOf('purchase')).toHaveLength(before)
  })

  it.each([
    ['none', null],
    ['one with a space', 'a b'],
    ['one that is too long', 'x'.repeat(65)],
  ])('refuses a mutating call with a wrong idempotency key: %s', async (_what, key) => {
    const reply = await shop.call('POST', 'orders', onlineOrder(server), key)
    expect([reply.status, reply.body.code]).toEqual([422, 'input_invalid'])
    expect(reply.body.errors[0].path).toBe('idempotency-key')
  })

  it('refuses missing, forged, revoked and foreign keys', async () => {
    const attempt = async (token?: string) => {
      const reply = await server.fetch('/open/v1/orders', {
        ...(token === undefined ? {} : { token }),
        json: onlineOrder(server),
        headers: { 'idempotency-key': freshId() },
      })
      return [reply.status, reply.body.code]
    }
    expect(await attempt()).toEqual([401, 'token_missing'])
    const forged = `${shop.key.slice(0, -3)}AAA`
    const unknown = `hk_${freshId()}_${'A'.repeat(43)}`
    for (const token of [forged, unknown, 'hk_', await till.token()])
      expect(await attempt(token)).toEqual([401, 'token_invalid'])
    const revoked = await openShop(server)
    expect(await attempt(revoked.key)).toEqual([200, null])
    const keys = server.app.get(ApiKeysService, { strict: false })
    expect(await keys.revoke(revoked.keyId)).toBe(true)
    expect(await keys.revoke(revoked.keyId)).toBe(false)
    expect(await attempt(revoked.key)).toEqual([401, 'token_invalid'])
    const agent = await server.fetch('/agent/v1/snapshot', { token: shop.key })
    expect(agent.body.code).toBe('token_invalid')
  })

  it('makes a key and ends it from the command line, telling its secret once', async () => {
    const config = { ...server.app.get<Config>(CONFIG), databaseUrl: opened.url }
    const run = async (...words: string[]) => {
      const said: string[] = []
      const code = await apiKey(config, words, (line) => said.push(line))
      return { code, said }
    }
    const added = await run('add', '有赞', 'WEB', 'members:read,orders:write')
    expect([added.code, added.said]).toEqual([0, [expect.any(String), expect.any(String)]])
    const [, key = ''] = added.said
    const lookup = () =>
      server.fetch('/open/v1/members/lookup', { token: key, json: { phone: '13900139001' } })
    expect((await lookup()).status).toBe(200)
    expect(await run('revoke', key.slice(3, 29))).toMatchObject({ code: 0 })
    server.clock.advance(6_000)
    expect((await lookup()).body.code).toBe('token_invalid')
    expect((await run('revoke', key.slice(3, 29))).code).toBe(1)
    expect((await run('add', '有赞', 'NOWHERE', 'members:read')).code).toBe(1)
    expect((await run('add', '有赞', 'WEB', 'everything')).code).toBe(2)
    expect((await run('add')).code).toBe(2)
  })

  it('lets a key do what its scopes say and nothing else', async () => {
    const reader = await openShop(server, { scopes: ['members:read'] })
    expect((await reader.call('POST', 'members/lookup', { phone: '13900139001' })).status).toBe(200)
    const writer = await openShop(server, { scopes: ['orders:write'] })
    for (const refused of [
      await reader.call('POST', 'orders', onlineOrder(server)),
      await reader.get('webhooks'),
      await reader.call('DELETE', `webhooks/${freshId()}`),
      await writer.call('POST', 'members/lookup', { phone: '13900139001' }),
    ])
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden'])
  })

  it('keeps no number, no key and no secret in clear, in the database or the log', async () => {
    const phone = '13900139012'
    await register(phone)
    await shop.call('POST', 'orders', onlineOrder(server, { phone }), 'key-clear')
    await shop.call('POST', 'members/lookup', { phone }, null)
    const stored = JSON.stringify(await Promise.all(TABLES.map(rowsOf)))
    const secret = shop.key.slice(-43)
    expect(stored).toContain('key-clear')
    for (const needle of [phone, secret]) {
      expect(stored).not.toContain(needle)
      expect(server.log.join('\n')).not.toContain(needle)
    }
    const [key] = (await rowsOf('api_key')).filter((row) => row['id'] === shop.keyId)
    expect(Number(key?.['lastUsedAtMs'])).toBeGreaterThan(0)
  })

  it('documents its routes with their schemas', async () => {
    const { body } = await server.fetch('/docs/openapi.json')
    const order = body.paths['/open/v1/orders'].post
    const text = JSON.stringify(order)
    for (const word of ['orderNo', 'originalOrderNo', 'balancePoints', 'Idempotency-Key', 'bearer'])
      expect(text).toContain(word)
    for (const path of ['members/lookup', 'webhooks', 'webhooks/{id}'])
      expect(Object.keys(body.paths)).toContain(`/open/v1/${path}`)
    const parameters = JSON.stringify(body.paths['/member/v1/purchases'].get.parameters)
    expect(parameters).toContain('channel')
  })
})
