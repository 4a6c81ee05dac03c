import { offlineUseSchema, type OfflineUse } from '@huike/shared/contracts/offline-use'
import type { StoreContext } from './context.js'

// What this till may redeem without a network, as rows. An allowance is used by an order that is set
// aside (a row of coupon_reservation or points_hold), and free again once that has ended; what was
// given back never is. So each is redeemed once at most, whenever the agent is killed.

/** A receipt is paid so long after the deadline; until then what is set aside may still be used. */
const LATE_MS_MAX = 4 * 3_600_000

/** True in SQL where no order has, or may yet have, what an allowance allows. */
export const IS_FREE = `state = 'held'
  AND NOT EXISTS (SELECT 1 FROM coupon_reservation AS r
    WHERE r.reservation_id = offline_allowance.use_id AND r.state <> 'ended')
  AND NOT EXISTS (SELECT 1 FROM points_hold AS h
    WHERE h.hold_id = offline_allowance.use_id AND h.state <> 'ended')`

/** True in SQL where an allowance was given back, or paid an order. */
export const IS_OVER = `(state <> 'held'
  OR EXISTS (SELECT 1 FROM coupon_reservation AS r
    WHERE r.reservation_id = offline_allowance.use_id AND r.state IN ('used', 'undone'))
  OR EXISTS (SELECT 1 FROM points_hold AS h
    WHERE h.hold_id = offline_allowance.use_id AND h.state IN ('used', 'undone')))`

/** Ends what was set aside offline and can be on no receipt any more; call it in a write. */
export function endStale(context: StoreContext, nowMs: number): void {
  const lateMs = nowMs - LATE_MS_MAX
  const database = context.database()
  const used = 'SELECT use_id FROM offline_allowance WHERE use_id IS NOT NULL'
  database
    .prepare(
      `UPDATE coupon_reservation SET state = 'ended'
       WHERE state IN ('asked', 'open', 'left') AND deadline_at_ms < ? AND reservation_id IN (${used})`,
    )
    .run(lateMs)
  database
    .prepare(
      `UPDATE points_hold SET state = 'ended'
       WHERE state = 'open' AND deadline_at_ms < ? AND hold_id IN (${used})`,
    )
    .run(lateMs)
}

/** Takes free allowances for an order; false, and nothing taken, where one is not free. */
export function takeAllowances(
  context: StoreContext,
  allowanceIds: readonly string[],
  of: { useId: string; memberId: string; codePeriod: number; use: OfflineUse },
): boolean {
  const database = context.database()
  const take = database.prepare(
    `UPDATE offline_allowance SET use_id = ? WHERE allowance_id = ? AND ${IS_FREE}`,
  )
  const free = database.prepare(
    `SELECT 1 FROM offline_allowance WHERE allowance_id = ? AND ${IS_FREE}`,
  )
  if (allowanceIds.some((id) => free.get(id) === undefined)) return false
  for (const id of allowanceIds) take.run(of.useId, id)
  database
    .prepare(
      'INSERT OR REPLACE INTO offline_use (use_id, member_id, code_period, made_at_ms, sealed) VALUES (?, ?, ?, ?, ?)',
    )
    .run(
      ...([of.useId, of.memberId, of.codePeriod, of.use.usedAtMs] as const),
      context.sealer.sealJson(`offline_use:${of.useId}`, of.use),
    )
  return true
}

/**
 * What an order used offline, for the event that gives its receipt; null where nothing. Its code is
 * used up with it. Call it in the write of the giving.
 */
export function offlineOf(
  context: StoreContext,
  uses: { reservationId: string | null; holdId: string | null },
): OfflineUse | null {
  const coupons = useOf(context, uses.reservationId)
  const points = useOf(context, uses.holdId)
  const one = coupons ?? points
  if (one === null) return null
  return { ...one, coupons: coupons?.coupons ?? null, points: points?.points ?? null }
}

function useOf(context: StoreContext, useId: string | null): OfflineUse | null {
  if (useId === null) return null
  const row = context
    .database()
    .prepare<[string], { member_id: string; code_period: number; sealed: Buffer }>(
      'SELECT member_id, code_period, sealed FROM offline_use WHERE use_id = ?',
    )
    .get(useId)
  if (row === undefined) return null
  context
    .database()
    .prepare(
      `INSERT INTO offline_code (member_id, period) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET period = max(period, excluded.period)`,
    )
    .run(row.member_id, row.code_period)
  return offlineUseSchema.parse(context.sealer.openJson(`offline_use:${useId}`, row.sealed))
}
