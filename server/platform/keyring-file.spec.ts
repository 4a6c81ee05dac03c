import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { changeKeyringFile, checkKeyringFileWritable, keyringFileContent } from './keyring-file.js'
import {
  ensureKeyring,
  Keyring,
  KeyringError,
  loadKeyring,
  newKeyringJson,
  withFreshKey,
} from './keyring.js'

const NOW_MS = Date.UTC(2026, 2, 2, 10)
const PLACE = 'identity.valueSealed|1'

describe('a keyring file', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'huike-keyring-'))
    path = join(folder, 'keyring.json')
    ensureKeyring(path)
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  const addKey = (nowMs = NOW_MS) => {
    changeKeyringFile(path, nowMs, (content) => withFreshKey(content, []))
  }

  it('is changed whole, stays private, and what it was before is kept under the date', () => {
    const before = readFileSync(path, 'utf8')
    addKey()
    expect(Object.keys(keyringFileContent(path).keys)).toEqual(['k1', 'k2'])
    const names = readdirSync(folder).sort()
    expect(names).toEqual(['keyring.json', 'keyring.json.2026-03-02T10-00-00-000Z'])
    expect(readFileSync(join(folder, names[1] ?? ''), 'utf8')).toBe(before)
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('is left alone when nothing changes', () => {
    changeKeyringFile(path, NOW_MS, (content) => content)
    expect(readdirSync(folder)).toEqual(['keyring.json'])
  })

  it('is found behind a link, and the link stays one', () => {
    const link = join(folder, 'linked.json')
    symlinkSync(path, link)
    changeKeyringFile(link, NOW_MS, (content) => withFreshKey(content, []))
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(Object.keys(keyringFileContent(path).keys)).toEqual(['k1', 'k2'])
  })

  it('is refused early when it is not there to be changed', () => {
    expect(() => {
      checkKeyringFileWritable(join(folder, 'nowhere.json'))
    }).toThrow()
    checkKeyringFileWritable(path)
    expect(readdirSync(folder)).toEqual(['keyring.json'])
  })

  it('never names a key as one that the database has known', () => {
    changeKeyringFile(path, NOW_MS, (content) => withFreshKey(content, ['k1', 'k7']))
    expect(Object.keys(keyringFileContent(path).keys)).toEqual(['k1', 'k8'])
  })

  it('gives a running keyring the key that another server seals with', () => {
    const running = loadKeyring(path)
    addKey()
    const other = loadKeyring(path)
    other.use('k2')
    const sealed = other.seal('13812345678', PLACE)
    expect(sealed).toMatch(/^k2\./)
    expect(running.open(sealed, PLACE)).toBe('13812345678')
    expect(running.active).toBe('k1')
  })

  it('is not taken up by a running keyring when it is another one, torn, open to others, or has lost a key', () => {
    const running = loadKeyring(path)
    const sealed = running.seal('13812345678', PLACE)
    const own = JSON.parse(readFileSync(path, 'utf8')) as { keys: object }
    const foreign = JSON.parse(newKeyringJson()) as { keys: { k1: string } }
    const bad = [
      JSON.stringify(foreign),
      '{"version":1',
      JSON.stringify({ ...own, keys: { k2: foreign.keys.k1 }, active: 'k2' }),
      JSON.stringify({ ...own, keys: { ...own.keys, k1: foreign.keys.k1 } }),
    ]
    for (const text of bad) {
      writeFileSync(path, text)
      expect(() => {
        running.refresh()
      }).toThrow(KeyringError)
    }
    writeFileSync(path, JSON.stringify(own))
    chmodSync(path, 0o644)
    expect(() => {
      running.refresh()
    }).toThrow(KeyringError)
    expect(running.open(sealed, PLACE)).toBe('13812345678')
  })

  it('has old keys forgotten, never the one that seals', () => {
    addKey()
    const running = loadKeyring(path)
    const sealed = running.seal('x', PLACE)
    running.use('k2')
    running.forget(['k1', 'k2'])
    expect(Object.keys(running.fingerprints())).toEqual(['k2'])
    // The file has it still, so that what was overlooked can be opened.
    expect(running.open(sealed, PLACE)).toBe('x')
  })

  it('tells keys apart by fingerprints that do not show them', () => {
    addKey()
    const prints = loadKeyring(path).fingerprints()
    expect(prints).toEqual(loadKeyring(path).fingerprints())
    expect(new Set(Object.values(prints)).size).toBe(2)
    const text = readFileSync(path, 'utf8')
    for (const print of Object.values(prints)) {
      expect(print).toMatch(/^[\w-]{16}$/)
      expect(text).not.toContain(print)
    }
    expect(() => {
      new Keyring(newKeyringJson()).use('k2')
    }).toThrow(KeyringError)
  })
})
