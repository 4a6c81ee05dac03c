import type {
  CouponRule,
  CouponRuleChange,
  CouponRuleKind,
} from '@huike/shared/contracts/console-coupon-rules'
import { wholeNumber } from '../whole-number.js'
import { dayAt, type ChosenCoupon } from './coupon-choice.js'
import { NEW_PURCHASE, purchaseFormOf, purchaseOf, type PurchaseForm } from './purchase-form.js'

// A rule while somebody writes it. The spec holds its ends to those of the contract.

export const RULE_NAME_MAX = 20
export const RULE_DAYS_BEFORE_MAX = 30
export const RULE_KINDS: readonly CouponRuleKind[] = [
  'purchase',
  'birthday',
  'sign_up',
  'first_purchase',
  'level_up',
]

/** The fields as they are typed. */
export interface RuleForm {
  name: string
  kind: CouponRuleKind
  coupon: ChosenCoupon | null
  /** `YYYY-MM-DD`; the end may be ''. */
  fromDate: string
  toDate: string
  levelCodes: readonly string[]
  daysBefore: string
  purchase: PurchaseForm
  isOn: boolean
}

/** A new one, from today on. */
export function newRuleForm(nowMs: number): RuleForm {
  return {
    ...{ name: '', kind: 'birthday', coupon: null, fromDate: dayAt(nowMs), toDate: '' },
    ...{ levelCodes: [], daysBefore: '0', purchase: NEW_PURCHASE, isOn: true },
  }
}

export function ruleFormOf({ terms, kind, isOn, couponName, headline }: CouponRule): RuleForm {
  const { name, templateId, fromDate, toDate, levelCodes, daysBefore, purchase } = terms
  return {
    ...{ name, kind, fromDate, toDate: toDate ?? '', levelCodes, isOn },
    coupon: { templateId, name: couponName, headline },
    daysBefore: String(daysBefore),
    purchase: purchase === undefined ? NEW_PURCHASE : purchaseFormOf(purchase),
  }
}

/** What is sent of it; null while something is missing or wrong. */
export function ruleOf(form: RuleForm): Pick<CouponRuleChange, 'isOn' | 'terms'> | null {
  const name = form.name.trim()
  const { coupon, fromDate, toDate, levelCodes, isOn } = form
  const isBirthday = form.kind === 'birthday'
  const daysBefore = isBirthday ? wholeNumber(form.daysBefore, [0, RULE_DAYS_BEFORE_MAX]) : 0
  const isBackward = toDate !== '' && toDate < fromDate
  if (name === '' || coupon === null || fromDate === '' || isBackward || daysBefore === null)
    return null
  const purchase = form.kind === 'purchase' ? purchaseOf(form.purchase) : undefined
  if (purchase === null) return null
  const terms = {
    ...{ name, templateId: coupon.templateId, fromDate, toDate: toDate === '' ? null : toDate },
    ...{ levelCodes: [...levelCodes], daysBefore, ...(purchase && { purchase }) },
  }
  return { isOn, terms: terms as CouponRuleChange['terms'] }
}
