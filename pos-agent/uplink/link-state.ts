import type { Clock } from '../platform/clock.js'

// Whether the server answers, as the page shows it. Only the heartbeat and a refusal by name change
// it, so that one slow request does not flicker.

export type Connection = 'online' | 'offline' | 'unenrolled' | 'revoked'

export interface LinkSnapshot {
  connection: Connection
  offlineSinceMs: number | null
  lastSyncAtMs: number | null
}

export class LinkState {
  private state: LinkSnapshot

  constructor(
    private readonly clock: Clock,
    isEnrolled: boolean,
    private readonly onChange: (connection: Connection, before: Connection) => void,
  ) {
    this.state = {
      connection: isEnrolled ? 'offline' : 'unenrolled',
      offlineSinceMs: isEnrolled ? clock.correctedNowMs() : null,
      lastSyncAtMs: null,
    }
  }

  snapshot(): LinkSnapshot {
    return this.state
  }

  answered(): void {
    const lastSyncAtMs = this.clock.correctedNowMs()
    this.change({ connection: 'online', offlineSinceMs: null, lastSyncAtMs })
  }

  silent(): void {
    const offlineSinceMs = this.state.offlineSinceMs ?? this.clock.correctedNowMs()
    this.change({ ...this.state, connection: 'offline', offlineSinceMs })
  }

  revoked(): void {
    this.change({ ...this.state, connection: 'revoked', offlineSinceMs: null })
  }

  unenrolled(): void {
    this.change({ ...this.state, connection: 'unenrolled', offlineSinceMs: null })
  }

  private change(next: LinkSnapshot): void {
    const before = this.state.connection
    this.state = next
    if (before !== next.connection) this.onChange(next.connection, before)
  }
}
