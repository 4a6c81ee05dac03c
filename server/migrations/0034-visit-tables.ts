import { idWord, integerWord, nullable } from '../platform/columns.js'
import { addsColumn, addsIndex, inOne } from '../platform/schema.js'

// Coupons for purchases: given by themselves, or to be taken by who bought.

/** Migration 198. */
export const visitTables = [
  inOne(198, 'purchase-coupons', [
    addsColumn(198, 'coupon_rule_award', 'purchaseId', nullable(idWord)),
    addsColumn(198, 'coupon_rule_award', 'soldAtMs', nullable(integerWord)),
    addsColumn(198, 'coupon_rule_award', 'claimUntilMs', nullable(integerWord)),
    addsIndex(198, 'coupon_rule_award', 'ix_coupon_rule_award_purchase', ['purchaseId']),
  ]),
]
