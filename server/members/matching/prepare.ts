import { normalisePhone } from '@huike/shared/phone'
import type { Chinese } from './chinese.js'
import type { MatchField, MatchRecord } from './match-record.js'
import { nameForms, type NameForms } from './name-forms.js'

// A record as the comparison reads it: each field in one form, and null where nothing is told.
// Values that stand for "not asked" (a phone of one repeated digit, the first of January 1990) tell
// nothing and are left out.

export interface Prepared {
  name: NameForms | null
  given_name: string | null
  surname: string | null
  /** Digits; `*` in place of a hidden one. */
  phone: string | null
  /** Eight digits, year first. */
  birthday: string | null
  gender: 'f' | 'm' | null
  email: string | null
  address: string | null
  city: string | null
  card: string | null
  openid: string | null
  verified: readonly MatchField[]
}

/** A record that tells nothing. */
export const NOTHING_TOLD: Prepared = {
  name: null,
  given_name: null,
  surname: null,
  phone: null,
  birthday: null,
  gender: null,
  email: null,
  address: null,
  city: null,
  card: null,
  openid: null,
  verified: [],
}

const HAN = /\p{Script=Han}/u
const PHONE_DIGITS_MIN = 7
const PHONE_DIGITS_MAX = 15
const HIDDEN_PHONE = /^1[3-9]\d\*{4}\d{4}$/
/** What spreadsheets make of a long number: its digits are gone. */
const ROUNDED = /^[\d.]+e\+?\d+$/i
const YEAR_MIN = 1880
const YEAR_MAX = 2100
/** What forms and spreadsheets fill in for a birthday that was not asked. */
const DEFAULT_BIRTHDAYS = new Set(['18991230', '19000101', '19700101', '19800101'])
const MORE_DEFAULT_BIRTHDAYS = ['19900101', '20000101', '20010101']
for (const day of MORE_DEFAULT_BIRTHDAYS) DEFAULT_BIRTHDAYS.add(day)
const NOTHING = /^(?:无|未知|不详|暂无|null|none|nil|n\/?a|unknown|undefined|[-–—./\\*?0]+)$/i
const FEMALE = new Set(['女', '女性', '女士', 'f', 'female', 'w', '2'])
const MALE = new Set(['男', '男性', '先生', 'm', 'male', '1'])

/** Reads a record's fields. */
export function prepare(record: MatchRecord, chinese: Chinese): Prepared {
  const told = (field: MatchField) => record.fields[field] ?? ''
  const parts = [told('surname'), told('given_name')] as const
  // Chinese characters split over two columns are one name.
  const isSplit = told('name').trim() === '' && HAN.test(parts.join(''))
  const name = nameForms(isSplit ? parts.join('') : told('name'), chinese)
  return {
    name,
    given_name: isSplit ? null : words(told('given_name')),
    surname: isSplit ? null : words(told('surname')),
    phone: phoneForm(told('phone')),
    birthday: birthdayForm(told('birthday')),
    gender: genderForm(told('gender')) ?? name?.gender ?? null,
    email: emailForm(told('email')),
    address: addressForm(told('address'), chinese),
    city: addressForm(told('city'), chinese)?.replace(/(?<=.{2})市$/u, '') ?? null,
    card: code(told('card').toLowerCase()),
    openid: code(told('openid')),
    verified: record.verified ?? [],
  }
}

/** A phone number's digits, `*` where hidden; null for a placeholder or a number cut by a spreadsheet. */
export function phoneForm(text: string): string | null {
  const folded = text.normalize('NFKC').trim()
  const mobile = normalisePhone(folded)
  if (mobile !== null) return isRepeated(mobile) ? null : mobile
  const tight = folded.replace(/[^\d*e+.]/gi, '')
  if (ROUNDED.test(tight)) return null
  const shown = tight.replace(/[^\d*]/g, '')
  if (HIDDEN_PHONE.test(shown)) return shown
  const isLong = shown.length >= PHONE_DIGITS_MIN && shown.length <= PHONE_DIGITS_MAX
  return isLong && /^\d+$/.test(shown) && !isPlaceholder(shown) ? shown : null
}

/** A birthday as eight digits, year first; null when it is none or stands for "not asked". */
export function birthdayForm(text: string): string | null {
  const folded = text.normalize('NFKC').trim().replace(/年|月/g, '-').replace(/日/g, '')
  const match =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s].*)?$/.exec(folded) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(folded)
  if (!match) return null
  const [, year = '', month = '', day = ''] = match
  const digits = year + month.padStart(2, '0') + day.padStart(2, '0')
  const isDate = Number(year) >= YEAR_MIN && Number(year) <= YEAR_MAX
  return isDate && !DEFAULT_BIRTHDAYS.has(digits) ? digits : null
}

function isRepeated(digits: string): boolean {
  return /(\d)\1{7}$/.test(digits)
}

/** Of what is no mobile number: `12345678901` is a sequence and nobody's. */
function isPlaceholder(digits: string): boolean {
  return isRepeated(digits) || '0123456789012345678901'.includes(digits) || /^(\d)\1+$/.test(digits)
}

function genderForm(text: string): 'f' | 'm' | null {
  const folded = text.normalize('NFKC').trim().toLowerCase()
  if (FEMALE.has(folded)) return 'f'
  return MALE.has(folded) ? 'm' : null
}

function emailForm(text: string): string | null {
  const folded = text.normalize('NFKC').trim().toLowerCase()
  return /^[^@\s]+@[^@\s]+$/.test(folded) ? folded : null
}

function addressForm(text: string, chinese: Chinese): string | null {
  const folded = text.normalize('NFKC').trim().toLowerCase()
  if (NOTHING.test(folded)) return null
  if (HAN.test(folded)) return chinese.simplified(folded.replace(/[\s,.;,。;、]/g, '')) || null
  return words(folded)
}

function words(text: string): string | null {
  const folded = text.normalize('NFKC').trim().toLowerCase()
  if (NOTHING.test(folded)) return null
  const plain = folded.replace(/[^\p{Letter}\p{Number}]+/gu, ' ').trim()
  return plain === '' ? null : plain
}

function code(text: string): string | null {
  const tight = text.normalize('NFKC').replace(/[\s'-]/g, '')
  return tight === '' || NOTHING.test(tight) ? null : tight
}
