import type { OnApplicationShutdown } from '@nestjs/common'
import type { Logger } from 'pino'
import { Pace } from './pace.js'
import { Rounds } from './rounds.js'

/** A service that looks for work every second and does it a step at a time, until none is left. */
export abstract class BackgroundWorker implements OnApplicationShutdown {
  readonly #rounds: Rounds

  /**
   * A round that fails is logged as a failed round of `what`; the next look tries again. With
   * `everyMs` it looks only that often, and first after that time.
   */
  protected constructor(logger: Logger, what: string, everyMs = 0) {
    const pace = new Pace(everyMs)
    this.#rounds = new Rounds(
      async () => {
        if (pace.isDue()) await this.round()
      },
      (error) => {
        logger.warn({ err: error }, `a round of ${what} failed`)
      },
    )
  }

  /** True from the moment somebody asked for the end: a step looks at it between two commits. */
  protected get isStopping(): boolean {
    return this.#rounds.isStopped
  }

  /** Does some of what is due; false when nothing is. */
  protected abstract step(): Promise<boolean>

  /** What is done at each look. */
  protected async round(): Promise<void> {
    while (!this.isStopping && (await this.step()));
  }

  /** Looks for work now, and every second from now on. */
  start(): void {
    this.#rounds.start()
  }

  /** Looks now instead of at the next second. */
  wake(): void {
    this.#rounds.wake()
  }

  /** Begins nothing more; resolves when the step under way is done. Claims end with their leases. */
  stop(): Promise<void> {
    return this.#rounds.stop()
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop()
  }

  /** Does all that is due now. For tests. */
  drain(): Promise<void> {
    return this.#rounds.drain(() => this.step())
  }
}
