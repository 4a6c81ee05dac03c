import { useEffect } from 'react'
import { createBrightScreen } from '../code/bright-screen.js'
import { taroLight } from './taro-ports.js'

const brightScreen = createBrightScreen(taroLight)

/** Brightens the screen and keeps it on while `isShown`; puts it back afterwards. */
export function useBrightScreen(isShown: boolean): void {
  useEffect(() => {
    if (!isShown) return undefined
    void brightScreen.enter()
    return () => {
      brightScreen.leave()
    }
  }, [isShown])
}
