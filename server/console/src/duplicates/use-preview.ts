import type { MergeAsk, MergeChanges, MergePreview } from '@huike/shared/contracts/console-identity'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useSession } from '../session.js'

/** A dry run is work for the server: not for what somebody only leafs past. */
const LINGER_MS = 150

/** A dry run: what merging would change, by the server's own work. */
export interface Preview {
  /** Of exactly this question; null until it is answered. */
  changes: MergeChanges | null
  problem: string | null
  again: () => void
}

/** Tries `ask` whenever it changes; null tries nothing. An answer to an older question is dropped. */
export function usePreview(ask: MergeAsk | null): Preview {
  const { api } = useSession()
  const key = ask === null ? null : JSON.stringify(ask)
  const [answered, setAnswered] = useState<{
    key: string
    changes: MergeChanges | null
    problem: string | null
  } | null>(null)
  const wanted = useRef(key)
  wanted.current = key
  const load = useCallback(async () => {
    if (key === null) return
    const answer = await api.post<MergePreview>('/merges/preview', JSON.parse(key))
    if (wanted.current !== key) return
    setAnswered({
      key,
      changes: answer.ok ? answer.value.changes : null,
      problem: answer.ok ? null : answer.sentence,
    })
  }, [api, key])
  const again = useCallback(() => {
    setAnswered(null)
    void load()
  }, [load])
  useEffect(() => {
    const timer = setTimeout(() => void load(), LINGER_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [load])
  const isMine = answered !== null && answered.key === key
  return {
    changes: isMine ? answered.changes : null,
    problem: isMine ? answered.problem : null,
    again,
  }
}
