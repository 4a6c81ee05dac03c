import { View } from '@tarojs/components'
import type { ReactNode } from 'react'
import type { CouponTime } from './coupon-time.js'

interface TicketProps {
  readonly headline: string
  readonly name: string
  readonly conditions: readonly string[]
  /** How it stands with it; the date below is small. */
  readonly time: CouponTime | null
  /** Where a till keeps it for when it has no network. */
  readonly left?: string | undefined
  readonly children?: ReactNode
}

/** What is printed on a coupon: what it gives in large type, and on which conditions. */
export function TicketFace({ headline, name, conditions, time, left, children }: TicketProps) {
  return (
    <>
      <View className="hk-coupon__head">
        <View className="hk-coupon__headline">{headline}</View>
        {time !== null && (
          <View className={`hk-coupon__time hk-coupon__time--${time.mood}`}>{time.words}</View>
        )}
      </View>
      <View className="hk-coupon__name">{name}</View>
      <View className="hk-coupon__conditions">{conditions.join('，')}</View>
      {time !== null && time.date !== '' && <View className="hk-coupon__date">{time.date}</View>}
      {left !== undefined && <View className="hk-coupon__left">{left}</View>}
      {children}
    </>
  )
}

/** The same for a screen reader, as one sentence. */
export function ticketLabel({ headline, name, conditions, time, left = '' }: TicketProps): string {
  const words = time === null ? [] : [time.words, time.date]
  return [headline, name, ...words, ...conditions, left].filter((word) => word !== '').join(' ')
}
