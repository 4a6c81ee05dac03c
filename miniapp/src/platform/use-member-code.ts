import { useEffect, useState } from 'react'
import type { MemberCard } from '@huike/shared/contracts/member'
import { memberCodeView, type MemberCodeView } from '../code/member-code-view.js'
import { services } from './app-services.js'

const SECOND_MS = 1_000

/** The member code of `card`, replaced at the end of each period while `isShown`. */
export function useMemberCode(card: MemberCard, isShown: boolean): MemberCodeView | null {
  const { memberNo, codeKey } = card
  const [view, setView] = useState(() => codeNow(memberNo, codeKey))
  useEffect(() => {
    if (!isShown) return undefined
    let timer = 0
    const show = () => {
      const next = codeNow(memberNo, codeKey)
      setView((shown) => (shown?.digits === next?.digits ? shown : next))
      if (next !== null) timer = setTimeout(show, next.remainingMs)
    }
    show()
    return () => {
      clearTimeout(timer)
    }
  }, [memberNo, codeKey, isShown])
  return view
}

/** Whole seconds until `remainingMs()` is over, told every second while `isShown`. */
export function useCountdown(remainingMs: () => number, isShown: boolean): number {
  const [seconds, setSeconds] = useState(() => secondsOf(remainingMs()))
  useEffect(() => {
    if (!isShown) return undefined
    let timer = 0
    const tick = () => {
      const leftMs = remainingMs()
      setSeconds(secondsOf(leftMs))
      timer = setTimeout(tick, leftMs % SECOND_MS || SECOND_MS)
    }
    tick()
    return () => {
      clearTimeout(timer)
    }
  }, [remainingMs, isShown])
  return seconds
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / SECOND_MS)
}

function codeNow(memberNo: string, codeKey: string): MemberCodeView | null {
  return memberCodeView({ memberNo, codeKey }, services.session.serverNowMs())
}
