// A first password somebody reads out and somebody else types: long enough, and without characters
// that are taken for others.

const LENGTH = 12
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789'

/** Makes a password of LENGTH characters out of as many random numbers. */
export function passwordOf(random: Uint32Array): string {
  return [...random].map((number) => ALPHABET[number % ALPHABET.length]).join('')
}

/** A new password. */
export function newPassword(): string {
  return passwordOf(crypto.getRandomValues(new Uint32Array(LENGTH)))
}
