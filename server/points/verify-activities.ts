import { occasionAfter, streakOn, type SignedIn } from '@huike/shared/activities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'
import type { PointsActivity } from './points-activity.entity.js'
import type { Find } from './verify-lots.js'
import { eachPage, type PageOf, type Pages } from './verify-pages.js'

// What was done without buying anything, against the transfers it gave: each gave its points, on its
// day, a day in a row follows the day before it, and a review or a referral is there that was settled at
// that moment; and none of these says that it gave points where nothing was done.

type ActivityRow = PointsActivity & {
  transferId: string | null
  reviewId: string | null
  referralId: string | null
}
/** A review or a referral that says it gave points; the activity is null where there is none. */
interface Giving {
  id: string
  memberId?: string
  activityId: string | null
}

const CAUSE_COLUMNS = 'r.id AS reviewId, COALESCE(f.id, g.id) AS referralId'
const CAUSES = `LEFT JOIN review r ON r.purchaseId = y.id AND y.kind = 'review'
  AND r.givenPoints = y.points AND r.decidedAtMs = y.atMs
  LEFT JOIN referral f ON f.id = y.id AND y.kind = 'referral' AND f.referrerPoints = y.points
    AND f.settledAtMs = y.atMs
  LEFT JOIN referral g ON g.friendId = y.id AND y.kind = 'referred'
    AND g.friendPoints = y.points AND g.settledAtMs = y.atMs`

const TRANSFER = `LEFT JOIN points_transfer t ON t.reason = y.kind AND t.sourceKey = y.id
  AND t.memberId = y.memberId AND t.points = y.points AND t.occurredAtMs = y.atMs`

const activitiesAfter: PageOf<ActivityRow> = (rx, last, limit) =>
  rx.rows<ActivityRow>(
    `SELECT y.*, t.id AS transferId, ${CAUSE_COLUMNS} FROM points_activity y ${CAUSES} ${TRANSFER}
     WHERE y.memberId > ? OR (y.memberId = ? AND (y.kind > ? OR (y.kind = ? AND y.occasion > ?)))
     ORDER BY y.memberId, y.kind, y.occasion LIMIT ${String(limit)}`,
    [
      ...[last?.memberId ?? '', last?.memberId ?? ''],
      ...[last?.kind ?? '', last?.kind ?? '', last?.occasion ?? ''],
    ],
  )

type SinceRow = ActivityRow & { lastOccasion: string | null; lastStreakDays: number | null }

const BEFORE = `LEFT JOIN points_activity b ON b.memberId = y.memberId AND b.kind = y.kind AND b.occasion =
  (SELECT MAX(c.occasion) FROM points_activity c
  WHERE c.memberId = y.memberId AND c.kind = y.kind AND c.occasion < y.occasion)`
const BEFORE_COLUMNS = 'b.occasion AS lastOccasion, b.streakDays AS lastStreakDays'

/** Those given for since, each with the one before it of its member and kind. */
function activitiesGivenSince(afterId: string): PageOf<SinceRow> {
  return (rx, last, limit) =>
    rx.rows<SinceRow>(
      `SELECT y.*, t.id AS transferId, ${CAUSE_COLUMNS}, ${BEFORE_COLUMNS}
       FROM points_transfer t
       JOIN points_activity y ON y.id = t.sourceKey AND y.kind = t.reason
         AND y.memberId = t.memberId AND y.points = t.points AND y.atMs = t.occurredAtMs
       ${CAUSES} ${BEFORE}
       WHERE t.id > ? AND t.reason IN ('review', 'referral', 'referred')
       ORDER BY t.id LIMIT ${String(limit)}`,
      [last?.transferId ?? afterId],
    )
}

/** Those written since, each with the one before it of its member and kind. */
function activitiesSince(afterId: string): PageOf<SinceRow> {
  return (rx, last, limit) =>
    rx.rows<SinceRow>(
      `SELECT y.*, t.id AS transferId, ${CAUSE_COLUMNS}, ${BEFORE_COLUMNS}
       FROM points_activity y ${CAUSES} ${TRANSFER}
       ${BEFORE}
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
  // What was done is written as it is given for; a review may be of a purchase of long ago.
  for (const pageOf of [activitiesSince(afterId), activitiesGivenSince(afterId)])
    await eachPage(pages, pageOf, (page) => {
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
  for (const [table, pageOf] of GIVERS)
    await eachPage(pages, pageOf, (page) => {
      for (const { id, activityId } of page)
        if (activityId === null) find(table, id, 'says it gave points, and nothing was done')
    })
}

const reviewsAfter: PageOf<Giving> = (rx, last, limit) =>
  rx.rows<Giving>(
    `SELECT r.id, y.id AS activityId FROM review r
     LEFT JOIN points_activity y ON y.id = r.purchaseId AND y.kind = 'review'
     WHERE r.id > ? AND r.givenPoints > 0 ORDER BY r.id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

const referralsAfter: PageOf<Giving> = (rx, last, limit) =>
  rx.rows<Giving>(
    `SELECT f.id, y.id AS activityId FROM referral f
     LEFT JOIN points_activity y ON y.id = f.id AND y.kind = 'referral'
     WHERE f.id > ? AND f.referrerPoints > 0 ORDER BY f.id LIMIT ${String(limit)}`,
    [last?.id ?? ''],
  )

const GIVERS = [
  ['review', reviewsAfter],
  ['referral', referralsAfter],
] as const

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
  if (isNumbered(kind)) {
    if (kind === 'review' && row.reviewId === null)
      return 'its review is missing, or says otherwise'
    if (kind !== 'review' && row.referralId === null)
      return 'its referral is missing, or says otherwise'
    return occasion === occasionAfter(last?.onDate ?? null) && streakDays === 1
      ? null
      : 'does not follow the one before it of its kind'
  }
  if (kind === 'profile') return occasion === '' && streakDays === 1 ? null : 'is not done once'
  if (occasion !== localDate(row.atMs, CHAIN_TIME_ZONE)) return 'was done on another day'
  return streakDays === streakOn(occasion, last) ? null : 'does not follow the days before it'
}

/** Done any number of times, each under its number. */
function isNumbered(kind: string): boolean {
  return kind === 'review' || kind === 'referral' || kind === 'referred'
}
