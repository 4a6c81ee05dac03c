import { describe, it, expect } from '@jest/globals'
import { fenOfDecimal, findNumbers, lineAmountFen } from './amounts.js'
import { labelledNumbers, segmentsOf } from './line-cells.js'
import { moneyRole, paymentMethod } from './money-labels.js'
import { findMoment, readMoment } from './printed-time.js'
import { fold } from './text-fold.js'

describe('numbers on a receipt', () => {
  it.each([
    ['合计:17.50', [1750]],
    ['合计 ¥ 1,234.50 元', [123450]],
    ['退款-4.50', [-450]],
    ['退款 4.50-', [-450]],
    ['１２．５０', [1250]],
    ['共4件 合计17.50', [400, 1750]],
    ['可乐330ml', []],
    ['A1234', []],
  ])('%s', (text, fens) => {
    expect(
      findNumbers(fold(text))
        .filter(({ unit }) => unit !== 'ml')
        .map(({ fen }) => fen),
    ).toEqual(fens)
  })

  it.each([
    ['12.5', 1250],
    ['0.986', null],
    ['1.100', 110],
    ['-4.50', -450],
    ['1e3', null],
    ['', null],
    ['99999999999', null],
  ])('%s yuan in fen is %s', (decimal, fen) => {
    expect(fenOfDecimal(decimal)).toBe(fen)
  })

  it.each([
    [0.986, 1300, 1282],
    [1.256, 1160, 1457],
    [-1, 450, -450],
    [3, 300, 900],
    [0.5, 1, 1],
  ])('%s times %s fen is %s fen', (quantity, price, amount) => {
    expect(lineAmountFen(quantity, price)).toBe(amount)
  })
})

describe('labels and their numbers', () => {
  it.each([
    [
      '数量合计: 3      合计: 21.32',
      [
        ['数量合计', 300],
        ['合计', 2132],
      ],
    ],
    ['合计    3    45.00', [['合计', 300, 4500]]],
    ['积分抵扣(500分)    -5.00', [['积分抵扣(500分)', -500]]],
    ['满100减10   -10.00', [['满   减', -1000]]],
    ['会员卡号: 138****8000', []],
    ['补打时间: 2026-03-05 18:40:11', []],
    ['微信单号 4200001234202603061234567890', []],
  ])('%s', (line, pairs) => {
    const found = labelledNumbers(fold(line)).map(({ label, numbers }) => [
      label,
      ...numbers.map(({ fen }) => fen),
    ])
    expect(found).toEqual(pairs)
  })

  it.each([
    ['收银员:1002 日期:2026-03-05 18:21:07', ['收银员:1002', '日期:2026-03-05 18:21:07']],
    ['单号:0012机号:01', ['单号:0012', '机号:01']],
    ['单号:    0012', ['单号:0012']],
    ['Cashier: Amy  Reg: 2', ['Cashier: Amy', 'Reg: 2']],
  ])('%s falls into segments', (line, segments) => {
    expect(segmentsOf(line).map(({ text }) => text)).toEqual(segments)
  })

  it.each([
    ['实付', 'payable'],
    ['实收金额', 'payable'],
    ['优惠后金额', 'payable'],
    ['应收', 'due'],
    ['实收', 'received'],
    ['合计', 'total'],
    ['数量合计', 'count'],
    ['优惠合计', 'discount_total'],
    ['Subtotal', 'subtotal'],
    ['小计', 'subtotal'],
    ['会员卡余额', 'none'],
    ['会员余额支付', 'payment'],
    ['微信立减', 'discount'],
    ['微信支付', 'payment'],
    ['现金找零', 'change'],
    ['找 零', 'change'],
    ['本次积分', 'none'],
    ['积分抵扣(500分)', 'discount'],
    ['抹零', 'rounding'],
    ['已为您节省', 'none'],
    ['餐盒费', 'charge'],
    ['A local tax', 'charge'],
    ['含税额', 'tax_included'],
    ['老友价让', 'unknown'],
  ])('%s is %s', (label, role) => {
    expect(moneyRole(label)).toBe(role)
  })

  it.each([
    ['支付宝支付', 'alipay'],
    ['银联云闪付', 'unionpay'],
    ['储值卡', 'stored_value'],
    ['实收现金', 'cash'],
    ['Cashier', null],
    ['支付宝立减', null],
    ['合计', null],
  ])('%s pays by %s', (label, method) => {
    expect(paymentMethod(label)).toBe(method)
  })
})

describe('dates and times as printed', () => {
  it.each([
    ['日期:2026-03-05 18:21:07', '2026-03-05', '18:21:07'],
    ['时间 2026/03/06 08:15', '2026-03-06', '08:15:00'],
    ['打印时间：2016-5-6   21:32:49', '2016-05-06', '21:32:49'],
    ['2026年3月12日 14时05分', '2026-03-12', '14:05:00'],
    ['20260305182107', '2026-03-05', '18:21:07'],
    ['26-04-07 下午 03:20', '2026-04-07', '15:20:00'],
    ['08 Aug 2026  14:32', '2026-08-08', '14:32:00'],
    ['Monday 6th of April 2015 02:56:25 PM', '2015-04-06', '14:56:25'],
    ['Apr 13, 2026 12:05 AM', '2026-04-13', '00:05:00'],
    ['25/03/2026 08:15', '2026-03-25', '08:15:00'],
    ['03/25/2026 08:15', '2026-03-25', '08:15:00'],
    ['日期:2026-03-05', '2026-03-05', null],
    ['时间:18:21', null, '18:21:00'],
  ])('%s', (text, date, time) => {
    expect(findMoment(fold(text))).toMatchObject({ date, time })
  })

  it.each([
    '2025-02-29 10:00',
    '20250229',
    '03/04/2026',
    '13-45-99',
    '流水号 20260306-0087',
    '25:99',
  ])('reads nothing out of %s', (text) => {
    expect(findMoment(text)?.date ?? null).toBeNull()
  })

  it('reads a whole cell or nothing', () => {
    expect(readMoment('2024/1/1 8:41')).toEqual({ date: '2024-01-01', time: '08:41:00' })
    expect(readMoment('2016-06-20T13:35:06-04:00')).toEqual({
      date: '2016-06-20',
      time: '13:35:06',
    })
    expect(readMoment('about 2024/1/1')).toBeNull()
  })
})
