import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

// The keyring. Personal data is never in clear at rest: values are sealed with AES-256-GCM under a
// named key, and found through HMAC-SHA-256 blind indexes. The keys live outside the database, in a
// 0600 file or a secret. Losing them loses the phone numbers; leaking them makes the database readable.

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const MODE_PRIVATE = 0o600

const key = z.base64().transform((text) => Buffer.from(text, 'base64'))
const keyringSchema = z.strictObject({
  version: z.literal(1),
  /** Sealing keys by id; new values use `active`, old ones stay readable. */
  keys: z.record(z.string().regex(/^k\d{1,6}$/), key),
  active: z.string(),
  /** Keys every blind index; changing it means indexing anew. */
  index: key,
  /** Root of the token signing and member code keys. */
  token: key,
})

/** A keyring that cannot be used; says what is wrong without showing a key. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError'
}

export class Keyring {
  readonly #keys: Record<string, Buffer>
  readonly #active: string
  readonly #index: Buffer
  readonly #token: Buffer

  /** Reads the keyring's JSON text. Throws KeyringError. */
  constructor(json: string) {
    const parsed = keyringSchema.safeParse(parseJson(json))
    if (!parsed.success) throw new KeyringError(`keyring: ${z.prettifyError(parsed.error)}`)
    const { keys, active, index, token } = parsed.data
    if (!Object.hasOwn(keys, active))
      throw new KeyringError(`keyring: active key ${active} is not among the keys`)
    for (const [name, bytes] of Object.entries({ ...keys, index, token }))
      if (bytes.length !== KEY_BYTES)
        throw new KeyringError(`keyring: ${name} must be ${String(KEY_BYTES)} bytes`)
    this.#keys = keys
    this.#active = active
    this.#index = index
    this.#token = token
  }

  /**
   * Seals text as `keyId.base64url(nonce ‖ ciphertext ‖ tag)`. `context` names the place it is for
   * (table, column, row id): a value copied elsewhere does not open.
   */
  seal(text: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(this.#active), nonce)
    cipher.setAAD(Buffer.from(context))
    const sealed = Buffer.concat([
      nonce,
      cipher.update(text, 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ])
    return `${this.#active}.${sealed.toString('base64url')}`
  }

  /** Opens what `seal` made for the same context. Throws KeyringError when it does not fit. */
  open(sealed: string, context: string): string {
    const dot = sealed.indexOf('.')
    const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
    if (dot < 1 || bytes.length < NONCE_BYTES + TAG_BYTES)
      throw new KeyringError('not a sealed value')
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.#keyOf(sealed.slice(0, dot)),
      bytes.subarray(0, NONCE_BYTES),
      { authTagLength: TAG_BYTES },
    )
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
    try {
      const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
      return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
    } catch {
      throw new KeyringError(`a sealed value does not open for ${context}`)
    }
  }

  /** Blind index of a value: equal for equal values of one kind, worthless without the key. */
  blindIndex(kind: string, value: string): string {
    return createHmac('sha256', this.#index).update(`${kind}\0${value}`).digest('base64url')
  }

  /**
   * A keyed hash of content that may hold a phone number, in hex: tells the same content again, and
   * cannot be tried out number by number, as a plain hash could.
   */
  contentHash(content: string): string {
    return createHmac('sha256', this.#index).update(`content\0${content}`).digest('hex')
  }

  /** The key one store's tills find cached members by; tells nothing about other stores' keys. */
  storePhoneIndexKey(storeId: string): Buffer {
    return this.#derive(this.#index, `store-phone-index|${storeId}`)
  }

  /** The key of one member's rotating code. */
  memberCodeKey(memberId: string): Buffer {
    return this.#derive(this.#token, `member-code|${memberId}`)
  }

  /** The HMAC key that signs tokens of one audience. */
  tokenKey(audience: string): Buffer {
    return this.#derive(this.#token, `token|${audience}`)
  }

  #keyOf(id: string): Buffer {
    const found = Object.hasOwn(this.#keys, id) ? this.#keys[id] : undefined
    if (!found) throw new KeyringError(`no key ${id} in the keyring`)
    return found
  }

  #derive(root: Buffer, purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), purpose, KEY_BYTES))
  }
}

/** A new keyring's JSON text. */
export function newKeyringJson(): string {
  const fresh = () => randomBytes(KEY_BYTES).toString('base64')
  return JSON.stringify({
    version: 1,
    keys: { k1: fresh() },
    active: 'k1',
    index: fresh(),
    token: fresh(),
  })
}

/**
 * Loads the keyring from a file that only its owner may read. Throws KeyringError when it is absent
 * or open to others.
 */
export function loadKeyring(path: string): Keyring {
  if (!existsSync(path)) throw new KeyringError(`no keyring at ${path}`)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new KeyringError(`${path} must be readable by its owner only (chmod 600)`)
  return new Keyring(readFileSync(path, 'utf8'))
}

/** Creates the keyring file if there is none; never overwrites one. */
export function ensureKeyring(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (existsSync(path)) return
  writeFileSync(path, newKeyringJson(), { mode: MODE_PRIVATE, flag: 'wx' })
  chmodSync(path, MODE_PRIVATE)
}

/** Compares two secrets without telling, by the time taken, where they differ. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeyringError('keyring: not JSON')
  }
}
