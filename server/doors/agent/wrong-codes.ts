// Codes that were typed at a till and stand for nothing: after many of them a till is not answered for a
// while, so that an unattended one cannot try codes out, whatever tokens it has. Kept in memory, as the
// other limits are.

const WRONG_MAX = 20
const WITHIN_MS = 10 * 60_000
/** More tills than a chain has; beyond that all begin anew. */
const TILLS_MAX = 10_000

export class WrongCodes {
  readonly #atMs = new Map<string, number[]>()

  /** Whether this till has typed too many by now. */
  areTooMany(terminalId: string, nowMs: number): boolean {
    return this.#recent(terminalId, nowMs).length >= WRONG_MAX
  }

  /** It has typed another one. */
  note(terminalId: string, nowMs: number): void {
    if (this.#atMs.size >= TILLS_MAX) this.#atMs.clear()
    this.#atMs.set(terminalId, [...this.#recent(terminalId, nowMs), nowMs])
  }

  #recent(terminalId: string, nowMs: number): number[] {
    return (this.#atMs.get(terminalId) ?? []).filter((atMs) => nowMs - atMs < WITHIN_MS)
  }
}
