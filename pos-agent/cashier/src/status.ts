import type { TillState } from '@huike/shared/contracts/cashier'
import { clockTime, minutesOf } from './format.js'
import type { Link, Tone } from './model.js'
import { strings } from './strings.js'

// What is always on screen about the till: pure, so that its spec is a table.

/** Beyond this the till's clock is called wrong (POS.md §4, Time). */
const CLOCK_OFF_MS_MAX = 120_000

export interface Chip {
  readonly id: 'connection' | 'outbox' | 'parked' | 'confirm' | 'tap' | 'storage' | 'clock'
  /** `quiet` is the tone of things that are as they should be. */
  readonly tone: Tone | 'quiet'
  readonly text: string
}

export interface Banner {
  readonly tone: 'warn' | 'bad'
  readonly title: string
  readonly text: string
}

/** The chips in the head of the page, always all of them and always in this order. */
export function chips(till: TillState | null, link: Link): Chip[] {
  if (till === null) return [connection(null, link)]
  const { status } = strings
  return [
    connection(till, link),
    {
      id: 'outbox',
      tone: till.outboxDepth > 0 ? 'info' : 'quiet',
      text: status.outbox(till.outboxDepth),
    },
    {
      id: 'confirm',
      tone: till.needsConfirmCount > 0 ? 'warn' : 'quiet',
      text: status.needsConfirm(till.needsConfirmCount),
    },
    {
      id: 'parked',
      tone: till.parkedCount > 0 ? 'bad' : 'quiet',
      text: status.parked(till.parkedCount),
    },
    { id: 'tap', tone: till.tap === 'running' ? 'quiet' : 'warn', text: status.tap[till.tap] },
    {
      id: 'storage',
      tone: { ok: 'quiet', low: 'warn', full: 'bad' }[till.storage] as Chip['tone'],
      text: status.storage[till.storage],
    },
    clock(till.clockOffsetMs),
  ]
}

/** The one thing the cashier must know now, or null. */
export function banner(till: TillState | null, link: Link): Banner | null {
  const { banner: text, status } = strings
  if (link === 'gone') return { tone: 'bad', title: status.gone, text: text.gone }
  if (till === null) return null
  if (till.connection === 'revoked')
    return { tone: 'bad', title: status.revoked, text: text.revoked }
  if (till.connection === 'unenrolled')
    return { tone: 'bad', title: status.unenrolled, text: text.unenrolled }
  if (till.storage === 'full')
    return { tone: 'bad', title: status.storage.full, text: text.storageFull }
  if (till.connection === 'offline')
    return { tone: 'warn', title: offlineWords(till), text: text.offline }
  return null
}

function connection(till: TillState | null, link: Link): Chip {
  const { status } = strings
  const chip = (tone: Chip['tone'], text: string): Chip => ({ id: 'connection', tone, text })
  if (link === 'gone') return chip('bad', status.gone)
  if (till === null) return chip('quiet', status.connecting)
  switch (till.connection) {
    case 'online':
      return chip('good', status.online)
    case 'offline':
      return chip('warn', offlineWords(till))
    case 'unenrolled':
      return chip('bad', status.unenrolled)
    case 'revoked':
      return chip('bad', status.revoked)
  }
}

function offlineWords({ offlineSinceMs, timeZone }: TillState): string {
  const { status } = strings
  return offlineSinceMs === null
    ? status.offline
    : status.offlineSince(clockTime(offlineSinceMs, timeZone))
}

function clock(offsetMs: number | null): Chip {
  const { status } = strings
  if (offsetMs === null) return { id: 'clock', tone: 'quiet', text: status.clockUnknown }
  if (Math.abs(offsetMs) <= CLOCK_OFF_MS_MAX)
    return { id: 'clock', tone: 'quiet', text: status.clockGood }
  const minutes = minutesOf(offsetMs)
  // The offset is the server's clock minus this one: positive means this machine is behind.
  const text = offsetMs > 0 ? status.clockSlow(minutes) : status.clockFast(minutes)
  return { id: 'clock', tone: 'bad', text }
}
