import { expect, it } from '@jest/globals'
import { isUlid } from '@huike/shared/ids'
import { newId } from './new-id.js'

const NOW_MS = Date.UTC(2026, 10, 22, 2)

it('mints ULIDs that sort by birth', () => {
  const earlier = newId(NOW_MS, () => 0.999_999)
  const later = newId(NOW_MS + 1, () => 0)
  expect([earlier, later].every(isUlid)).toBe(true)
  expect(earlier < later).toBe(true)
})

it('mints as the specification has it', () => {
  expect(newId(1_469_918_176_385, () => 0)).toBe('01ARYZ6S410000000000000000')
})

it('mints a thousand in one millisecond without a repetition', () => {
  const minted = Array.from({ length: 1_000 }, () => newId(NOW_MS, Math.random))
  expect(new Set(minted).size).toBe(1_000)
})
