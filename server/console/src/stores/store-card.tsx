import type { ConsoleStores, ConsoleTerminal } from '@huike/shared/contracts/console'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { ago, count } from '../format.js'
import { useSession } from '../session.js'
import { storesStrings as words } from './strings.js'
import { tillHealth, type TillHealth } from './till-health.js'

export type Store = ConsoleStores['stores'][number]

const COLOURS: Readonly<Record<TillHealth, string>> = {
  online: 'success',
  offline: 'error',
  unenrolled: 'default',
  revoked: 'default',
}

interface Props {
  store: Store
  nowMs: number
  onChanged: () => void
  onRename: () => void
  /** With the till's code, or null for a till that is not there yet. */
  onEnrol: (terminalCode: string | null) => void
}

/** One store and its tills. */
export function StoreCard({ store, nowMs, onChanged, onRename, onEnrol }: Props) {
  const { may } = useSession()
  return (
    <section className="tile store" aria-label={store.name}>
      <div className="store-head">
        <div>
          <h2>{store.name}</h2>
          <span className="note">{store.code}</span>
        </div>
        {may('stores.manage') && (
          <Button type="text" onClick={onRename}>
            {words.rename}
          </Button>
        )}
      </div>
      {store.terminals.length === 0 && <p className="note">{words.terminalsEmpty}</p>}
      <ul className="terminals">
        {store.terminals.map((terminal) => (
          <Terminal
            key={terminal.id}
            terminal={terminal}
            nowMs={nowMs}
            onChanged={onChanged}
            onEnrol={() => {
              onEnrol(terminal.code)
            }}
          />
        ))}
      </ul>
      <Button
        block
        onClick={() => {
          onEnrol(null)
        }}
      >
        {words.enrol.open}
      </Button>
    </section>
  )
}

interface TerminalProps {
  terminal: ConsoleTerminal
  nowMs: number
  onChanged: () => void
  onEnrol: () => void
}

function Terminal({ terminal, nowMs, onChanged, onEnrol }: TerminalProps) {
  const { api } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const { id, code, lastSeenAtMs, outboxDepth, agentVersion } = terminal
  const health = tillHealth(terminal, nowMs)
  const stop = () => {
    setIsAsking(false)
  }
  return (
    <li className="terminal">
      <strong>{code}</strong>
      <Tag color={COLOURS[health]}>{words.terminal.health(health)}</Tag>
      {outboxDepth > 0 && <Tag color="warning">{words.terminal.outbox(count(outboxDepth))}</Tag>}
      <span className="terminal-buttons">
        <Button type="text" aria-label={`${words.enrol.again} ${code}`} onClick={onEnrol}>
          {words.enrol.again}
        </Button>
        {terminal.state === 'active' && (
          <Button
            type="text"
            danger
            aria-label={words.revoke.label(code)}
            aria-expanded={isAsking}
            onClick={() => {
              setIsAsking(true)
            }}
          >
            {words.revoke.open}
          </Button>
        )}
      </span>
      <span className="note terminal-note">
        {lastSeenAtMs === null
          ? words.terminal.neverSeen
          : words.terminal.lastSeen(ago(lastSeenAtMs, nowMs))}
        {agentVersion !== null && ` · ${words.terminal.version(agentVersion)}`}
      </span>
      {isAsking && (
        <Ask
          label={words.revoke.label(code)}
          promise={words.revoke.promise(code, count(outboxDepth))}
          confirm={words.revoke.confirm}
          isDanger
          onConfirm={() => api.post(`/terminals/${id}/revoke`)}
          onDone={() => {
            stop()
            onChanged()
          }}
          onCancel={stop}
        />
      )}
    </li>
  )
}
