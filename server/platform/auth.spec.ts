import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { epochMs } from '@huike/shared/quantities'
import { AuthService, type Audience } from './auth.js'
import { readConfig } from './config.js'
import { newKeyringJson } from './keyring.js'

// Tokens are made here by hand, byte by byte, so that nothing the library refuses to sign is missed.

const NOW_MS = 1_772_416_800_000
const NOW_S = NOW_MS / 1000
const config = readConfig({
  HUIKE_DATABASE_URL: 'sqlite:unused',
  HUIKE_DATA_DIR: 'unused',
  HUIKE_KEYRING: newKeyringJson(),
  HUIKE_SANDBOX: '1',
})

function authAt(nowMs: number): AuthService {
  return new AuthService(config, { nowMs: () => epochMs(nowMs) })
}

const auth = authAt(NOW_MS)
const part = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** A JWT signed with HMAC-SHA-256. */
function hs256(payload: object, key: Buffer | string, header: object = { alg: 'HS256' }): string {
  const text = `${part(header)}.${part(payload)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

describe('an access token', () => {
  const claims = { sub: 'session-1', member: 'member-1' }

  it.each<[Audience, number]>([
    ['agent', 900],
    ['member', 900],
    ['console', 3_600],
  ])('of the %s door says who for %i s and not a second longer', (audience, livesS) => {
    const { accessToken, expiresAtMs } = auth.issue(audience, claims)
    expect(expiresAtMs).toBe(NOW_MS + livesS * 1_000)
    expect(auth.verify(audience, accessToken)).toEqual({ ok: true, ...claims })
    expect(authAt(expiresAtMs - 1).verify(audience, accessToken).ok).toBe(true)
    const late = authAt(expiresAtMs).verify(audience, accessToken)
    expect(late).toEqual({ ok: false, code: 'token_expired' })
  })

  it.each<[Audience, Audience]>([
    ['agent', 'member'],
    ['agent', 'console'],
    ['member', 'agent'],
    ['member', 'console'],
    ['console', 'agent'],
    ['console', 'member'],
  ])('of the %s door is nothing to the %s door', (from, to) => {
    const { accessToken } = auth.issue(from, claims)
    expect(auth.verify(to, accessToken)).toEqual({ ok: false, code: 'token_invalid' })
  })

  const key = config.keyring.tokenKey('member')
  const good = { sub: 'session-1', iat: NOW_S, exp: NOW_S + 900, aud: 'member' }
  const forged: [string, string][] = [
    ['of nothing', ''],
    ['of dots', '..'],
    ['of text', 'not a token'],
    ['without a signature', `${part({ alg: 'HS256' })}.${part(good)}.`],
    ['with alg none', `${part({ alg: 'none' })}.${part(good)}.`],
    ['with alg None', `${part({ alg: 'None' })}.${part(good)}.`],
    ['with alg none and a signature', hs256(good, key, { alg: 'none' })],
    ['signed by another key', hs256(good, Buffer.alloc(32))],
    ['signed by an empty key', hs256(good, '')],
    ['with another algorithm named', hs256(good, key, { alg: 'HS512' })],
    ['for another audience', hs256({ ...good, aud: 'console' }, key)],
    ['for no audience', hs256({ ...good, aud: undefined }, key)],
    ['for nobody', hs256({ ...good, sub: undefined }, key)],
    ['not valid yet', hs256({ ...good, nbf: NOW_S + 60 }, key)],
    ['whose payload is no object', `${part({ alg: 'HS256', typ: 'JWT' })}.${part('x')}.AAAA`],
  ]
  it.each(forged)('%s is refused', (_what, token) => {
    expect(auth.verify('member', token)).toEqual({ ok: false, code: 'token_invalid' })
  })

  it('made by hand with the right key is taken, so the forgeries above are otherwise good', () => {
    expect(auth.verify('member', hs256(good, key))).toEqual({ ok: true, sub: 'session-1' })
  })

  it('with a changed claim is refused', () => {
    const { accessToken } = auth.issue('member', claims)
    const [head = '', , signature = ''] = accessToken.split('.')
    const other = `${head}.${part({ ...good, member: 'member-2' })}.${signature}`
    expect(auth.verify('member', other).ok).toBe(false)
  })
})

describe("a till's assertion", () => {
  const device = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicJwk = JSON.stringify(device.publicKey.export({ format: 'jwk' }))
  const publicPem = device.publicKey.export({ format: 'pem', type: 'spki' })
  const claims = { iss: 't', sub: 't', aud: 'huike', iat: NOW_S, exp: NOW_S + 60 }

  function es256(payload: object, key: KeyObject = device.privateKey): string {
    const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(payload)}`
    return `${text}.${signEs256(text, key)}`
  }

  it('is taken from the device that holds the key', () => {
    expect(auth.verifyAssertion(es256(claims), publicJwk)).toEqual({ ok: true })
    expect(auth.claimedTerminal(es256(claims))).toBe('t')
  })

  it.each([
    [-90, true],
    [-91, false],
    [0, true],
    [90, true],
    [91, false],
  ])('signed %i s from now: taken %p', (skewS, isTaken) => {
    const shifted = { ...claims, iat: NOW_S + skewS, exp: NOW_S + skewS + 60 }
    const proof = auth.verifyAssertion(es256(shifted), publicJwk)
    expect(proof).toEqual(isTaken ? { ok: true } : { ok: false, code: 'clock_skew' })
  })

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const refused: [string, () => string][] = [
    ['signed by another device', () => es256(claims, stranger)],
    ['that lives too long', () => es256({ ...claims, exp: NOW_S + 61 })],
    ['without an end', () => es256({ ...claims, exp: undefined })],
    ['without a beginning', () => es256({ ...claims, iat: undefined })],
    ['for another audience', () => es256({ ...claims, aud: 'member' })],
    ['for no audience', () => es256({ ...claims, aud: undefined })],
    ['signed with HS256 by the public key (PEM)', () => hs256(claims, publicPem)],
    ['signed with HS256 by the public key (JWK)', () => hs256(claims, publicJwk)],
    ['with alg none', () => `${part({ alg: 'none' })}.${part(claims)}.`],
    ['that is one of our own access tokens', () => auth.issue('agent', { sub: 't' }).accessToken],
    ['of nothing', () => ''],
  ]
  it.each(refused)('%s is refused', (_what, make) => {
    expect(auth.verifyAssertion(make(), publicJwk)).toEqual({ ok: false, code: 'token_invalid' })
  })

  it('is refused where the terminal has no key, or one that is none', () => {
    for (const jwk of ['', '{}', 'null', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}'])
      expect(auth.verifyAssertion(es256(claims), jwk).ok).toBe(false)
  })

  it.each([
    '',
    'x',
    'a.b.c',
    `${part({ alg: 'ES256', typ: 'JWT' })}.${part('not json')}.AAAA`,
    `${part({ alg: 'ES256', typ: 'JWT' })}.${part('null')}.AAAA`,
    `${part({ alg: 'ES256' })}.${part({ sub: 1 })}.AAAA`,
    `${part('not json')}.${part({ sub: 't' })}.AAAA`,
  ])('that cannot be read (%j) claims no terminal', (token) => {
    expect(auth.claimedTerminal(token)).toBeNull()
  })
})

