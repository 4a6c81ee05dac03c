import { fen, type Fen } from '@huike/shared/quantities'

// What a simulated till knows of a paper it prints: the truth that tests hold the reader to.

export type TillDocumentKind = 'sale' | 'refund' | 'reprint' | 'kitchen' | 'prebill' | 'report'
export type PaymentMethod = 'cash' | 'wechat' | 'alipay' | 'card'

export interface TillLine {
  name: string
  code: string
  /** Negative on a refund; a weight has three decimals. */
  quantity: number
  unit: string
  unitPriceFen: Fen
  /** Taken off this line, never negative. */
  discountFen: Fen
  /** What the line costs after its discount; negative on a refund. */
  amountFen: Fen
}

export interface TillMember {
  /** `138****8000` */
  phoneMasked: string
  pointsEarned: number
  pointsTotal: number
}

export interface TillDocument {
  kind: TillDocumentKind
  /** Null where none is printed: kitchen slips, guest checks, shift reports. */
  receiptNo: string | null
  /** The sale that a refund or a reprint is about. */
  originalReceiptNo: string | null
  storeName: string
  terminalNo: string
  cashier: string
  /** Wall clock of the store, `YYYY-MM-DDTHH:mm:ss`. */
  printedAt: string
  lines: TillLine[]
  /** Sum of the lines. */
  subtotalFen: Fen
  /** Taken off the whole receipt, each positive. */
  discounts: { label: string; amountFen: Fen }[]
  /** Payable: subtotal less discounts. Negative on a refund. */
  totalFen: Fen
  /** As handed over; negative on a refund. */
  payments: { method: PaymentMethod; amountFen: Fen }[]
  changeFen: Fen
  member: TillMember | null
  /** Restaurants: where the guests sit. */
  table: string | null
  /** Shift reports: number of sales and of refunds. */
  counts: { sales: number; refunds: number } | null
}

export const METHOD_NAMES: Record<PaymentMethod, string> = {
  cash: '现金',
  wechat: '微信支付',
  alipay: '支付宝',
  card: '银行卡',
}

/** Price × quantity, rounded to whole fen as tills do. */
export function lineAmountFen(unitPriceFen: Fen, quantity: number): Fen {
  return fen(Math.round(unitPriceFen * quantity))
}

export function sumFen(amounts: readonly Fen[]): Fen {
  return fen(amounts.reduce((sum, amount) => sum + amount, 0))
}

export function negateFen(amount: Fen): Fen {
  return fen(amount === 0 ? 0 : -amount)
}

/** The refund of one line of a sale: the same, backwards. */
export function negateLine(line: TillLine): TillLine {
  const { quantity, amountFen } = line
  return { ...line, quantity: -quantity, amountFen: negateFen(amountFen) }
}
