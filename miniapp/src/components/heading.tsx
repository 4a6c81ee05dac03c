import { View } from '@tarojs/components'

/** A browser's screen reader wants to know how deep a heading is; WeChat's does not. */
const LEVEL = process.env.TARO_ENV === 'h5' ? { 'aria-level': '2' } : {}

/** A heading, for eyes by its class and for screen readers by its role. */
export function Heading({ look, text }: { look: string; text: string }) {
  return (
    <View className={look} ariaRole="heading" {...LEVEL}>
      {text}
    </View>
  )
}
