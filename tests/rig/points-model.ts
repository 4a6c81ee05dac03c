// A tiny model of the points book, independent of it: every point is a thing of its own, with the day
// it expires and the batch it came with. It is slow and plain, so that it can be believed.

/** After every day. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER
const CHINA_OFFSET_MS = 8 * 3_600_000

export interface Point {
  expiresAtMs: number
  /** Of those that expire together, the earlier batch goes first. */
  batch: number
}

/** Points that somebody lost, as far as they were there. */
interface Taken {
  points: Point[]
  count: number
  record: ModelPerson
}

export interface ModelSale {
  /** Whose phone it was made under; null as long as it is nobody's. */
  under: ModelPerson | null
  madeAtMs: number
  /** By the rule of that moment: points for a yuan, and after how many months they expire. */
  rate: number
  months: number | null
  totalFen: number
  /** What it gave, by which record, in which batch. */
  earned: number
  record: ModelPerson | null
  batch: number
  refundedFen: number
  reversed: number
  /** What refunds took: those from before it had a member, and each of the others. */
  late: Taken | null
  refunds: Taken[]
  /** What paid for it. */
  paid: ModelHold | null
  returned: number
}

export interface ModelHold {
  id: string
  record: ModelPerson
  points: Point[]
  count: number
  /** When the last of them expire. */
  expiresAtMs: number
  state: 'reserved' | 'spent' | 'released'
  terminalId: string
}

export interface ModelPerson {
  name: string
  phone: string
  id: string
  into: ModelPerson | null
  points: Point[]
  debt: number
  owed: number
}

/** Whose record a person's is by now. */
export function holderOf(one: ModelPerson): ModelPerson {
  return one.into === null ? one : holderOf(one.into)
}

export class PointsModel {
  sales: ModelSale[] = []
  holds: ModelHold[] = []
  merges: {
    id: string
    survivor: ModelPerson
    absorbed: ModelPerson
    moved: number
    net: number
  }[] = []
  #batches = 0

  constructor(readonly policy: 'negative' | 'next_earn') {}

  balance(one: ModelPerson): number {
    return one.points.length - one.debt
  }

  spendable(one: ModelPerson, nowMs: number): number {
    return one.points.filter(({ expiresAtMs }) => expiresAtMs > nowMs).length
  }

  /** A sale that is given to somebody, now or later. */
  earn(sale: ModelSale, under: ModelPerson): void {
    const owner = holderOf(under)
    const count = Math.floor(sale.totalFen / 100) * sale.rate
    const late = share(count, sale, 0)
    const batch = this.#receive(owner, count, expiryOf(sale))
    Object.assign(sale, { under, earned: count, record: owner, batch, reversed: late })
    if (late > 0) {
      const points = this.#take(owner, late, batch)
      sale.late = { points, count: late, record: owner }
    }
  }

  pay(sale: ModelSale, hold: ModelHold): void {
    Object.assign(hold, { state: 'spent' })
    sale.paid = hold
    // Points paid all of one that came to nothing: as long as nothing of it is refunded, they stay paid.
    if (sale.refundedFen > 0) this.#giveBackPaid(sale)
  }

  refund(sale: ModelSale, fen: number): void {
    sale.refundedFen = Math.min(sale.totalFen, sale.refundedFen + fen)
    if (sale.under === null) return
    const owner = holderOf(sale.under)
    const due = share(sale.earned, sale, sale.reversed)
    sale.reversed += due
    const points = this.#take(owner, due, sale.record === owner ? sale.batch : null)
    if (due > 0) sale.refunds.push({ points, count: due, record: owner })
    this.#giveBackPaid(sale)
    this.settle(owner)
  }

  /** What was given to the wrong member is nobody's again. */
  ungive(sale: ModelSale): void {
    if (sale.under === null) return
    const owner = holderOf(sale.under)
    this.#take(owner, sale.earned, sale.record === owner ? sale.batch : null)
    if (sale.late) this.#return(owner, sale.late, sale.late.count, NEVER_MS)
    if (sale.paid) this.#return(owner, sale.paid, sale.paid.count, sale.paid.expiresAtMs)
    for (const taken of sale.refunds) this.#return(owner, taken, taken.count, NEVER_MS)
    if (sale.paid) sale.paid.state = 'released'
    Object.assign(sale, {
      under: null,
      earned: 0,
      reversed: 0,
      late: null,
      refunds: [],
      paid: null,
    })
    this.settle(owner)
  }

  hold(one: ModelPerson, count: number, id: string, terminalId: string, nowMs: number): void {
    const expired = one.points.filter(({ expiresAtMs }) => expiresAtMs <= nowMs)
    one.points = one.points.filter(({ expiresAtMs }) => expiresAtMs > nowMs)
    const points = this.#take(one, count, null)
    one.points.push(...expired)
    const expiresAtMs = Math.max(...points.map((point) => point.expiresAtMs))
    this.holds.push({ id, record: one, points, count, expiresAtMs, state: 'reserved', terminalId })
  }

