import { describe, expect, it } from '@jest/globals'
import { ulid } from 'ulid'
import { idAt, idSchema, isUlid, mintedAtMs } from './ids.js'

describe('an id', () => {
  it.each([
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '00000000000000000000000000',
    '7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
  ])('%s is a ULID', (text) => {
    expect(isUlid(text)).toBe(true)
    expect(idSchema('MemberId').parse(text)).toBe(text)
  })

  it.each([
    ['nothing', ''],
    ['too short', '01ARZ3NDEKTSV4RRFFQ69G5FA'],
    ['too long', '01ARZ3NDEKTSV4RRFFQ69G5FAVX'],
    ['lower case', '01arz3ndektsv4rrffq69g5fav'],
    ['beyond the largest time', '8ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
    ['with an I', '01ARZ3NDEKTSV4RRFFQ69G5FAI'],
    ['with an L', '01ARZ3NDEKTSV4RRFFQ69G5FAL'],
    ['with an O', '01ARZ3NDEKTSV4RRFFQ69G5FAO'],
    ['with a U', '01ARZ3NDEKTSV4RRFFQ69G5FAU'],
    ['with a line after it', '01ARZ3NDEKTSV4RRFFQ69G5FAV\n'],
    ['with a space before it', ' 01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ])('%s is none', (_what, text) => {
    expect(isUlid(text)).toBe(false)
    expect(idSchema('MemberId').safeParse(text).success).toBe(false)
  })

  it('is what the library mints, and sorts by birth', () => {
    const minted = Array.from({ length: 100 }, (_, n) => ulid(1_772_416_800_000 + n))
    expect(minted.every(isUlid)).toBe(true)
    expect([...minted].sort()).toEqual(minted)
  })

  it.each([1, 1_469_918_176_385, 1_772_700_000_000, 2 ** 48 - 1])(
    'tells that it was minted at %i',
    (atMs) => {
      expect(mintedAtMs(ulid(atMs))).toBe(atMs)
    },
  )

  it('is minted anew by chance, at its time', () => {
    const atMs = 1_772_700_000_000
    const minted = Array.from({ length: 100 }, () => idAt(atMs, Math.random))
    expect(minted.every(isUlid)).toBe(true)
    expect(new Set(minted).size).toBe(100)
    expect(new Set(minted.map(mintedAtMs))).toEqual(new Set([atMs]))
    expect(idAt(atMs, () => 0.999_999).endsWith('Z'.repeat(16))).toBe(true)
  })
})
