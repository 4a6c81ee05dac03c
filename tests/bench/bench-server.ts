// A server without its HTTP listener, over a database of its own, with members to sell to: what the
// benchmarks of the service path measure. The compiled modules are used, as in production.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { AgentEvent } from '@huike/shared/contracts/agent'
import mysql from 'mysql2/promise'
import { createApp } from '../../server/app.js'
import type { IncomingEvent } from '../../server/flows/ingest-state.js'
import { TakeEventsService } from '../../server/flows/take-events.service.js'
import { MatchingRunsService } from '../../server/members/matching-runs.service.js'
import { schema } from '../../server/migrations/schema.js'
import { SystemClock } from '../../server/platform/clock.js'
import { readConfig } from '../../server/platform/config.js'
import type { Database } from '../../server/platform/database.js'
import { sha256Hex } from '../../server/platform/ids.js'
import { newKeyringJson, type Keyring } from '../../server/platform/keyring.js'
import { makeLogger } from '../../server/platform/logger.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { Relay } from '../../server/platform/relay.js'
import { WechatClient } from '../../server/platform/wechat.js'
import { TerminalsService, type TerminalContext } from '../../server/stores/terminals.service.js'
import { freshId, MEMBERS, phoneOf } from './sales.js'

export type DatabaseKind = 'sqlite' | 'mariadb'

const REGISTRATIONS_PER_REQUEST = 100

export interface BenchDatabase {
  kind: DatabaseKind
  url: string
  directory: string
  /** The SQLite file; empty on MariaDB. */
  file: string
  drop(): Promise<void>
}

export interface BenchServer {
  app: NestFastifyApplication
  database: Database
  take: TakeEventsService
  relay: Relay
  keyring: Keyring
  from: TerminalContext
  close(): Promise<void>
}

/** The databases that can be measured here. */
export function databaseKinds(): DatabaseKind[] {
  return process.env['TEST_MYSQL_URL'] ? ['sqlite', 'mariadb'] : ['sqlite']
}

/** An empty database of its own; the caller drops it. */
export async function createDatabase(kind: DatabaseKind): Promise<BenchDatabase> {
  const directory = mkdtempSync(join(tmpdir(), 'huike-bench-'))
  const removeFolder = () => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  if (kind === 'sqlite') {
    const file = join(directory, 'huike.sqlite')
    const drop = async () => {
      removeFolder()
    }
    return { kind, url: `sqlite:${file}`, directory, file, drop }
  }
  const name = `huike_bench_${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  const drop = async () => {
    await onServer(`DROP DATABASE IF EXISTS \`${name}\``)
    removeFolder()
  }
  return { kind, url: url.href, directory, file: '', drop }
}

/** Starts a server over `at`, with a store, a till and members with `MEMBERS` numbers. Its relay stands still. */
export async function openBenchServer(
  at: BenchDatabase,
  keyringJson: string = newKeyringJson(),
): Promise<BenchServer> {
  const config = readConfig({
    HUIKE_DATABASE_URL: at.url,
    HUIKE_DATA_DIR: at.directory,
    HUIKE_KEYRING: keyringJson,
    HUIKE_SANDBOX: '1',
    HUIKE_LOG_LEVEL: 'silent',
  })
  const clock = new SystemClock()
  const logger = makeLogger('silent')
  const database = await openDatabase(at.url, schema)
  await database.migrate()
  const nowhere = { appId: 'bench', secret: 'bench', baseUrl: 'http://127.0.0.1:9' }
  const wechat = new WechatClient(nowhere, clock)
  const app = await createApp({ config, database, clock, logger, wechat, pay: null })
  const server: BenchServer = {
    app,
    database,
    take: app.get(TakeEventsService, { strict: false }),
    relay: app.get(Relay),
    keyring: config.keyring,
    from: await openTill(app.get(TerminalsService, { strict: false })),
    close: async () => {
      await server.relay.stop()
      await app.close()
      await database.close()
    },
  }
  await registerMembers(server)
  await settleDeliveries(database)
  // Else the server that is measured compares them all with each other in the meantime.
  const runs = app.get(MatchingRunsService, { strict: false })
  await database.write((tx) => runs.leaveToSearch(tx))
  return server
}

/** A server over a database of its own for as long as `work` runs. */
export async function withBenchServer(
  kind: DatabaseKind,
  work: (at: BenchDatabase, server: BenchServer) => Promise<void>,
): Promise<void> {
  const at = await createDatabase(kind)
  try {
    const server = await openBenchServer(at)
    try {
      await work(at, server)
    } finally {
      await server.close()
    }
  } finally {
    await at.drop()
  }
}

/** Says that everything pending was delivered, so that a queue left by a round is not in the next. */
export async function settleDeliveries(database: Database): Promise<void> {
  await database.write((tx) =>
    tx.run("UPDATE event_delivery SET state = 'done' WHERE state = 'pending'"),
  )
}

/** An event as the door hands it on: checked, hashed, with the till it came from. */
export function incoming(from: TerminalContext, event: AgentEvent): IncomingEvent {
  const contentSha256 = sha256Hex(JSON.stringify(event))
  return { from, event, contentSha256, receivedAtMs: Date.now() }
}

async function openTill(terminals: TerminalsService): Promise<TerminalContext> {
  const store = await terminals.createStore({
    code: 'S01',
    name: '人民路店',
    timeZone: 'Asia/Shanghai',
  })
  const code = await terminals.issueEnrolmentCode(store, '01')
  const coordinate = 'A'.repeat(43)
  const enrolled = await terminals.enrol({
    code,
    publicKey: { kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate },
    agentVersion: 'bench',
  })
  if (!enrolled.ok) throw new Error(`the till was not enrolled: ${enrolled.code}`)
  return enrolled.context
}

async function registerMembers(server: BenchServer): Promise<void> {
  const requests = []
  for (let start = 0; start < MEMBERS; start += REGISTRATIONS_PER_REQUEST) {
    const events = Array.from({ length: REGISTRATIONS_PER_REQUEST }, (_, n) =>
      incoming(server.from, registrationOf(start + n)),
    )
    requests.push(server.take.take(events))
  }
  const results = (await Promise.all(requests)).flat()
  // A seeded chain has members with some of these numbers.
  const refused = results.find(({ memberId }) => memberId === null)
  if (refused) throw new Error(`a member was not registered: ${JSON.stringify(refused)}`)
}

function registrationOf(n: number): AgentEvent {
  const nowMs = Date.now()
  const event = {
    type: 'member.registered',
    eventId: freshId(),
    memberId: freshId(),
    occurredAtMs: nowMs,
    phone: phoneOf(n),
    notice: { policyVersion: 'bench', textSha256: 'a'.repeat(64), shownAtMs: nowMs },
    cashier: null,
  }
  return event as unknown as AgentEvent
}

function serverUrl(): string {
  const url = process.env['TEST_MYSQL_URL']
  if (!url) throw new Error('there is no MariaDB here: TEST_MYSQL_URL is not set')
  return url
}

async function onServer(statement: string): Promise<void> {
  const connection = await mysql.createConnection(serverUrl())
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
