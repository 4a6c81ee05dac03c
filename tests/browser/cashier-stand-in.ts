// A till agent's cashier door without an agent: the built page and /cashier/v1 in memory, with the
// same header, cookie and content security policy. What a test wants to happen it sets on `agent`.
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type {
  CashierHold,
  CashierLookupAnswer,
  CashierMember,
  TillReceipt,
  TillState,
} from '@huike/shared/contracts/cashier'
import { UNDO_WITHIN_MS } from '@huike/shared/contracts/agent'
import { outcomeSentence, outcomeStatus, type OutcomeCode } from '@huike/shared/outcomes'
import { maskPhone, normalisePhone } from '@huike/shared/phone'
import { epochMs, fen, points } from '@huike/shared/quantities'
import type { EventId, MemberId } from '@huike/shared/ids'
import { answerCoupons, couponsOn, type CouponsStandIn } from './cashier-coupons-stand-in.js'
import { answerGifts, type GiftsStandIn } from './cashier-gifts-stand-in.js'
import { answerPickups, type PickupsStandIn } from './cashier-pickups-stand-in.js'
import { answerRefund, answerSpending, type StandInRefund } from './cashier-points-stand-in.js'

const API = '/cashier/v1'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const NOTICE_TEXT =
  '我们会记录您的手机号和在本店的消费，用于累计积分、兑换优惠和售后。未经您同意不会发送营销信息。' +
  '您可以随时在小程序里查看、更正、导出或删除这些信息，也可以注销会员。'

/** A call the page made, in order. */
export interface StandInCall {
  path: string
  body: unknown
}

export interface CashierStandIn extends CouponsStandIn, PickupsStandIn, GiftsStandIn {
  url: string
  till: TillState
  receipts: TillReceipt[]
  /** By what is typed or scanned. */
  members: Map<string, CashierMember>
  /** What is set aside of whoever is looked up. */
  hold: CashierHold | null
  /** What whoever is asked about may spend, and why none where it is none. */
  spendablePoints: number
  whyNone: string
  /** What a refund does with points, beside what is asked for. */
  refund: StandInRefund
  /** False: lookups of unknown numbers answer `unknown_offline`, registrations wait. */
  isServerReachable: boolean
  /** The next POST is refused with this code. */
  refuseNext: OutcomeCode | null
  /** POSTs are not answered before this. */
  delayMs: number
  calls: StandInCall[]
  /** Sends till and receipts over the live stream. */
  push(): void
  /** Sends what is known of a member now over the live stream. */
  tell(member: CashierMember): void
  /** Changes the page's HTML, as another version of the agent would. */
  page: (html: string) => string
  /** What the page's cookie must say; an agent that was restarted wants another. */
  session: string
  /** Stops answering, as a killed agent does. */
  die(): Promise<void>
  /** Comes back on the same port. */
  revive(): Promise<void>
}

/** Serves the page in `distFolder` and answers for an agent. */
export async function startCashierStandIn(distFolder: string): Promise<CashierStandIn> {
  const live = new Set<ServerResponse>()
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = 0
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer((request, response) => {
        void answer({ agent, live, distFolder, request, response })
      })
      server.on('connection', (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        port = (server?.address() as AddressInfo).port
        resolve()
      })
    })
  const agent: CashierStandIn = {
    url: '',
    till: standInTill(),
    receipts: [],
    ...{ members: new Map(), pickups: new Map(), counter: [] },
    ...{ hold: null, coupons: [], reservation: null, offlineLeft: null },
    spendablePoints: 1_250,
    whyNone: '每次至少使用 100 积分',
    refund: {},
    isServerReachable: true,
    refuseNext: null,
    delayMs: 0,
    calls: [],
    session: 'first',
    page: (html) => html,
    tell: (member) => {
      for (const stream of live) stream.write(`event: member\ndata: ${JSON.stringify(member)}\n\n`)
    },
    push: () => {
      for (const stream of live) sendAll(stream, agent)
    },
    die: () =>
      new Promise((resolve) => {
        if (!server?.listening) {
          resolve()
          return
        }
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
        live.clear()
      }),
    revive: listen,
  }
  await listen()
  agent.url = `http://127.0.0.1:${String(port)}/`
  return agent
}

/** A till at which all is well. */
export function standInTill(changes: Partial<TillState> = {}): TillState {
  return {
    storeName: '人民路店',
    terminalCode: 'T1',
    timeZone: null,
    agentVersion: '0.1.0',
    connection: 'online',
    offlineSinceMs: null,
    lastSyncAtMs: epochMs(Date.now()),
    outboxDepth: 0,
    parkedCount: 0,
    needsConfirmCount: 0,
    clockOffsetMs: 40,
    tap: 'running',
    storage: 'ok',
    ...changes,
  }
}

