const KEY_BYTES = 16
const WORD_VALUES = 2 ** 32

/** A key that makes something happen once, however often it is sent; also without TLS. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A number from 0 to below 1 that nobody guesses. */
export function randomChance(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1))
  return word / WORD_VALUES
}
