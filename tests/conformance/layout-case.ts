// Receipts in layouts of many kinds of shop, written for these tests, with what a person reads on
// them. Amounts in fen. `sure` says whether the reader may take the total without asking.

export interface LayoutCase {
  title: string
  text: string
  kind: string
  receiptNo?: string | null
  printedAt?: string | null
  storeNo?: string | null
  terminalNo?: string
  cashier?: string
  totalFen: number | null
  items?: [name: string, quantity: number | null, unitPriceFen: number | null, amountFen: number][]
  payments?: [method: string, amountFen: number][]
  changeFen?: number | null
  memberHint?: string
  originalReceiptNo?: string
  sure: boolean
}
