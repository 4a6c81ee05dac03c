import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { Logger } from 'pino'
import { webhookMessageSchema, type WebhookMessage } from '@huike/shared/contracts/open'
import { ApiKeysService } from '../../server/integrations/api-keys.service.js'
import { WebhookSenderService } from '../../server/integrations/webhook-sender.service.js'
import { Clock } from '../../server/platform/clock.js'
import { CONFIG, type Config } from '../../server/platform/config.js'
import { LOGGER } from '../../server/platform/tokens.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId, registration } from '../rig/events.js'
import {
  onlineOrder,
  openShop,
  startReceiver,
  type Received,
  type Receiver,
  type TestShop,
} from '../rig/open.js'
import { enrolTill, startTestServer, type TestServer } from '../rig/server.js'

const ALL_TYPES = ['purchase.recorded', 'purchase.assigned', 'member.registered']
const PHONE = '13600136001'
const ATTEMPTS_MAX = 12
const SIX_HOURS_MS = 6 * 3_600_000

describeEachDatabase('outgoing webhooks', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let shop: TestShop
  let receiver: Receiver
  let silent: Receiver | undefined
  let secret: string
  let webhookId: string

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    receiver = await startReceiver()
    shop = await openShop(server)
    const till = await enrolTill(server)
    await till.sendOne(registration(till, PHONE))
    const url = `${receiver.url}/hook`
    const created = await shop.call('POST', 'webhooks', { url, eventTypes: ALL_TYPES }, 'key-hook')
    expect(created.status).toBe(200)
    secret = created.body.secret
    webhookId = created.body.id
  })
  beforeEach(async () => {
    receiver.answers = { status: 200 }
    await deliver()
    receiver.received.length = 0
  })
  afterAll(async () => {
    await server.stop()
    await receiver.close()
    await silent?.close()
    await opened.drop()
  })

  /** Relays what happened, then sends what is due. */
  async function deliver(): Promise<void> {
    await server.drain()
    await server.app.get(WebhookSenderService, { strict: false }).drain()
  }
  const order = (overrides: object = {}) =>
    shop.call('POST', 'orders', onlineOrder(server, { phone: PHONE, ...overrides }))
  const rows = (where = '1 = 1') =>
    server.database.read((rx) =>
      rx.rows<{ id: string; eventId: string; state: string; attempts: number; lastError: string }>(
        `SELECT * FROM webhook_delivery WHERE ${where} ORDER BY id`,
      ),
    )
  function verified(received: Received | undefined): WebhookMessage {
    if (!received) throw new Error('nothing was received')
    const { headers, body } = received
    const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
      String(headers['huike-signature']),
    ) as RegExpExecArray
    expect(mac).toBe(
      createHmac('sha256', secret)
        .update(`${String(at)}.${body}`)
        .digest('hex'),
    )
    expect(Number(at)).toBe(Math.floor(server.clock.nowMs() / 1000))
    return webhookMessageSchema.parse(JSON.parse(body))
  }

  it('tells of an order, signed, with ids and numbers and no phone', async () => {
    const { body: answer } = await order()
    await deliver()
    expect(receiver.received).toHaveLength(1)
    const [received] = receiver.received
    const message = verified(received)
    expect(message).toMatchObject({
      type: 'purchase.recorded',
      data: {
        purchaseId: answer.purchaseId,
        memberId: answer.memberId,
        storeId: shop.storeId,
        kind: 'sale',
        totalFen: 5000,
        points: 50,
      },
    })
    expect(received?.headers).toMatchObject({ 'user-agent': 'Huike-Webhook/1' })
    const [row] = await rows(`eventId = '${message.id}'`)
    expect(received?.headers['huike-delivery']).toBe(row?.id)
    expect(row).toMatchObject({ state: 'done', attempts: 1 })
    expect(received?.body).not.toContain(PHONE)
  })

  it('tells once, though the relay brings the event again', async () => {
    await order()
    await deliver()
    const before = await rows()
    const replayed = await server.database.write((tx) =>
      tx.run(
        "UPDATE event_delivery SET state = 'pending', nextAtMs = 0 WHERE consumer = 'webhook'",
      ),
    )
    expect(replayed).toBeGreaterThan(0)
    await deliver()
    const pending = await server.database.read((rx) =>
      rx.rows("SELECT * FROM event_delivery WHERE state = 'pending'"),
    )
    expect(pending).toEqual([])
    expect(receiver.received).toHaveLength(1)
    expect(await rows()).toEqual(before)
  })

  it('sends each once while three senders share the work', async () => {
    for (let n = 0; n < 40; n += 1) await order()
    await server.drain()
    const senders = Array.from(
      { length: 3 },
      () =>
        new WebhookSenderService(
          server.database,
          server.app.get<Config>(CONFIG),
          server.app.get(Clock),
          server.app.get<Logger>(LOGGER),
        ),
    )
    await Promise.all(senders.map((sender) => sender.drain()))
    await deliver()
    const ids = receiver.received.map((one) => one.headers['huike-delivery'])
    expect(ids).toHaveLength(40)
    expect(new Set(ids).size).toBe(40)
  })

  it('tries again after a 500, later each time, with the same body and delivery id', async () => {
    receiver.answers = { status: 500 }
    await order()
    await deliver()
    await deliver()
    expect(receiver.received).toHaveLength(1)
    const [waiting] = await rows("state = 'pending'")
    expect(waiting).toMatchObject({ attempts: 1, lastError: 'HTTP 500' })
    server.clock.advance(10_000)
    await deliver()
    server.clock.advance(10_000)
    await deliver()
    expect(receiver.received).toHaveLength(2)
    receiver.answers = { status: 204 }
    server.clock.advance(10_000)
    await deliver()
    expect(receiver.received).toHaveLength(3)
    const [first, second, third] = receiver.received
    expect([second?.body, third?.body]).toEqual([first?.body, first?.body])
    expect(third?.headers['huike-delivery']).toBe(first?.headers['huike-delivery'])
    verified(third)
    expect(await rows("state = 'pending'")).toEqual([])
  })

  it('gives up after twelve attempts, and shows it to people', async () => {
    receiver.answers = { status: 503 }
    await order()
    for (let n = 0; n < ATTEMPTS_MAX + 2; n += 1) {
      await deliver()
      server.clock.advance(SIX_HOURS_MS)
    }
    expect(receiver.received).toHaveLength(ATTEMPTS_MAX)
    const dead = await rows("state = 'dead'")
    expect(dead).toEqual([expect.objectContaining({ attempts: ATTEMPTS_MAX })])
    const metrics = (await server.fetch('/metrics')).body as string
    expect(metrics).toContain('huike_webhook_deliveries{state="dead"} 1')
    expect(server.log.join('\n')).toContain('a webhook was given up')
  })

  it('follows no redirect', async () => {
    receiver.answers = { status: 302, headers: { location: `${receiver.url}/elsewhere` } }
    await order()
    await deliver()
    expect(receiver.received.map((one) => one.path)).toEqual(['/hook'])
    expect(await rows("state = 'pending'")).toEqual([
      expect.objectContaining({ lastError: 'HTTP 302' }),
    ])
    receiver.answers = { status: 200 }
    server.clock.advance(10_000)
  })

  it('waits five seconds for an answer, and holds up nobody else meanwhile', async () => {
    silent = await startReceiver()
    silent.answers = { status: 200, hang: true }
    const other = await openShop(server, { code: 'WEB2', name: '另一家网店' })
    await other.call('POST', 'webhooks', { url: silent.url, eventTypes: ALL_TYPES })
    for (let n = 0; n < 6; n += 1) await other.call('POST', 'orders', onlineOrder(server))
    await order()
    const startedMs = Date.now()
    await deliver()
    const tookMs = Date.now() - startedMs
    expect(tookMs).toBeGreaterThan(4_500)
    expect(tookMs).toBeLessThan(12_000)
    expect(receiver.received).toHaveLength(1)
    // Four at once at most, and none of the rest before the receiver's pause is over.
    const tried = silent.received.length
    expect(tried).toBeGreaterThan(0)
    expect(tried).toBeLessThanOrEqual(4)
    const late = await rows("state = 'pending' AND attempts = 1")
    expect(late.map((row) => row.lastError)).toEqual(Array(tried).fill('timeout'))
    silent.answers = { status: 200 }
    server.clock.advance(120_000)
    await deliver()
    expect(new Set(silent.received.map((one) => one.headers['huike-delivery'])).size).toBe(6)
    expect(await rows("state = 'pending'")).toEqual([])
  })

  it('shows and ends only what is one’s own, and tells each of its own store alone', async () => {
    const other = await openShop(server, { code: 'WEB3', name: '第三家' })
    const url = `${receiver.url}/theirs`
    const theirs = await other.call('POST', 'webhooks', { url, eventTypes: ['purchase.recorded'] })
    const listed = await shop.get('webhooks')
    expect(listed.body.webhooks.map((one: any) => one.id)).toEqual([webhookId])
    expect(JSON.stringify(listed.body)).not.toContain('whsec_')
    const sibling = await openShop(server)
    expect((await sibling.get('webhooks')).body).toEqual({ webhooks: [] })
    for (const stranger of [shop, sibling]) {
      const refused = await stranger.call('DELETE', `webhooks/${String(theirs.body.id)}`)
      expect([refused.status, refused.body.code]).toEqual([404, 'not_found'])
    }
    await order()
    await deliver()
    expect(receiver.received.map((one) => one.path)).toEqual(['/hook'])
    const deleted = await other.call('DELETE', `webhooks/${String(theirs.body.id)}`)
    expect(deleted.body).toEqual({ id: theirs.body.id, deleted: true })
    expect((await other.get('webhooks')).body).toEqual({ webhooks: [] })
  })

  it('sends nothing more for a webhook that was ended, or a key that was revoked', async () => {
    const other = await openShop(server, { code: 'WEB4', name: '第四家' })
    const ids: string[] = []
    for (const path of ['one', 'two']) {
      const url = `${receiver.url}/${path}`
      const { body } = await other.call('POST', 'webhooks', { url, eventTypes: ALL_TYPES })
      ids.push(body.id)
    }
    receiver.answers = { status: 500 }
    await other.call('POST', 'orders', onlineOrder(server))
    await deliver()
    expect(receiver.received).toHaveLength(2)
    await other.call('DELETE', `webhooks/${String(ids[0])}`)
    await server.app.get(ApiKeysService, { strict: false }).revoke(other.keyId)
    receiver.answers = { status: 200 }
    server.clock.advance(SIX_HOURS_MS)
    await deliver()
    expect(receiver.received).toHaveLength(2)
    const ended = await rows(`subscriptionId IN ('${ids.join("','")}')`)
    expect(ended.map((row) => row.state)).toEqual(['cancelled', 'cancelled'])
  })

  it('gives the same secret to the same call, and keeps it sealed', async () => {
    const url = `${receiver.url}/hook`
    const again = await shop.call('POST', 'webhooks', { url, eventTypes: ALL_TYPES }, 'key-hook')
    expect(again.body).toMatchObject({ id: webhookId, secret })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const stored = await server.database.read(async (rx) => [
      await rx.rows('SELECT * FROM webhook_subscription'),
      await rx.rows('SELECT * FROM idempotency_record'),
    ])
    expect(JSON.stringify(stored)).not.toContain(secret)
    expect(server.log.join('\n')).not.toContain(secret)
  })

  it.each([
    ['a plain http address', 'http://shop.example/hook'],
    ['a private address', 'https://10.0.0.1/hook'],
    ['the metadata address', 'https://169.254.169.254/latest'],
    ['no address', 'hook'],
    ['another scheme', 'file:///etc/hostname'],
    ['a password in it', 'https://a:b@shop.example/hook'],
  ])('refuses %s', async (_what, url) => {
    const reply = await shop.call('POST', 'webhooks', { url, eventTypes: ALL_TYPES })
    expect([reply.status, reply.body.code]).toEqual([422, 'input_invalid'])
  })

  it('refuses events nobody knows, and more webhooks than anyone needs', async () => {
    const url = 'https://shop.example/hook'
    const unknown = await shop.call('POST', 'webhooks', { url, eventTypes: ['member.deleted'] })
    expect(unknown.body.code).toBe('input_invalid')
    const many = await openShop(server, { code: 'WEB5', name: '第五家' })
    const replies = []
    for (let n = 0; n < 11; n += 1)
      replies.push(await many.call('POST', 'webhooks', { url, eventTypes: ALL_TYPES }))
    expect(replies.map((reply) => reply.status)).toEqual([...Array(10).fill(200), 422])
  })

  it('answers not found for a webhook that never was', async () => {
    for (const id of [freshId(), 'nonsense'])
      expect((await shop.call('DELETE', `webhooks/${id}`)).body.code).toBe('not_found')
  })
})

describeEachDatabase('a shop without webhooks', (kit) => {
  it('pays no row for them', async () => {
    const opened = await kit.open()
    const server = await startTestServer(opened)
    try {
      const shop = await openShop(server)
      await shop.call('POST', 'orders', onlineOrder(server))
      const consumers = await server.database.read((rx) =>
        rx.rows<{ consumer: string }>('SELECT consumer FROM event_delivery'),
      )
      expect(consumers.length).toBeGreaterThan(0)
      expect(consumers.map((row) => row.consumer)).not.toContain('webhook')
    } finally {
      await server.stop()
    }
  })
})
