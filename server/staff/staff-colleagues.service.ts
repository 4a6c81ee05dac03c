import { Injectable } from '@nestjs/common'
import { CHAIN_ROLES } from '@huike/shared/permissions'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { maySee, type StaffFacts } from './staff-rules.js'
import type { Staff } from './staff.entity.js'
import { roleOf, type ActingStaff } from './staff.service.js'

// Staff as those who look after customers: who may be chosen for it, and who of them a till means by
// the name of its cashier.

/** Names to choose from; a chain with more staff is searched store by store. */
const CHOICES_MAX = 2_000

/** A cashier as a till names them. */
export interface NamedCashier {
  storeId: string
  cashier: string
}

@Injectable()
export class StaffColleaguesService {
  /** Active staff whom `by` may see, by name. */
  choices(statements: Statements, by: ActingStaff): Promise<Pick<Staff, 'id' | 'name'>[]> {
    const { storeIds } = by
    const within =
      storeIds === null
        ? ''
        : `AND (id = ? OR id IN
             (SELECT staffId FROM staff_store WHERE storeId IN ${inList(statements)}))`
    return statements.rows<Pick<Staff, 'id' | 'name'>>(
      `SELECT id, name FROM staff WHERE state = 'active' ${within}
       ORDER BY username LIMIT ${String(CHOICES_MAX)}`,
      storeIds === null ? [] : [by.id, listParameter(statements, storeIds)],
    )
  }

  /** An active person whom `by` may see, locked; else null. */
  async lockChosen(tx: Tx, by: ActingStaff, staffId: string): Promise<StaffFacts | null> {
    const [row] = await tx.rows<Staff>(`SELECT * FROM staff WHERE id = ?${tx.forUpdate}`, [staffId])
    if (row?.state !== 'active') return null
    const storeIds = await storesOf(tx, staffId)
    const { id, name } = row
    const person = { id, name, role: roleOf(row.role), state: 'active' as const, storeIds }
    return maySee(by, person) ? person : null
  }

  /** May `by` see this person, active or not? */
  async isSeen(statements: Statements, by: ActingStaff, staffId: string): Promise<boolean> {
    const rows = await statements.rows('SELECT id FROM staff WHERE id = ?', [staffId])
    if (rows.length === 0) return false
    return maySee(by, { id: staffId, storeIds: await storesOf(statements, staffId) })
  }

  /**
   * Active staff by what tills of their stores call them: by user name, else by a name that only one
   * of the store has. Keyed by `cashierKey`.
   */
  async byCashiers(tx: Tx, cashiers: readonly NamedCashier[]): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    if (cashiers.length === 0) return found
    const stores = [...new Set(cashiers.map(({ storeId }) => storeId))]
    const rows = await tx.rows<Pick<Staff, 'id' | 'username' | 'name'> & { storeId: string }>(
      `SELECT k.storeId, s.id, s.username, s.name FROM staff_store k JOIN staff s ON s.id = k.staffId
       WHERE k.storeId IN ${inList(tx)} AND s.state = 'active'`,
      [listParameter(tx, stores)],
    )
    for (const one of cashiers) {
      const here = rows.filter(({ storeId }) => storeId === one.storeId)
      const byUsername = here.find(({ username }) => username === one.cashier)
      const byName = here.filter(({ name }) => name === one.cashier)
      const meant = byUsername ?? (byName.length === 1 ? byName[0] : undefined)
      if (meant) found.set(cashierKey(one), meant.id)
    }
    return found
  }
}

async function storesOf(statements: Statements, staffId: string): Promise<string[]> {
  const rows = await statements.rows<{ storeId: string }>(
    'SELECT storeId FROM staff_store WHERE staffId = ?',
    [staffId],
  )
  return rows.map(({ storeId }) => storeId)
}

/** A cashier as the key of a map. */
export function cashierKey({ storeId, cashier }: NamedCashier): string {
  return `${storeId}|${cashier}`
}

/** May `successor` take over from `before`: of one store, or of the whole chain? */
export function areColleagues(before: StaffFacts, successor: StaffFacts): boolean {
  if (before.id === successor.id) return false
  if (CHAIN_ROLES.includes(before.role) || CHAIN_ROLES.includes(successor.role)) return true
  return successor.storeIds.some((id) => before.storeIds.includes(id))
}
