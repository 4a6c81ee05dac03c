import { describe, expect, it } from '@jest/globals'
import { onlineOrderSchema } from '@huike/shared/contracts/open'
import { memberRegisteredSchema } from '@huike/shared/contracts/agent'
import { readFileSync } from 'node:fs'
import { readCsvColumns } from '../../pos-agent/parse/csv-columns.js'
import { readHeaderFields, type HeaderFields } from '../../pos-agent/parse/header-fields.js'
import { parseJson } from '../../pos-agent/parse/json-reader.js'
import { dictionaryTables, dictionaryText } from '../../server/cli/dictionary.js'
import {
  FIELD_STANDARD,
  SOURCE_MAPPINGS,
  type MappedField,
  type SourceMapping,
} from '../../server/cli/source-mapping.js'
import { DICTIONARY_TERMS } from '../../server/migrations/dictionary-terms.js'
import { repositoryPath } from '../rig/repository.js'

const CHINESE = /[\u4e00-\u9fff]/
const tables = dictionaryTables()
const columnsOf = (table: string, columns: readonly string[]) =>
  columns.map((column) => `${table}.${column}`)
const inSchema = tables.flatMap(({ table, columns }) =>
  columnsOf(
    table,
    columns.map(({ name }) => name),
  ),
)

/** What is printed behind a label, and what is read. */
const HEADER_VALUES = {
  receiptNo: ['0012', '0012'],
  originalReceiptNo: ['0007', '0007'],
  storeLabelled: ['1088', '1088'],
  terminalNo: ['01', '01'],
  cashier: ['1002', '1002'],
  memberHint: ['13800138000', '13800138000'],
  printedAt: ['2026-03-02 10:00:00', '2026-03-02T10:00:00'],
} as const satisfies Partial<Record<keyof HeaderFields, readonly [string, string]>>

describe('the data dictionary', () => {
  it('is as the schema is: else run `npm run huike -- dictionary > docs/data-dictionary.md`', () => {
    const written = readFileSync(repositoryPath('docs', 'data-dictionary.md'), 'utf8')
    expect(written.trimEnd()).toBe(dictionaryText().trimEnd())
  })

  it('has a term for every column, once, and none for what is not there', () => {
    const named = DICTIONARY_TERMS.flatMap(({ table, columns }) =>
      columnsOf(table, Object.keys(columns)),
    )
    expect([...named].sort()).toEqual([...inSchema].sort())
  })

  it('names every column in Chinese and in English', () => {
    const terms = DICTIONARY_TERMS.flatMap(({ zh, en, columns }) => [
      [zh, en] as const,
      ...Object.values(columns),
    ])
    const wordless = terms.filter(([zh, en]) => !CHINESE.test(zh) || !/^[\x20-\x7e]+$/.test(en))
    expect(wordless).toEqual([])
  })

  it('grades what is sealed or hashed as such', () => {
    const grades = new Map<string, string>(
      DICTIONARY_TERMS.flatMap(({ table, columns }) =>
        Object.entries(columns).map(([column, [, , grade]]) => [`${table}.${column}`, grade]),
      ),
    )
    const mild = inSchema.filter(
      (column) =>
        /(Sealed|valueIndex|last4Index|passwordHash|keySha256|efreshSha256|codeSha256)$/.test(
          column,
        ) && !['sealed', 'secret'].includes(grades.get(column) ?? ''),
    )
    expect(mild).toEqual([])
    const open = inSchema.filter((column) => /\.memberId$/.test(column))
    expect(open.filter((column) => grades.get(column) === 'none')).toEqual([])
  })
})

describe('the mapping of sources', () => {
  it('lands in columns that exist', () => {
    const lands = [...FIELD_STANDARD, ...SOURCE_MAPPINGS.flatMap(({ fields }) => fields)].flatMap(
      (field) => field.lands,
    )
    expect(lands.length).toBeGreaterThan(50)
    expect(lands.filter((column) => !inSchema.includes(column))).toEqual([])
  })

  it.each(seenBy('csv'))('reads the column "%s" of a table as %s', (header, field) => {
    // A list of sales is one by its amounts and three known columns.
    const fillers = ['单价', '订单状态', '收银员', '数量'].filter((name) => name !== header)
    const columns =
      field === 'paidTime'
        ? readCsvColumns(['日期', header, ...fillers])
        : readCsvColumns([header, ...fillers])
    expect([...(columns ?? [])].find(([name]) => name === field)?.[1]).toBe(
      field === 'paidTime' ? 1 : 0,
    )
  })

  it.each(seenBy('escpos').filter(([, field]) => field in HEADER_VALUES))(
    'reads "%s" on a receipt as %s',
    (label, field) => {
      const name = field as keyof typeof HEADER_VALUES
      const [printed, read] = HEADER_VALUES[name]
      expect(readHeaderFields([`${label}:${printed}`])[name]).toBe(read)
    },
  )

  it('reads a JSON file into the fields it names', () => {
    const line = { name: '水', code: 'A1', quantity: 2, unitPriceYuan: 1, amountYuan: 2 }
    const { documents } = parseJson(
      Buffer.from(
        JSON.stringify({
          ...{ kind: 'refund', receiptNo: '0012', printedAt: '2026-03-02 10:00:00' },
          ...{ storeNo: '88', terminalNo: '01', cashier: '1002', member: '13800138000' },
          ...{ originalReceiptNo: '0007', lines: [line], totalYuan: 2, changeYuan: 1 },
          payments: [{ method: 'cash', amountYuan: 2 }],
        }),
      ),
    )
    const [document] = documents as unknown as Record<string, unknown>[]
    const silent = fieldsOf('json').filter(({ field }) => {
      const value = document?.[field]
      return value === null || value === undefined || (Array.isArray(value) && value.length === 0)
    })
    expect(silent).toEqual([])
  })

  it.each([
    ['open_orders', Object.keys(onlineOrderSchema.shape)],
    [
      'member_registered',
      Object.keys(memberRegisteredSchema.shape).filter((name) => !/^(type|eventId)$/.test(name)),
    ],
  ] as const)('knows every field of the contract of %s', (id, contract) => {
    expect(
      fieldsOf(id)
        .map(({ field }) => field)
        .sort(),
    ).toEqual([...contract].sort())
  })
})

function fieldsOf(id: SourceMapping['id']): readonly MappedField[] {
  return SOURCE_MAPPINGS.find((mapping) => mapping.id === id)?.fields ?? []
}

function seenBy(id: SourceMapping['id']): [seen: string, field: string][] {
  return fieldsOf(id).flatMap(({ field, seen }) =>
    seen.map((word): [string, string] => [word, field]),
  )
}
