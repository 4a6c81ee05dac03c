import type { Failure, Result } from '../api/result.js'
import { createStore, type Store } from './store.js'

// Something the server knows, with manners: the last good answer is shown at once and kept on the
// phone with its time; a failed refresh leaves it standing and says so; an answer that arrives
// after `reset` (another person signed in) is dropped.

/** The last good answer and when it came, by the phone's clock. */
export interface Kept<T> {
  readonly value: T
  readonly atMs: number
}

/** Where the last good answer survives a restart. */
export interface Shelf<T> {
  read(): Kept<T> | null
  write(kept: Kept<T>): void
}

export interface RemoteState<T> {
  readonly kept: Kept<T> | null
  /** Why the last attempt failed; null while it succeeds. */
  readonly failure: Failure | null
  readonly isBusy: boolean
}

export interface Remote<T> extends Store<RemoteState<T>> {
  /** Asks the server. A call while one is under way joins it. */
  refresh(): Promise<void>
  /** Puts a better value in place, as when a further page arrived. Not written to the shelf. */
  replace(value: T): void
  /** Takes an answer that came another way, as after a change; what was asked before it is void. */
  accept(value: T): void
  /** Forgets everything and ignores answers still under way. */
  reset(): void
}

export interface RemoteOptions<T> {
  readonly load: () => Promise<Result<T>>
  readonly shelf: Shelf<T>
  readonly nowMs: () => number
}

/** Watches one resource of the server. */
export function createRemote<T>({ load, shelf, nowMs }: RemoteOptions<T>): Remote<T> {
  const store = createStore<RemoteState<T>>({ kept: shelf.read(), failure: null, isBusy: false })
  let running: Promise<void> | null = null
  let generation = 0

  async function run(started: number): Promise<void> {
    const result = await load()
    if (started !== generation) return
    running = null
    if (result.ok) keep(result.value)
    else store.set({ ...store.get(), failure: result, isBusy: false })
  }

  function keep(value: T): void {
    const kept = { value, atMs: nowMs() }
    shelf.write(kept)
    store.set({ kept, failure: null, isBusy: false })
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    refresh() {
      if (running === null) {
        store.set({ ...store.get(), isBusy: true })
        running = run(generation)
      }
      return running
    },
    replace(value) {
      const { kept } = store.get()
      if (kept !== null) store.set({ ...store.get(), kept: { ...kept, value } })
    },
    accept(value) {
      generation += 1
      running = null
      keep(value)
    },
    reset() {
      generation += 1
      running = null
      store.set({ kept: null, failure: null, isBusy: false })
    },
  }
}
