import type { Config } from '../platform/config.js'

// Whose birthday it is, without a birthday in clear: month and day as a keyed hash.

const KIND = 'birthday'
const YEAR_CHARACTERS = 'YYYY-'.length

/** The index of a birthday, `YYYY-MM-DD`; '' where none was told. */
export function birthdayIndex(
  { keyring }: Pick<Config, 'keyring'>,
  birthday: string | null | undefined,
): string {
  return birthday ? monthDayIndex({ keyring }, birthday.slice(YEAR_CHARACTERS)) : ''
}

/** The index of everybody who was born on such a day, `MM-DD`. */
export function monthDayIndex({ keyring }: Pick<Config, 'keyring'>, monthDay: string): string {
  return keyring.blindIndex(KIND, monthDay)
}
