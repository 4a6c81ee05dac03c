import type { ProfileChange } from '@huike/shared/contracts/account'
import { normaliseIdentity } from '@huike/shared/identities'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { oneLine } from '@huike/shared/texts'
import { PROFILE_FIELDS, type ProfileValues } from '../../members/profiles.service.js'

// What a member tells of themselves, as it is kept: one line each, without what nobody sees.

const BIRTHDAY_EARLIEST = '1900-01-01'
/** Marks of no width, of the writing's direction, and halves of characters. */
const UNSEEN = /[\p{Cf}\p{Cs}]/gu
const LINES = ['name', 'city', 'address'] as const
const EMPTY: Readonly<Record<(typeof LINES)[number], string>> = {
  name: '请填写姓名',
  city: '请填写城市',
  address: '请填写地址',
}

/**
 * The fields that a change names, as they are kept. Refuses `input_invalid`: a birthday to come or
 * before 1900, an email that is none, and words of which nothing is to be seen.
 */
export function readProfile(
  change: ProfileChange,
  today: string,
): { ok: true; values: Partial<ProfileValues> } | Refusal {
  const { birthday, gender, email } = change
  if (birthday !== null && birthday > today) return refuse('input_invalid', '生日不能晚于今天')
  if (birthday !== null && birthday < BIRTHDAY_EARLIEST)
    return refuse('input_invalid', '生日不能早于 1900 年')
  const values: Partial<ProfileValues> = { birthday }
  if (gender !== undefined) values.gender = gender
  for (const field of LINES) {
    const told = change[field]
    if (told === undefined) continue
    const line = told === null ? null : oneLine(told.replace(UNSEEN, ''))
    if (line === '') return refuse('input_invalid', EMPTY[field])
    values[field] = line
  }
  if (email === undefined) return { ok: true, values }
  const kept = email === null ? null : normaliseIdentity('email', email)
  if (email !== null && kept === null) return refuse('input_invalid', '请检查邮箱地址')
  return { ok: true, values: { ...values, email: kept } }
}

/** Those of `values` that say something else than is known: what is said again keeps who told it. */
export function whatDiffers(
  values: Partial<ProfileValues>,
  known: Partial<ProfileValues> | undefined,
): Partial<ProfileValues> {
  const differs = PROFILE_FIELDS.filter(
    (field) => values[field] !== undefined && values[field] !== (known?.[field] ?? null),
  )
  return Object.fromEntries(differs.map((field) => [field, values[field]]))
}
