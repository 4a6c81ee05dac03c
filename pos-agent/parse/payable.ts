import type { MoneyRole } from './money-labels.js'
import type { ItemsReading } from './items.js'
import type { MoneyEntry } from './summary.js'

// Which printed amount is the amount payable. Every candidate is judged by its label and by
// arithmetic that does not depend on it: the items less discounts, the payments less change. When
// two candidates stay close, the reading is unsure, and a person is asked: nothing is guessed.

export interface Payable {
  fen: number
  confidence: number
  /** The items add up to it; null where there are no items to add. */
  itemsAgree: boolean | null
  /** The payments add up to it; null where no payment is printed. */
  paymentsAgree: boolean | null
  /** Another printed total less discounts gives it. */
  totalsAgree: boolean
  isAmbiguous: boolean
}

type Source = MoneyRole | 'computed'

interface Candidate {
  fen: number
  source: Source
  score: number
  paid: boolean
  items: boolean
  totals: boolean
}

const LABEL_WEIGHT: Partial<Record<Source, number>> = {
  payable: 3,
  refund: 2.8,
  due: 2.4,
  total: 1.8,
  received: 1.6,
  paid: 1.5,
  computed: 1,
  subtotal: 0.6,
}
const LABEL_CONFIDENCE: Partial<Record<Source, number>> = {
  payable: 0.86,
  refund: 0.84,
  due: 0.84,
  total: 0.82,
  paid: 0.8,
  received: 0.76,
  computed: 0.7,
  subtotal: 0.6,
}
const PAID_SCORE = 3
const ITEMS_SCORE = 1.5
const TOTALS_SCORE = 1
/** Candidates closer than this are not told apart. */
const MARGIN_MIN = 1
const AMBIGUOUS_CONFIDENCE_MAX = 0.7
const UNEXPLAINED_CONFIDENCE_MAX = 0.85
const UNSURE_LABEL_CONFIDENCE_MAX = 0.8
const CONTRADICTED_ITEMS_CONFIDENCE_MAX = 0.92
/** Items and payments both add up to it, whatever its label. */
const BOTH_AGREE_CONFIDENCE_MIN = 0.93
const CONFIDENCE_MAX = 0.99

/** Chooses the amount payable; null when the document prints none. Amounts come unsigned. */
export function choosePayable(entries: readonly MoneyEntry[], items: ItemsReading): Payable | null {
  const sums = new Sums(withTendered(entries), items)
  const candidates = candidatesOf(sums)
  const [best, ...others] = candidates
  if (!best) return null
  const rival = others.find((other) => !sums.explains(other, best))
  const isAmbiguous =
    (rival !== undefined && best.score - rival.score < MARGIN_MIN) ||
    others.some((other) => isEqualLabel(other, best) && !sums.explains(other, best) && !best.paid)
  const itemsAgree = sums.hasItems ? best.items : null
  const paymentsAgree = sums.hasPayments ? best.paid : null
  return {
    fen: best.fen,
    confidence: confidenceOf(best, sums, isAmbiguous),
    itemsAgree,
    paymentsAgree,
    totalsAgree: best.totals,
    isAmbiguous,
  }
}

/** 实收金额 20.00, 找零 5.10: where less the change it is the total, it is the cash handed over. */
function withTendered(entries: readonly MoneyEntry[]): MoneyEntry[] {
  const change = entries.find(({ role, fen }) => role === 'change' && fen !== 0)
  if (!change) return [...entries]
  const owed = new Set(
    entries
      .filter(({ role }) => ['payable', 'due', 'total', 'subtotal'].includes(role))
      .map(({ fen }) => Math.abs(fen)),
  )
  return entries.map((entry) => {
    const net = Math.abs(entry.fen) - Math.abs(change.fen)
    return entry.role === 'payable' && owed.has(net) ? { ...entry, role: 'received' } : entry
  })
}

function isEqualLabel(other: Candidate, best: Candidate): boolean {
  return (LABEL_WEIGHT[other.source] ?? 0) >= (LABEL_WEIGHT[best.source] ?? 0)
}

