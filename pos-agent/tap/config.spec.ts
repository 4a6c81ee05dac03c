import { describe, expect, it } from '@jest/globals'
import { readTapConfig } from './config.js'

const GOOD = {
  tapId: 'front',
  listenHost: '0.0.0.0',
  listenPort: 9100,
  printerHost: '192.168.1.50',
  printerPort: 9100,
  spoolDirectory: '/var/lib/huike/spool',
  keyFile: '/var/lib/huike/spool.key',
  statusFile: '/var/lib/huike/tap.json',
}

const TEXTS = ['tapId', 'listenHost', 'printerHost', 'spoolDirectory', 'keyFile', 'statusFile']

describe('the settings of a tap', () => {
  it('are taken when all are there', () => {
    expect(readTapConfig(JSON.stringify(GOOD))).toEqual({ ok: true, config: GOOD })
  })

  it.each<[string, string | undefined, string[]]>([
    ['none given', undefined, ['no settings: pass them as JSON']],
    ['no JSON', 'tapId=1', ['settings are not JSON']],
    [
      'a list',
      '[]',
      [
        ...TEXTS.map((name) => `${name}: a text is missing`),
        'listenPort: must be a port number',
        'printerPort: must be a port number',
      ],
    ],
    [
      'no printer',
      JSON.stringify({ ...GOOD, printerHost: '' }),
      ['printerHost: a text is missing'],
    ],
    [
      'two bad ports',
      JSON.stringify({ ...GOOD, listenPort: '9100', printerPort: 70_000 }),
      ['listenPort: must be a port number', 'printerPort: must be a port number'],
    ],
    ['a typing error', JSON.stringify({ ...GOOD, keyfile: 'x' }), ['keyfile: unknown']],
    ['a long name', JSON.stringify({ ...GOOD, tapId: 'x'.repeat(65) }), ['tapId: too long']],
  ])('are refused with a reason: %s', (_case, text, problems) => {
    expect(readTapConfig(text)).toEqual({ ok: false, problems })
  })
})
