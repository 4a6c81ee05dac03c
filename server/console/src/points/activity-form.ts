import type {
  ActivityDraft,
  ActivityTerms,
  ReferralTerms,
  ReviewTerms,
} from '@huike/shared/contracts/activities'
import { epochMs, FEN_MAX, fenFromYuan } from '@huike/shared/quantities'
import {
  expiryFormOf,
  expiryOf,
  expiryProblems,
  startOf,
  startProblems,
  type RuleForm,
} from './rule-form.js'
import { activityStrings as words } from './strings.js'
import { partsOf, wholeOf, wholeProblem, type Problems } from './typed.js'

// What is given without a purchase, while somebody writes it.

const DAYS_MAX = 31
const DAY_POINTS = { least: 1, most: 1_000 }
const PROFILE_POINTS = { least: 0, most: 100_000 }
const REVIEW_POINTS = { least: 1, most: 10_000 }
const REVIEW_DAYS = { least: 1, most: 365 }
const REVIEWS_A_MONTH = { least: 1, most: 100 }
const REFERRAL_POINTS = { least: 1, most: 10_000 }
const FRIEND_POINTS = { least: 0, most: 10_000 }
const WAIT_DAYS = { least: 0, most: 90 }
const FRIENDS_A_MONTH = { least: 1, most: 100 }
const YUAN_FEN = 100
/** What is offered first where bringing friends gave nothing yet. */
const REFERRAL_OFFERED = {
  ...{ points: 100, friendPoints: 20, leastFen: 5_000, waitDays: 7, monthMost: 10 },
}
/** What is offered first where reviews gave nothing yet. */
const REVIEW_OFFERED = { points: 20, days: 30, monthMost: 4 }

type Shared = Pick<RuleForm, 'expiry' | 'months' | 'years' | 'start' | 'startDay'>

/** The fields as they are typed. */
export interface ActivityForm extends Shared {
  basedOnVersion: number
  hasSignIn: boolean
  /** One number for each day in a row. */
  days: string
  profilePoints: string
  hasReview: boolean
  reviewPoints: string
  reviewDays: string
  reviewsAMonth: string
  hasReferral: boolean
  referralPoints: string
  friendPoints: string
  leastYuan: string
  waitDays: string
  friendsAMonth: string
}

/** The form of a version, to be changed into the next one. */
export function activityFormOf(terms: ActivityTerms, basedOnVersion: number): ActivityForm {
  const review = terms.review ?? REVIEW_OFFERED
  const referral = terms.referral ?? REFERRAL_OFFERED
  return {
    basedOnVersion,
    hasSignIn: terms.signInPoints !== null,
    days: (terms.signInPoints ?? [DAY_POINTS.least]).join('，'),
    profilePoints: String(terms.profilePoints),
    hasReview: terms.review !== null,
    reviewPoints: String(review.points),
    reviewDays: String(review.days),
    reviewsAMonth: String(review.monthMost),
    hasReferral: terms.referral !== null,
    referralPoints: String(referral.points),
    friendPoints: String(referral.friendPoints),
    leastYuan: String(referral.leastFen / YUAN_FEN),
    waitDays: String(referral.waitDays),
    friendsAMonth: String(referral.monthMost),
    ...expiryFormOf(terms.expiry),
    ...{ start: 'now', startDay: '' },
  }
}

/** What a form has wrong, by field; `today` is the chain's own day. */
export function activityProblems(form: ActivityForm, today: string): Problems {
  const { hasSignIn, profilePoints, hasReview } = form
  return {
    ...(hasSignIn && daysOf(form.days) === null ? { days: words.daysWrong } : {}),
    ...wholeProblem('profilePoints', profilePoints, PROFILE_POINTS, words.profileWrong),
    ...(hasReview ? reviewProblems(form) : {}),
    ...(form.hasReferral ? referralProblems(form) : {}),
    ...expiryProblems(form),
    ...startProblems(form, today),
  }
}

/** What is published; null while something is wrong. */
export function activityDraftOf(form: ActivityForm, today: string): ActivityDraft | null {
  if (Object.keys(activityProblems(form, today)).length > 0) return null
  const atMs = startOf(form)
  return {
    terms: {
      signInPoints: form.hasSignIn ? daysOf(form.days) : null,
      profilePoints: wholeOf(form.profilePoints, PROFILE_POINTS) ?? PROFILE_POINTS.least,
      review: form.hasReview ? reviewOf(form) : null,
      referral: form.hasReferral ? referralOf(form) : null,
      expiry: expiryOf(form),
    },
    effectiveFromMs: atMs === null ? null : epochMs(atMs),
    basedOnVersion: form.basedOnVersion,
  }
}

function reviewProblems({ reviewPoints, reviewDays, reviewsAMonth }: ActivityForm): Problems {
  return {
    ...wholeProblem('reviewPoints', reviewPoints, REVIEW_POINTS, words.reviewPointsWrong),
    ...wholeProblem('reviewDays', reviewDays, REVIEW_DAYS, words.reviewDaysWrong),
    ...wholeProblem('reviewsAMonth', reviewsAMonth, REVIEWS_A_MONTH, words.reviewsAMonthWrong),
  }
}

function reviewOf(form: ActivityForm): ReviewTerms {
  return {
    points: wholeOf(form.reviewPoints, REVIEW_POINTS) ?? REVIEW_POINTS.least,
    days: wholeOf(form.reviewDays, REVIEW_DAYS) ?? REVIEW_DAYS.least,
    monthMost: wholeOf(form.reviewsAMonth, REVIEWS_A_MONTH) ?? REVIEWS_A_MONTH.least,
  }
}

function referralProblems(form: ActivityForm): Problems {
  const { referralPoints, friendPoints, waitDays, friendsAMonth } = form
  return {
    ...wholeProblem('referralPoints', referralPoints, REFERRAL_POINTS, words.referralPointsWrong),
    ...wholeProblem('friendPoints', friendPoints, FRIEND_POINTS, words.friendPointsWrong),
    ...(leastFenOf(form) === null ? { leastYuan: words.leastYuanWrong } : {}),
    ...wholeProblem('waitDays', waitDays, WAIT_DAYS, words.waitDaysWrong),
    ...wholeProblem('friendsAMonth', friendsAMonth, FRIENDS_A_MONTH, words.friendsAMonthWrong),
  }
}

function referralOf(form: ActivityForm): ReferralTerms {
  return {
    points: wholeOf(form.referralPoints, REFERRAL_POINTS) ?? REFERRAL_POINTS.least,
    friendPoints: wholeOf(form.friendPoints, FRIEND_POINTS) ?? FRIEND_POINTS.least,
    leastFen: leastFenOf(form) ?? REFERRAL_OFFERED.leastFen,
    waitDays: wholeOf(form.waitDays, WAIT_DAYS) ?? WAIT_DAYS.least,
    monthMost: wholeOf(form.friendsAMonth, FRIENDS_A_MONTH) ?? FRIENDS_A_MONTH.least,
  }
}

/** Null for what is no amount, or none at all. */
function leastFenOf({ leastYuan }: Pick<ActivityForm, 'leastYuan'>): number | null {
  const amount = fenFromYuan(leastYuan)
  return amount !== null && amount > 0 && amount <= FEN_MAX ? amount : null
}

function daysOf(typed: string): number[] | null {
  const days = partsOf(typed).map((one) => wholeOf(one, DAY_POINTS))
  const isFew = days.length >= 1 && days.length <= DAYS_MAX
  return isFew && days.every((one) => one !== null) ? days : null
}
