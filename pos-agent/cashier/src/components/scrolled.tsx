import { useEffect, useRef, type ReactNode } from 'react'

/** Part of its own height that one press of Page Up or Page Down moves. */
const PAGE_PART = 0.8

/** A long text that Page Up and Page Down move while the focus stays in the input. */
export function Scrolled(props: { className: string; label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'PageDown' && event.key !== 'PageUp') return
      event.preventDefault()
      const element = box.current
      if (element)
        element.scrollTop += (event.key === 'PageDown' ? 1 : -1) * element.clientHeight * PAGE_PART
    }
    window.addEventListener('keydown', onKeyDown)
    return () => {
      window.removeEventListener('keydown', onKeyDown)
    }
  }, [])
  return (
    <div ref={box} className={props.className} role="region" aria-label={props.label} tabIndex={0}>
      {props.children}
    </div>
  )
}
