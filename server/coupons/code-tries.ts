import { inList, listParameter, type Tx } from '../platform/database.js'
import type { CouponCodeTry } from './coupon-code-try.entity.js'
import { dayOf } from './coupon-rows.js'

// How often a member, who is locked, typed a code that was none: on a day of the chain, whatever phones
// and servers they try.

const WRONG_PER_DAY_MAX = 10

/** What a member typed in vain on a day. */
export interface Tries extends CouponCodeTry {
  isNew: boolean
  isLocked: boolean
}

/** The tries of a member today. */
export async function triesOf(tx: Tx, memberId: string, nowMs: number): Promise<Tries> {
  const day = dayOf(nowMs)
  const [row] = await tx.rows<CouponCodeTry>(
    `SELECT * FROM coupon_code_try WHERE memberId = ?${tx.forUpdate}`,
    [memberId],
  )
  const failures = row?.day === day ? row.failures : 0
  const isLocked = failures >= WRONG_PER_DAY_MAX
  return { memberId, day, failures, isLocked, isNew: row === undefined }
}

/** Which of these members wait until tomorrow. */
export async function lockedOut(
  tx: Tx,
  memberIds: readonly string[],
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ memberId: string }>(
    `SELECT memberId FROM coupon_code_try
     WHERE memberId IN ${inList(tx)} AND day = ? AND failures >= ?`,
    [listParameter(tx, memberIds), dayOf(nowMs), WRONG_PER_DAY_MAX],
  )
  return new Set(rows.map(({ memberId }) => memberId))
}

/** One more. */
export async function countWrong(tx: Tx, { memberId, day, failures, isNew }: Tries): Promise<void> {
  if (isNew)
    await tx.insert('coupon_code_try', ['memberId', 'day', 'failures'], [[memberId, day, 1]])
  else
    await tx.run('UPDATE coupon_code_try SET day = ?, failures = ? WHERE memberId = ?', [
      day,
      failures + 1,
      memberId,
    ])
}
