import type { ConsoleSession } from '@huike/shared/contracts/console'
import { Alert, Button, Input } from 'antd'
import { useEffect, useState, type FormEvent } from 'react'
import { signIn } from './api.js'
import { strings } from './strings.js'

interface Props {
  /** Why the last session ended, or null. */
  farewell: string | null
  onSignedIn: (session: ConsoleSession) => void
}

/**
 * User name and password, then the code of those who have a second factor. What was wrong is gone from
 * the page after a refusal, the name stays.
 */
export function SignIn({ farewell, onSignedIn }: Props) {
  useEffect(() => {
    document.title = strings.tab(strings.signIn.title)
  }, [])
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  /** Null while no code is asked for. */
  const [code, setCode] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const submit = async () => {
    setIsBusy(true)
    const credentials = { username: username.trim(), password }
    const answer = await signIn(code === null ? credentials : { ...credentials, code })
    setIsBusy(false)
    if (answer.ok) {
      onSignedIn(answer.value)
      return
    }
    const asksCode = answer.code === 'second_factor_needed' || answer.code === 'second_factor_wrong'
    setCode(asksCode ? '' : null)
    if (!asksCode) setPassword('')
    setProblem(answer.code === 'second_factor_needed' ? null : answer.sentence)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (!isBusy) void submit()
  }
  const sentence = problem ?? farewell
  return (
    <main className="sign-in">
      <form className="sign-in-form" onSubmit={onSubmit}>
        <h1>
          <span className="brand">{strings.brand}</span> {strings.product}
        </h1>
        <p className="note">{strings.signIn.note}</p>
        {sentence !== null && (
          <Alert type={problem === null ? 'info' : 'error'} title={sentence} role="alert" />
        )}
        <label htmlFor="username">{strings.signIn.username}</label>
        <Input
          id="username"
          size="large"
          autoFocus
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={username}
          onChange={(event) => {
            setUsername(event.target.value)
          }}
        />
        <label htmlFor="password">{strings.signIn.password}</label>
        <Input.Password
          id="password"
          size="large"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value)
          }}
        />
        {code !== null && (
          <>
            <label htmlFor="code">{strings.signIn.code}</label>
            <Input
              id="code"
              size="large"
              autoFocus
              autoComplete="one-time-code"
              autoCapitalize="none"
              spellCheck={false}
              required
              aria-describedby="code-help"
              value={code}
              onChange={(event) => {
                setCode(event.target.value)
              }}
            />
            <p className="note" id="code-help">
              {strings.signIn.codeHelp}
            </p>
          </>
        )}
        <Button
          className="sign-in-button"
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={isBusy}
        >
          {strings.signIn.submit}
        </Button>
        <p className="note sign-in-help">{strings.signIn.help}</p>
      </form>
    </main>
  )
}
