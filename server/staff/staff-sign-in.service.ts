import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { AuthService } from '../platform/auth.js'
import { Clock } from '../platform/clock.js'
import { Database } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { maskAddress } from '../platform/request-origin.js'
import { deviceWords } from './device-words.js'
import { SecondFactorService } from './second-factor.service.js'
import { SignInAttemptsService, type CountedAttempt } from './sign-in-attempts.service.js'
import { NOBODY_ID, StaffAuditService } from './staff-audit.service.js'
import { StaffSessionsService, type ActingSession } from './staff-sessions.service.js'
import type { Staff } from './staff.entity.js'
import { StaffService } from './staff.service.js'

// Signing in to the console: password, second factor where there is one, a session. An unknown name,
// a stopped person and a wrong password are answered alike, and take as long.

export interface SignInAsk {
  username: string
  password: string
  /** Six digits, or a recovery code. */
  code?: string | undefined
}

/** Where a sign-in comes from. */
export interface SignInOrigin {
  address: string
  userAgent: string | undefined
}

export interface SignedIn extends ActingSession {
  accessToken: string
  expiresAtMs: number
}

@Injectable()
export class StaffSignInService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly auth: AuthService,
    private readonly staff: StaffService,
    private readonly attempts: SignInAttemptsService,
    private readonly factors: SecondFactorService,
    private readonly sessions: StaffSessionsService,
    private readonly audit: StaffAuditService,
  ) {}

  /**
   * Signs somebody in. Refuses `sign_in_locked` (the right password, too), `credentials_wrong`,
   * `second_factor_needed` and `second_factor_wrong`.
   */
  async signIn(ask: SignInAsk, origin: SignInOrigin): Promise<({ ok: true } & SignedIn) | Refusal> {
    const begun = await this.attempts.begin(ask.username, origin.address)
    if (!begun.ok) return begun
    const staff = await this.staff.byUsername(ask.username)
    const matches = await this.staff.matches(staff, ask.password)
    const entered =
      staff && matches && staff.state === 'active'
        ? await this.#enter(staff, ask, { ...origin, attempt: begun.attempt })
        : refuse('credentials_wrong')
    const isWrong = !entered.ok && entered.code !== 'second_factor_needed'
    if (isWrong && begun.attempt.isLocking) await this.#wroteLock(staff)
    return entered
  }

  /** The password is right: the rest, in one transaction. */
  async #enter(
    checked: Staff,
    ask: SignInAsk,
    from: SignInOrigin & { attempt: CountedAttempt },
  ): Promise<({ ok: true } & SignedIn) | Refusal> {
    const nowMs = this.clock.nowMs()
    const sessionId = mintId(nowMs)
    const token = this.auth.issue('console', { sub: sessionId })
    return this.database.write(async (tx) => {
      const [row] = await tx.rows<Staff>(`SELECT * FROM staff WHERE id = ?${tx.forUpdate}`, [
        checked.id,
      ])
      // Stopped, or given another password, since it was checked.
      if (row?.state !== 'active' || row.passwordHash !== checked.passwordHash)
        return refuse('credentials_wrong')
      const passes = await this.factors.passes(tx, row.id, ask.code ?? null)
      if (passes === 'no') return refuse('second_factor_wrong')
      if (passes === 'needed') {
        await this.attempts.takeBack(tx, from.attempt)
        return refuse('second_factor_needed')
      }
      await this.attempts.clear(tx, from.attempt)
      const device = deviceWords(from.userAgent)
      const addressMasked = maskAddress(from.address)
      const { expiresAtMs } = token
      const session = { id: sessionId, staffId: row.id, device, addressMasked, expiresAtMs }
      await this.sessions.open(tx, session)
      await tx.run('UPDATE staff SET lastSignInAtMs = ? WHERE id = ?', [nowMs, row.id])
      const said = { staffId: row.id, subjectId: row.id, detail: device, atMs: nowMs }
      await this.audit.append(tx, { ...said, action: 'session.started' })
      const staff = await this.sessions.actingOf(tx, row)
      const lacksFactor = await this.sessions.lacksFactor(tx, staff)
      return { ok: true as const, sessionId, staff, lacksFactor, ...token }
    })
  }

  /** Of an unknown name, too: else the time it takes would tell which names there are. */
  #wroteLock(staff: Staff | null): Promise<void> {
    return this.database.write((tx) =>
      this.audit.append(tx, {
        staffId: staff?.id ?? NOBODY_ID,
        action: 'session.locked',
        subjectId: staff?.id ?? null,
        detail: null,
        atMs: this.clock.nowMs(),
      }),
    )
  }
}
