import { Column, PrimaryColumn, type ColumnOptions } from 'typeorm'
import { QuantityError } from '@huike/shared/quantities'

// The column vocabulary: every column of the schema is one of these words, which mean the same on
// SQLite and on MySQL. Entities speak it through decorators, migrations through `schema.ts`.
// There are no column DEFAULTs (they cause phantom drift): entities set every value.

export interface ColumnWord {
  type: 'varchar' | 'bigint' | 'int' | 'text'
  length?: number
  nullable: boolean
}

/** A ULID. */
export const idWord: ColumnWord = { type: 'varchar', length: 26, nullable: false }
/** A key, code or enum value; compared byte by byte. */
export const keyWord = (length: number): ColumnWord => ({
  type: 'varchar',
  length,
  nullable: false,
})
/** Money, points, instants: whole numbers up to 2^53. */
export const integerWord: ColumnWord = { type: 'bigint', nullable: false }
/** Small counts and versions. */
export const countWord: ColumnWord = { type: 'int', nullable: false }
/** A calendar day, `YYYY-MM-DD`. */
export const dateWord: ColumnWord = { type: 'varchar', length: 10, nullable: false }
/** SHA-256 in hex. */
export const sha256Word: ColumnWord = { type: 'varchar', length: 64, nullable: false }
/** HMAC-SHA-256 in base64url: a blind index. */
export const blindIndexWord: ColumnWord = { type: 'varchar', length: 43, nullable: false }
/** Sealed text (`keyId.iv.ciphertext`) and JSON; up to 64 KB. */
export const textWord: ColumnWord = { type: 'text', nullable: false }
/** The same word for a column that may be empty. */
export const nullable = (word: ColumnWord): ColumnWord => ({ ...word, nullable: true })

/** Declares an entity column by its word. */
export function Field(word: ColumnWord): PropertyDecorator {
  return Column(optionsOf(word))
}

/** Declares a primary key column (one of several, when used more than once). */
export function KeyField(word: ColumnWord): PropertyDecorator {
  return PrimaryColumn({ ...optionsOf(word), nullable: false })
}

/** Reads a bigint as the drivers give it (number or string); throws on what is not exact. */
export function safeInteger(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new QuantityError(`unsafe integer from the database: ${String(value)}`)
  return number
}

function optionsOf(word: ColumnWord): ColumnOptions & { nullable: boolean } {
  const { type, length, nullable: isNullable } = word
  return {
    type,
    nullable: isNullable,
    ...(length === undefined ? {} : { length }),
    ...(type === 'bigint' ? { transformer: bigintTransformer } : {}),
  }
}

const bigintTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: unknown) => (value === null || value === undefined ? value : safeInteger(value)),
}
