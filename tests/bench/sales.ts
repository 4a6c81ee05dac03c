// Sales as a till sends them, to members picked by chance. Nothing of the server is imported: the
// processes that make load need none of it.
import type { CheckoutCaptured } from '@huike/shared/contracts/agent'
import { monotonicFactory } from 'ulid'

export const MEMBERS = 12_000
const PHONE_FIRST = 13_800_000_000
const BUSINESS_DATE = '2026-03-02'

const mint = monotonicFactory()
let receipts = 0

/** A fresh ULID. */
export function freshId(): string {
  return mint()
}

/** The phone of member `n`, counted from 0. */
export function phoneOf(n: number): string {
  return String(PHONE_FIRST + n)
}

/** A fresh sale of three lines to a member picked by chance. */
export function freshSale(): CheckoutCaptured {
  receipts += 1
  const nowMs = Date.now()
  const prices = [chance(100, 2_000), chance(100, 3_000), chance(100, 9_000)] as const
  const totalFen = prices[0] * 2 + prices[1] + prices[2]
  const sale = {
    type: 'checkout.captured',
    eventId: freshId(),
    occurredAtMs: nowMs,
    who: { by: 'phone', phone: phoneOf(chance(0, MEMBERS)) },
    receipt: {
      kind: 'sale',
      receiptNo: `B${String(process.pid)}-${String(receipts).padStart(8, '0')}`,
      surrogateKey: null,
      businessDate: BUSINESS_DATE,
      printedAt: `${BUSINESS_DATE}T10:00:00`,
      cashier: '1002',
      lines: [
        { name: '农夫山泉550ml', quantityMilli: 2000, unitPriceFen: prices[0], fen: prices[0] * 2 },
        { name: '康师傅红烧牛肉面', quantityMilli: 1000, unitPriceFen: prices[1], fen: prices[1] },
        { name: '散装鸡蛋', quantityMilli: 986, unitPriceFen: 1300, fen: prices[2] },
      ].map(({ fen, ...line }) => ({ ...line, code: '6901234567892', amountFen: fen })),
      totalFen,
      payments: [{ method: 'wechat', amountFen: totalFen }],
      changeFen: null,
      originalReceiptNo: null,
    },
    source: {
      kind: 'escpos_tap',
      template: 'cn-80mm',
      confidence: 0.98,
      confirmed: false,
      capturedAtMs: nowMs,
    },
  }
  return sale as unknown as CheckoutCaptured
}

function chance(from: number, below: number): number {
  return from + Math.floor(Math.random() * (below - from))
}
