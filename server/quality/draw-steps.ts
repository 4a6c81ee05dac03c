import type { SampleKind } from '@huike/shared/contracts/console-quality'
import type { Rx } from '../platform/database.js'
import type { Candidate } from './chance-draw.js'
import { MEMBER_SOURCE, sourceGroup } from './sources.js'
import { answerOf, stretchAfter, type Step } from './step.js'

// Whom a sample may be drawn from, a stretch at a time. A pair belongs to the source of the record
// that came later: that is where the double came from.

const ROWS_PER_STEP = 500

type Row = Omit<Candidate, 'source'> & { source: string | null }

/** The steps that walk past all that a sample of this kind may draw. */
export function drawStepOf(kind: SampleKind): Step {
  switch (kind) {
    case 'record':
      return stepOver('member', (rx, within) =>
        rx.rows<Row>(
          `SELECT m.id, m.id AS memberId, ${MEMBER_SOURCE} AS source FROM member m
           WHERE m.id > ? AND m.id <= ? AND m.state IN ('pending', 'active')`,
          within,
        ),
      )
    case 'pair':
      return stepOverPairsThat('1 = 1')
    case 'merge':
      return stepOverPairsThat("d.state = 'merged'")
  }
}

function stepOverPairsThat(condition: string): Step {
  return stepOver('duplicate_pair', (rx, within) =>
    rx.rows<Row>(
      `SELECT d.id, d.memberAId AS memberId, d.memberBId AS otherMemberId,
         ${MEMBER_SOURCE} AS source
       FROM duplicate_pair d JOIN member m ON m.id = d.memberBId
       WHERE d.id > ? AND d.id <= ? AND ${condition}`,
      within,
    ),
  )
}

function stepOver(
  table: 'member' | 'duplicate_pair',
  read: (rx: Rx, within: [string, string]) => Promise<Row[]>,
): Step {
  return async (rx, { after }) => {
    const { upTo, rows, isLast } = await stretchAfter(rx, table, after, ROWS_PER_STEP)
    if (upTo === null) return answerOf({})
    const candidates = (await read(rx, [after, upTo])).map((row) => ({
      ...{ id: row.id, memberId: row.memberId, otherMemberId: row.otherMemberId ?? null },
      source: sourceGroup(row.source),
    }))
    return answerOf({ place: isLast ? null : upTo, rows, candidates })
  }
}
