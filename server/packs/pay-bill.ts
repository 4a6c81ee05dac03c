import { fenFromYuan, type Fen } from '@huike/shared/quantities'

// The bill of a day as WeChat Pay writes it: a line of names, a line for each payment and refund with
// a back-tick before every value, and a summary. Amounts are in yuan and are read digit by digit.
// https://pay.weixin.qq.com/doc/v3/merchant/4012791863

const BYTE_ORDER_MARK = /^\ufeff/
const NAMES = {
  appId: '公众账号ID',
  orderNo: '商户订单号',
  state: '交易状态',
  totalFen: '订单金额',
  refundNo: '商户退款单号',
  refundFen: '申请退款金额',
} as const

/** A line of a bill. */
export interface BillLine {
  appId: string
  orderNo: string
  /** Null: a payment. */
  refundNo: string | null
  /** Paid, or refunded. Null where it cannot be read. */
  amountFen: Fen | null
}

/** The payments and refunds of a bill; null for a text that is not one. */
export function readBill(text: string): BillLine[] | null {
  const [head = '', ...lines] = text.replace(BYTE_ORDER_MARK, '').split(/\r?\n/)
  const names = head.split(',').map((name) => name.replace('`', '').trim())
  const at = Object.fromEntries(
    Object.entries(NAMES).map(([key, name]) => [key, names.indexOf(name)]),
  ) as Record<keyof typeof NAMES, number>
  if (Object.values(at).some((index) => index < 0)) return null
  // The summary begins with a line of names of its own.
  const end = lines.findIndex((line) => !line.startsWith('`'))
  return lines.slice(0, end < 0 ? lines.length : end).flatMap((line): BillLine[] => {
    const values = line.slice(1).split(',`')
    const value = (key: keyof typeof NAMES) => values[at[key]] ?? ''
    const named = { appId: value('appId'), orderNo: value('orderNo') }
    switch (value('state')) {
      case 'SUCCESS':
        return [{ ...named, refundNo: null, amountFen: fenFromYuan(value('totalFen')) }]
      case 'REFUND':
        return [
          { ...named, refundNo: value('refundNo'), amountFen: fenFromYuan(value('refundFen')) },
        ]
      default:
        return []
    }
  })
}
