import type { ImportTemplate } from './contracts/console-imports.js'
import type { ImportField } from './import-fields.js'

// Headers of files and the fields they stand for.

const MONEY: ReadonlySet<ImportField> = new Set([
  'total',
  'amount',
  'unitPrice',
  'refunded',
  'quantity',
] as const)

/** A header in the form in which equal means equal: no spaces, no unit, one width, small letters. */
export function headerKey(header: string): string {
  const key = header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s*_'"“”-]/g, '')
  return key.replace(/[(（[【].*[)）\]】]$/, '') || key
}

/**
 * Which column each field is in, by a template's headers. Of several columns of money the one the
 * template names first counts; of the rest each may help out where another is empty.
 */
export function mapColumns(
  headers: readonly string[],
  template: Pick<ImportTemplate, 'headers'>,
): (ImportField | null)[] {
  const known = Object.entries(template.headers).map(([header, field], rank) => ({
    header,
    field,
    rank,
  }))
  const byKey = new Map(known.map((one) => [headerKey(one.header), one]))
  const found = headers.map((header) => byKey.get(headerKey(header)) ?? null)
  const best = new Map<ImportField, number>()
  for (const one of found)
    if (one) best.set(one.field, Math.min(one.rank, best.get(one.field) ?? Infinity))
  return found.map((one) => {
    if (one === null) return null
    return MONEY.has(one.field) && best.get(one.field) !== one.rank ? null : one.field
  })
}
