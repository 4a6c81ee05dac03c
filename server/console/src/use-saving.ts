import { useState } from 'react'
import { timeOfDay } from './format.js'
import { useSession } from './session.js'

/** How saving a form stands. */
export interface Saving {
  isBusy: boolean
  /** Why the last try failed; null where it did not. */
  problem: string | null
  /** By the clock, when it was saved; null once something was changed. */
  savedAt: string | null
  /** Sends what the fields say. */
  save: (body: object | null) => Promise<void>
  /** Something was changed: it is not what was saved any more. */
  touch: () => void
}

/** Saves settings at `path`; `onSaved` gets them as they were taken. */
export function useSaving<Settings>(path: string, onSaved: (saved: Settings) => void): Saving {
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  return {
    isBusy,
    problem,
    savedAt,
    save: async (body) => {
      if (isBusy) return
      setIsBusy(true)
      setProblem(null)
      setSavedAt(null)
      const answer = await api.put<Settings>(path, body)
      setIsBusy(false)
      setProblem(answer.ok ? null : answer.sentence)
      setSavedAt(answer.ok ? timeOfDay(Date.now()) : null)
      if (answer.ok) onSaved(answer.value)
    },
    touch: () => {
      setSavedAt(null)
    },
  }
}
