import { useDidHide, useDidShow } from '@tarojs/taro'
import { useState } from 'react'

/** Whether the page is in sight: not behind another page, and WeChat not in the background. */
export function useSight(): boolean {
  const [isShown, setShown] = useState(true)
  useDidShow(() => {
    setShown(true)
  })
  useDidHide(() => {
    setShown(false)
  })
  return isShown
}
