import { useCallback, useEffect, useState } from 'react'
import { isSignedOut, type Answer } from './api.js'

/** How often an answer is read again while the page is in sight. */
const REFRESH_EVERY_MS = 30_000

export interface Polled<T> {
  /** The last good answer; null before the first. */
  value: T | null
  /** When it was read. */
  readAtMs: number
  /** Why the last try failed, or null. */
  problem: string | null
  refresh: () => void
}

/**
 * Reads now and then again, and keeps the last good answer when a try fails. `read` must stay the
 * same function from render to render.
 */
export function usePolled<T>(read: () => Promise<Answer<T>>, onExpired: () => void): Polled<T> {
  const [good, setGood] = useState<{ value: T; readAtMs: number } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const look = useCallback(async () => {
    const answer = await read()
    if (isSignedOut(answer)) onExpired()
    else if (!answer.ok) setProblem(answer.sentence)
    else {
      setProblem(null)
      setGood({ value: answer.value, readAtMs: Date.now() })
    }
  }, [read, onExpired])
  const refresh = useCallback(() => void look(), [look])
  useEffect(() => {
    const lookInSight = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    lookInSight()
    const timer = setInterval(lookInSight, REFRESH_EVERY_MS)
    document.addEventListener('visibilitychange', lookInSight)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', lookInSight)
    }
  }, [refresh])
  return { value: good?.value ?? null, readAtMs: good?.readAtMs ?? 0, problem, refresh }
}
