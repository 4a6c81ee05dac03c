import { View } from '@tarojs/components'

/** A word on what just happened, beside what was done; read out at once. Nothing when empty. */
export function SpokenMessage({ message, isGood }: { message: string; isGood: boolean }) {
  if (message === '') return null
  return (
    <View
      className={`hk-message${isGood ? ' hk-message--good' : ''}`}
      ariaRole="alert"
      ariaLive="polite"
    >
      {message}
    </View>
  )
}
