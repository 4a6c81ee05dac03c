import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'
import type { Identity } from './identity.entity.js'
import { noteChanged } from './matching-changes.js'
import { forgetKeys } from './matching-keys.js'
import type { MemberSession } from './member-session.entity.js'
import type { Member } from './member.entity.js'

// The rows of this module that a merge moves from one record to another, and an undo moves back:
// identities, aliases (ids that tills minted, and records merged before) and sessions.

/** Identities that came along with others, and with those in turn. */
const VIA_LENGTH_MAX = 20

type MovedIdentity = Pick<Identity, 'id' | 'kind' | 'viaId' | 'assurance'>

@Injectable()
export class MergeRecordsService {
  /** Two records, locked in the order of their ids. */
  async lock(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Member>> {
    const rows = await tx.rows<Member>(
      `SELECT * FROM member WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, [...memberIds].sort())],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }

  /** The identities of one record, by what may be told of them; locked. */
  identityRowsOf(tx: Tx, memberId: string): Promise<MovedIdentity[]> {
    return tx.rows<MovedIdentity>(
      `SELECT id, kind, viaId, assurance FROM identity WHERE memberId = ?
       ORDER BY id${tx.forUpdate}`,
      [memberId],
    )
  }

  /** Of `ids`, those that are `memberId`'s, and what came along with them since. */
  async withThoseVia(tx: Tx, memberId: string, ids: readonly string[]): Promise<MovedIdentity[]> {
    const own = await this.identityRowsOf(tx, memberId)
    const found = new Set(ids)
    for (let length = 0; length < VIA_LENGTH_MAX; length += 1) {
      const more = own.filter(
        ({ id, viaId }) => viaId !== null && found.has(viaId) && !found.has(id),
      )
      if (more.length === 0) break
      for (const { id } of more) found.add(id)
    }
    return own.filter(({ id }) => found.has(id))
  }

  /** Gives identities to another record. */
  async giveIdentities(tx: Tx, ids: readonly string[], memberId: string): Promise<void> {
    await tx.run(`UPDATE identity SET memberId = ? WHERE id IN ${inList(tx)}`, [
      memberId,
      listParameter(tx, ids),
    ])
  }

  /** The ids that answer with `memberId`. */
  async aliasesOf(tx: Tx, memberId: string): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM member WHERE mergedIntoId = ? ORDER BY id${tx.forUpdate}`,
      [memberId],
    )
    return rows.map(({ id }) => id)
  }

  /** Lets ids answer with another member from now on. */
  async pointAliases(tx: Tx, ids: readonly string[], memberId: string): Promise<void> {
    await tx.run(`UPDATE member SET mergedIntoId = ? WHERE id IN ${inList(tx)}`, [
      memberId,
      listParameter(tx, ids),
    ])
  }

  /** Sessions of a record that still stand. */
  sessionsOf(tx: Tx, memberId: string): Promise<Pick<MemberSession, 'id'>[]> {
    return tx.rows<Pick<MemberSession, 'id'>>(
      `SELECT id FROM member_session WHERE memberId = ? AND revokedAtMs IS NULL
       ORDER BY id${tx.forUpdate}`,
      [memberId],
    )
  }

  /** Gives sessions to another record: whoever holds one goes on as that member. */
  async giveSessions(tx: Tx, ids: readonly string[], memberId: string): Promise<void> {
    await tx.run(`UPDATE member_session SET memberId = ? WHERE id IN ${inList(tx)}`, [
      memberId,
      listParameter(tx, ids),
    ])
  }

  /** Ends sessions. */
  async endSessions(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
    await tx.run(
      `UPDATE member_session SET revokedAtMs = ? WHERE id IN ${inList(tx)}
       AND revokedAtMs IS NULL`,
      [nowMs, listParameter(tx, ids)],
    )
  }

  /** Writes what a record is now: it is compared anew, or met by nobody any more. */
  async putState(
    tx: Tx,
    memberId: string,
    put: Pick<Member, 'state' | 'mergedIntoId' | 'registeredStoreId'>,
    nowMs: number,
  ): Promise<void> {
    await tx.run(
      `UPDATE member SET state = ?, mergedIntoId = ?, registeredStoreId = ?, updatedAtMs = ?
       WHERE id = ?`,
      [put.state, put.mergedIntoId, put.registeredStoreId, nowMs, memberId],
    )
    if (put.state === 'merged') await forgetKeys(tx, [memberId])
    await noteChanged(tx, [memberId], nowMs)
  }
}
