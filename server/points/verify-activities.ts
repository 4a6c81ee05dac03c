import { streakOn, type SignedIn } from '@huike/shared/activities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'
import type { PointsActivity } from './points-activity.entity.js'
import type { Find } from './verify-lots.js'
import { eachPage, type PageOf, type Pages } from './verify-pages.js'

// What was done without a purchase, against the transfers it gave: each gave its points, on its day,
// and a day in a row follows the day before it.

type ActivityRow = PointsActivity & { transferId: string | null }

const TRANSFER = `LEFT JOIN points_transfer t ON t.reason = y.kind AND t.sourceKey = y.id
  AND t.memberId = y.memberId AND t.points = y.points AND t.occurredAtMs = y.atMs`

const activitiesAfter: PageOf<ActivityRow> = (rx, last, limit) =>
  rx.rows<ActivityRow>(
    `SELECT y.*, t.id AS transferId FROM points_activity y ${TRANSFER}
     WHERE y.memberId > ? OR (y.memberId = ? AND (y.kind > ? OR (y.kind = ? AND y.occasion > ?)))
     ORDER BY y.memberId, y.kind, y.occasion LIMIT ${String(limit)}`,
    [
      ...[last?.memberId ?? '', last?.memberId ?? ''],
      ...[last?.kind ?? '', last?.kind ?? '', last?.occasion ?? ''],
    ],
  )

type SinceRow = ActivityRow & { lastOccasion: string | null; lastStreakDays: number | null }

/** Those written since, each with the one before it of its member and kind. */
function activitiesSince(afterId: string): PageOf<SinceRow> {
  return (rx, last, limit) =>
    rx.rows<SinceRow>(
      `SELECT y.*, t.id AS transferId, b.occasion AS lastOccasion, b.streakDays AS lastStreakDays
       FROM points_activity y ${TRANSFER}
       LEFT JOIN points_activity b ON b.memberId = y.memberId AND b.kind = y.kind AND b.occasion =
         (SELECT MAX(c.occasion) FROM points_activity c
          WHERE c.memberId = y.memberId AND c.kind = y.kind AND c.occasion < y.occasion)
       WHERE y.id > ? ORDER BY y.id LIMIT ${String(limit)}`,
      [last?.id ?? afterId],
    )
}

/** Shows those that were written after `afterId`; each page has seen both sides of what it shows. */
export async function walkActivitiesSince(
  pages: Pages,
  afterId: string,
  find: Find,
): Promise<void> {
  await eachPage(pages, activitiesSince(afterId), (page) => {
    for (const { lastOccasion, lastStreakDays, ...row } of page)
      check(row, signedIn(lastOccasion, lastStreakDays), find)
  })
}

/** Shows all of them, those of a member one after the other; each page has seen both sides. */
export async function walkActivities(pages: Pages, find: Find): Promise<void> {
  let last: ActivityRow | null = null
  await eachPage(pages, activitiesAfter, (page) => {
    for (const row of page) {
      const before: ActivityRow | null =
        last?.memberId === row.memberId && last.kind === row.kind ? last : null
      check(row, signedIn(before?.occasion ?? null, before?.streakDays ?? null), find)
      last = row
    }
  })
}

function check(row: ActivityRow, last: SignedIn | null, find: Find): void {
  const wrong = whatIsWrong(row, last)
  if (wrong !== null) find('points_activity', row.id, wrong)
}

function signedIn(onDate: string | null, streakDays: number | null): SignedIn | null {
  return onDate === null || streakDays === null ? null : { onDate, streakDays }
}

function whatIsWrong(row: ActivityRow, last: SignedIn | null): string | null {
  const { kind, occasion, streakDays } = row
  if (row.transferId === null) return 'its transfer is missing, or gave something else'
  if (kind === 'profile') return occasion === '' && streakDays === 1 ? null : 'is not done once'
  if (occasion !== localDate(row.atMs, CHAIN_TIME_ZONE)) return 'was done on another day'
  return streakDays === streakOn(occasion, last) ? null : 'does not follow the days before it'
}
