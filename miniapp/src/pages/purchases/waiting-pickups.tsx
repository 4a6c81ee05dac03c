import { View } from '@tarojs/components'
import { usePullDownRefresh } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import type { MemberPickup } from '@huike/shared/contracts/pickups'
import { codeInGroups } from '@huike/shared/mall-words'
import { PICKUP_WORDS } from '@huike/shared/pickup-words'
import { Heading } from '../../components/heading.js'
import { Row } from '../../components/list.js'
import { pickupSentences } from '../../pickup/pickup-words.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

/** What waits in a store, with its codes, also without a network; nothing where nothing waits. */
export function WaitingPickups() {
  const { kept } = useStore(services.pickups)
  useRefreshOnShow(services.pickups)
  usePullDownRefresh(() => {
    void refreshPulled(services.pickups)
  })
  // Drawn right after the list below, which is as much as goes over the bridge at once.
  const [isListDrawn, setListDrawn] = useState(false)
  useEffect(() => {
    setListDrawn(true)
  }, [])
  const waiting = isListDrawn ? (kept?.value.pickups ?? []) : []
  // The place is always there: one that comes and goes would send the whole list anew.
  return (
    <View>
      {waiting.length > 0 && (
        <View className="hk-card hk-pickups">
          <Heading look="hk-card__title" text={texts.pickupsTitle} />
          {waiting.map((pickup) => (
            <Waiting key={pickup.purchaseId} pickup={pickup} />
          ))}
        </View>
      )}
    </View>
  )
}

function Waiting({ pickup }: { pickup: MemberPickup }) {
  const { purchaseId, storeName, state, code } = pickup
  const [sentence = ''] = pickupSentences(pickup)
  const isReady = state === 'ready'
  return (
    <Row
      label={[storeName, PICKUP_WORDS[state], sentence, texts.pickupCodeDigits(code ?? '')].join(
        ' ',
      )}
      onPress={() => {
        goTo.purchase(purchaseId)
      }}
      main={
        <>
          <View className="hk-row__title">
            <View className="hk-row__name">{storeName}</View>
            <View className={`hk-tag${isReady ? '' : ' hk-tag--idle'}`}>{PICKUP_WORDS[state]}</View>
          </View>
          <View className="hk-row__sentence">{sentence}</View>
        </>
      }
      figure={
        <>
          <View className="hk-row__time">{texts.pickupCodeName}</View>
          <View className="hk-pickups__code">{codeInGroups(code ?? '')}</View>
        </>
      }
    />
  )
}
