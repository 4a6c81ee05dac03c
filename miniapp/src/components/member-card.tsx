import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { MemberCard } from '@huike/shared/contracts/member'
import { formatPoints } from '../format.js'
import { texts } from '../texts.js'

/** The membership at a glance: whose programme, which level, how many points. */
export function MemberCardView({ card }: { card: MemberCard }) {
  const state = texts.memberState[card.state]
  const balance = formatPoints(card.balancePoints)
  return (
    <View className="hk-member">
      <View className="hk-member__head">
        <View className="hk-member__programme">{card.programmeName}</View>
        <View className="hk-member__level">{card.levelName}</View>
      </View>
      <View
        className="hk-member__balance"
        hoverClass="hk-member__balance--pressed"
        ariaRole="button"
        ariaLabel={`${texts.balanceLabel} ${balance}`}
        onClick={() => void Taro.switchTab({ url: '/pages/points/index' })}
      >
        <View className="hk-member__figure">{balance}</View>
        <View className="hk-member__unit">{texts.balanceLabel}</View>
      </View>
      <View className="hk-member__foot">
        <View>{card.phoneMasked}</View>
        {state !== '' && <View>{state}</View>}
      </View>
    </View>
  )
}

/** The card's place while it is loading for the first time. */
export function MemberCardSkeleton() {
  return (
    <View ariaLabel={texts.loading}>
      <View className="hk-member hk-member--bone" />
      <View className="hk-code hk-code--bone" />
    </View>
  )
}
