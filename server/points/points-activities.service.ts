import { Injectable } from '@nestjs/common'
import {
  FIRST_ACTIVITIES,
  occasionAfter,
  profileWords,
  referralWords,
  referredWords,
  reviewWords,
  signInGives,
  signInWords,
  streakOn,
  type SignedIn,
} from '@huike/shared/activities'
import {
  activityTermsSchema,
  type ActivityDraft,
  type ActivityRule,
  type ActivityTerms,
  type ReferralTerms,
  type ReviewTerms,
} from '@huike/shared/contracts/activities'
import type { SignInAnswer, SignInState } from '@huike/shared/contracts/sign-in'
import { expiresAtMs } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { points, type Points } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { settleDebts } from './debts.service.js'
import type { PointsActivity } from './points-activity.entity.js'
import type { PointsRule } from './points-rule.entity.js'
import { PointsBook } from './points-book.service.js'
import { ruleAt, RuleVersions, type Published, type PublishedBy } from './rule-versions.js'

// Points without a purchase. What was done is a row of its own, once for each occasion, and the cause
// of its transfer. The account is locked before it is looked at: of two taps at once the second one
// finds what the first has done.

const ACTIVITY_RULE_ID = 'activity'
const COLUMNS = [
  'id',
  'memberId',
  'kind',
  'occasion',
  'streakDays',
  'points',
  'atMs',
] as const satisfies (keyof PointsActivity)[]
/** What was done, by the reason of its transfer. */
type Activity = Omit<PointsActivity, 'id' | 'kind'> & {
  kind: 'sign_in' | 'profile' | 'review' | 'referral' | 'referred'
}
/** A complete profile is complete once. */
const ONCE = ''

@Injectable()
export class PointsActivitiesService {
  readonly #versions = new RuleVersions<ActivityTerms>('points_activity_rule', activityTermsSchema)

  /** Every version, the oldest first, and the one that holds now. */
  async published(
    statements: Statements,
    nowMs: number,
  ): Promise<{ published: Published<ActivityRule>[]; now: ActivityRule }> {
    const published = await this.#versions.published(statements)
    return { published, now: ruleAt(published, FIRST_ACTIVITIES, nowMs) }
  }

  /** Publishes a version. Refuses as `RuleVersions.publish` does. */
  publish(
    tx: Tx,
    draft: ActivityDraft,
    by: PublishedBy,
  ): Promise<{ ok: true; row: PointsRule } | Refusal> {
    return this.#versions.publish(tx, draft, by)
  }

  /** Withdraws a version that is to come. Refuses as `RuleVersions.withdraw` does. */
  withdraw(
    tx: Tx,
    version: number,
    by: PublishedBy,
  ): Promise<{ ok: true; isFresh: boolean } | Refusal> {
    return this.#versions.withdraw(tx, version, by)
  }

  /** Signing in as it stands today; null where nobody is asked to. */
  async signInOf(
    statements: Statements,
    memberId: string,
    nowMs: number,
  ): Promise<SignInState | null> {
    const { signInPoints } = await this.#ruleAt(statements, nowMs)
    const last = await lastSignIn(statements, memberId)
    return signInPoints === null ? null : stateOf(signInPoints, last, today(nowMs))
  }

  /** What a complete profile would still give the member; 0 when nothing, or given already. */
  async profilePointsOf(statements: Statements, memberId: string, nowMs: number): Promise<Points> {
    const { profilePoints } = await this.#ruleAt(statements, nowMs)
    if (profilePoints === 0 || (await hasDone(statements, memberId))) return points(0)
    return points(profilePoints)
  }

