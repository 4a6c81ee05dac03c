import type { MemberHint } from '@huike/shared/contracts/agent'
import type { AskableField } from '@huike/shared/contracts/console-quality'

// What is worth a word at the till, decided from what is known of a member.

/** A birthday is worth a word from this many days before to as many after. */
const BIRTHDAY_DAYS_AROUND = 3
export const ONLINE_REGULAR_DAYS = 90
const ONLINE_REGULAR_SALES_MIN = 3
const DAY_MS = 86_400_000

export interface KnownOfMember {
  /** Null when the member has not told it. */
  name: string | null
  /** `YYYY-MM-DD`; null when the member has not told it. */
  birthday: string | null
  /** Online sales of the last ONLINE_REGULAR_DAYS that were kept. */
  onlineSales: number
}

/**
 * The hints, in the order in which they are shown. `today` is the store's, `YYYY-MM-DD`; `askFor` is
 * what the chain wants to know, what it lacks most first.
 */
export function memberHints(
  known: KnownOfMember,
  today: string,
  askFor: readonly AskableField[],
): MemberHint[] {
  const hints: [MemberHint, boolean][] = [
    ['birthday', known.birthday !== null && isAroundBirthday(known.birthday, today)],
    ['online_regular', known.onlineSales >= ONLINE_REGULAR_SALES_MIN],
    ...askFor.map((field): [MemberHint, boolean] => [`ask_${field}`, known[field] === null]),
  ]
  return hints.flatMap(([hint, isTrue]) => (isTrue ? [hint] : []))
}

/** Looked for in the years around too: New Year's Eve is near a birthday in January. */
function isAroundBirthday(birthday: string, today: string): boolean {
  const todayMs = Date.parse(today)
  const year = Number(today.slice(0, 4))
  return [year - 1, year, year + 1].some(
    (celebrated) =>
      Math.abs(birthdayMsIn(celebrated, birthday) - todayMs) <= BIRTHDAY_DAYS_AROUND * DAY_MS,
  )
}

/** Who was born on 29 February celebrates on the 28th in a year without one. */
function birthdayMsIn(year: number, birthday: string): number {
  const [month = 1, day = 1] = birthday.slice(5).split('-').map(Number)
  const lastOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return Date.UTC(year, month - 1, Math.min(day, lastOfMonth))
}
