import { Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { STAFF_ROLES, type StaffRole } from '@huike/shared/permissions'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { Staff } from './staff.entity.js'

// People who sign in to the console. Passwords are kept as argon2id hashes, with what OWASP asks for at
// least: 19 MiB, 2 passes, one lane.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html

export type { StaffRole } from '@huike/shared/permissions'

const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** A person of the console as they may act now. */
export interface ActingStaff {
  readonly id: string
  readonly name: string
  readonly role: StaffRole
  /** The stores they act for; null: every store. */
  readonly storeIds: readonly string[] | null
}

@Injectable()
export class StaffService {
  #nobody: Promise<string> | null = null

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a staff member; the username is unique. Without stores, a manager or a cashier sees
   * none. Throws UniqueViolation. Answers the id.
   */
  async create(fresh: {
    username: string
    name: string
    role: StaffRole
    password: string
    storeIds?: readonly string[]
  }): Promise<string> {
    const nowMs = this.clock.nowMs()
    const passwordHash = await this.hashOf(fresh.password)
    const id = mintId(nowMs)
    const { username, name, role, storeIds = [] } = fresh
    await this.database.write(async (tx) => {
      await tx.insert(
        'staff',
        ['id', 'username', 'name', 'role', 'state', 'passwordHash', 'createdAtMs'],
        [[id, username, name, role, 'active', passwordHash, nowMs]],
      )
      await tx.insert(
        'staff_store',
        ['staffId', 'storeId'],
        storeIds.map((storeId) => [id, storeId]),
      )
    })
    return id
  }

  /** The hash that is kept of a password. */
  hashOf(password: string): Promise<string> {
    return hash(password, ARGON2)
  }

  /** True when it is the password of `staff`; takes as long for nobody. */
  async matches(staff: Staff | null, password: string): Promise<boolean> {
    this.#nobody ??= this.hashOf('nobody')
    const matches = await verify(staff?.passwordHash ?? (await this.#nobody), password)
    return staff !== null && matches
  }

  /** The person of a user name, active or not. */
  async byUsername(username: string): Promise<Staff | null> {
    const rows = await this.database.read((rx) =>
      rx.rows<Staff>('SELECT * FROM staff WHERE username = ?', [username]),
    )
    return rows[0] ?? null
  }

  /** True when the username is taken. */
  async exists(username: string): Promise<boolean> {
    return (await this.byUsername(username)) !== null
  }

  /** The user name of somebody; empty for an id that is unknown. */
  async usernameOf(statements: Statements, staffId: string): Promise<string> {
    const [row] = await statements.rows<Pick<Staff, 'username'>>(
      'SELECT username FROM staff WHERE id = ?',
      [staffId],
    )
    return row?.username ?? ''
  }

  /** Names of staff by their ids; nobody for an id that is unknown. */
  async namesOf(statements: Statements, ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map()
    const rows = await statements.rows<{ id: string; name: string }>(
      `SELECT id, name FROM staff WHERE id IN ${inList(statements)}`,
      [listParameter(statements, ids)],
    )
    return new Map(rows.map(({ id, name }) => [id, name]))
  }
}

/** The role as it is kept; one that is not known may do the least. */
export function roleOf(kept: string): StaffRole {
  return STAFF_ROLES.find((role) => role === kept) ?? 'cashier'
}
