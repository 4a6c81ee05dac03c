import type { Keeper } from './keeper.js'
import { createStore, type Store } from './store.js'

// The code of the member who brought somebody: from the page they shared, or typed. It waits on the
// phone until there is a membership to begin with it.

/** The code; empty while there is none. */
export interface GivenCode extends Store<string> {
  note(code: string): void
  reset(): void
}

/** The code that was given, remembered on the phone. */
export function createGivenCode(keeper: Keeper): GivenCode {
  const code = createStore(keeper.read<{ code: string }>('referral-code')?.code ?? '')
  return {
    ...code,
    note(given) {
      keeper.write('referral-code', { code: given })
      code.set(given)
    },
    reset() {
      code.set('')
    },
  }
}
