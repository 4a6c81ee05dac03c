import { rename, writeFile } from 'node:fs/promises'

/** Written at least this often, changed or not. */
const STATUS_BEAT_MS = 5000

/** Replaces the status file whole, when something changed or a beat is due. */
export class StatusFile {
  private written = ''
  private writtenAtMs = 0
  private writing = Promise.resolve()

  constructor(private readonly path: string) {}

  write(report: object): Promise<void> {
    const text = JSON.stringify(report)
    const isDue = Math.abs(Date.now() - this.writtenAtMs) >= STATUS_BEAT_MS
    if (text === this.written && !isDue) return this.writing
    this.written = text
    this.writtenAtMs = Date.now()
    const beaten = JSON.stringify({ ...report, updatedAtMs: this.writtenAtMs })
    this.writing = this.writing.then(async () => {
      try {
        await writeFile(`${this.path}.tmp`, beaten, { mode: 0o600 })
        await rename(`${this.path}.tmp`, this.path)
      } catch {
        // No room for the status either: its age tells.
        this.written = ''
      }
    })
    return this.writing
  }
}
