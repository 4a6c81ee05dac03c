import { useState } from 'react'
import { keepUnder, keptUnder } from './kept.js'
import { useSession } from './session.js'

/** A form that survives a reload, the way back and a sign-in in between. */
export interface KeptForm<Form> {
  form: Form
  /** It was left in this tab, and nobody has changed it since. */
  isRestored: boolean
  isTouched: boolean
  change: (changes: Partial<Form>) => void
  /** Begins anew, from this. */
  begin: (form: Form) => void
  /** What was left is not asked for any more: it was published, or given up. */
  forget: () => void
}

/** A form kept for this tab and this person under `key`; it begins as `fresh`. */
export function useKeptForm<Form extends object>(key: string, fresh: () => Form): KeptForm<Form> {
  const { staff } = useSession()
  const [state, setState] = useState(() => {
    const first = fresh()
    const left = formLeft(keptUnder(key, staff.id), first)
    return { form: left ?? first, isRestored: left !== null, isTouched: left !== null }
  })
  const forget = () => {
    keepUnder(key, staff.id, null)
  }
  return {
    ...state,
    forget,
    change: (changes) => {
      const form = { ...state.form, ...changes }
      keepUnder(key, staff.id, form)
      setState({ form, isRestored: false, isTouched: true })
    },
    begin: (form) => {
      forget()
      setState({ form, isRestored: false, isTouched: false })
    },
  }
}

/** What was left, over what a form begins with; null where it is none. */
function formLeft<Form extends object>(left: unknown, fresh: Form): Form | null {
  if (typeof left !== 'object' || left === null) return null
  // A form of an older version lacks what this one asks for.
  const form: Form = { ...fresh, ...left }
  const isForm = Object.entries(fresh).every(
    ([name, value]) => Array.isArray(value) === Array.isArray(form[name as keyof Form]),
  )
  return isForm ? form : null
}
