import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import {
  inList,
  listParameter,
  type SqlParameter,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintMemberNo } from '../platform/ids.js'
import type { Identity } from './identity.entity.js'
import { noteChanged } from './matching-changes.js'
import { forgetKeys } from './matching-keys.js'
import { sealContext } from './members.service.js'

// A person behind the records: all the ids they have had, everything they are found by, and what it
// takes to forget them.

/**
 * The condition that `memberId` (a column) is of somebody who registered in one of these stores or bought
 * there; of a record that was merged, whoever answers for it. A receipt given by mistake is no purchase.
 */
export function isOfStores(
  statements: Pick<Statements, 'dialect'>,
  memberId: string,
  storeIds: readonly string[],
): { sql: string; parameters: SqlParameter[] } {
  const list = listParameter(statements, storeIds)
  return {
    sql: `EXISTS (SELECT 1 FROM member r WHERE r.id = ${memberId}
      AND (r.registeredStoreId IN ${inList(statements)} OR EXISTS (SELECT 1 FROM member_store k
        WHERE k.memberId = COALESCE(r.mergedIntoId, r.id) AND k.purchaseCount > 0
          AND k.storeId IN ${inList(statements)})))`,
    parameters: [list, list],
  }
}

@Injectable()
export class PersonService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** A member and everybody merged into them, however long ago: all the ids one person has had. */
  async idsOfPerson(statements: Statements, survivorId: string): Promise<string[]> {
    const ids = [survivorId]
    for (let fresh = ids; fresh.length > 0;) {
      const rows = await statements.rows<{ id: string }>(
        `SELECT id FROM member WHERE mergedIntoId IN ${inList(statements)}`,
        [listParameter(statements, fresh)],
      )
      fresh = rows.map((row) => row.id).filter((id) => !ids.includes(id))
      ids.push(...fresh)
    }
    return ids.sort()
  }

  /** The same of several people at once, by the record they go by now. */
  async idsOfPeople(
    statements: Statements,
    survivorIds: readonly string[],
  ): Promise<Map<string, string[]>> {
    const survivorOf = new Map(survivorIds.map((id) => [id, id]))
    for (let fresh = [...survivorOf.keys()]; fresh.length > 0;) {
      const rows = await statements.rows<{ id: string; mergedIntoId: string }>(
        `SELECT id, mergedIntoId FROM member WHERE mergedIntoId IN ${inList(statements)}`,
        [listParameter(statements, fresh)],
      )
      const found = rows.filter(({ id }) => !survivorOf.has(id))
      for (const { id, mergedIntoId } of found)
        survivorOf.set(id, survivorOf.get(mergedIntoId) ?? mergedIntoId)
      fresh = found.map(({ id }) => id)
    }
    const people = new Map<string, string[]>(survivorIds.map((id) => [id, []]))
    for (const [id, survivorId] of survivorOf) people.get(survivorId)?.push(id)
    return people
  }

  /**
   * Everything these members are found by, in clear, oldest first. For the member's own copy, and for
   * forgetting a number wherever it is sealed; nobody else is told.
   */
  async identitiesOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<(Pick<Identity, 'kind' | 'assurance' | 'firstSeenAtMs'> & { value: string })[]> {
    const rows = await statements.rows<Identity>(
      `SELECT * FROM identity WHERE memberId IN ${inList(statements)} ORDER BY id`,
      [listParameter(statements, memberIds)],
    )
    return rows.map(({ id, kind, assurance, firstSeenAtMs, valueSealed }) => ({
      ...{ kind, assurance, firstSeenAtMs },
      value: this.config.keyring.open(valueSealed, sealContext(id)),
    }))
  }

  /**
   * Forgets who these members, who must be locked, were: no identity, another member number. A
   * record that was merged stays merged. Answers the ids of the identities there were.
   */
  async forget(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<string[]> {
    const identities = await tx.rows<{ id: string }>(
      `SELECT id FROM identity WHERE memberId IN ${inList(tx)}`,
      [listParameter(tx, memberIds)],
    )
    await tx.run(`DELETE FROM identity WHERE memberId IN ${inList(tx)}`, [
      listParameter(tx, memberIds),
    ])
    await tx.updateEach(
      'member',
      'id',
      ['memberNo', 'ownerStaffId', 'updatedAtMs'],
      memberIds.map((id) => [id, mintMemberNo(), null, nowMs]),
    )
    await tx.run(
      `UPDATE member SET state = 'erased' WHERE id IN ${inList(tx)} AND state <> 'merged'`,
      [listParameter(tx, memberIds)],
    )
    await forgetKeys(tx, memberIds)
    // What is compared at this moment ends after it, and is taken back.
    await noteChanged(tx, memberIds, nowMs)
    return identities.map((row) => row.id)
  }
}