/** A member the server has just told about. */
export function standInMember(changes: Partial<CashierMember> = {}): CashierMember {
  return {
    memberId: '01JX0000000000000000000001' as MemberId,
    memberNo: '000000123455',
    phoneMasked: '138****5678',
    state: 'active',
    levelName: '金卡',
    balancePoints: points(12_860),
    pending: null,
    lastVisitDate: '2026-05-28' as CashierMember['lastVisitDate'],
    purchaseCount: 23,
    nameMasked: null,
    ...{ hints: [], offers: [], waitingPickups: 0 },
    asOfMs: epochMs(new Date().setHours(14, 2, 0, 0)),
    source: 'server',
    ...changes,
  }
}

/** The n-th receipt of the day, unclaimed and settled. */
export function standInReceipt(n: number, changes: Partial<TillReceipt> = {}): TillReceipt {
  const no = String(n).padStart(4, '0')
  return {
    receiptId: `01JX${'0'.repeat(18)}${no}` as EventId,
    kind: 'sale',
    receiptNo: `2026060300${no}`,
    businessDate: '2026-06-03' as TillReceipt['businessDate'],
    minute: '17:58',
    totalFen: fen(n * 1_234),
    lineCount: n,
    text: `人民路店\n小票号 2026060300${no}\n合计 ${String(n)}`,
    state: 'settled',
    confirmReason: null,
    member: null,
    points: null,
    spent: null,
    ...{ kept: null, coupons: null },
    undoUntilMs: null,
    capturedAtMs: epochMs(Date.now()),
    ...changes,
  }
}

const NOBODYS = { member: null, points: null, spent: null, coupons: null, undoUntilMs: null }

interface Exchange {
  agent: CashierStandIn
  live: Set<ServerResponse>
  distFolder: string
  request: IncomingMessage
  response: ServerResponse
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, agent, live } = exchange
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  response.setHeader('content-security-policy', "default-src 'self'")
  if (!path.startsWith(API)) {
    await serveFile(exchange, path)
    return
  }
  if (!request.headers.cookie?.includes(cookieOf(agent))) {
    refuse(response, 'token_missing')
    return
  }
  if (path === `${API}/live`) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    live.add(response)
    response.once('close', () => live.delete(response))
    sendAll(response, agent)
    return
  }
  if (request.headers['x-huike-cashier'] !== '1') {
    refuse(response, 'forbidden')
    return
  }
  if (request.method === 'GET') {
    json(response, 200, path === `${API}/state` ? agent.till : { receipts: agent.receipts })
    return
  }
  const body = JSON.parse((await bodyOf(request)) || '{}') as Record<string, unknown>
  agent.calls.push({ path: path.slice(API.length), body })
  await new Promise((resolve) => setTimeout(resolve, agent.delayMs))
  const refused = agent.refuseNext
  agent.refuseNext = null
  if (refused !== null) refuse(response, refused)
  else post(agent, response, path.slice(API.length), body)
}

function post(
  agent: CashierStandIn,
  response: ServerResponse,
  path: string,
  body: Record<string, unknown>,
): void {
  if (path === '/lookup') return json(response, 200, lookup(agent, String(body['input'])))
  if (path === '/register') return json(response, 200, register(agent, String(body['phone'])))
  if (path.startsWith('/points/')) {
    json(response, 200, answerSpending(agent, path.slice('/points/'.length), body))
    return
  }
  if (path.startsWith('/refunds/')) {
    json(response, 200, answerRefund(agent, path.slice('/refunds/'.length), body))
    return
  }
  const [, about, what = ''] = /^\/(coupons|pickups)\/(.+)$/.exec(path) ?? []
  if (about !== undefined) {
    const answer =
      answerGifts(agent, what, body) ??
      (about === 'coupons' ? answerCoupons : answerPickups)(agent, what, body)
    if (answer.ok) json(response, 200, answer.body)
    else refuse(response, answer.code, answer.detail)
    return
  }
  const [, receiptId, verb] = /^\/receipts\/([^/]+)\/(assign|confirm|undo)$/.exec(path) ?? []
  const at = agent.receipts.findIndex((receipt) => receipt.receiptId === receiptId)
  const receipt = agent.receipts[at]
  if (receipt === undefined) {
    refuse(response, 'not_found')
    return
  }
  const changed =
    verb === 'assign'
      ? assigned(agent, receipt, body)
      : verb === 'undo'
        ? { ...receipt, ...NOBODYS }
        : confirmed(receipt, body)
  if (body['decision'] === 'not_a_receipt') agent.receipts.splice(at, 1)
  else agent.receipts[at] = changed
  json(response, 200, { receipt: changed })
}

