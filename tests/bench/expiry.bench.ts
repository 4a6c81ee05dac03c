// A million lots that expire at once, in bounded batches, while checkouts go on: how fast they go, and
// how long the slowest checkout takes beside them and alone.
//
// HUIKE_BENCH_LOTS asks for another size.
import { PointsExpiryService } from '../../server/points/points-expiry.service.js'
import { databaseKinds, incoming, openBenchServer, type BenchServer } from './bench-server.js'
import type { DatabaseKind } from './bench-server.js'
import { printFigure, quantile } from './measure.js'
import { freshSale } from './sales.js'
import { withSeeded } from './seeded.js'

const LOTS = Number(process.env['HUIKE_BENCH_LOTS'] ?? '1000000')
/** Of the purchases of a seeded chain so many are members'. */
const MEMBER_SHARE = 0.7
const PURCHASES_PER_MEMBER = 10
const CALLERS = 4
/** Checkouts alone, to compare with. */
const ALONE_MS = 3_000
/** A till does not send without a pause. */
const PAUSE_MS = 20

/** Runs the measurement on every database there is. */
export async function bench(): Promise<void> {
  const purchases = Math.ceil(LOTS / MEMBER_SHARE)
  const members = Math.ceil(purchases / PURCHASES_PER_MEMBER)
  for (const kind of databaseKinds())
    await withSeeded(kind, { members, purchases }, async (at, _config, keyring) => {
      const server = await openBenchServer(at, keyring)
      try {
        await measure(kind, server)
      } finally {
        await server.close()
      }
    })
}

async function measure(kind: DatabaseKind, server: BenchServer): Promise<void> {
  const { database } = server
  const lots = await database.write((tx) =>
    tx.run("UPDATE points_lot SET expiresAtMs = ? WHERE state = 'open'", [Date.now() - 1]),
  )
  const aloneEndMs = performance.now() + ALONE_MS
  const alone = await sellUntil(server, () => performance.now() >= aloneEndMs)
  let isDone = false
  const beganMs = performance.now()
  const [beside] = await Promise.all([
    sellUntil(server, () => isDone),
    server.app
      .get(PointsExpiryService, { strict: false })
      .drain()
      .finally(() => {
        isDone = true
      }),
  ])
  const seconds = (performance.now() - beganMs) / 1_000
  printFigure({
    ...{ bench: 'expiry.beside-checkouts', database: kind, figure: lots / seconds },
    ...{ unit: 'lots/s', lots, seconds, checkouts: beside.length },
    ...{ checkoutP50Ms: quantile(beside, 0.5), checkoutP99Ms: quantile(beside, 0.99) },
    checkoutSlowestMs: Math.max(0, ...beside),
    ...{ aloneP50Ms: quantile(alone, 0.5), aloneP99Ms: quantile(alone, 0.99) },
    aloneSlowestMs: Math.max(0, ...alone),
  })
}

/** Sells from several callers until it is over; answers how long each checkout took. */
async function sellUntil(server: BenchServer, isOver: () => boolean): Promise<number[]> {
  const tookMs: number[] = []
  const caller = async () => {
    while (!isOver()) {
      const beganMs = performance.now()
      const [result] = await server.take.take([incoming(server.from, freshSale())])
      if (result?.status !== 'accepted') throw new Error('a sale was not taken')
      tookMs.push(performance.now() - beganMs)
      await new Promise((resume) => setTimeout(resume, PAUSE_MS))
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return tookMs
}
