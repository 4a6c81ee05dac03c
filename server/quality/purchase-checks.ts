import type { BeforeJoined } from '@huike/shared/contracts/console-quality'

// Contradictions within one purchase, decided from its row. What each means, and why it may be right
// all the same, is in docs/decisions/0014-data-quality.md.

/** Who pays first and registers then does both in one visit. */
const ONE_VISIT_MS = 600_000
/** A receipt is given to a member, or comes in from a till without a network, within a month. */
const LATE_MS_MAX = 30 * 86_400_000
/** A business day may end after midnight, up to this hour. */
const NIGHT_HOURS = 6
const DAY_MS = 86_400_000

export interface CheckedPurchase {
  kind: string
  sourceKind: string
  businessDate: string
  /** `YYYY-MM-DDTHH:mm:ss` on the wall of the store. */
  printedAt: string
  occurredAtMs: number
  recordedAtMs: number
  clockSuspect: number
  totalFen: number
  originalPurchaseId: string | null
  lineCount: number
  linesFen: number
  /** When its member joined; null without a member. */
  joinedAtMs: number | null
}

/** How a purchase came to be before its member; null when it was not. */
export function beforeJoined(purchase: CheckedPurchase): BeforeJoined | null {
  const { joinedAtMs, occurredAtMs, recordedAtMs, sourceKind } = purchase
  if (joinedAtMs === null || occurredAtMs >= joinedAtMs - ONE_VISIT_MS) return null
  if (sourceKind.startsWith('import')) return 'imported'
  if (joinedAtMs - occurredAtMs > LATE_MS_MAX) return 'unexplained'
  return recordedAtMs < joinedAtMs ? 'given_later' : 'arrived_late'
}

/** A refund that names no sale, or one that never came. */
export function isWithoutSale({ kind, originalPurchaseId }: CheckedPurchase): boolean {
  return kind === 'refund' && originalPurchaseId === null
}

/** Lines of a refund are below zero at some tills and above at others. */
export function isNotItsLines({ lineCount, linesFen, totalFen }: CheckedPurchase): boolean {
  return lineCount > 0 && Math.abs(linesFen) !== totalFen
}

/** Printed on another day than it is counted for; the small hours belong to the day before too. */
export function isDayOff({ businessDate, printedAt }: CheckedPurchase): boolean {
  const day = printedAt.slice(0, 10)
  if (businessDate === day) return false
  const isNight = Number(printedAt.slice(11, 13)) < NIGHT_HOURS
  return !isNight || businessDate !== dayBefore(day)
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10)
}
