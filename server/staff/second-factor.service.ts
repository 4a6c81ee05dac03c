import { randomInt } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { RECOVERY_CODES } from '@huike/shared/contracts/console-access'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, type Statements, type Tx } from '../platform/database.js'
import { StaffAuditService } from './staff-audit.service.js'
import { StaffPasswordsService } from './staff-passwords.service.js'
import { StaffSessionsService } from './staff-sessions.service.js'
import type { StaffTotp } from './staff-totp.entity.js'
import type { ActingStaff } from './staff.service.js'
import { newSecret, stepOf, uriOf } from './totp.js'

// The second factor of a person. The secret is sealed; it counts once a code of it was right. A code
// works once, also within its own time and the skew that is allowed; so does a recovery code, of
// which only keyed hashes are kept.

/** Without letters and digits that are taken for each other; 10 characters are 49 bits. */
const CODE_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const CODE_PART_LETTERS = 5

/** What one may know of a second factor. */
export interface FactorState {
  isSet: boolean
  setAtMs: number | null
  recoveryCodesLeft: number
}

@Injectable()
export class SecondFactorService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    private readonly passwords: StaffPasswordsService,
    private readonly sessions: StaffSessionsService,
    private readonly audit: StaffAuditService,
  ) {}

  /** The state of a person's second factor. */
  async stateOf(statements: Statements, staffId: string): Promise<FactorState> {
    const totp = await confirmedOf(statements, staffId)
    if (!totp) return { isSet: false, setAtMs: null, recoveryCodesLeft: 0 }
    const codes = await statements.rows(
      'SELECT codeIndex FROM staff_recovery_code WHERE staffId = ? AND usedAtMs IS NULL',
      [staffId],
    )
    return { isSet: true, setAtMs: totp.confirmedAtMs, recoveryCodesLeft: codes.length }
  }

  /**
   * Begins to set one: a fresh secret, which counts for nothing yet. Refuses `password_wrong`,
   * `sign_in_locked` and `second_factor_set`.
   */
  async begin(
    staffId: string,
    password: string,
  ): Promise<{ ok: true; secret: string; uri: string } | Refusal> {
    const secret = newSecret()
    const sealed = this.config.keyring.seal(secret, sealContext(staffId))
    return this.passwords.prove(staffId, password, async (tx, { username }) => {
      if (await confirmedOf(tx, staffId)) return refuse('second_factor_set')
      await tx.run('DELETE FROM staff_totp WHERE staffId = ? AND confirmedAtMs IS NULL', [staffId])
      await tx.insert(
        'staff_totp',
        ['staffId', 'secretSealed', 'lastStep', 'createdAtMs', 'confirmedAtMs'],
        [[staffId, sealed, 0, this.clock.nowMs(), null]],
      )
      const uri = uriOf(secret, { issuer: this.config.programmeName, username })
      return { ok: true as const, secret, uri }
    })
  }

  /**
   * From now on it counts; answers the recovery codes, once. Refuses `second_factor_wrong`, also
   * when none was begun or it counts already.
   */
  async confirm(
    staffId: string,
    code: string,
  ): Promise<{ ok: true; recoveryCodes: string[] } | Refusal> {
    const nowMs = this.clock.nowMs()
    const confirmed = await this.database.write(async (tx) => {
      const [totp] = await tx.rows<StaffTotp>(
        `SELECT * FROM staff_totp WHERE staffId = ? AND confirmedAtMs IS NULL${tx.forUpdate}`,
        [staffId],
      )
      const step = totp ? stepOf(code, this.#open(totp), nowMs) : null
      if (step === null) return refuse('second_factor_wrong')
      await tx.run('UPDATE staff_totp SET confirmedAtMs = ?, lastStep = ? WHERE staffId = ?', [
        nowMs,
        step,
        staffId,
      ])
      await this.#wrote(tx, staffId, 'staff.factor_set', staffId)
      return { ok: true as const, recoveryCodes: await this.#newCodes(tx, staffId) }
    })
    this.sessions.forget(staffId)
    return confirmed
  }

  /** Makes the recovery codes anew. Refuses as `remove` does. */
  renewCodes(
    staffId: string,
    proof: { password: string; code: string },
  ): Promise<{ ok: true; recoveryCodes: string[] } | Refusal> {
    return this.#proven(staffId, proof, async (tx) => {
      await this.#wrote(tx, staffId, 'staff.codes_renewed', staffId)
      return { ok: true as const, recoveryCodes: await this.#newCodes(tx, staffId) }
    })
  }

  /**
   * Takes away one's own. Refuses `password_wrong`, `sign_in_locked` and `second_factor_wrong`.
   */
  async remove(
    staffId: string,
    proof: { password: string; code: string },
  ): Promise<{ ok: true } | Refusal> {
    const removed = await this.#proven(staffId, proof, async (tx) => {
      await forgetFactor(tx, staffId)
      await this.#wrote(tx, staffId, 'staff.factor_removed', staffId)
      return { ok: true as const }
    })
    this.sessions.forget(staffId)
    return removed
  }

  /**
   * Takes it away from somebody else who lost it, and ends their sessions. Refuses `forbidden` for
   * oneself and `not_found`.
   */
  async reset(by: Pick<ActingStaff, 'id'>, staffId: string): Promise<{ ok: true } | Refusal> {
    if (by.id === staffId) return refuse('forbidden', '自己的动态口令请在“我的账号”里关闭')
    const reset = await this.database.write(async (tx) => {
      const people = await tx.rows(`SELECT id FROM staff WHERE id = ?${tx.forUpdate}`, [staffId])
      if (people.length === 0) return refuse('not_found')
      await forgetFactor(tx, staffId)
      await this.sessions.endAll(tx, staffId, null)
      await this.#wrote(tx, by.id, 'staff.factor_reset', staffId)
      return { ok: true as const }
    })
    this.sessions.forget(staffId)
    return reset
  }

  /** True when the person needs none, or `code` is right and was not used before; it is used now. */
  async passes(tx: Tx, staffId: string, code: string | null): Promise<'yes' | 'no' | 'needed'> {
    const totp = await confirmedOf(tx, staffId)
    if (!totp) return 'yes'
    if (code === null) return 'needed'
    const nowMs = this.clock.nowMs()
    const step = stepOf(code, this.#open(totp), nowMs)
    const used =
      step === null
        ? await tx.run(
            `UPDATE staff_recovery_code SET usedAtMs = ?
             WHERE staffId = ? AND codeIndex = ? AND usedAtMs IS NULL`,
            [nowMs, staffId, this.#indexOf(staffId, code)],
          )
        : await tx.run('UPDATE staff_totp SET lastStep = ? WHERE staffId = ? AND lastStep < ?', [
            step,
            staffId,
            step,
          ])
    return used > 0 ? 'yes' : 'no'
  }

  /** Runs `work` once password and code are right; a wrong code counts like a wrong password. */
  #proven<T extends { ok: true }>(
    staffId: string,
    proof: { password: string; code: string },
    work: (tx: Tx) => Promise<T>,
  ): Promise<T | Refusal> {
    return this.passwords.prove<T>(staffId, proof.password, async (tx) => {
      const isSet = (await confirmedOf(tx, staffId)) !== null
      const passes = isSet && (await this.passes(tx, staffId, proof.code)) === 'yes'
      return passes ? work(tx) : refuse('second_factor_wrong')
    })
  }

  async #newCodes(tx: Tx, staffId: string): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newCode)
    const nowMs = this.clock.nowMs()
    await tx.run('DELETE FROM staff_recovery_code WHERE staffId = ?', [staffId])
    await tx.insert(
      'staff_recovery_code',
      ['staffId', 'codeIndex', 'createdAtMs', 'usedAtMs'],
      codes.map((code) => [staffId, this.#indexOf(staffId, code), nowMs, null]),
    )
    return codes
  }

  #indexOf(staffId: string, code: string): string {
    const plain = code.toLowerCase().replace(/[^a-z0-9]/g, '')
    return this.config.keyring.blindIndex(`staff recovery ${staffId}`, plain)
  }

  #open(totp: StaffTotp): string {
    return this.config.keyring.open(totp.secretSealed, sealContext(totp.staffId))
  }

  #wrote(tx: Tx, staffId: string, action: string, subjectId: string): Promise<void> {
    const atMs = this.clock.nowMs()
    return this.audit.append(tx, { staffId, action, subjectId, detail: null, atMs })
  }
}

async function confirmedOf(statements: Statements, staffId: string): Promise<StaffTotp | null> {
  const [totp] = await statements.rows<StaffTotp>(
    'SELECT * FROM staff_totp WHERE staffId = ? AND confirmedAtMs IS NOT NULL',
    [staffId],
  )
  return totp ?? null
}

async function forgetFactor(tx: Tx, staffId: string): Promise<void> {
  await tx.run('DELETE FROM staff_totp WHERE staffId = ?', [staffId])
  await tx.run('DELETE FROM staff_recovery_code WHERE staffId = ?', [staffId])
}

function newCode(): string {
  const part = () =>
    Array.from({ length: CODE_PART_LETTERS }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)])
  return `${part().join('')}-${part().join('')}`
}

function sealContext(staffId: string): string {
  return `staff_totp.secretSealed|${staffId}`
}
