import type { ReactNode } from 'react'

interface Props {
  /** Of its heading. */
  id: string
  title: string
  note?: string
  className?: string
  children: ReactNode
}

/** A part of a form, with its name and what to know about it. */
export function FormSection({ id, title, note, className, children }: Props) {
  return (
    <section className={['tile form', className ?? ''].join(' ').trim()} aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {note !== undefined && <p className="note">{note}</p>}
      </div>
      {children}
    </section>
  )
}
