import { View } from '@tarojs/components'
import { useState } from 'react'
import type { CouponOffer } from '@huike/shared/contracts/coupon-offers'
import { isPassing } from '../api/result.js'
import { formatStoreTime } from '../format.js'
import { services } from '../platform/app-services.js'
import { texts } from '../texts.js'
import { QuietButton } from './buttons.js'
import { SpokenMessage } from './messages.js'

interface Props {
  readonly offer: CouponOffer
  /** The page is about that purchase already. */
  readonly isAtPurchase?: boolean
  /** Told what came of a tap. */
  readonly onSaid?: (text: string, isGood: boolean) => void
}

/** A coupon that a purchase gives: to be taken, taken, or over. */
export function OfferCard({ offer, isAtPurchase = false, onSaid }: Props) {
  const [isBusy, setBusy] = useState(false)
  const [said, say] = useState<{ text: string; isGood: boolean } | null>(null)
  const { headline, name, conditions, storeName, boughtAtMs, claimUntilMs, state } = offer
  const take = async () => {
    setBusy(true)
    say(null)
    const result = await services.coupons.claimOffer(offer)
    const text = result.ok
      ? texts.claimDone
      : isPassing(result)
        ? texts.claimUnsure
        : result.sentence
    say({ text, isGood: result.ok })
    onSaid?.(text, result.ok)
    setBusy(false)
  }
  const isOpen = state === 'waiting' && said?.isGood !== true
  return (
    <View className="hk-coupon">
      <View className="hk-coupon__headline">{headline}</View>
      <View className="hk-coupon__name">{name}</View>
      <View className="hk-coupon__conditions">{conditions.join('，')}</View>
      {!isAtPurchase && (
        <View className="hk-coupon__date">
          {texts.offerFrom(storeName, formatStoreTime(boughtAtMs))}
        </View>
      )}
      {isOpen && (
        <View className="hk-coupon__date">{texts.offerUntil(formatStoreTime(claimUntilMs))}</View>
      )}
      {said !== null && <SpokenMessage message={said.text} isGood={said.isGood} />}
      {said === null && !isOpen && (
        <View className="hk-coupon__why">
          {state === 'claimed' ? texts.offerClaimed : texts.offerOver}
        </View>
      )}
      {isOpen && (
        <QuietButton
          label={isBusy ? texts.claimBusy : texts.claimButton}
          about={name}
          isBusy={isBusy}
          onPress={() => void take()}
        />
      )}
    </View>
  )
}
