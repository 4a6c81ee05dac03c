// One checkout through the server's service, against a hand-written driver loop that sends the same
// statements: on the same database, in the same process, turn by turn. The loop gives every checkout
// a transaction of its own. The service is measured as it is, where callers that meet share a
// commit; with one caller, where there is nobody to share with; and with the relay at work, whose
// consumers write too: a round then ends when everything has been consumed.
import {
  databaseKinds,
  incoming,
  withBenchServer,
  type BenchDatabase,
  type BenchServer,
  type DatabaseKind,
} from './bench-server.js'
import {
  medianRatio,
  medianRound,
  printFigure,
  roundFields,
  runRound,
  takeTurns,
  type Round,
} from './measure.js'
import { openRawMysql } from './raw-mysql.js'
import { openRawSqlite } from './raw-sqlite.js'
import { freshSale } from './sales.js'

const CALLERS = 8
const ROUND_MS = 700
const ROUNDS = 5

/** Runs the comparison on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds())
    await withBenchServer(kind, (at, server) =>
      // The relay works in a database of its own, so that the loop never meets its transactions.
      withBenchServer(kind, (_other, relaying) => compare(at, server, relaying)),
    )
}

async function compare(
  at: BenchDatabase,
  server: BenchServer,
  relaying: BenchServer,
): Promise<void> {
  relaying.relay.start()
  const raw = await openRaw(at, server)
  const turn = (callers: number, once: () => Promise<void>, finish?: () => Promise<void>) => () =>
    runRound({ callers, forMs: ROUND_MS, ...(finish ? { finish } : {}) }, once)
  try {
    const together = await takeTurns(ROUNDS, {
      raw: turn(CALLERS, () => raw.checkout()),
      service: turn(CALLERS, () => takeOne(server)),
      relay: turn(
        CALLERS,
        () => takeOne(relaying),
        () => relaying.relay.drain(),
      ),
    })
    report(`checkout.${String(CALLERS)}-callers`, at.kind, together.service, together.raw)
    report(`checkout.${String(CALLERS)}-callers-relay`, at.kind, together.relay, together.raw)
    const alone = await takeTurns(ROUNDS, {
      raw: turn(1, () => raw.checkout()),
      service: turn(1, () => takeOne(server)),
    })
    report('checkout.1-caller', at.kind, alone.service, alone.raw)
  } finally {
    await raw.close()
  }
}

function report(name: string, kind: DatabaseKind, service: Round[], raw: Round[]): void {
  const median = medianRound(service)
  printFigure({
    bench: name,
    database: kind,
    figure: median.perSecond,
    unit: 'checkouts/s',
    ratio: medianRatio(service, raw),
    cpuRatio: medianRatio(service, raw, (round) => round.cpuMs),
    ...roundFields('service', median),
    ...roundFields('raw', medianRound(raw)),
  })
}

async function takeOne(server: BenchServer): Promise<void> {
  const [result] = await server.take.take([incoming(server.from, freshSale())])
  if (result?.status !== 'accepted' || result.points === null)
    throw new Error(`a sale was not taken: ${JSON.stringify(result)}`)
}

interface RawLoop {
  checkout(): Promise<void>
  close(): Promise<void>
}

async function openRaw(at: BenchDatabase, server: BenchServer): Promise<RawLoop> {
  const next = () => incoming(server.from, freshSale())
  if (at.kind === 'sqlite') {
    const raw = openRawSqlite(at.file, server.keyring)
    return {
      checkout: async () => {
        raw.checkout(next())
      },
      close: async () => {
        raw.close()
      },
    }
  }
  const raw = await openRawMysql(at.url, server.keyring, CALLERS)
  return { checkout: () => raw.checkout(next()), close: () => raw.close() }
}
