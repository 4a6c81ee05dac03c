import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { expect, it } from '@jest/globals'
import type { Allowance, AllowanceKey } from '@huike/shared/contracts/offline'
import { testId, TILL } from '../../tests/crash/agent-fixtures.js'
import { readAllowance } from './device-token.js'

// What a till believes of what it may redeem: only what the server has signed, for this till. Tokens
// are made here by hand, so that nothing the library refuses to sign is missed.

const NOW_MS = 1_772_416_800_000
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const KEY = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k' } as AllowanceKey
const allowance = {
  ...{ ...TILL, memberId: testId(), memberNo: '100000000017', levelCode: 'base' },
  ...{ isFirstPurchase: false, issuedAtMs: NOW_MS, expiresAtMs: NOW_MS + 1 },
  ...{ codeKeys: [], coupons: [], points: null },
} as unknown as Allowance

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
function token(over: { head?: object; body?: object; key?: typeof pair.privateKey } = {}): string {
  const head = part({ alg: 'ES256', typ: 'JWT', kid: 'k', ...over.head })
  const body = part({ ...allowance, aud: TILL.terminalId, exp: 1, ...over.body })
  const key = { key: over.key ?? pair.privateKey, dsaEncoding: 'ieee-p1363' as const }
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), key)
  return `${head}.${body}.${signature.toString('base64url')}`
}
const read = (text: string, keys = [KEY]) =>
  readAllowance(text, { keys, terminalId: TILL.terminalId })

it('is what the server has signed for this till; whether its time is over is asked elsewhere', () => {
  expect(read(token())).toEqual(allowance)
})

const [head = '', body = '', signature = ''] = token().split('.')
const secret = JSON.stringify(pair.publicKey.export({ format: 'jwk' }))
const signedBySecret = `${part({ alg: 'HS256', kid: 'k' })}.${body}`
const hmac = createHmac('sha256', secret).update(signedBySecret).digest('base64url')
it.each([
  ['altered', `${head}.${part({ ...allowance, aud: TILL.terminalId })}.${signature}`],
  [
    'signed by somebody else',
    token({ key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }),
  ],
  ['for another till', token({ body: { aud: testId() } })],
  ['by a key of another name', token({ head: { kid: 'other' } })],
  ['not signed', `${part({ alg: 'none', kid: 'k' })}.${body}.`],
  ['signed with the public key as a secret', `${signedBySecret}.${hmac}`],
  ['something else that is signed', token({ body: { memberId: 'nobody' } })],
  ['empty', ''],
  ['no token', 'a.b.c'],
])('is nothing where it is %s', (_title, text) => {
  expect(read(text)).toBeNull()
})

it('is nothing without a key', () => {
  expect(read(token(), [])).toBeNull()
})
