import { View } from '@tarojs/components'
import { QuietButton, TextButton } from '../../components/buttons.js'
import { texts } from '../../texts.js'

/** Asks for the birthday, says what for, and takes no for an answer. */
export function BirthdayAskCard(props: {
  readonly onGo: () => void
  readonly onLater: () => void
}) {
  return (
    <View className="hk-ask">
      <View className="hk-ask__title">{texts.birthdayAskTitle}</View>
      <View className="hk-ask__sentence">{texts.birthdayAskSentence}</View>
      <View className="hk-ask__choices">
        <QuietButton label={texts.birthdayAskGo} onPress={props.onGo} />
        <TextButton label={texts.birthdayAskLater} onPress={props.onLater} />
      </View>
    </View>
  )
}
