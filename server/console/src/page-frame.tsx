import { useEffect, type ReactNode } from 'react'
import { strings } from './strings.js'

interface Props {
  title: string
  /** One line below the title: what this page is for, or what it is about. */
  note?: ReactNode
  /** Buttons at the end of the title's line. */
  actions?: ReactNode
  /** The page above this one. */
  back?: { href: string; words: string }
  children: ReactNode
}

/** The title of a page, what one may do on it, and the page below. Also names the browser's tab. */
export function PageFrame({ title, note, actions, back, children }: Props) {
  useEffect(() => {
    document.title = strings.tab(title)
  }, [title])
  return (
    <>
      <header className="page-head">
        {back !== undefined && (
          <a className="back" href={back.href}>
            ‹ {back.words}
          </a>
        )}
        <div className="page-title">
          <h1 tabIndex={-1}>{title}</h1>
          {actions !== undefined && <div className="page-actions">{actions}</div>}
        </div>
        {note !== undefined && <p className="note">{note}</p>}
      </header>
      {children}
    </>
  )
}
