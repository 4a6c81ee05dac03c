import type { OfflineUse } from '@huike/shared/contracts/offline-use'
import type { NewFinding } from '../coupons/open-allowances.js'
import type { OfflineAllowance } from '../coupons/offline-allowance.entity.js'
import type { MembersService } from '../members/members.service.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { IngestState } from './ingest-state.js'

// What a till redeemed without a network, taken up when it is heard of again: coupons and points stand
// as if they had been set aside, and the giving of the receipt redeems them as ever. The shopper has
// had the discount by then, so what exceeds what was there is never dropped: it is a debt, or it is
// named for a person to read. The event is answered once, so it is settled once, whenever it comes.

/** Clocks differ; a redemption is late only beyond this. */
const LATE_MS_MAX = 5 * 60_000

interface Settling {
  memberId: string
  storeId: string
  terminalId: string
  actor: string
  nowMs: number
  reservationId: string | undefined
  holdId: string | undefined
}

/** Takes up one offline redemption for a sale. Nothing is, where the member's code is not theirs. */
export function settleOffline(
  state: IngestState,
  sale: Purchase,
  { offline, members, ...by }: Settling & { offline: OfflineUse; members: MembersService },
): void {
  const { memberCode, codeReadAtMs } = offline
  const shown = state.named({ by: 'member_code', memberCode, readAtMs: codeReadAtMs })
  const fault = members.checkCode(memberCode, shown?.record, codeReadAtMs)
  if (fault === null && shown?.member.id === by.memberId) {
    takeUpCoupons(state, sale, offline, by)
    takeUpPoints(state, sale, offline, by)
    return
  }
  note(state, sale, by, { kind: 'code_invalid', points: offline.points?.points ?? null })
  for (const { allowanceId } of [
    ...(offline.coupons?.applied ?? []),
    offline.points ?? [],
  ].flat()) {
    const row = state.coupons.allowances.byId(allowanceId)
    if (row?.terminalId === by.terminalId) state.coupons.allowances.giveBack(row, by.nowMs)
  }
}

/** What was redeemed offline is used elsewhere by now: a person should know. */
export function noteGone(state: IngestState, sale: Purchase, offline: OfflineUse, by: Settling) {
  note(state, sale, by, { kind: 'coupon_gone', offFen: offOf(offline) })
}

function takeUpCoupons(
  state: IngestState,
  sale: Purchase,
  offline: OfflineUse,
  by: Settling,
): void {
  const { coupons, usedAtMs } = offline
  const { reservationId } = by
  if (coupons === null || reservationId === undefined || state.coupons.byId(reservationId)) return
  const { allowances } = state.coupons
  const rows = coupons.applied.map(({ allowanceId, couponId }) => {
    const row = allowances.byId(allowanceId)
    return row?.couponId === couponId && isTheirs(state, row, by) ? row : null
  })
  const known = rows.filter((row) => row !== null)
  const { memberId, storeId, terminalId, nowMs } = by
  const isKnown =
    known.length === rows.length &&
    state.coupons.adopt(
      { id: reservationId, memberId, storeId, terminalId, goodsFen: coupons.goodsFen },
      coupons.applied.map(({ couponId, offFen }) => ({ couponId, offFen })),
      { usedAtMs, nowMs },
    )
  for (const row of known) allowances.use(row, { purchaseId: sale.id, nowMs })
  if (!isKnown) note(state, sale, by, { kind: 'unknown', offFen: offOf(offline) })
  if (known.some((row) => isLate(row, usedAtMs)))
    note(state, sale, by, { kind: 'late', offFen: offOf(offline) })
}

function takeUpPoints(
  state: IngestState,
  sale: Purchase,
  { points, usedAtMs }: OfflineUse,
  by: Settling,
): void {
  const { holdId, memberId, storeId, terminalId, actor, nowMs } = by
  if (points === null || holdId === undefined || state.holds.byId(holdId)) return
  const row = state.coupons.allowances.byId(points.allowanceId)
  if (row?.kind !== 'points' || !isTheirs(state, row, by)) {
    note(state, sale, by, { kind: 'unknown', points: points.points })
    return
  }
  const allowed = row.state === 'used' ? 0 : (row.points ?? 0)
  if (points.points > allowed)
    note(state, sale, by, { kind: 'points_over', points: points.points - allowed })
  if (isLate(row, usedAtMs)) note(state, sale, by, { kind: 'late', points: points.points })
  state.coupons.allowances.use(row, { purchaseId: sale.id, nowMs })
  const { missingPoints } = state.holds.setAsideOffline(
    state.book,
    {
      ...{ id: holdId, memberId, storeId, terminalId, allowanceId: row.id },
      ...{ points: points.points, valueFen: points.valueFen, orderFen: points.orderFen },
      ...{ createdAtMs: nowMs, deadlineAtMs: nowMs },
    },
    actor,
  )
  if (missingPoints > 0) note(state, sale, by, { kind: 'points_short', points: missingPoints })
}

function isTheirs(state: IngestState, row: OfflineAllowance, by: Settling): boolean {
  return row.terminalId === by.terminalId && state.ownerId(row.memberId) === by.memberId
}

function isLate({ expiresAtMs }: OfflineAllowance, usedAtMs: number): boolean {
  return usedAtMs > expiresAtMs + LATE_MS_MAX
}

function offOf({ coupons }: OfflineUse): number {
  return coupons?.applied.reduce((sum, { offFen }) => sum + offFen, 0) ?? 0
}

function note(
  state: IngestState,
  sale: Purchase,
  { memberId, storeId, terminalId, nowMs }: Settling,
  found: Pick<NewFinding, 'kind'> & Partial<Pick<NewFinding, 'points' | 'offFen'>>,
): void {
  state.coupons.allowances.note({
    ...{ memberId, storeId, terminalId, allowanceId: null, purchaseId: sale.id },
    ...{ points: null, offFen: null, ...found },
    ...{ atMs: sale.occurredAtMs, recordedAtMs: nowMs },
  })
}
