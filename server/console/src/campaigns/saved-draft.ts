// A campaign that is being written survives a reload, the way back and a sign-in in between, with
// the key that makes it one campaign: however often the form is sent, by a double click or after an
// answer that was lost, the server starts it once. The key is minted with the form and never again.
// It is kept for this tab and this person, and forgotten when the form is sent or given up.

import { keepUnder, keptUnder } from '../kept.js'
import { randomKey } from '../random-key.js'
import { EMPTY_DRAFT, isWorthKeeping, type Draft } from './draft.js'

const KEY = 'huike-console-campaign'

export interface Form {
  draft: Draft
  idempotencyKey: string
}

/** A form with nothing in it, and a key of its own. */
export function newForm(): Form {
  return { draft: EMPTY_DRAFT, idempotencyKey: randomKey() }
}

/** What this person left in this tab; null when there is nothing. */
export function savedForm(staffId: string): Form | null {
  const form = keptUnder(KEY, staffId) as Form | null
  if (form === null || typeof form.idempotencyKey !== 'string') return null
  // A form of an older version lacks what this one asks for.
  return { ...form, draft: { ...EMPTY_DRAFT, ...form.draft } }
}

/** Keeps a form in which something was written; one without is forgotten, and so is null. */
export function saveForm(staffId: string, form: Form | null): void {
  keepUnder(KEY, staffId, form !== null && isWorthKeeping(form.draft) ? form : null)
}
