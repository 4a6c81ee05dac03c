import { View } from '@tarojs/components'
import { texts } from '../texts.js'
import { pointsOf } from './item-words.js'

/** What one costs: the figure large, its unit small. */
export function Price({ points }: { points: number }) {
  return (
    <View className="hk-price">
      <View className="hk-price__figure">{pointsOf(points)}</View>
      <View className="hk-price__unit">{texts.mallUnit}</View>
    </View>
  )
}
