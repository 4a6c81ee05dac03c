/** A value that changes and says so: what pages watch and tests drive without a screen. */
export interface Store<State> {
  get(): State
  /** Calls `listener` after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void
}

/** A store and the hand that writes it. */
export function createStore<State>(initial: State): Store<State> & { set(next: State): void } {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set(next) {
      if (next === state) return
      state = next
      listeners.forEach((listener) => {
        listener()
      })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
