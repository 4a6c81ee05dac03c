// The words of the data dictionary: a name in two languages and a grade for every column.

/**
 * none: says nothing of a person. personal: about a person, or leads to one by an id. sealed: a
 * person's data, encrypted at rest or kept as a keyed hash. secret: proves who somebody is.
 */
export type Grade = 'none' | 'personal' | 'sealed' | 'secret'
export const GRADES: readonly Grade[] = ['none', 'personal', 'sealed', 'secret']

export type ColumnTerm = readonly [zh: string, en: string, grade: Grade]

export interface TableTerms {
  table: string
  zh: string
  en: string
  columns: Readonly<Record<string, ColumnTerm>>
}

/** The terms of one table; leaving out a column of its entity does not compile. */
export function termsOf<Entity extends object>(
  table: string,
  [zh, en]: readonly [zh: string, en: string],
  columns: Readonly<Record<keyof Entity & string, ColumnTerm>>,
): TableTerms {
  return { table, zh, en, columns }
}
