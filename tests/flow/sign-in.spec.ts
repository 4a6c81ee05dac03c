import { beforeEach, describe, expect, it } from '@jest/globals'
import { memberCardSchema, sessionSchema, type Session } from '@huike/shared/contracts/member'
import { problemSchema } from '@huike/shared/contracts/common'
import { ConfigError, readConfig } from '../../server/platform/config.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout, registration } from '../rig/events.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Signing in to the mini-program, against the WeChat stand-in with WeChat's own error codes.

const WECHAT_DOWN = -1
const WECHAT_RATE = 45_011
const CODE_LIVES_MS = 300_000
const ACCESS_LIVES_MS = 900_000
const REUSE_FORGIVEN_MS = 30_000
const SESSION_LIVES_MS = 90 * 86_400_000

let server: TestServer
let openids = 0

function freshOpenid(): string {
  openids += 1
  return `openid-${String(openids)}`
}

async function signIn(openid: string): Promise<Session> {
  const reply = await server.fetch('/member/v1/session/wechat', {
    json: { code: server.wechat?.loginCode(openid) },
  })
  expect(reply.status).toBe(200)
  return sessionSchema.parse(reply.body)
}

function sendPhone(session: Session, phone: string) {
  const json = { code: server.wechat?.phoneCode(phone) }
  return server.fetch('/member/v1/phone', { token: session.accessToken, json })
}

async function givePhone(session: Session, phone: string): Promise<Session> {
  const reply = await sendPhone(session, phone)
  expect(reply.status).toBe(200)
  return sessionSchema.parse(reply.body)
}

function refresh(refreshToken: string) {
  return server.fetch('/member/v1/session/refresh', { json: { refreshToken } })
}

async function refreshed(refreshToken: string): Promise<Session> {
  const reply = await refresh(refreshToken)
  expect(reply.status).toBe(200)
  return sessionSchema.parse(reply.body)
}

async function cardOf(session: Session) {
  const reply = await server.fetch('/member/v1/me', { token: session.accessToken })
  expect(reply.status).toBe(200)
  return memberCardSchema.parse(reply.body)
}

function expectProblem(reply: { status: number; body: unknown }, status: number, code: string) {
  expect(problemSchema.parse(reply.body)).toMatchObject({ status, code })
  expect(reply.status).toBe(status)
}

