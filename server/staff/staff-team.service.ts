import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CHAIN_ROLES, STAFF_ROLE_NAMES } from '@huike/shared/permissions'
import { Clock } from '../platform/clock.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StoresService } from '../stores/stores.service.js'
import { StaffAuditService } from './staff-audit.service.js'
import { decideChange, decideNew, type StaffFacts, type WantedChange } from './staff-rules.js'
import type { Staff } from './staff.entity.js'
import { StaffSessionsService } from './staff-sessions.service.js'
import { roleOf, StaffService, type ActingStaff, type StaffRole } from './staff.service.js'

// Staff as other staff see and change them. Every change is written down with it, in one
// transaction; what is cached of a person is forgotten after it.

/** A chain has at most 3,000 stores. */
const STAFF_LISTED_MAX = 20_000

const STATE_DEEDS = { active: '重新启用', stopped: '停用' } as const

/** What a change brings along in its transaction; it refuses before it writes anything. */
export type Alongside = (
  tx: Tx,
  change: { before: StaffFacts; after: StaffFacts },
) => Promise<Refusal | null>
const NOTHING: Alongside = () => Promise.resolve(null)

/** A person as the console shows them; only the stores the caller may see. */
export interface TeamMember extends StaffFacts {
  username: string
  createdAtMs: number
  lastSignInAtMs: number | null
}

export interface NewTeamMember {
  username: string
  name: string
  role: StaffRole
  storeIds: readonly string[]
  password: string
}

@Injectable()
export class StaffTeamService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly staff: StaffService,
    private readonly sessions: StaffSessionsService,
    private readonly audit: StaffAuditService,
    private readonly stores: StoresService,
  ) {}

  /** The people `by` may see, by username: an owner all, others those of their stores. */
  list(by: ActingStaff): Promise<TeamMember[]> {
    const { storeIds } = by
    return this.database.read(async (rx) => {
      const within =
        storeIds === null
          ? ''
          : `WHERE id = ? OR id IN (SELECT staffId FROM staff_store WHERE storeId IN ${inList(rx)})`
      const rows = await rx.rows<Staff>(
        `SELECT * FROM staff ${within} ORDER BY username LIMIT ${String(STAFF_LISTED_MAX)}`,
        storeIds === null ? [] : [by.id, listParameter(rx, storeIds)],
      )
      const stores = await storesOf(
        rx,
        rows.map(({ id }) => id),
      )
      return rows.map((row) => shownTo(by, memberOf(row, stores.get(row.id) ?? [])))
    })
  }

  /**
   * Creates a person. Refuses `forbidden`, `input_invalid` and `name_taken`.
   */
  async create(
    by: ActingStaff,
    fresh: NewTeamMember,
  ): Promise<{ ok: true; member: TeamMember } | Refusal> {
    const decided = decideNew(by, fresh)
    if (!decided.ok) return decided
    const nowMs = this.clock.nowMs()
    const passwordHash = await this.staff.hashOf(fresh.password)
    const { username, name, role } = fresh
    const { storeIds } = decided
    const id = mintId(nowMs)
    try {
      return await this.database.write(async (tx) => {
        if (!(await this.stores.allExist(tx, storeIds)))
          return refuse('input_invalid', '没有这家门店')
        await tx.insert(
          'staff',
          ['id', 'username', 'name', 'role', 'state', 'passwordHash', 'createdAtMs'],
          [[id, username, name, role, 'active', passwordHash, nowMs]],
        )
        await replaceStores(tx, id, storeIds)
        const head = { id, username, name, role, state: 'active' as const, storeIds }
        const detail = `${STAFF_ROLE_NAMES[role]}，${reachOf(head)}`
        await this.#wrote(tx, by, 'staff.created', id, detail)
        return { ok: true as const, member: { ...head, createdAtMs: nowMs, lastSignInAtMs: null } }
      })
    } catch (error) {
      if (error instanceof UniqueViolation) return refuse('name_taken')
      throw error
    }
  }

  /**
   * Changes a person; what is absent stays. A new password or a stop ends their sessions. Refuses
   * `not_found`, `forbidden`, `input_invalid`, and what `alongside` refuses.
   */
  async change(
    by: ActingStaff,
    staffId: string,
    wanted: WantedChange,
    alongside: Alongside = NOTHING,
  ): Promise<{ ok: true; member: TeamMember } | Refusal> {
    const passwordHash =
      wanted.password === undefined ? null : await this.staff.hashOf(wanted.password)
    const changed = await this.database.write(async (tx) => {
      // Locked first: two owners who demote each other at once must not both succeed.
      const owners = await tx.rows<{ id: string }>(
        `SELECT id FROM staff WHERE role = 'owner' AND state = 'active'${tx.forUpdate}`,
      )
      const [row] = await tx.rows<Staff>(`SELECT * FROM staff WHERE id = ?${tx.forUpdate}`, [
        staffId,
      ])
      if (!row) return refuse('not_found')
      const stores = await storesOf(tx, [staffId])
      const before = memberOf(row, stores.get(staffId) ?? [])
      const ownersLeft = owners.filter(({ id }) => id !== staffId).length
      const decided = decideChange(by, before, wanted, ownersLeft)
      if (!decided.ok) return decided
      const { after } = decided
      if (!(await this.stores.allExist(tx, after.storeIds)))
        return refuse('input_invalid', '没有这家门店')
      const refused = await alongside(tx, { before, after })
      if (refused) return refused
      await this.#write(tx, { row, after, passwordHash })
      await replaceStores(tx, staffId, after.storeIds)
      const detail = whatChanged(before, after, passwordHash !== null)
      await this.#wrote(tx, by, 'staff.changed', staffId, detail)
      return { ok: true as const, member: shownTo(by, { ...before, ...after }) }
    })
    this.sessions.forget(staffId)
    return changed
  }

  async #write(
    tx: Tx,
    change: { row: Staff; after: StaffFacts; passwordHash: string | null },
  ): Promise<void> {
    const { row, after, passwordHash } = change
    const stops = row.state === 'active' && after.state === 'stopped'
    const ends = stops || passwordHash !== null
    await tx.run('UPDATE staff SET name = ?, role = ?, state = ?, passwordHash = ? WHERE id = ?', [
      after.name,
      after.role,
      after.state,
      passwordHash ?? row.passwordHash,
      row.id,
    ])
    if (ends) await this.sessions.endAll(tx, row.id, null)
  }

  #wrote(
    tx: Tx,
    by: ActingStaff,
    action: string,
    subjectId: string,
    detail: string,
  ): Promise<void> {
    const atMs = this.clock.nowMs()
    return this.audit.append(tx, { staffId: by.id, action, subjectId, detail, atMs })
  }
}

