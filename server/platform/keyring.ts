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
// A keyring lives: sealing keys are added to its file while servers run, and which of them seals is
// what the database says (key-watch.ts). The index and token keys never change under a running server.

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FINGERPRINT_BYTES = 12
/** Of a blind index that is a number: exact in every database. */
const NUMBER_BYTES = 6
const MODE_PRIVATE = 0o600
/** An unknown key has the file read again, but not for each of many values. */
const READ_AGAIN_EVERY_MS = 1_000

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

/** A keyring as its JSON text has it, checked. */
export type KeyringContent = z.infer<typeof keyringSchema>

/** Reads a keyring's JSON text. Throws KeyringError. */
export function parseKeyring(json: string): KeyringContent {
  const parsed = keyringSchema.safeParse(parseJson(json))
  if (!parsed.success) throw new KeyringError(`keyring: ${z.prettifyError(parsed.error)}`)
  const { keys, active, index, token } = parsed.data
  if (!Object.hasOwn(keys, active))
    throw new KeyringError(`keyring: active key ${active} is not among the keys`)
  for (const [name, bytes] of Object.entries({ ...keys, index, token }))
    if (bytes.length !== KEY_BYTES)
      throw new KeyringError(`keyring: ${name} must be ${String(KEY_BYTES)} bytes`)
  return parsed.data
}

export class Keyring {
  #content: KeyringContent
  #active: string
  readonly #readAgain: (() => string) | null
  #readAgainAtMs = -Infinity

  /**
   * Reads the keyring's JSON text; `readAgain` gives the text as it is now, where it can change.
   * Throws KeyringError.
   */
  constructor(json: string, readAgain: (() => string) | null = null) {
    this.#content = parseKeyring(json)
    this.#active = this.#content.active
    this.#readAgain = readAgain
  }

  /** The key that new values are sealed with. */
  get active(): string {
    return this.#active
  }

  /** The sealing keys there are, each with its fingerprint: tells two keys apart and gives neither. */
  fingerprints(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#content.keys).map(([id, bytes]) => [id, fingerprintOf(bytes)]),
    )
  }

  /** Seals with another of the keys from now on. Throws KeyringError when there is no such key. */
  use(id: string): void {
    this.#keyOf(id)
    this.#active = id
  }

  /**
   * Takes up sealing keys that the file has had since. Throws KeyringError, and stays as it is, when
   * the file cannot be used, belongs to another installation, or lacks a key that is held here.
   */
  refresh(): void {
    if (!this.#readAgain) return
    const fresh = parseKeyring(this.#readAgain())
    const { index, token, keys } = this.#content
    if (!fresh.index.equals(index) || !fresh.token.equals(token))
      throw new KeyringError('the keyring file is another one now: index or token key differ')
    const lost = Object.entries(keys).filter(([id, bytes]) => !fresh.keys[id]?.equals(bytes))
    if (lost.length > 0)
      throw new KeyringError(`the keyring file has lost ${lost.map(([id]) => id).join(', ')}`)
    this.#content = fresh
  }

  /** Lets go of keys that nothing is sealed with any more; never of the one that seals. */
  forget(ids: readonly string[]): void {
    const kept = Object.entries(this.#content.keys).filter(
      ([id]) => id === this.#active || !ids.includes(id),
    )
    this.#content = { ...this.#content, keys: Object.fromEntries(kept) }
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
    return createHmac('sha256', this.#content.index).update(`${kind}\0${value}`).digest('base64url')
  }

  /** The same as a number of 48 bits: short, and now and then equal for two values. */
  blindNumber(kind: string, value: string): number {
    return createHmac('sha256', this.#content.index)
      .update(`${kind}\0${value}`)
      .digest()
      .readUIntBE(0, NUMBER_BYTES)
  }

  /**
   * A keyed hash of content that may hold a phone number, in hex: tells the same content again, and
   * cannot be tried out number by number, as a plain hash could.
   */
  contentHash(content: string): string {
    return createHmac('sha256', this.#content.index).update(`content\0${content}`).digest('hex')
  }

  /** The key one store's tills find cached members by; tells nothing about other stores' keys. */
  storePhoneIndexKey(storeId: string): Buffer {
    return derive(this.#content.index, `store-phone-index|${storeId}`)
  }

  /** The key of one member's rotating code. */
  memberCodeKey(memberId: string): Buffer {
    return derive(this.#content.token, `member-code|${memberId}`)
  }

  /** The seed of the key that signs checkpoints of the points book. */
  checkpointSeed(): Buffer {
    return derive(this.#content.token, 'points-checkpoint')
  }

  /** Seeds of the key that signs what tills may redeem without a network; the first that fits is it. */
  allowanceSeed(attempt: number): Buffer {
    return derive(this.#content.token, `offline-allowance|${String(attempt)}`)
  }

  /** The HMAC key that signs tokens of one audience. */
  tokenKey(audience: string): Buffer {
    return derive(this.#content.token, `token|${audience}`)
  }

  #keyOf(id: string): Buffer {
    const found = this.#known(id) ?? this.#knownAfterReading(id)
    if (!found) throw new KeyringError(`no key ${id} in the keyring`)
    return found
  }

  #known(id: string): Buffer | undefined {
    return Object.hasOwn(this.#content.keys, id) ? this.#content.keys[id] : undefined
  }

  /** Another server may seal with a key that came into the file a moment ago. */
  #knownAfterReading(id: string): Buffer | undefined {
    const nowMs = performance.now()
    if (nowMs - this.#readAgainAtMs < READ_AGAIN_EVERY_MS) return undefined
    this.#readAgainAtMs = nowMs
    this.refresh()
    return this.#known(id)
  }
}

/** A fingerprint of a sealing key: the same for the same key, and no way back to it. */
function fingerprintOf(key: Buffer): string {
  return derive(key, 'fingerprint').subarray(0, FINGERPRINT_BYTES).toString('base64url')
}

function derive(root: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), purpose, KEY_BYTES))
}

/** A new keyring's JSON text. */
export function newKeyringJson(): string {
  const fresh = () => randomBytes(KEY_BYTES)
  return keyringJson({
    version: 1,
    keys: { k1: fresh() },
    active: 'k1',
    index: fresh(),
    token: fresh(),
  })
}

/** A keyring's JSON text. */
export function keyringJson(content: KeyringContent): string {
  const { keys, index, token } = content
  const text = (bytes: Buffer) => bytes.toString('base64')
  return JSON.stringify({
    ...content,
    keys: Object.fromEntries(Object.entries(keys).map(([id, bytes]) => [id, text(bytes)])),
    index: text(index),
    token: text(token),
  })
}

/** The keyring with one more sealing key, newer than all of its own and all of `known`. */
export function withFreshKey(content: KeyringContent, known: readonly string[]): KeyringContent {
  const numbers = [...Object.keys(content.keys), ...known].map((id) => Number(id.slice(1)))
  const id = `k${String(Math.max(...numbers) + 1)}`
  return { ...content, keys: { ...content.keys, [id]: randomBytes(KEY_BYTES) } }
}

/**
 * Loads the keyring from a file that only its owner may read. Throws KeyringError when it is absent
 * or open to others.
 */
export function loadKeyring(path: string): Keyring {
  return new Keyring(readKeyringFile(path), () => readKeyringFile(path))
}

/** The text of a keyring file. Throws KeyringError when it is absent or open to others. */
export function readKeyringFile(path: string): string {
  if (!existsSync(path)) throw new KeyringError(`no keyring at ${path}`)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new KeyringError(`${path} must be readable by its owner only (chmod 600)`)
  return readFileSync(path, 'utf8')
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