  /**
   * Signs a member in for today, by the chain's calendar; done before, it is told again. The member
   * must be there. Refuses `activity_off`.
   */
  async signIn(
    tx: Tx,
    memberId: string,
    nowMs: number,
  ): Promise<{ ok: true; answer: SignInAnswer } | Refusal> {
    const rule = await this.#ruleAt(tx, nowMs)
    if (rule.signInPoints === null) return refuse('activity_off')
    const book = await PointsBook.open(tx, [memberId])
    const onDate = today(nowMs)
    const last = await lastSignIn(tx, memberId)
    // A clock that was set back gives no day twice.
    const isFresh = last === null || last.onDate < onDate
    const streakDays = isFresh ? streakOn(onDate, last) : last.streakDays
    const given = isFresh ? signInGives(rule.signInPoints, streakDays) : points(last.points)
    const explanation = signInWords(streakDays, given)
    if (isFresh) {
      await give(tx, book, {
        ...{ rule, explanation },
        activity: {
          memberId,
          kind: 'sign_in',
          occasion: onDate,
          streakDays,
          points: given,
          atMs: nowMs,
        },
      })
      await book.close(tx)
    }
    const signIn = stateOf(rule.signInPoints, { onDate, streakDays, points: given }, onDate)
    const balancePoints = book.balanceOf(memberId)
    return { ok: true, answer: { isFresh, points: given, explanation, balancePoints, signIn } }
  }

  /** Gives what a complete profile gives, once; answers how many points, 0 when none. */
  async completeProfile(tx: Tx, memberId: string, nowMs: number): Promise<Points> {
    const rule = await this.#ruleAt(tx, nowMs)
    if (rule.profilePoints === 0) return points(0)
    const book = await PointsBook.open(tx, [memberId])
    if (await hasDone(tx, memberId)) return points(0)
    const given = points(rule.profilePoints)
    await give(tx, book, {
      ...{ rule, explanation: profileWords(given) },
      activity: {
        ...{ memberId, kind: 'profile', occasion: ONCE, streakDays: 1, points: given, atMs: nowMs },
      },
    })
    await book.close(tx)
    return given
  }

  /** What reviews give now, and by which version; null where nobody is asked for any. */
  async reviewTerms(
    statements: Statements,
    nowMs: number,
  ): Promise<(ReviewTerms & { version: number }) | null> {
    const { review, version } = await this.#ruleAt(statements, nowMs)
    return review && { ...review, version }
  }

  /**
   * Gives what the review of a purchase was promised, and closes the book, in which the member's
   * account is open. Throws UniqueViolation where that purchase was given for before.
   */
  async giveForReview(
    tx: Tx,
    book: PointsBook,
    of: {
      memberId: string
      purchaseId: string
      points: Points
      ruleVersion: number
      actor: string
      nowMs: number
    },
  ): Promise<void> {
    const rule = await this.#version(tx, of.ruleVersion, of.nowMs)
    await give(tx, book, {
      ...{ id: of.purchaseId, rule, explanation: reviewWords(of.points), actor: of.actor },
      activity: await numbered(tx, 'review', of),
    })
    await book.close(tx)
  }

  /** What bringing a friend gives now, and by which version; null where nobody is asked to. */
  async referralTerms(
    statements: Statements,
    nowMs: number,
  ): Promise<(ReferralTerms & { version: number }) | null> {
    const { referral, version } = await this.#ruleAt(statements, nowMs)
    return referral && { ...referral, version }
  }

  /** What a version said of bringing friends. */
  async referralTermsOf(
    statements: Statements,
    version: number,
    nowMs: number,
  ): Promise<ReferralTerms> {
    const { referral } = await this.#version(statements, version, nowMs)
    if (!referral) throw new Error(`version ${String(version)} asks nobody to bring friends`)
    return referral
  }

  /**
   * Gives what bringing a friend was promised, to both, and closes the book, in which both accounts
   * are open. Throws UniqueViolation where that friend was given for before.
   */
  async giveForReferral(
    tx: Tx,
    book: PointsBook,
    of: {
      referralId: string
      /** Who came, as the referral names them; and both as they are now. */
      friendId: string
      memberIds: { friend: string; referrer: string }
      ruleVersion: number
      nowMs: number
    },
  ): Promise<void> {
    const { nowMs, memberIds } = of
    const rule = await this.#version(tx, of.ruleVersion, nowMs)
    const terms = await this.referralTermsOf(tx, of.ruleVersion, nowMs)
    const actor = 'system:referrals'
    const given = points(terms.points)
    await give(tx, book, {
      ...{ id: of.referralId, rule, explanation: referralWords(given, terms), actor },
      activity: await numbered(tx, 'referral', {
        ...{ memberId: memberIds.referrer, points: given, nowMs },
      }),
    })
    const friendly = points(terms.friendPoints)
    if (friendly > 0)
      await give(tx, book, {
        ...{ id: of.friendId, rule, explanation: referredWords(friendly, terms), actor },
        activity: await numbered(tx, 'referred', {
          ...{ memberId: memberIds.friend, points: friendly, nowMs },
        }),
      })
    await book.close(tx)
  }

