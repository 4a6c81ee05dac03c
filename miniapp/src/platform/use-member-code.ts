import { useDidHide, useDidShow } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import type { MemberCard } from '@huike/shared/contracts/member'
import { memberCodeView, type MemberCodeView } from '../code/member-code-view.js'
import { services } from './app-services.js'

/** The member code of `card`, replaced at the end of each period while the page is in sight. */
export function useMemberCode(card: MemberCard): MemberCodeView | null {
  const { memberNo, codeKey } = card
  const [isShown, setShown] = useState(true)
  const [view, setView] = useState(() => codeNow(memberNo, codeKey))
  useDidShow(() => {
    setShown(true)
  })
  useDidHide(() => {
    setShown(false)
  })
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

function codeNow(memberNo: string, codeKey: string): MemberCodeView | null {
  return memberCodeView({ memberNo, codeKey }, services.session.serverNowMs())
}
