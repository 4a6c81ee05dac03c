import type { CouponRuleRefusal } from '@huike/shared/contracts/console-coupon-rules'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { valuesOf } from '../platform/database.js'
import type { CouponRuleAward } from './coupon-rule-award.entity.js'

// Rows of what rules gave, and why not.

/** Who gives what a rule gives. */
export const RULE_ACTOR = 'system:rule'
export const AWARD_COLUMNS = [
  'ruleId',
  'memberId',
  'occasion',
  'version',
  'couponId',
  'refusal',
  'atMs',
  'purchaseId',
  'soldAtMs',
  'claimUntilMs',
] as const satisfies (keyof CouponRuleAward)[]

/** A row as it is written. */
export function awardRow(row: CouponRuleAward): (string | number | null)[] {
  return valuesOf(row, AWARD_COLUMNS) as (string | number | null)[]
}

/** Why a rule could give nothing, by what giving a coupon answered. */
export function refusalOf(code: OutcomeCode | undefined): CouponRuleRefusal {
  switch (code) {
    case 'coupon_out_of_stock':
    case 'coupon_member_max':
    case 'coupon_day_max':
      return code
    default:
      return 'coupon_stopped'
  }
}
