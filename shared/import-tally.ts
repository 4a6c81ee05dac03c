import type { ImportTally } from './contracts/console-imports.js'
import type { Rejection } from './import-fields.js'

/** Nothing counted yet. */
export function emptyTally(): ImportTally {
  return {
    rows: 0,
    newMembers: 0,
    matched: 0,
    sales: 0,
    refunds: 0,
    lines: 0,
    salesFen: 0,
    refundsFen: 0,
    anonymous: 0,
    cancelled: 0,
    duplicates: 0,
    conflicts: 0,
    maskedPhones: 0,
    roundingMilliFen: 0,
    rejected: {},
  }
}

/** The counts of two stretches of one file together. */
export function addTallies(a: ImportTally, b: ImportTally): ImportTally {
  const { rejected: more, ...counts } = b
  const sum: ImportTally = { ...a, rejected: { ...a.rejected } }
  for (const [name, count] of Object.entries(counts) as [keyof typeof counts, number][])
    sum[name] = a[name] + count
  for (const [reason, count] of Object.entries(more) as [Rejection, number][])
    sum.rejected[reason] = (sum.rejected[reason] ?? 0) + count
  return sum
}
