import { useState, type ReactNode } from 'react'

interface Props {
  title: string
  /** What is set in it, in a few words. */
  set: string
  /** It holds something that is wrong: it does not stay shut. */
  isWrong: boolean
  children: ReactNode
}

/** A part of a form that most people leave as it is. */
export function Folded({ title, set, isWrong, children }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details
      className="tile coupon-folded"
      open={isOpen || isWrong}
      onToggle={(event) => {
        setIsOpen(event.currentTarget.open)
      }}
    >
      <summary>
        <h2>{title}</h2>
        <span className="note">{set}</span>
      </summary>
      <div className="form">{children}</div>
    </details>
  )
}
