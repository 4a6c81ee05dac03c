import { describe, expect, it } from '@jest/globals'
import { newSecret, stepOf, uriOf } from './totp.js'

// The vectors of RFC 6238, appendix B (SHA-1), cut to six digits.
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const VECTORS: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]
const STEP_S = 30

describe('codes of the second factor', () => {
  it.each(VECTORS)('at second %i it is %s', (seconds, code) => {
    expect(stepOf(code, SECRET, seconds * 1000)).toBe(Math.floor(seconds / STEP_S))
  })

  it('takes the step before and the one after, and no other', () => {
    const [seconds, code] = [1_234_567_890, '005924']
    const step = Math.floor(seconds / STEP_S)
    const at = (steps: number) => stepOf(code, SECRET, (step + steps) * STEP_S * 1000)
    expect([-2, -1, 0, 1, 2].map(at)).toEqual([null, step, step, step, null])
  })

  it('refuses what is no code', () => {
    for (const code of ['', '28708', '2870822', 'abcdef', '００５９２４'])
      expect(stepOf(code, SECRET, 1_234_567_890_000)).toBeNull()
  })

  it('makes a secret of 160 bits, each another, and an address for it', () => {
    const secret = newSecret()
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(newSecret()).not.toBe(secret)
    const uri = new URL(uriOf(secret, { issuer: '回客会员', username: 'li.dian' }))
    expect(uri.protocol).toBe('otpauth:')
    expect(uri.searchParams.get('secret')).toBe(secret)
    expect(uri.searchParams.get('issuer')).toBe('回客会员')
    expect(decodeURIComponent(uri.pathname)).toContain('li.dian')
  })
})
