import { View } from '@tarojs/components'
import Taro, { usePullDownRefresh } from '@tarojs/taro'
import { useState } from 'react'
import type { Privacy } from '@huike/shared/contracts/account'
import { TextButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { SpokenMessage } from '../../components/messages.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { RemoteView, SkeletonRows } from '../../components/states.js'
import { Toggle } from '../../components/toggle.js'
import { formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { CopyCard } from '../copy-card.js'
import { ReminderCard } from '../reminder-card.js'

const SKELETON_ROWS = 5

type Consent = Privacy['consents'][number]

/** Privacy: what is held and what for, and each consent as easy to withdraw as to give. */
export default function PrivacyScreen() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.privacy)
  })
  return (
    <Screen title={texts.titles.privacy}>
      {session.kind === 'member' ? (
        <PrivacyOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForPrivacy} />
      )}
    </Screen>
  )
}

function PrivacyOfMember() {
  const state = useStore(services.privacy)
  useRefreshOnShow(services.privacy)
  return (
    <RemoteView
      state={state}
      onRetry={() => void services.privacy.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(privacy) => (
        <>
          <View className="hk-lead">{texts.privacyLead}</View>
          <View className="hk-card">
            <Heading look="hk-card__title" text={texts.consentsTitle} />
            {privacy.consents.map((consent) => (
              <ConsentRow key={consent.purpose} consent={consent} />
            ))}
          </View>
          <ReminderCard />
          <Held held={privacy.held} />
          <CopyCard />
          <Leave />
          <Links />
        </>
      )}
    </RemoteView>
  )
}

/** The text is always there: what is granted is what was read. */
function ConsentRow({ consent }: { consent: Consent }) {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  const change = async (isGranted: boolean) => {
    setBusy(true)
    setMessage('')
    const { purpose, policyVersion } = consent
    const result = await services.setConsent({ purpose, isGranted, policyVersion })
    // The text changed meanwhile: the new one is fetched, to be read before it is granted.
    if (!result.ok && result.code === 'policy_changed') await services.privacy.refresh()
    setMessage(result.ok ? '' : result.sentence)
    setBusy(false)
  }
  const { changedAtMs } = consent
  const since = changedAtMs === null ? null : formatStoreDate(changedAtMs)
  return (
    <View className="hk-consent">
      <View className="hk-consent__head">
        <View className="hk-consent__title">{consent.title}</View>
        <Toggle
          label={consent.title}
          isOn={consent.state === 'granted'}
          isBusy={isBusy}
          onChange={(isOn) => void change(isOn)}
        />
      </View>
      <View className="hk-consent__text">{consent.text}</View>
      <View className="hk-row__time">{texts.consentState(since)[consent.state]}</View>
      <SpokenMessage message={message} isGood={false} />
    </View>
  )
}

function Held({ held }: { held: Privacy['held'] }) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.heldTitle} />
      {held.map(({ what, value, why }) => (
        <View key={what} className="hk-held">
          <View className="hk-fact">
            <View className="hk-held__what">{what}</View>
            <View className="hk-fact__value">{value}</View>
          </View>
          <View className="hk-held__why">{why}</View>
        </View>
      ))}
    </View>
  )
}

function Leave() {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.leaveTitle} />
      <View className="hk-card__note">{texts.leaveSentence}</View>
      <TextButton label={texts.leaveEntry} onPress={goTo.leave} />
    </View>
  )
}

function Links() {
  return (
    <>
      <TextButton label={texts.editProfile} onPress={goTo.profile} />
      {process.env.TARO_ENV === 'weapp' && (
        <TextButton
          label={texts.privacyGuide}
          onPress={() => {
            Taro.openPrivacyContract()
          }}
        />
      )}
    </>
  )
}
