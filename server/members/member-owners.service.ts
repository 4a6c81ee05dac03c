import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { cashierKey, StaffColleaguesService } from '../staff/staff-colleagues.service.js'
import type { Member } from './member.entity.js'

// Whose customers members are. Whoever registers somebody at the till looks after them, until a
// manager says otherwise or they leave. A record that was merged keeps its own, for an undo.

/** Customers counted one by one; beyond, "more" is said. */
export const CUSTOMERS_COUNTED_MAX = 10_000

@Injectable()
export class MemberOwnersService {
  constructor(private readonly colleagues: StaffColleaguesService) {}

  /** Gives members who are about to be written to the staff who registered them. */
  async assignFresh(tx: Tx, members: readonly Member[]): Promise<void> {
    const named = members.flatMap((member) => {
      const { registeredStoreId: storeId, registeredCashier: cashier } = member
      return storeId === null || cashier === null ? [] : [{ member, storeId, cashier }]
    })
    const staff = await this.colleagues.byCashiers(tx, named)
    for (const one of named) one.member.ownerStaffId = staff.get(cashierKey(one)) ?? null
  }

  /** Gives a member, who must be locked, to somebody; null: to their store. */
  async give(tx: Tx, memberId: string, staffId: string | null): Promise<void> {
    await tx.run('UPDATE member SET ownerStaffId = ? WHERE id = ?', [staffId, memberId])
  }

  /**
   * Moves up to `limit` members from one person to another, or to their stores. Answers how many
   * were moved, and whether there may be others.
   */
  async move(
    tx: Tx,
    from: { staffId: string; takerId: string | null; limit: number },
  ): Promise<{ moved: number; isMore: boolean }> {
    const { staffId, takerId, limit } = from
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM member WHERE ownerStaffId = ? ORDER BY createdAtMs, id LIMIT ${String(limit)}`,
      [staffId],
    )
    if (rows.length === 0) return { moved: 0, isMore: false }
    const ids = rows.map(({ id }) => id).sort()
    const moved = await tx.run(
      `UPDATE member SET ownerStaffId = ? WHERE id IN ${inList(tx)} AND ownerStaffId = ?`,
      [takerId, listParameter(tx, ids), staffId],
    )
    return { moved, isMore: rows.length === limit }
  }

  /** How many members somebody looks after; one more than CUSTOMERS_COUNTED_MAX stands for more. */
  async countOf(statements: Statements, staffId: string): Promise<number> {
    const [row] = await statements.rows<{ customers: number | string }>(
      `SELECT COUNT(*) AS customers FROM (SELECT id FROM member WHERE ownerStaffId = ?
         AND state IN ('pending', 'active') LIMIT ${String(CUSTOMERS_COUNTED_MAX + 1)}) counted`,
      [staffId],
    )
    return Number(row?.customers ?? 0)
  }
}
