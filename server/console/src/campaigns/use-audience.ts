import type { AudienceAsk, AudiencePreview } from '@huike/shared/contracts/console-campaigns'
import { useEffect, useState } from 'react'
import { useSession } from '../session.js'

/** The server is asked once the inputs have rested for this long. */
const REST_MS = 400

export interface Counted {
  /** The last good answer, also while another is on its way; null before the first. */
  preview: AudiencePreview | null
  /** Is it the answer to what the inputs say now? */
  isFresh: boolean
  problem: string | null
  retry: () => void
}

/** Counts an audience anew whenever the inputs change. Answers to older inputs are dropped. */
export function useAudience(ask: AudienceAsk | null): Counted {
  const { api } = useSession()
  const question = ask === null ? null : JSON.stringify(ask)
  const [good, setGood] = useState<{ question: string; preview: AudiencePreview } | null>(null)
  const [bad, setBad] = useState<{ question: string; sentence: string } | null>(null)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (question === null) return undefined
    let isStale = false
    const count = async () => {
      const answer = await api.post<AudiencePreview>('/campaigns/preview', JSON.parse(question))
      if (isStale) return
      if (answer.ok) setGood({ question, preview: answer.value })
      setBad(answer.ok ? null : { question, sentence: answer.sentence })
    }
    const timer = setTimeout(() => void count(), REST_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [api, question, tries])
  return {
    preview: good?.preview ?? null,
    isFresh: good !== null && good.question === question,
    problem: bad !== null && bad.question === question ? bad.sentence : null,
    retry: () => {
      setBad(null)
      setTries(tries + 1)
    },
  }
}
