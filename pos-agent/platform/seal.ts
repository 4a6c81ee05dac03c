import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

// Sealing of what the agent keeps on disk: AES-256-GCM, a fresh random nonce each time, and the
// place it belongs to as associated data, so that a sealed value moved to another row does not open.

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + NONCE_BYTES

/** A sealed value was altered, moved, or sealed with another key. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

/** Seals `clear` for `place` (for example `outbox:01J…`). */
export function seal(key: Uint8Array, place: string, clear: Uint8Array | string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place))
  const body = Buffer.concat([
    typeof clear === 'string' ? cipher.update(clear, 'utf8') : cipher.update(clear),
    cipher.final(),
  ])
  return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.getAuthTag()])
}

/** Opens what `seal` made for the same place. Throws SealError when it does not open. */
export function open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer {
  if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] !== VERSION)
    throw new SealError(`not a sealed value: ${place}`)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEAD_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  try {
    const body = sealed.subarray(HEAD_BYTES, sealed.length - TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()])
  } catch {
    throw new SealError(`does not open: ${place}`)
  }
}

/** HMAC-SHA-256 as base64url: finds a value again without keeping it in the clear. */
export function blindIndex(key: Uint8Array, value: Uint8Array | string): string {
  return createHmac('sha256', key).update(value).digest('base64url')
}
