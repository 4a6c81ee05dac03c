import { maskPhone, normalisePhone } from './phone.js'

// The kinds of identities that lead to a person, and how each is written. A kind with a namespace
// means the same value only within it: an openid within its mini-program, a card number within its
// series, a platform's buyer and its hashes within the platform that made them. A number that went
// over to somebody else stays with its former owner as `phone_former`, within that owner alone.

export const IDENTITY_KINDS = [
  'phone',
  'wechat_unionid',
  'wechat_openid',
  'card',
  'platform_buyer',
  'phone_md5',
  'phone_sha256',
  'email',
  'device',
  'phone_former',
] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

/** Kinds that weigh the same when it is decided who somebody is. */
export const IDENTITY_GROUPS = ['phone', 'account', 'email', 'device'] as const
export type IdentityGroup = (typeof IDENTITY_GROUPS)[number]

/** The group of a kind; null of a number that was somebody's once: it leads to nobody. */
export function groupOf(kind: IdentityKind): IdentityGroup | null {
  switch (kind) {
    case 'phone':
    case 'phone_md5':
    case 'phone_sha256':
      return 'phone'
    case 'wechat_unionid':
    case 'wechat_openid':
    case 'card':
    case 'platform_buyer':
      return 'account'
    case 'email':
      return 'email'
    case 'device':
      return 'device'
    case 'phone_former':
      return null
  }
}

/** verified: proven by its owner. claimed: told by somebody. observed: seen along with something. */
export const ASSURANCES = ['verified', 'claimed', 'observed'] as const
export type Assurance = (typeof ASSURANCES)[number]

/** What a kind is called on every screen. */
export const IDENTITY_KIND_NAMES: Readonly<Record<IdentityKind, string>> = {
  phone: '手机号',
  wechat_unionid: '微信',
  wechat_openid: '微信小程序',
  card: '会员卡号',
  platform_buyer: '平台账号',
  phone_md5: '手机号散列（MD5）',
  phone_sha256: '手机号散列（SHA-256）',
  email: '邮箱',
  device: '设备',
  phone_former: '曾用手机号',
}

/** What an assurance is called on every screen. */
export const ASSURANCE_NAMES: Readonly<Record<Assurance, string>> = {
  verified: '已验证',
  claimed: '本人提供，未验证',
  observed: '交易里见到',
}

export const IDENTITY_CHARACTERS_MAX = 200
const MD5 = /^[0-9a-f]{32}$/
const SHA256 = /^[0-9a-f]{64}$/
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u
/** Of a value that is no phone number. */
const SHOWN_CHARACTERS = 4

/**
 * The one way a value of `kind` is written, so that equal means equal; null when it is no value of
 * that kind. Phones are eleven digits, hashes lower-case hex, emails lower case.
 */
export function normaliseIdentity(kind: IdentityKind, value: string): string | null {
  const text = value.normalize('NFKC').trim()
  if (text === '' || text.length > IDENTITY_CHARACTERS_MAX) return null
  switch (kind) {
    case 'phone':
    case 'phone_former':
      return normalisePhone(text)
    case 'phone_md5':
      return matching(MD5, text.toLowerCase())
    case 'phone_sha256':
      return matching(SHA256, text.toLowerCase())
    case 'email':
      return matching(EMAIL, text.toLowerCase())
    case 'card':
      return text.replace(/[\s-]/g, '').toUpperCase() || null
    case 'wechat_unionid':
    case 'wechat_openid':
    case 'platform_buyer':
    case 'device':
      return text
  }
}

/** A value as staff may see it: enough to tell two apart, not enough to reach somebody. */
export function maskIdentity(kind: string, value: string): string {
  const isPhone = kind === 'phone' || kind === 'phone_former'
  const phone = isPhone ? normalisePhone(value) : null
  if (phone !== null) return maskPhone(phone)
  const at = kind === 'email' ? value.lastIndexOf('@') : -1
  if (at > 0) return `${[...value][0] ?? ''}***${value.slice(at)}`
  const characters = [...value]
  return `${characters.slice(0, Math.min(SHOWN_CHARACTERS, characters.length >> 1)).join('')}…`
}

function matching(pattern: RegExp, text: string): string | null {
  return pattern.test(text) ? text : null
}
