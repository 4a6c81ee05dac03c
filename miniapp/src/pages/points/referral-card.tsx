import { View } from '@tarojs/components'
import { useEffect } from 'react'
import { Entry } from '../../components/entries.js'
import { Heading } from '../../components/heading.js'
import { OwnCode } from '../../components/share.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

/** Bringing friends: what it gives and for what, one's own code, and the way to those who came. */
export function ReferralCard() {
  const page = useStore(services.referrals).kept?.value
  useEffect(() => void services.referrals.refresh(), [])
  const code = page?.code ?? null
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.titles.referrals} />
      {page?.rules.map((sentence) => (
        <View key={sentence} className="hk-card__note">
          {sentence}
        </View>
      ))}
      {code !== null && <OwnCode code={code} />}
      <Entry title={texts.referralsEntry} onPress={goTo.referrals} />
    </View>
  )
}
