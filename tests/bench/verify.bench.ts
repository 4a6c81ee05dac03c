// The verifier over a book of a million transfers: how long it takes and how much memory, whole and
// for what moved since. Small pages with a rest between two, as the server verifies at night, beside
// pages as large as the operator's command reads them.
//
// HUIKE_BENCH_TRANSFERS asks for another size.
import { setTimeout as pause } from 'node:timers/promises'
import { schema } from '../../server/migrations/schema.js'
import type { Database } from '../../server/platform/database.js'
import { openDatabase } from '../../server/platform/open-database.js'
import { verifyBook, type VerifyOptions } from '../../server/points/verify-book.js'
import { databaseKinds, type DatabaseKind } from './bench-server.js'
import { printFigure } from './measure.js'
import { withSeeded } from './seeded.js'

const TRANSFERS = Number(process.env['HUIKE_BENCH_TRANSFERS'] ?? '1000000')
/** Of the purchases of a seeded chain so many are members'. */
const MEMBER_SHARE = 0.7
const PURCHASES_PER_MEMBER = 10
const NIGHT_ROWS_PER_PAGE = 500
const NIGHT_REST_MS = 5
const SAMPLE_EVERY_MS = 50
const BYTES_PER_MB = 1_048_576

/** Runs the measurement on every database there is. */
export async function bench(): Promise<void> {
  const purchases = Math.ceil(TRANSFERS / MEMBER_SHARE)
  const members = Math.ceil(purchases / PURCHASES_PER_MEMBER)
  for (const kind of databaseKinds())
    await withSeeded(kind, { members, purchases }, async (at) => {
      const database = await openDatabase(at.url, schema)
      try {
        await measure('verify.whole', kind, database, {})
        await measure('verify.whole-at-night', kind, database, {
          rowsPerPage: NIGHT_ROWS_PER_PAGE,
          rest: () => pause(NIGHT_REST_MS),
        })
        await measure('verify.nothing-moved', kind, database, { sinceMs: Date.now() })
      } finally {
        await database.close()
      }
    })
}

async function measure(
  name: string,
  kind: DatabaseKind,
  database: Database,
  options: VerifyOptions,
): Promise<void> {
  const beforeMb = memoryMb()
  let mostMb = beforeMb
  const sampling = setInterval(() => {
    mostMb = Math.max(mostMb, memoryMb())
  }, SAMPLE_EVERY_MS)
  const beganMs = performance.now()
  const report = await verifyBook(database, () => undefined, options)
  const seconds = (performance.now() - beganMs) / 1_000
  clearInterval(sampling)
  if (!report.ok) throw new Error(`the book is not right: ${JSON.stringify(report.findings[0])}`)
  printFigure({
    ...{ bench: name, database: kind, figure: seconds, unit: 's' },
    ...{ accounts: report.accounts, transfers: report.transfers },
    transfersPerSecond: report.transfers / seconds,
    ...{ memoryBeforeMb: beforeMb, memoryMostMb: mostMb },
  })
}

function memoryMb(): number {
  return process.memoryUsage().rss / BYTES_PER_MB
}