function memberOf(row: Staff, storeIds: readonly string[]): TeamMember {
  const { id, username, name, createdAtMs, lastSignInAtMs } = row
  const state = row.state === 'active' ? 'active' : 'stopped'
  return {
    id,
    username,
    name,
    role: roleOf(row.role),
    state,
    storeIds,
    createdAtMs,
    lastSignInAtMs,
  }
}

/** Of the person's stores, only those that `by` may know of. */
function shownTo(by: ActingStaff, member: TeamMember): TeamMember {
  const { storeIds: own } = by
  if (own === null) return member
  return { ...member, storeIds: member.storeIds.filter((id) => own.includes(id)) }
}

async function storesOf(
  statements: Statements,
  staffIds: readonly string[],
): Promise<Map<string, string[]>> {
  const stores = new Map<string, string[]>()
  if (staffIds.length === 0) return stores
  const rows = await statements.rows<{ staffId: string; storeId: string }>(
    `SELECT staffId, storeId FROM staff_store WHERE staffId IN ${inList(statements)}
     ORDER BY storeId`,
    [listParameter(statements, staffIds)],
  )
  for (const { staffId, storeId } of rows) {
    const own = stores.get(staffId)
    if (own) own.push(storeId)
    else stores.set(staffId, [storeId])
  }
  return stores
}

async function replaceStores(tx: Tx, staffId: string, storeIds: readonly string[]): Promise<void> {
  await tx.run('DELETE FROM staff_store WHERE staffId = ?', [staffId])
  await tx.insert(
    'staff_store',
    ['staffId', 'storeId'],
    storeIds.map((storeId) => [staffId, storeId]),
  )
}

/** What is different, in words; never a name or a password. */
function whatChanged(before: StaffFacts, after: StaffFacts, hasPassword: boolean): string {
  const stores = (facts: StaffFacts) => [...facts.storeIds].sort().join(' ')
  const roles = [before, after].map(({ role }) => STAFF_ROLE_NAMES[role])
  return [
    before.name === after.name ? '' : '改名',
    before.role === after.role ? '' : roles.join(' → '),
    before.state === after.state ? '' : STATE_DEEDS[after.state],
    stores(before) === stores(after) ? '' : reachOf(after),
    hasPassword ? '重设密码' : '',
  ]
    .filter((part) => part !== '')
    .join('，')
}

/** For which stores somebody acts. */
function reachOf({ role, storeIds }: StaffFacts): string {
  return CHAIN_ROLES.includes(role) ? '全部门店' : `${String(storeIds.length)} 家门店`
}
