import type { SaidState } from './consent.service.js'

// What two records that are one person say together. A word against outweighs any word for, whenever
// either was said; a word for counts only where the record that stays has said it itself, because
// silence is nobody's consent. Being a member at all is no marketing: that word is kept either way.

/** What the survivor says to a purpose after a merge; null: as little as before. */
export function stricterOf(
  purpose: string,
  survivor: SaidState | null,
  absorbed: SaidState | null,
): SaidState | null {
  if (survivor === 'withdrawn' || absorbed === 'withdrawn') return 'withdrawn'
  if (purpose === 'membership' && absorbed === 'granted') return 'granted'
  return survivor
}
