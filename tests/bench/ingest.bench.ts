// Batch ingest: tills that were offline send their days, requests of many sales, several at once.
// The service is compared with hand-written transactions of the same rows, one for each request: on
// MariaDB multi-row statements over as many connections as there are requests in flight, on SQLite
// prepared statements with a savepoint for each sale.
import {
  databaseKinds,
  incoming,
  withBenchServer,
  type BenchDatabase,
  type BenchServer,
} from './bench-server.js'
import {
  medianRatio,
  medianRound,
  printFigure,
  roundFields,
  runRound,
  takeTurns,
} from './measure.js'
import { openRawMysql } from './raw-mysql.js'
import { openRawSqlite } from './raw-sqlite.js'
import { freshSale } from './sales.js'

const REQUESTS_AT_ONCE = 8
const EVENTS_PER_REQUEST = 32
const ROUND_MS = 1_000
const ROUNDS = 7

/** Runs the comparison on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds()) await withBenchServer(kind, compare)
}

async function compare(at: BenchDatabase, server: BenchServer): Promise<void> {
  const raw = await openRaw(at, server)
  const plan = { callers: REQUESTS_AT_ONCE, forMs: ROUND_MS, weight: EVENTS_PER_REQUEST }
  try {
    const turns = await takeTurns(ROUNDS, {
      raw: () => runRound(plan, () => raw.request()),
      service: () => runRound(plan, () => sendRequest(server)),
    })
    const service = medianRound(turns.service)
    printFigure({
      bench: 'ingest',
      database: at.kind,
      figure: service.perSecond,
      unit: 'events/s',
      ratio: medianRatio(turns.service, turns.raw),
      cpuRatio: medianRatio(turns.service, turns.raw, (round) => round.cpuMs),
      eventsPerRequest: EVENTS_PER_REQUEST,
      ...roundFields('service', service),
      ...roundFields('raw', medianRound(turns.raw)),
    })
  } finally {
    await raw.close()
  }
}

async function sendRequest(server: BenchServer): Promise<void> {
  const results = await server.take.take(salesOf(server))
  const refused = results.find((result) => result.status !== 'accepted')
  if (refused) throw new Error(`a sale was not taken: ${JSON.stringify(refused)}`)
}

interface RawLoop {
  request(): Promise<void>
  close(): Promise<void>
}

async function openRaw(at: BenchDatabase, server: BenchServer): Promise<RawLoop> {
  if (at.kind === 'sqlite') {
    const raw = openRawSqlite(at.file, server.keyring)
    return {
      request: async () => {
        raw.batch(salesOf(server))
      },
      close: async () => {
        raw.close()
      },
    }
  }
  const raw = await openRawMysql(at.url, server.keyring, REQUESTS_AT_ONCE)
  return { request: () => raw.batch(salesOf(server)), close: () => raw.close() }
}

function salesOf(server: BenchServer) {
  return Array.from({ length: EVENTS_PER_REQUEST }, () => incoming(server.from, freshSale()))
}
