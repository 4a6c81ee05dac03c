import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import type { AddressInfo } from 'node:net'
import { levelPageSchema } from '@huike/shared/contracts/levels'
import {
  memberCardSchema,
  pointsPageSchema,
  purchaseDetailSchema,
  purchasePageSchema,
  purchaseQuerySchema,
  refreshSchema,
  sandboxSignInSchema,
  sessionSchema,
  type SandboxSignIn,
  wechatPhoneSchema,
  wechatSignInSchema,
} from '@huike/shared/contracts/member'
import { waitingPickupsSchema } from '@huike/shared/contracts/pickups'
import { referralPageSchema } from '@huike/shared/contracts/referrals'
import { ownReviewSchema, reviewDraftSchema } from '@huike/shared/contracts/reviews'
import { signInWords } from '@huike/shared/activities'
import { signInAnswerSchema } from '@huike/shared/contracts/sign-in'
import { points } from '@huike/shared/quantities'
import { outcomeSentence, outcomeStatus, type OutcomeCode } from '@huike/shared/outcomes'
import { StandInAccount } from './member-stand-in-account.js'
import { StandInCoupons } from './member-stand-in-coupons.js'
import { StandInMall } from './member-stand-in-mall.js'
import { StandInPacks } from './member-stand-in-packs.js'
import { memberStandInData, moveForExchange, type StandInData } from './member-stand-in-data.js'

// A stand-in for the server's /member/v1, for tests of the mini-program alone. Every answer passes
// the contract's own schema on its way out and every body on its way in, so it cannot drift from
// what the real server and the mini-program agreed on. In memory, on a free port of 127.0.0.1.

const ROOT = '/member/v1'
const ACCESS_LIFE_MS = 600_000
const PAGE_ROWS = 20
const BODY_BYTES_MAX = 10_000

const NO_REFERRALS = { code: null, rules: [], referrals: [], nextCursor: null }
const AS_CASH = { points: 12_800, worthFen: 12_800, leastPoints: 100, isCodeNeeded: true }

/** As strict as the real server: a page that needs more must fail here first. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'"

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.png': 'image/png',
}

interface Question {
  method: string
  path: string
  query: URLSearchParams
  token: string
  body: unknown
}

type Answer = { body: unknown } | { refusal: OutcomeCode }

export interface MemberStandIn {
  readonly origin: string
  readonly data: StandInData
  readonly account: StandInAccount
  readonly coupons: StandInCoupons
  readonly packs: StandInPacks
  readonly mall: StandInMall
  /** Requests so far, as `METHOD path`. */
  readonly requests: readonly string[]
  /** From now on every data request is refused with this code; null ends it. */
  refuseWith(code: OutcomeCode | null): void
  /** The next POSTs, one or so many, are done, and their answers are lost on the way. */
  loseNextReply(times?: number): void
  /** Access tokens given so far are refused from now on. */
  expireAccess(): void
  /** Refresh tokens given so far are refused from now on. */
  revokeRefresh(): void
  /** Cuts every line and begins anew, as if nobody had ever come. */
  begin(): void
  close(): Promise<void>
}

