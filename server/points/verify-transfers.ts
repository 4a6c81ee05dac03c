import { isWithin, memberAccount } from './chain.js'
import type { PointsTransfer } from './points-transfer.entity.js'
import { isOfActivity, isOfExchange, isOfHold, isOfMerge, isOfReferral } from './source-keys.js'

// What a transfer says by its accounts and its reason.

type Moved = Pick<PointsTransfer, 'memberId' | 'reason' | 'toAccount' | 'points'>

/** Whether a transfer came to its member, left, or passed between accounts of the programme. */
export function directionOf(row: Moved): 'in' | 'out' | 'within' {
  if (isWithin(row.reason)) return 'within'
  return row.toAccount === memberAccount(row.memberId) ? 'in' : 'out'
}

/** By how many points it changed the balance. */
export function signedPoints(row: Moved): number {
  const direction = directionOf(row)
  if (direction === 'within') return 0
  return direction === 'in' ? row.points : -row.points
}

/** What a transfer of this reason was caused by. */
export function causeOf(reason: string): string {
  if (isOfMerge(reason)) return 'merge'
  if (reason === 'expired') return 'lot'
  if (isOfActivity(reason)) return 'activity'
  if (isOfReferral(reason)) return 'referral'
  if (isOfExchange(reason)) return 'exchange'
  return isOfHold(reason) ? 'hold' : 'purchase'
}

/** What is lent leaves nobody above zero; nobody pays back more than they owe. */
export function isDebtRight(row: PointsTransfer, owed: number): boolean {
  const isNamed = row.sourceKey === `${row.memberId}|${String(row.seq)}`
  const isRight = row.reason === 'lent' ? row.balanceAfterPoints <= 0 : row.points <= owed
  return isNamed && isRight
}
