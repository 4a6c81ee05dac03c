import type { AgentMember, MemberRegistered, SnapshotAnswer } from '@huike/shared/contracts/agent'
import type { CashierMember } from '@huike/shared/contracts/cashier'
import type { EventId, MemberId } from '@huike/shared/ids'
import { maskPhone } from '@huike/shared/phone'
import type { Phone } from '@huike/shared/phone'
import { epochMs, points } from '@huike/shared/quantities'
import { REGISTRATION_NOTICE } from '@huike/shared/notice'
import { blindIndex } from '../platform/seal.js'
import type { StoreContext } from './context.js'
import {
  adjustCachedBalance,
  dropMember,
  followMember,
  forgetAlias,
  memberRow,
  openMember,
  putMember,
} from './member-rows.js'
import type { MemberRow } from './member-rows.js'
import { readMeta, writeMeta } from './meta-rows.js'
import { appendEvent, OUTBOX_ROWS_MAX, pendingCount } from './outbox-rows.js'
import { createHash } from 'node:crypto'

// What the till knows of members when nobody can be asked: masked, sealed, found by keyed indexes.
// Two indexes, because the store's key comes with the first token and a till may register before.

export interface Notice {
  policyVersion: string
  text: string
  textSha256: string
}

const NOTICES_KEPT = 3

export type RegisterResult =
  | { ok: true; member: CashierMember; eventId: EventId | null }
  | { ok: false; code: 'busy' | 'input_invalid' }

export class Members {
  constructor(private readonly context: StoreContext) {}

  /** The cached member with this phone number. */
  findByPhone(phone: Phone): CashierMember | null {
    const storeIndex = this.storeIndex(phone)
    const row =
      (storeIndex === null ? undefined : this.rowBy('phone_index', storeIndex)) ??
      this.rowBy('local_index', this.localIndex(phone))
    return row ? this.shown(row) : null
  }

  /** The cached member with this member number (twelve digits). */
  findByMemberNo(memberNo: string): CashierMember | null {
    const row = this.rowBy('member_no', memberNo)
    return row ? this.shown(row) : null
  }

  /** The cached member with this id, or the one a minted id turned out to be. */
  find(memberId: string): CashierMember | null {
    const row = memberRow(this.context, this.follow(memberId))
    return row ? this.shown(row) : null
  }

  /** Keeps what the server said of a member just now; `phone` when it was asked for by phone. */
  keep(member: AgentMember, phone: Phone | null): CashierMember {
    if (this.context.storageState() === 'ok')
      this.context.write(() => {
        putMember(this.context, member, {
          phone_index: phone && this.storeIndex(phone),
          local_index: phone && this.localIndex(phone),
          origin: 'server',
        })
      })
    return { ...member, source: 'server' }
  }

  /** Keeps the balance that came with another answer of the server, as of its own clock. */
  noteBalance(memberId: string, told: { balancePoints: number; asOfMs: number }): void {
    if (this.context.storageState() === 'ok')
      this.context.write(() => {
        adjustCachedBalance(this.context, memberId, told)
      })
  }

  /** One page of the store's members, its cursor and the notice, in one commit. */
  applySnapshot(page: SnapshotAnswer): void {
    if (this.context.storageState() !== 'ok') return
    this.context.write(() => {
      for (const { memberId, intoMemberId } of page.merged)
        followMember(this.context, memberId, intoMemberId)
      for (const { phoneIndex, ...member } of page.members) {
        // Whom the server tells of by its own id is nobody else's alias any more.
        forgetAlias(this.context, member.memberId)
        putMember(this.context, member, {
          phone_index: phoneIndex,
          local_index: null,
          origin: 'server',
        })
      }
      for (const memberId of page.forgotten) dropMember(this.context, memberId)
      writeMeta(this.context, 'snapshot_cursor', page.nextCursor)
      this.keepNotice(page.notice)
    })
  }

  /** Where the next snapshot page begins; null to begin at the beginning. */
  snapshotCursor(): string | null {
    return readMeta(this.context, 'snapshot_cursor')
  }

  /** The key of this store's phone index, as it came with a token. */
  keepPhoneIndexKey(key: string): void {
    if (readMeta(this.context, 'phone_index_key') === key) return
    this.context.write(() => {
      writeMeta(this.context, 'phone_index_key', key)
    })
  }

  /** The notice to show before a number is taken. */
  notice(): Notice {
    return this.notices()[0] ?? builtInNotice()
  }

