import type {
  ImportJob,
  ImportMapping,
  ImportTemplate,
  ImportTemplateInput,
} from '@huike/shared/contracts/console-imports'
import { mapColumns } from '@huike/shared/import-columns'

/** A mapping before its store is chosen. */
export type Draft = Omit<ImportMapping, 'storeId'>

/** The mapping a template makes of a file's columns. */
export function applyTemplate(job: Pick<ImportJob, 'columns'>, template: ImportTemplate): Draft {
  const { kind, id: templateId, options } = template
  const headers = job.columns.map(({ header }) => header)
  return { kind, templateId, fields: mapColumns(headers, template), options }
}

/** The headers of a mapping, as a template keeps them. */
export function headersOf(
  job: Pick<ImportJob, 'columns'>,
  draft: Pick<Draft, 'fields'>,
): ImportTemplateInput['headers'] {
  const headers: ImportTemplateInput['headers'] = {}
  job.columns.forEach(({ header }, at) => {
    const field = draft.fields[at]
    if (header !== '' && field !== null && field !== undefined) headers[header] = field
  })
  return headers
}
