import { z } from 'zod'
import { ConfigError } from './config-error.js'
import { Keyring, loadKeyring } from './keyring.js'
import { messageSettings, smsOf, subscribeOf, type SmsSettings } from './message-settings.js'
import { payOf, paySettings, type PaySettings } from './pay-settings.js'
import type { SubscribeSettings } from './wechat-subscribe.js'

export { ConfigError } from './config-error.js'

// The only reader of the environment. What is missing or wrong stops the start and is named.

const port = z.coerce.number().int().min(0).max(65_535)
const PROXIES_MAX = 5
const flag = z.enum(['0', '1']).transform((value) => value === '1')

const environmentSchema = z.object({
  NODE_ENV: z.string().optional(),
  HUIKE_DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|mysql:\/\/.+)$/, 'sqlite:PATH or mysql://user:password@host:port/name'),
  HUIKE_DATA_DIR: z.string().min(1),
  HUIKE_HOST: z.string().default('127.0.0.1'),
  HUIKE_PORT: port.default(3000),
  /** Path of the keyring file, or the keyring's JSON itself. */
  HUIKE_KEYRING: z.string().min(1),
  HUIKE_PROGRAMME_NAME: z.string().min(1).max(40).default('回客会员'),
  HUIKE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** 1: stand-ins for WeChat answer instead of WeChat. Refused in production. */
  HUIKE_SANDBOX: flag.default(false),
  /**
   * How many reverse proxies stand before the server, each of which adds to X-Forwarded-For whom it
   * heard. What stands there before them is the caller's own word, and is not believed.
   */
  HUIKE_TRUST_PROXY: z.coerce.number().int().min(0).max(PROXIES_MAX).default(0),
  /** Multiplies every rate limit: for load tests, or a chain behind one address. */
  HUIKE_RATE_LIMIT_SCALE: z.coerce.number().min(0.1).max(1_000_000).default(1),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  WECHAT_APPID: z.string().min(1).optional(),
  WECHAT_SECRET: z.string().min(1).optional(),
  WECHAT_BASE_URL: z.url().default('https://api.weixin.qq.com'),
  ...messageSettings,
  ...paySettings,
})

export interface Config {
  databaseUrl: string
  dataDirectory: string
  host: string
  port: number
  keyring: Keyring
  /** The keyring's file; null when the keyring is a secret in the environment. */
  keyringPath: string | null
  programmeName: string
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  sandbox: boolean
  /** Reverse proxies between callers and the server. */
  trustedProxies: number
  rateLimitScale: number
  redisUrl: string | null
  wechat: { appId: string; secret: string; baseUrl: string } | null
  /** The template of WeChat subscription messages; null switches the channel off. */
  subscribe: SubscribeSettings | null
  /** The SMS provider; null switches the channel off. */
  sms: SmsSettings | null
  /** WeChat Pay; null: nothing is sold. */
  pay: PaySettings | null
}

/** The Nest token of the configuration. */
export const CONFIG = Symbol('Config')

/** Reads the server's configuration from `environment`. Throws ConfigError or KeyringError. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const parsed = environmentSchema.safeParse(environment)
  if (!parsed.success) throw new ConfigError(`settings: ${z.prettifyError(parsed.error)}`)
  const settings = parsed.data
  const production = settings.NODE_ENV === 'production'
  if (settings.HUIKE_SANDBOX && production)
    throw new ConfigError('HUIKE_SANDBOX=1 is refused with NODE_ENV=production')
  const wechat = wechatOf(settings)
  if (wechat === null && !settings.HUIKE_SANDBOX)
    throw new ConfigError(
      'WECHAT_APPID and WECHAT_SECRET are needed (or HUIKE_SANDBOX=1 for a trial)',
    )
  return {
    databaseUrl: settings.HUIKE_DATABASE_URL,
    dataDirectory: settings.HUIKE_DATA_DIR,
    host: settings.HUIKE_HOST,
    port: settings.HUIKE_PORT,
    ...keyringOf(settings.HUIKE_KEYRING),
    programmeName: settings.HUIKE_PROGRAMME_NAME,
    logLevel: settings.HUIKE_LOG_LEVEL,
    sandbox: settings.HUIKE_SANDBOX,
    trustedProxies: settings.HUIKE_TRUST_PROXY,
    rateLimitScale: settings.HUIKE_RATE_LIMIT_SCALE,
    redisUrl: settings.REDIS_URL ?? null,
    wechat,
    subscribe: subscribeOf(settings),
    sms: smsOf(settings),
    pay: payOf(settings, {
      appId: wechat?.appId ?? null,
      isSandbox: settings.HUIKE_SANDBOX,
    }),
  }
}

function keyringOf(setting: string): Pick<Config, 'keyring' | 'keyringPath'> {
  return setting.trimStart().startsWith('{')
    ? { keyring: new Keyring(setting), keyringPath: null }
    : { keyring: loadKeyring(setting), keyringPath: setting }
}

function wechatOf(settings: z.infer<typeof environmentSchema>): Config['wechat'] {
  const { WECHAT_APPID: appId, WECHAT_SECRET: secret, WECHAT_BASE_URL: baseUrl } = settings
  if (appId === undefined || secret === undefined) return null
  return { appId, secret, baseUrl }
}
