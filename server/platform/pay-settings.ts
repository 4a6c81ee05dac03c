import { createPublicKey, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from './config-error.js'
import { whole } from './message-settings.js'
import type { PayKeys } from './wechat-pay-signature.js'

// The settings of WeChat Pay; config.ts reads them with all the others. It is set up whole or not at
// all, and a key that cannot be read stops the start.

const API_V3_KEY_BYTES = 32

export interface PaySettings {
  appId: string
  merchantId: string
  /** The serial of the merchant's own certificate. */
  serial: string
  /** The merchant's private key, PEM. */
  privateKeyPem: string
  apiV3Key: string
  keys: PayKeys
  /** Which of the keys WeChat Pay is asked to sign with. */
  askedSerial: string
  /** Where payments are told of: https, without a query. */
  notifyUrl: string
  baseUrl: string
}

/** The part of the environment about WeChat Pay. */
export const paySettings = {
  WECHAT_PAY_MERCHANT_ID: z
    .string()
    .regex(/^\d{8,10}$/)
    .optional(),
  WECHAT_PAY_SERIAL: z
    .string()
    .regex(/^[0-9A-Fa-f]{8,64}$/)
    .transform((serial) => serial.toUpperCase())
    .optional(),
  /** The merchant's private key: a path, or the PEM itself. */
  WECHAT_PAY_PRIVATE_KEY: z.string().min(1).optional(),
  WECHAT_PAY_API_V3_KEY: z
    .string()
    .refine((key) => Buffer.byteLength(key) === API_V3_KEY_BYTES, 'must be 32 bytes')
    .optional(),
  /**
   * What WeChat Pay signs with: `serial=path`, several with commas. `PUB_KEY_ID_…` names a public key,
   * any other serial a platform certificate. The first is what it is asked to sign with.
   */
  WECHAT_PAY_KEYS: z.string().min(1).optional(),
  /** Where this server is reached for notifications: `https://huike.example.com`. */
  WECHAT_PAY_NOTIFY_ORIGIN: z.url().optional(),
  WECHAT_PAY_BASE_URL: z.url().default('https://api.mch.weixin.qq.com'),
}

type Settings = z.infer<z.ZodObject<typeof paySettings>>

/** Where notifications come in. */
export const PAY_NOTICE_PATH = '/pay/v1/notices'

/** WeChat Pay as it was set up, or null. Throws ConfigError where it is only half set up. */
export function payOf(
  settings: Settings,
  from: { appId: string | null; isSandbox: boolean },
): PaySettings | null {
  const given = whole(settings, [
    'WECHAT_PAY_MERCHANT_ID',
    'WECHAT_PAY_SERIAL',
    'WECHAT_PAY_PRIVATE_KEY',
    'WECHAT_PAY_API_V3_KEY',
    'WECHAT_PAY_KEYS',
    'WECHAT_PAY_NOTIFY_ORIGIN',
  ])
  if (given === null) return null
  if (from.appId === null) throw new ConfigError('WECHAT_PAY_…: WECHAT_APPID is needed for it')
  const origin = new URL(given.WECHAT_PAY_NOTIFY_ORIGIN)
  if (origin.protocol !== 'https:' && !from.isSandbox)
    throw new ConfigError('WECHAT_PAY_NOTIFY_ORIGIN: WeChat Pay calls https addresses only')
  const keys = keysOf(given.WECHAT_PAY_KEYS)
  const [askedSerial = ''] = keys.keys()
  return {
    appId: from.appId,
    merchantId: given.WECHAT_PAY_MERCHANT_ID,
    serial: given.WECHAT_PAY_SERIAL,
    privateKeyPem: privateKeyOf(given.WECHAT_PAY_PRIVATE_KEY),
    apiV3Key: given.WECHAT_PAY_API_V3_KEY,
    keys,
    askedSerial,
    notifyUrl: origin.origin + PAY_NOTICE_PATH,
    baseUrl: settings.WECHAT_PAY_BASE_URL.replace(/\/$/, ''),
  }
}

function privateKeyOf(setting: string): string {
  const pem = readPem('WECHAT_PAY_PRIVATE_KEY', setting)
  try {
    createPrivateKey(pem)
    return pem
  } catch {
    throw new ConfigError('WECHAT_PAY_PRIVATE_KEY: not a private key in PEM')
  }
}

function keysOf(setting: string): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>()
  for (const part of setting.split(',')) {
    const at = part.indexOf('=')
    const serial = part.slice(0, Math.max(0, at)).trim()
    if (!/^[0-9A-Z_]{8,64}$/.test(serial))
      throw new ConfigError(`WECHAT_PAY_KEYS: ${part.slice(0, 40)}: wanted is serial=path`)
    keys.set(serial, verifyingKey(serial, readPem('WECHAT_PAY_KEYS', part.slice(at + 1).trim())))
  }
  return keys
}

function verifyingKey(serial: string, pem: string): KeyObject {
  try {
    if (!pem.includes('BEGIN CERTIFICATE')) return createPublicKey(pem)
    const certificate = new X509Certificate(pem)
    if (certificate.serialNumber === serial) return certificate.publicKey
  } catch {
    throw new ConfigError(`WECHAT_PAY_KEYS: ${serial}: not a public key or certificate in PEM`)
  }
  throw new ConfigError(`WECHAT_PAY_KEYS: ${serial}: the certificate has another serial`)
}

function readPem(setting: string, value: string): string {
  if (value.includes('-----BEGIN')) return value
  try {
    return readFileSync(value, 'utf8')
  } catch {
    throw new ConfigError(`${setting}: the file cannot be read`)
  }
}
