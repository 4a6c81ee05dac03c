import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  ensureKeyring,
  isSameSecret,
  Keyring,
  KeyringError,
  loadKeyring,
  newKeyringJson,
} from './keyring.js'

const PHONE = '13812345678'
const PLACE = 'identity.valueSealed|1'

/** A keyring's JSON with some fields changed. */
function changed(change: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(newKeyringJson()) as object), ...change })
}

describe('a keyring', () => {
  const keyring = new Keyring(newKeyringJson())

  it('opens what it sealed, in its place', () => {
    for (const text of ['', PHONE, '名字🙂', 'x'.repeat(20_000)])
      expect(keyring.open(keyring.seal(text, PLACE), PLACE)).toBe(text)
  })

  it('seals the same text differently every time', () => {
    const sealed = Array.from({ length: 100 }, () => keyring.seal(PHONE, PLACE))
    expect(new Set(sealed).size).toBe(100)
    expect(sealed.every((text) => text.startsWith('k1.') && !text.includes(PHONE))).toBe(true)
  })

  it('opens nothing in another place, nor with another keyring', () => {
    const sealed = keyring.seal(PHONE, PLACE)
    expect(() => keyring.open(sealed, 'identity.valueSealed|2')).toThrow(KeyringError)
    expect(() => new Keyring(newKeyringJson()).open(sealed, PLACE)).toThrow(KeyringError)
  })

  it('opens nothing in which one bit was changed', () => {
    const sealed = keyring.seal(PHONE, PLACE)
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const torn = Buffer.from(bytes)
      torn[at] = (torn[at] ?? 0) ^ 1
      expect(() => keyring.open(`k1.${torn.toString('base64url')}`, PLACE)).toThrow(KeyringError)
    }
  })

  it.each([
    '',
    'k1',
    'k1.',
    '.AAAA',
    'k1.AAAA',
    'k2.' + 'A'.repeat(60),
    'constructor.' + 'A'.repeat(60),
  ])('says that %j is no sealed value of its own', (text) => {
    expect(() => keyring.open(text, PLACE)).toThrow(KeyringError)
  })

  it('still opens with an old key after a new one became active', () => {
    const before = JSON.parse(newKeyringJson()) as { keys: Record<string, string> }
    const sealed = new Keyring(JSON.stringify(before)).seal(PHONE, PLACE)
    const keys = { ...before.keys, k2: Buffer.alloc(32, 7).toString('base64') }
    const after = new Keyring(JSON.stringify({ ...before, keys, active: 'k2' }))
    expect(after.open(sealed, PLACE)).toBe(PHONE)
    expect(after.seal(PHONE, PLACE)).toMatch(/^k2\./)
  })

  it('indexes equal values of one kind equally, and tells nothing across kinds', () => {
    const index = keyring.blindIndex('phone|cn', PHONE)
    expect(index).toMatch(/^[\w-]{43}$/)
    expect(keyring.blindIndex('phone|cn', PHONE)).toBe(index)
    expect(keyring.blindIndex('email', PHONE)).not.toBe(index)
    expect(keyring.blindIndex('phone|c', `n${PHONE}`)).not.toBe(index)
    expect(new Keyring(newKeyringJson()).blindIndex('phone|cn', PHONE)).not.toBe(index)
    expect(keyring.contentHash(PHONE)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('derives another key for every purpose', () => {
    const keys = [
      keyring.storePhoneIndexKey('A'),
      keyring.storePhoneIndexKey('B'),
      keyring.memberCodeKey('A'),
      keyring.memberCodeKey('B'),
      keyring.tokenKey('A'),
      keyring.tokenKey('agent'),
      keyring.tokenKey('member'),
      keyring.tokenKey('console'),
    ].map((key) => key.toString('hex'))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.every((key) => key.length === 64)).toBe(true)
  })
})

describe('the text of a keyring', () => {
  const short = Buffer.alloc(16).toString('base64')
  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['another version', changed({ version: 2 })],
    ['an unknown field', changed({ extra: 1 })],
    ['an active key that is not there', changed({ active: 'k9' })],
    ['an active key that every object has', changed({ active: 'toString' })],
    ['a short sealing key', changed({ keys: { k1: short } })],
    ['a short index key', changed({ index: short })],
    ['a short token key', changed({ token: short })],
    ['a key that is no base64', changed({ token: '*' })],
    ['a key without a proper name', changed({ keys: { main: short } })],
  ])('is refused with %s, showing no key', (_what, json) => {
    expect(() => new Keyring(json)).toThrow(KeyringError)
    try {
      new Keyring(json)
    } catch (error) {
      expect(String(error)).not.toMatch(/[A-Za-z0-9+/]{20,}/)
    }
  })
})

describe('the file of a keyring', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'huike-keyring-'))
    path = join(folder, 'new', 'keyring.json')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('is made once, for its owner only, and never overwritten', () => {
    expect(() => loadKeyring(path)).toThrow(KeyringError)
    ensureKeyring(path)
    const text = readFileSync(path, 'utf8')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    ensureKeyring(path)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(loadKeyring(path)).toBeInstanceOf(Keyring)
  })

  it.each([0o640, 0o620, 0o604, 0o602, 0o601, 0o610, 0o666, 0o777])(
    'is refused when others may use it (mode %i)',
    (mode) => {
      ensureKeyring(path)
      chmodSync(path, mode)
      expect(() => loadKeyring(path)).toThrow(/chmod 600/)
    },
  )

  it('is refused when it is torn', () => {
    ensureKeyring(path)
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 50))
    expect(() => loadKeyring(path)).toThrow(KeyringError)
  })
})

describe('comparing secrets', () => {
  it.each([
    ['', '', true],
    ['abc', 'abc', true],
    ['abc', 'abd', false],
    ['abc', 'abcd', false],
    ['é', 'e\u0301', false],
  ])('%j and %j: %p', (a, b, same) => {
    expect(isSameSecret(a, b)).toBe(same)
  })
})
