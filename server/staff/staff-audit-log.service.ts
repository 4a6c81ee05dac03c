import { Injectable } from '@nestjs/common'
import type { AuditEntry, AuditFilter } from '@huike/shared/contracts/console-audit'
import type { EpochMs } from '@huike/shared/quantities'
import type { SqlValue, Statements } from '../platform/database.js'
import type { StaffAudit } from './staff-audit.entity.js'
import { StaffService } from './staff.service.js'

// The audit as it is read: by person, action, subject and day, newest first, a page at a time.

const DAY_MS = 86_400_000
/** The chain's calendar: Shanghai, eight hours ahead of UTC all the year. */
const CHAIN_OFFSET_MS = 8 * 3_600_000

/** Where a page ends. */
export interface AuditPlace {
  atMs: number
  id: string
}

@Injectable()
export class StaffAuditLogService {
  constructor(private readonly staff: StaffService) {}

  /** A page of what passes the filter, newest first, after `before`. */
  async page(
    statements: Statements,
    filter: AuditFilter,
    { before, limit }: { before: AuditPlace | null; limit: number },
  ): Promise<AuditEntry[]> {
    const conditions: [sql: string, ...values: SqlValue[]][] = []
    if (filter.staffId !== undefined) conditions.push(['staffId = ?', filter.staffId])
    if (filter.action !== undefined) conditions.push(['action = ?', filter.action])
    if (filter.subjectId !== undefined) conditions.push(['subjectId = ?', filter.subjectId])
    if (filter.from !== undefined) conditions.push(['atMs >= ?', startOfDayMs(filter.from)])
    if (filter.to !== undefined) conditions.push(['atMs < ?', startOfDayMs(filter.to) + DAY_MS])
    // The first condition lets the index end the walk; the second settles one moment's rows.
    if (before !== null)
      conditions.push(['atMs <= ?', before.atMs], ['(atMs < ? OR id < ?)', before.atMs, before.id])
    const where = conditions.map(([sql]) => sql).join(' AND ')
    const rows = await statements.rows<StaffAudit>(
      `SELECT * FROM staff_audit ${where === '' ? '' : `WHERE ${where}`}
       ORDER BY atMs DESC, id DESC LIMIT ${String(limit)}`,
      conditions.flatMap(([, ...values]) => values),
    )
    const people = rows.flatMap(({ staffId, subjectId }) => [staffId, subjectId ?? []].flat())
    const names = await this.staff.namesOf(statements, [...new Set(people)])
    return rows.map((row) => entryOf(row, names))
  }
}

function entryOf(row: StaffAudit, names: ReadonlyMap<string, string>): AuditEntry {
  const { id, staffId, action, subjectId, detail, addressMasked } = row
  return {
    id,
    atMs: row.atMs as EpochMs,
    staffId,
    staffName: names.get(staffId) ?? null,
    action,
    subjectId,
    subjectName: subjectId === null ? null : (names.get(subjectId) ?? null),
    detail,
    addressMasked,
  }
}

function startOfDayMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) - CHAIN_OFFSET_MS
}
