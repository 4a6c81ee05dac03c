import { createDecipheriv, verify, type KeyObject } from 'node:crypto'

// What WeChat Pay says is believed only with its signature, and what it encrypted only with its tag.
// - A signature is over the bytes that came, never over what they were parsed to.
// - A key is looked up by its serial among those that were set up: an unknown one is refused, and
//   nothing is fetched for it. Public keys (`PUB_KEY_ID_…`) and platform certificates stand side by
//   side, as they do while a merchant moves from one to the other.
// - Signatures that begin with `WECHATPAY/SIGNTEST/` are WeChat's own test of us: they must fail.
// https://pay.weixin.qq.com/doc/v3/merchant/4012365342

/** Older or younger than this is refused: somebody may be sending it again. */
export const PAY_SKEW_S_MAX = 300
const PROBE = 'WECHATPAY/SIGNTEST/'
const ALGORITHM = 'AEAD_AES_256_GCM'
const TAG_BYTES = 16
const NONCE_BYTES = 12

/** By serial: `PUB_KEY_ID_…` or the serial of a platform certificate. */
export type PayKeys = ReadonlyMap<string, KeyObject>

export type PaySignature =
  { ok: true } | { ok: false; why: 'headers' | 'timestamp' | 'probe' | 'serial' | 'signature' }

export interface SignedMessage {
  /** Looks a header up by its name in lower case. */
  header: (name: string) => string | undefined
  /** The bytes that came. */
  body: Buffer
  keys: PayKeys
  nowMs: number
}

/** An encrypted part of a notification. */
export interface SealedResource {
  algorithm: string
  ciphertext: string
  nonce: string
  associated_data?: string | undefined
}

/** Whether WeChat Pay signed this message lately, and if not why. */
export function verifyPaySignature({ header, body, keys, nowMs }: SignedMessage): PaySignature {
  const timestamp = header('wechatpay-timestamp')
  const nonce = header('wechatpay-nonce')
  const serial = header('wechatpay-serial')
  const signature = header('wechatpay-signature')
  if (!timestamp || !nonce || !serial || !signature) return { ok: false, why: 'headers' }
  const isLate = Math.abs(nowMs / 1_000 - Number(timestamp)) > PAY_SKEW_S_MAX
  if (!/^\d{1,12}$/.test(timestamp) || isLate) return { ok: false, why: 'timestamp' }
  if (signature.startsWith(PROBE)) return { ok: false, why: 'probe' }
  const key = keys.get(serial)
  if (!key) return { ok: false, why: 'serial' }
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')])
  return verify('sha256', message, key, Buffer.from(signature, 'base64'))
    ? { ok: true }
    : { ok: false, why: 'signature' }
}

/** The text of an encrypted part; null where its tag, or what goes with it, is not right. */
export function openPayResource(resource: SealedResource, apiV3Key: string): string | null {
  const sealed = Buffer.from(resource.ciphertext, 'base64')
  const nonce = Buffer.from(resource.nonce)
  const isWhole = sealed.length >= TAG_BYTES && nonce.length === NONCE_BYTES
  if (resource.algorithm !== ALGORITHM || !isWhole) return null
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key), nonce, {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(resource.associated_data ?? ''))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    const text = decipher.update(sealed.subarray(0, -TAG_BYTES))
    // final() is what checks the tag.
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
