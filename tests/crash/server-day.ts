// A day at two tills: who registers, who buys, what comes back; and what it must come to in points,
// computed here, apart from the server.
import { monotonicFactory } from 'ulid'
import type { Random } from '../rig/random.js'

const mint = monotonicFactory()
const TOTAL_FEN_MAX = 30_000
const WRONG_GIVINGS = 0.4
const DATES = ['2026-03-01', '2026-03-02', '2026-03-03']

interface PlannedSale {
  eventId: string
  receiptNo: string
  businessDate: string
  totalFen: number
  refundedFen: number
  /** Whose it is in the end; null: nobody's. */
  phone: string | null
}

type Event = Record<string, unknown> & { eventId: string }

/** The events of one till, made piece by piece, and what was promised so far. */
export class TillDay {
  readonly sales: PlannedSale[] = []
  refundCount = 0
  readonly #members = new Map<string, string>()
  readonly #registrations = new Map<string, string>()

  constructor(
    private readonly code: string,
    private readonly phones: readonly string[],
    private readonly random: Random,
  ) {}

  /** Registrations of the till's shoppers; the till knows them from then on. */
  registrations(): Event[] {
    return this.phones.map((phone) => {
      const memberId = mint()
      this.#members.set(phone, memberId)
      const event = head('member.registered')
      this.#registrations.set(phone, event.eventId)
      return {
        ...event,
        memberId,
        phone,
        notice: { policyVersion: 't', textSha256: 'a'.repeat(64), shownAtMs: Date.now() },
        cashier: '1002',
      }
    })
  }

  /** The id of the event that registered this phone here. */
  registrationOf(phone: string): string {
    return this.#registrations.get(phone) ?? ''
  }

  /** `count` sales, some given away afterwards, some to the wrong one first, some brought back. */
  piece(count: number): Event[] {
    return Array.from({ length: count }, () => this.#sale()).flat()
  }

  /** Points each phone must have: what its sales earned less what came back, in proportion. */
  pointsByPhone(): Map<string, number> {
    const points = new Map(this.phones.map((phone) => [phone, 0]))
    for (const { phone, totalFen, refundedFen } of this.sales) {
      if (phone === null) continue
      const earned = Math.floor(totalFen / 100)
      const isWhole = refundedFen >= totalFen
      const back = isWhole ? earned : Math.floor((earned * refundedFen) / totalFen)
      points.set(phone, (points.get(phone) ?? 0) + earned - back)
    }
    return points
  }

  #sale(): Event[] {
    const sale: PlannedSale = {
      eventId: mint(),
      receiptNo: `${this.code}-${String(this.sales.length + 1).padStart(5, '0')}`,
      businessDate: this.random.pick(DATES),
      totalFen: this.random.between(1, TOTAL_FEN_MAX),
      refundedFen: 0,
      phone: this.random.next() < 0.85 ? this.random.pick(this.phones) : null,
    }
    this.sales.push(sale)
    const isGivenLater = sale.phone !== null && this.random.next() < 0.2
    const who = sale.phone === null || isGivenLater ? null : this.#who(sale.phone)
    const events: Event[] = [checkoutOf(sale, 'sale', { who, eventId: sale.eventId })]
    if (this.random.next() < 0.15) events.push(this.#refund(sale))
    if (isGivenLater) events.push(...this.#giving(sale))
    if (this.random.next() < 0.15) events.push(this.#refund(sale))
    return events
  }

  #refund(sale: PlannedSale): Event {
    const totalFen = this.random.between(1, sale.totalFen)
    this.refundCount += 1
    sale.refundedFen = Math.min(sale.totalFen, sale.refundedFen + totalFen)
    const document = {
      ...sale,
      totalFen,
      receiptNo: `${this.code}-R${String(this.refundCount).padStart(5, '0')}`,
      originalReceiptNo: sale.receiptNo,
    }
    return checkoutOf(document, 'refund', { who: null, eventId: mint() })
  }

  /** A receipt given to its shopper; now and then to another one first, and taken back at once. */
  #giving(sale: PlannedSale): Event[] {
    const right = () => this.#assignment(sale, sale.phone ?? '')
    if (this.random.next() >= WRONG_GIVINGS) return [right()]
    const wrong = this.#assignment(sale, this.random.pick(this.phones))
    const undone = {
      ...head('receipt.assignment_undone'),
      assignmentEventId: wrong.eventId,
      cashier: '1002',
    }
    return [wrong, undone, right()]
  }

  #assignment(sale: PlannedSale, phone: string): Event {
    return {
      ...head('receipt.assigned'),
      checkoutEventId: sale.eventId,
      who: this.#who(phone),
      cashier: '1002',
    }
  }

  #who(phone: string): object {
    const memberId = this.#members.get(phone)
    return memberId !== undefined && this.random.next() < 0.3
      ? { by: 'member', memberId }
      : { by: 'phone', phone }
  }
}

function checkoutOf(
  document: {
    receiptNo: string
    businessDate: string
    totalFen: number
    originalReceiptNo?: string
  },
  kind: 'sale' | 'refund',
  of: { who: object | null; eventId: string },
): Event {
  const { receiptNo, businessDate, totalFen, originalReceiptNo = null } = document
  return {
    ...head('checkout.captured'),
    ...of,
    receipt: {
      kind,
      receiptNo,
      surrogateKey: null,
      businessDate,
      printedAt: null,
      cashier: '1002',
      lines: [
        { name: '商品', code: null, quantityMilli: 1000, unitPriceFen: null, amountFen: totalFen },
      ],
      totalFen,
      payments: [{ method: 'cash', amountFen: totalFen }],
      changeFen: null,
      originalReceiptNo,
    },
    source: {
      kind: 'escpos_tap',
      template: 'cn-80mm',
      confidence: 0.98,
      confirmed: false,
      capturedAtMs: Date.now(),
    },
  }
}

function head(type: string): Event {
  return { type, eventId: mint(), occurredAtMs: Date.now() }
}
