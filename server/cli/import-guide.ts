import { IMPORT_FIELD_NAMES } from '@huike/shared/import-fields'
import { PLATFORM_TEMPLATES } from '../imports/templates/platform-templates.js'

// How the import is called, and the part of docs/imports.md that says which columns each template knows: printed from the templates
// themselves, and compared by a test.

/** How the command is called. */
export const IMPORT_USAGE =
  'import 文件 --store 门店编号 [--template 模板] [--map 字段=列名,…] [--earn] [--dry-run] [--rejected 结果.csv] | import templates'

const KINDS = { members: '会员', orders: '订单' } as const

/** Every template with its columns, as Markdown. */
export function templateTables(): string {
  return PLATFORM_TEMPLATES.flatMap((template) => [
    `### ${template.name}（\`${template.id}\`）`,
    '',
    `${KINDS[template.kind]}。${template.note}平台代号 \`${template.namespace}\`。`,
    '',
    '| 字段 | 认得的列名 |',
    '| --- | --- |',
    ...template.headers.map(
      ([field, ...headers]) =>
        `| ${IMPORT_FIELD_NAMES[field]} \`${field}\` | ${headers.join('、')} |`,
    ),
    '',
  ]).join('\n')
}
