import { getMetadataArgsStorage } from 'typeorm'
import { DICTIONARY_TERMS } from '../migrations/dictionary-terms.js'
import { GRADES, type Grade, type TableTerms } from '../migrations/dictionary-words.js'
import { schema } from '../migrations/schema.js'
import {
  CONNECTED_SYSTEMS,
  FIELD_STANDARD,
  SOURCE_MAPPINGS,
  type MappedField,
} from './source-mapping.js'

// The data dictionary: what the entities say of every column, with its name in two languages and
// its grade, and where each source's fields land. Printed as Markdown; docs/data-dictionary.md is
// this text, and a test compares them.

export interface DictionaryColumn {
  name: string
  /** The column word, e.g. `varchar(26)`. */
  type: string
  isNullable: boolean
  /** `PK`, and every index it is part of; `UQ` for unique ones. */
  keys: string[]
}

export interface DictionaryTable {
  table: string
  columns: DictionaryColumn[]
}

const GRADE_WORDS: Record<Grade, { zh: string; means: string }> = {
  none: { zh: '一般', means: '与个人无关' },
  personal: {
    zh: '个人',
    means: '关于个人，或经 id 可联系到个人；只给有权限的人看，列表与导出中脱敏',
  },
  sealed: { zh: '密封', means: '手机号、openid 等；库中只有 AES-256-GCM 密文或 HMAC 盲索引' },
  secret: { zh: '机密', means: '口令、令牌、密钥；只存哈希或密文，除生成时告知一次外不再显示' },
}

/** `dictionary`: prints the data dictionary. */
export function dictionary(_words: string[], say: (line: string) => void): number {
  say(dictionaryText().trimEnd())
  return 0
}

/** Every table as its entity declares it. */
export function dictionaryTables(): DictionaryTable[] {
  const storage = getMetadataArgsStorage()
  return schema.entities.map((target) => {
    const table = storage.tables.find((one) => one.target === target)?.name
    if (table === undefined) throw new Error('an entity has no table')
    const indices = storage.indices.filter((one) => one.target === target)
    const columns = storage.columns.filter((one) => one.target === target)
    return {
      table,
      columns: columns.map(({ propertyName, options }) => ({
        name: propertyName,
        type: typeText(String(options.type), options.length),
        isNullable: options.nullable === true,
        keys: [
          ...(options.primary === true ? ['PK'] : []),
          ...indices
            .filter(({ columns: of }) => Array.isArray(of) && of.includes(propertyName))
            .map(({ name, unique }) => `${unique === true ? 'UQ ' : ''}${String(name)}`),
        ],
      })),
    }
  })
}

/** The whole dictionary as Markdown. */
export function dictionaryText(): string {
  const tables = new Map(dictionaryTables().map((table) => [table.table, table]))
  return [
    '# 数据字典 Data dictionary',
    '',
    '由 `npm run huike -- dictionary` 从表结构生成，请勿手改。Generated from the schema; do not edit.',
    '',
    ...systemsSection(),
    ...standardSection(),
    ...mappingSections(),
    ...gradesSection(),
    '## 表 Tables',
    '',
    ...DICTIONARY_TERMS.flatMap((terms) => tableSection(terms, tables.get(terms.table))),
  ].join('\n')
}

function systemsSection(): string[] {
  return [
    '## 已接系统 Connected systems',
    '',
    ...table(
      ['系统', 'System', '方向', '同步方式', '入口', '说明'],
      CONNECTED_SYSTEMS.map((one) => [...one]),
    ),
  ]
}

function standardSection(): string[] {
  return ['## 统一字段 Field standard', '', ...fieldsTable(FIELD_STANDARD, '统一名称', '含义')]
}

function mappingSections(): string[] {
  return [
    '## 来源字段对照 Where each source lands',
    '',
    ...SOURCE_MAPPINGS.flatMap(({ zh, en, intro, fields }) => [
      `### ${zh} ${en}`,
      '',
      intro,
      '',
      ...fieldsTable(fields, '字段', '来源写法（举例）'),
    ]),
  ]
}

function gradesSection(): string[] {
  return [
    '## 敏感级别 Sensitivity grades',
    '',
    ...table(
      ['级别', 'Grade', '含义'],
      GRADES.map((grade) => [GRADE_WORDS[grade].zh, grade, GRADE_WORDS[grade].means]),
    ),
  ]
}

function tableSection(terms: TableTerms, found: DictionaryTable | undefined): string[] {
  if (!found) throw new Error(`terms for a table that is none: ${terms.table}`)
  return [
    `### ${terms.table} ${terms.zh} ${terms.en}`,
    '',
    ...table(
      ['列 Column', '名称', 'Name', '类型', '可空', '键与索引', '级别'],
      found.columns.map((column) => {
        const term = terms.columns[column.name]
        if (!term) throw new Error(`no term for ${terms.table}.${column.name}`)
        const [zh, en, grade] = term
        const keys = column.keys.join(', ')
        return [
          ...[code(column.name), zh, en, column.type, column.isNullable ? '是' : '', keys],
          GRADE_WORDS[grade].zh,
        ]
      }),
    ),
  ]
}

function fieldsTable(fields: readonly MappedField[], first: string, second: string): string[] {
  return table(
    [first, second, '存入', '说明'],
    fields.map(({ field, seen, lands, note }) => [
      code(field),
      seen.join('、'),
      lands.length === 0 ? '不保存' : lands.map(code).join(' '),
      note ?? '',
    ]),
  )
}

function table(head: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}

function code(text: string): string {
  return `\`${text}\``
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|')
}

function typeText(type: string, length: string | number | undefined): string {
  return length === undefined ? type : `${type}(${String(length)})`
}
