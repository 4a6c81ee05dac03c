import { countWord, dateWord, idWord, keyWord, nullable } from '../platform/columns.js'
import { addsColumn, createsTable, inOne } from '../platform/schema.js'

// Coupons that cashiers give at the counter.

/** Migration 240. */
export const counterTables = [
  inOne(240, 'counter-gifts', [
    addsColumn(240, 'coupon_template', 'counterDayMax', nullable(countWord)),
    createsTable(240, 'counter_gift', {
      columns: {
        couponId: idWord,
        templateId: idWord,
        storeId: idWord,
        terminalId: idWord,
        day: dateWord,
        reason: keyWord(16),
      },
      primary: ['couponId'],
      index: { ix_counter_gift_day: ['templateId', 'storeId', 'day'] },
    }),
  ]),
]