function lookup(agent: CashierStandIn, input: string): CashierLookupAnswer {
  const member = agent.members.get(input) ?? null
  const notice = { policyVersion: '2026-05', text: NOTICE_TEXT, textSha256: '0'.repeat(64) }
  const none = { hold: null, reservation: null }
  if (!member)
    return { result: agent.isServerReachable ? 'new' : 'unknown_offline', member, ...none, notice }
  if (agent.reservation?.memberId !== member.memberId) agent.reservation = null
  const { reservation, offlineLeft } = agent
  const hold = agent.hold?.memberId === member.memberId ? agent.hold : null
  return { result: 'known', member, hold, reservation, offlineLeft, notice }
}

function register(agent: CashierStandIn, input: string) {
  const phone = normalisePhone(input)
  if (phone === null) throw new Error(`the page registered ${input}`)
  const member = standInMember({
    memberId: '01JX0000000000000000000009' as MemberId,
    phoneMasked: maskPhone(phone),
    state: 'pending',
    levelName: '普通会员',
    balancePoints: points(0),
    lastVisitDate: null,
    purchaseCount: 0,
    source: agent.isServerReachable ? 'server' : 'registered_here',
  })
  agent.members.set(phone, member)
  return { member, settled: agent.isServerReachable }
}

function assigned(
  agent: CashierStandIn,
  receipt: TillReceipt,
  body: Record<string, unknown>,
): TillReceipt {
  const member = [...agent.members.values()].find((one) => one.memberId === body['memberId'])
  if (!member || receipt.totalFen === null) throw new Error('assigned what cannot be assigned')
  const earned = agent.isServerReachable ? points(Math.floor(receipt.totalFen / 100)) : null
  const { memberId, phoneMasked } = member
  const undoUntilMs = epochMs(Date.now() + (agent.till.clockOffsetMs ?? 0) + UNDO_WITHIN_MS)
  const { hold } = agent
  if (hold?.memberId === memberId) agent.hold = null
  const spent =
    hold?.memberId === memberId
      ? { holdId: hold.holdId, points: hold.points, valueFen: hold.valueFen, isOwed: false }
      : null
  const given = {
    ...receipt,
    member: { memberId, phoneMasked },
    points: earned,
    spent,
    undoUntilMs,
  }
  return { ...given, coupons: couponsOn(agent, given) }
}

function confirmed(receipt: TillReceipt, body: Record<string, unknown>): TillReceipt {
  if (body['decision'] === 'not_a_receipt') return receipt
  return {
    ...receipt,
    kind: body['decision'] === 'refund' ? 'refund' : 'sale',
    totalFen: fen(Number(body['totalFen'])),
    state: 'waiting',
    confirmReason: null,
  }
}

async function serveFile(exchange: Exchange, path: string): Promise<void> {
  const { agent, distFolder, response } = exchange
  const name = path === '/' ? 'index.html' : normalize(path).replace(/^[/\\]+/, '')
  const isInside = !name.split(/[/\\]/).includes('..')
  const bytes = isInside ? await readFile(join(distFolder, name)).catch(() => null) : null
  if (bytes === null) {
    refuse(response, 'not_found')
    return
  }
  const isPage = name === 'index.html'
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    // As the agent does: a session comes with the page and with nothing else of it.
    ...(isPage ? { 'set-cookie': `${cookieOf(agent)}; HttpOnly; Path=/` } : {}),
  })
  response.end(isPage ? agent.page(bytes.toString('utf8')) : bytes)
}

function cookieOf(agent: CashierStandIn): string {
  return `huike_cashier=${agent.session}`
}

function sendAll(stream: ServerResponse, agent: CashierStandIn): void {
  stream.write(`event: state\ndata: ${JSON.stringify(agent.till)}\n\n`)
  stream.write(`event: receipts\ndata: ${JSON.stringify({ receipts: agent.receipts })}\n\n`)
}

function refuse(response: ServerResponse, code: OutcomeCode, detail?: string): void {
  const status = outcomeStatus(code)
  const title = outcomeSentence(code)
  const problem = { type: `urn:huike:${code}`, title, status, code, ...(detail && { detail }) }
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify(problem))
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