  async #version(statements: Statements, version: number, nowMs: number): Promise<ActivityRule> {
    const { published } = await this.published(statements, nowMs)
    const rule = published.find((one) => one.rule.version === version)?.rule
    if (!rule) throw new Error(`no version ${String(version)} of what activities give`)
    return rule
  }

  async #ruleAt(statements: Statements, atMs: number): Promise<ActivityRule> {
    return (await this.published(statements, atMs)).now
  }
}

/** Writes what was done, and gives its points; the book is still to be closed. */
async function give(
  tx: Tx,
  book: PointsBook,
  of: {
    /** Minted, if not said. */
    id?: string
    rule: ActivityRule
    explanation: string
    /** The member, if not said. */
    actor?: string
    activity: Activity
  },
): Promise<void> {
  const { rule, explanation, activity, actor = 'member' } = of
  const { memberId, kind, atMs } = activity
  const id = of.id ?? mintId(atMs)
  const row: PointsActivity = { id, ...activity }
  await tx.insert('points_activity', COLUMNS, [valuesOf(row, COLUMNS)])
  book.post({
    memberId,
    direction: 'in',
    points: points(activity.points),
    reason: kind,
    sourceKey: id,
    rule: { id: ACTIVITY_RULE_ID, version: rule.version },
    explanation,
    actor,
    occurredAtMs: atMs,
    recordedAtMs: atMs,
    answersTransferId: null,
    lot: { availableAtMs: atMs, expiresAtMs: expiresAtMs(rule.expiry, atMs, CHAIN_TIME_ZONE) },
  })
  // What is owed is paid back from whatever comes in.
  settleDebts(book, memberId, 'negative', { actor: 'system:debts', nowMs: atMs })
}

async function lastSignIn(
  statements: Statements,
  memberId: string,
): Promise<(SignedIn & { points: number }) | null> {
  const [row] = await statements.rows<SignedIn & { points: number }>(
    `SELECT occasion AS onDate, streakDays, points FROM points_activity
     WHERE memberId = ? AND kind = 'sign_in' ORDER BY occasion DESC LIMIT 1`,
    [memberId],
  )
  return row ?? null
}

/** Something that may be done any number of times: the next of its kind. */
async function numbered(
  tx: Tx,
  kind: 'review' | 'referral' | 'referred',
  of: { memberId: string; points: Points; nowMs: number },
): Promise<Activity> {
  const { memberId, points: given, nowMs: atMs } = of
  const [last] = await tx.rows<{ occasion: string }>(
    `SELECT occasion FROM points_activity
     WHERE memberId = ? AND kind = ? ORDER BY occasion DESC LIMIT 1`,
    [memberId, kind],
  )
  const occasion = occasionAfter(last?.occasion ?? null)
  return { memberId, kind, occasion, streakDays: 1, points: given, atMs }
}

async function hasDone(statements: Statements, memberId: string): Promise<boolean> {
  const rows = await statements.rows(
    "SELECT id FROM points_activity WHERE memberId = ? AND kind = 'profile' AND occasion = ?",
    [memberId, ONCE],
  )
  return rows.length > 0
}

function stateOf(
  signInPoints: readonly number[],
  last: (SignedIn & { points: number }) | null,
  onDate: string,
): SignInState {
  const isDone = last !== null && last.onDate >= onDate
  const todays = isDone ? last.streakDays : streakOn(onDate, last)
  return {
    isDone,
    streakDays: isDone ? todays : todays - 1,
    todayPoints: isDone ? points(last.points) : signInGives(signInPoints, todays),
    tomorrowPoints: signInGives(signInPoints, todays + 1),
  }
}

function today(nowMs: number): string {
  return localDate(nowMs, CHAIN_TIME_ZONE)
}
