// A rule that is being written survives a reload, the way back and a sign-in in between; it is
// forgotten when it is published or given up.

import { keepUnder, keptUnder } from '../kept.js'
import type { RuleForm } from './rule-form.js'

const KEY = 'huike-console-rule'

/** What this person left in this tab, over what a form begins with; null when there is nothing. */
export function savedRule(staffId: string, begin: RuleForm): RuleForm | null {
  const form = keptUnder(KEY, staffId) as RuleForm | null
  if (form === null || !Array.isArray(form.bonuses)) return null
  // A form of an older version lacks what this one asks for.
  return { ...begin, ...form }
}

/** Keeps a form; null forgets it. */
export function saveRule(staffId: string, form: RuleForm | null): void {
  keepUnder(KEY, staffId, form)
}
