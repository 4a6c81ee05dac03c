import { connect, type Socket } from 'node:net'
import { fen } from '@huike/shared/quantities'
import { fillBasket } from './basket.js'
import { SeededRandom } from './random.js'
import { LAYOUT_TRADES, renderDocument, type LayoutName } from './receipt-layouts.js'
import { negateLine, sumFen, type PaymentMethod, type TillDocument } from './till-document.js'

// A till that was never told about us: it asks its printer how it is, prints, and goes away. The
// same seed and clock give the same papers, and it remembers the truth of each.

/** Where the printer seems to be, and whose till this is. */
export interface SimulatedTillOptions {
  host?: string
  /** The tap's port, or a printer's. */
  port: number
  layout: LayoutName
  storeName: string
  terminalNo: string
  cashier?: string
  seed: number
  /** Epoch milliseconds. */
  clock: () => number
  /** First running number of the receipts. */
  firstNumber?: number
}

/** What became of a paper: `printed`, or why the till gave up. */
export type PrintOutcome = 'printed' | 'unreachable' | 'no_answer' | 'offline' | 'paper_out'

export interface Printed {
  document: TillDocument
  bytes: Uint8Array
  outcome: PrintOutcome
}

/** China has one zone, without summer time. */
const STORE_OFFSET_MS = 8 * 3_600_000
const STATUS_WAIT_MS = 3000
const JOB_WAIT_MS = 10_000
const SALES_REMEMBERED_MAX = 200
const REFUND_SHARE = 0.06
const REPRINT_SHARE = 0.05
const SLIP_SHARE = 0.12
const OFFLINE_BIT = 0x08
const PAPER_END_BITS = 0x60
const ASK_ONLINE = Uint8Array.of(0x10, 0x04, 0x01)
const ASK_PAPER = Uint8Array.of(0x10, 0x04, 0x04)

export class SimulatedTill {
  private readonly random: SeededRandom
  private readonly sales: TillDocument[] = []
  private shift: TillDocument[] = []
  private nextNumber: number

  constructor(private readonly options: SimulatedTillOptions) {
    this.random = new SeededRandom(options.seed)
    this.nextNumber = options.firstNumber ?? 1
  }

  /** A new sale. */
  sell(): Promise<Printed> {
    return this.print(this.composeSale())
  }

  /** Takes back one line of `sale` (one of the sales so far if not said). */
  refund(sale: TillDocument = this.random.pick(this.sales)): Promise<Printed> {
    return this.print(this.composeRefund(sale))
  }

  /** The same receipt again, marked as a copy. */
  reprint(sale: TillDocument = this.random.pick(this.sales)): Promise<Printed> {
    return this.print({ ...sale, kind: 'reprint', originalReceiptNo: sale.receiptNo })
  }

  /** A slip for the kitchen; no money on it. */
  kitchenSlip(): Promise<Printed> {
    return this.print(this.withoutPayment('kitchen'))
  }

  /** The check a restaurant shows before payment. */
  prebill(): Promise<Printed> {
    return this.print(this.withoutPayment('prebill'))
  }

  /** Sums up what was sold since the last report. */
  shiftReport(): Promise<Printed> {
    return this.print(this.composeReport())
  }

  /** What a till prints next on an ordinary day: mostly sales. */
  next(): Promise<Printed> {
    const { random } = this
    const isRestaurant = LAYOUT_TRADES[this.options.layout] === 'restaurant'
    if (this.sales.length > 0 && random.chance(REFUND_SHARE)) return this.refund()
    if (this.sales.length > 0 && random.chance(REPRINT_SHARE)) return this.reprint()
    if (isRestaurant && random.chance(SLIP_SHARE))
      return random.chance(0.5) ? this.kitchenSlip() : this.prebill()
    return this.sell()
  }

  /** The sale without printing it. */
  composeSale(): TillDocument {
    const basket = fillBasket(LAYOUT_TRADES[this.options.layout], this.random)
    const sale = { ...this.heading('sale'), receiptNo: this.mintNumber(), ...basket }
    this.sales.push(sale)
    this.shift.push(sale)
    if (this.sales.length > SALES_REMEMBERED_MAX) this.sales.shift()
    return sale
  }

  private composeRefund(sale: TillDocument): TillDocument {
    const line = negateLine(this.random.pick(sale.lines))
    const method = sale.payments[0]?.method ?? 'cash'
    const refund = {
      ...this.heading('refund'),
      receiptNo: this.mintNumber(),
      originalReceiptNo: sale.receiptNo,
      lines: [line],
      subtotalFen: line.amountFen,
      totalFen: line.amountFen,
      payments: [{ method, amountFen: line.amountFen }],
    }
    this.shift.push(refund)
    return refund
  }

