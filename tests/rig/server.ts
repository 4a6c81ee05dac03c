// A whole server inside the test process, over a database of its own, with a clock the test moves
// and its log kept for reading; and a till that speaks to it as the agent does.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import jwt from 'jsonwebtoken'
import {
  batchAnswerSchema,
  enrolAnswerSchema,
  tokenAnswerSchema,
  type BatchAnswer,
  type EnrolAnswer,
  type EventResult,
} from '@huike/shared/contracts/agent'
import { epochMs, type EpochMs } from '@huike/shared/quantities'
import { Clock } from '../../server/platform/clock.js'
import { readConfig } from '../../server/platform/config.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import { makeLogger } from '../../server/platform/logger.js'
import { Relay } from '../../server/platform/relay.js'
import { runServer, type RunningServer } from '../../server/server.js'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { createFakeClock, type FakeClock } from './clock.js'
import type { OpenedDatabase } from './databases.js'

/** The clock of a test as the server wants it. */
export class TestClock extends Clock {
  constructor(private readonly fake: FakeClock) {
    super()
  }
  nowMs(): EpochMs {
    return epochMs(this.fake.nowMs())
  }
}

export interface TestServer extends RunningServer {
  clock: FakeClock
  /** Everything logged so far. */
  log: string[]
  /** Runs every pending event delivery. */
  drain(): Promise<void>
  fetch(path: string, init?: RequestInit & { token?: string; json?: unknown }): Promise<Reply>
}

export interface Reply {
  status: number
  headers: Headers
  body: any
}

/** The machine's own time, for tests with programs that have no other. */
const SYSTEM_CLOCK: FakeClock = {
  nowMs: () => Date.now(),
  advance: () => {
    throw new Error("the system clock is not the test's to move")
  },
  set: () => {
    throw new Error("the system clock is not the test's to set")
  },
}

/** The machine's own time plus what the test moved it by, for a server that real programs talk to. */
function createShiftedClock(): FakeClock {
  let byMs = 0
  return {
    nowMs: () => Date.now() + byMs,
    advance: (ms) => {
      byMs += ms
    },
    set: (ms) => {
      byMs = ms - Date.now()
    },
  }
}

const CLOCKS = {
  fake: () => createFakeClock(),
  system: () => SYSTEM_CLOCK,
  shifted: createShiftedClock,
}

/**
 * Starts a server over `opened`. `environment` overrides settings; `time: 'system'` is for tests
 * with real processes around it, `'shifted'` for those whose server lives on while weeks pass.
 */
export async function startTestServer(
  opened: OpenedDatabase,
  environment: Record<string, string> = {},
  options: { time?: keyof typeof CLOCKS } = {},
): Promise<TestServer> {
  const clock = CLOCKS[options.time ?? 'fake']()
  const log: string[] = []
  const config = readConfig({
    HUIKE_DATABASE_URL: opened.url,
    HUIKE_DATA_DIR: opened.directory,
    HUIKE_PORT: '0',
    HUIKE_KEYRING: newKeyringJson(),
    HUIKE_SANDBOX: '1',
    HUIKE_RATE_LIMIT_SCALE: '100000',
    HUIKE_LOG_LEVEL: 'debug',
    ...environment,
  })
  const logger = makeLogger(config.logLevel, { write: (line) => log.push(line) })
  const server = await runServer(config, { clock: new TestClock(clock), logger })
  return {
    ...server,
    clock,
    log,
    drain: () => server.app.get(Relay).drain(),
    fetch: (path, init) => request(server.url + path, init),
  }
}

async function request(
  url: string,
  init: RequestInit & { token?: string; json?: unknown } = {},
): Promise<Reply> {
  const { token, json, ...rest } = init
  const response = await fetch(url, {
    ...rest,
    ...(json === undefined ? {} : { method: rest.method ?? 'POST', body: JSON.stringify(json) }),
    headers: {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...rest.headers,
    },
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}

/** A till with a device key of its own, enrolled by a one-time code. */
export interface TestTill {
  server: TestServer
  enrolled: EnrolAnswer
  privateKey: KeyObject
  token(): Promise<string>
  /** Sends one batch; the answer must keep the contract. */
  send(events: readonly object[], options?: { gzip?: boolean }): Promise<BatchAnswer>
  /** Sends one event and answers its result. */
  sendOne(event: object): Promise<EventResult>
}

/** Where a till stands. */
export interface TillPlace {
  storeCode?: string
  storeName?: string
  terminalCode?: string
}

/** A one-time code that enrols a till; creates the store if it is new. */
export async function enrolmentCode(server: TestServer, at: TillPlace = {}): Promise<string> {
  const { storeCode = 'S01', storeName = '人民路店', terminalCode = '01' } = at
  const terminals = server.app.get(TerminalsService, { strict: false })
  const store =
    (await terminals.storeByCode(storeCode)) ??
    (await terminals.createStore({ code: storeCode, name: storeName, timeZone: 'Asia/Shanghai' }))
  return terminals.issueEnrolmentCode(store, terminalCode)
}

/** Creates the store if it is new and enrols a till of it. */
export async function enrolTill(server: TestServer, at: TillPlace = {}): Promise<TestTill> {
  const code = await enrolmentCode(server, at)
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  const reply = await server.fetch('/agent/v1/enrol', {
    json: { code, publicKey: { kty, crv, x, y }, agentVersion: '0.1.0' },
  })
  if (reply.status !== 200) throw new Error(`enrol: ${JSON.stringify(reply.body)}`)
  const enrolled = enrolAnswerSchema.parse(reply.body)
  return tillOf(server, enrolled, privateKey)
}

function tillOf(server: TestServer, enrolled: EnrolAnswer, privateKey: KeyObject): TestTill {
  let cached: { token: string; untilMs: number } | null = null
  const token = async () => {
    if (cached && cached.untilMs > server.clock.nowMs() + 10_000) return cached.token
    const reply = await server.fetch('/agent/v1/token', {
      json: { assertion: assertionOf(enrolled.terminalId, privateKey, server.clock.nowMs()) },
    })
    const answer = tokenAnswerSchema.parse(reply.body)
    cached = { token: answer.accessToken, untilMs: answer.expiresAtMs }
    return cached.token
  }
  const send = async (events: readonly object[], options: { gzip?: boolean } = {}) => {
    const batch = {
      sentAtMs: server.clock.nowMs(),
      agentVersion: '0.1.0',
      outboxDepth: events.length,
      events,
    }
    const reply = options.gzip
      ? await server.fetch('/agent/v1/events', {
          method: 'POST',
          token: await token(),
          body: gzipSync(JSON.stringify(batch)),
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        })
      : await server.fetch('/agent/v1/events', { token: await token(), json: batch })
    if (reply.status !== 200) throw new Error(`events: ${JSON.stringify(reply.body)}`)
    return batchAnswerSchema.parse(reply.body)
  }
  return {
    server,
    enrolled,
    privateKey,
    token,
    send,
    sendOne: async (event) => {
      const [result] = (await send([event])).results
      if (!result) throw new Error('no result')
      return result
    },
  }
}

/** A device assertion as the agent signs it. */
export function assertionOf(terminalId: string, privateKey: KeyObject, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000)
  return jwt.sign({ iat, exp: iat + 60, iss: terminalId, sub: terminalId }, privateKey, {
    algorithm: 'ES256',
    audience: 'huike',
  })
}
