import type { TillState } from '@huike/shared/contracts/cashier'
import { useEffect, useState } from 'react'
import { clockTime } from '../format.js'
import type { Link } from '../model.js'
import { banner, chips } from '../status.js'
import { strings } from '../strings.js'

const CLOCK_EVERY_MS = 5_000

/** Store, till, everything about its health, the time; below it the one thing that is wrong. */
export function Head({ till, link }: { till: TillState | null; link: Link }) {
  const alarm = banner(till, link)
  return (
    <header className="head">
      <div className="head-row">
        <strong className="brand">{strings.page.brand}</strong>
        <span className="store">{storeWords(till)}</span>
        {till && till.terminalCode !== '' && (
          <span className="terminal">{strings.page.terminal(till.terminalCode)}</span>
        )}
        <ul className="chips">
          {chips(till, link).map(({ id, tone, text }) => (
            <li key={id} className={`chip tone-${tone}`} data-chip={id}>
              {text}
            </li>
          ))}
        </ul>
        <Clock timeZone={till?.timeZone ?? null} />
      </div>
      {alarm && (
        <p className={`banner tone-${alarm.tone}`} role="alert">
          <strong>{alarm.title}</strong>
          <span>{alarm.text}</span>
        </p>
      )}
    </header>
  )
}

function storeWords(till: TillState | null): string {
  if (till === null) return strings.page.starting
  return till.storeName === '' ? strings.page.storeUnknown : till.storeName
}

function Clock({ timeZone }: { timeZone: string | null }) {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => {
      setNowMs(Date.now())
    }, CLOCK_EVERY_MS)
    return () => {
      clearInterval(timer)
    }
  }, [])
  return <time className="clock">{clockTime(nowMs, timeZone)}</time>
}
