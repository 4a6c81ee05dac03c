import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

// A server that agrees with the contract and misbehaves on demand: what a till agent is tested
// against. It remembers every effect it would have had, by event id.

export interface TakenEvent {
  eventId: string
  type: string
  [field: string]: unknown
}

export interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
  /** Answer only after this long. */
  delayMs?: number
  /** Cut the connection instead of answering; what was done stays done. */
  isLost?: boolean
}

type Judge = (event: TakenEvent) => Partial<Record<string, unknown>> | null

const MEMBER_NO = '100000000006'

export class FakeServer {
  readonly effects = new Map<string, TakenEvent>()
  /** Times an event had an effect: more than once would be a duplicate award. */
  readonly effectCounts = new Map<string, number>()
  readonly batches: TakenEvent[][] = []
  readonly requests: string[] = []
  readonly lookups: unknown[] = []
  readonly enrolments: Record<string, unknown>[] = []
  readonly assertions: string[] = []
  members = new Map<string, Record<string, unknown>>()
  snapshotMembers: Record<string, unknown>[] = []
  notice = { policyVersion: 'server-1', text: '门店告知', textSha256: 'ab'.repeat(32) }
  /** Special answers, used up one by one; null answers as usual. */
  script: (Reply | null)[] = []
  /** Same for the token endpoint. */
  tokenScript: (Reply | null)[] = []
  /** Overrides the result of single events. */
  judge: Judge = () => null
  lostReplies = 0
  random: () => number = Math.random
  delayMs = 0
  offsetMs = 0
  isDown = false
  private server: Server | null = null
  private boundPort = 0

  get url(): string {
    return `http://127.0.0.1:${String(this.boundPort)}`
  }

  async start(port = 0): Promise<void> {
    const server = createServer((request, response) => {
      void this.serve(request, response)
    })
    this.server = server
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.boundPort = (server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    const { server } = this
    if (!server) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  /** Ids in the order in which they first had their effect. */
  effectIds(type?: string): string[] {
    return [...this.effects.values()]
      .filter((event) => type === undefined || event.type === type)
      .map((event) => event.eventId)
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const raw = Buffer.concat(chunks)
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const body = JSON.parse(bytes.length === 0 ? 'null' : bytes.toString('utf8')) as never
    const path = (request.url ?? '').split('?')[0] ?? ''
    this.requests.push(path)
    if (this.isDown) {
      request.socket.destroy()
      return
    }
    const reply = this.route(path, body)
    const delayMs = reply.delayMs ?? this.delayMs
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref())
    if (reply.isLost === true) {
      request.socket.destroy()
      return
    }
    const isText = typeof reply.body === 'string'
    response.writeHead(reply.status, {
      'content-type': isText ? 'text/html' : 'application/json',
      ...reply.headers,
    })
    response.end(isText ? (reply.body as string) : JSON.stringify(reply.body))
  }

  private route(path: string, body: never): Reply {
    switch (path) {
      case '/agent/v1/events':
        return this.events(body)
      case '/agent/v1/token':
        return this.token(body)
      case '/agent/v1/enrol':
        return this.enrol(body)
      case '/agent/v1/snapshot':
        return this.ok({
          notice: this.notice,
          members: this.snapshotMembers.splice(0),
          nextCursor: 'c1',
          complete: true,
        })
      case '/agent/v1/lookup':
        return this.lookup(body)
      default:
        return problem(404, 'not_found')
    }
  }

  private events(body: { events: TakenEvent[] }): Reply {
    const scripted = this.script.shift()
    if (scripted && scripted.isLost !== true) return scripted
    this.batches.push(body.events)
    const results = body.events.map((event) => this.takeOne(event))
    const isLost = scripted?.isLost === true || this.random() < this.lostReplies
    return { ...this.ok({ results }), isLost }
  }

  private takeOne(event: TakenEvent): Record<string, unknown> {
    const base = {
      eventId: event.eventId,
      status: 'accepted',
      code: null,
      message: null,
      purchaseId: null,
      memberId: null,
      points: null,
      balancePoints: null,
    }
    if (this.effects.has(event.eventId))
      return { ...base, status: 'duplicate', ...this.told(event) }
    const judged = this.judge(event)
    if (judged?.['status'] === 'retry' || judged?.['status'] === 'rejected')
      return { ...base, ...judged }
    this.effects.set(event.eventId, event)
    this.effectCounts.set(event.eventId, (this.effectCounts.get(event.eventId) ?? 0) + 1)
    return { ...base, ...this.told(event), ...judged }
  }

  private told(event: TakenEvent): Record<string, unknown> {
    if (event.type === 'member.registered') return { memberId: event['memberId'] }
    const who = event['who'] as { memberId?: string } | null
    return who?.memberId === undefined
      ? {}
      : { memberId: who.memberId, points: 21, balancePoints: 121 }
  }

  private token(body: { assertion: string }): Reply {
    this.assertions.push(body.assertion)
    const scripted = this.tokenScript.shift()
    if (scripted) return scripted
    return this.ok({
      accessToken: `t${String(this.assertions.length)}`,
      expiresAtMs: this.nowMs() + 600_000,
      phoneIndexKey: Buffer.alloc(32, 7).toString('base64url'),
    })
  }

  private enrol(body: Record<string, unknown>): Reply {
    this.enrolments.push(body)
    if (body['code'] !== 'GOOD-CODE') return problem(403, 'enrolment_code_invalid')
    return this.ok({
      terminalId: '01J00000000000000000000001',
      terminalCode: 'T1',
      storeId: '01J00000000000000000000002',
      storeCode: 'S1',
      storeName: '人民路店',
      timeZone: 'Asia/Shanghai',
    })
  }

  private lookup(body: {
    by: string
    phone?: string
    memberCode?: string
    memberId?: string
  }): Reply {
    this.lookups.push(body)
    const asked = body.phone ?? body.memberCode ?? body.memberId ?? ''
    return this.ok({ member: this.members.get(asked) ?? null })
  }

  private ok(body: Record<string, unknown>): Reply {
    const head = { protocol: 'huike-agent/1', serverTimeMs: this.nowMs() }
    return { status: 200, body: { ...head, ...body } }
  }

  private nowMs(): number {
    return Date.now() + this.offsetMs
  }
}

/** A refusal as Huike words it. */
export function problem(
  status: number,
  code: string,
  extra: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Reply {
  return {
    status,
    body: { type: 'about:blank', title: code, status, code, ...extra },
    headers: { 'content-type': 'application/problem+json', ...headers },
  }
}

/** A member as the server tells of one. */
export function memberFixture(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    memberId: '01J0000000000000000000000M',
    memberNo: MEMBER_NO,
    phoneMasked: '138****5678',
    state: 'active',
    levelName: '银卡',
    balancePoints: 100,
    lastVisitDate: '2026-03-01',
    purchaseCount: 3,
    asOfMs: Date.now(),
    ...over,
  }
}
