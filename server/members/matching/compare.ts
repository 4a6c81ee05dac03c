import { FIELD_WORDS, MATCH_FIELDS, type MatchField } from './match-record.js'
import type { NameForms } from './name-forms.js'
import type { Prepared } from './prepare.js'
import { isOneSlip, isWithin, jaroWinkler } from './similarity.js'

// How far two records agree, field by field. Each field has a few levels of agreement, from the same
// to different; a field that one side does not tell has none and gives no evidence.

export interface Level {
  /** What people read. */
  words: string
  /** Share of pairs that are one person at this level, before a base has told its own. */
  m: number
  /** The same for two people chosen by chance. */
  u: number
}

export interface FieldRule {
  field: MatchField
  /** The first is "the same", the last "different". */
  levels: readonly Level[]
  /** The value that is the same at the first level; null when the record does not tell it. */
  keyOf: (record: Prepared) => string | null
  /** The level, or `NOT_TOLD`. */
  compare: (a: Prepared, b: Prepared) => number
}

export const NOT_TOLD = -1
export const LEVELS_MAX = 7

const NEAR = 0.92
const ALIKE = 0.8
const SHOWN_DIGITS = /^(\d{3})\*{4}(\d{4})$/
/** Two sounds of at least so many letters may differ by a slip. */
const SLIP_LENGTH_MIN = 5
/** What is hardly ever two people's by chance. */
const OWN_FIELDS = ['phone', 'birthday', 'card', 'email', 'openid', 'address'] as const

const NAME_LEVELS: readonly Level[] = [
  { words: '姓名相同', m: 0.7, u: 0.001 },
  { words: '姓名拼音相同', m: 0.08, u: 0.002 },
  { words: '姓名差一字', m: 0.05, u: 0.002 },
  { words: '称呼与姓名相符', m: 0.12, u: 0.02 },
  { words: '姓名相近', m: 0.02, u: 0.01 },
  { words: '同姓，名不同', m: 0.01, u: 0.05 },
  { words: '姓名不同', m: 0.02, u: 0.915 },
]
/** The levels of a name, by place. */
export const NAME = { same: 0, sound: 1, part: 2, fits: 3, near: 4, surname: 5, different: 6 }

/** The rules, in the order of `MATCH_FIELDS`. */
export const FIELD_RULES: readonly FieldRule[] = [
  {
    field: 'name',
    levels: NAME_LEVELS,
    keyOf: ({ name }) => (name === null ? null : name.plain),
    compare: (a, b) => (a.name && b.name ? nameLevel(a.name, b.name) : NOT_TOLD),
  },
  textRule('given_name', 0.01, [NEAR, ALIKE]),
  textRule('surname', 0.01, [NEAR, ALIKE]),
  rule(
    'phone',
    [
      ['相同', 0.8, 0.0001],
      ['差一位', 0.08, 0.0001],
      ['未遮盖的数字相同', 0.02, 0.0001],
      ['不同', 0.1, 0.9997],
    ],
    phoneLevel,
  ),
  rule(
    'birthday',
    [
      ['相同', 0.85, 0.0005],
      ['月日颠倒', 0.04, 0.0005],
      ['差一位', 0.05, 0.01],
      ['两项相同', 0.02, 0.03],
      ['不同', 0.04, 0.959],
    ],
    birthdayLevel,
  ),
  rule(
    'gender',
    [
      ['相同', 0.97, 0.5],
      ['不同', 0.03, 0.5],
    ],
    (a, b) => (a === b ? 0 : 1),
  ),
  rule(
    'email',
    [
      ['相同', 0.75, 0.0005],
      ['差一位', 0.08, 0.0005],
      ['用户名相同', 0.07, 0.002],
      ['不同', 0.1, 0.997],
    ],
    emailLevel,
  ),
  textRule('address', 0.003, [NEAR, ALIKE]),
  textRule('city', 0.08, [NEAR]),
  rule(
    'card',
    [
      ['相同', 0.85, 0.0002],
      ['差一位', 0.07, 0.0005],
      ['不同', 0.08, 0.9993],
    ],
    (a, b) => (a === b ? 0 : isOneSlip(a, b) ? 1 : 2),
  ),
  rule(
    'openid',
    [
      ['相同', 0.9, 0.0002],
      ['不同', 0.1, 0.9998],
    ],
    (a, b) => (a === b ? 0 : 1),
  ),
]

