/**
 * Tells when it is time again, by the machine's own clock. Not at the start: a server that has just
 * come up has other work.
 */
export class Pace {
  #lastMs = performance.now()

  constructor(private readonly everyMs: number) {}

  /** True once in each stretch. */
  isDue(): boolean {
    const nowMs = performance.now()
    if (nowMs - this.#lastMs < this.everyMs) return false
    this.#lastMs = nowMs
    return true
  }
}
