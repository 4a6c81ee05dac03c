import { describe, expect, it } from '@jest/globals'
import { makeLogger, NestLogger } from './logger.js'

const PHONE = '13812345678'

/** Logs through a logger and answers the lines. */
function linesOf(log: (logger: ReturnType<typeof makeLogger>) => void, level = 'debug'): string[] {
  const lines: string[] = []
  log(makeLogger(level, { write: (line) => lines.push(line) }))
  return lines
}

describe('the log', () => {
  const thrown = new Error(`no such member\n${PHONE}`)
  const places: [string, (logger: ReturnType<typeof makeLogger>) => void][] = [
    ['in a message', (logger) => logger.info(`looked up ${PHONE}`)],
    ['in a field', (logger) => logger.info({ phone: PHONE }, 'x')],
    ['as a number', (logger) => logger.info({ phone: Number(PHONE) }, 'x')],
    ['as a key', (logger) => logger.info({ [PHONE]: 1 }, 'x')],
    ['deep inside', (logger) => logger.info({ a: { b: [{ c: PHONE }] } }, 'x')],
    ['with +86', (logger) => logger.info(`+86${PHONE} +86 ${PHONE} 0086${PHONE}`)],
    ['with spaces', (logger) => logger.info('138 1234 5678 and 138-1234-5678')],
    ['in an address', (logger) => logger.info(`GET /members/${PHONE}?phone=${PHONE}&x=1`)],
    ['percent-encoded', (logger) => logger.info(`?phone=%2B86${PHONE}&q=%22${PHONE}%22`)],
    ['after a new line', (logger) => logger.info(`first\n${PHONE}\t${PHONE}\r\n${PHONE}`)],
    ['after a control character', (logger) => logger.info(`\u001b${PHONE}\u0007`)],
    ['inside JSON inside JSON', (logger) => logger.info(JSON.stringify({ a: `\n${PHONE}` }))],
    ['between letters', (logger) => logger.info(`tel${PHONE}x`)],
    ['between Chinese', (logger) => logger.info(`手机${PHONE}已登记`)],
    ['in an error', (logger) => logger.error({ err: thrown }, 'failed')],
    ['in a cause', (logger) => logger.error({ err: new Error('a', { cause: thrown }) }, 'failed')],
    ['through Nest', (logger) => new NestLogger(logger).error(thrown.message, thrown.stack)],
    ['through Nest as an object', (logger) => new NestLogger(logger).warn({ phone: PHONE })],
  ]
  it.each(places)('shows no number %s', (_where, log) => {
    const lines = linesOf(log)
    expect(lines).toHaveLength(1)
    const text = lines.join('')
    expect(text.replaceAll(/[ -]/g, '')).not.toContain('12345678')
    expect(text).toContain('138****5678')
  })

  it('keeps what is no mobile number: times, amounts, ids, card numbers', () => {
    const kept = {
      atMs: 1_772_416_800_000,
      totalFen: 10_000_000_000,
      id: '01JB0000000000000000000000',
      hash: 'a1b2c3',
      card: '6222021234567890123',
      landline: '010-62345678',
    }
    const [line = ''] = linesOf((logger) => logger.info(kept, 'x'))
    expect(JSON.parse(line)).toMatchObject(kept)
  })

  it('writes one JSON line each, with the level, and nothing below its level', () => {
    const lines = linesOf((logger) => {
      logger.debug('unseen')
      logger.warn('seen')
    }, 'warn')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 40, msg: 'seen' }])
    expect(lines[0]).toMatch(/\n$/)
  })
})
