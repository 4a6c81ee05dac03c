import type { ActivityDraft, ActivityTerms } from '@huike/shared/contracts/activities'
import { epochMs } from '@huike/shared/quantities'
import {
  expiryFormOf,
  expiryOf,
  expiryProblems,
  partsOf,
  startOf,
  startProblems,
  wholeOf,
  wholeProblem,
  type Problems,
  type RuleForm,
} from './rule-form.js'
import { activityStrings as words } from './strings.js'

// What is given without a purchase, while somebody writes it.

const DAYS_MAX = 31
const DAY_POINTS = { least: 1, most: 1_000 }
const PROFILE_POINTS = { least: 0, most: 100_000 }

type Shared = Pick<RuleForm, 'expiry' | 'months' | 'years' | 'start' | 'startDay'>

/** The fields as they are typed. */
export interface ActivityForm extends Shared {
  basedOnVersion: number
  hasSignIn: boolean
  /** One number for each day in a row. */
  days: string
  profilePoints: string
}

/** The form of a version, to be changed into the next one. */
export function activityFormOf(terms: ActivityTerms, basedOnVersion: number): ActivityForm {
  return {
    basedOnVersion,
    hasSignIn: terms.signInPoints !== null,
    days: (terms.signInPoints ?? [DAY_POINTS.least]).join('，'),
    profilePoints: String(terms.profilePoints),
    ...expiryFormOf(terms.expiry),
    ...{ start: 'now', startDay: '' },
  }
}

/** What a form has wrong, by field; `today` is the chain's own day. */
export function activityProblems(form: ActivityForm, today: string): Problems {
  const { hasSignIn, profilePoints } = form
  return {
    ...(hasSignIn && daysOf(form.days) === null ? { days: words.daysWrong } : {}),
    ...wholeProblem('profilePoints', profilePoints, PROFILE_POINTS, words.profileWrong),
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
      expiry: expiryOf(form),
    },
    effectiveFromMs: atMs === null ? null : epochMs(atMs),
    basedOnVersion: form.basedOnVersion,
  }
}

function daysOf(typed: string): number[] | null {
  const days = partsOf(typed).map((one) => wholeOf(one, DAY_POINTS))
  const isFew = days.length >= 1 && days.length <= DAYS_MAX
  return isFew && days.every((one) => one !== null) ? days : null
}