/** The levels of two records, a place per rule. */
export function compare(a: Prepared, b: Prepared): number[] {
  const levels = FIELD_RULES.map((one) => one.compare(a, b))
  // Given name and surname in each other's columns: the person is the same, the columns are not.
  const isTurned =
    a.given_name !== null &&
    a.surname !== null &&
    a.given_name === b.surname &&
    a.surname === b.given_name
  if (isTurned) {
    levels[PLACE.given_name] = 1
    levels[PLACE.surname] = 1
  }
  return levels
}

/** The place of each field in a list of levels. */
export const PLACE = Object.fromEntries(
  MATCH_FIELDS.map((field, place) => [field, place]),
) as Record<MatchField, number>

/** What was compared, by field, in words and without values. */
export function reasonsOf(a: Prepared, b: Prepared): Partial<Record<MatchField, string>> {
  const levels = compare(a, b)
  const told = FIELD_RULES.flatMap(({ field, levels: known }, place) => {
    const words = known[levels[place] ?? NOT_TOLD]?.words
    return words === undefined ? [] : [[field, words] as const]
  })
  const reasons: Partial<Record<MatchField, string>> = Object.fromEntries(told)
  const isOtherScript = a.name?.isTraditional !== b.name?.isTraditional
  if (isOtherScript && reasons.name !== undefined && (levels[PLACE.name] ?? 0) <= NAME.sound)
    reasons.name += '（繁体/简体）'
  return reasons
}

/** Whether both tell a name and the names are of two people. A nickname says neither. */
export function namesDiffer(a: Prepared, b: Prepared): boolean {
  if (!a.name || !b.name) return false
  if (a.name.kind === 'nickname' || b.name.kind === 'nickname') return false
  return nameLevel(a.name, b.name) >= NAME.surname
}

/**
 * Whether names in two columns are of two people: nothing alike in any order, and nothing else that
 * is somebody's own agrees. Columns are mixed up and misspelt too often to be held against a record
 * whose birthday or card is the same.
 */
export function partsDiffer(a: Prepared, b: Prepared): boolean {
  const isUnlike = (left: string | null, right: string | null) =>
    left !== null && right !== null && jaroWinkler(left, right) < ALIKE
  return (
    isUnlike(a.given_name, b.given_name) &&
    isUnlike(a.surname, b.surname) &&
    isUnlike(a.given_name, b.surname) &&
    isUnlike(a.surname, b.given_name) &&
    OWN_FIELDS.every((field) => field === 'phone' || a[field] === null || a[field] !== b[field])
  )
}

/** Whether the two agree, if not to the letter, in anything that is not many people's. */
export function hasOwnInCommon(a: Prepared, b: Prepared): boolean {
  return OWN_FIELDS.some((field) => {
    const known = FIELD_RULES[PLACE[field]]
    const level = known?.compare(a, b) ?? NOT_TOLD
    return level !== NOT_TOLD && known !== undefined && level < known.levels.length - 1
  })
}

/** How far two names agree: a place in `NAME`. */
export function nameLevel(a: NameForms, b: NameForms): number {
  if (a.kind === 'latin' || b.kind === 'latin') return latinLevel(a, b)
  if (a.kind === 'nickname' || b.kind === 'nickname') return nicknameLevel(a, b)
  const isSameSurname = a.surname === b.surname
  if (a.kind === 'surname' || b.kind === 'surname')
    return isSameSurname ? NAME.fits : NAME.different
  if (a.masked !== null || b.masked !== null) return maskedLevel(a, b)
  if (a.plain === b.plain) return NAME.same
  if (a.sound === b.sound) return NAME.sound
  const [short, long] = a.plain.length < b.plain.length ? [a, b] : [b, a]
  const isPart = long.plain.length - short.plain.length === 1 && isWithin(short.plain, long.plain)
  if (isPart && short.plain.length > 1) return NAME.part
  return isSameSurname ? NAME.surname : NAME.different
}

