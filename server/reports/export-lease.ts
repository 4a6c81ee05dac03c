import type { Clock } from '../platform/clock.js'
import type { Database } from '../platform/database.js'
import type { ExportJob } from './export-job.entity.js'
import { EXPORT_KEPT_MS } from './export-rows.js'

// The right to work on one export. Every change of its row asks for the lease that was given last,
// so that a server which was slow changes nothing of what another has begun.

export const LEASE_MS = 60_000

/** Another server has the job now, or this one is stopping. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned'
}

/** The right to work on a job: lost when somebody else has taken it meanwhile. */
export class ExportLease {
  #untilMs: number

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    readonly job: ExportJob,
  ) {
    this.#untilMs = job.nextAtMs
  }

  /** Tells how far it has come, and renews the lease; `totalRows` null while it is counted. */
  async progress(doneRows: number, totalRows: number | null): Promise<void> {
    const untilMs = this.clock.nowMs() + LEASE_MS
    await this.#change('doneRows = ?, totalRows = ?, nextAtMs = ?', [doneRows, totalRows, untilMs])
    this.#untilMs = untilMs
  }

  /** The file is there. */
  async finish(): Promise<void> {
    const nowMs = this.clock.nowMs()
    const keptUntilMs = nowMs + EXPORT_KEPT_MS
    await this.#change("state = 'done', finishedAtMs = ?, nextAtMs = ?", [nowMs, keptUntilMs])
  }

  /** It cannot be done; false when the job is somebody else's now. */
  async fail(): Promise<boolean> {
    return (await this.#guarded("state = 'failed', finishedAtMs = ?", [this.clock.nowMs()])) > 0
  }

  /** Gives the job back, for somebody else to begin at once; nothing when it was lost. */
  async release(): Promise<void> {
    await this.#guarded("state = 'waiting', nextAtMs = ?", [this.clock.nowMs()])
  }

  async #change(sets: string, values: readonly (number | null)[]): Promise<void> {
    if ((await this.#guarded(sets, values)) === 0) throw new Abandoned('the lease was lost')
  }

  #guarded(sets: string, values: readonly (number | null)[]): Promise<number> {
    return this.database.write((tx) =>
      tx.run(`UPDATE export_job SET ${sets} WHERE id = ? AND state = 'running' AND nextAtMs = ?`, [
        ...values,
        this.job.id,
        this.#untilMs,
      ]),
    )
  }
}
