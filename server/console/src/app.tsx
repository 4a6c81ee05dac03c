import type { ConsoleSession } from '@huike/shared/contracts/console'
import { ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import { lazy, Suspense, useState } from 'react'
import { saveSession, savedSession } from './session.js'
import { SignIn } from './sign-in.js'
import { strings } from './strings.js'
import { useTheme } from './theme.js'

// The first page somebody sees is the sign-in: what comes after it is loaded after it.
const Shell = lazy(() => import('./shell.js'))

/** The console: the sign-in, then the pages. */
export function App() {
  const [session, setSession] = useState(() => savedSession(Date.now()))
  const [farewell, setFarewell] = useState<string | null>(null)
  const enter = (next: ConsoleSession) => {
    saveSession(next)
    setFarewell(null)
    setSession(next)
  }
  const leave = (sentence: string | null) => {
    saveSession(null)
    setFarewell(sentence)
    setSession(null)
  }
  return (
    <ConfigProvider locale={zhCN} theme={useTheme()} button={{ autoInsertSpace: false }}>
      {session === null ? (
        <SignIn farewell={farewell} onSignedIn={enter} />
      ) : (
        <Suspense fallback={<div className="page" aria-busy="true" />}>
          <Shell
            session={session}
            onSignOut={() => {
              leave(null)
            }}
            onExpired={() => {
              leave(strings.signIn.expired)
            }}
          />
        </Suspense>
      )}
    </ConfigProvider>
  )
}
