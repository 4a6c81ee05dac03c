import { inList, listParameter, type Statements } from '../platform/database.js'

// Sums of the growth book. A sum of nothing is 0.

/** Growth of members that counts from a moment on; who has none is not in it. */
export async function sumsSince(
  statements: Statements,
  memberIds: readonly string[],
  fromMs: number,
): Promise<Map<string, number>> {
  if (memberIds.length === 0) return new Map()
  const rows = await statements.rows<{ memberId: string; growth: number | string }>(
    `SELECT memberId, SUM(growth) AS growth FROM growth_entry
     WHERE memberId IN ${inList(statements)} AND occurredAtMs >= ? GROUP BY memberId`,
    [listParameter(statements, memberIds), fromMs],
  )
  return new Map(rows.map(({ memberId, growth }) => [memberId, Number(growth)]))
}

/** Growth of one member that counts from a moment on. */
export async function sumSince(
  statements: Statements,
  memberId: string,
  fromMs: number,
): Promise<number> {
  return (await sumsSince(statements, [memberId], fromMs)).get(memberId) ?? 0
}

/** How many purchases of a day count by themselves, by `dayKey`. */
export async function countedOn(
  statements: Statements,
  days: readonly { memberId: string; businessDate: string }[],
): Promise<Map<string, number>> {
  if (days.length === 0) return new Map()
  const distinct = (values: readonly string[]) => listParameter(statements, [...new Set(values)])
  // Every member with every day: a few more than asked for, all found by the index.
  const rows = await statements.rows<{
    memberId: string
    businessDate: string
    counted: number | string
  }>(
    `SELECT memberId, businessDate, SUM(counted) AS counted FROM growth_entry
     WHERE memberId IN ${inList(statements)} AND businessDate IN ${inList(statements)}
     GROUP BY memberId, businessDate`,
    [
      distinct(days.map(({ memberId }) => memberId)),
      distinct(days.map(({ businessDate }) => businessDate)),
    ],
  )
  return new Map(rows.map((row) => [dayKey(row), Number(row.counted)]))
}

/** A member's day as the key of a map. */
export function dayKey(day: { memberId: string; businessDate: string }): string {
  return `${day.memberId}|${day.businessDate}`
}
