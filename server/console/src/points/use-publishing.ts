import type { OutcomeCode } from '@huike/shared/outcomes'
import { useRef, useState } from 'react'
import { useSession } from '../session.js'

export interface Refused {
  /** Null when no answer came: it may have been published all the same. */
  code: OutcomeCode | null
  sentence: string
}

export interface Publishing<Draft> {
  isBusy: boolean
  /** It is out; the page is about to go. */
  isDone: boolean
  refused: Refused | null
  send: (draft: Draft) => Promise<void>
  /** Forgets what was refused, such as when something was changed. */
  clear: () => void
}

/** Publishes a version at `path`; `onRefused` is told of every refusal. */
export function usePublishing<Draft, Versions>(
  path: string,
  onDone: (versions: Versions) => void,
  onRefused: (refused: Refused) => void,
): Publishing<Draft> {
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [isDone, setIsDone] = useState(false)
  const [refused, setRefused] = useState<Refused | null>(null)
  // The second click of a double click comes before the page is drawn anew.
  const isUnderWay = useRef(false)
  return {
    isBusy,
    isDone,
    refused,
    send: async (draft) => {
      if (isUnderWay.current) return
      isUnderWay.current = true
      setIsBusy(true)
      setRefused(null)
      const answer = await api.post<Versions>(path, draft)
      isUnderWay.current = false
      setIsBusy(false)
      if (answer.ok) {
        setIsDone(true)
        onDone(answer.value)
        return
      }
      setRefused(answer)
      onRefused(answer)
    },
    clear: () => {
      setRefused(null)
    },
  }
}
