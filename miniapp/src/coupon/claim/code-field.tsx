import { Input, View } from '@tarojs/components'
import { useEffect, useRef, useState } from 'react'
import type { ClaimedCode } from '@huike/shared/contracts/coupon-codes'
import { codeOfScan } from '@huike/shared/poster-codes'
import { isPassing, type Result } from '../../api/result.js'
import { QuietButton, TextButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'

const TYPED_CHARACTERS_MAX = 64

interface Said {
  readonly text: string
  readonly isGood: boolean
}

/**
 * A code, of a card or of a poster: typed or scanned by who has one, nobody is asked for it. One that
 * the page was opened with is taken at once.
 */
export function CodeField({ scanned }: { readonly scanned: string }) {
  const [isOpen, setOpen] = useState(scanned !== '')
  const [code, setCode] = useState(scanned)
  const { isBusy, said, say, send } = useClaim(setCode)
  useEffect(() => {
    if (scanned !== '') {
      services.posterCode.note(scanned)
      void send(scanned)
    }
    // Once, as the page opens.
  }, [])
  const scan = async () => {
    const text = (await services.scanCode?.()) ?? null
    if (text === null) return
    const found = codeOfScan(text)
    if (found === null) say({ text: texts.couponCodeScanned, isGood: false })
    else {
      setCode(found)
      await send(found)
    }
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
      <CodeInput code={code} onTyped={setCode} />
      {said !== null && <SpokenMessage message={said.text} isGood={said.isGood} />}
      <QuietButton
        label={isBusy ? texts.couponCodeBusy : texts.couponCodeButton}
        about={texts.couponCodeField}
        isBusy={isBusy}
        onPress={() => void send(code)}
      />
      {services.scanCode !== null && (
        <TextButton label={texts.couponCodeScan} onPress={() => void scan()} />
      )}
    </View>
  )
}

/** One attempt at a time, and what came of the last. */
function useClaim(setCode: (code: string) => void) {
  const [isBusy, setBusy] = useState(false)
  const [said, say] = useState<Said | null>(null)
  const unsureOf = useRef('')
  const send = async (code: string) => {
    if (code.trim() === '' || isBusy) return
    setBusy(true)
    say(null)
    const result = await services.coupons.claimCode(code.trim())
    services.posterCode.answered(code.trim(), result)
    // What it was given for a try whose answer was lost is what they take now.
    const isAgain = result.ok && result.value.isAgain === true && unsureOf.current !== code
    unsureOf.current = !result.ok && isPassing(result) ? code : ''
    say({ text: isAgain ? texts.couponCodeAgain : wordsOf(result), isGood: result.ok })
    if (result.ok) setCode('')
    setBusy(false)
  }
  return { isBusy, said, say, send }
}

function wordsOf(result: Result<ClaimedCode>): string {
  if (result.ok) return texts.couponCodeDone(result.value.headline)
  return isPassing(result) ? texts.couponCodeUnsure : result.sentence
}

interface CodeInputProps {
  readonly code: string
  readonly onTyped: (code: string) => void
}

function CodeInput({ code, onTyped }: CodeInputProps) {
  const label = texts.couponCodeField
  // In a browser the input that is read out is inside Taro's own element.
  const inBrowser = process.env.TARO_ENV === 'h5' ? { nativeProps: { 'aria-label': label } } : {}
  return (
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
        onTyped(event.detail.value)
      }}
    />
  )
}