  /**
   * Registers a shopper: cache and outbox row in one commit. A number that is cached already
   * answers with its member and sends nothing. Outcomes: busy (outbox full), input_invalid (a
   * notice this till has never shown).
   */
  register(input: {
    eventId: EventId
    memberId: MemberId
    phone: Phone
    policyVersion: string
    textSha256: string
    nowMs: number
    cashier: string | null
  }): RegisterResult {
    const known = this.findByPhone(input.phone)
    if (known) return { ok: true, member: known, eventId: this.pendingRegistration(known.memberId) }
    if (!this.hasShown(input)) return { ok: false, code: 'input_invalid' }
    if (pendingCount(this.context.database()) >= OUTBOX_ROWS_MAX) return { ok: false, code: 'busy' }
    const member = newMember(input)
    this.context.write((database) => {
      database
        .prepare('INSERT INTO registration (member_id, event_id) VALUES (?, ?)')
        .run(input.memberId, input.eventId)
      putMember(this.context, member, {
        phone_index: this.storeIndex(input.phone),
        local_index: this.localIndex(input.phone),
        origin: 'registered_here',
      })
      appendEvent(this.context, registrationEvent(input), input.nowMs)
    })
    return { ok: true, member: { ...member, source: 'registered_here' }, eventId: input.eventId }
  }

  /** The member a minted id became; the id itself when it stayed. */
  follow(memberId: string): string {
    const row = this.context
      .database()
      .prepare<[string], { member_id: string }>(
        'SELECT member_id FROM member_alias WHERE minted_id = ?',
      )
      .get(memberId)
    return row?.member_id ?? memberId
  }

  private pendingRegistration(memberId: string): EventId | null {
    const row = this.context
      .database()
      .prepare<[string], { event_id: string }>(
        `SELECT event_id FROM registration JOIN outbox USING (event_id)
         WHERE member_id = ? AND state IN ('waiting', 'sent')`,
      )
      .get(memberId)
    return (row?.event_id as EventId | undefined) ?? null
  }

  private keepNotice(notice: Notice): void {
    const known = this.notices()
    if (
      known[0]?.textSha256 === notice.textSha256 &&
      known[0].policyVersion === notice.policyVersion
    )
      return
    const others = known.filter((other) => other.textSha256 !== notice.textSha256)
    writeMeta(this.context, 'notices', JSON.stringify([notice, ...others].slice(0, NOTICES_KEPT)))
  }

  /** The page may still show the notice from before the last snapshot. */
  private hasShown(shown: { policyVersion: string; textSha256: string }): boolean {
    return [...this.notices(), builtInNotice()].some(
      (notice) =>
        notice.policyVersion === shown.policyVersion && notice.textSha256 === shown.textSha256,
    )
  }

  private notices(): Notice[] {
    return JSON.parse(readMeta(this.context, 'notices') ?? '[]') as Notice[]
  }

  private shown(row: MemberRow): CashierMember {
    return {
      ...openMember(this.context, row),
      source: row.origin === 'registered_here' ? 'registered_here' : 'cache',
    }
  }

  private rowBy(column: 'phone_index' | 'local_index' | 'member_no', value: string) {
    return this.context
      .database()
      .prepare<[string], MemberRow>(
        `SELECT * FROM member_cache WHERE ${column} = ? ORDER BY as_of_ms DESC LIMIT 1`,
      )
      .get(value)
  }

  private storeIndex(phone: Phone): string | null {
    const key = readMeta(this.context, 'phone_index_key')
    return key === null ? null : blindIndex(Buffer.from(key, 'base64url'), phone)
  }

  private localIndex(phone: Phone): string {
    return this.context.sealer.index('phone', phone)
  }
}

/** The notice that came with the program. */
export function builtInNotice(): Notice {
  return {
    ...REGISTRATION_NOTICE,
    textSha256: createHash('sha256').update(REGISTRATION_NOTICE.text, 'utf8').digest('hex'),
  }
}

function newMember(input: { memberId: MemberId; phone: Phone; nowMs: number }): AgentMember {
  return {
    memberId: input.memberId,
    memberNo: '',
    phoneMasked: maskPhone(input.phone),
    state: 'pending',
    levelName: '',
    balancePoints: points(0),
    pending: null,
    lastVisitDate: null,
    purchaseCount: 0,
    nameMasked: null,
    ...{ hints: [], offers: [], waitingPickups: 0 },
    asOfMs: epochMs(input.nowMs),
  }
}

function registrationEvent(input: {
  eventId: EventId
  memberId: MemberId
  phone: Phone
  policyVersion: string
  textSha256: string
  nowMs: number
  cashier: string | null
}): MemberRegistered {
  const nowMs = epochMs(input.nowMs)
  return {
    type: 'member.registered',
    eventId: input.eventId,
    occurredAtMs: nowMs,
    memberId: input.memberId,
    phone: input.phone,
    notice: {
      policyVersion: input.policyVersion,
      textSha256: input.textSha256,
      shownAtMs: nowMs,
    },
    cashier: input.cashier,
  }
}
