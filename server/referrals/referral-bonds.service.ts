import { randomInt } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { REFERRAL_CODE_CHARACTERS, type ReferralOutcome } from '@huike/shared/contracts/referrals'
import type { Phone } from '@huike/shared/phone'
import { isPresent, MembersService } from '../members/members.service.js'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { PointsActivitiesService } from '../points/points-activities.service.js'
import type { ReferralCode } from './referral-code.entity.js'
import type { Referral } from './referral.entity.js'

// Who was brought by whom. A bond is made in the moment somebody becomes a member, and never later:
// so nobody brings themselves, nobody who is there already, and no two bring each other. A code is
// chance alone: it tells neither who a member is nor how many there are.

/** Without those that are taken for one another. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const FIRST_LOOK_MS = 86_400_000
/** Four of a blind index: some hundred numbers share it, so that it says of none that it was here. */
const MARK_CHARACTERS = 4
const MARK_KEPT_MS = 365 * 86_400_000

export const REFERRAL_COLUMNS = [
  'id',
  'friendId',
  'referrerId',
  'ruleVersion',
  'state',
  'reason',
  'purchaseId',
  'referrerPoints',
  'friendPoints',
  'boundAtMs',
  'nextAtMs',
  'settledAtMs',
] as const satisfies (keyof Referral)[]

@Injectable()
export class ReferralBondsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly members: MembersService,
    private readonly activities: PointsActivitiesService,
  ) {}

  /** The code of a member; null while they have none. */
  async codeOf(statements: Statements, memberId: string): Promise<string | null> {
    const [row] = await statements.rows<Pick<ReferralCode, 'code'>>(
      'SELECT code FROM referral_code WHERE memberId = ?',
      [memberId],
    )
    return row?.code ?? null
  }

  /** The code of a member, made now where there is none. The member must be here, and locked. */
  async makeCode(tx: Tx, memberId: string, nowMs: number): Promise<string> {
    const known = await this.codeOf(tx, memberId)
    if (known !== null) return known
    const code = Array.from(
      { length: REFERRAL_CODE_CHARACTERS },
      () => ALPHABET[randomInt(ALPHABET.length)] ?? '',
    ).join('')
    const row = [memberId, code, nowMs]
    await tx.insert('referral_code', ['memberId', 'code', 'createdAtMs'], [row])
    return code
  }

  /** Binds a member who was made a moment ago, in the same transaction, to whose code it is. */
  async bind(
    tx: Tx,
    of: { friendId: string; phone: Phone; code: string; nowMs: number },
  ): Promise<ReferralOutcome> {
    const { friendId, phone, code, nowMs } = of
    const terms = await this.activities.referralTerms(tx, nowMs)
    const referrerId = terms && (await this.#ownerOf(tx, code))
    if (terms === null || referrerId === null) return 'unknown'
    const marked = await tx.rows('SELECT mark FROM referral_mark WHERE mark = ? AND untilMs > ?', [
      this.#markOf(phone),
      nowMs,
    ])
    if (marked.length > 0) return 'not_new'
    const referral: Referral = {
      ...{ id: mintId(nowMs), friendId, referrerId, ruleVersion: terms.version },
      ...{ state: 'waiting', reason: null, purchaseId: null, boundAtMs: nowMs },
      ...{ referrerPoints: null, friendPoints: null, settledAtMs: null },
      nextAtMs: nowMs + FIRST_LOOK_MS,
    }
    await tx.insert('referral', REFERRAL_COLUMNS, [valuesOf(referral, REFERRAL_COLUMNS)])
    return 'bound'
  }

  /**
   * Forgets members who are erased: their codes bring nobody, what waits is void, and of friends who
   * were brought a mark stays for a year, so that coming anew is not being new. What was given stays.
   */
  async forget(
    tx: Tx,
    memberIds: readonly string[],
    { phones, nowMs }: { phones: readonly string[]; nowMs: number },
  ): Promise<void> {
    const list = listParameter(tx, memberIds)
    await tx.run(`DELETE FROM referral_code WHERE memberId IN ${inList(tx)}`, [list])
    for (const column of ['friendId', 'referrerId'])
      await tx.run(
        `UPDATE referral SET state = 'void', reason = 'gone', settledAtMs = ?
         WHERE ${column} IN ${inList(tx)} AND state = 'waiting'`,
        [nowMs, list],
      )
    await tx.run('DELETE FROM referral_mark WHERE untilMs <= ?', [nowMs])
    const brought = await tx.rows(
      `SELECT id FROM referral WHERE friendId IN ${inList(tx)} LIMIT 1`,
      [list],
    )
    if (brought.length === 0) return
    const marks = [...new Set(phones.map((phone) => this.#markOf(phone)))].sort()
    await tx.run(`DELETE FROM referral_mark WHERE mark IN ${inList(tx)}`, [
      listParameter(tx, marks),
    ])
    const rows = marks.map((mark) => [mark, nowMs + MARK_KEPT_MS])
    await tx.insert('referral_mark', ['mark', 'untilMs'], rows)
  }

  async #ownerOf(tx: Tx, typed: string): Promise<string | null> {
    const code = typed.normalize('NFKC').trim().toUpperCase()
    const [row] = await tx.rows<Pick<ReferralCode, 'memberId'>>(
      'SELECT memberId FROM referral_code WHERE code = ?',
      [code],
    )
    if (!row) return null
    const member = (await this.members.findByIds(tx, [row.memberId])).get(row.memberId)
    return member && isPresent(member) ? member.id : null
  }

  #markOf(phone: string): string {
    return this.config.keyring.blindIndex('referral-mark', phone).slice(0, MARK_CHARACTERS)
  }
}
