import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { Statements, Tx } from '../platform/database.js'
import { couponsBy, writeCoupons, type CouponActor } from './coupon-rows.js'
import type { Coupon } from './coupon.entity.js'
import { OfflineAllowancesService } from './offline-allowances.service.js'

// Coupons that were paid for and go back for money. They are void before the money moves, so that a
// till that wants one at the same moment either has it first, or finds it void.

@Injectable()
export class SoldCouponsService {
  constructor(private readonly allowances: OfflineAllowancesService) {}

  /** Coupons by id, locked inside a write. */
  byIds(statements: Statements | Tx, ids: readonly string[]): Promise<Coupon[]> {
    return couponsBy(statements, 'id', ids)
  }

  /**
   * Why coupons that `byIds` locked cannot be made void now; null where they can. Refuses
   * `coupon_leased` for what a till holds for when it has no network: the till is asked for it.
   */
  async whyNotVoid(tx: Tx, ids: readonly string[], nowMs: number): Promise<Refusal | null> {
    const [held] = await this.allowances.heldOf(tx, ids)
    if (!held) return null
    await this.allowances.recall(tx, ids, nowMs)
    return refuse('coupon_leased', await this.allowances.sentenceOf(tx, held, nowMs))
  }

  /** Voids coupons that `byIds` locked and that nobody uses. */
  async void(tx: Tx, coupons: readonly Coupon[], by: CouponActor): Promise<void> {
    for (const coupon of coupons) {
      if (coupon.state !== 'issued') throw new Error(`coupon ${coupon.id} is ${coupon.state}`)
      Object.assign(coupon, { state: 'void', endedAtMs: by.nowMs })
    }
    await writeCoupons(tx, coupons, 'voided', by)
  }

  /** Gives back those that were voided for money that does not come. */
  async restore(tx: Tx, ids: readonly string[], by: CouponActor): Promise<void> {
    const rows = await couponsBy(tx, 'id', ids)
    const back = rows.filter(({ state }) => state === 'void')
    for (const coupon of back) Object.assign(coupon, { state: 'issued', endedAtMs: null })
    await writeCoupons(tx, back, 'given_back', by)
  }
}

/** Whether a coupon that was sold can go back for money. */
export function isUnused({ state, validUntilMs }: Coupon, nowMs: number): boolean {
  return state === 'issued' && validUntilMs > nowMs
}
