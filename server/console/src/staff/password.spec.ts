import { describe, expect, it } from '@jest/globals'
import { STAFF_PASSWORD_MIN } from '../limits.js'
import { newPassword, passwordOf } from './password.js'

describe('a first password', () => {
  it('is long enough, and another one each time', () => {
    const made = Array.from({ length: 50 }, newPassword)
    expect(new Set(made).size).toBe(50)
    for (const one of made) expect(one.length).toBeGreaterThanOrEqual(STAFF_PASSWORD_MIN)
  })

  it('has nothing that is taken for something else', () => {
    const all = passwordOf(new Uint32Array(Array.from({ length: 200 }, (_, index) => index)))
    expect(all).toMatch(/^[A-Za-z2-9]+$/)
    expect(all).not.toMatch(/[lIoOi01]/)
  })
})
