import type { ConsoleSession, ConsoleStores, ConsoleToday } from '@huike/shared/contracts/console'
import { Alert, Button, Skeleton } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { getStores, getToday, isSignedOut } from './api.js'
import { Stores } from './stores.js'
import { strings } from './strings.js'
import { Today } from './today.js'

/** How often the numbers are read again while the page is in sight. */
const REFRESH_EVERY_MS = 30_000

interface Props {
  session: ConsoleSession
  onSignOut: () => void
  onExpired: () => void
}

interface Numbers {
  today: ConsoleToday
  stores: ConsoleStores
  readAtMs: number
}

/** Good morning, today's numbers, and how the tills are. */
export default function Home({ session, onSignOut, onExpired }: Props) {
  const { numbers, problem, refresh } = useNumbers(session.accessToken, onExpired)
  const { name, role } = session.staff
  return (
    <div className="page">
      <header className="head">
        <strong className="brand">{strings.brand}</strong>
        <span className="head-staff">
          {name} · {strings.home.role(role)}
        </span>
        <Button type="text" onClick={onSignOut}>
          {strings.home.signOut}
        </Button>
      </header>
      <main className="body">
        <h1>
          {strings.home.greeting(new Date().getHours())},{name}
        </h1>
        {problem !== null && (
          <Alert
            type={numbers === null ? 'error' : 'warning'}
            title={numbers === null ? problem : strings.home.stale(problem)}
            action={<Button onClick={refresh}>{strings.home.retry}</Button>}
          />
        )}
        {numbers === null ? (
          problem === null && <Skeleton active paragraph={{ rows: 8 }} />
        ) : (
          <>
            <Today today={numbers.today} />
            <Stores stores={numbers.stores.stores} nowMs={numbers.readAtMs} />
          </>
        )}
      </main>
    </div>
  )
}

/** Reads both answers together, now and then again; keeps the last good ones when one fails. */
function useNumbers(accessToken: string, onExpired: () => void) {
  const [numbers, setNumbers] = useState<Numbers | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const read = useCallback(async () => {
    const [today, stores] = await Promise.all([getToday(accessToken), getStores(accessToken)])
    if (isSignedOut(today) || isSignedOut(stores)) onExpired()
    else if (!today.ok) setProblem(today.sentence)
    else if (!stores.ok) setProblem(stores.sentence)
    else {
      setProblem(null)
      setNumbers({ today: today.value, stores: stores.value, readAtMs: Date.now() })
    }
  }, [accessToken, onExpired])
  const refresh = useCallback(() => void read(), [read])
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    look()
    const timer = setInterval(look, REFRESH_EVERY_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [refresh])
  return { numbers, problem, refresh }
}
