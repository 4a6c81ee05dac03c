// An integration as the open door sees it: a shop, its API key, its orders, and a receiver of its
// webhooks that keeps everything it was sent.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ApiScope, OnlineOrder } from '@huike/shared/contracts/open'
import { ApiKeysService } from '../../server/integrations/api-keys.service.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { freshId } from './events.js'
import type { Reply, TestServer } from './server.js'

export interface TestShop {
  storeId: string
  keyId: string
  /** What it authenticates with: `hk_<id>_<secret>`. */
  key: string
  /** A mutating call; a fresh idempotency key unless one is given, none for null. */
  call(
    method: 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    idempotencyKey?: string | null,
  ): Promise<Reply>
  get(path: string): Promise<Reply>
}

/** Makes the shop if it is new, and a key for it. */
export async function openShop(
  server: TestServer,
  at: { code?: string; name?: string; scopes?: readonly ApiScope[] } = {},
): Promise<TestShop> {
  const {
    code = 'WEB',
    name = '线上商城',
    scopes = ['orders:write', 'members:read', 'webhooks:manage'],
  } = at
  const terminals = server.app.get(TerminalsService, { strict: false })
  const store =
    (await terminals.storeByCode(code)) ??
    (await terminals.createStore({ code, name, timeZone: 'Asia/Shanghai' }))
  const keys = server.app.get(ApiKeysService, { strict: false })
  const { id, key } = await keys.create({ name, storeId: store.id, scopes })
  return {
    storeId: store.id,
    keyId: id,
    key,
    call: (method, path, body, idempotencyKey = freshId()) =>
      server.fetch(`/open/v1/${path}`, {
        method,
        token: key,
        ...(body === undefined ? {} : { json: body }),
        headers: idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey },
      }),
    get: (path) => server.fetch(`/open/v1/${path}`, { token: key }),
  }
}

let orders = 0

/** A paid online order of ¥50.00 with one line. */
export function onlineOrder(server: TestServer, overrides: Partial<OnlineOrder> | object = {}) {
  orders += 1
  const nowMs = server.clock.nowMs()
  return {
    orderNo: `WEB-${String(orders).padStart(6, '0')}`,
    kind: 'sale',
    channelName: '有赞商城',
    placedAtMs: nowMs - 60_000,
    paidAtMs: nowMs,
    phone: null,
    memberNo: null,
    lines: [{ name: '礼盒', code: 'G1', quantityMilli: 1000, unitPriceFen: 5000, amountFen: 5000 }],
    totalFen: 5000,
    payments: [{ method: 'wechat', amountFen: 5000 }],
    originalOrderNo: null,
    ...overrides,
  }
}

/** What a receiver was sent. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface Receiver {
  url: string
  received: Received[]
  /** What it answers from now on; `hang` never answers. */
  answers: { status: number; headers?: Record<string, string>; hang?: boolean }
  close(): Promise<void>
}

/** A receiver of webhooks on a loopback port of its own. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const receiver = { received, answers: { status: 200 } } as Receiver
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      received.push({ path: request.url ?? '', headers: request.headers, body })
      const { status, headers, hang } = receiver.answers
      if (!hang) response.writeHead(status, headers).end('thanks')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${String(port)}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
