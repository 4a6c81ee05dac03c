import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { z } from 'zod'
import {
  assignSchema,
  cashierHoldRequestSchema,
  cashierLookupSchema,
  cashierQuoteSchema,
  cashierRefundConfirmSchema,
  cashierRefundSchema,
  cashierRegisterSchema,
  cashierReleaseSchema,
  confirmSchema,
} from '@huike/shared/contracts/cashier'
import {
  cashierCouponOrderSchema,
  cashierReservationReleaseSchema,
} from '@huike/shared/contracts/cashier-coupons'
import {
  cashierHandOverSchema,
  cashierPickupFindSchema,
} from '@huike/shared/contracts/cashier-pickups'
import { cashierGiftSchema } from '@huike/shared/contracts/counter-gifts'
import { reservationSettleSchema } from '@huike/shared/contracts/coupons'
import { isUlid } from '@huike/shared/ids'
import type { Logger } from '../platform/log.js'
import type { CashierApi } from './cashier-api.js'
import type { Live } from './live.js'
import { PAGE_HEADERS, readPageFile } from './page-files.js'
import { problemOf, RequestRefused } from './problem.js'
import { Session } from './session.js'

// The cashier page and its API, on 127.0.0.1 only: the page comes from the same place as the data,
// because a page from the cloud may not talk to this machine.

const BODY_BYTES_MAX = 65_536
const REQUEST_MS_MAX = 30_000
const API = '/cashier/v1/'

export interface CashierServerOptions {
  host: '127.0.0.1'
  port: number
  pageDirectory: string
  api: CashierApi
  live: Live
  log: Logger
  isReady: () => boolean
  metricsText: () => Promise<string>
}

export class CashierServer {
  private readonly server: Server
  private readonly session = new Session()

  constructor(private readonly options: CashierServerOptions) {
    this.server = createServer((request, response) => {
      void this.answer(request, response)
    })
    this.server.requestTimeout = REQUEST_MS_MAX
  }

  /** Listens; gives the port. */
  listen(): Promise<number> {
    const { host, port } = this.options
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, host, () => {
        this.server.off('error', reject)
        resolve((this.server.address() as AddressInfo).port)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve()
      })
      this.server.closeAllConnections()
    })
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.session.checkOrigin(request)
      const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname
      if (path.startsWith(API)) await this.call(request, response, path.slice(API.length))
      else if (request.method === 'GET' || request.method === 'HEAD') await this.get(path, response)
      else throw new RequestRefused('not_found')
    } catch (error) {
      this.refuse(response, error)
    }
  }

  private async get(path: string, response: ServerResponse): Promise<void> {
    const { isReady, metricsText } = this.options
    switch (path) {
      case '/healthz':
        sendJson(response, 200, { status: 'ok' })
        return
      case '/readyz':
        sendJson(response, isReady() ? 200 : 503, { status: isReady() ? 'ready' : 'starting' })
        return
      case '/metrics':
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        response.end(await metricsText())
        return
      default:
        await this.page(path, response)
    }
  }

  private async page(path: string, response: ServerResponse): Promise<void> {
    const file = await readPageFile(this.options.pageDirectory, path)
    if (!file) throw new RequestRefused('not_found')
    response.writeHead(file.status, {
      ...PAGE_HEADERS,
      'content-type': file.type,
      'cache-control': file.cacheControl,
      ...(file.type.startsWith('text/html') ? { 'set-cookie': this.session.cookie() } : {}),
    })
    response.end(file.body)
  }

  private async call(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const { api, live } = this.options
    const route = `${request.method ?? ''} ${path}`
    // EventSource cannot set headers; the cookie and the origin stand for it there.
    this.session.checkCall(request, route !== 'GET live')
    switch (route) {
      case 'GET state':
        sendJson(response, 200, await api.state())
        return
      case 'GET receipts':
        sendJson(response, 200, await api.receipts())
        return
      case 'GET live':
        if (!live.add(response)) throw new RequestRefused('rate_limited')
        live.send('state', await api.state())
        live.send('receipts', await api.receipts())
        return
      case 'POST lookup': {
        const { input } = await readBody(request, cashierLookupSchema)
        sendJson(response, 200, await api.lookup(input))
        return
      }
      case 'POST register':
        sendJson(response, 200, await api.register(await readBody(request, cashierRegisterSchema)))
        return
      default:
        sendJson(response, 200, await this.otherCall(request, route))
    }
  }

  private async otherCall(request: IncomingMessage, route: string): Promise<unknown> {
    const { points, coupons, refunds, pickups, gifts } = this.options.api
    switch (route) {
      case 'POST points/quote':
        return points.quote(await readBody(request, cashierQuoteSchema))
      case 'POST points/hold':
        return points.hold(await readBody(request, cashierHoldRequestSchema))
      case 'POST points/release':
        return points.release((await readBody(request, cashierReleaseSchema)).holdId)
      case 'POST refunds/preview':
        return refunds.preview(await readBody(request, cashierRefundSchema))
      case 'POST refunds/confirm':
        return refunds.confirm((await readBody(request, cashierRefundConfirmSchema)).refundId)
      case 'POST refunds/withdraw':
        return refunds.withdraw((await readBody(request, cashierRefundConfirmSchema)).refundId)
      case 'POST coupons/quote':
        return coupons.quote(await readBody(request, cashierCouponOrderSchema))
      case 'POST coupons/reserve':
        return coupons.reserve(await readBody(request, cashierCouponOrderSchema))
      case 'POST coupons/release': {
        const { reservationId } = await readBody(request, cashierReservationReleaseSchema)
        return coupons.release(reservationId)
      }
      case 'POST coupons/settle':
        return coupons.settle(await readBody(request, reservationSettleSchema))
      case 'POST coupons/counter':
        return gifts.list()
      case 'POST coupons/give':
        return gifts.give(await readBody(request, cashierGiftSchema))
      case 'POST pickups/find':
        return pickups.find(await readBody(request, cashierPickupFindSchema))
      case 'POST pickups/hand-over':
        return pickups.handOver(await readBody(request, cashierHandOverSchema))
      default:
        return this.receiptCall(request, route)
    }
  }

  private async receiptCall(request: IncomingMessage, route: string): Promise<unknown> {
    const { api } = this.options
    const match = /^POST receipts\/([^/]+)\/(assign|confirm|undo)$/.exec(route)
    const receiptId = match?.[1] ?? ''
    if (!match || !isUlid(receiptId)) throw new RequestRefused('not_found')
    if (match[2] === 'undo') return api.undo(receiptId)
    if (match[2] === 'assign') {
      const { memberId } = await readBody(request, assignSchema)
      return api.assign(receiptId, memberId)
    }
    return api.confirm(receiptId, await readBody(request, confirmSchema))
  }

  private refuse(response: ServerResponse, error: unknown): void {
    const refused = error instanceof RequestRefused ? error : null
    if (!refused) this.options.log.error({ err: error }, 'cashier request failed')
    if (response.headersSent) {
      response.end()
      return
    }
    const problem = problemOf(refused?.code ?? 'internal', refused ?? {})
    sendJson(response, problem.status, problem, 'application/problem+json')
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  type = 'application/json',
): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(JSON.stringify(body))
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new RequestRefused('media_type_unsupported')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw new RequestRefused('body_too_large')
    chunks.push(chunk)
  }
  const parsed = schema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')))
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }))
  throw new RequestRefused('input_invalid', errors)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestRefused('body_malformed')
  }
}
