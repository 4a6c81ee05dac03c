import type { StoreContext } from './context.js'
import type { SqlDatabase } from './database.js'

// What may go, and when. Nothing is deleted before the server has settled it; then raw bytes stay
// seven more days and receipts ninety, so that a server restored from a backup can be told again.

export const RAW_DAYS_KEPT = 7
export const RECEIPT_DAYS_KEPT = 90
const DAY_MS = 86_400_000
/** Rows per run, so that one commit stays short. */
const ROWS_PER_RUN_MAX = 2_000

export interface HousekeepingReport {
  rawCaptures: number
  receipts: number
  events: number
}

/** Deletes what is past its time. */
export function tidy(context: StoreContext, nowMs: number): HousekeepingReport {
  const rawBeforeMs = nowMs - RAW_DAYS_KEPT * DAY_MS
  const receiptBeforeMs = nowMs - RECEIPT_DAYS_KEPT * DAY_MS
  return context.write((database) => {
    database.prepare('DELETE FROM undone_assignment WHERE assigned_at_ms < ?').run(receiptBeforeMs)
    database.prepare('DELETE FROM points_hold WHERE deadline_at_ms < ?').run(receiptBeforeMs)
    database.prepare('DELETE FROM kept_refund WHERE confirmed_at_ms < ?').run(receiptBeforeMs)
    database.prepare('DELETE FROM coupon_reservation WHERE asked_at_ms < ?').run(receiptBeforeMs)
    database.prepare('DELETE FROM offline_use WHERE made_at_ms < ?').run(receiptBeforeMs)
    database
      .prepare(
        `DELETE FROM offline_allowance WHERE kept_at_ms < ?
           AND allowance_id NOT IN (SELECT allowance_id FROM offline_allowance
             WHERE state = 'returned' AND is_told = 0)
           AND member_id NOT IN (SELECT member_id FROM offline_token)`,
      )
      .run(receiptBeforeMs)
    return tidied(database, { rawBeforeMs, receiptBeforeMs })
  })
}

function tidied(
  database: SqlDatabase,
  { rawBeforeMs, receiptBeforeMs }: { rawBeforeMs: number; receiptBeforeMs: number },
): HousekeepingReport {
  return {
    // A capture goes when every document of it is done with, the last one long enough ago.
    rawCaptures: database
      .prepare(
        `DELETE FROM raw_capture WHERE seq IN (
           SELECT seq FROM raw_capture AS raw
           WHERE state IN ('parsed', 'parked') AND captured_at_ms < @before
             AND NOT EXISTS (SELECT 1 FROM receipt WHERE receipt.capture_id = raw.capture_id
               AND (settled_at_ms IS NULL OR settled_at_ms >= @before))
           LIMIT @limit)`,
      )
      .run({ before: rawBeforeMs, limit: ROWS_PER_RUN_MAX }).changes,
    events: database
      .prepare(
        `DELETE FROM outbox WHERE seq IN (
           SELECT seq FROM outbox WHERE (state = 'settled' AND settled_at_ms < ?)
             OR (state = 'parked' AND settled_at_ms < ?) LIMIT ?)`,
      )
      .run(rawBeforeMs, receiptBeforeMs, ROWS_PER_RUN_MAX).changes,
    receipts: database
      .prepare(
        `DELETE FROM receipt WHERE seq IN (
           SELECT seq FROM receipt WHERE settled_at_ms < ?
             AND NOT EXISTS (SELECT 1 FROM raw_capture WHERE raw_capture.capture_id = receipt.capture_id)
           LIMIT ?)`,
      )
      .run(receiptBeforeMs, ROWS_PER_RUN_MAX).changes,
  }
}
