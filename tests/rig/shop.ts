// A shop in the middle of a test: a printer, a till that prints through the tap, and the truth of what
// it sold, to whom, and what came back, in the till's own words.
import { LoopbackPrinter } from '../../pos-agent/simulator/printer.js'
import { renderDocument, type LayoutName } from '../../pos-agent/simulator/receipt-layouts.js'
import { printJob, SimulatedTill, type Printed } from '../../pos-agent/simulator/till.js'
import { negateFen, type TillDocument } from '../../pos-agent/simulator/till-document.js'
import { fen, type Fen } from '@huike/shared/quantities'

const LAYOUT: LayoutName = 'supermarket80'
/** What the till asks before each job: is the printer there (DLE EOT 1), has it paper (DLE EOT 4). */
const QUESTIONS = Buffer.from([0x10, 0x04, 0x01, 0x10, 0x04, 0x04])
const FEN_PER_POINT = 100
const GOODS_FEN_MIN = 2_000

interface Sale {
  document: TillDocument
  refundedFen: number
  /** Whose it is in the end. */
  phone: string | null
}

export class Shop {
  readonly printer = new LoopbackPrinter()
  readonly sales: Sale[] = []
  readonly refunds: TillDocument[] = []
  private readonly jobs: Uint8Array[] = []
  private till: SimulatedTill | null = null
  private port = 0

  constructor(
    private readonly seed: number,
    private readonly storeName = '人民路店',
  ) {}

  /** Switches the printer on; gives its port. */
  open(): Promise<number> {
    return this.printer.listen()
  }

  /** From now on the till prints to `port`, the tap's. */
  printTo(port: number): void {
    this.port = port
    const { seed, storeName } = this
    this.till = new SimulatedTill({
      ...{ port, layout: LAYOUT, storeName, terminalNo: '01', seed },
      clock: () => Date.now(),
    })
  }

  close(): Promise<void> {
    return this.printer.close()
  }

  /** A sale; with `phone` the receipt prints that number in full, as some tills do. */
  async sell(phone: string | null = null): Promise<TillDocument> {
    const composed = this.theTill.composeSale()
    const document =
      phone === null
        ? composed
        : { ...composed, member: { phoneMasked: phone, pointsEarned: 1, pointsTotal: 100 } }
    return this.printSale(document, phone)
  }

  private async printSale(document: TillDocument, phone: string | null): Promise<TillDocument> {
    this.sales.push({ document, refundedFen: 0, phone })
    const bytes = renderDocument(LAYOUT, document)
    const outcome = await printJob({ host: '127.0.0.1', port: this.port, bytes })
    this.note({ document, bytes, outcome })
    return document
  }

  /** What somebody puts on the counter, before it is rung up: at least ¥20.00, nothing off. */
  goods(): TillDocument {
    const sale = this.theTill.composeSale()
    if (sale.subtotalFen < GOODS_FEN_MIN) return this.goods()
    return { ...sale, ...paidFor(sale.subtotalFen), discounts: [] }
  }

  /** Rings it up with so much off. */
  ring(goods: TillDocument, offFen: Fen): Promise<TillDocument> {
    const totalFen = fen(goods.subtotalFen - offFen)
    const discounts = [{ label: '优惠券抵扣', amountFen: offFen }]
    return this.printSale({ ...goods, ...paidFor(totalFen), discounts }, null)
  }

  /** Brings back all that was paid for a sale. */
  async refundWhole(sale: TillDocument): Promise<void> {
    const [line] = sale.lines
    if (!line) throw new Error('nothing was sold')
    const backFen = negateFen(sale.totalFen)
    const all = { ...line, name: '整单退货', code: '', quantity: -1, unit: '件' }
    const { receiptNo } = this.theTill.composeSale()
    const document: TillDocument = {
      ...{ ...sale, kind: 'refund', receiptNo, originalReceiptNo: sale.receiptNo },
      lines: [{ ...all, unitPriceFen: sale.totalFen, discountFen: fen(0), amountFen: backFen }],
      ...{ ...paidFor(backFen), subtotalFen: backFen, discounts: [] },
    }
    const bytes = renderDocument(LAYOUT, document)
    const outcome = await printJob({ host: '127.0.0.1', port: this.port, bytes })
    this.note({ document, bytes, outcome })
    this.refunds.push(document)
    this.saleOf(sale).refundedFen += sale.totalFen
  }

  /** Brings back one line of the sale. */
  async refund(sale: TillDocument): Promise<void> {
    const { document } = this.note(await this.theTill.refund(sale))
    this.refunds.push(document)
    this.saleOf(sale).refundedFen += -document.totalFen
  }

  async reprint(sale: TillDocument): Promise<void> {
    this.note(await this.theTill.reprint(sale))
  }

  async kitchenSlip(): Promise<void> {
    this.note(await this.theTill.kitchenSlip())
  }

  async shiftReport(): Promise<void> {
    this.note(await this.theTill.shiftReport())
  }

  /** The receipt was given to the shopper with this number; null: taken back again. */
  gave(sale: TillDocument, phone: string | null): void {
    this.saleOf(sale).phone = phone
  }

  /** Every byte that must have come out of the printer. */
  paper(): Buffer {
    return Buffer.concat(this.jobs.flatMap((job) => [QUESTIONS, Buffer.from(job)]))
  }

  /** Points each shopper must have: one for each yuan, less what came back, in proportion. */
  pointsByPhone(): Record<string, number> {
    const points: Record<string, number> = {}
    for (const { document, refundedFen, phone } of this.sales) {
      if (phone === null) continue
      const earned = Math.floor(document.totalFen / FEN_PER_POINT)
      const back =
        refundedFen >= document.totalFen
          ? earned
          : Math.floor((earned * refundedFen) / document.totalFen)
      points[phone] = (points[phone] ?? 0) + earned - back
    }
    return points
  }

  private get theTill(): SimulatedTill {
    if (!this.till) throw new Error('the till has no printer yet')
    return this.till
  }

  private saleOf(document: TillDocument): Sale {
    const sale = this.sales.find((one) => one.document.receiptNo === document.receiptNo)
    if (!sale) throw new Error(`no sale ${String(document.receiptNo)}`)
    return sale
  }

  private note(printed: Printed): Printed {
    if (printed.outcome !== 'printed')
      throw new Error(`the till could not print: ${printed.outcome}`)
    this.jobs.push(printed.bytes)
    return printed
  }
}

/** Paid in full, without change, by somebody the till does not know. */
function paidFor(totalFen: Fen) {
  const payments = [{ method: 'wechat' as const, amountFen: totalFen }]
  return { totalFen, payments, changeFen: fen(0), member: null }
}
