import { describe, expect, it } from '@jest/globals'
import {
  birthdayOf,
  genderOf,
  isCancelled,
  isDamagedNumber,
  isMaskedPhone,
  kindOf,
  lineAmount,
  milliFenOf,
  quantityMilliOf,
  roundedFen,
  timeOf,
} from './field-values.js'

describe('money', () => {
  it.each([
    ['12.5', 1_250_000],
    ['¥1,234.50', 123_450_000],
    ['￥8', 800_000],
    ['3.335元', 333_500],
    ['-4.5', -450_000],
    ['(3.00)', -300_000],
    ['０.０１', 1_000],
    ['0.00001', 1],
    ['1.100000000', 110_000],
    ['0', 0],
  ])('reads %s', (cell, milliFen) => {
    expect(milliFenOf(cell)).toBe(milliFen)
  })

  it.each(['', '-', 'x', '1,23', '1.2.3', '1e3', '0.000001', '99999999999', '=1+1', '12%'])(
    'does not guess %p',
    (cell) => {
      expect(milliFenOf(cell)).toBeNull()
    },
  )

  it.each([
    // 3.335 × 1 = 333.5 fen → 334: half a fen is added.
    [333_500, 1_000, 334, 500],
    [333_400, 1_000, 333, -400],
    [333_500, -1_000, -334, -500],
    [255_000, 6_000, 1_530, 0],
    [100, 5_000, 1, 500],
    [100, 4_000, 0, -400],
    [0, -22_000, 0, 0],
    // 0.986 kg at ¥10.99: 1083.614 fen.
    [1_099_000, 986, 1_084, 386],
  ])('of %d × %d rounds half up to %d', (price, quantity, fen, roundingMilliFen) => {
    expect(lineAmount(price, quantity)).toEqual({ fen, roundingMilliFen })
  })

  it('is exact where floating point is not', () => {
    expect(roundedFen(100_500)).toEqual({ fen: 101, roundingMilliFen: 500 })
    expect(lineAmount(900_719_925_474, 999_999_000).fen).toBe(900_719_024_754_075)
  })
})

describe('quantities', () => {
  it.each([
    ['2', 2_000],
    ['0.986', 986],
    ['x3', 3_000],
    ['1.5kg', 1_500],
    ['２件', 2_000],
    ['-6', -6_000],
    ['1,000', 1_000_000],
  ])('reads %s', (cell, milli) => {
    expect(quantityMilliOf(cell)).toBe(milli)
  })

  it.each(['', '一', '1.2345', '两件'])('does not guess %p', (cell) => {
    expect(quantityMilliOf(cell)).toBeNull()
  })
})

describe('times', () => {
  it.each([
    ['2025-03-01 10:02:03', '2025-03-01T10:02:03', null],
    ['2025/3/1 9:05', '2025-03-01T09:05:00', null],
    ['2025年3月1日', '2025-03-01T00:00:00', null],
    ['2025.03.01', '2025-03-01T00:00:00', null],
    ['20250301', '2025-03-01T00:00:00', null],
    ['20250301100203', '2025-03-01T10:02:03', null],
    ['2025-03-01T10:02:03Z', '2025-03-01T10:02:03', 0],
    ['2025-03-01T10:02:03.456+08:00', '2025-03-01T10:02:03', 480],
  ])('reads %s', (cell, local, offsetMinutes) => {
    expect(timeOf(cell)).toEqual({ local, offsetMinutes })
  })

  it.each([
    '',
    '03/04/2025',
    '2025-02-30',
    '2025-13-01',
    '2025-03-01 25:00',
    '1800-01-01',
    '45000',
  ])('does not guess %p', (cell) => {
    expect(timeOf(cell)).toBeNull()
  })

  it('takes no birthday after today', () => {
    expect(birthdayOf('1990-02-28', '2026-03-02')).toBe('1990-02-28')
    expect(birthdayOf('2026-03-03', '2026-03-02')).toBeNull()
  })
})

describe('words', () => {
  it('tells women from men, and neither from what says nothing', () => {
    expect(['女', 'F', '2'].map(genderOf)).toEqual(['female', 'female', 'female'])
    expect(['先生', 'male'].map(genderOf)).toEqual(['male', 'male'])
    expect(['未知', '', '0'].map(genderOf)).toEqual([null, null, null])
  })

  it('tells sales from refunds', () => {
    expect(['销售', 'Sale', '退货', 'refund', '？'].map(kindOf)).toEqual([
      ...['sale', 'sale', 'refund', 'refund', null],
    ])
  })

  it('knows orders that were never paid', () => {
    const statuses = ['交易关闭', '已取消', '等待买家付款', 'cancelled', '交易成功', '已完成', '']
    expect(statuses.map(isCancelled)).toEqual([true, true, true, true, false, false, false])
  })

  it('knows numbers with stars and numbers that lost digits', () => {
    expect(['138****5678', '1**********', '13812345678', ''].map(isMaskedPhone)).toEqual([
      ...[true, true, false, false],
    ])
    expect(['1.23E+17', '2.0e+19', '12345', 'E1'].map(isDamagedNumber)).toEqual([
      ...[true, true, false, false],
    ])
  })
})