  release(hold: ModelHold): void {
    if (hold.state !== 'reserved') return
    hold.state = 'released'
    this.#return(hold.record, hold, hold.count, NEVER_MS)
  }

  expire(people: readonly ModelPerson[], nowMs: number): void {
    for (const one of people)
      one.points = one.points.filter(({ expiresAtMs }) => expiresAtMs > nowMs)
  }

  merge(id: string, survivor: ModelPerson, absorbed: ModelPerson): void {
    for (const hold of this.holds)
      if (hold.record === survivor || hold.record === absorbed) this.release(hold)
    const net = this.#net(absorbed)
    this.#take(absorbed, absorbed.owed, null)
    absorbed.owed = 0
    const moved = this.balance(absorbed)
    this.#move(absorbed, survivor, moved)
    absorbed.into = survivor
    this.merges.push({ id, survivor, absorbed, moved, net })
    this.settle(survivor)
  }

  unmerge(): void {
    const merge = this.merges.pop()
    if (!merge) return
    const { survivor, absorbed, moved, net } = merge
    for (const hold of this.holds)
      if (hold.record === survivor || hold.record === absorbed) this.release(hold)
    absorbed.into = null
    this.#move(survivor, absorbed, moved + this.#net(absorbed) - net)
    this.settle(survivor)
    this.settle(absorbed)
  }

  /** Where the chain has debts paid from what is earned next. */
  settle(one: ModelPerson): void {
    if (this.policy === 'next_earn') {
      one.owed += one.debt
      one.debt = 0
    }
    const paid = Math.min(one.owed, Math.max(0, this.balance(one)))
    this.#take(one, paid, null)
    one.owed -= paid
  }

  /** What the purchases of a record give, less what they took. */
  #net(one: ModelPerson): number {
    const own = this.sales.filter(({ under }) => under !== null && holderOf(under) === one)
    return own.reduce(
      (sum, sale) => sum + sale.earned - sale.reversed - (sale.paid?.count ?? 0) + sale.returned,
      0,
    )
  }

  #move(from: ModelPerson, to: ModelPerson, count: number): void {
    if (count < 0) {
      this.#receive(from, -count, NEVER_MS)
      this.#take(to, -count, null)
      return
    }
    const taken = this.#take(from, count, null)
    const byDay = new Map<number, number>()
    for (const { expiresAtMs } of taken) byDay.set(expiresAtMs, (byDay.get(expiresAtMs) ?? 0) + 1)
    const lent = count - taken.length
    if (lent > 0) byDay.set(NEVER_MS, (byDay.get(NEVER_MS) ?? 0) + lent)
    for (const [expiresAtMs, part] of byDay) this.#receive(to, part, expiresAtMs)
  }

  #giveBackPaid(sale: ModelSale): void {
    if (sale.paid === null || sale.under === null) return
    const count = share(sale.paid.count, sale, sale.returned)
    sale.returned += count
    this.#return(holderOf(sale.under), sale.paid, count, sale.paid.expiresAtMs)
  }

  /** The very points that were taken, those that live longest first; to another record, new ones. */
  #return(
    to: ModelPerson,
    from: Pick<Taken, 'points' | 'record'>,
    count: number,
    otherwiseAtMs: number,
  ): void {
    if (from.record !== to) {
      this.#receive(to, count, otherwiseAtMs)
      return
    }
    const paysDebt = Math.min(count, to.debt)
    to.debt -= paysDebt
    let left = count - paysDebt
    from.points.sort(byExpiry).reverse()
    const back = from.points.splice(0, left)
    left -= back.length
    to.points.push(...back)
    // What was taken beyond what was there was a debt, which is none any more.
    if (left > 0) this.#receive(to, left, otherwiseAtMs)
  }

  #receive(to: ModelPerson, count: number, expiresAtMs: number): number {
    this.#batches += 1
    const paysDebt = Math.min(count, to.debt)
    to.debt -= paysDebt
    for (let one = 0; one < count - paysDebt; one += 1)
      to.points.push({ expiresAtMs, batch: this.#batches })
    return this.#batches
  }

  #take(from: ModelPerson, count: number, first: number | null): Point[] {
    from.points.sort(
      (a, b) => Number(b.batch === first) - Number(a.batch === first) || byExpiry(a, b),
    )
    const taken = from.points.splice(0, count)
    from.debt += count - taken.length
    return taken
  }
}

/** A part of `whole` in proportion to what is refunded by now, less what was counted before. */
function share(whole: number, sale: ModelSale, before: number): number {
  const isWhole = sale.refundedFen >= sale.totalFen
  return (isWhole ? whole : Math.floor((whole * sale.refundedFen) / sale.totalFen)) - before
}

/** At the end of the month so many months later, in China; null months for never. */
function expiryOf({ madeAtMs, months }: ModelSale): number {
  if (months === null) return NEVER_MS
  const local = new Date(madeAtMs + CHINA_OFFSET_MS)
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months + 1, 1) - CHINA_OFFSET_MS
}

function byExpiry(a: Point, b: Point): number {
  return a.expiresAtMs - b.expiresAtMs || a.batch - b.batch
}
