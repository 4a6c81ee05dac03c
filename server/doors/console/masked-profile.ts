import { maskIdentity } from '@huike/shared/identities'
import { maskName } from '@huike/shared/names'
import type { ProfileField } from '../../members/profiles.service.js'

const ADDRESS_CHARACTERS_SHOWN = 6
/** `YYYY-MM-DD` without the year. */
const MONTH_DAY_START = 5
const GENDER_WORDS = { female: '女', male: '男' } as const

/** What a member told of themselves as staff see it beside another record: enough to compare. */
export function shownAs(field: ProfileField, value: string): string {
  switch (field) {
    case 'name':
      return maskName(value)
    case 'birthday':
      return value.slice(MONTH_DAY_START)
    case 'gender':
      return value === 'female' ? GENDER_WORDS.female : GENDER_WORDS.male
    case 'email':
      return maskIdentity('email', value)
    case 'address':
      return `${[...value].slice(0, ADDRESS_CHARACTERS_SHOWN).join('')}…`
    case 'city':
      return value
  }
}
