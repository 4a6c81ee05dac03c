import { Inject, Injectable } from '@nestjs/common'
import type { Session } from '@huike/shared/contracts/member'
import type { ReferralOutcome } from '@huike/shared/contracts/referrals'
import type { MemberId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { normalisePhone, type Phone } from '@huike/shared/phone'
import { epochMs } from '@huike/shared/quantities'
import { MemberSessionsService, type IssuedSession } from '../members/member-sessions.service.js'
import type { IdentityValue } from '../members/members.service.js'
import { AuthService } from '../platform/auth.js'
import { Clock } from '../platform/clock.js'
import { Database, UniqueViolation, type Tx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { WECHAT, type WechatPort } from '../platform/tokens.js'
import { ReferralBondsService } from '../referrals/referral-bonds.service.js'
import { StitchPurchasesService } from './stitch-purchases.service.js'
import { OwnersMoved, ProvenPersonService, type Doubt } from './proven-person.service.js'

// Signing in to the mini-program. WeChat says who (openid) and, when the shopper taps the phone
// button, which number. A number that a till registered meets its member here and becomes verified;
// what one person proves at once may be two records, or a number that was somebody else's before.

const RACES_MAX = 3
/** A unionid is one person's within the chain's account of WeChat's open platform. */
const UNION_NAMESPACE = 'wechat'

/** Who is signing in: the session it is done in, and the WeChat account behind it. */
interface Begun {
  ok: true
  sessionId: string | null
  openid: string | null
  unionid: string | null
}

/** Ends a sign-in that a person has to decide: it must leave nothing behind. */
class InDoubt extends Error {
  constructor(readonly doubt: Doubt) {
    super('a person decides')
  }
}

@Injectable()
export class SignInService {
  constructor(
    private readonly database: Database,
    private readonly people: ProvenPersonService,
    private readonly stitching: StitchPurchasesService,
    private readonly sessions: MemberSessionsService,
    private readonly referrals: ReferralBondsService,
    private readonly eventLog: EventLogService,
    private readonly auth: AuthService,
    private readonly clock: Clock,
    @Inject(WECHAT) private readonly wechat: WechatPort,
  ) {}

  /** wx.login's code → a session; with the member when the openid is known. */
  async withWechat(code: string): Promise<{ ok: true; session: Session } | Refusal> {
    const login = await this.wechat.signIn(code)
    if (!login.ok) return login
    const { openid, unionid } = login
    for (let race = 1; ; race += 1)
      try {
        const issued = await this.database.write(async (tx) => {
          const nowMs = this.clock.nowMs()
          const memberId = await this.people.known(tx, this.#accountsOf({ openid, unionid }), nowMs)
          return this.sessions.open(tx, { memberId, openid, unionid, nowMs })
        })
        if (issued.session.memberId !== null) await this.stitching.stitch(issued.session.memberId)
        return { ok: true, session: this.#tell(issued) }
      } catch (error) {
        // The same account, signing in twice at the same moment.
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
  }

  /**
   * The phone button's code, in a session: whoever is signed in proves the number. Refuses
   * `identity_conflict` where a person has to look at two records first; nothing has changed then.
   */
  async givePhone(
    sessionId: string,
    { code, referralCode }: { code: string; referralCode?: string | undefined },
  ): Promise<{ ok: true; session: Session } | Refusal> {
    const given = await this.wechat.phone(code)
    if (!given.ok) return given
    return this.#withPhone({ phone: given.phone, referralCode }, async (tx) => {
      const session = await this.sessions.current(tx, sessionId)
      if (!session) return refuse('token_invalid')
      const [openid, unionid] = [this.sessions.openidOf(session), this.sessions.unionidOf(session)]
      return { ok: true, sessionId, openid, unionid }
    })
  }

  /** Sign-in by phone alone; the door offers it in the sandbox only. */
  withPhone(of: {
    phone: string
    referralCode?: string | undefined
  }): Promise<{ ok: true; session: Session } | Refusal> {
    const alone = { ok: true as const, sessionId: null, openid: null, unionid: null }
    return this.#withPhone(of, () => Promise.resolve(alone))
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
    given: { phone: string; referralCode?: string | undefined },
    begin: (tx: Tx) => Promise<Begun | Refusal>,
  ): Promise<{ ok: true; session: Session } | Refusal> {
    const phone = normalisePhone(given.phone)
    if (phone === null) return refuse('phone_invalid')
    const outcome = await this.#settled({ phone, referralCode: given.referralCode ?? '' }, begin)
    if (!outcome.ok) return outcome
    this.eventLog.appended()
    if (outcome.session.memberId !== null) await this.stitching.stitch(outcome.session.memberId)
    return { ok: true, session: { ...this.#tell(outcome), referral: outcome.referral } }
  }

  async #settled(
    { phone, referralCode }: { phone: Phone; referralCode: string },
    begin: (tx: Tx) => Promise<Begun | Refusal>,
  ): Promise<({ ok: true; referral: ReferralOutcome | null } & IssuedSession) | Refusal> {
    for (let race = 1; ; race += 1) {
      const nowMs = this.clock.nowMs()
      try {
        return await this.database.write(async (tx) => {
          const begun = await begin(tx)
          if (!begun.ok) return begun
          const accounts = this.#accountsOf(begun)
          const settled = await this.people.settle(tx, { phone, accounts, nowMs })
          if (!settled.ok) throw new InDoubt(settled.doubt)
          if (begun.sessionId !== null) await this.sessions.revoke(tx, begun.sessionId, nowMs)
          const { memberId, isNew } = settled
          const referral = await this.#bind(tx, { memberId, isNew, phone, referralCode, nowMs })
          const issued = await this.sessions.open(tx, { ...begun, memberId, nowMs })
          return { ok: true as const, referral, ...issued }
        })
      } catch (error) {
        if (error instanceof InDoubt) return this.#refused(error.doubt, nowMs)
        // The till may register the same number at this very moment: then it is there now.
        const isRace = error instanceof UniqueViolation || error instanceof OwnersMoved
        if (!isRace || race >= RACES_MAX) throw error
      }
    }
  }

  /** Whom a code brought, in the moment they become a member; null where none was given. */
  async #bind(
    tx: Tx,
    of: { memberId: string; isNew: boolean; phone: Phone; referralCode: string; nowMs: number },
  ): Promise<ReferralOutcome | null> {
    const { memberId: friendId, isNew, phone, referralCode: code, nowMs } = of
    if (code === '') return null
    return isNew ? this.referrals.bind(tx, { friendId, phone, code, nowMs }) : 'not_new'
  }

  /** Nothing of the sign-in stays; that somebody has to look at the two records does. */
  async #refused(doubt: Doubt, nowMs: number): Promise<Refusal> {
    for (let race = 1; ; race += 1)
      try {
        await this.database.write((tx) => this.people.raise(tx, doubt, nowMs))
        return refuse('identity_conflict')
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
  }

  #accountsOf({ openid, unionid }: Pick<Begun, 'openid' | 'unionid'>): IdentityValue[] {
    const accounts: IdentityValue[] = []
    if (openid !== null)
      accounts.push({ kind: 'wechat_openid', namespace: this.wechat.appId, value: openid })
    if (unionid !== null)
      accounts.push({ kind: 'wechat_unionid', namespace: UNION_NAMESPACE, value: unionid })
    return accounts
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
