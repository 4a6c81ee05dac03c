import { View } from '@tarojs/components'
import { useState } from 'react'
import type { Privacy } from '@huike/shared/contracts/account'
import { QuietButton } from '../components/buttons.js'
import { SpokenMessage } from '../components/messages.js'
import { services } from '../platform/app-services.js'
import { useRefreshOnShow } from '../platform/use-list-page.js'
import { useStore } from '../platform/use-store.js'
import { texts } from '../texts.js'

/**
 * Offers a reminder in WeChat, where there is something to offer: the person agreed to marketing
 * and the chain has templates. WeChat's prompt comes only after a tap on the button.
 */
export function ReminderCard() {
  return services.reminders.isPossible ? <OfferWhereAgreed /> : null
}

function OfferWhereAgreed() {
  const privacy = useStore(services.privacy).kept?.value
  const templates = useStore(services.subscriptions).kept?.value.templates ?? []
  useRefreshOnShow(reminderFacts)
  if (!isMarketingGranted(privacy) || templates.length === 0) return null
  return <Offer credits={Math.min(...templates.map((template) => template.credits))} />
}

function Offer({ credits }: { credits: number }) {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  const ask = async () => {
    // First of all the prompt: WeChat takes it only straight from the tap.
    const asked = services.reminders.ask()
    setBusy(true)
    setMessage('')
    setMessage(await asked)
    setBusy(false)
  }
  return (
    <View className="hk-ask">
      <View className="hk-ask__title">{texts.remindTitle}</View>
      <View className="hk-ask__sentence">
        {credits > 0 ? texts.remindCredits(credits) : texts.remindSentence}
      </View>
      <QuietButton label={texts.remindButton} isBusy={isBusy} onPress={() => void ask()} />
      <SpokenMessage message={message} isGood />
    </View>
  )
}

/** What the offer hangs on; answers that wait to be told go out as well. */
const reminderFacts = {
  async refresh() {
    await Promise.all([
      services.privacy.refresh(),
      services.subscriptions.refresh(),
      services.reminders.flush(),
    ])
  },
}

function isMarketingGranted(privacy: Privacy | undefined): boolean {
  const marketing = privacy?.consents.find(({ purpose }) => purpose === 'marketing')
  return marketing?.state === 'granted'
}
