import { useEffect } from 'react'
import type { Remote } from '../data/remote.js'

const LOOK_EVERY_MS = 4_000
/** As long as somebody stands at a counter; after it, pulling down looks again. */
const LOOKS_MAX = 60

/** Looks again while `isWanted`: when the code was scanned, the page says so by itself. */
export function useLooks(remote: Remote<unknown>, isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted) return undefined
    let looks = 0
    let timer = setTimeout(look, LOOK_EVERY_MS)
    function look() {
      looks += 1
      void remote.refresh()
      if (looks < LOOKS_MAX) timer = setTimeout(look, LOOK_EVERY_MS)
    }
    return () => {
      clearTimeout(timer)
    }
  }, [remote, isWanted])
}
