import { isPassing, type Result } from '../api/result.js'
import type { Keeper } from './keeper.js'
import { createStore, type Store } from './store.js'

// The code of a poster that somebody scanned: it waits on the phone until there is a membership to take
// its coupon with, and until the server has said something to it.

/** The code; empty while there is none. */
export interface PosterCode extends Pick<Store<string>, 'get'> {
  note(code: string): void
  /** What came of a code: the one that waits is done with once the server has decided about it. */
  answered(code: string, result: Result<unknown>): void
}

/** The code that was scanned, remembered on the phone. */
export function createPosterCode(keeper: Keeper, isMember: () => boolean): PosterCode {
  const code = createStore(keeper.read<{ code: string }>('poster-code')?.code ?? '')
  const note = (scanned: string) => {
    keeper.write('poster-code', { code: scanned })
    code.set(scanned)
  }
  return {
    get: code.get,
    note,
    answered(sent, result) {
      if (sent !== code.get()) return
      // A session that ended has emptied the storage, the code with it.
      note(isDecided(result, isMember()) ? '' : sent)
    },
  }
}

/** Taken, or refused to this member: not where nobody answered, nor where nobody is signed in any more. */
function isDecided(result: Result<unknown>, isMember: boolean): boolean {
  if (result.ok) return true
  const isSessionOver = ['token_missing', 'token_expired', 'token_invalid'].includes(result.code)
  return isMember && !isSessionOver && !isPassing(result)
}
