import { EVENTS_PER_BATCH_MAX } from '@huike/shared/contracts/agent'
import type { SourceKind, SourceState, SyncMode } from '@huike/shared/contracts/console'
import type { TerminalWithSources } from '../../stores/terminal-sources.service.js'

// When a source is in order, as a pure function of what is known of it and the time.

/** A till beats every five seconds, and that is written once a minute at least. */
export const SILENT_MS_MAX = 120_000
/** Everything older than this should have arrived. */
export const BEHIND_LAG_MS_MAX = 10 * 60_000
/** A till that has more waiting than fits one batch is catching up. */
export const BEHIND_OUTBOX_MAX = EVENTS_PER_BATCH_MAX
/** Clocks differ; beyond this somebody should set the till's. */
export const CLOCK_SKEW_MS_MAX = 60_000

/** What is known of a till. */
export interface TillFacts {
  state: 'unenrolled' | 'active' | 'revoked'
  lastSeenAtMs: number | null
  outboxDepth: number
  /** When the newest checkout that has arrived was captured; null when none has. */
  lastCapturedAtMs: number | null
}

/** What is known of a till, from its row and its sources. */
export function tillFactsOf(terminal: TerminalWithSources): TillFacts {
  const captured = terminal.sources.map((source) => source.lastCapturedAtMs)
  return {
    state: terminal.state as TillFacts['state'],
    lastSeenAtMs: terminal.lastSeenAtMs,
    outboxDepth: terminal.outboxDepth ?? 0,
    lastCapturedAtMs: captured.length === 0 ? null : Math.max(...captured),
  }
}

/**
 * How old what is known of a till may be. With nothing waiting on it, it is complete up to when it
 * was last heard of; else up to the newest checkout that arrived, since the oldest are sent first.
 */
export function lagMsOf(till: TillFacts, nowMs: number): number | null {
  if (till.state !== 'active' || till.lastSeenAtMs === null) return null
  const completeUntilMs =
    till.outboxDepth === 0 ? till.lastSeenAtMs : (till.lastCapturedAtMs ?? till.lastSeenAtMs)
  return Math.max(0, nowMs - Math.min(completeUntilMs, till.lastSeenAtMs))
}

/** The state of a till's sources. */
export function stateOf(till: TillFacts, nowMs: number): SourceState {
  switch (till.state) {
    case 'unenrolled':
      return 'unenrolled'
    case 'revoked':
      return 'stopped'
    case 'active': {
      if (till.lastSeenAtMs === null || nowMs - till.lastSeenAtMs > SILENT_MS_MAX) return 'silent'
      const isBehind =
        till.outboxDepth > BEHIND_OUTBOX_MAX || (lagMsOf(till, nowMs) ?? 0) > BEHIND_LAG_MS_MAX
      return isBehind ? 'behind' : 'ok'
    }
  }
}

/** How a kind of source hands in: the tap as it prints, a folder when a file appears. */
export function modeOf(kind: SourceKind): SyncMode {
  switch (kind) {
    case 'escpos_tap':
    case 'till':
      return 'realtime'
    case 'file_drop':
      return 'near_realtime'
  }
}
