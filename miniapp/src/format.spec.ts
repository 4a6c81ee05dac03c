import { expect, it } from '@jest/globals'
import { fen, points } from '@huike/shared/quantities'
import {
  formatMilli,
  formatPoints,
  formatPurchaseTotal,
  formatSignedPoints,
  formatStoreTime,
} from './format.js'

it.each([
  [0, '0', '0'],
  [999, '999', '+999'],
  [1_000, '1,000', '+1,000'],
  [1_234_567, '1,234,567', '+1,234,567'],
  [-12_864, '-12,864', '-12,864'],
])('shows %p points as %p and as a movement %p', (value, plain, signed) => {
  expect(formatPoints(points(value))).toBe(plain)
  expect(formatSignedPoints(points(value))).toBe(signed)
})

it.each([
  [1_000, '1'],
  [1_256, '1.256'],
  [1_250, '1.25'],
  [500, '0.5'],
  [-2_000, '-2'],
  [0, '0'],
])('shows %p thousandths as %p', (milli, text) => {
  expect(formatMilli(milli)).toBe(text)
})

it('shows the time of the stores, not of the phone', () => {
  expect(formatStoreTime(Date.UTC(2026, 10, 21, 16, 5))).toBe('2026-11-22 00:05')
})

it('shows a refund as money that came back', () => {
  expect(formatPurchaseTotal({ kind: 'sale', totalFen: fen(1_230) })).toBe('¥12.30')
  expect(formatPurchaseTotal({ kind: 'refund', totalFen: fen(1_230) })).toBe('-¥12.30')
})
