import type { ConsoleSession } from '@huike/shared/contracts/console'
import { Button } from 'antd'
import { lazy, Suspense, useSyncExternalStore, type ComponentType } from 'react'
import { strings } from './strings.js'

// The frame around every page, and which page it is. The address after # names it, so that one
// file is served for all; each page is loaded when it is first looked at.

export interface PageProps {
  session: ConsoleSession
  onExpired: () => void
}

interface Route {
  hash: string
  words: string
  Page: ComponentType<PageProps>
}

const HOME: Route = { hash: '#/', words: strings.nav.home, Page: lazy(() => import('./home.js')) }
const ROUTES: readonly Route[] = [
  HOME,
  { hash: '#/sources', words: strings.nav.sources, Page: lazy(() => import('./sources.js')) },
]

interface Props extends PageProps {
  onSignOut: () => void
}

/** The head with the navigation, and the page below it. */
export default function Shell({ session, onSignOut, onExpired }: Props) {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash)
  const route = ROUTES.find((one) => one.hash === hash) ?? HOME
  const { Page } = route
  const { name, role } = session.staff
  return (
    <div className="page">
      <header className="head">
        <strong className="brand">{strings.brand}</strong>
        <nav className="nav" aria-label={strings.nav.label}>
          {ROUTES.map((one) => (
            <a key={one.hash} href={one.hash} aria-current={one === route ? 'page' : undefined}>
              {one.words}
            </a>
          ))}
        </nav>
        <span className="head-staff">
          {name} · {strings.home.role(role)}
        </span>
        <Button type="text" onClick={onSignOut}>
          {strings.home.signOut}
        </Button>
      </header>
      <main className="body">
        <Suspense fallback={<div aria-busy="true" />}>
          <Page session={session} onExpired={onExpired} />
        </Suspense>
      </main>
    </div>
  )
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => {
    window.removeEventListener('hashchange', listener)
  }
}