/** Starts the stand-in. `h5Root` is served under /m/ where given. */
export async function startMemberStandIn(
  options: { h5Root?: string } = {},
): Promise<MemberStandIn> {
  let desk = new Desk()
  const server = createServer((request, response) => {
    handle(desk, options.h5Root, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    get data() {
      return desk.data
    },
    get account() {
      return desk.account
    },
    get coupons() {
      return desk.coupons
    },
    get packs() {
      return desk.packs
    },
    get mall() {
      return desk.mall
    },
    get requests() {
      return desk.requests
    },
    refuseWith: (code) => {
      desk.refusal = code
    },
    loseNextReply: (times = 1) => {
      desk.repliesLost = times
    },
    expireAccess: () => {
      desk.access.clear()
    },
    revokeRefresh: () => {
      desk.refresh.clear()
    },
    begin: () => {
      server.closeAllConnections()
      desk = new Desk()
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** What the stand-in knows: who holds which token, and the one member there is. */
class Desk {
  readonly data = memberStandInData()
  readonly account = new StandInAccount()
  readonly coupons = new StandInCoupons()
  readonly packs = new StandInPacks()
  readonly mall = new StandInMall({
    spendable: () => this.data.card.balancePoints,
    move: (of) => {
      moveForExchange(this.data, of)
    },
    give: (printed) => this.coupons.give(printed),
  })
  readonly requests: string[] = []
  /** Token → has the holder given a phone number? */
  readonly access = new Map<string, boolean>()
  readonly refresh = new Map<string, boolean>()
  readonly usedCodes = new Set<string>()
  refusal: OutcomeCode | null = null
  repliesLost = 0
  #isPhoneKnown = false
  #minted = 0

  answer({ method, path, query, token, body }: Question): Answer {
    switch (`${method} ${path}`) {
      case 'POST /member/v1/session/wechat':
        return this.#wechat(wechatSignInSchema.parse(body).code)
      case 'POST /member/v1/session/sandbox':
        return this.#sandbox(sandboxSignInSchema.parse(body))
      case 'POST /member/v1/session/refresh':
        return this.#renew(refreshSchema.parse(body).refreshToken)
    }
    const isMember = this.access.get(token)
    if (isMember === undefined) return { refusal: 'token_expired' }
    if (method === 'DELETE' && path === '/member/v1/session') {
      this.refresh.clear()
      return { body: null }
    }
    if (this.refusal !== null) return { refusal: this.refusal }
    if (method === 'POST' && path === '/member/v1/phone') {
      wechatPhoneSchema.parse(body)
      this.#isPhoneKnown = true
      return this.#session(true)
    }
    if (!isMember) return { refusal: 'forbidden' }
    if (path === `${ROOT}/sign-in`) return this.#signInToday()
    if (path.endsWith('/review')) return this.#review(method, path, body)
    const cursor = query.get('cursor')
    const asked = { method, path: path.slice(ROOT.length), cursor, body }
    return (
      this.account.answer(asked) ??
      this.coupons.answer({ ...asked, state: query.get('state') }) ??
      this.packs.answer(asked) ??
      this.mall.answer(asked) ??
      this.#read(path, query)
    )
  }

  #sandbox({ phone, referralCode }: SandboxSignIn): Answer {
    if (!phone.startsWith('1')) return { refusal: 'phone_invalid' }
    this.data.givenCode = referralCode ?? null
    const referral = referralCode === undefined ? null : 'unknown'
    return this.#session(true, referral)
  }

  #wechat(code: string): Answer {
    if (this.usedCodes.has(code)) return { refusal: 'wechat_code_invalid' }
    this.usedCodes.add(code)
    return this.#session(this.#isPhoneKnown)
  }

  #renew(token: string): Answer {
    const isMember = this.refresh.get(token)
    if (isMember === undefined) return { refusal: 'token_invalid' }
    this.refresh.delete(token)
    return this.#session(isMember)
  }

  #session(isMember: boolean, referral: 'unknown' | null = null): Answer {
    this.#minted += 1
    const accessToken = `access-${String(this.#minted)}`
    const refreshToken = `refresh-${String(this.#minted)}`
    this.access.set(accessToken, isMember)
    this.refresh.set(refreshToken, isMember)
    const nowMs = Date.now()
    const memberId = isMember ? this.data.card.memberId : null
    const accessExpiresAtMs = nowMs + ACCESS_LIFE_MS
    return {
      body: sessionSchema.parse({
        accessToken,
        refreshToken,
        accessExpiresAtMs,
        memberId,
        serverTimeMs: nowMs,
        referral,
      }),
    }
  }

  #signInToday(): Answer {
    const { card, signIn } = this.data
    if (signIn === null) return { refusal: 'activity_off' }
    const isFresh = !signIn.isDone
    if (isFresh) {
      card.balancePoints = points(card.balancePoints + signIn.todayPoints)
      this.data.signIn = { ...signIn, isDone: true, streakDays: signIn.streakDays + 1 }
    }
    const explanation = signInWords(signIn.streakDays + 1, signIn.todayPoints)
    const { balancePoints } = card
    const said = { isFresh, explanation, balancePoints, points: signIn.todayPoints }
    return { body: signInAnswerSchema.parse({ ...said, signIn: this.data.signIn }) }
  }

  #review(method: string, path: string, body: unknown): Answer {
    const purchase = this.data.purchases.find(({ id }) => path.includes(id))
    if (!purchase?.review) return { refusal: 'not_found' }
    const words =
      method === 'DELETE'
        ? { state: 'withdrawn', points: 0, stars: null, text: null }
        : { state: 'waiting', ...reviewDraftSchema.parse(body) }
    purchase.review = ownReviewSchema.parse({ ...purchase.review, untilDate: null, ...words })
    return { body: purchase.review }
  }

  #read(path: string, query: URLSearchParams): Answer {
    const from = Number(query.get('cursor') ?? '0')
    const { card, entries, purchases } = this.data
    const { deletionDueAtMs } = this.account
    const page = <T>(rows: readonly T[]) => ({
      rows: rows.slice(from, from + PAGE_ROWS),
      nextCursor: from + PAGE_ROWS < rows.length ? String(from + PAGE_ROWS) : null,
    })
    if (path === '/member/v1/me')
      return {
        body: memberCardSchema.parse({
          ...{ ...card, deletionDueAtMs, serverTimeMs: Date.now() },
          couponsToClaim: this.coupons.bought.filter(({ state }) => state === 'waiting').length,
        }),
      }
    if (path === '/member/v1/level') return { body: levelPageSchema.parse(this.data.level) }
    if (path === '/member/v1/points') {
      const { rows, nextCursor } = page(entries)
      const { balancePoints, pending, expiringSoon } = card
      const { signIn, profilePoints } = this.data
      const asCash = from === 0 ? AS_CASH : null
      const isReferralOn = this.data.referrals !== null
      const gifts = { signIn, profilePoints, isReferralOn }
      const told = { balancePoints, pending, expiringSoon, ...gifts, asCash }
      return { body: pointsPageSchema.parse({ ...told, entries: rows, nextCursor }) }
    }
    if (path === '/member/v1/referrals')
      return { body: referralPageSchema.parse(this.data.referrals ?? NO_REFERRALS) }
    if (path === '/member/v1/purchases') {
      const { channel } = purchaseQuerySchema.parse(Object.fromEntries(query))
      const { rows, nextCursor } = page(
        purchases.filter((purchase) => channel === undefined || purchase.channel === channel),
      )
      return { body: purchasePageSchema.parse({ purchases: rows, nextCursor }) }
    }
    const { pickups } = this.data
    if (path === '/member/v1/pickups') {
      const waiting = pickups.filter(({ code }) => code !== null)
      return { body: waitingPickupsSchema.parse({ pickups: waiting }) }
    }
    const found = purchases.find(({ id }) => path === `/member/v1/purchases/${id}`)
    if (!found) return { refusal: 'purchase_not_found' }
    const offers = this.coupons.bought.filter(({ purchaseId }) => purchaseId === found.id)
    const pickup = pickups.find(({ purchaseId }) => purchaseId === found.id) ?? null
    return { body: purchaseDetailSchema.parse({ ...found, offers, pickup }) }
  }
}

