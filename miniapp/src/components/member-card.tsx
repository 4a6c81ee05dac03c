import { View } from '@tarojs/components'
import type { MemberCard } from '@huike/shared/contracts/member'
import { availablePoints, figureSize, formatPoints } from '../format.js'
import { goTo } from '../platform/places.js'
import { press, spoken } from '../platform/press.js'
import { texts } from '../texts.js'
import { pendingWords } from './pending-words.js'
import { SkeletonRows } from './states.js'

const SKELETON_ROWS = 4

/** The membership at a glance: whose programme, which level, how many points; and the code. */
export function MemberCardView({ card }: { card: MemberCard }) {
  const state = texts.memberState[card.state]
  const pending = card.pending ?? null
  const balance = formatPoints(availablePoints(card))
  const expiring = card.expiringSoon ?? null
  const progress = card.levelProgress ?? null
  return (
    <View className="hk-member">
      <View className="hk-member__head">
        <View className="hk-member__programme">{card.programmeName}</View>
        <View className="hk-member__level">{card.levelName}</View>
      </View>
      <View
        className="hk-member__balance"
        ariaRole="button"
        {...spoken(`${texts.balanceLabel} ${balance}`)}
        {...press(goTo.points)}
      >
        <View className={`hk-member__figure${figureSize(balance)}`}>{balance}</View>
        <View className="hk-member__unit">{texts.balanceLabel}</View>
      </View>
      {pending !== null && <View className="hk-member__expiring">{pendingWords(pending)}</View>}
      {expiring !== null && (
        <View className="hk-member__expiring">
          {texts.expiringSoon(formatPoints(expiring.points), expiring.onDate)}
        </View>
      )}
      {progress !== null && <View className="hk-member__progress">{progress}</View>}
      <View className="hk-member__code" ariaRole="button" {...press(goTo.code)}>
        {texts.showCode}
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
    <>
      <View className="hk-member hk-member--bone" ariaRole="img" ariaLabel={texts.loading} />
      <SkeletonRows rows={SKELETON_ROWS} />
    </>
  )
}
