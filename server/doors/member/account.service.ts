import { Inject, Injectable } from '@nestjs/common'
import { isComplete } from '@huike/shared/activities'
import type {
  ConsentChange,
  InboxPage,
  Privacy,
  Profile,
  ProfileChange,
  SubscriptionAnswer,
  Subscriptions,
} from '@huike/shared/contracts/account'
import type { PageQuery } from '@huike/shared/contracts/common'
import type { SignInAnswer } from '@huike/shared/contracts/sign-in'
import type { MessageId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CONSENT_PURPOSES, PURPOSE_TEXTS } from '@huike/shared/purposes'
import type { BusinessDate, EpochMs } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { ConsentService } from '../../consent/consent.service.js'
import { MemberSessionsService } from '../../members/member-sessions.service.js'
import { MembersService } from '../../members/members.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { WechatIdentitiesService } from '../../members/wechat-identities.service.js'
import { InboxService } from '../../messages/inbox.service.js'
import { SubscriptionCreditsService } from '../../messages/subscription-credits.service.js'
import { Clock, localDate } from '../../platform/clock.js'
import { CONFIG, type Config } from '../../platform/config.js'
import { Database, UniqueViolation, type Rx, type Statements } from '../../platform/database.js'
import { WECHAT, type WechatPort } from '../../platform/tokens.js'
import { PointsService } from '../../points/points.service.js'
import { PointsActivitiesService } from '../../points/points-activities.service.js'
import { ReviewListsService } from '../../reviews/review-lists.service.js'
import { DeletionsService } from '../../rights/deletions.service.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { heldOf } from './held.js'
import { readProfile, whatDiffers } from './told-profile.js'
import { QualityWantedService } from '../../quality/quality-wanted.service.js'

// The shopper's own corner. Every query is bound to the calling member; subscriptions also to the
// WeChat account of the calling session, since a permission belongs to an account.

/** Two requests may tell the same prompt at once: then the second finds it told. */
const RACES_MAX = 2

/** Who is calling: the member and the session. */
export interface CallingShopper {
  memberId: string
  sessionId: string
}

