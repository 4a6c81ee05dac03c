import { createPublicKey, verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { enrolAnswerSchema } from '@huike/shared/contracts/agent'
import type { MemberRegistered } from '@huike/shared/contracts/agent'
import { FakeServer, memberFixture, problem } from '../../tests/crash/agent-fake-server.js'
import {
  KEY,
  openCore,
  SILENT,
  storeOn,
  temporaryFolder,
  testId,
  until,
} from '../../tests/crash/agent-fixtures.js'
import { Clock } from '../platform/clock.js'
import type { StoreCore } from '../store/core.js'
import { readEnrolment } from '../store/enrolment.js'
import type { AppliedResult } from '../store/outbox.js'
import { enrol } from './enrol.js'
import { ServerClient } from './server-client.js'
import { Uplink } from './uplink.js'

const FAST = { baseMs: 20, maxMs: 200, maxPageOpenMs: 100, floorMs: 5 }
const BEAT = { everyMs: 60, limitMs: 200 }

let folder: ReturnType<typeof temporaryFolder>
let core: StoreCore
let server: FakeServer
let uplink: Uplink
let applied: AppliedResult[]
let toldOf: string[]
let forwardMs: number

beforeEach(async () => {
  folder = temporaryFolder()
  core = openCore(folder.path)
  server = new FakeServer()
  await server.start()
  applied = []
  toldOf = []
  forwardMs = 0
  const wallMs = (): number => Date.now() + forwardMs
  const clock = new Clock({ wallMs, monotonicMs: () => performance.now() + forwardMs })
  const client = new ServerClient(server.url, clock)
  const result = await enrol({
    client,
    serverUrl: server.url,
    code: 'GOOD-CODE',
    dataDirectory: folder.path,
    key: KEY,
  })
  expect(result.ok).toBe(true)
  await client.close()
  uplink = new Uplink({
    serverUrl: server.url,
    store: storeOn(core),
    clock,
    log: SILENT,
    enrolment: () => readEnrolment(folder.path, KEY),
    onApplied: (results) => applied.push(...results),
    onBatch: () => undefined,
    onConnection: () => undefined,
    onMembers: (ids) => toldOf.push(...ids),
    backoff: FAST,
    heartbeat: BEAT,
  })
})
afterEach(async () => {
  await uplink.stop()
  await server.stop()
  core.close()
  folder.remove()
})

/** Time passes, here and at the server. */
const pass = (ms: number): void => {
  forwardMs += ms
  server.offsetMs += ms
}
const queueMore = (index: number): void => {
  queue(1, 1_000 + index)
}

/** Registers `count` shoppers: the simplest events there are. */
function queue(count: number, firstPhone = 0): string[] {
  const notice = core.members.notice()
  return Array.from({ length: count }, (_, at) => {
    const index = firstPhone + at
    const answer = core.members.register({
      eventId: testId() as MemberRegistered['eventId'],
      memberId: testId() as MemberRegistered['memberId'],
      phone: `138${String(index).padStart(8, '0')}` as never,
      policyVersion: notice.policyVersion,
      textSha256: notice.textSha256,
      nowMs: Date.now(),
      cashier: null,
    })
    if (!answer.ok) throw new Error(answer.code)
    return String(answer.eventId)
  })
}

const emptied = (): boolean => core.outbox.counts().waiting === 0

describe('the uplink', () => {
  it('sends what waited, in order, each event once', async () => {
    const ids = queue(250)
    uplink.start()
    await until(emptied)
    expect(server.effectIds()).toEqual(ids)
    expect(Math.max(...server.batches.map((batch) => batch.length))).toBe(100)
  })

  it('brings a day offline home once each, although one reply in five is lost', async () => {
    server.lostReplies = 0.2
    server.isDown = true
    const ids = queue(1_200)
    uplink.start()
    await until(() => server.requests.length > 2)
    server.isDown = false
    await until(emptied, 30_000)
    expect(server.effectIds()).toEqual(ids)
    expect([...server.effectCounts.values()].every((count) => count === 1)).toBe(true)
  })

  it('sends the same bytes under the same id when the reply was lost', async () => {
    server.script = [{ status: 200, body: {}, isLost: true }]
    queue(1)
    uplink.start()
    await until(emptied)
    expect(server.batches).toHaveLength(2)
    expect(server.batches[1]).toEqual(server.batches[0])
    expect(applied.at(-1)).toMatchObject({ status: 'settled' })
  })

  const troubles: [string, FakeServer['script'][number]][] = [
    ['500 with a problem', problem(500, 'internal')],
    ['502 from a proxy', { status: 502, body: '<html>bad gateway</html>' }],
    ['200 from a captive portal', { status: 200, body: '<html>请登录</html>' }],
    ['200 with JSON that is not ours', { status: 200, body: { ok: true } }],
    ['a redirect', { status: 302, body: 'x', headers: { location: 'http://127.0.0.1:9/' } }],
    ['404 from somebody', { status: 404, body: '<html></html>' }],
    [
      'an answer that mentions none of the events',
      {
        status: 200,
        body: { protocol: 'huike-agent/1', serverTimeMs: 1, results: [] },
      },
    ],
  ]
  it.each(troubles)('does not take %s for an acknowledgement', async (_title, reply) => {
    server.script = [reply]
    const ids = queue(3)
    uplink.start()
    await until(emptied)
    expect(server.effectIds()).toEqual(ids)
    expect(core.outbox.counts()).toMatchObject({ parked: 0, settled: 3 })
  })

  it('waits as long as Retry-After asks', async () => {
    server.script = [problem(429, 'rate_limited', {}, { 'retry-after': '1' })]
    queue(1)
    const begunMs = performance.now()
    uplink.start()
    await until(emptied)
    expect(performance.now() - begunMs).toBeGreaterThan(950)
  })

  it('refreshes its token once and sends the same batch again', async () => {
    server.script = [problem(401, 'token_expired')]
    const ids = queue(2)
    uplink.start()
    await until(emptied)
    expect(server.assertions).toHaveLength(2)
    expect(server.effectIds()).toEqual(ids)
  })

  it('asks for one token although many need it', async () => {
    queue(1)
    uplink.start()
    await Promise.all([1, 2, 3].map(() => uplink.lookup({ by: 'phone', phone: '13800000000' })))
    await until(emptied)
    expect(server.assertions).toHaveLength(1)
  })

  it('signs again with the server time when its own clock is wrong', async () => {
    server.offsetMs = 5 * 3_600_000
    server.tokenScript = [
      problem(401, 'clock_skew', { serverTimeMs: Date.now() + server.offsetMs }),
    ]
    queue(1)
    uplink.start()
    await until(emptied)
    const claims = JSON.parse(
      Buffer.from(server.assertions.at(-1)?.split('.')[1] ?? '', 'base64url').toString(),
    ) as { iat: number; exp: number; iss: string; sub: string; aud: string }
    expect(Math.abs(claims.iat * 1_000 - (Date.now() + server.offsetMs))).toBeLessThan(10_000)
    expect(claims).toMatchObject({ aud: 'huike', iss: claims.sub })
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(60)
  })

  it('halves a batch that is too large until it passes', async () => {
    const tooLarge = { status: 413, body: '<html>too large</html>' }
    server.script = [tooLarge, tooLarge]
    const ids = queue(40)
    uplink.start()
    await until(emptied)
    expect(server.effectIds()).toEqual(ids)
  })

  it('parks the one event the server refuses, and nothing else', async () => {
    const ids = queue(9)
    server.judge = (event) =>
      event.eventId === ids[4] ? { status: 'rejected', code: 'phone_invalid' } : null
    uplink.start()
    await until(emptied)
    expect(core.outbox.counts()).toMatchObject({ parked: 1, settled: 8 })
    expect(applied.find((one) => one.status === 'parked')).toMatchObject({
      eventId: ids[4],
      code: 'phone_invalid',
    })
  })

  it('finds the poison when the server refuses whole batches', async () => {
    const ids = queue(11)
    const route = server as unknown as { events(body: { events: { eventId: string }[] }): unknown }
    const usual = route.events.bind(server)
    route.events = (body) =>
      body.events.some((event) => event.eventId === ids[6])
        ? problem(422, 'input_invalid')
        : usual(body)
    uplink.start()
    await until(emptied)
    expect(core.outbox.counts()).toMatchObject({ parked: 1, settled: 10 })
    expect(core.outbox.stateOf(String(ids[6]))).toEqual({ state: 'parked', code: 'input_invalid' })
  })

  it('keeps the order when the server says "not now"', async () => {
    const ids = queue(3)
    let refusals = 2
    server.judge = (event) =>
      event.eventId === ids[0] && refusals-- > 0 ? { status: 'retry', code: 'busy' } : null
    uplink.start()
    await until(emptied)
    expect(server.batches.map((batch) => batch[0]?.eventId).slice(0, 3)).toEqual([
      ids[0],
      ids[0],
      ids[0],
    ])
  })

  it('parks an event put off for ever, while others pass, and goes on', async () => {
    const [poison] = queue(1)
    server.judge = (event) =>
      event.eventId === poison ? { status: 'retry', code: 'internal' } : null
    uplink.start()
    const isParked = (): boolean => core.outbox.counts().parked === 1
    for (let more = 0; more < 40 && !isParked(); more += 1) {
      const settledBefore = core.outbox.counts().settled
      queueMore(more)
      uplink.hurry()
      await until(() => core.outbox.counts().settled > settledBefore)
      pass(40_000)
    }
    expect(core.outbox.stateOf(String(poison))).toEqual({ state: 'parked', code: 'internal' })
    await until(emptied)
    const asked = server.batches.filter((batch) => batch.some(({ eventId }) => eventId === poison))
    expect(asked.length).toBeGreaterThanOrEqual(20)
  })

  it('finds and parks an event over which the server fails without a word', async () => {
    const ids = queue(12)
    const poison = String(ids[3])
    const route = server as unknown as { events(body: { events: { eventId: string }[] }): unknown }
    const usual = route.events.bind(server)
    route.events = (body) =>
      body.events.some((event) => event.eventId === poison) ? problem(500, 'internal') : usual(body)
    uplink.start()
    await until(() => core.outbox.counts().settled === 11)
    for (let more = 0; more < 60 && core.outbox.counts().parked === 0; more += 1) {
      queueMore(more)
      uplink.hurry()
      await until(() => core.outbox.counts().waiting <= 1)
      pass(40_000)
    }
    expect(core.outbox.stateOf(poison)).toEqual({ state: 'parked', code: 'internal' })
    await until(emptied)
  })

  it('parks nothing while the server takes nothing, however long that is', async () => {
    queue(3)
    server.judge = () => ({ status: 'retry', code: 'busy' })
    uplink.start()
    for (let tries = 1; tries <= 30; tries += 1) {
      await until(() => server.batches.length >= tries)
      pass(60_000)
      uplink.hurry()
    }
    expect(core.outbox.counts()).toMatchObject({ waiting: 3, parked: 0 })
    server.judge = () => null
    uplink.hurry()
    await until(emptied)
    expect(core.outbox.counts()).toMatchObject({ parked: 0, settled: 3 })
  })

  it('stops and says so when the till was revoked, and loses nothing', async () => {
    server.script = Array.from({ length: 5 }, () => problem(403, 'terminal_revoked'))
    server.tokenScript = [
      null,
      ...Array.from({ length: 9 }, () => problem(403, 'terminal_revoked')),
    ]
    queue(2)
    uplink.start()
    await until(() => uplink.state().connection === 'revoked')
    const asked = server.requests.filter((path) => path.endsWith('events')).length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(server.requests.filter((path) => path.endsWith('events'))).toHaveLength(asked)
    expect(core.outbox.counts().waiting).toBe(2)
  })

  it('shows offline when the server is silent, and online when it is back', async () => {
    uplink.start()
    await until(() => uplink.state().connection === 'online')
    server.delayMs = 2_000
    await until(() => uplink.state().connection === 'offline', 2_000)
    expect(uplink.state().offlineSinceMs).not.toBeNull()
    server.delayMs = 0
    await until(() => uplink.state().connection === 'online')
    expect(uplink.state().offlineSinceMs).toBeNull()
  })

  it('keeps members, the notice and the cursor from the snapshot', async () => {
    const phoneIndexKey = Buffer.alloc(32, 7)
    const { blindIndex } = await import('../platform/seal.js')
    server.snapshotMembers = [
      { ...memberFixture(), phoneIndex: blindIndex(phoneIndexKey, '13812345678') },
    ]
    uplink.start()
    await until(() => core.members.snapshotCursor() === 'c1')
    expect(core.members.findByPhone('13812345678' as never)).toMatchObject({
      memberNo: '100000000006',
      source: 'cache',
    })
    expect(core.members.notice().text).toBe('门店告知')
    expect(toldOf).toEqual(['01J0000000000000000000000M'])
  })

  it('gives up a lookup after a second and a half', async () => {
    await uplink.lookup({ by: 'phone', phone: '13800000000' })
    server.delayMs = 5_000
    const begunMs = performance.now()
    expect(await uplink.lookup({ by: 'phone', phone: '13800000000' })).toEqual({
      kind: 'unreachable',
    })
    expect(performance.now() - begunMs).toBeLessThan(1_900)
  })
})

describe('enrolment', () => {
  it('brings the public half of a key that signs what the till says later', async () => {
    uplink.start()
    await until(() => server.assertions.length > 0)
    const [head, claims, signature] = (server.assertions[0] ?? '').split('.')
    const key = createPublicKey({
      key: server.enrolments[0]?.['publicKey'] as never,
      format: 'jwk',
    })
    const isSigned = verify(
      'sha256',
      Buffer.from(`${String(head)}.${String(claims)}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(String(signature), 'base64url'),
    )
    expect(isSigned).toBe(true)
  })

  it('tells why a code is not taken', async () => {
    const client = new ServerClient(server.url, new Clock())
    const result = await enrol({
      client,
      serverUrl: server.url,
      code: 'BAD',
      dataDirectory: folder.path,
      key: KEY,
    })
    await client.close()
    expect(result).toEqual({ ok: false, sentence: '登记码不正确或已使用' })
    expect(enrolAnswerSchema.shape.storeName).toBeDefined()
  })
})
