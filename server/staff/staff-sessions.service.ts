import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CHAIN_ROLES, SECOND_FACTOR_ROLES } from '@huike/shared/permissions'
import { Clock } from '../platform/clock.js'
import { Database, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import type { StaffSession } from './staff-session.entity.js'
import type { Staff } from './staff.entity.js'
import { roleOf, type ActingStaff } from './staff.service.js'

// Sessions of the console. A token names its session; who acts, with what role and stores, is what
// the database says now. A session that is ended is dead at once here, and within seconds elsewhere.

/** A stop or a new role made by another server process is noticed within this time. */
const ACTING_CACHED_MS = 5_000
const ACTING_CACHED_MAX = 10_000
/** "Last seen" is written this often at most. */
const SEEN_STEP_MS = 60_000
const ENDED_KEPT_MS = 90 * 86_400_000
const LISTED_MAX = 50

const COLUMNS = [
  'id',
  'staffId',
  'device',
  'addressMasked',
  'createdAtMs',
  'lastSeenAtMs',
  'expiresAtMs',
  'revokedAtMs',
] as const satisfies (keyof StaffSession)[]

/** A session and who acts in it. */
export interface ActingSession {
  readonly sessionId: string
  readonly staff: ActingStaff
  /** The chain asks people of this role for a second factor, and this one has none yet. */
  readonly lacksFactor: boolean
}

interface Cached {
  acting: ActingSession | null
  staffId: string
  untilMs: number
}

@Injectable()
export class StaffSessionsService {
  readonly #cache = new Map<string, Cached>()
  /** Counts what was forgotten: what was read before that is not kept after it. */
  #forgotten = 0

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
  ) {}

  /** Opens a session; of those that ended long ago, the person's rows go. */
  async open(
    tx: Tx,
    fresh: Pick<StaffSession, 'id' | 'staffId' | 'device' | 'addressMasked' | 'expiresAtMs'>,
  ): Promise<void> {
    const nowMs = this.clock.nowMs()
    await tx.run('DELETE FROM staff_session WHERE staffId = ? AND expiresAtMs < ?', [
      fresh.staffId,
      nowMs - ENDED_KEPT_MS,
    ])
    const session = { ...fresh, createdAtMs: nowMs, lastSeenAtMs: nowMs, revokedAtMs: null }
    await tx.insert('staff_session', COLUMNS, [valuesOf(session, COLUMNS)])
  }

  /** Who acts in a session; cached for seconds. Refuses `token_invalid` when it has ended. */
  async acting(sessionId: string): Promise<({ ok: true } & ActingSession) | Refusal> {
    const nowMs = this.clock.nowMs()
    const cached = this.#cache.get(sessionId)
    const isFresh = cached !== undefined && cached.untilMs > nowMs
    const acting = isFresh ? cached.acting : await this.#read(sessionId, nowMs)
    return acting ? { ok: true, ...acting } : refuse('token_invalid')
  }

  /** The sessions of a person that are alive, the newest first. */
  async list(statements: Statements, staffId: string): Promise<StaffSession[]> {
    return statements.rows<StaffSession>(
      `SELECT * FROM staff_session WHERE staffId = ? AND expiresAtMs > ? AND revokedAtMs IS NULL
       ORDER BY expiresAtMs DESC LIMIT ${String(LISTED_MAX)}`,
      [staffId, this.clock.nowMs()],
    )
  }

  /** Ends one session of a person; false when it is not theirs, or has ended before. */
  async end(tx: Tx, staffId: string, sessionId: string): Promise<boolean> {
    const ended = await tx.run(
      'UPDATE staff_session SET revokedAtMs = ? WHERE id = ? AND staffId = ? AND revokedAtMs IS NULL',
      [this.clock.nowMs(), sessionId, staffId],
    )
    return ended > 0
  }

  /** Ends every session of a person but `keptId`; answers how many. */
  endAll(tx: Tx, staffId: string, keptId: string | null): Promise<number> {
    return tx.run(
      `UPDATE staff_session SET revokedAtMs = ?
       WHERE staffId = ? AND revokedAtMs IS NULL AND expiresAtMs > ? AND id <> ?`,
      [this.clock.nowMs(), staffId, this.clock.nowMs(), keptId ?? ''],
    )
  }

  /** Forgets what is cached of a person; after a change has committed. */
  forget(staffId: string): void {
    this.#forgotten += 1
    for (const [id, cached] of this.#cache) if (cached.staffId === staffId) this.#cache.delete(id)
  }

  /** Forgets everybody: after a setting that holds for all. */
  forgetAll(): void {
    this.#forgotten += 1
    this.#cache.clear()
  }

  /** The person as they act now. */
  async actingOf(statements: Statements, staff: Staff): Promise<ActingStaff> {
    const { id, name } = staff
    const role = roleOf(staff.role)
    if (CHAIN_ROLES.includes(role)) return { id, name, role, storeIds: null }
    const stores = await statements.rows<{ storeId: string }>(
      'SELECT storeId FROM staff_store WHERE staffId = ? ORDER BY storeId',
      [id],
    )
    return { id, name, role, storeIds: stores.map(({ storeId }) => storeId) }
  }

  /** True when the chain asks this person for a second factor they do not have. */
  async lacksFactor(statements: Statements, staff: ActingStaff): Promise<boolean> {
    if (!SECOND_FACTOR_ROLES.includes(staff.role)) return false
    const { secondFactorRequired } = await this.settings.security(statements)
    if (!secondFactorRequired) return false
    const factors = await statements.rows(
      'SELECT staffId FROM staff_totp WHERE staffId = ? AND confirmedAtMs IS NOT NULL',
      [staff.id],
    )
    return factors.length === 0
  }

  async #read(sessionId: string, nowMs: number): Promise<ActingSession | null> {
    const forgotten = this.#forgotten
    const found = await this.database.read(async (rx) => {
      const [row] = await rx.rows<Staff & { lastSeenAtMs: number }>(
        `SELECT s.*, x.lastSeenAtMs FROM staff_session x JOIN staff s ON s.id = x.staffId
         WHERE x.id = ? AND x.revokedAtMs IS NULL AND x.expiresAtMs > ? AND s.state = 'active'`,
        [sessionId, nowMs],
      )
      if (!row) return null
      const staff = await this.actingOf(rx, row)
      const lacksFactor = await this.lacksFactor(rx, staff)
      return { acting: { sessionId, staff, lacksFactor }, lastSeenAtMs: row.lastSeenAtMs }
    })
    if (this.#cache.size >= ACTING_CACHED_MAX) this.#cache.clear()
    const acting = found?.acting ?? null
    const staffId = acting?.staff.id ?? ''
    if (this.#forgotten === forgotten)
      this.#cache.set(sessionId, { acting, staffId, untilMs: nowMs + ACTING_CACHED_MS })
    if (found && nowMs - found.lastSeenAtMs >= SEEN_STEP_MS)
      await this.database.write((tx) =>
        tx.run('UPDATE staff_session SET lastSeenAtMs = ? WHERE id = ?', [nowMs, sessionId]),
      )
    return acting
  }
}
