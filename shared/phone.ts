import type { z } from 'zod'

// The phone number ties everything together, so there is one way to read it and one form to keep:
// the eleven digits of a number in mainland China's mobile plan.

/** Eleven digits, `^1[3-9]\d{9}$`. */
export type Phone = string & z.$brand<'Phone'>

const MOBILE = /^1[3-9]\d{9}$/
/** What people and spreadsheets put between digits: spaces, dashes, dots, brackets, invisible marks. */
const SEPARATORS = /[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff().\-‐-―−]/g
const LABEL = /^(?:手机号码|手机号|手机|电话号码|电话|联系方式|tel|phone|mobile)[::]?/i
const NOTE = /(?:\([^()]*\D[^()]*\))$/
const TEXT_MAX = 64

/**
 * Reads a mainland mobile number out of what a person typed or a file contained.
 *
 * Full-width digits, +86/0086/86, spaces, hyphens, a label before, a remark in brackets after, and
 * the forms spreadsheets make ("'139…", "139….0", "1.39…E10" when exact) are understood. Policy for
 * the judgement calls: one leading trunk 0 is dropped; of several numbers in one cell the first
 * is taken.
 *
 * @returns the eleven digits, or null when there is no such number.
 */
export function normalisePhone(input: string): Phone | null {
  if (input.length > TEXT_MAX) return null
  const folded = input.normalize('NFKC').trim()
  const unlabelled = folded.replace(/^'/, '').replace(LABEL, '').replace(NOTE, '')
  return readOne(unlabelled) ?? readFirst(unlabelled)
}

/** `13812345678` → `138****5678`: the only form of a number that lists, logs and pages show. */
export function maskPhone(phone: Phone): string {
  return `${phone.slice(0, 3)}****${phone.slice(7)}`
}

/** The last four digits: what a cashier asks for and staff may search by. */
export function phoneLast4(phone: Phone): string {
  return phone.slice(7)
}

/**
 * Masks every run of digits in `text` that reads as a mobile number, also with +86 before it or
 * separators inside, so that free text (logs, captured receipts) can be kept.
 */
export function maskPhonesIn(text: string): string {
  return text.replace(
    /(?<![0-9A-Za-z])(?:(?:\+|00)?86[\s-]?)?(1[3-9]\d)([\s-]?)(\d{4})([\s-]?)(\d{4})(?![0-9A-Za-z])/g,
    (_all, head: string, _s1, _middle, _s2, tail: string) => `${head}****${tail}`,
  )
}

function readOne(text: string): Phone | null {
  const digits = fromSpreadsheet(text).replace(SEPARATORS, '')
  const match = /^(?:\+86|0086|86|0)?(1\d{10})$/.exec(digits)
  return match?.[1] !== undefined && MOBILE.test(match[1]) ? (match[1] as Phone) : null
}

function readFirst(text: string): Phone | null {
  const first = text.split(/[/,;、,;|]|\s+(?=1[3-9]\d{9})/)[0]
  return first !== undefined && first !== text ? readOne(first) : null
}

function fromSpreadsheet(text: string): string {
  const plain = text.trim()
  if (/^1[3-9]\d{9}\.0+$/.test(plain)) return plain.slice(0, 11)
  const scientific = /^(\d)\.(\d{10})e\+?10$/i.exec(plain)
  return scientific ? `${scientific[1] ?? ''}${scientific[2] ?? ''}` : plain
}
