import { Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CHAIN_ROLES, STAFF_ROLES, type StaffRole } from '@huike/shared/permissions'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { Staff } from './staff.entity.js'

// People who sign in to the console: who they are, and what they may act for now. Passwords are kept
// as argon2id hashes (OWASP: 19 MiB, 2 passes).

export type { StaffRole } from '@huike/shared/permissions'

const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** A stop or a new role made by another server process is noticed within this time. */
const ACTING_CACHED_MS = 5_000
const ACTING_CACHED_MAX = 10_000

/** A person of the console as they may act now. */
export interface ActingStaff {
  readonly id: string
  readonly name: string
  readonly role: StaffRole
  /** The stores they act for; null: every store. */
  readonly storeIds: readonly string[] | null
}

interface Known {
  acting: ActingStaff
  sessionsSinceMs: number | null
}

@Injectable()
export class StaffService {
  readonly #cache = new Map<string, { known: Known | null; untilMs: number }>()
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

  /**
   * Checks a password and notes the sign-in. Refuses `credentials_wrong`, taking as long for a name
   * nobody has.
   */
  async signIn(
    username: string,
    password: string,
  ): Promise<{ ok: true; staff: ActingStaff; sessionsSinceMs: number | null } | Refusal> {
    const staff = await this.#byUsername(username)
    this.#nobody ??= this.hashOf('nobody')
    const matches = await verify(staff?.passwordHash ?? (await this.#nobody), password)
    if (!staff || !matches || staff.state !== 'active') return refuse('credentials_wrong')
    await this.database.write((tx) =>
      tx.run('UPDATE staff SET lastSignInAtMs = ? WHERE id = ?', [this.clock.nowMs(), staff.id]),
    )
    this.forget(staff.id)
    const known = await this.#known(staff.id)
    // Stopped, or given another password, since it was checked.
    if (!known || known.sessionsSinceMs !== staff.sessionsSinceMs)
      return refuse('credentials_wrong')
    return { ok: true, staff: known.acting, sessionsSinceMs: known.sessionsSinceMs }
  }

  /**
   * The person as they may act now; cached for a few seconds. `sessionsSinceMs` is what the token
   * says: it is refused when it is not the person's any more, and for people who were stopped.
   */
  async acting(
    staffId: string,
    sessionsSinceMs: number | null,
  ): Promise<{ ok: true; staff: ActingStaff } | Refusal> {
    const known = await this.#known(staffId)
    if (!known || known.sessionsSinceMs !== sessionsSinceMs) return refuse('token_invalid')
    return { ok: true, staff: known.acting }
  }

  /** Forgets what is cached of a person, after a change. */
  forget(staffId: string): void {
    this.#cache.delete(staffId)
  }

  /** The hash that is kept of a password. */
  hashOf(password: string): Promise<string> {
    return hash(password, ARGON2)
  }

  /** True when the username is taken. */
  async exists(username: string): Promise<boolean> {
    return (await this.#byUsername(username)) !== null
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

  async #known(staffId: string): Promise<Known | null> {
    const nowMs = this.clock.nowMs()
    const cached = this.#cache.get(staffId)
    if (cached && cached.untilMs > nowMs) return cached.known
    const known = await this.database.read((rx) => readKnown(rx, staffId))
    if (this.#cache.size >= ACTING_CACHED_MAX) this.#cache.clear()
    this.#cache.set(staffId, { known, untilMs: nowMs + ACTING_CACHED_MS })
    return known
  }

  async #byUsername(username: string): Promise<Staff | null> {
    const rows = await this.database.read((rx) =>
      rx.rows<Staff>('SELECT * FROM staff WHERE username = ?', [username]),
    )
    return rows[0] ?? null
  }
}

/** Null for people who are unknown or stopped. */
async function readKnown(statements: Statements, staffId: string): Promise<Known | null> {
  const [staff] = await statements.rows<Staff>(
    "SELECT * FROM staff WHERE id = ? AND state = 'active'",
    [staffId],
  )
  if (!staff) return null
  const { id, name, sessionsSinceMs } = staff
  const role = roleOf(staff.role)
  if (CHAIN_ROLES.includes(role)) return { acting: { id, name, role, storeIds: null }, sessionsSinceMs }
  const stores = await statements.rows<{ storeId: string }>(
    'SELECT storeId FROM staff_store WHERE staffId = ? ORDER BY storeId',
    [id],
  )
  const storeIds = stores.map(({ storeId }) => storeId)
  return { acting: { id, name, role, storeIds }, sessionsSinceMs }
}

/** The role as it is kept; one that is not known may do the least. */
export function roleOf(kept: string): StaffRole {
  return STAFF_ROLES.find((role) => role === kept) ?? 'cashier'
}
