import type { CouponPosterView, PosterDraft } from '@huike/shared/contracts/coupon-posters'
import type { RequestId, StoreId } from '@huike/shared/ids'
import { newPosterCode, POSTER_TOTAL_MAX, readPosterCode } from '@huike/shared/poster-codes'
import { epochMs } from '@huike/shared/quantities'
import { wholeNumber } from '../whole-number.js'
import type { ChosenCoupon } from './coupon-choice.js'
import { instantOf, momentOf } from './template-form.js'

const WEEK_MS = 7 * 86_400_000

/** A poster as it is typed. */
export interface PosterForm {
  name: string
  coupon: ChosenCoupon | null
  code: string
  /** Empty: in no one store. */
  storeId: string
  from: string
  until: string
  total: string
}

/** A new one: from now on for a week, with a code that nobody has thought of. */
export function newPosterForm(nowMs: number, chance: () => number): PosterForm {
  return {
    ...{ name: '', coupon: null, code: newPosterCode(chance), storeId: '', total: '' },
    ...{ from: momentOf(nowMs), until: momentOf(nowMs + WEEK_MS) },
  }
}

/** What is wrong with what was typed so far. */
export function posterProblems(form: PosterForm): Record<'code' | 'until' | 'total', boolean> {
  const [from, until] = [instantOf(form.from), instantOf(form.until)]
  return {
    code: !readPosterCode(form.code).ok,
    until: from !== null && until !== null && until <= from,
    total: form.total.trim() !== '' && totalOf(form) === null,
  }
}

/** What is sent; null while something is missing or wrong. */
export function posterOf(form: PosterForm): Omit<PosterDraft, 'requestId'> | null {
  const [fromMs, untilMs] = [instantOf(form.from), instantOf(form.until)]
  const code = readPosterCode(form.code)
  const isWrong = Object.values(posterProblems(form)).includes(true)
  const name = form.name.trim()
  if (isWrong || !code.ok || form.coupon === null || name === '') return null
  if (fromMs === null || untilMs === null) return null
  return {
    templateId: form.coupon.templateId,
    ...{ name, code: code.code, total: totalOf(form) },
    storeId: form.storeId === '' ? null : (form.storeId as StoreId),
    ...{ fromMs: epochMs(fromMs), untilMs: epochMs(untilMs) },
  }
}

/** One request, however often it is sent. */
export function draftOf(poster: Omit<PosterDraft, 'requestId'>, requestId: string): PosterDraft {
  return { ...poster, requestId: requestId as RequestId }
}

/** Whether a poster can still be stopped. */
export function isRunning({ state }: CouponPosterView): boolean {
  return state === 'early' || state === 'open' || state === 'empty'
}

function totalOf({ total }: PosterForm): number | null {
  return wholeNumber(total, [1, POSTER_TOTAL_MAX])
}