function signEs256(text: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

describe('what a till may redeem without a network', () => {
  const claims = { terminalId: 'T', issuedAtMs: NOW_MS, expiresAtMs: NOW_MS + 3_600_000 } as never

  it('is signed by a key that every server of the installation has, and no other', () => {
    const [head = '', body = '', signature = ''] = auth.signAllowance(claims).split('.')
    const [key] = authAt(NOW_MS).allowanceKeys()
    if (!key) throw new Error('no key')
    const { kid, ...jwk } = key
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({
      ...{ alg: 'ES256', kid },
    })
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toMatchObject({
      ...{ terminalId: 'T', aud: 'T', iat: NOW_S, exp: NOW_S + 3_600 },
    })
    const by = (publicKey: KeyObject) =>
      verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      )
    expect(by(createPublicKey({ key: jwk, format: 'jwk' }))).toBe(true)
    expect(by(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)).toBe(false)
    const other = readConfig({
      ...{ HUIKE_DATABASE_URL: 'sqlite:unused', HUIKE_DATA_DIR: 'unused' },
      ...{ HUIKE_KEYRING: newKeyringJson(), HUIKE_SANDBOX: '1' },
    })
    const elsewhere = new AuthService(other, { nowMs: () => epochMs(NOW_MS) })
    expect(elsewhere.allowanceKeys()[0]?.kid).not.toBe(kid)
  })
})
