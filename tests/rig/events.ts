// Factories of agent events: each builds something valid, and the test overrides what it is about.
import type {
  AssignmentUndone,
  CheckoutCaptured,
  MemberRegistered,
  ReceiptAssigned,
} from '@huike/shared/contracts/agent'
import { monotonicFactory, ulid } from 'ulid'
import type { TestTill } from './server.js'

const mint = monotonicFactory()
let numbers = 0

/** A fresh ULID. */
export function freshId(): string {
  return mint()
}

/** A fresh receipt number. */
export function freshReceiptNo(): string {
  numbers += 1
  return `R${String(numbers).padStart(6, '0')}`
}

type Receipt = CheckoutCaptured['receipt']
export type CheckoutOverrides = Partial<Omit<CheckoutCaptured, 'receipt' | 'source'>> & {
  receipt?: { [K in keyof Receipt]?: unknown }
  source?: { [K in keyof CheckoutCaptured['source']]?: unknown }
}

/** A captured sale of ¥21.32 with three lines. */
export function checkout(till: TestTill, overrides: CheckoutOverrides = {}): CheckoutCaptured {
  const nowMs = till.server.clock.nowMs()
  const { receipt, source, ...rest } = overrides
  return {
    type: 'checkout.captured',
    eventId: freshId(),
    occurredAtMs: nowMs,
    who: null,
    ...rest,
    receipt: {
      kind: 'sale',
      receiptNo: freshReceiptNo(),
      surrogateKey: null,
      businessDate: '2026-03-02',
      printedAt: '2026-03-02T10:00:00',
      cashier: '1002',
      lines: [
        line('农夫山泉550ml', 2000, 200, 400),
        line('康师傅红烧牛肉面(桶)', 1000, 450, 450),
        line('散装鸡蛋', 986, 1300, 1282),
      ],
      totalFen: 2132,
      payments: [{ method: 'cash', amountFen: 5000 }],
      changeFen: 2868,
      originalReceiptNo: null,
      ...receipt,
    },
    source: {
      kind: 'escpos_tap',
      template: 'cn-80mm',
      confidence: 0.98,
      confirmed: false,
      capturedAtMs: nowMs,
      ...source,
    },
  } as CheckoutCaptured
}

/** A refund of `totalFen` that names the sale it answers. */
export function refundOf(
  till: TestTill,
  originalReceiptNo: string | null,
  totalFen: number,
  overrides: CheckoutOverrides = {},
): CheckoutCaptured {
  return checkout(till, {
    ...overrides,
    receipt: {
      kind: 'refund',
      originalReceiptNo,
      totalFen,
      lines: [line('退货', -1000, null, -totalFen)],
      payments: [{ method: 'cash', amountFen: totalFen }],
      changeFen: null,
      ...overrides.receipt,
    },
  })
}

/** A registration at the till. */
export function registration(
  till: TestTill,
  phone: string,
  overrides: Partial<MemberRegistered> = {},
): MemberRegistered {
  const nowMs = till.server.clock.nowMs()
  return {
    type: 'member.registered',
    eventId: freshId(),
    memberId: freshId(),
    occurredAtMs: nowMs,
    phone,
    notice: { policyVersion: 't', textSha256: 'a'.repeat(64), shownAtMs: nowMs },
    cashier: '1002',
    ...overrides,
  } as MemberRegistered
}

/** A receipt given to a member afterwards. */
export function assignment(
  till: TestTill,
  checkoutEventId: string,
  who: ReceiptAssigned['who'] | object,
): ReceiptAssigned {
  return {
    type: 'receipt.assigned',
    // The id tells when: a giving may be taken back for a minute only.
    eventId: ulid(till.server.clock.nowMs()),
    occurredAtMs: till.server.clock.nowMs(),
    checkoutEventId,
    who,
    cashier: '1002',
  } as ReceiptAssigned
}

/** The giving `assignmentEventId` taken back again. */
export function undo(
  till: TestTill,
  assignmentEventId: string,
  overrides: Partial<AssignmentUndone> = {},
): AssignmentUndone {
  return {
    type: 'receipt.assignment_undone',
    eventId: freshId(),
    occurredAtMs: till.server.clock.nowMs(),
    assignmentEventId,
    cashier: '1002',
    ...overrides,
  } as AssignmentUndone
}

function line(name: string, quantityMilli: number, unitPriceFen: number | null, amountFen: number) {
  return { name, code: null, quantityMilli, unitPriceFen, amountFen }
}
