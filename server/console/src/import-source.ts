/** Imports sign with the template of their file; a template of the chain's own has an id for a name. */
const IMPORT_SOURCE = /^import:(.*)$/
const TEMPLATE_NAME = /^[a-z-]{1,20}$/

/** A source that is an import, in words; null of any other. */
export function importSource(source: string): string | null {
  const template = IMPORT_SOURCE.exec(source)?.[1]
  if (template === undefined) return null
  return TEMPLATE_NAME.test(template) ? `导入的表格（${template}）` : '导入的表格'
}
