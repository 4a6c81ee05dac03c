import { useEffect, useId, useRef, type ReactNode } from 'react'

interface Props {
  title: string
  /** Told when it was closed with Escape. */
  onClose: () => void
  children: ReactNode
  /** The buttons; the first is where the focus starts. */
  actions: ReactNode
}

/** A question over the page: the browser keeps the focus within it and closes it on Escape. */
export function Dialog({ title, onClose, children, actions }: Props) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = element.current
    if (dialog !== null && !dialog.open) dialog.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={element}
      className="c-dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div className="c-dialog-body">{children}</div>
      <div className="m-buttons">{actions}</div>
    </dialog>
  )
}
