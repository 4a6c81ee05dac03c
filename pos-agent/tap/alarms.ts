import { write } from 'node:fs'

// What is wrong right now, each thing once. A line goes to stderr when it starts and when it is
// over, through a write that never blocks: the reader of that pipe may be dead or stuck.

const STDERR_FD = 2

export type AlarmCode =
  | 'listen_failed'
  | 'printer_unreachable'
  | 'key_unavailable'
  | 'spool_full'
  | 'spool_failed'
  | 'sync_failed'
  | 'queue_full'
  | 'internal_error'

export interface Alarm {
  code: AlarmCode
  sinceMs: number
  detail: string
}

export class Alarms {
  private readonly active = new Map<AlarmCode, Alarm>()
  private writing = false

  constructor(
    private readonly print: (line: string) => void = (line) => {
      this.toStderr(line)
    },
  ) {}

  /** Starts an alarm, or updates the detail of one that is on. */
  raise(code: AlarmCode, detail: string): void {
    const known = this.active.get(code)
    if (known) known.detail = detail
    else {
      this.active.set(code, { code, sinceMs: Date.now(), detail })
      this.print(`ALARM ${code}: ${detail}`)
    }
  }

  clear(code: AlarmCode): void {
    if (this.active.delete(code)) this.print(`over ${code}`)
  }

  list(): Alarm[] {
    return [...this.active.values()]
  }

  private toStderr(line: string): void {
    if (this.writing) return
    this.writing = true
    write(STDERR_FD, `tap ${new Date().toISOString()} ${line}\n`, () => {
      this.writing = false
    })
  }
}
