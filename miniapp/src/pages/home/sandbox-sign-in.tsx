import { Input, View } from '@tarojs/components'
import { useState } from 'react'
import { PrimaryButton } from '../../components/buttons.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'
import { ReferralField, withGivenCode } from './referral-field.js'

const PHONE_LENGTH = 11

/** Sign-in for browsers, where there is no WeChat: answered by the sandbox only. */
export function SandboxSignIn() {
  const [phone, setPhone] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')

  const signIn = async () => {
    if (phone.length < PHONE_LENGTH) {
      setMessage(texts.phoneIncomplete)
      return
    }
    setBusy(true)
    setMessage('')
    const result = await withGivenCode((given) => services.session.signInInSandbox(phone, given))
    setBusy(false)
    if (!result.ok) setMessage(result.sentence)
  }

  return (
    <View className="hk-step">
      <View className="hk-step__title">{texts.sandboxTitle}</View>
      <View className="hk-step__sentence">{texts.sandboxSentence}</View>
      <Input
        className="hk-input"
        type="number"
        maxlength={PHONE_LENGTH}
        placeholder={texts.phonePlaceholder}
        placeholderClass="hk-input__placeholder"
        ariaLabel={texts.phoneLabel}
        value={phone}
        onInput={(event) => {
          setPhone(event.detail.value)
        }}
        onConfirm={() => void signIn()}
      />
      <ReferralField />
      <PrimaryButton
        label={isBusy ? texts.signingIn : texts.signIn}
        isBusy={isBusy}
        onPress={() => void signIn()}
      />
      {message !== '' && (
        <View className="hk-step__message" ariaRole="alert" ariaLive="polite">
          {message}
        </View>
      )}
    </View>
  )
}
