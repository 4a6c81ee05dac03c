import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localTime, midnightMs } from '@huike/shared/local-time'
import type { CouponValidity } from '@huike/shared/contracts/coupons'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { CouponReservation } from './coupon-reservation.entity.js'
import type { CouponStep } from './coupon-step.entity.js'
import type { Coupon } from './coupon.entity.js'

// Rows of coupons, and what is noted of them. Whoever changes a coupon holds its row.

const DATE_CHARACTERS = 10
export const COUPON_COLUMNS = [
  'id',
  'code',
  'templateId',
  'version',
  'memberId',
  'state',
  'sourceKey',
  'givenById',
  'issuedAtMs',
  'validFromMs',
  'validUntilMs',
  'reservationId',
  'purchaseId',
  'offFen',
  'endedAtMs',
] as const satisfies (keyof Coupon)[]
const CHANGING_COLUMNS = [
  'memberId',
  'state',
  'reservationId',
  'purchaseId',
  'offFen',
  'endedAtMs',
] as const satisfies (keyof Coupon)[]
const STEP_COLUMNS = [
  'id',
  'couponId',
  'kind',
  'atMs',
  'actor',
  'aboutId',
] as const satisfies (keyof CouponStep)[]

export type StepKind =
  | 'issued'
  | 'reserved'
  | 'released'
  | 'redeemed'
  | 'returned'
  | 'given_back'
  | 'moved'
  | 'expired'
  | 'voided'

/** Who does something to coupons, when, and what it is about. */
export interface CouponActor {
  actor: string
  nowMs: number
  aboutId: string | null
}

/** Coupons by a column, locked in the order of their ids inside a write. */
export function couponsBy(
  statements: Statements | Tx,
  column: 'id' | 'reservationId' | 'purchaseId',
  values: readonly string[],
): Promise<Coupon[]> {
  if (values.length === 0) return Promise.resolve([])
  const lock = 'forUpdate' in statements ? statements.forUpdate : ''
  return statements.rows<Coupon>(
    `SELECT * FROM coupon WHERE ${column} IN ${inList(statements)} ORDER BY id${lock}`,
    [listParameter(statements, [...new Set(values)])],
  )
}

/**
 * Coupons by the reason they were given for. Not locked: what was given for a reason stays, and two
 * that are given for one at the same instant meet at the unique key.
 */
export function couponsBySource(
  statements: Statements,
  sourceKeys: readonly string[],
): Promise<Coupon[]> {
  if (sourceKeys.length === 0) return Promise.resolve([])
  return statements.rows<Coupon>(`SELECT * FROM coupon WHERE sourceKey IN ${inList(statements)}`, [
    listParameter(statements, [...new Set(sourceKeys)]),
  ])
}

/** Reservations by a column, locked in the order of their ids. */
export function reservationsBy(
  tx: Tx,
  column: 'id' | 'purchaseId',
  values: readonly string[],
): Promise<CouponReservation[]> {
  if (values.length === 0) return Promise.resolve([])
  return tx.rows<CouponReservation>(
    `SELECT * FROM coupon_reservation WHERE ${column} IN ${inList(tx)} ORDER BY id${tx.forUpdate}`,
    [listParameter(tx, [...new Set(values)])],
  )
}

/** Writes what was changed of coupons, and notes what happened to them. */
export async function writeCoupons(
  tx: Tx,
  coupons: readonly Coupon[],
  kind: StepKind,
  by: CouponActor,
): Promise<void> {
  if (coupons.length === 0) return
  await updateCoupons(tx, coupons)
  const { actor, nowMs, aboutId } = by
  await noteSteps(
    tx,
    coupons.map(({ id }) => ({ couponId: id, kind, actor, atMs: nowMs, aboutId })),
  )
}

/** Writes what was changed of coupons; each of them once. */
export async function updateCoupons(tx: Tx, coupons: readonly Coupon[]): Promise<void> {
  if (coupons.length === 0) return
  await tx.updateEach(
    'coupon',
    'id',
    CHANGING_COLUMNS,
    coupons.map((coupon) => [coupon.id, ...valuesOf(coupon, CHANGING_COLUMNS)]),
  )
}

/** Notes what somebody did to coupons, in order. */
export async function noteSteps(
  tx: Tx,
  done: readonly (Omit<CouponStep, 'id'> & { kind: StepKind })[],
): Promise<void> {
  const steps = done.map((one): CouponStep => ({ id: mintId(one.atMs), ...one }))
  await tx.insert(
    'coupon_step',
    STEP_COLUMNS,
    steps.map((step) => valuesOf(step, STEP_COLUMNS)),
  )
}

/**
 * Between which moments a coupon given at `givenAtMs` is good: whole days of the chain's calendar. One
 * that counts from when it is given is good at once, and for so many whole days after that day.
 */
export function validityOf(
  validity: CouponValidity,
  givenAtMs: number,
): { validFromMs: number; validUntilMs: number } {
  if (validity.kind === 'dates')
    return {
      validFromMs: midnightMs(validity.fromDate, CHAIN_TIME_ZONE),
      validUntilMs: midnightMs(daysAfter(validity.toDate, 1), CHAIN_TIME_ZONE),
    }
  const { afterDays, days } = validity
  const given = dayOf(givenAtMs)
  const first = midnightMs(daysAfter(given, Math.max(1, afterDays)), CHAIN_TIME_ZONE)
  return {
    validFromMs: afterDays === 0 ? givenAtMs : first,
    validUntilMs: midnightMs(daysAfter(dayOf(first), days), CHAIN_TIME_ZONE),
  }
}

/** The day of the chain at an instant, `YYYY-MM-DD`. */
export function dayOf(atMs: number): string {
  return localTime(atMs, CHAIN_TIME_ZONE).slice(0, DATE_CHARACTERS)
}

function daysAfter(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, DATE_CHARACTERS)
}
