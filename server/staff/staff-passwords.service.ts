import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { Database, type Tx } from '../platform/database.js'
import { SignInAttemptsService } from './sign-in-attempts.service.js'
import { StaffAuditService } from './staff-audit.service.js'
import { StaffSessionsService } from './staff-sessions.service.js'
import type { Staff } from './staff.entity.js'
import { StaffService } from './staff.service.js'

// The password of somebody who is signed in: asked for again before anything is changed that a thief
// of the session would change first. Wrong ones count like those of the sign-in.

@Injectable()
export class StaffPasswordsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly staff: StaffService,
    private readonly attempts: SignInAttemptsService,
    private readonly sessions: StaffSessionsService,
    private readonly audit: StaffAuditService,
  ) {}

  /**
   * Runs `work` in one transaction once the password is right; when it answers
   * `second_factor_wrong`, that counts as a wrong password does. Refuses `password_wrong`,
   * `sign_in_locked`, and what `work` refuses.
   */
  async prove<T extends { ok: true }>(
    staffId: string,
    password: string,
    work: (tx: Tx, staff: Staff) => Promise<T | Refusal>,
  ): Promise<T | Refusal> {
    const staff = await this.database.read(async (rx) => {
      const [row] = await rx.rows<Staff>('SELECT * FROM staff WHERE id = ?', [staffId])
      return row
    })
    if (!staff) return refuse('password_wrong')
    const begun = await this.attempts.begin(staff.username, null)
    if (!begun.ok) return begun
    if (!(await this.staff.matches(staff, password))) return refuse('password_wrong')
    return this.database.write(async (tx) => {
      const done = await work(tx, staff)
      if (done.ok || done.code !== 'second_factor_wrong')
        await this.attempts.takeBack(tx, begun.attempt)
      return done
    })
  }

  /**
   * Gives oneself another password; the other sessions end. Refuses `password_wrong`,
   * `sign_in_locked` and `input_invalid` for the same one again.
   */
  async change(
    by: { staffId: string; sessionId: string },
    passwords: { current: string; next: string },
  ): Promise<{ ok: true } | Refusal> {
    if (passwords.next === passwords.current)
      return refuse('input_invalid', '新密码不能和现在的一样')
    const passwordHash = await this.staff.hashOf(passwords.next)
    const changed = await this.prove(by.staffId, passwords.current, async (tx, staff) => {
      // Guarded: somebody else may have given them another meanwhile, because this one was stolen.
      const written = await tx.run(
        "UPDATE staff SET passwordHash = ? WHERE id = ? AND passwordHash = ? AND state = 'active'",
        [passwordHash, staff.id, staff.passwordHash],
      )
      if (written === 0) return refuse('password_wrong')
      const ended = await this.sessions.endAll(tx, staff.id, by.sessionId)
      await this.audit.append(tx, {
        staffId: staff.id,
        action: 'staff.password_changed',
        subjectId: staff.id,
        detail: `结束 ${String(ended)} 处登录`,
        atMs: this.clock.nowMs(),
      })
      return { ok: true as const }
    })
    this.sessions.forget(by.staffId)
    return changed
  }
}