@Injectable()
export class AccountService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(WECHAT) private readonly wechat: WechatPort,
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly profiles: ProfilesService,
    private readonly sessions: MemberSessionsService,
    private readonly identities: WechatIdentitiesService,
    private readonly consents: ConsentService,
    private readonly deletions: DeletionsService,
    private readonly points: PointsService,
    private readonly inbox: InboxService,
    private readonly credits: SubscriptionCreditsService,
    private readonly wanted: QualityWantedService,
    private readonly activities: PointsActivitiesService,
    private readonly reviews: ReviewListsService,
    private readonly clock: Clock,
  ) {}

  /** A page of the inbox, newest first. */
  async messages(memberId: string, query: PageQuery): Promise<InboxPage> {
    const before = placeOf(query.cursor)
    return this.database.read(async (rx) => {
      const rows = await this.inbox.page(rx, {
        memberId,
        before: before && { sentAtMs: before.atMs, id: before.id },
        limit: query.limit,
      })
      const last = rows.at(-1)
      return {
        messages: rows.map((row) => ({
          id: row.id as MessageId,
          title: row.title,
          body: row.body,
          sentAtMs: row.sentAtMs as EpochMs,
          isRead: row.readAtMs !== null,
        })),
        unreadCount: (await this.inbox.countsOf(rx, memberId)).unread,
        nextCursor:
          rows.length === query.limit && last
            ? cursorOf({ atMs: last.sentAtMs, id: last.id })
            : null,
      }
    })
  }

  /** Marks messages as read; those of others are left alone. */
  async read(memberId: string, ids: readonly string[]): Promise<void> {
    await this.database.write((tx) =>
      this.inbox.markRead(tx, { memberId, ids, nowMs: this.clock.nowMs() }),
    )
  }

  /** What the member told of themselves. */
  profile(memberId: string): Promise<Profile> {
    return this.database.read(async (rx) => {
      const told = (await this.profiles.profilesOf(rx, [memberId])).get(memberId)
      return {
        phoneMasked: await this.members.maskedPhoneOf(rx, memberId),
        name: told?.name ?? null,
        birthday: (told?.birthday ?? null) as BusinessDate | null,
        gender: told?.gender ?? null,
        email: told?.email ?? null,
        city: told?.city ?? null,
        address: told?.address ?? null,
        updatedAtMs: (told?.updatedAtMs ?? null) as EpochMs | null,
        askFor: (await this.wanted.fields(rx)).filter((field) => (told?.[field] ?? null) === null),
      }
    })
  }

  /** Signs the member in for today. Refuses `member_not_found` and `activity_off`. */
  signIn(memberId: string): Promise<{ ok: true; answer: SignInAnswer } | Refusal> {
    return this.database.write(async (tx) => {
      const [member] = await this.members.lockPresent(tx, [memberId])
      if (!member) return refuse('member_not_found')
      return this.activities.signIn(tx, memberId, this.clock.nowMs())
    })
  }

  /**
   * Writes what the member tells; what is said again keeps who told it. The first time that nothing
   * is missing gives points, where the chain gives any. Refuses `member_not_found`
   * and as `readProfile` does.
   */
  async changeProfile(
    memberId: string,
    change: ProfileChange,
  ): Promise<{ ok: true; profile: Profile } | Refusal> {
    const nowMs = this.clock.nowMs()
    const read = readProfile(change, localDate(nowMs, CHAIN_TIME_ZONE))
    if (!read.ok) return read
    const isHere = await this.database.write(async (tx) => {
      if ((await this.members.lockPresent(tx, [memberId])).length === 0) return false
      const known = (await this.profiles.profilesOf(tx, [memberId])).get(memberId)
      await this.profiles.change(tx, memberId, whatDiffers(read.values, known), nowMs)
      const told = (await this.profiles.profilesOf(tx, [memberId])).get(memberId)
      if (isComplete(told ?? {})) await this.activities.completeProfile(tx, memberId, nowMs)
      return true
    })
    return isHere ? { ok: true, profile: await this.profile(memberId) } : refuse('member_not_found')
  }

  /** What is held of the member, in words, and what they said to each purpose. */
  privacy(memberId: string): Promise<Privacy> {
    return this.database.read(async (rx) => {
      const said = await this.consents.saidBy(rx, memberId, CONSENT_PURPOSES)
      return {
        held: heldOf(await this.#facts(rx, memberId)),
        consents: CONSENT_PURPOSES.map((purpose) => ({
          purpose,
          ...PURPOSE_TEXTS[purpose],
          state: said.get(purpose)?.state ?? ('never_asked' as const),
          changedAtMs: (said.get(purpose)?.changedAtMs ?? null) as EpochMs | null,
        })),
      }
    })
  }

  /** Grants or withdraws one purpose. Refuses `policy_changed` where another text was shown. */
  async consent(
    shopper: CallingShopper,
    change: ConsentChange,
  ): Promise<{ ok: true; privacy: Privacy } | Refusal> {
    const { memberId, sessionId } = shopper
    const changed = await this.database.write(async (tx) => {
      if ((await this.members.lockPresent(tx, [memberId])).length === 0)
        return refuse('member_not_found')
      if (change.isGranted && (await this.deletions.waitingOf(tx, memberId)))
        return refuse('deletion_waiting')
      return this.consents.change(tx, {
        ...change,
        memberId,
        how: 'member_page',
        evidence: sessionId,
        nowMs: this.clock.nowMs(),
      })
    })
    return changed.ok ? { ok: true, privacy: await this.privacy(memberId) } : changed
  }

  /** The templates to ask for, and how many messages each may still be used for. */
  subscriptions(shopper: CallingShopper): Promise<Subscriptions> {
    return this.database.read(async (rx) => {
      const { subscribe } = this.config
      const identityId = subscribe === null ? null : await this.#identityOf(rx, shopper)
      if (subscribe === null || identityId === null) return { templates: [] }
      const { templateId, title } = subscribe
      const credits = await this.credits.creditsOf(rx, [identityId], [templateId])
      return {
        templates: [{ templateId, title, credits: credits.get(identityId)?.get(templateId) ?? 0 }],
      }
    })
  }

  /**
   * Notes what WeChat answered to one prompt. Refuses `input_invalid` for a template that is not
   * the chain's, and `forbidden` where the session has no WeChat account of this member.
   */
  async answerSubscriptions(
    shopper: CallingShopper,
    answer: SubscriptionAnswer,
  ): Promise<{ ok: true; subscriptions: Subscriptions } | Refusal> {
    const known = this.config.subscribe?.templateId
    if (answer.answers.some(({ templateId }) => templateId !== known))
      return refuse('input_invalid', '没有这个订阅模板')
    const accepted = answer.answers.filter(({ result }) => result === 'accept')
    const templateIds = new Set(accepted.map(({ templateId }) => templateId))
    const noted = await this.#note(shopper, answer.askId, [...templateIds])
    return noted.ok ? { ok: true, subscriptions: await this.subscriptions(shopper) } : noted
  }

  async #note(
    shopper: CallingShopper,
    askId: string,
    templateIds: readonly string[],
  ): Promise<{ ok: true } | Refusal> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write(async (tx) => {
          const identityId = await this.#identityOf(tx, shopper)
          if (identityId === null) return refuse('forbidden', '请在微信里打开')
          const nowMs = this.clock.nowMs()
          for (const templateId of templateIds)
            await this.credits.accepted(tx, { identityId, templateId, askId, nowMs })
          return { ok: true as const }
        })
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** The WeChat identity of the calling session, when it is the calling member's. */
  async #identityOf(statements: Statements, shopper: CallingShopper): Promise<string | null> {
    const session = await this.sessions.current(statements, shopper.sessionId)
    const openid = session === null ? null : this.sessions.openidOf(session)
    if (openid === null) return null
    const { memberId } = shopper
    return this.identities.ofOpenid(statements, { memberId, appId: this.wechat.appId, openid })
  }

  async #facts(rx: Rx, memberId: string) {
    const told = (await this.profiles.profilesOf(rx, [memberId])).get(memberId)
    const { appId } = this.wechat
    return {
      phoneMasked: await this.members.maskedPhoneOf(rx, memberId),
      name: told?.name ?? null,
      birthday: told?.birthday ?? null,
      gender: told?.gender ?? null,
      email: told?.email ?? null,
      city: told?.city ?? null,
      address: told?.address ?? null,
      purchases: await countOf(rx, 'purchase', memberId),
      pointsEntries: await this.points.countOf(rx, memberId),
      coupons: await countOf(rx, 'coupon', memberId),
      reviews: await this.reviews.countOf(rx, [memberId]),
      messages: (await this.inbox.countsOf(rx, memberId)).sent,
      wechatAccounts:
        (await this.identities.ofMembers(rx, [memberId], appId)).get(memberId)?.length ?? 0,
      consents: await countOf(rx, 'consent', memberId),
    }
  }
}

async function countOf(
  rx: Rx,
  table: 'purchase' | 'consent' | 'coupon',
  memberId: string,
): Promise<number> {
  const [row] = await rx.rows<{ held: number | string }>(
    `SELECT COUNT(*) AS held FROM ${table} WHERE memberId = ?`,
    [memberId],
  )
  return Number(row?.held ?? 0)
}
