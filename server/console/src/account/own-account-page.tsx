import type { OwnAccount } from '@huike/shared/contracts/console-access'
import { Alert, Button, Tag } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { ago, clockTime, count, dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery, type Query } from '../use-query.js'
import { ProofDialog, SetFactorDialog } from './factor-dialogs.js'
import { OwnPasswordDialog } from './own-password-dialog.js'
import { accountStrings as words } from './strings.js'
import './account.css'

/** Fewer recovery codes than this are called few. */
const CODES_FEW = 3

/** One's own password, second factor and sessions. */
export default function OwnAccountPage() {
  const { lacksFactor } = useSession()
  const query = useQuery<OwnAccount>('/me')
  const { value } = query
  return (
    <PageFrame
      title={words.title}
      {...(value === null ? {} : { note: words.note(value.username) })}
    >
      <Trouble query={query} rows={6} />
      {lacksFactor && <Alert type="warning" title={words.mustSet} showIcon role="alert" />}
      {value !== null && (
        <>
          <Factor account={value} query={query} />
          <Password query={query} />
          <Sessions account={value} query={query} />
        </>
      )}
    </PageFrame>
  )
}

interface PartProps {
  account: OwnAccount
  query: Query<OwnAccount>
}

function Password({ query }: Pick<PartProps, 'query'>) {
  const [isOpen, setIsOpen] = useState(false)
  const [isChanged, setIsChanged] = useState(false)
  return (
    <section className="tile account-part" aria-labelledby="own-password">
      <h2 id="own-password">{words.password.title}</h2>
      <p className="note">{words.password.note}</p>
      {isChanged && <Alert type="success" title={words.password.changed} role="status" showIcon />}
      <div className="account-buttons">
        <Button
          onClick={() => {
            setIsOpen(true)
          }}
        >
          {words.password.change}
        </Button>
      </div>
      {isOpen && (
        <OwnPasswordDialog
          onDone={() => {
            setIsOpen(false)
            setIsChanged(true)
            query.refresh()
          }}
          onCancel={() => {
            setIsOpen(false)
          }}
        />
      )}
    </section>
  )
}

type FactorAction = 'set' | 'remove' | 'renew'

function Factor({ account, query }: PartProps) {
  const { onFactorSet, lacksFactor } = useSession()
  const [open, setOpen] = useState<FactorAction | null>(null)
  const { isSet, setAtMs, recoveryCodesLeft } = account.secondFactor
  const close = () => {
    setOpen(null)
    query.refresh()
    if (open === 'set' && lacksFactor) onFactorSet()
  }
  const button = (action: FactorAction, text: string) => (
    <Button
      type={action === 'set' ? 'primary' : 'default'}
      onClick={() => {
        setOpen(action)
      }}
    >
      {text}
    </Button>
  )
  return (
    <section className="tile account-part" aria-labelledby="own-factor">
      <h2 id="own-factor">{words.factor.title}</h2>
      <p className="note">{words.factor.note}</p>
      <p>
        {isSet && setAtMs !== null ? (
          <>
            <Tag color="success">{words.factor.on(dateTime(setAtMs))}</Tag>
            {words.factor.codesLeft(count(recoveryCodesLeft))}
          </>
        ) : (
          <Tag>{words.factor.off}</Tag>
        )}
      </p>
      {isSet && recoveryCodesLeft < CODES_FEW && (
        <Alert type="warning" title={words.factor.codesFew} showIcon />
      )}
      <div className="account-buttons">
        {isSet ? (
          <>
            {button('renew', words.factor.renew)}
            {button('remove', words.factor.remove)}
          </>
        ) : (
          button('set', words.factor.set)
        )}
      </div>
      {open === 'set' && (
        <SetFactorDialog
          onDone={close}
          onCancel={() => {
            setOpen(null)
          }}
        />
      )}
      {(open === 'remove' || open === 'renew') && <ProofDialog what={open} onClose={close} />}
    </section>
  )
}

function Sessions({ account, query }: PartProps) {
  const { api, signOut } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { sessions } = account
  const end = async (id: string) => {
    const answer = await api.post(`/me/sessions/${id}/end`)
    setProblem(answer.ok ? null : answer.sentence)
    query.refresh()
  }
  return (
    <section className="tile account-part account-sessions" aria-labelledby="own-sessions">
      <h2 id="own-sessions">{words.sessions.title}</h2>
      <p className="note">{words.sessions.note}</p>
      {problem !== null && <Failure sentence={problem} />}
      <ul className="rows">
        {sessions.map((session) => (
          <li key={session.id} className="row">
            <span>
              <strong>{session.device}</strong>{' '}
              {session.isThis && <Tag color="success">{words.sessions.here}</Tag>}
              <span className="note">
                {' '}
                {session.addressMasked} · {words.sessions.signedIn(clockTime(session.createdAtMs))}{' '}
                · {words.sessions.seen(ago(session.lastSeenAtMs, query.readAtMs))}
              </span>
            </span>
            {!session.isThis && (
              <Button
                className="row-end"
                aria-label={words.sessions.endOf(session.device)}
                onClick={() => void end(session.id)}
              >
                {words.sessions.end}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {isAsking ? (
        <Ask<undefined>
          label={words.sessions.endAll}
          promise={words.sessions.endAllPromise(count(sessions.length))}
          confirm={words.sessions.endAllConfirm}
          isDanger
          onConfirm={() => api.post('/me/sessions/end')}
          onDone={signOut}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      ) : (
        <div className="account-buttons">
          <Button
            danger
            onClick={() => {
              setIsAsking(true)
            }}
          >
            {words.sessions.endAll}
          </Button>
        </div>
      )}
    </section>
  )
}
