/** Imports sign with the template of their file; a template of the chain's own has an id for a name. */
const IMPORT_SOURCE = /^import:(.*)$/
const TEMPLATE_NAME = /^[a-z_]+$/
/** Of such an id: enough to tell one template from another. */
const ID_CHARACTERS = 4

/** A source that is an import, in words; null of any other. */
export function importSource(source: string): string | null {
  const template = IMPORT_SOURCE.exec(source)?.[1]
  if (template === undefined) return null
  const name = TEMPLATE_NAME.test(template)
    ? template
    : `自存模板 ${template.slice(-ID_CHARACTERS)}`
  return `导入的表格（${name}）`
}
