import { View } from '@tarojs/components'
import { useState } from 'react'
import { PrimaryButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { SpokenMessage } from '../../components/messages.js'
import { formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'

/** The membership is about to be deleted: until when, and the one tap that takes it back. */
export function DeletionCard({ dueAtMs }: { dueAtMs: number }) {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  const takeBack = async () => {
    setBusy(true)
    setMessage('')
    const result = await services.takeDeletionBack()
    if (result.ok) await services.card.refresh()
    setMessage(result.ok ? '' : result.sentence)
    setBusy(false)
  }
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.leaveWaitingTitle} />
      <View className="hk-card__note">{texts.leaveWaiting(formatStoreDate(dueAtMs))}</View>
      <PrimaryButton
        label={isBusy ? texts.leaveBackBusy : texts.leaveBack}
        isBusy={isBusy}
        onPress={() => void takeBack()}
      />
      <SpokenMessage message={message} isGood={false} />
    </View>
  )
}
