import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState } from 'react'
import type { Exchange } from '@huike/shared/contracts/mall'
import { isPassing } from '../../api/result.js'
import { QuietButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import type { Remote } from '../../data/remote.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'
import { pointsOf } from '../item-words.js'

/** Giving back what waits: says how many points come back before it does. */
export function CancelCard({ exchange, remote }: { exchange: Exchange; remote: Remote<Exchange> }) {
  const [message, say] = useState('')
  const [isBusy, setBusy] = useState(false)
  const cancel = async () => {
    if (!(await isConfirmed(exchange.points))) return
    setBusy(true)
    say('')
    const result = await services.mall.cancel(exchange.exchangeId)
    setBusy(false)
    if (result.ok) {
      remote.accept(result.value)
      return
    }
    say(isPassing(result) ? texts.mallCancelUnsure : result.sentence)
    void remote.refresh()
  }
  return (
    <View className="hk-card">
      <View className="hk-card__note">{texts.mallCancelNote}</View>
      <SpokenMessage message={message} isGood={false} />
      <View className="hk-card-end">
        <QuietButton
          label={isBusy ? texts.mallCancelBusy : texts.mallCancel}
          isBusy={isBusy}
          onPress={() => void cancel()}
        />
      </View>
    </View>
  )
}

async function isConfirmed(points: number): Promise<boolean> {
  const answer = await Taro.showModal({
    title: texts.mallCancelTitle,
    content: texts.mallCancelAsk(pointsOf(points)),
    confirmText: texts.mallCancelConfirm,
    cancelText: texts.mallCancelKeep,
  })
  return answer.confirm
}
