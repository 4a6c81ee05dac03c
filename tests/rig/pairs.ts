// Pairs of members that may be one person, as the search or somebody puts them into the queue.
import { DuplicatePairsService } from '../../server/members/duplicate-pairs.service.js'
import { MergePairsService } from '../../server/members/merge-pairs.service.js'
import { MatchingRunsService } from '../../server/members/matching-runs.service.js'
import type { TestServer } from './server.js'

type Two = readonly [string, string]

/** From this score on the search is sure. */
const SURE_MILLIBITS = 20_000
export const FOUND_REASONS = { phone: '手机号差一位' }

/** Puts two members into the queue as the search does; answers the pair's id. */
export async function findPair(
  server: TestServer,
  [recordA, recordB]: Two,
  found: { scoreMillibits?: number; reasons?: Record<string, string> } = {},
): Promise<string> {
  const { scoreMillibits = 21_500, reasons = FOUND_REASONS } = found
  const verdict = scoreMillibits > SURE_MILLIBITS ? ('merge' as const) : ('review' as const)
  const pair = { recordA, recordB, scoreMillibits, verdict, reasons }
  const pairs = server.app.get(DuplicatePairsService, { strict: false })
  await server.database.write((tx) => pairs.keep(tx, [pair], server.clock.nowMs()))
  return idOf(server, [recordA, recordB])
}

/** Puts two members into the queue as a sign-in does, for a person; answers the pair's id. */
export async function raisePair(server: TestServer, two: Two): Promise<string> {
  const pairs = server.app.get(MergePairsService, { strict: false })
  const reasons = { name: '姓名相同', birthday: '生日相同' }
  const atMs = server.clock.nowMs()
  await server.database.write((tx) => pairs.raise(tx, two, { reasons, atMs }))
  return idOf(server, two)
}

async function idOf(server: TestServer, two: Two): Promise<string> {
  const [row] = await server.database.read((rx) =>
    rx.rows<{ id: string }>(
      'SELECT id FROM duplicate_pair WHERE memberAId = ? AND memberBId = ?',
      [...two].sort(),
    ),
  )
  return row?.id ?? ''
}

/** Takes back what waits to be compared: of these people only what a story says is found. */
export function compareNobody(server: TestServer): Promise<void> {
  const runs = server.app.get(MatchingRunsService, { strict: false })
  return server.database.write((tx) => runs.leaveToSearch(tx))
}
