import { Input, View } from '@tarojs/components'
import { useState } from 'react'
import { isPassing } from '../../api/result.js'
import { QuietButton, TextButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'

const TYPED_CHARACTERS_MAX = 64

/** A code that was printed or sold elsewhere, typed by who has one: nobody is asked for it. */
export function CodeField() {
  const [isOpen, setOpen] = useState(false)
  const [code, setCode] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [said, say] = useState<{ text: string; isGood: boolean } | null>(null)
  const label = texts.couponCodeField
  // In a browser the input that is read out is inside Taro's own element.
  const inBrowser = process.env.TARO_ENV === 'h5' ? { nativeProps: { 'aria-label': label } } : {}
  const send = async () => {
    if (code.trim() === '' || isBusy) return
    setBusy(true)
    say(null)
    const result = await services.coupons.claimCode(code.trim())
    const text = result.ok
      ? texts.claimDone
      : isPassing(result)
        ? texts.couponCodeUnsure
        : result.sentence
    say({ text, isGood: result.ok })
    if (result.ok) setCode('')
    setBusy(false)
  }
  if (!isOpen)
    return (
      <TextButton
        label={texts.haveCouponCode}
        onPress={() => {
          setOpen(true)
        }}
      />
    )
  return (
    <View className="hk-coupon">
      <Input
        className="hk-input"
        type="text"
        maxlength={TYPED_CHARACTERS_MAX}
        placeholder={label}
        placeholderClass="hk-input__placeholder"
        ariaLabel={label}
        value={code}
        {...inBrowser}
        onInput={(event) => {
          setCode(event.detail.value)
        }}
      />
      {said !== null && <SpokenMessage message={said.text} isGood={said.isGood} />}
      <QuietButton
        label={isBusy ? texts.couponCodeBusy : texts.couponCodeButton}
        about={label}
        isBusy={isBusy}
        onPress={() => void send()}
      />
    </View>
  )
}
