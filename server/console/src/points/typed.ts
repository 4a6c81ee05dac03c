import { fenFromYuan, FEN_MAX, type Fen } from '@huike/shared/quantities'
import { wholeNumber } from '../whole-number.js'
import { editorStrings } from './strings.js'

// What is typed into the fields of a form, and what is wrong with it in words.

const { problem: words } = editorStrings
const TENTHS = 10

/** What is wrong, by field, in words; a field of one of several is named by `fieldOf`. */
export type Problems = Readonly<Record<string, string>>

export interface Ends {
  least: number
  most: number
}

/** What problems and inputs call a field of the one of several that `key` stands for. */
export function fieldOf(key: string, field: string): string {
  return `${key}-${field}`
}

/** A problem where nothing was typed, or something that is not right. */
export function problem(
  field: string,
  typed: string,
  isRight: boolean,
  sentence: string,
): Problems {
  if (typed.trim() === '') return { [field]: words.empty }
  return isRight ? {} : { [field]: sentence }
}

/** A problem where no whole number within `ends` was typed. */
export function wholeProblem(field: string, typed: string, ends: Ends, sentence: string): Problems {
  return problem(field, typed, wholeOf(typed, ends) !== null, sentence)
}

/** The whole number that was typed; null for any other. */
export function wholeOf(typed: string, { least, most }: Ends): number | null {
  return wholeNumber(typed, [least, most])
}

/** The amount in yuan that was typed, also in full-width digits; null for less than `leastFen`. */
export function fenOf(typed: string, leastFen: number): Fen | null {
  const amount = fenFromYuan(typed.normalize('NFKC'))
  return amount !== null && amount >= leastFen && amount <= FEN_MAX ? amount : null
}

/** The number with at most one decimal that was typed, in tenths; null for any other. */
export function tenthsOf(typed: string, { least, most }: Ends): number | null {
  const [, whole, tenth = '0'] = /^(\d{1,2})(?:\.(\d))?$/.exec(typed.normalize('NFKC').trim()) ?? []
  const tenths = whole === undefined ? -1 : Number(whole) * TENTHS + Number(tenth)
  return tenths >= least && tenths <= most ? tenths : null
}

/** What was typed with commas between. */
export function partsOf(typed: string): string[] {
  return typed
    .split(/[,，、;；\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
