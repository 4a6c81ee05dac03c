import type {
  ActivityRule,
  ActivityTerms,
  ReferralTerms,
  ReviewTerms,
} from './contracts/activities.js'
import { formatFen, points, type Fen, type Points } from './quantities.js'

// What is given without a purchase, as pure functions: the same for the server, the pages and the
// verifier. Days are the chain's own, `YYYY-MM-DD`.

/** A new installation gives nothing. */
export const FIRST_ACTIVITIES: ActivityRule = {
  version: 1,
  signInPoints: null,
  profilePoints: 0,
  review: null,
  referral: null,
  expiry: { kind: 'never' },
}

/** What a profile needs to be complete; the rest stays as private as the member likes. */
export const COMPLETE_FIELDS = ['name', 'birthday', 'gender', 'city'] as const
/** Somebody who has bought nothing by then was brought by nobody. */
export const REFERRAL_DAYS_MAX = 180
const DAY_MS = 86_400_000
const DATE_CHARACTERS = 10
/** As many as a day takes. */
const OCCASION_CHARACTERS = 10

/** A day on which somebody signed in, and the how-manieth in a row it was. */
export interface SignedIn {
  onDate: string
  streakDays: number
}

/** Which day in a row a sign-in on `today` is; `last` is the one before it. */
export function streakOn(today: string, last: SignedIn | null): number {
  return last?.onDate === daysAfter(today, -1) ? last.streakDays + 1 : 1
}

/** What the sign-in of a day in a row gives: after the last day of the list it begins anew. */
export function signInGives(signInPoints: readonly number[], streakDays: number): Points {
  return points(signInPoints[(streakDays - 1) % signInPoints.length] ?? 0)
}

/** `连续签到第 3 天，得 2 分`. */
export function signInWords(streakDays: number, given: Points): string {
  const day = streakDays === 1 ? '签到' : `连续签到第 ${String(streakDays)} 天`
  return `${day}，得 ${String(given)} 分`
}

/** `资料填齐，得 50 分`. */
export function profileWords(given: number): string {
  return `资料填齐，得 ${String(given)} 分`
}

/** `评价通过审核，得 20 分`. */
export function reviewWords(given: number): string {
  return `评价通过审核，得 ${String(given)} 分`
}

/** `推荐的好友首次消费满 7 天，得 100 分`. */
export function referralWords(
  given: number,
  { waitDays }: Pick<ReferralTerms, 'waitDays'>,
): string {
  return `推荐的好友首次消费${keptWords(waitDays)}，得 ${String(given)} 分`
}

/** `应朋友推荐注册，首次消费满 7 天，得 20 分`. */
export function referredWords(
  given: number,
  { waitDays }: Pick<ReferralTerms, 'waitDays'>,
): string {
  return `应朋友推荐注册，首次消费${keptWords(waitDays)}，得 ${String(given)} 分`
}

/** What bringing a friend gives, one sentence each. */
export function referralRules(terms: ReferralTerms): string[] {
  const { points: given, friendPoints, leastFen, waitDays, monthMost } = terms
  const friends = friendPoints === 0 ? '' : `，好友得 ${String(friendPoints)} 分`
  return [
    `好友用推荐码在小程序注册，首次实付满 ${formatFen(leastFen as Fen)} 的消费${keptWords(waitDays)}，推荐人得 ${String(given)} 分${friends}`,
    `每人每月最多 ${String(monthMost)} 位，好友要在注册后 ${String(REFERRAL_DAYS_MAX)} 天内消费；只算直接推荐的好友`,
  ]
}

function keptWords(waitDays: number): string {
  return waitDays === 0 ? '后' : `满 ${String(waitDays)} 天没有退货`
}

/** The last day on which a purchase may be reviewed; `businessDate` is its own. */
export function reviewUntil(businessDate: string, { days }: Pick<ReviewTerms, 'days'>): string {
  return daysAfter(businessDate, days)
}

/** The activity that is the `before + 1`th of its kind: `0000000001` is the first. */
export function occasionAfter(before: string | null): string {
  return String(Number(before ?? 0) + 1).padStart(OCCASION_CHARACTERS, '0')
}

/** Whether nothing is missing that a profile needs. */
export function isComplete(
  profile: Readonly<Partial<Record<(typeof COMPLETE_FIELDS)[number], string | null>>>,
): boolean {
  return COMPLETE_FIELDS.every((field) => (profile[field] ?? null) !== null)
}

/** What is given, one sentence each; see the console's page. */
export function activityWords(terms: ActivityTerms): string[] {
  const { signInPoints, profilePoints, review, referral } = terms
  const days = (signInPoints ?? []).map(String)
  return [
    days.length === 0
      ? '没有签到'
      : days.length === 1
        ? `每天签到得 ${days.join('')} 分`
        : `连续签到，第 1 天起依次得 ${days.join('、')} 分，然后从头算；断一天也从头算`,
    profilePoints === 0
      ? '填齐资料不得分'
      : `填齐资料（称呼、生日、性别、城市）得 ${String(profilePoints)} 分，每人一次`,
    review === null
      ? '不请顾客评价'
      : `评价通过审核得 ${String(review.points)} 分，每笔消费一次；消费后 ${String(review.days)} 天内可写，每人每月最多 ${String(review.monthMost)} 条`,
    ...(referral === null ? ['不请会员推荐好友'] : referralRules(referral)),
  ]
}

function daysAfter(day: string, days: number): string {
  const atMs = Date.parse(`${day}T00:00:00Z`) + days * DAY_MS
  return new Date(atMs).toISOString().slice(0, DATE_CHARACTERS)
}
