import type { Tx } from '../platform/database.js'
import type { Member } from './member.entity.js'

// Who answers for an id, for those who are about to write something of them: a merge that runs
// meanwhile is waited for, so that nothing is left on a record that is nobody's page any more.

/** More than anybody was merged in a row. */
const LINKS_MAX = 20

/**
 * The member who answers for `memberId`, locked until the transaction ends: the survivor of a merged
 * record, else the record itself. Null when there is none.
 */
export async function lockAnswering(tx: Tx, memberId: string): Promise<Member | null> {
  let askedId = memberId
  for (let link = 0; link < LINKS_MAX; link += 1) {
    const [record] = await tx.rows<Member>(`SELECT * FROM member WHERE id = ?${tx.forUpdate}`, [
      askedId,
    ])
    if (record?.mergedIntoId == null) return record ?? null
    askedId = record.mergedIntoId
  }
  return null
}
