import type { MigrationInterface, QueryRunner } from 'typeorm'
import type { ColumnWord } from './columns.js'

// Migrations are numbered, forward-only and made of one guarded DDL each, because MariaDB keeps
// half a failed migration: run again, each step finds what is there and goes on.

export interface TableShape {
  columns: Record<string, ColumnWord>
  primary: string[]
  /** Index name → columns. */
  unique?: Record<string, string[]>
  index?: Record<string, string[]>
}

export type MigrationClass = new () => MigrationInterface

/** The migration that creates one table with its indexes. `number` orders all migrations. */
export function createsTable(number: number, table: string, shape: TableShape): MigrationClass {
  return class implements MigrationInterface {
    // The migration executor orders by the last thirteen digits of the name.
    name = `create-${table}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      for (const sql of isMysql(runner) ? mysqlTable(table, shape) : sqliteTable(table, shape))
        await runner.query(sql)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

/** The migration that adds one column, which old rows leave empty: `word` must be nullable. */
export function addsColumn(
  number: number,
  table: string,
  column: string,
  word: ColumnWord,
): MigrationClass {
  if (!word.nullable) throw new Error(`${table}.${column}: an added column must be nullable`)
  return class implements MigrationInterface {
    name = `add-${table}-${column}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      if (await runner.hasColumn(table, column)) return
      const [definition] = columnsOf(
        { columns: { [column]: word }, primary: [] },
        isMysql(runner) ? 'int' : 'integer',
      )
      await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN ${String(definition)}`)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

/** The migration that adds one index to a table that has been there before. */
export function addsIndex(
  number: number,
  table: string,
  name: string,
  columns: string[],
): MigrationClass {
  return class implements MigrationInterface {
    name = `index-${table}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      const found = await runner.getTable(table)
      if (found?.indices.some((index) => index.name === name)) return
      await runner.query(`CREATE INDEX \`${name}\` ON \`${table}\` (${names(columns)})`)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

/** The migration that takes away an index that another one has made needless. */
export function dropsIndex(number: number, table: string, name: string): MigrationClass {
  return class implements MigrationInterface {
    name = `unindex-${table}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      const found = await runner.getTable(table)
      if (!found?.indices.some((index) => index.name === name)) return
      const where = isMysql(runner) ? ` ON \`${table}\`` : ''
      await runner.query(`DROP INDEX \`${name}\`${where}`)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

/** The migration that takes away a column nothing reads any more. */
export function dropsColumn(number: number, table: string, column: string): MigrationClass {
  return class implements MigrationInterface {
    name = `drop-${table}-${column}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      if (!(await runner.hasColumn(table, column))) return
      await runner.query(`ALTER TABLE \`${table}\` DROP COLUMN \`${column}\``)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

/** Several small changes under one number, each guarded: run again, those that are done are found. */
export function inOne(number: number, title: string, parts: MigrationClass[]): MigrationClass {
  return class implements MigrationInterface {
    name = `${title}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      for (const Part of parts) await new Part().up(runner)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

/**
 * The migration that fills a table from what older versions wrote. `statements` must find nothing
 * left to do when they run again: MariaDB may have kept a part of them.
 */
export function fillsTable(number: number, table: string, statements: string[]): MigrationClass {
  return class implements MigrationInterface {
    name = `fill-${table}-${String(number).padStart(13, '0')}`
    async up(runner: QueryRunner): Promise<void> {
      for (const sql of statements) await runner.query(sql)
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only'))
    }
  }
}

function isMysql(runner: QueryRunner): boolean {
  return runner.dataSource.options.type !== 'better-sqlite3'
}

function mysqlTable(table: string, shape: TableShape): string[] {
  const keys = [
    `PRIMARY KEY (${names(shape.primary)})`,
    ...entries(shape.unique).map(([name, list]) => `UNIQUE INDEX \`${name}\` (${names(list)})`),
    ...entries(shape.index).map(([name, list]) => `INDEX \`${name}\` (${names(list)})`),
  ]
  return [
    `CREATE TABLE IF NOT EXISTS \`${table}\` (${[...columnsOf(shape, 'int'), ...keys].join(', ')}) ` +
      'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin',
  ]
}

function sqliteTable(table: string, shape: TableShape): string[] {
  const body = [...columnsOf(shape, 'integer'), `PRIMARY KEY (${names(shape.primary)})`].join(', ')
  const index = (word: string) => (pair: [string, string[]]) =>
    `CREATE ${word} IF NOT EXISTS \`${pair[0]}\` ON \`${table}\` (${names(pair[1])})`
  return [
    // The key is the table: a second index from row id to key would be written for nothing.
    `CREATE TABLE IF NOT EXISTS \`${table}\` (${body}) WITHOUT ROWID`,
    ...entries(shape.unique).map(index('UNIQUE INDEX')),
    ...entries(shape.index).map(index('INDEX')),
  ]
}

/** `int` is the one word that the two databases keep under different names. */
function columnsOf(shape: TableShape, int: string): string[] {
  return Object.entries(shape.columns).map(([name, word]) => {
    const base = word.type === 'int' ? int : word.type
    const type = word.length === undefined ? base : `${base}(${String(word.length)})`
    return `\`${name}\` ${type} ${word.nullable ? 'NULL' : 'NOT NULL'}`
  })
}

function names(list: string[]): string {
  return list.map((name) => `\`${name}\``).join(', ')
}

function entries(record: Record<string, string[]> | undefined): [string, string[]][] {
  return Object.entries(record ?? {})
}
