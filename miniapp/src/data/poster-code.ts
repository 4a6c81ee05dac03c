import type { Keeper } from './keeper.js'
import { createStore, type Store } from './store.js'

// The code of a poster that somebody scanned before they were signed in: it waits on the phone until
// there is a membership to take its coupon with.

/** The code; empty while there is none. */
export interface PosterCode extends Pick<Store<string>, 'get'> {
  note(code: string): void
  /** It was used: it waits no more. */
  forget(): void
}

/** The code that was scanned, remembered on the phone. */
export function createPosterCode(keeper: Keeper): PosterCode {
  const code = createStore(keeper.read<{ code: string }>('poster-code')?.code ?? '')
  const note = (scanned: string) => {
    keeper.write('poster-code', { code: scanned })
    code.set(scanned)
  }
  return {
    get: code.get,
    note,
    forget: () => {
      note('')
    },
  }
}