function candidatesOf(sums: Sums): Candidate[] {
  const byFen = new Map<number, Candidate>()
  for (const [source, fen] of sums.labelled()) {
    const held = byFen.get(fen)
    const weight = LABEL_WEIGHT[source] ?? 0
    if (held && (LABEL_WEIGHT[held.source] ?? 0) >= weight) continue
    const paid = sums.isPaid(fen, source)
    const found = { fen, source, paid, items: sums.isItemSum(fen), totals: sums.isTotalLess(fen) }
    byFen.set(fen, { ...found, score: scoreOf(found, weight) })
  }
  return [...byFen.values()].sort((a, b) => b.score - a.score)
}

function scoreOf(found: Omit<Candidate, 'score'>, weight: number): number {
  return (
    weight +
    (found.paid ? PAID_SCORE : 0) +
    (found.items ? ITEMS_SCORE : 0) +
    (found.totals ? TOTALS_SCORE : 0)
  )
}

function confidenceOf(best: Candidate, sums: Sums, isAmbiguous: boolean): number {
  let confidence = LABEL_CONFIDENCE[best.source] ?? 0.5
  if (best.paid) confidence += 0.1
  if (best.items) confidence += 0.1
  if (best.totals) confidence += 0.05
  if (sums.hasPayments && !best.paid) confidence -= 0.25
  if (sums.hasItems && !best.items) {
    if (best.paid) confidence = Math.min(confidence, CONTRADICTED_ITEMS_CONFIDENCE_MAX)
    else confidence -= 0.2
  }
  if (best.paid && best.items) confidence = Math.max(confidence, BOTH_AGREE_CONFIDENCE_MIN)
  let limit = CONFIDENCE_MAX
  if (!best.paid && sums.hasUnexplained(best.fen)) limit = UNEXPLAINED_CONFIDENCE_MAX
  if (sums.isUnsureLabel(best.fen) && !best.items) limit = UNSURE_LABEL_CONFIDENCE_MAX
  if (sums.hasVoucherTender && !['payable', 'due'].includes(best.source))
    limit = Math.min(limit, UNEXPLAINED_CONFIDENCE_MAX)
  if (isAmbiguous) limit = AMBIGUOUS_CONFIDENCE_MAX
  return Math.max(0, Math.min(confidence, limit))
}

/** The sums that candidates are held against. */
class Sums {
  readonly hasItems: boolean
  readonly hasPayments: boolean
  /** A voucher among the tenders: whether it lowers the price is the shop's rule, not arithmetic. */
  readonly hasVoucherTender: boolean
  private readonly itemSums: number[]
  private readonly paidSums: number[]
  private readonly deductions: number[]
  private readonly charges: number[]
  private readonly changeFen: number
  private readonly tendered: number[]

  constructor(
    private readonly entries: readonly MoneyEntry[],
    items: ItemsReading,
  ) {
    const amounts = items.items
    this.hasItems = amounts.length > 0 && amounts.every(({ amountFen }) => amountFen !== null)
    this.itemSums = this.hasItems
      ? unique([
          Math.abs(sum(amounts.map(({ amountFen }) => amountFen ?? 0))),
          Math.abs(sum(amounts.map(({ grossFen }) => grossFen ?? 0))),
        ])
      : []
    this.changeFen = sum(unique(this.of('change')))
    this.deductions = this.readDeductions()
    const charge = sum(this.of('charge'))
    this.charges = unique([0, charge])
    this.tendered = [...this.of('received'), ...this.of('paid')]
    const payments = this.payments()
    this.hasPayments = payments.length > 0 || this.of('received').length > 0
    this.hasVoucherTender = payments.some(
      ({ method }) => method === 'voucher' || method === 'points',
    )
    this.paidSums = this.readPaidSums(payments)
  }