function latinLevel(a: NameForms, b: NameForms): number {
  if (a.plain === b.plain) return NAME.same
  const isSound =
    a.sound === b.sound ||
    (a.soundTurned !== '' && a.soundTurned === b.sound) ||
    (b.soundTurned !== '' && b.soundTurned === a.sound)
  if (isSound) return NAME.sound
  const hidden = a.kind === 'surname' ? a : b.kind === 'surname' ? b : null
  if (hidden) {
    const other = hidden === a ? b : a
    const fits = hidden.sound !== '' && other.sound.startsWith(hidden.sound)
    return fits ? NAME.fits : NAME.different
  }
  const alike = jaroWinkler(a.sound, b.sound)
  const isLong = Math.min(a.sound.length, b.sound.length) >= SLIP_LENGTH_MIN
  if (alike >= NEAR || (isLong && isOneSlip(a.sound, b.sound))) return NAME.part
  return alike >= ALIKE ? NAME.near : NAME.different
}

function nicknameLevel(a: NameForms, b: NameForms): number {
  if (a.kind === b.kind) return a.plain === b.plain ? NAME.same : NAME.different
  const [nick, other] = a.kind === 'nickname' ? [a, b] : [b, a]
  return other.kind === 'full' && other.plain.includes(nick.plain) ? NAME.fits : NAME.different
}

/** Characters in sight must agree where they stand; the hidden ones may be any. */
function maskedLevel(a: NameForms, b: NameForms): number {
  const left = [...(a.masked ?? a.plain)]
  const right = [...(b.masked ?? b.plain)]
  const agrees = left.every((one, at) => {
    const other = right[at]
    return other === undefined || one === '*' || other === '*' || one === other
  })
  return agrees ? NAME.fits : NAME.different
}

function phoneLevel(a: string, b: string): number {
  const shownA = SHOWN_DIGITS.exec(a)
  const shownB = SHOWN_DIGITS.exec(b)
  if (shownA || shownB) {
    const [head = '', tail = ''] = (shownA ?? shownB)?.slice(1) ?? []
    const other = shownA ? b : a
    return other.length === a.length && other.startsWith(head) && other.endsWith(tail) ? 2 : 3
  }
  if (a === b) return 0
  return isOneSlip(a, b) ? 1 : 3
}

/** How far two birthdays of eight digits agree: a level of its rule. */
export function birthdayLevel(a: string, b: string): number {
  if (a === b) return 0
  const [yearA, monthA, dayA] = [a.slice(0, 4), a.slice(4, 6), a.slice(6)]
  const [yearB, monthB, dayB] = [b.slice(0, 4), b.slice(4, 6), b.slice(6)]
  if (yearA === yearB && monthA === dayB && dayA === monthB) return 1
  if (isOneSlip(a, b)) return 2
  const equal = [yearA === yearB, monthA === monthB, dayA === dayB].filter(Boolean).length
  return equal === 2 ? 3 : 4
}

function emailLevel(a: string, b: string): number {
  if (a === b) return 0
  if (isOneSlip(a, b)) return 1
  const isSameUser = a.slice(0, a.indexOf('@')) === b.slice(0, b.indexOf('@'))
  return isSameUser ? 2 : 3
}

type PlainField = Exclude<MatchField, 'name'>

function rule(
  field: PlainField,
  levels: readonly (readonly [words: string, m: number, u: number])[],
  level: (a: string, b: string) => number,
): FieldRule {
  return {
    field,
    levels: levels.map(([words, m, u]) => ({ words: FIELD_WORDS[field] + words, m, u })),
    keyOf: (record) => record[field],
    compare: (a, b) => {
      const [left, right] = [a[field], b[field]]
      return left === null || right === null ? NOT_TOLD : level(left, right)
    },
  }
}

/** Texts, by how alike they are: the same, then a level for each of the limits, then different. */
function textRule(field: PlainField, u: number, limits: readonly number[]): FieldRule {
  const between = limits.map(
    (_limit, place) => [place === 0 ? '相近' : '略有相似', 0.08, u] as const,
  )
  const left = 1 - u * (limits.length + 1)
  return rule(field, [['相同', 0.75, u], ...between, ['不同', 0.1, left]], (a, b) => {
    if (a === b) return 0
    const alike = jaroWinkler(a, b)
    const place = limits.findIndex((limit) => alike >= limit)
    const isSlip = Math.min(a.length, b.length) >= SLIP_LENGTH_MIN && isOneSlip(a, b)
    if (isSlip) return 1
    return place === -1 ? limits.length + 1 : place + 1
  })
}