describeEachDatabase('signing in with WeChat', (kit) => {
  let till: TestTill

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
  })
  beforeEach(() => {
    server.wechat?.failWith(null)
  })

  async function membersCount(): Promise<number> {
    const [row] = await server.database.read((rx) =>
      rx.rows<{ n: number }>('SELECT COUNT(*) AS n FROM member'),
    )
    return Number(row?.n)
  }

  async function phoneAssurance(memberId: string | null): Promise<string[]> {
    const rows = await server.database.read((rx) =>
      rx.rows<{ assurance: string }>(
        "SELECT assurance FROM identity WHERE memberId = ? AND kind = 'phone'",
        [memberId],
      ),
    )
    return rows.map((row) => row.assurance)
  }

  async function consentsOf(memberId: string | null): Promise<string[]> {
    const rows = await server.database.read((rx) =>
      rx.rows<{ state: string }>('SELECT state FROM consent WHERE memberId = ? ORDER BY id', [
        memberId,
      ]),
    )
    return rows.map((row) => row.state)
  }

  /** What stands in consent_state: nothing as long as only the notice was shown. */
  async function membershipOf(memberId: string | null): Promise<string[]> {
    const rows = await server.database.read((rx) =>
      rx.rows<{ state: string }>(
        "SELECT state FROM consent_state WHERE memberId = ? AND purpose = 'membership'",
        [memberId],
      ),
    )
    return rows.map((row) => row.state)
  }

  it('opens a session without a member for somebody new, and refuses member pages', async () => {
    const session = await signIn(freshOpenid())
    expect(session.memberId).toBeNull()
    const reply = await server.fetch('/member/v1/me', { token: session.accessToken })
    expectProblem(reply, 403, 'forbidden')
  })

  it('makes the member when the number is given, and knows the openid from then on', async () => {
    const openid = freshOpenid()
    const withMember = await givePhone(await signIn(openid), '13711110001')
    expect(withMember.memberId).not.toBeNull()
    expect(await cardOf(withMember)).toMatchObject({
      memberId: withMember.memberId,
      state: 'active',
      phoneMasked: '137****0001',
      balancePoints: 0,
    })
    expect(await consentsOf(withMember.memberId)).toEqual(['granted'])
    expect((await signIn(openid)).memberId).toBe(withMember.memberId)
  })

  it('makes a member of the till active and the number verified, with the points', async () => {
    const registered = await till.sendOne(registration(till, '13711110002'))
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: '13711110002' } }))
    expect(await phoneAssurance(registered.memberId)).toEqual(['claimed'])
    const session = await givePhone(await signIn(freshOpenid()), '13711110002')
    expect(session.memberId).toBe(registered.memberId)
    expect(await cardOf(session)).toMatchObject({ state: 'active', balancePoints: 21 })
    expect(await phoneAssurance(registered.memberId)).toEqual(['verified'])
    expect(await consentsOf(registered.memberId)).toEqual(['noticed', 'granted'])
    expect(await membershipOf(registered.memberId)).toEqual(['granted'])
  })

  it('lets one member sign in from two WeChat accounts that give the same number', async () => {
    const [one, two] = [freshOpenid(), freshOpenid()]
    const first = await givePhone(await signIn(one), '13711110003')
    const second = await givePhone(await signIn(two), '13711110003')
    expect(second.memberId).toBe(first.memberId)
    expect((await signIn(one)).memberId).toBe(first.memberId)
    expect((await signIn(two)).memberId).toBe(first.memberId)
  })

  it('makes one member when the number is given twice at the same moment', async () => {
    const sessions = await Promise.all([1, 2, 3, 4].map(() => signIn(freshOpenid())))
    const replies = await Promise.all(sessions.map((session) => sendPhone(session, '13711110004')))
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200])
    expect(new Set(replies.map((reply) => reply.body.memberId)).size).toBe(1)
  })

  it('leaves it to a person when a WeChat account gives somebody else’s number', async () => {
    const openid = freshOpenid()
    const session = await givePhone(await signIn(openid), '13711110005')
    const pending = await till.sendOne(registration(till, '13711110006'))
    const before = await membersCount()
    expectProblem(await sendPhone(session, '13711110006'), 409, 'identity_conflict')
    expect(await membersCount()).toBe(before)
    expect(await phoneAssurance(pending.memberId)).toEqual(['claimed'])
    expect(await consentsOf(pending.memberId)).toEqual(['noticed'])
    expect(await membershipOf(pending.memberId)).toEqual([])
    expect((await signIn(openid)).memberId).toBe(session.memberId)
    expect((await refresh(session.refreshToken)).status).toBe(200)
  })

  describe('what WeChat may answer', () => {
    it('refuses a login code used twice', async () => {
      const json = { code: server.wechat?.loginCode(freshOpenid()) }
      expect((await server.fetch('/member/v1/session/wechat', { json })).status).toBe(200)
      const again = await server.fetch('/member/v1/session/wechat', { json })
      expectProblem(again, 422, 'wechat_code_invalid')
    })

    it('refuses a phone code used twice, expired, or meant for the login', async () => {
      const session = await signIn(freshOpenid())
      const { accessToken: token } = session
      const used = { code: server.wechat?.phoneCode('13711110008') }
      const first = await server.fetch('/member/v1/phone', { token, json: used })
      const again = await server.fetch('/member/v1/phone', {
        token: first.body.accessToken,
        json: used,
      })
      expectProblem(again, 422, 'wechat_code_invalid')
      const mixedUp = { code: server.wechat?.loginCode(freshOpenid()) }
      const { accessToken: now } = first.body
      const confused = await server.fetch('/member/v1/phone', { token: now, json: mixedUp })
      expectProblem(confused, 422, 'wechat_code_invalid')
      const old = { code: server.wechat?.phoneCode('13711110009') }
      server.clock.advance(CODE_LIVES_MS + 1)
      const late = await server.fetch('/member/v1/phone', { token: now, json: old })
      expectProblem(late, 422, 'wechat_code_invalid')
    })

    it.each([
      ['is busy', WECHAT_DOWN, 503, 'wechat_busy'],
      ['limits the rate', WECHAT_RATE, 429, 'rate_limited'],
      ['refuses our secret', 40_125, 503, 'wechat_busy'],
      ['refuses the user as a risk', 40_226, 422, 'wechat_code_invalid'],
    ])('tells the shopper when it %s', async (_what, errcode, status, code) => {
      const session = await signIn(freshOpenid())
      server.wechat?.failWith(errcode)
      const login = { code: server.wechat?.loginCode(freshOpenid()) }
      const reply = await server.fetch('/member/v1/session/wechat', { json: login })
      expectProblem(reply, status, code)
      expectProblem(await sendPhone(session, '13711110010'), status, code)
      server.wechat?.failWith(null)
      expect((await givePhone(session, '13711110010')).memberId).not.toBeNull()
    })

    it('fetches a new access token when WeChat dropped the one it had', async () => {
      await givePhone(await signIn(freshOpenid()), '13711110011')
      server.wechat?.dropToken()
      await givePhone(await signIn(freshOpenid()), '13711110012')
    })
  })

  describe('the refresh token', () => {
    it('gives the next pair, and the member stays', async () => {
      const session = await givePhone(await signIn(freshOpenid()), '13711110013')
      const next = await refreshed(session.refreshToken)
      expect(next.refreshToken).not.toBe(session.refreshToken)
      expect(next.memberId).toBe(session.memberId)
      const third = await refreshed(next.refreshToken)
      expect(await cardOf(third)).toMatchObject({ memberId: session.memberId })
    })

    it('survives a lost reply: the same token within 30 s gives the same next one', async () => {
      const session = await givePhone(await signIn(freshOpenid()), '13711110014')
      const lost = await refreshed(session.refreshToken)
      server.clock.advance(REUSE_FORGIVEN_MS)
      const again = await refreshed(session.refreshToken)
      expect(again.refreshToken).toBe(lost.refreshToken)
      expect(await cardOf(again)).toMatchObject({ memberId: session.memberId })
      expect((await refresh(again.refreshToken)).status).toBe(200)
    })

    it('answers two requests at the same moment with one and the same next token', async () => {
      const { refreshToken } = await signIn(freshOpenid())
      const both = await Promise.all([refreshed(refreshToken), refreshed(refreshToken)])
      expect(both[0].refreshToken).toBe(both[1].refreshToken)
      expect((await refresh(both[0].refreshToken)).status).toBe(200)
    })

    it('ends the session for both when an old one is used after that', async () => {
      const { refreshToken } = await signIn(freshOpenid())
      const next = await refreshed(refreshToken)
      server.clock.advance(REUSE_FORGIVEN_MS + 1)
      expectProblem(await refresh(refreshToken), 401, 'token_invalid')
      expectProblem(await refresh(next.refreshToken), 401, 'token_invalid')
      expectProblem(await refresh(refreshToken), 401, 'token_invalid')
    })

    it('is refused when made up, or when the session is too old', async () => {
      const { refreshToken } = await signIn(freshOpenid())
      expectProblem(await refresh('made-up'), 401, 'token_invalid')
      server.clock.advance(SESSION_LIVES_MS + 1)
      expectProblem(await refresh(refreshToken), 401, 'token_expired')
    })

    it('lives on from its last use, not from the sign-in', async () => {
      const { refreshToken } = await signIn(freshOpenid())
      server.clock.advance(SESSION_LIVES_MS - 1)
      const next = await refreshed(refreshToken)
      server.clock.advance(SESSION_LIVES_MS - 1)
      expect((await refresh(next.refreshToken)).status).toBe(200)
    })
  })

  it('ends the session at sign-out: nothing more can be refreshed or tied to it', async () => {
    const session = await signIn(freshOpenid())
    const { accessToken: token } = session
    const gone = await server.fetch('/member/v1/session', { method: 'DELETE', token })
    expect(gone.status).toBe(204)
    const before = await membersCount()
    expectProblem(await refresh(session.refreshToken), 401, 'token_invalid')
    expectProblem(await sendPhone(session, '13711110015'), 401, 'token_invalid')
    expect(await membersCount()).toBe(before)
  })

  it('lets an access token die of age', async () => {
    const session = await givePhone(await signIn(freshOpenid()), '13711110016')
    server.clock.advance(ACCESS_LIVES_MS)
    const reply = await server.fetch('/member/v1/me', { token: session.accessToken })
    expectProblem(reply, 401, 'token_expired')
  })

  it("takes a member's token at the member's door only", async () => {
    const session = await givePhone(await signIn(freshOpenid()), '13711110017')
    const { accessToken: token } = session
    const doors: [string, string, object | undefined][] = [
      ['GET', '/agent/v1/snapshot', undefined],
      ['POST', '/agent/v1/lookup', { by: 'phone', phone: '13711110017' }],
      [
        'POST',
        '/agent/v1/events',
        { sentAtMs: 0, agentVersion: '1', outboxDepth: 0, events: [{}] },
      ],
      ['GET', '/console/v1/stores', undefined],
    ]
    for (const [method, path, json] of doors) {
      const reply = await server.fetch(path, { method, token, ...(json ? { json } : {}) })
      expect([path, reply.status]).toEqual([path, 401])
      expect(reply.body.code).toBe('token_invalid')
    }
    const tillToken = await till.token()
    const asMember = await server.fetch('/member/v1/me', { token: tillToken })
    expectProblem(asMember, 401, 'token_invalid')
  })

  it('has no sign-in by phone alone outside the sandbox, whatever is sent to it', async () => {
    const other = await kit.open()
    const real = await startTestServer(other, {
      HUIKE_SANDBOX: '0',
      WECHAT_APPID: 'wx1',
      WECHAT_SECRET: 's',
    })
    try {
      for (const json of [{ phone: '13711110018' }, {}, { phone: 1 }])
        expectProblem(await real.fetch('/member/v1/session/sandbox', { json }), 404, 'not_found')
    } finally {
      await real.stop()
      await other.drop()
    }
  })
})

describe('the sandbox', () => {
  const settings = {
    HUIKE_DATABASE_URL: 'sqlite:x',
    HUIKE_DATA_DIR: 'x',
    HUIKE_KEYRING: newKeyringJson(),
  }

  it('is refused in production', () => {
    const production = { ...settings, HUIKE_SANDBOX: '1', NODE_ENV: 'production' }
    expect(() => readConfig(production)).toThrow(ConfigError)
  })

  it('has to be asked for: without it WeChat must be configured', () => {
    expect(() => readConfig(settings)).toThrow(/WECHAT_APPID/)
  })
})
