import type { ImportOptions, ImportTemplate } from '@huike/shared/contracts/console-imports'
import { missingFields, type ImportField } from '@huike/shared/import-fields'
import { headerKey, mapColumns } from '@huike/shared/import-columns'
import { PLATFORM_TEMPLATES, type TemplateSource } from './platform-templates.js'

// Which template a file is of, by its headers: the one that knows most of them and has all it needs.

/** The templates that come with the product, as the console gets them. */
export function shippedTemplates(): ImportTemplate[] {
  return PLATFORM_TEMPLATES.map((source) => ({
    id: source.id,
    name: source.name,
    kind: source.kind,
    headers: Object.fromEntries(
      source.headers.flatMap(([field, ...headers]) => headers.map((header) => [header, field])),
    ),
    options: optionsOf(source),
    isOwn: false,
  }))
}

/** The template that fits `headers` best; own ones win a draw, for somebody made them for this. */
export function guessTemplate(
  headers: readonly string[],
  own: readonly ImportTemplate[],
): { template: ImportTemplate; fields: (ImportField | null)[] } {
  const fits = [...own, ...shippedTemplates()].map((template) => {
    const fields = mapColumns(headers, template)
    const known = fields.filter((field) => field !== null)
    const missing = missingFields(template.kind, new Set(known)).length
    return { template, fields, missing, known: known.length }
  })
  fits.sort((a, b) => a.missing - b.missing || b.known - a.known)
  const best = fits[0]
  if (!best) throw new Error('there are no templates')
  return best
}

/** How many of these cells some template knows as a header. */
export function knownHeaders(cells: readonly string[]): number {
  return cells.filter((cell) => cell !== '' && KNOWN.has(headerKey(cell))).length
}

function optionsOf({ namespace, refundPrefix }: TemplateSource): ImportOptions {
  return { namespace, refundPrefix, earnsPoints: false, createsMembers: true }
}

const KNOWN: ReadonlySet<string> = new Set(
  PLATFORM_TEMPLATES.flatMap(({ headers }) =>
    headers.flatMap(([, ...names]) => names.map(headerKey)),
  ),
)
