import type { Fen } from '@huike/shared/quantities'
import { fenOfDecimal } from './amounts.js'
import type { CapturedDocument } from './document.js'
import { blankDocument } from './receipt-reader.js'

// What a customer display (客显, LED8) was sent: amounts without names or numbers. A light says
// what an amount is. A sale is taken only when total, received and change were shown and agree
// and the drawer opened or the display was cleared after them; it never awards without a cashier.

/** ESC s n: 1 unit price, 2 total, 3 received, 4 change. */
const LIGHT = { total: '2', received: '3', change: '4' } as const
const DISPLAY_CONFIDENCE = 0.6
/** ESC s n, ESC Q A digits CR, STX M (drawer), CLR. */
const COMMAND = new RegExp(
  ['\\u001bs([0-9])', '\\u001bQA([-0-9.]{1,12})\\r', '(\\u0002M|\\u000c)'].join('|'),
  'g',
)
const DISPLAY_BYTES_MAX = 65_536

/** Is this what a display was sent, and not a printer? */
export function isDisplayStream(bytes: Uint8Array): boolean {
  return /\u001bQA[-0-9.]{1,12}\r/.test(latin(bytes))
}

/** The sales that a display showed. */
export function readDisplay(bytes: Uint8Array): CapturedDocument[] {
  const sales: CapturedDocument[] = []
  let light = ''
  let shown = new Map<string, number>()
  for (const [, lamp, amount, end] of latin(bytes).matchAll(COMMAND)) {
    if (lamp !== undefined) light = lamp
    else if (amount !== undefined) {
      const fen = fenOfDecimal(amount)
      if (fen !== null) shown.set(light, fen)
    } else if (end !== undefined) {
      const sale = saleOf(shown)
      if (sale) {
        sales.push(sale)
        shown = new Map()
      }
    }
  }
  return sales
}

function saleOf(shown: ReadonlyMap<string, number>): CapturedDocument | null {
  const [total, received, change] = [LIGHT.total, LIGHT.received, LIGHT.change].map((lamp) =>
    shown.get(lamp),
  )
  if (total === undefined || received === undefined || change === undefined) return null
  const ok = received - change === total
  if (!ok) return null
  const detail = `payable ${String(total)} fen`
  return {
    ...blankDocument(),
    kind: 'display_sale',
    totalFen: total as Fen,
    payments: [{ method: 'cash', amountFen: received as Fen }],
    changeFen: change as Fen,
    confidence: DISPLAY_CONFIDENCE,
    checks: [{ name: 'sum(payments) - change = payable', ok, detail }],
    template: 'display/led8',
  }
}

function latin(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes.subarray(0, DISPLAY_BYTES_MAX))
}