async function handle(
  desk: Desk,
  h5Root: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (h5Root !== undefined && url.pathname.startsWith('/m/')) {
    sendFile(join(h5Root, normalize(url.pathname.slice('/m'.length))), h5Root, response)
    return
  }
  const method = request.method ?? 'GET'
  desk.requests.push(`${method} ${url.pathname}`)
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
  const body = method === 'POST' || method === 'PUT' ? await readJson(request) : undefined
  const { pathname: path, searchParams: query } = url
  const answer = desk.answer({ method, path, query, token, body })
  if (method === 'POST' && desk.repliesLost > 0) {
    desk.repliesLost -= 1
    loseHalfway(response)
    return
  }
  if ('body' in answer && answer.body === null) {
    response.writeHead(204).end()
    return
  }
  if ('body' in answer) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.body))
    return
  }
  const code = answer.refusal
  const status = outcomeStatus(code)
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ type: code, title: outcomeSentence(code), status, code }))
}

/** Cut in the middle: of an answer that never began, a browser would ask again by itself. */
function loseHalfway(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{', () => {
    response.destroy()
  })
}

function sendFile(path: string, root: string, response: ServerResponse): void {
  const file = path.endsWith('/') ? join(path, 'index.html') : path
  if (!file.startsWith(root) || !existsSync(file)) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': CONTENT_TYPES[extname(file)] ?? 'text/plain',
    'content-security-policy': PAGE_POLICY,
    // The names of everything but the page itself change with what is in them.
    'cache-control': file.endsWith('.html') ? 'no-cache' : 'max-age=31536000, immutable',
  })
  response.end(readFileSync(file))
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_BYTES_MAX) throw new Error('body too large')
  }
  return JSON.parse(text)
}
