import { Input, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState } from 'react'
import type { Result } from '../../api/result.js'
import { TextButton } from '../../components/buttons.js'
import { services } from '../../platform/app-services.js'
import { useStore } from '../../platform/use-store.js'
import type { SignedIn } from '../../session/session.js'
import { texts } from '../../texts.js'

const CODE_CHARACTERS = 8

/** The code of who brought them, from a shared page or typed by who has one: nobody is asked for it. */
export function ReferralField() {
  const code = useStore(services.givenCode)
  const [isOpen, setOpen] = useState(false)
  const label = texts.givenCode
  // In a browser the input that is read out is inside Taro's own element.
  const inBrowser = process.env.TARO_ENV === 'h5' ? { nativeProps: { 'aria-label': label } } : {}
  if (!isOpen && code === '')
    return (
      <TextButton
        label={texts.haveCode}
        onPress={() => {
          setOpen(true)
        }}
      />
    )
  return (
    <View className="hk-field">
      <Input
        className="hk-input"
        type="text"
        maxlength={CODE_CHARACTERS}
        placeholder={label}
        placeholderClass="hk-input__placeholder"
        ariaLabel={label}
        value={code}
        {...inBrowser}
        onInput={(event) => {
          setOpen(true)
          services.givenCode.note(event.detail.value)
        }}
      />
    </View>
  )
}

/** Registers with the code that was given, which is done with then; says when it brought nobody. */
export async function withGivenCode(
  attempt: (code: string) => Promise<Result<SignedIn>>,
): Promise<Result<SignedIn>> {
  const code = services.givenCode.get()
  const result = await attempt(code)
  if (!result.ok) return result
  if (code !== '') services.givenCode.note('')
  const outcome = result.value.referral ?? null
  if (outcome !== null && outcome !== 'bound')
    void Taro.showToast({ title: texts.codeOutcome[outcome], icon: 'none' })
  return result
}
