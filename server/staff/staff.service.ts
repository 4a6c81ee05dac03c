import { Injectable } from '@nestjs/common'
import { hash, verify } from '@node-rs/argon2'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { Staff } from './staff.entity.js'

// People who sign in to the console. Passwords are kept as argon2id hashes (OWASP: 19 MiB, 2 passes).

const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export type StaffRole = 'owner' | 'manager' | 'clerk'

@Injectable()
export class StaffService {
  #nobody: Promise<string> | null = null

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Creates a staff member; the username is unique. Throws UniqueViolation. */
  async create(fresh: {
    username: string
    name: string
    role: StaffRole
    password: string
  }): Promise<void> {
    const nowMs = this.clock.nowMs()
    const passwordHash = await hash(fresh.password, ARGON2)
    await this.database.write((tx) =>
      tx.insert(
        'staff',
        ['id', 'username', 'name', 'role', 'state', 'passwordHash', 'createdAtMs'],
        [[mintId(nowMs), fresh.username, fresh.name, fresh.role, 'active', passwordHash, nowMs]],
      ),
    )
  }

  /** Checks a password. Refuses `credentials_wrong`, taking as long for a name nobody has. */
  async signIn(username: string, password: string): Promise<{ ok: true; staff: Staff } | Refusal> {
    const staff = await this.#byUsername(username)
    this.#nobody ??= hash('nobody', ARGON2)
    const matches = await verify(staff?.passwordHash ?? (await this.#nobody), password)
    return staff && matches && staff.state === 'active'
      ? { ok: true, staff }
      : refuse('credentials_wrong')
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

  async #byUsername(username: string): Promise<Staff | null> {
    const rows = await this.database.read((rx) =>
      rx.rows<Staff>('SELECT * FROM staff WHERE username = ?', [username]),
    )
    return rows[0] ?? null
  }
}
