import { countWord, idWord, nullable } from '../platform/columns.js'
import { addsColumn, addsIndex, inOne } from '../platform/schema.js'

// Coupons that are given without anybody giving them: by campaigns, and by rules.

/** Migrations 181 to 184. */
export const issueTables = [
  inOne(181, 'campaign-coupons', [
    addsColumn(181, 'campaign', 'couponTemplateId', nullable(idWord)),
    addsColumn(181, 'campaign', 'couponVersion', nullable(countWord)),
    addsColumn(181, 'coupon', 'givenById', nullable(idWord)),
    addsIndex(181, 'coupon', 'ix_coupon_given_by', ['givenById', 'memberId']),
  ]),
]
