import { setTimeout as sleep } from 'node:timers/promises'

// What a provider can do wrong, for a stand-in to be told.

/**
 * code: refuses with this code. lost: does what was asked and drops the connection. slow: does it
 * and answers after so long.
 */
export type Trouble<Code> =
  { kind: 'code'; code: Code } | { kind: 'lost' } | { kind: 'slow'; delayMs: number }

/** The trouble ahead, and for how many requests. */
export class Troubles<Code> {
  #trouble: Trouble<Code> | null = null
  #times = 0

  /** The next `times` requests meet this trouble; null heals. */
  set(trouble: Trouble<Code> | null, times = Number.POSITIVE_INFINITY): void {
    this.#trouble = trouble
    this.#times = times
  }

  /** The trouble of the request that is here now. */
  next(): Trouble<Code> | null {
    if (this.#times < 1) return null
    this.#times -= 1
    return this.#trouble
  }

  async pause(trouble: Trouble<Code> | null): Promise<void> {
    if (trouble?.kind === 'slow') await sleep(trouble.delayMs, undefined, { ref: false })
  }
}
