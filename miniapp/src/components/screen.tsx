import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState, type ReactNode } from 'react'
import { press } from '../platform/press.js'
import { fontScale } from '../platform/screen-facts.js'
import { texts } from '../texts.js'
import { Heading } from './heading.js'

/** A whole page: type at the reader's size, and a title bar where WeChat does not draw one. */
export function Screen({ title, children }: { title: string; children: ReactNode }) {
  const [scale] = useState(fontScale)
  const style = scale === 1 ? {} : { style: `--hk-font-scale: ${String(scale)}` }
  return (
    <View className="hk-screen" {...style}>
      {process.env.TARO_ENV === 'h5' && <TitleBar title={title} />}
      {children}
    </View>
  )
}

function TitleBar({ title }: { title: string }) {
  const canGoBack = Taro.getCurrentPages().length > 1
  return (
    <View className="hk-title-bar">
      {canGoBack && (
        <View
          className="hk-title-bar__back"
          ariaRole="button"
          ariaLabel={texts.back}
          {...press(() => void Taro.navigateBack())}
        />
      )}
      <Heading look="hk-title-bar__title" text={title} />
    </View>
  )
}