  private withoutPayment(kind: 'kitchen' | 'prebill'): TillDocument {
    const basket = fillBasket('restaurant', this.random)
    const paper = {
      ...this.heading(kind),
      ...basket,
      payments: [],
      changeFen: fen(0),
      member: null,
    }
    if (kind === 'prebill') return paper
    return { ...paper, subtotalFen: fen(0), totalFen: fen(0), discounts: [] }
  }

  private composeReport(): TillDocument {
    const { shift } = this
    this.shift = []
    const totals = new Map<PaymentMethod, number>()
    for (const { payments, changeFen } of shift)
      for (const { method, amountFen } of payments)
        totals.set(
          method,
          (totals.get(method) ?? 0) + amountFen - (method === 'cash' ? changeFen : 0),
        )
    const totalFen = sumFen(shift.map((paper) => paper.totalFen))
    return {
      ...this.heading('report'),
      subtotalFen: totalFen,
      totalFen,
      payments: [...totals].map(([method, amountFen]) => ({ method, amountFen: fen(amountFen) })),
      counts: {
        sales: shift.filter(({ kind }) => kind === 'sale').length,
        refunds: shift.filter(({ kind }) => kind === 'refund').length,
      },
    }
  }

  private heading(kind: TillDocument['kind']): TillDocument {
    const { storeName, terminalNo, cashier = '1002', layout } = this.options
    const isRestaurant = LAYOUT_TRADES[layout] === 'restaurant' || kind === 'kitchen'
    return {
      kind,
      receiptNo: null,
      originalReceiptNo: null,
      storeName,
      terminalNo,
      cashier,
      printedAt: this.wallClock(),
      lines: [],
      subtotalFen: fen(0),
      discounts: [],
      totalFen: fen(0),
      payments: [],
      changeFen: fen(0),
      member: null,
      table: isRestaurant ? `A${String(this.random.whole(1, 30))}` : null,
      counts: null,
    }
  }

  private wallClock(): string {
    return new Date(this.options.clock() + STORE_OFFSET_MS).toISOString().slice(0, 19)
  }

  /** Every kind of shop numbers its receipts in its own way. */
  private mintNumber(): string {
    const number = this.nextNumber
    this.nextNumber += 1
    const day = this.wallClock().slice(0, 10).replaceAll('-', '')
    switch (this.options.layout) {
      case 'supermarket80':
        return String(number).padStart(8, '0')
      case 'convenience58':
        return `${day}-${String(number).padStart(4, '0')}`
      case 'restaurant80':
        return `B${day.slice(2)}${String(number).padStart(4, '0')}`
      case 'beauty58':
        return `S${this.options.terminalNo}-${day.slice(2)}-${String(number).padStart(3, '0')}`
    }
  }

  private async print(document: TillDocument): Promise<Printed> {
    const bytes = renderDocument(this.options.layout, document)
    const { host = '127.0.0.1', port } = this.options
    return { document, bytes, outcome: await printJob({ host, port, bytes }) }
  }
}

/** Asks for the state, prints, and waits until the other side has taken everything. */
export async function printJob(job: {
  host: string
  port: number
  bytes: Uint8Array
}): Promise<PrintOutcome> {
  const socket = connect({ host: job.host, port: job.port, noDelay: true })
  let isFailed = false
  socket.on('error', () => {
    isFailed = true
  })
  try {
    const online = await ask(socket, ASK_ONLINE)
    if (online === null) return isFailed ? 'unreachable' : 'no_answer'
    const paper = await ask(socket, ASK_PAPER)
    if (paper === null) return isFailed ? 'unreachable' : 'no_answer'
    if ((paper & PAPER_END_BITS) !== 0) return 'paper_out'
    if ((online & OFFLINE_BIT) !== 0) return 'offline'
    const isTaken = await finish(socket, job.bytes)
    return isTaken && !isFailed ? 'printed' : 'unreachable'
  } finally {
    socket.destroy()
  }
}

/** One real-time question; null when no answer came in time. */
function ask(socket: Socket, question: Uint8Array): Promise<number | null> {
  return new Promise((resolve) => {
    const settle = (answer: number | null) => {
      clearTimeout(timer)
      socket.removeAllListeners('data').removeAllListeners('close')
      resolve(answer)
    }
    const timer = setTimeout(settle, STATUS_WAIT_MS, null)
    socket.once('data', (bytes: Buffer) => {
      settle(bytes[0] ?? null)
    })
    socket.once('close', () => {
      settle(null)
    })
    if (socket.destroyed) settle(null)
    else socket.write(question)
  })
}

function finish(socket: Socket, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, JOB_WAIT_MS, false)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve(true)
    })
    socket.resume()
    socket.end(bytes)
  })
}
