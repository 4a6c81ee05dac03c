import type { Level, SchemeDraft, SchemeTerms } from '@huike/shared/contracts/levels'
import { schemeFault } from '@huike/shared/levels'
import { instantOfLocal } from '@huike/shared/local-time'
import { epochMs, fenFromYuan, FEN_MAX, type Fen } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { count } from '../format.js'
import { wholeNumber } from '../whole-number.js'
import { schemeStrings } from './strings.js'

// A scheme of levels while somebody writes it: what was typed, what is wrong with it, and what is
// published. The spec holds its ends to those of the contract.

const { problem: words } = schemeStrings

export const LEVELS_MAX = 12
const NAME_MAX = 12
const WORDS_MAX = 60
const LINES_MAX = 10
const YUAN_FEN = 100
const CODE = /^[a-z][a-z0-9_]{0,15}$/
type Ends = readonly [least: number, most: number]
const LEVEL_ENDS = {
  threshold: [0, 1_000_000_000],
  birthdayPoints: [0, 100_000],
  freeShippingCoupons: [0, 100],
  earlyAccessHours: [0, 720],
} as const satisfies Record<string, Ends>
const ENDS = {
  rate: [0, 1_000],
  perPurchase: [0, 100_000],
  perDay: [0, 100],
  months: [1, 36],
  keepMonths: [1, 120],
  keepYears: [0, 10],
  grace: [0, 365],
  notice: [0, 365],
  pointsNotice: [0, 365],
} as const satisfies Record<string, Ends>
const OFFERED = { months: 12, keepYears: 1 }

export type WholeField = keyof typeof ENDS
export type LevelWholeField = keyof typeof LEVEL_ENDS

/** One level, as typed. */
export interface LevelForm extends Record<LevelWholeField, string> {
  /** Tells it from the others while it is written. */
  key: string
  code: string
  /** Published before: its code stays. */
  isKept: boolean
  name: string
  birthdayGift: string
  /** One benefit a line. */
  words: string
}

/** The fields as they are typed. */
export interface SchemeForm extends Record<WholeField, string> {
  basedOnVersion: number
  levels: readonly LevelForm[]
  yuan: string
  period: 'months' | 'year'
  keep: 'never' | 'months' | 'year_end'
  start: 'now' | 'day'
  startDay: string
}

/** What is wrong, by field, in words; those of a level are named by `levelField`. */
export type Problems = Readonly<Record<string, string>>

/** What problems and inputs call a field of a level. */
export function levelField(key: string, field: string): string {
  return `${key}-${field}`
}

/** The form of a version, to be changed into the next one. */
export function formOf(terms: SchemeTerms, basedOnVersion: number): SchemeForm {
  const { growth, period, keep } = terms
  return {
    basedOnVersion,
    levels: terms.levels.map((level, index) => levelFormOf(level, `l${String(index)}`)),
    yuan: String(growth.perFen / YUAN_FEN),
    rate: String(growth.growth),
    perPurchase: String(growth.perPurchase),
    perDay: String(growth.purchasesPerDayMax),
    period: period.kind,
    months: String(period.kind === 'months' ? period.months : OFFERED.months),
    keep: keep.kind,
    keepMonths: String(keep.kind === 'months' ? keep.months : OFFERED.months),
    keepYears: String(keep.kind === 'year_end' ? keep.years : OFFERED.keepYears),
    grace: String(terms.graceDays),
    notice: String(terms.noticeDays),
    pointsNotice: String(terms.pointsNoticeDays),
    start: 'now',
    startDay: '',
  }
}

/** One more level, to be filled in. */
export function newLevel(key: string): LevelForm {
  return {
    ...{ key, code: '', isKept: false, name: '', threshold: '' },
    ...{ birthdayPoints: '0', birthdayGift: '', freeShippingCoupons: '0' },
    ...{ earlyAccessHours: '0', words: '' },
  }
}

/** What a form has wrong; empty when it can be tried. `today` is the chain's own day. */
export function problemsOf(form: SchemeForm, today: string): Problems {
  const fields: WholeField[] = ['rate', 'perPurchase', 'perDay', 'grace', 'notice', 'pointsNotice']
  if (form.period === 'months') fields.push('months')
  if (form.keep === 'months') fields.push('keepMonths')
  if (form.keep === 'year_end') fields.push('keepYears')
  const isLate = form.start === 'day' && (form.startDay <= today || startOf(form) === null)
  return {
    ...merged(form.levels.map(levelProblems)),
    ...problem('yuan', form.yuan, perFenOf(form.yuan) !== null, words.yuan),
    ...merged(fields.map((field) => whole(field, form[field], ENDS[field]))),
    ...(isLate ? { startDay: words.dayPast } : {}),
  }
}

