import { View } from '@tarojs/components'
import { useState } from 'react'
import type { Copy } from '@huike/shared/contracts/rights'
import { QuietButton } from '../components/buttons.js'
import { Heading } from '../components/heading.js'
import { SpokenMessage } from '../components/messages.js'
import { services } from '../platform/app-services.js'
import { copyLink } from '../platform/copy-link.js'
import { texts } from '../texts.js'

/** A copy of what is held, to take away: a mini-program saves no files, so it is a link to one. */
export function CopyCard() {
  const [busyWith, setBusyWith] = useState<keyof Copy | null>(null)
  const [message, setMessage] = useState('')
  const [isGood, setGood] = useState(true)
  const take = async (form: 'textPath' | 'jsonPath') => {
    setBusyWith(form)
    setMessage('')
    const result = await services.askCopy()
    const isCopied = result.ok && (await copyLink(result.value[form]))
    setBusyWith(null)
    setGood(isCopied)
    if (!result.ok) setMessage(result.sentence)
    else setMessage(isCopied ? texts.copyDone : texts.copyFailed)
  }
  const button = (form: 'textPath' | 'jsonPath', label: string) => (
    <QuietButton
      label={busyWith === form ? texts.copyBusy : label}
      isBusy={busyWith !== null}
      onPress={() => void take(form)}
    />
  )
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.copyTitle} />
      <View className="hk-card__note">{texts.copySentence}</View>
      {button('textPath', texts.copyForPeople)}
      {button('jsonPath', texts.copyForMachines)}
      <SpokenMessage message={message} isGood={isGood} />
    </View>
  )
}
