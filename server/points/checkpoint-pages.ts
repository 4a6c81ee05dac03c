import type { Database } from '../platform/database.js'
import type { PointsCheckpointHead } from './points-checkpoint-head.entity.js'

/** Heads read or written at a time. */
export const HEADS_PER_PAGE = 1_000

/** The heads of one checkpoint, in the order of its tree. */
export async function* headsOf(
  database: Database,
  number: number,
): AsyncGenerator<PointsCheckpointHead> {
  let last: PointsCheckpointHead | undefined
  for (;;) {
    const after: PointsCheckpointHead | undefined = last
    const page: PointsCheckpointHead[] = await database.read((rx) =>
      rx.rows<PointsCheckpointHead>(
        `SELECT * FROM points_checkpoint_head
         WHERE number = ? AND (memberId > ? OR (memberId = ? AND headSeq > ?))
         ORDER BY memberId, headSeq LIMIT ${String(HEADS_PER_PAGE)}`,
        [number, after?.memberId ?? '', after?.memberId ?? '', after?.headSeq ?? 0],
      ),
    )
    yield* page
    if (page.length < HEADS_PER_PAGE) return
    last = page.at(-1)
  }
}
