import { describe, expect, it } from '@jest/globals'
import { readBill } from './pay-bill.js'

const HEAD = '交易时间,公众账号ID,商户订单号,交易状态,商户退款单号,商品名称,订单金额,申请退款金额'
const bill = (...lines: string[]) =>
  `\ufeff${[HEAD, ...lines, '总交易单数,订单总金额', '`2,`99.99'].join('\r\n')}\r\n`

describe('a bill of WeChat Pay', () => {
  it('is in yuan and read in fen, digit by digit', () => {
    const text = bill(
      '`2026-03-02 10:00:00,`wx1,`HK1,`SUCCESS,`0,`牛奶,面包,`0.29,`0.00',
      '`2026-03-02 10:00:00,`wx1,`HK2,`SUCCESS,`0,`套餐,`1234567.07,`0.00',
      '`2026-03-02 11:00:00,`wx1,`HK1,`REFUND,`HR1,`套餐,`0.00,`0.01',
      '`2026-03-02 11:00:00,`wx1,`HK3,`REVOKED,`0,`套餐,`1.00,`0.00',
      '`2026-03-02 11:00:00,`wx1,`HK4,`SUCCESS,`0,`套餐,`1.005,`0.00',
    )
    expect(readBill(text)).toEqual([
      { appId: 'wx1', orderNo: 'HK1', refundNo: null, amountFen: 29 },
      { appId: 'wx1', orderNo: 'HK2', refundNo: null, amountFen: 123_456_707 },
      { appId: 'wx1', orderNo: 'HK1', refundNo: 'HR1', amountFen: 1 },
      // What cannot be read is no amount, and differs from every order.
      { appId: 'wx1', orderNo: 'HK4', refundNo: null, amountFen: null },
    ])
  })

  it('may be empty, and is nothing where its names are missing', () => {
    expect(readBill(bill())).toEqual([])
    expect(readBill('<html>busy</html>')).toBeNull()
    expect(readBill('')).toBeNull()
  })
})