/** The terms of a form; null while a field is wrong. */
export function termsOf(form: SchemeForm): SchemeTerms | null {
  const perFen = perFenOf(form.yuan)
  if (perFen === null || Object.keys(problemsOf({ ...form, start: 'now' }, '')).length > 0)
    return null
  const at = (field: WholeField) => wholeNumber(form[field], ENDS[field]) ?? 0
  return {
    levels: form.levels.map(levelOf),
    growth: {
      ...{ growth: at('rate'), perFen, perPurchase: at('perPurchase') },
      purchasesPerDayMax: at('perDay'),
    },
    period: form.period === 'year' ? { kind: 'year' } : { kind: 'months', months: at('months') },
    keep: keepOf(form, at),
    ...{ graceDays: at('grace'), noticeDays: at('notice'), pointsNoticeDays: at('pointsNotice') },
  }
}

/** Why terms cannot be published after `before`, in words; null when they can. */
export function faultOf(terms: SchemeTerms | null, before: SchemeTerms): string | null {
  return terms === null ? null : schemeFault(terms, before)
}

/** What is published; null while something is wrong. */
export function draftOf(form: SchemeForm, today: string): SchemeDraft | null {
  const terms = termsOf(form)
  if (terms === null || Object.keys(problemsOf(form, today)).length > 0) return null
  const atMs = startOf(form)
  return {
    ...{ terms, basedOnVersion: form.basedOnVersion },
    effectiveFromMs: atMs === null ? null : epochMs(atMs),
  }
}

/** The instant from which a form holds; null for from now on, and for what is no day. */
export function startOf({ start, startDay }: SchemeForm): number | null {
  return start === 'now' ? null : instantOfLocal(`${startDay}T00:00:00`, CHAIN_TIME_ZONE)
}

function levelFormOf({ code, name, threshold, benefits }: Level, key: string): LevelForm {
  return {
    ...{ key, code, isKept: true, name, threshold: String(threshold) },
    birthdayPoints: String(benefits.birthdayPoints),
    birthdayGift: benefits.birthdayGift,
    freeShippingCoupons: String(benefits.freeShippingCoupons),
    earlyAccessHours: String(benefits.earlyAccessHours),
    words: benefits.words.join('\n'),
  }
}

function levelProblems(level: LevelForm): Problems {
  const { key, name, code, birthdayGift } = level
  const lines = linesOf(level)
  const isShort = lines.length <= LINES_MAX && lines.every((line) => line.length <= WORDS_MAX)
  const wholes = Object.keys(LEVEL_ENDS) as LevelWholeField[]
  return {
    ...problem(levelField(key, 'name'), name, name.trim().length <= NAME_MAX, words.name),
    ...problem(levelField(key, 'code'), code, CODE.test(code.trim()), words.code),
    ...merged(
      wholes.map((field) => whole(levelField(key, field), level[field], LEVEL_ENDS[field])),
    ),
    ...(birthdayGift.trim().length <= WORDS_MAX
      ? {}
      : { [levelField(key, 'birthdayGift')]: words.gift }),
    ...(isShort ? {} : { [levelField(key, 'words')]: words.words }),
  }
}

function levelOf(level: LevelForm): Level {
  const at = (field: LevelWholeField) => wholeNumber(level[field], LEVEL_ENDS[field]) ?? 0
  return {
    ...{ code: level.code.trim(), name: level.name.trim(), threshold: at('threshold') },
    benefits: {
      ...{ birthdayPoints: at('birthdayPoints'), birthdayGift: level.birthdayGift.trim() },
      freeShippingCoupons: at('freeShippingCoupons'),
      earlyAccessHours: at('earlyAccessHours'),
      words: linesOf(level),
    },
  }
}

function linesOf(level: LevelForm): string[] {
  return level.words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function keepOf({ keep }: SchemeForm, at: (field: WholeField) => number): SchemeTerms['keep'] {
  switch (keep) {
    case 'never':
      return { kind: 'never' }
    case 'months':
      return { kind: 'months', months: at('keepMonths') }
    case 'year_end':
      return { kind: 'year_end', years: at('keepYears') }
  }
}

function merged(all: readonly Problems[]): Problems {
  return Object.fromEntries(all.flatMap((one) => Object.entries(one)))
}

function problem(field: string, typed: string, isRight: boolean, sentence: string): Problems {
  if (typed.trim() === '') return { [field]: words.empty }
  return isRight ? {} : { [field]: sentence }
}

function whole(field: string, typed: string, ends: Ends): Problems {
  const sentence = words.whole(count(ends[0]), count(ends[1]))
  return problem(field, typed, wholeNumber(typed, ends) !== null, sentence)
}

function perFenOf(typed: string): Fen | null {
  const fen = fenFromYuan(typed.normalize('NFKC'))
  return fen !== null && fen >= 1 && fen <= FEN_MAX ? fen : null
}
