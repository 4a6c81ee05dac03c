import type { ActivityRule, ActivityTerms } from './contracts/activities.js'
import { points, type Points } from './quantities.js'

// What is given without a purchase, as pure functions: the same for the server, the pages and the
// verifier. Days are the chain's own, `YYYY-MM-DD`.

/** A new installation gives nothing. */
export const FIRST_ACTIVITIES: ActivityRule = {
  version: 1,
  signInPoints: null,
  profilePoints: 0,
  expiry: { kind: 'never' },
}

/** What a profile needs to be complete; the rest stays as private as the member likes. */
export const COMPLETE_FIELDS = ['name', 'birthday', 'gender', 'city'] as const
const DAY_MS = 86_400_000
const DATE_CHARACTERS = 10

/** A day on which somebody signed in, and the how-manieth in a row it was. */
export interface SignedIn {
  onDate: string
  streakDays: number
}

/** Which day in a row a sign-in on `today` is; `last` is the one before it. */
export function streakOn(today: string, last: SignedIn | null): number {
  return last?.onDate === dayBefore(today) ? last.streakDays + 1 : 1
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

/** Whether nothing is missing that a profile needs. */
export function isComplete(
  profile: Readonly<Partial<Record<(typeof COMPLETE_FIELDS)[number], string | null>>>,
): boolean {
  return COMPLETE_FIELDS.every((field) => (profile[field] ?? null) !== null)
}

/** What is given, one sentence each; see the console's page. */
export function activityWords({ signInPoints, profilePoints }: ActivityTerms): string[] {
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
  ]
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, DATE_CHARACTERS)
}
