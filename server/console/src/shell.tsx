import { Button, Empty } from 'antd'
import { Component, Suspense, useEffect, useRef, useSyncExternalStore, type ReactNode } from 'react'
import { Navigation } from './navigation.js'
import { PageFrame } from './page-frame.js'
import { matchPath, usePlace } from './router.js'
import { ACCOUNT_PATH, ROUTES } from './routes.js'
import { useSession } from './session.js'
import { strings } from './strings.js'
import { Failure } from './trouble.js'

/** The frame around every page: the navigation, whether there is a network, and the page. */
export default function Shell() {
  const { path } = usePlace()
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    // A new page starts at its top, and a screen reader starts there too.
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [path])
  return (
    <div className="page">
      <Navigation path={path} />
      <main className="body" ref={main} tabIndex={-1}>
        <Network />
        <PageBoundary key={path}>
          <Suspense fallback={<div className="page-waits" aria-busy="true" />}>
            <Page path={path} />
          </Suspense>
        </PageBoundary>
      </main>
    </div>
  )
}

/** The page of a path; a sentence when there is none, or when it is not for this person. */
function Page({ path }: { path: string }) {
  const { may, lacksFactor } = useSession()
  for (const route of ROUTES) {
    const params = matchPath(route.pattern, path)
    if (params === null || (lacksFactor && route.pattern !== ACCOUNT_PATH)) continue
    return may(route.needs) ? route.page(params) : <NoPage sentence={strings.noPage.forbidden} />
  }
  const account = lacksFactor ? ROUTES.find(({ pattern }) => pattern === ACCOUNT_PATH) : undefined
  return account?.page({}) ?? <NoPage sentence={strings.noPage.unknown} />
}

function NoPage({ sentence }: { sentence: string }) {
  return (
    <PageFrame title={strings.noPage.title}>
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={sentence}>
        <Button type="primary" href="#/">
          {strings.noPage.home}
        </Button>
      </Empty>
    </PageFrame>
  )
}

/** A line that says so while the network is gone. */
function Network() {
  const isOnline = useSyncExternalStore(subscribeNetwork, () => navigator.onLine)
  return isOnline ? null : <Failure isStale sentence={strings.failure.offline} />
}

function subscribeNetwork(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

/** Keeps the navigation when a page cannot be loaded, or breaks. */
class PageBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError() {
    return { isBroken: true }
  }

  override render() {
    if (!this.state.isBroken) return this.props.children
    // A chunk that failed to load stays failed in this tab: only a reload asks for it again.
    return (
      <Failure
        sentence={strings.failure.page}
        onRetry={() => {
          window.location.reload()
        }}
      />
    )
  }
}
