import type { TemplateLimits } from '@huike/shared/contracts/console-coupons'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import { count } from '../format.js'
import { goodsProblems } from '../points/goods-form.js'
import {
  fenOf,
  problem,
  tenthsOf,
  wholeOf,
  wholeProblem,
  type Ends,
  type Problems,
} from '../points/typed.js'
import { formStrings } from './form-strings.js'
import { goodsInOf, instantOf, offeredName, writtenLimits, writtenTerms } from './template-form.js'
import {
  AFTER_DAYS,
  COUNT,
  DAYS,
  NAME_MAX,
  ONE_FEN,
  PER_ORDER,
  ZHE_TENTHS,
  isSeveral,
  type TemplateForm,
} from './template-typed.js'

// What a coupon that is being written has wrong, beside its fields: what the contract refuses is said
// here before it is sent.

const { problem: words } = formStrings

/** What a form has wrong; empty when it can be saved. */
export function problemsOf(form: TemplateForm): Problems {
  return { ...termsProblems(form), ...limitProblems(form) }
}

/** The terms of a form; null while something is wrong with them. */
export function termsOf(form: TemplateForm): CouponTerms | null {
  return Object.keys(termsProblems(form)).length > 0 ? null : writtenTerms(form)
}

/** The limits of a form; null while something is wrong with them. */
export function limitsOf(form: TemplateForm, nowMs: number): TemplateLimits | null {
  return Object.keys(limitProblems(form)).length > 0 ? null : writtenLimits(form, nowMs)
}

function termsProblems(form: TemplateForm): Problems {
  const { fromTime, toTime } = form
  const isOrdered = fromTime === '' || toTime === '' || fromTime < toTime
  return {
    ...givesProblems(form),
    ...goodsProblems('in', goodsInOf(form)),
    ...nameProblems(form),
    ...validityProblems(form),
    ...goodsProblems('out', form.goodsOut),
    ...(isOrdered ? {} : { toTime: words.hours }),
    ...(isSeveral(form) ? whole('perOrder', form.perOrder, PER_ORDER) : {}),
  }
}

function limitProblems(form: TemplateForm): Problems {
  return {
    ...optional('stock', form.stock, COUNT),
    ...optional('memberMax', form.memberMax, COUNT),
    ...optional('memberDayMax', form.memberDayMax, COUNT),
    ...optional('counterDayMax', form.counterDayMax, COUNT),
    ...optionalYuan('budget', form.budget),
    ...optional('uses', form.uses, COUNT),
    ...(form.claims === 'some' ? claimProblems(form) : {}),
  }
}

function givesProblems(form: TemplateForm): Problems {
  const { kind, least, amount, zhe, most } = form
  const isLeast = least.trim() === '' || fenOf(least, 0) !== null
  return {
    ...(isLeast ? {} : { least: words.least }),
    ...(kind === 'amount'
      ? problem('amount', amount, fenOf(amount, ONE_FEN) !== null, words.yuan)
      : optionalYuan('most', most)),
    ...(kind === 'percent'
      ? problem('zhe', zhe, tenthsOf(zhe, ZHE_TENTHS) !== null, words.zhe)
      : {}),
  }
}

function nameProblems(form: TemplateForm): Problems {
  const name = form.name.trim() === '' ? offeredName(form) : form.name.trim()
  const isLong = name !== null && name.length > NAME_MAX
  return isLong ? { name: words.nameLong(String(NAME_MAX)) } : {}
}

function validityProblems(form: TemplateForm): Problems {
  const { validity, fromDate, toDate } = form
  if (validity === 'days')
    return {
      ...whole('days', form.days, DAYS),
      ...whole('afterDays', form.afterDays, AFTER_DAYS),
    }
  return {
    ...problem('fromDate', fromDate, true, words.dates),
    ...problem('toDate', toDate, fromDate <= toDate, words.dates),
  }
}

function claimProblems({ claimFrom, claimUntil }: TemplateForm): Problems {
  const [fromMs, untilMs] = [instantOf(claimFrom), instantOf(claimUntil)]
  const isOrdered = fromMs === null || untilMs === null || fromMs < untilMs
  const isUntil = claimUntil === '' || untilMs !== null
  return {
    ...problem('claimFrom', claimFrom, fromMs !== null, words.moment),
    ...(isUntil ? {} : { claimUntil: words.moment }),
    ...(isOrdered ? {} : { claimUntil: words.claim }),
  }
}

function whole(field: string, typed: string, ends: Ends): Problems {
  return wholeProblem(field, typed, ends, words.whole(count(ends.least), count(ends.most)))
}

function optional(field: string, typed: string, ends: Ends): Problems {
  return typed.trim() === '' || wholeOf(typed, ends) !== null ? {} : whole(field, typed, ends)
}

function optionalYuan(field: string, typed: string): Problems {
  return typed.trim() === '' || fenOf(typed, ONE_FEN) !== null ? {} : { [field]: words.yuan }
}
