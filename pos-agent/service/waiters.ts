// Those who wait for one thing by name, for a limited time.

export class Waiters<T> {
  private readonly waiting = new Map<string, Set<(value: T | null) => void>>()

  /** Resolves with what `tell` says of `name`, or null when the time is up. */
  wait(name: string, limitMs: number): Promise<T | null> {
    return new Promise((resolve) => {
      const those = this.waiting.get(name) ?? new Set()
      this.waiting.set(name, those)
      const finish = (value: T | null): void => {
        clearTimeout(timer)
        those.delete(finish)
        if (those.size === 0) this.waiting.delete(name)
        resolve(value)
      }
      const timer = setTimeout(finish, limitMs, null)
      those.add(finish)
    })
  }

  tell(name: string, value: T): void {
    for (const finish of [...(this.waiting.get(name) ?? [])]) finish(value)
  }

  /** Nobody will be told any more. */
  close(): void {
    for (const those of [...this.waiting.values()]) for (const finish of [...those]) finish(null)
  }
}
