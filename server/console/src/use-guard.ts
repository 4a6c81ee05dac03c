import { useEffect } from 'react'

/**
 * While `isOn`, asks `question` before a link leads away or the tab is closed; `onLeave` is told when
 * somebody leaves all the same. The way back cannot be asked about: what was written must survive it.
 */
export function useGuard(isOn: boolean, question: string, onLeave: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null
      const leads = link !== null && link.getAttribute('href') !== window.location.hash
      if (!leads || event.ctrlKey || event.metaKey || event.shiftKey) return
      if (window.confirm(question)) onLeave()
      else {
        event.preventDefault()
        event.stopPropagation()
      }
    }
    const onUnload = (event: BeforeUnloadEvent) => {
      event.preventDefault()
    }
    document.addEventListener('click', onClick, { capture: true })
    window.addEventListener('beforeunload', onUnload)
    return () => {
      document.removeEventListener('click', onClick, { capture: true })
      window.removeEventListener('beforeunload', onUnload)
    }
  }, [isOn, question, onLeave])
}
