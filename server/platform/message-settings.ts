import { z } from 'zod'
import { ConfigError } from './config-error.js'
import { SUBSCRIBE_SOURCES, type SubscribeSettings } from './wechat-subscribe.js'

// The settings of the channels messages go out by; config.ts reads them with all the others. A
// channel is set up whole or not at all: what is half there stops the start.

/** Marketing SMS must say how to get no more of them; the carriers' word for it is this one. */
const SMS_OPT_OUT = '拒收请回复R'
const PARAM_CHARACTERS_MAX = 200

/** Kinds of template fields that can be filled; the digits are the template's own numbering. */
const SUBSCRIBE_FIELD = /^(title|body|programme|date):((?:thing|phrase|name|date|time)\d{1,2})$/
const SMS_PARAM = /^(title|body|programme):(\d{1,3})$/

export interface SmsSettings {
  secretId: string
  secretKey: string
  /** The application in the provider's console. */
  sdkAppId: string
  signName: string
  templateId: string
  /** What `{1}`, `{2}` … stand for, and how many characters each may have. */
  params: { source: 'title' | 'body' | 'programme'; charactersMax: number }[]
  /** The template as it was approved: `{1}会员：{2}，拒收请回复R`. */
  templateText: string
  region: string
  baseUrl: string
}

/** The part of the environment about messages. */
export const messageSettings = {
  WECHAT_SUBSCRIBE_TEMPLATE_ID: z.string().min(1).max(64).optional(),
  WECHAT_SUBSCRIBE_FIELDS: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().regex(SUBSCRIBE_FIELD, 'title:thing1,body:thing2')).min(1).max(10))
    .optional(),
  WECHAT_SUBSCRIBE_TITLE: z.string().min(1).max(20).default('优惠与活动提醒'),
  WECHAT_SUBSCRIBE_PAGE: z.string().min(1).max(200).default('account/inbox/index'),
  WECHAT_SUBSCRIBE_STATE: z.enum(['formal', 'trial', 'developer']).default('formal'),
  SMS_SECRET_ID: z.string().min(1).optional(),
  SMS_SECRET_KEY: z.string().min(1).optional(),
  SMS_SDK_APPID: z.string().min(1).optional(),
  SMS_SIGN_NAME: z.string().min(2).max(12).optional(),
  SMS_TEMPLATE_ID: z.string().min(1).optional(),
  SMS_TEMPLATE_TEXT: z
    .string()
    .max(500)
    .refine((text) => text.includes(SMS_OPT_OUT), `must say ${SMS_OPT_OUT}`)
    .optional(),
  SMS_TEMPLATE_PARAMS: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().regex(SMS_PARAM, 'programme:12,title:20')).min(1).max(10))
    .optional(),
  SMS_REGION: z.string().min(1).default('ap-guangzhou'),
  SMS_BASE_URL: z.url().default('https://sms.tencentcloudapi.com'),
}

type Settings = z.infer<z.ZodObject<typeof messageSettings>>

/** The subscription template, or null when there is none. */
export function subscribeOf(settings: Settings): SubscribeSettings | null {
  const given = whole(settings, ['WECHAT_SUBSCRIBE_TEMPLATE_ID', 'WECHAT_SUBSCRIBE_FIELDS'])
  if (given === null) return null
  return {
    templateId: given.WECHAT_SUBSCRIBE_TEMPLATE_ID,
    title: settings.WECHAT_SUBSCRIBE_TITLE,
    fields: given.WECHAT_SUBSCRIBE_FIELDS.map((text) => {
      const [source = '', key = ''] = text.split(':')
      return { source: sourceOf(source), key }
    }),
    page: settings.WECHAT_SUBSCRIBE_PAGE,
    state: settings.WECHAT_SUBSCRIBE_STATE,
  }
}

/** The SMS provider, or null when there is none. */
export function smsOf(settings: Settings): SmsSettings | null {
  const given = whole(settings, [
    'SMS_SECRET_ID',
    'SMS_SECRET_KEY',
    'SMS_SDK_APPID',
    'SMS_SIGN_NAME',
    'SMS_TEMPLATE_ID',
    'SMS_TEMPLATE_TEXT',
    'SMS_TEMPLATE_PARAMS',
  ])
  if (given === null) return null
  const params = given.SMS_TEMPLATE_PARAMS.map((text) => {
    const [source = '', characters = ''] = text.split(':')
    const charactersMax = Math.min(PARAM_CHARACTERS_MAX, Math.max(1, Number(characters)))
    return { source: source as 'title' | 'body' | 'programme', charactersMax }
  })
  const wanted = new Set(given.SMS_TEMPLATE_TEXT.match(/\{\d+\}/g)).size
  if (wanted !== params.length)
    throw new ConfigError(
      `SMS_TEMPLATE_PARAMS: the text has ${String(wanted)} places, not ${String(params.length)}`,
    )
  return {
    secretId: given.SMS_SECRET_ID,
    secretKey: given.SMS_SECRET_KEY,
    sdkAppId: given.SMS_SDK_APPID,
    signName: given.SMS_SIGN_NAME,
    templateId: given.SMS_TEMPLATE_ID,
    params,
    templateText: given.SMS_TEMPLATE_TEXT,
    region: settings.SMS_REGION,
    baseUrl: settings.SMS_BASE_URL,
  }
}

/** All of these settings, or null when none is given; throws when only some are. */
export function whole<All extends object, Key extends keyof All & string>(
  settings: All,
  keys: readonly Key[],
): { [K in Key]: NonNullable<All[K]> } | null {
  const missing = keys.filter((key) => settings[key] === undefined)
  if (missing.length === keys.length) return null
  if (missing.length > 0)
    throw new ConfigError(`settings: ${missing.join(', ')} missing: all of them or none`)
  return settings as { [K in Key]: NonNullable<All[K]> }
}

function sourceOf(text: string): SubscribeSettings['fields'][number]['source'] {
  const found = SUBSCRIBE_SOURCES.find((source) => source === text)
  if (!found) throw new ConfigError(`WECHAT_SUBSCRIBE_FIELDS: ${text}`)
  return found
}
