import type { ConsoleSession } from '@huike/shared/contracts/console'
import { ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import { lazy, Suspense, useMemo, useState } from 'react'
import { createApi, endSession } from './api.js'
import { go } from './router.js'
import { mayOf, savedSession, saveSession, SessionContext, type Session } from './session.js'
import { SignIn } from './sign-in.js'
import { strings } from './strings.js'
import { useTheme } from './theme.js'

// The first page somebody sees is the sign-in: what comes after it is loaded after it.
const Shell = lazy(() => import('./shell.js'))

/** The console: the sign-in, then the pages. */
export function App() {
  const [signedIn, setSignedIn] = useState(() => savedSession(Date.now()))
  const [farewell, setFarewell] = useState<string | null>(null)
  const enter = (next: ConsoleSession) => {
    saveSession(next)
    setFarewell(null)
    setSignedIn(next)
  }
  const session = useMemo<Session | null>(() => {
    if (signedIn === null) return null
    const leave = (sentence: string | null) => {
      saveSession(null)
      setFarewell(sentence)
      setSignedIn(null)
    }
    const api = createApi(signedIn.accessToken, () => {
      leave(strings.signIn.expired)
    })
    return {
      staff: signedIn.staff,
      api,
      may: mayOf(signedIn.staff.role),
      signOut: () => {
        go('/')
        leave(null)
        // Without a network the session ends by its age.
        void endSession(signedIn.accessToken)
      },
      lacksFactor: signedIn.lacksFactor,
      onFactorSet: () => {
        enter({ ...signedIn, lacksFactor: false })
      },
    }
  }, [signedIn])
  return (
    <ConfigProvider locale={zhCN} theme={useTheme()} button={{ autoInsertSpace: false }}>
      {session === null ? (
        <SignIn farewell={farewell} onSignedIn={enter} />
      ) : (
        <SessionContext.Provider value={session}>
          <Suspense fallback={<div className="page" aria-busy="true" />}>
            <Shell />
          </Suspense>
        </SessionContext.Provider>
      )}
    </ConfigProvider>
  )
}
