import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState, type ReactNode } from 'react'
import type { Result } from '../../api/result.js'
import { PhoneButton, PrimaryButton, TextButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { services } from '../../platform/app-services.js'
import type { SessionState } from '../../session/session.js'
import { texts } from '../../texts.js'
import { ReferralField, withGivenCode } from './referral-field.js'
import { SandboxSignIn } from './sandbox-sign-in.js'

/** What membership gives, and a way in. Nothing is asked before the person presses a button. */
export function Welcome({ session }: { session: SessionState }) {
  return (
    <>
      <View className="hk-welcome">
        <Heading look="hk-welcome__title" text={texts.welcomeTitle} />
        <View className="hk-welcome__lead">{texts.welcomeLead}</View>
        {texts.benefits.map((benefit) => (
          <View key={benefit.title} className="hk-benefit">
            <View className="hk-benefit__title">{benefit.title}</View>
            <View className="hk-benefit__sentence">{benefit.sentence}</View>
          </View>
        ))}
      </View>
      {process.env.TARO_ENV === 'h5' ? (
        <SandboxSignIn />
      ) : session.kind === 'phone_needed' ? (
        <PhoneStep />
      ) : (
        <WechatStep />
      )}
    </>
  )
}

function WechatStep() {
  const step = useStep()
  return (
    <Step message={step.message}>
      <PrimaryButton
        label={step.isBusy ? texts.signingIn : texts.signIn}
        isBusy={step.isBusy}
        onPress={() => void step.run(() => services.session.signInWithWechat())}
      />
      <PrivacyLink />
    </Step>
  )
}

function PhoneStep() {
  const step = useStep()
  return (
    <Step message={step.message}>
      <View className="hk-step__title">{texts.phoneTitle}</View>
      <View className="hk-step__sentence">{texts.phoneSentence}</View>
      <PhoneButton
        label={texts.phoneButton}
        isBusy={step.isBusy}
        onAnswer={(code) => {
          if (code === null) step.say(texts.phoneDeclined)
          else
            void step.run(() => withGivenCode((given) => services.session.givePhone(code, given)))
        }}
      />
      <ReferralField />
      <View className="hk-step__consent">{texts.consent}</View>
      <PrivacyLink />
    </Step>
  )
}

/** WeChat's own page about what this mini-program does with personal data. */
function PrivacyLink() {
  return (
    <TextButton
      label={texts.privacy}
      onPress={() => {
        Taro.openPrivacyContract()
      }}
    />
  )
}

function Step({ message, children }: { message: string; children: ReactNode }) {
  return (
    <View className="hk-step">
      {children}
      {message !== '' && (
        <View className="hk-step__message" ariaRole="alert" ariaLive="polite">
          {message}
        </View>
      )}
    </View>
  )
}

/** One attempt at a time, and the sentence of the last one that failed. */
function useStep() {
  const [isBusy, setBusy] = useState(false)
  const [message, say] = useState('')
  const run = async (attempt: () => Promise<Result<unknown>>) => {
    setBusy(true)
    say('')
    const result = await attempt()
    setBusy(false)
    if (!result.ok) say(result.sentence)
  }
  return { isBusy, message, say, run }
}
