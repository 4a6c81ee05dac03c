import type { Store } from '../store/store.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/log.js'

// A source brings captures from outside and makes them durable, together with its cursor. It looks
// at nothing inside them.

export interface Source {
  readonly sourceId: string
  start(): void
  /** Stops after the step under way. */
  stop(): Promise<void>
}

export interface SourceContext {
  store: Store
  clock: Clock
  log: Logger
  /** Called when something was taken, so that it is read at once. */
  onTaken: (sourceKind: string, count: number) => void
}

/** Repeats `step` with a pause, until stopped; a failing step is logged and tried again. */
export class Loop {
  private timer: NodeJS.Timeout | null = null
  private running: Promise<void> = Promise.resolve()
  private isStopped = true
  private lastFailure = ''

  constructor(
    private readonly name: string,
    private readonly pauseMs: number,
    private readonly log: Logger,
    private readonly step: () => Promise<void>,
  ) {}

  start(): void {
    this.isStopped = false
    this.schedule(0)
  }

  async stop(): Promise<void> {
    this.isStopped = true
    if (this.timer) clearTimeout(this.timer)
    await this.running
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return
    this.timer = setTimeout(() => {
      this.running = this.runOnce().finally(() => {
        this.schedule(this.pauseMs)
      })
    }, delayMs)
  }

  private async runOnce(): Promise<void> {
    try {
      await this.step()
      this.lastFailure = ''
    } catch (error) {
      const failure = (error as Error).message
      // The same trouble every 100 ms is one line, not ten a second.
      if (failure !== this.lastFailure) this.log.error({ err: error }, `${this.name} failed`)
      this.lastFailure = failure
    }
  }
}
