import { beforeEach, describe, expect, it } from '@jest/globals'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { ApiAnswer, ApiRequest } from '../api/transport.js'
import { createKeeper, type Keeper } from '../data/keeper.js'
import { createSession, type SessionStore } from './session.js'

const NOW_MS = 1_764_000_000_000
const OFF_LINE: ApiAnswer = { reached: false }

let storage: Map<string, unknown>
let keeper: Keeper
let nowMs: number
let requests: ApiRequest[]
/** What the server answers, by path; the last of several is repeated. */
let answers: Record<string, ApiAnswer[]>
let wechatCodes: (string | null)[]

beforeEach(() => {
  storage = new Map()
  keeper = createKeeper({
    read: (name) => storage.get(name),
    write: (name, value) => void storage.set(name, value),
    remove: (name) => void storage.delete(name),
  })
  nowMs = NOW_MS
  requests = []
  answers = {}
  wechatCodes = []
})

function open(): SessionStore {
  return createSession({
    keeper,
    nowMs: () => nowMs,
    wechatCode: () => Promise.resolve(wechatCodes.shift() ?? null),
    transport: async (request) => {
      requests.push(request)
      await new Promise<void>((resolve) => {
        setTimeout(resolve, 0)
      })
      const queue = answers[request.path.replace('/member/v1', '')] ?? []
      return (queue.length > 1 ? queue.shift() : queue[0]) ?? OFF_LINE
    },
  })
}

const ok = (body: unknown): ApiAnswer => ({ reached: true, status: 200, body })
const refused = (code: OutcomeCode, status: number): ApiAnswer => ({
  reached: true,
  status,
  body: { type: code, title: code, status, code },
})
const EXPIRED = refused('token_expired', 401)

function session(n: number, memberId: string | null = 'member-1') {
  return ok({
    accessToken: `access-${String(n)}`,
    refreshToken: `refresh-${String(n)}`,
    accessExpiresAtMs: NOW_MS + 600_000,
    memberId,
    serverTimeMs: NOW_MS,
  })
}

async function signedIn(): Promise<SessionStore> {
  answers['/session/sandbox'] = [session(1)]
  const store = open()
  await store.signInInSandbox('13800138000')
  requests.length = 0
  return store
}

const ME = { method: 'GET', path: '/member/v1/me' } as const

describe('signing in', () => {
  it('goes by WeChat, then asks for the phone only when the chain does not know the person', async () => {
    wechatCodes = ['login-1']
    answers['/session/wechat'] = [session(1, null)]
    answers['/phone'] = [session(2)]
    const store = open()
    expect(store.get()).toEqual({ kind: 'signed_out' })
    await store.signInWithWechat()
    expect(store.get()).toEqual({ kind: 'phone_needed' })
    await store.givePhone('phone-1')
    expect(store.get()).toEqual({ kind: 'member', memberId: 'member-1' })
    expect(requests.map(({ body }) => body)).toEqual([{ code: 'login-1' }, { code: 'phone-1' }])
    expect(requests[1]?.accessToken).toBe('access-1')
  })

  it('survives a restart', async () => {
    await signedIn()
    expect(open().get()).toEqual({ kind: 'member', memberId: 'member-1' })
  })

  it('gives the sentence of a refusal and changes nothing', async () => {
    answers['/session/sandbox'] = [refused('phone_invalid', 422)]
    const store = open()
    expect(await store.signInInSandbox('1')).toMatchObject({ ok: false, sentence: '手机号不正确' })
    expect(store.get()).toEqual({ kind: 'signed_out' })
  })

  it('forgets what was kept for the person before', async () => {
    const store = await signedIn()
    keeper.write('card', { of: 'member-1' })
    answers['/session/sandbox'] = [session(2, 'member-2')]
    await store.signInInSandbox('13900139000')
    expect(keeper.read('card')).toBeNull()
    expect(open().get()).toEqual({ kind: 'member', memberId: 'member-2' })
  })
})

describe('an expired access token', () => {
  it('is refreshed once for all requests that meet it, which then succeed', async () => {
    const store = await signedIn()
    answers['/me'] = [EXPIRED, EXPIRED, EXPIRED, ok({ fine: true })]
    answers['/session/refresh'] = [session(2)]
    const results = await Promise.all([store.send(ME), store.send(ME), store.send(ME)])
    expect(results.every((result) => result.ok)).toBe(true)
    expect(requests.filter(({ path }) => path.endsWith('/refresh'))).toHaveLength(1)
    expect(requests.at(-1)?.accessToken).toBe('access-2')
  })

  it('is replaced before it is used when the clock says so', async () => {
    const store = await signedIn()
    nowMs = NOW_MS + 595_000
    answers['/session/refresh'] = [session(2)]
    answers['/me'] = [ok({})]
    await store.send(ME)
    expect(requests.map(({ path }) => path)).toEqual([
      '/member/v1/session/refresh',
      '/member/v1/me',
    ])
  })

  it('is renewed through WeChat when the refresh token is refused', async () => {
    const store = await signedIn()
    wechatCodes = ['login-2']
    answers['/me'] = [EXPIRED, ok({})]
    answers['/session/refresh'] = [refused('token_invalid', 401)]
    answers['/session/wechat'] = [session(3)]
    expect(await store.send(ME)).toMatchObject({ ok: true })
  })

  it('signs out, and forgets, only when nobody vouches any more', async () => {
    const store = await signedIn()
    answers['/me'] = [EXPIRED]
    answers['/session/refresh'] = [refused('token_invalid', 401)]
    expect(await store.send(ME)).toMatchObject({ ok: false, code: 'token_expired' })
    expect(store.get()).toEqual({ kind: 'signed_out' })
    expect(storage.size).toBe(0)
  })

  it.each([
    ['there is no network', OFF_LINE],
    ['the server is busy', refused('busy', 503)],
  ])('signs nobody out while %s', async (_, answer) => {
    const store = await signedIn()
    answers['/me'] = [EXPIRED]
    answers['/session/refresh'] = [answer]
    expect(await store.send(ME)).toMatchObject({ ok: false })
    expect(store.get().kind).toBe('member')
  })

  it('is not revived when the person signs out meanwhile', async () => {
    const store = await signedIn()
    answers['/me'] = [EXPIRED]
    answers['/session/refresh'] = [session(2)]
    const sending = store.send(ME)
    store.signOut()
    expect(await sending).toMatchObject({ ok: false })
    expect(store.get()).toEqual({ kind: 'signed_out' })
    expect(storage.size).toBe(0)
  })
})

describe('signing out', () => {
  it('tells the server and forgets everything at once', async () => {
    const store = await signedIn()
    store.signOut()
    expect(requests).toEqual([
      { method: 'DELETE', path: '/member/v1/session', accessToken: 'access-1' },
    ])
    expect(storage.size).toBe(0)
  })
})

describe('the clock', () => {
  it('follows the server, and is remembered for days without a network', async () => {
    const store = await signedIn()
    store.learnClock(NOW_MS + 90_000)
    expect(store.serverNowMs()).toBe(NOW_MS + 90_000)
    expect(open().serverNowMs()).toBe(NOW_MS + 90_000)
  })
})
