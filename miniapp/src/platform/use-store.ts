import { useSyncExternalStore } from 'react'
import type { Store } from '../data/store.js'

/** The current state of a store; the component draws again when it changes. */
export function useStore<State>(store: Store<State>): State {
  return useSyncExternalStore(store.subscribe, store.get)
}
