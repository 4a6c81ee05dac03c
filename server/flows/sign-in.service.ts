import { Inject, Injectable } from '@nestjs/common'
import type { Session } from '@huike/shared/contracts/member'
import type { MemberId } from '@huike/shared/ids'
import { REGISTRATION_NOTICE } from '@huike/shared/notice'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { normalisePhone, type Phone } from '@huike/shared/phone'
import { epochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ConsentService } from '../consent/consent.service.js'
import { lockAnswering } from '../members/answering.service.js'
import { MemberSessionsService, type IssuedSession } from '../members/member-sessions.service.js'
import type { Member } from '../members/member.entity.js'
import { MembersService, PHONE_NAMESPACE } from '../members/members.service.js'
import { AuthService } from '../platform/auth.js'
import { Clock, localDate } from '../platform/clock.js'
import { Database, UniqueViolation, type Tx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import { WECHAT, type WechatPort } from '../platform/tokens.js'
import { PointsBook } from '../points/points-book.service.js'

// Signing in to the mini-program. WeChat says who (openid) and, when the shopper taps the phone
// button, which number. A number that a till registered meets its member here and becomes verified.

const RACES_MAX = 3
const OPENID_SOURCE = 'wechat'

/** Whose number was given, and the identity it is, where it was known before. */
interface Called {
  member: Member
  viaId: string | null
}

/** A refusal that must leave nothing behind: neither a member made for it nor one confirmed. */
class RolledBack extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code)
  }
}

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly sessions: MemberSessionsService,
    private readonly consents: ConsentService,
    private readonly eventLog: EventLogService,
    private readonly auth: AuthService,
    private readonly clock: Clock,
    @Inject(WECHAT) private readonly wechat: WechatPort,
  ) {}

  /** wx.login's code → a session; with the member when the openid is known. */
  async withWechat(code: string): Promise<{ ok: true; session: Session } | Refusal> {
    const login = await this.wechat.signIn(code)
    if (!login.ok) return login
    const identity = {
      kind: 'wechat_openid' as const,
      namespace: this.wechat.appId,
      value: login.openid,
    }
    const issued = await this.database.write(async (tx) => {
      const known = await this.members.findByIdentity(tx, identity)
      const member = known && (await lockAnswering(tx, known.id))
      return this.sessions.open(tx, {
        memberId: member?.id ?? null,
        openid: login.openid,
        nowMs: this.clock.nowMs(),
      })
    })
    return { ok: true, session: this.#tell(issued) }
  }

  /** The phone button's code, in a session: finds or makes the member and ties the openid to it. */
  async givePhone(
    sessionId: string,
    code: string,
  ): Promise<{ ok: true; session: Session } | Refusal> {
    const given = await this.wechat.phone(code)
    if (!given.ok) return given
    return this.#withPhone(given.phone, async (tx, { member, viaId }) => {
      const session = await this.sessions.current(tx, sessionId)
      if (!session) return refuse('token_invalid')
      const openid = this.sessions.openidOf(session)
      if (openid !== null) {
        const tied = await this.#tieOpenid(tx, { member, viaId }, openid)
        if (!tied.ok) return tied
      }
      await this.sessions.revoke(tx, sessionId, this.clock.nowMs())
      return this.sessions.open(tx, { memberId: member.id, openid, nowMs: this.clock.nowMs() })
    })
  }

  /** Sign-in by phone alone; the door offers it in the sandbox only. */
  withPhone(phone: string): Promise<{ ok: true; session: Session } | Refusal> {
    return this.#withPhone(phone, (tx, { member }) =>
      this.sessions.open(tx, { memberId: member.id, openid: null, nowMs: this.clock.nowMs() }),
    )
  }

  /** A refresh token → the next session tokens. */
  async refresh(refreshToken: string): Promise<{ ok: true; session: Session } | Refusal> {
    const rotated = await this.database.write((tx) =>
      this.sessions.rotate(tx, refreshToken, this.clock.nowMs()),
    )
    return rotated.ok ? { ok: true, session: this.#tell(rotated) } : rotated
  }

  /** Signs out: the session's refresh token is dead at once, its access token within minutes. */
  async signOut(sessionId: string): Promise<void> {
    await this.database.write((tx) => this.sessions.revoke(tx, sessionId, this.clock.nowMs()))
  }

  async #withPhone(
    text: string,
    open: (tx: Tx, called: Called) => Promise<IssuedSession | Refusal>,
  ): Promise<{ ok: true; session: Session } | Refusal> {
    const phone = normalisePhone(text)
    if (phone === null) return refuse('phone_invalid')
    for (let race = 1; ; race += 1) {
      try {
        const issued = await this.database.write(async (tx) => {
          const opened = await open(tx, await this.#memberOf(tx, phone))
          if ('session' in opened) return opened
          throw new RolledBack(opened)
        })
        this.eventLog.appended()
        return { ok: true, session: this.#tell(issued) }
      } catch (error) {
        if (error instanceof RolledBack) return error.refusal
        // The till may register the same number at this very moment: then it is there now.
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** The member of a verified number: found and confirmed, or made. */
  async #memberOf(tx: Tx, phone: Phone): Promise<Called> {
    const nowMs = this.clock.nowMs()
    const index = this.members.phoneIndex(phone)
    const owner = (await this.members.findByPhoneIndexes(tx, [index])).get(index)
    const known = owner && (await lockAnswering(tx, owner.member.id))
    if (known) {
      if (known.state === 'pending') {
        await this.members.activate(tx, known.id, nowMs)
        await this.#grant(tx, known.id, nowMs)
      }
      return { member: { ...known, state: 'active' }, viaId: owner.identityId }
    }
    const member = this.members.newMember({
      id: mintId(nowMs),
      state: 'active',
      mergedIntoId: null,
      registeredStoreId: null,
      registeredChannel: 'wechat',
      nowMs,
    })
    await this.members.insertMembers(tx, [member])
    await this.members.insertIdentities(tx, [
      {
        memberId: member.id,
        kind: 'phone',
        namespace: PHONE_NAMESPACE,
        value: phone,
        assurance: 'verified',
        source: OPENID_SOURCE,
        nowMs,
      },
    ])
    const book = await PointsBook.open(tx, [])
    book.openAccount(member.id, nowMs)
    await book.close(tx)
    await this.#grant(tx, member.id, nowMs)
    await this.eventLog.append(
      tx,
      [
        {
          type: 'member.registered',
          aggregateId: member.id,
          occurredAtMs: nowMs,
          payload: {
            storeId: null,
            businessDate: localDate(nowMs, CHAIN_TIME_ZONE),
            cashier: null,
          },
        },
      ],
      nowMs,
    )
    return { member, viaId: null }
  }

  async #tieOpenid(
    tx: Tx,
    { member, viaId }: Called,
    openid: string,
  ): Promise<{ ok: true } | Refusal> {
    const identity = {
      kind: 'wechat_openid' as const,
      namespace: this.wechat.appId,
      value: openid,
    }
    const owner = await this.members.findByIdentity(tx, identity)
    // One WeChat account giving another member's number is for a person to decide, not for us.
    if (owner) return owner.id === member.id ? { ok: true } : refuse('identity_conflict')
    await this.members.insertIdentities(tx, [
      {
        ...{ ...identity, viaId },
        memberId: member.id,
        assurance: 'verified',
        source: OPENID_SOURCE,
        nowMs: this.clock.nowMs(),
      },
    ])
    return { ok: true }
  }

  async #grant(tx: Tx, memberId: string, nowMs: number): Promise<void> {
    const { policyVersion, text } = REGISTRATION_NOTICE
    await this.consents.append(tx, [
      {
        memberId,
        purpose: 'membership',
        state: 'granted',
        policyVersion,
        textSha256: sha256Hex(text),
        how: 'wechat_phone',
        evidence: memberId,
        occurredAtMs: nowMs,
        recordedAtMs: nowMs,
      },
    ])
  }

  #tell({ session, refreshToken }: IssuedSession): Session {
    const { accessToken, expiresAtMs } = this.auth.issue('member', {
      sub: session.id,
      ...(session.memberId === null ? {} : { member: session.memberId }),
    })
    return {
      accessToken,
      accessExpiresAtMs: epochMs(expiresAtMs),
      refreshToken,
      memberId: session.memberId as MemberId | null,
      serverTimeMs: this.clock.nowMs(),
    }
  }
}
