import type { ConsoleTerminal } from '@huike/shared/contracts/console'

/** A till not heard of for this long is shown as offline: it speaks every few seconds. */
const SILENT_MS_MAX = 120_000

export type TillHealth = 'online' | 'offline' | 'unenrolled' | 'revoked'

/** How a till is, as of `nowMs`. */
export function tillHealth(terminal: ConsoleTerminal, nowMs: number): TillHealth {
  if (terminal.state !== 'active') return terminal.state
  const { lastSeenAtMs } = terminal
  return lastSeenAtMs !== null && nowMs - lastSeenAtMs <= SILENT_MS_MAX ? 'online' : 'offline'
}
