import { View } from '@tarojs/components'
import { useState } from 'react'
import type { SignInState } from '@huike/shared/contracts/sign-in'
import { PrimaryButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { SpokenMessage } from '../../components/messages.js'
import { formatPoints } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'

/** Signing in for today: what it gives, and once it is done, what tomorrow gives. */
export function SignInCard({ signIn }: { signIn: SignInState }) {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState({ text: '', isGood: true })
  const { isDone, streakDays } = signIn
  const [today, tomorrow] = [formatPoints(signIn.todayPoints), formatPoints(signIn.tomorrowPoints)]
  const press = async () => {
    setBusy(true)
    setMessage({ text: '', isGood: true })
    const result = await services.signInToday()
    if (result.ok) {
      void services.card.refresh()
      await services.points.refresh()
    }
    setMessage({
      text: result.ok ? result.value.explanation : result.sentence,
      isGood: result.ok,
    })
    setBusy(false)
  }
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.dailyTitle} />
      <View className="hk-card__note">
        {isDone ? texts.dailyDone(streakDays, tomorrow) : texts.dailyAsk(streakDays, today)}
      </View>
      {!isDone && (
        <PrimaryButton
          label={isBusy ? texts.dailyBusy : texts.daily(today)}
          isBusy={isBusy}
          onPress={() => void press()}
        />
      )}
      <SpokenMessage message={message.text} isGood={message.isGood} />
    </View>
  )
}
