import { Injectable } from '@nestjs/common'
import type { OwnAccount } from '@huike/shared/contracts/console-access'
import type { SessionId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { SECOND_FACTOR_ROLES } from '@huike/shared/permissions'
import type { EpochMs } from '@huike/shared/quantities'
import { Clock } from '../../platform/clock.js'
import { Database, type Tx } from '../../platform/database.js'
import { SecondFactorService } from '../../staff/second-factor.service.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffSessionsService } from '../../staff/staff-sessions.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import type { ActingSession, ActingStaff } from '../staff-caller.js'

/** One's own account as its owner sees it, and the end of one's sessions. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly people: StaffService,
    private readonly factors: SecondFactorService,
    private readonly sessions: StaffSessionsService,
    private readonly settings: ChainSettingsService,
    private readonly audit: StaffAuditService,
  ) {}

  /** User name, second factor, and where one is signed in. */
  of({ staff, sessionId }: ActingSession): Promise<OwnAccount> {
    return this.database.read(async (rx) => {
      const factor = await this.factors.stateOf(rx, staff.id)
      const { secondFactorRequired } = await this.settings.security(rx)
      const sessions = await this.sessions.list(rx, staff.id)
      return {
        username: await this.people.usernameOf(rx, staff.id),
        secondFactor: {
          ...factor,
          setAtMs: factor.setAtMs as EpochMs | null,
          isRequired: secondFactorRequired && SECOND_FACTOR_ROLES.includes(staff.role),
        },
        sessions: sessions.map((session) => ({
          id: session.id as SessionId,
          device: session.device,
          addressMasked: session.addressMasked,
          createdAtMs: session.createdAtMs as EpochMs,
          lastSeenAtMs: session.lastSeenAtMs as EpochMs,
          expiresAtMs: session.expiresAtMs as EpochMs,
          isThis: session.id === sessionId,
        })),
      }
    })
  }

  /** Ends one of one's own sessions. Refuses `not_found`, of somebody else's too. */
  async endSession(staff: ActingStaff, sessionId: string): Promise<{ ok: true } | Refusal> {
    const ended = await this.database.write(async (tx) => {
      if (!(await this.sessions.end(tx, staff.id, sessionId))) return refuse('not_found')
      await this.#wrote(tx, staff, sessionId, null)
      return { ok: true as const }
    })
    this.sessions.forget(staff.id)
    return ended
  }

  /** Ends all of one's own sessions. */
  async endSessions(staff: ActingStaff): Promise<void> {
    await this.database.write(async (tx) => {
      const ended = await this.sessions.endAll(tx, staff.id, null)
      await this.#wrote(tx, staff, staff.id, `${String(ended)} sessions`)
    })
    this.sessions.forget(staff.id)
  }

  #wrote(tx: Tx, staff: ActingStaff, subjectId: string, detail: string | null): Promise<void> {
    const atMs = this.clock.nowMs()
    return this.audit.append(tx, {
      staffId: staff.id,
      action: 'session.ended',
      subjectId,
      detail,
      atMs,
    })
  }
}
