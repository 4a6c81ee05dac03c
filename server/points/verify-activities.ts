import { streakOn, type SignedIn } from '@huike/shared/activities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'
import type { PointsActivity } from './points-activity.entity.js'
import type { Find } from './verify-lots.js'
import { eachPage, type PageOf, type Pages } from './verify-pages.js'

// What was done without a purchase, against the transfers it gave: each gave its points, on its day,
// and a day in a row follows the day before it.

type ActivityRow = PointsActivity & { transferId: string | null }

const activitiesAfter: PageOf<ActivityRow> = (rx, last, limit) =>
  rx.rows<ActivityRow>(
    `SELECT y.*, t.id AS transferId FROM points_activity y
     LEFT JOIN points_transfer t ON t.reason = y.kind AND t.sourceKey = y.id
       AND t.memberId = y.memberId AND t.points = y.points AND t.occurredAtMs = y.atMs
     WHERE y.memberId > ? OR (y.memberId = ? AND (y.kind > ? OR (y.kind = ? AND y.occasion > ?)))
     ORDER BY y.memberId, y.kind, y.occasion LIMIT ${String(limit)}`,
    [
      ...[last?.memberId ?? '', last?.memberId ?? ''],
      ...[last?.kind ?? '', last?.kind ?? '', last?.occasion ?? ''],
    ],
  )

/** Shows all of them; each page has seen both sides of what it shows. */
export async function walkActivities(pages: Pages, find: Find): Promise<void> {
  const check = new ActivityCheck(find)
  await eachPage(pages, activitiesAfter, (page) => {
    for (const row of page) check.activity(row)
  })
}

class ActivityCheck {
  #last: ActivityRow | null = null

  constructor(private readonly find: Find) {}

  /** One activity; those of a member come one after the other, in the order of their occasions. */
  activity(row: ActivityRow): void {
    const before = this.#last?.memberId === row.memberId ? this.#last : null
    this.#last = row
    const wrong = whatIsWrong(row, before)
    if (wrong !== null) this.find('points_activity', row.id, wrong)
  }
}

function whatIsWrong(row: ActivityRow, before: ActivityRow | null): string | null {
  const { kind, occasion, streakDays } = row
  if (row.transferId === null) return 'its transfer is missing, or gave something else'
  if (kind === 'profile') return occasion === '' && streakDays === 1 ? null : 'is not done once'
  if (occasion !== localDate(row.atMs, CHAIN_TIME_ZONE)) return 'was done on another day'
  const last: SignedIn | null =
    before?.kind === kind ? { onDate: before.occasion, streakDays: before.streakDays } : null
  return streakDays === streakOn(occasion, last) ? null : 'does not follow the days before it'
}
