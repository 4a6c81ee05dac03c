import { getMetadataArgsStorage } from 'typeorm'
import { schema } from './schema.js'

// Every column that holds sealed values, read off the entities: its name ends in `Sealed`, and it is
// sealed for `table.column|key`, the key being the primary key of its row. So a new sealed column is
// part of a rotation from its first day. tests/flow/at-rest.spec.ts opens what each one holds, and
// looks for sealed values anywhere else.

const SEALED = /Sealed$/

export interface SealedColumn {
  table: string
  column: string
  /** The columns of the primary key, in the order in which they stand in the context. */
  key: readonly string[]
}

/** All sealed columns, in the order of the schema. */
export function sealedColumns(): SealedColumn[] {
  const storage = getMetadataArgsStorage()
  return schema.entities.flatMap((target) => {
    const table = storage.tables.find((one) => one.target === target)?.name
    const columns = storage.columns.filter((one) => one.target === target)
    if (table === undefined) throw new Error('an entity has no table')
    const key = columns
      .filter(({ options }) => options.primary === true)
      .map(({ propertyName }) => propertyName)
    return columns
      .filter(({ propertyName }) => SEALED.test(propertyName))
      .map(({ propertyName: column }) => ({ table, column, key }))
  })
}

/** The name of a column, as a context begins with it. */
export function placeOf({ table, column }: SealedColumn): string {
  return `${table}.${column}`
}

/** What a value of this column is bound to in the row with this key. */
export function contextIn(sealed: SealedColumn, key: readonly string[]): string {
  return [placeOf(sealed), ...key].join('|')
}
