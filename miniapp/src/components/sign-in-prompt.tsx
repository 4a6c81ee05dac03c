import { View } from '@tarojs/components'
import { goTo } from '../platform/places.js'
import { texts } from '../texts.js'
import { PrimaryButton } from './buttons.js'

/** What a page shows to someone who is not signed in: what would be here, and the way to it. */
export function SignInPrompt({ sentence }: { sentence: string }) {
  return (
    <View className="hk-notice">
      <View className="hk-notice__sentence">{sentence}</View>
      <PrimaryButton label={texts.goSignIn} onPress={goTo.home} />
    </View>
  )
}
