import type { Database, Rx } from '../platform/database.js'
import type { PointsCheckpointHead } from './points-checkpoint-head.entity.js'

/** Heads read or written at a time. */
export const HEADS_PER_PAGE = 1_000

/** The heads of one checkpoint, in the order of its tree, some at a time. */
export async function* headPages(
  database: Database,
  number: number,
): AsyncGenerator<PointsCheckpointHead[]> {
  let last: PointsCheckpointHead | undefined
  for (;;) {
    const after: PointsCheckpointHead | undefined = last
    const page: PointsCheckpointHead[] = await database.read((rx) =>
      rx.rows<PointsCheckpointHead>(
        `SELECT * FROM points_checkpoint_head
         WHERE number = ? AND memberId >= ?
           AND (memberId > ? OR (memberId = ? AND headSeq > ?))
         ORDER BY memberId, headSeq LIMIT ${String(HEADS_PER_PAGE)}`,
        [
          ...[number, after?.memberId ?? '', after?.memberId ?? '', after?.memberId ?? ''],
          after?.headSeq ?? 0,
        ],
      ),
    )
    yield page
    if (page.length < HEADS_PER_PAGE) return
    last = page.at(-1)
  }
}

/** Those of a page of heads whose transfer is not there, or is another one by now. */
export async function headsWithoutTransfer(
  rx: Rx,
  page: readonly PointsCheckpointHead[],
): Promise<PointsCheckpointHead[]> {
  const [first, last] = [page[0], page.at(-1)]
  if (!first || !last) return []
  return rx.rows<PointsCheckpointHead>(
    `SELECT h.* FROM points_checkpoint_head h
     LEFT JOIN points_transfer t ON t.memberId = h.memberId AND t.seq = h.headSeq
       AND t.hash = h.headHash
     WHERE h.number = ? AND h.memberId >= ? AND h.memberId <= ? AND t.id IS NULL
     ORDER BY h.memberId, h.headSeq`,
    [first.number, first.memberId, last.memberId],
  )
}