  /** Every amount that may be the payable one, with what says so. */
  labelled(): [Source, number][] {
    const found: [Source, number][] = []
    for (const role of ['payable', 'refund', 'due', 'total', 'subtotal'] as const)
      for (const fen of this.of(role)) found.push([this.onlyTotal(role), fen])
    if (this.changeFen === 0) {
      for (const fen of this.of('received')) found.push(['received', fen])
    }
    for (const fen of this.of('paid')) found.push(['paid', Math.max(0, fen - this.changeFen)])
    for (const fen of this.paidSums) found.push(['computed', fen])
    return found
  }

  isPaid(fen: number, source: Source): boolean {
    const tendered = this.tendered.map((amount) => amount - this.changeFen)
    return (
      this.paidSums.includes(fen) ||
      tendered.includes(fen) ||
      (source === 'received' && this.changeFen === 0)
    )
  }

  isItemSum(fen: number): boolean {
    return this.itemSums.some((base) => this.reaches(base, fen))
  }

  /** Another printed total, less discounts and plus charges, gives `fen`. */
  isTotalLess(fen: number): boolean {
    const bases = [...this.of('total'), ...this.of('subtotal'), ...this.of('due')]
    return bases.some((base) => base !== fen && this.reaches(base, fen))
  }

  /** Is `other` accounted for once `best` is the payable amount (a gross total, cash handed over)? */
  explains(other: Candidate, best: Candidate): boolean {
    if (other.source === 'computed') return best.paid || other.fen === best.fen + this.changeFen
    if (other.source === 'subtotal') return true
    if (['received', 'paid'].includes(other.source)) return other.fen - this.changeFen === best.fen
    return best.fen < other.fen + sum(this.charges) && this.reaches(other.fen, best.fen)
  }

  /** Amounts behind labels nobody knows may be a discount or a payment: then less is sure. */
  hasUnexplained(fen: number): boolean {
    return this.of('unknown').some((amount) => amount !== 0 && amount !== fen)
  }

  isUnsureLabel(fen: number): boolean {
    const own = this.entries.filter((entry) => Math.abs(entry.fen) === fen)
    return own.length > 0 && own.every(({ isAmbiguous }) => isAmbiguous)
  }

  /** Where nothing but a subtotal is printed, it is the total. */
  private onlyTotal(role: Source): Source {
    const isOnly = this.entries.every((entry) => entry.role === 'subtotal')
    return role === 'subtotal' && isOnly ? 'total' : role
  }

  private of(role: MoneyRole): number[] {
    return this.entries.filter((entry) => entry.role === role).map(({ fen }) => Math.abs(fen))
  }

  private payments(): MoneyEntry[] {
    return this.entries.filter(({ role }) => role === 'payment')
  }

  private reaches(base: number, fen: number): boolean {
    return this.deductions.some((off) => this.charges.some((add) => base - off + add === fen))
  }

  private readDeductions(): number[] {
    const discounts = this.of('discount')
    const rounding = sum(this.of('rounding'))
    const vouchers = sum(
      this.payments()
        .filter(({ method, fen }) => method === 'voucher' || method === 'points' || fen < 0)
        .map(({ fen }) => Math.abs(fen)),
    )
    // A discount may be printed once as a line and once as the total of discounts.
    const bases = [0, sum(discounts), sum(unique(discounts)), ...this.of('discount_total')]
    const withVouchers = bases.flatMap((base) => [base, base + vouchers])
    return unique(withVouchers.flatMap((base) => [base, base + rounding, base - rounding]))
  }

  private readPaidSums(payments: readonly MoneyEntry[]): number[] {
    if (payments.length === 0) return []
    const total = sum(payments.map(({ fen }) => Math.abs(fen)))
    const distinct = new Map(
      payments.map((entry) => [`${entry.method ?? ''}${String(entry.fen)}`, entry]),
    )
    const once = sum([...distinct.values()].map(({ fen }) => Math.abs(fen)))
    const sums = [total - this.changeFen, once - this.changeFen]
    // Cash may be printed as kept, beside what was handed over and given back.
    if (this.of('received').length > 0) sums.push(total)
    return unique(sums).filter((fen) => fen >= 0)
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)]
}
