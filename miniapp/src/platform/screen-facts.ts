import Taro from '@tarojs/taro'

/** 适老化: WeChat lets people enlarge type up to this factor. */
const FONT_SCALE_MAX = 1.4

/** How much larger than normal this person reads, 1 to 1.4. */
export function fontScale(): number {
  const { fontSizeScaleFactor } = Taro.getAppBaseInfo() as { fontSizeScaleFactor?: unknown }
  const factor = typeof fontSizeScaleFactor === 'number' ? fontSizeScaleFactor : 1
  return Math.min(Math.max(factor, 1), FONT_SCALE_MAX)
}

/** The window's width in CSS pixels and how many device pixels one of them has. */
export function windowFacts(): { widthPx: number; pixelRatio: number } {
  const { windowWidth, pixelRatio } = Taro.getWindowInfo()
  return { widthPx: windowWidth, pixelRatio }
}
