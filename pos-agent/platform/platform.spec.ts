import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { temporaryFolder } from '../../tests/crash/agent-fixtures.js'
import { Clock } from './clock.js'
import { ConfigError, readConfig, readInvocation } from './config.js'
import { KeyFileError, loadKeyFile } from './key-file.js'
import { makeLogger } from './log.js'
import { open, seal, SealError } from './seal.js'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  folder.remove()
})

describe('the log', () => {
  it.each([
    ['a message', '会员 13812345678 登记'],
    ['a number after a line break', 'a\n13812345678'],
    ['a number after a control character', '\u001b13812345678'],
    ['a number stuck to letters', 'tel13812345678x'],
    ['a number with +86', '+86 138-1234-5678'],
  ])('never shows a phone number: %s', (_title, text) => {
    const lines: string[] = []
    const log = makeLogger('info', { write: (line: string) => void lines.push(line) })
    log.error({ text, deep: { err: new Error(text) } }, text)
    expect(lines.join('').replace(/\D/g, ' ')).not.toMatch(/1381?2345678|138.?1234.?5678/)
    expect(lines.join('')).toContain('138****5678')
  })
})

describe('a seal', () => {
  const key = Buffer.alloc(32, 9)

  it('opens at its own place only', () => {
    const sealed = seal(key, 'outbox:1', '13812345678')
    expect(open(key, 'outbox:1', sealed).toString()).toBe('13812345678')
    expect(() => open(key, 'outbox:2', sealed)).toThrow(SealError)
    expect(() => open(Buffer.alloc(32, 8), 'outbox:1', sealed)).toThrow(SealError)
  })

  it('does not open when a byte was changed', () => {
    const sealed = seal(key, 'p', 'text')
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8((changed[i] ?? 0) ^ 1, i)
      expect(() => open(key, 'p', changed)).toThrow(SealError)
    }
  })
})

describe('the key file', () => {
  it('is made once, for its owner only', () => {
    const path = join(folder.path, 'key')
    const key = loadKeyFile(path)
    expect(key).toHaveLength(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(loadKeyFile(path)).toEqual(key)
  })

  it('is refused when others can read it, or when it was cut', () => {
    const path = join(folder.path, 'key')
    loadKeyFile(path)
    chmodSync(path, 0o644)
    expect(() => loadKeyFile(path)).toThrow(KeyFileError)
    chmodSync(path, 0o600)
    writeFileSync(path, 'short')
    expect(() => loadKeyFile(path)).toThrow(KeyFileError)
  })
})

describe('the clock', () => {
  it('keeps the server time while somebody sets the wall clock', () => {
    let wallMs = 1_000_000
    let monotonicMs = 50
    const clock = new Clock({ wallMs: () => wallMs, monotonicMs: () => monotonicMs })
    clock.noteServerTime(9_000_000, 40, 60)
    expect(clock.correctedNowMs()).toBe(9_000_000)
    monotonicMs += 1_000
    wallMs -= 8 * 3_600_000
    expect(clock.correctedNowMs()).toBe(9_001_000)
  })

  it('believes the shortest round trip, and forgets samples from before a suspend', () => {
    const clock = new Clock({ wallMs: () => 0, monotonicMs: () => 1_000 })
    clock.noteServerTime(100_000, 0, 2_000)
    clock.noteServerTime(100_500, 990, 1_010)
    expect(clock.correctedNowMs()).toBe(100_500)
    clock.noteServerTime(900_000, 0, 2_000)
    expect(clock.correctedNowMs()).toBe(900_000)
  })

  it('uses the offset of the last run until the server answers', () => {
    const clock = new Clock({ wallMs: () => 1_000, monotonicMs: () => 0 })
    expect(clock.offsetMs()).toBeNull()
    clock.remember(500)
    expect(clock.correctedNowMs()).toBe(1_500)
  })
})

describe('the settings', () => {
  const at = (config: unknown) => {
    const configFile = join(folder.path, 'agent.json')
    writeFileSync(configFile, JSON.stringify(config))
    return readInvocation(['--config', configFile], {})
  }

  it('are read from the named file, paths beside it', () => {
    const config = readConfig(at({ dataDirectory: 'data', serverUrl: 'http://127.0.0.1:3000' }))
    expect(config.dataDirectory).toBe(join(folder.path, 'data'))
    expect(config.cashier).toEqual({ host: '127.0.0.1', port: 3_100 })
  })

  it.each([
    ['an unknown field', { dataDirectory: 'd', serverUrl: 'http://a', colour: 1 }],
    ['no server', { dataDirectory: 'd' }],
    [
      'a cashier page for the whole network',
      { dataDirectory: 'd', serverUrl: 'http://a', cashier: { host: '0.0.0.0' } },
    ],
  ])('with %s are refused', (_title, config) => {
    expect(() => readConfig(at(config))).toThrow(ConfigError)
  })

  it('know their commands', () => {
    expect(readInvocation(['enrol', 'CODE', '--server', 'http://a'], {})).toMatchObject({
      command: 'enrol',
      operands: ['CODE'],
      serverUrl: 'http://a',
    })
    expect(readInvocation([], { HUIKE_AGENT_CONFIG: '/c' }).configFile).toBe('/c')
    expect(() => readInvocation(['dance'], {})).toThrow(ConfigError)
  })
})
