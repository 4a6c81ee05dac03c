import type { CouponRuleTerms } from '@huike/shared/contracts/console-coupon-rules'
import { purchaseRuleWords } from '@huike/shared/purchase-rule-words'
import { count } from '../format.js'
import type { Levels } from '../levels/use-levels.js'
import type { Stores } from '../members/use-stores.js'
import { ruleStrings as words } from './rule-strings.js'

/** When a rule gives, for what and to whom. */
export function ruleInWords(
  { fromDate, toDate, daysBefore, levelCodes, purchase }: CouponRuleTerms,
  levels: Levels,
  stores: Stores,
): string {
  const names = levelCodes.map((code) => levels.nameOf(code) || code).join('、')
  return [
    words.from(fromDate, toDate),
    ...(purchase === undefined ? [] : purchaseRuleWords(purchase, stores.nameOf)),
    ...(daysBefore > 0 ? [words.before(count(daysBefore))] : []),
    ...(levelCodes.length > 0 ? [words.forLevels(names)] : []),
  ].join(' · ')
}
