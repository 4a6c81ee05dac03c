import { useEffect, useRef } from 'react'

/** A key just after something new came on screen was meant for what stood there before. */
const SETTLE_MS = 400

/**
 * Listens to single keys of the whole page, by lower-case letter. Not while somebody types or a
 * question stands in front, not with Ctrl and the like, and not until `subject` has been on screen
 * for a moment.
 */
export function useKeys(keys: Readonly<Record<string, () => void>>, subject: string): void {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    const sinceMs = performance.now()
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
      if (isTyping(event.target) || document.querySelector('[role=dialog], dialog[open]')) return
      const act = current.current[event.key.toLowerCase()]
      if (act === undefined) return
      event.preventDefault()
      if (performance.now() - sinceMs >= SETTLE_MS) act()
    }
    window.addEventListener('keydown', listen)
    return () => {
      window.removeEventListener('keydown', listen)
    }
  }, [subject])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select')
  )
}
