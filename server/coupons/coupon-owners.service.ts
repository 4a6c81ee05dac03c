import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'
import { couponsBy, writeCoupons } from './coupon-rows.js'
import { CouponReservationsService } from './coupon-reservations.service.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'
import type { Coupon } from './coupon.entity.js'
import type { CouponRuleAward } from './coupon-rule-award.entity.js'

// Coupons that go from one record of a person to another, or go with the person. What a till has set
// aside comes back first: its order is of neither record as it is now.

interface Actor {
  actor: string
  nowMs: number
}

@Injectable()
export class CouponOwnersService {
  constructor(
    private readonly reservations: CouponReservationsService,
    private readonly allowances: OfflineAllowancesService,
  ) {}

  /**
   * Gives coupons of one record to another: those named that are still the first one's, or all of
   * them. Answers which they were.
   */
  async give(
    tx: Tx,
    hands: { fromMemberId: string; toMemberId: string },
    by: Actor & { mergeId: string; ids: readonly string[] | null },
  ): Promise<string[]> {
    const { fromMemberId, toMemberId } = hands
    const { actor, nowMs, mergeId, ids } = by
    const memberIds = [fromMemberId, toMemberId]
    await this.reservations.releaseAll(tx, { memberIds, actor, nowMs })
    const rows = ids === null ? await this.#all(tx, fromMemberId) : await couponsBy(tx, 'id', ids)
    await this.allowances.recallOf(tx, memberIds, nowMs)
    const own = rows.filter(({ memberId }) => memberId === fromMemberId)
    for (const coupon of own) coupon.memberId = toMemberId
    await writeCoupons(tx, own, 'moved', { actor, nowMs, aboutId: mergeId })
    return own.map(({ id }) => id)
  }

  /** Gives what purchases let their buyer take, or let them have taken, along with the purchases. */
  async giveOffers(
    tx: Tx,
    { fromMemberId, toMemberId }: { fromMemberId: string; toMemberId: string },
    purchaseIds: readonly string[],
  ): Promise<void> {
    const moved = new Set(purchaseIds)
    const rows = await tx.rows<CouponRuleAward>(
      `SELECT * FROM coupon_rule_award WHERE memberId IN ${inList(tx)} AND purchaseId IS NOT NULL
       ORDER BY occasion${tx.forUpdate}`,
      [listParameter(tx, [fromMemberId, toMemberId])],
    )
    const theirs = new Set(rows.flatMap((row) => (row.memberId === toMemberId ? awardOf(row) : [])))
    for (const row of rows) {
      const isMoved = row.memberId === fromMemberId && moved.has(row.purchaseId ?? '')
      if (!isMoved || theirs.has(awardOf(row))) continue
      await tx.run(
        'UPDATE coupon_rule_award SET memberId = ? WHERE ruleId = ? AND memberId = ? AND occasion = ?',
        [toMemberId, row.ruleId, fromMemberId, row.occasion],
      )
    }
  }

  /** Ends what people who are erased could still use. */
  async forget(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<void> {
    const by = { actor: 'system:erasure', nowMs }
    await this.reservations.releaseAll(tx, { memberIds, ...by })
    await this.allowances.recallOf(tx, memberIds, nowMs)
    const rows = await tx.rows<Coupon>(
      `SELECT * FROM coupon WHERE memberId IN ${inList(tx)} AND state = 'issued'
       ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, memberIds)],
    )
    for (const coupon of rows) Object.assign(coupon, { state: 'void', endedAtMs: nowMs })
    await writeCoupons(tx, rows, 'voided', { ...by, aboutId: null })
    // What a rule looked at tells birthdays; a code stays used, by nobody.
    const list = listParameter(tx, memberIds)
    await tx.run(`DELETE FROM coupon_rule_award WHERE memberId IN ${inList(tx)}`, [list])
    await tx.run(`DELETE FROM coupon_code_try WHERE memberId IN ${inList(tx)}`, [list])
    await tx.run(`UPDATE coupon_code SET memberId = NULL WHERE memberId IN ${inList(tx)}`, [list])
  }

  #all(tx: Tx, memberId: string): Promise<Coupon[]> {
    return tx.rows<Coupon>(`SELECT * FROM coupon WHERE memberId = ? ORDER BY id${tx.forUpdate}`, [
      memberId,
    ])
  }
}

function awardOf({ ruleId, occasion }: CouponRuleAward): string {
  return `${ruleId}|${occasion}`
}
