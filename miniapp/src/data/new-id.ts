// Ids that are minted on the phone: ULIDs, https://github.com/ulid/spec. They make a repeated
// message recognisable and open nothing, so ordinary chance is enough.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BASE = ALPHABET.length
const TIME_LETTERS = 10
const CHANCE_LETTERS = 16

/** A new ULID. `chance` gives numbers from 0 to below 1. */
export function newId(nowMs: number, chance: () => number): string {
  let time = ''
  let rest = nowMs
  for (let i = 0; i < TIME_LETTERS; i += 1) {
    time = ALPHABET.charAt(rest % BASE) + time
    rest = Math.floor(rest / BASE)
  }
  let random = ''
  for (let i = 0; i < CHANCE_LETTERS; i += 1) random += ALPHABET.charAt(Math.floor(chance() * BASE))
  return time + random
}
