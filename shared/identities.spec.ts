import { describe, expect, it } from '@jest/globals'
import {
  IDENTITY_KIND_NAMES,
  IDENTITY_KINDS,
  maskIdentity,
  normaliseIdentity,
  type IdentityKind,
} from './identities.js'

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

describe('identities', () => {
  it.each<[IdentityKind, string, string | null]>([
    ['phone', '+86 138-0013-8000', '13800138000'],
    ['phone', '１３８００１３８０００', '13800138000'],
    ['phone', '12345', null],
    ['phone_md5', MD5.toUpperCase(), MD5],
    ['phone_md5', MD5.slice(1), null],
    ['phone_sha256', 'A'.repeat(64), 'a'.repeat(64)],
    ['phone_sha256', MD5, null],
    ['email', ' Li.Lei@Example.COM ', 'li.lei@example.com'],
    ['email', 'li lei@example.com', null],
    ['card', ' vip 0012-34', 'VIP001234'],
    ['card', ' - ', null],
    ['wechat_openid', 'oAbC_-1', 'oAbC_-1'],
    ['device', '', null],
    ['platform_buyer', 'x'.repeat(201), null],
  ])('writes a %s “%s” as %s', (kind, value, expected) => {
    expect(normaliseIdentity(kind, value)).toBe(expected)
  })

  it('shows enough of a value to tell two apart', () => {
    expect(maskIdentity('phone', '13800138000')).toBe('138****8000')
    expect(maskIdentity('email', 'lilei@example.com')).toBe('l***@example.com')
    expect(maskIdentity('wechat_openid', 'oGZUI0egBJY1zhBYw2KhdUfwVJJE')).toBe('oGZU…')
    expect(maskIdentity('card', '12')).not.toContain('2')
  })

  it('has a name for every kind', () => {
    expect(Object.keys(IDENTITY_KIND_NAMES)).toEqual([...IDENTITY_KINDS])
  })
})
