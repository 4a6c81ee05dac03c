import { useRef, useState } from 'react'
import type { ExchangeRequest } from '@huike/shared/contracts/mall'
import { isPassing } from '../../api/result.js'
import type { MallWish } from '../../data/mall.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { texts } from '../../texts.js'

/** Taking an item: what is under way, what was said to it, and what was never answered. */
export interface Taking {
  readonly message: string
  readonly isBusy: boolean
  /** A request whose answer was lost: until it is known, nothing else is asked for of this item. */
  readonly open: ExchangeRequest | null
  /** Takes what `decide` gives, one at a time, two quick taps included. */
  take(decide: () => Promise<MallWish | null>): Promise<void>
}

/** Where it comes about, its page takes the place of this one; where it is refused, `onRefused`. */
export function useTaking(itemId: string, onRefused: () => void): Taking {
  const openNow = () => services.mall.open().find((one) => one.itemId === itemId) ?? null
  const [message, say] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [open, setOpen] = useState(openNow)
  const isUnderWay = useRef(false)
  const send = async (wish: MallWish) => {
    setBusy(true)
    say('')
    const result = await services.mall.take(wish, () => {
      setOpen(openNow)
      say(texts.mallChecking)
    })
    setBusy(false)
    setOpen(openNow)
    if (result.ok) goTo.mallExchanged(result.value.exchangeId)
    else say(isPassing(result) ? texts.mallUnsure : result.sentence)
    if (!result.ok && !isPassing(result)) onRefused()
  }
  const take = async (decide: () => Promise<MallWish | null>) => {
    if (isUnderWay.current) return
    isUnderWay.current = true
    const wish = await decide()
    if (wish !== null) await send(wish)
    isUnderWay.current = false
  }
  return { message, isBusy, open, take }
}
