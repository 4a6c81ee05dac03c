// A tiny model of coupons, in which everything is a thing of its own and nothing is clever: what the
// server has to hold after any story.

export interface ModelTemplate {
  id: string
  amountFen: number
  leastFen: number
  isGivenBack: boolean
  stock: number
  memberMax: number
  usesMax: number
  issued: number
  uses: number
  spentFen: number
}
export interface CouponPerson {
  id: string
  phone: string
  into: CouponPerson | null
}
export interface ModelCoupon {
  id: string
  template: ModelTemplate
  /** Whose it is as records are now. */
  holder: CouponPerson
  state: 'issued' | 'reserved' | 'redeemed' | 'expired'
  untilMs: number
  aside: ModelAside | null
}
export interface ModelAside {
  id: string
  /** The record it was set aside for. */
  under: CouponPerson
  till: number
  coupon: ModelCoupon
  goodsFen: number
  offFen: number
  /** What of it is not returned. */
  leftFen: number
  deadlineMs: number
  state: 'reserved' | 'redeemed' | 'released' | 'differs'
  /** The sale whose receipt came with it. */
  sale: CouponSale | null
}
export interface CouponSale {
  eventId: string
  givingId: string
  receiptNo: string | null
  atMs: number
  owner: CouponPerson | null
  totalFen: number
  refundedFen: number
  aside: ModelAside | null
}
interface ModelMerge {
  id: string
  absorbed: CouponPerson
  /** What went from one record to the other. */
  moved: ModelCoupon[]
}

/** The record that a person's things are under now. */
export function recordOf(person: CouponPerson): CouponPerson {
  return person.into === null ? person : recordOf(person.into)
}

export class CouponModel {
  readonly coupons: ModelCoupon[] = []
  readonly asides: ModelAside[] = []
  readonly sales: CouponSale[] = []
  readonly merges: ModelMerge[] = []

  /** Why a person gets none of a template; null when they do. */
  whyNotGiven(template: ModelTemplate, person: CouponPerson): string | null {
    const own = this.coupons.filter(
      (one) => one.template === template && one.holder === recordOf(person),
    )
    if (own.length >= template.memberMax) return 'coupon_member_max'
    return template.issued >= template.stock ? 'coupon_out_of_stock' : null
  }

  /** What of a person's coupons an order can take at a till, and what each takes off. */
  usable(person: CouponPerson, at: { till: number; goodsFen: number }): ModelCoupon[] {
    return this.coupons.filter(({ holder, state, template, aside }) => {
      // Till -1 stands for tills of which each has nothing else.
      const isOwn = at.till >= 0 && aside?.till === at.till
      // What differs from its receipt stays until somebody says which is right.
      const isFreed = isOwn && aside.state === 'reserved' && aside.under === person
      const uses = template.uses - (isFreed ? 1 : 0)
      return (
        holder === person &&
        (state === 'issued' || isFreed) &&
        at.goodsFen >= template.leastFen &&
        uses < template.usesMax
      )
    })
  }

  offFen({ template }: ModelCoupon, goodsFen: number): number {
    return Math.min(template.amountFen, goodsFen)
  }

  set(aside: ModelAside): void {
    for (const one of this.asides)
      if (one.till === aside.till && one.under === aside.under && one.state === 'reserved')
        this.release(one)
    this.setElsewhere(aside)
  }

  /** Set aside at a till that has nothing else. */
  setElsewhere(aside: ModelAside): void {
    this.asides.push(aside)
    this.#hold(aside)
  }

  release(aside: ModelAside): void {
    if (aside.state !== 'reserved' && aside.state !== 'differs') return
    aside.state = 'released'
    this.#free(aside)
  }

  /** The receipt of an order came, with what was set aside for it. */
  ring(sale: CouponSale, aside: ModelAside): string | null {
    const { coupon } = aside
    if (aside.till !== 0 || recordOf(aside.under) !== sale.owner) return 'coupon_gone'
    if (aside.state === 'redeemed' || aside.sale !== null) return 'coupon_gone'
    if (aside.state === 'released') {
      const other = coupon.aside
      const isOwn = other?.state === 'reserved' && other.till === 0 && other.under === aside.under
      if (other && isOwn) this.release(other)
      if (coupon.state !== 'issued' || coupon.holder !== sale.owner) return 'coupon_gone'
      this.#hold(aside)
    }
    sale.aside = aside
    aside.sale = sale
    const missingFen = aside.goodsFen - aside.offFen - sale.totalFen
    aside.state = missingFen === 0 ? 'redeemed' : 'differs'
    if (aside.state === 'redeemed') coupon.state = 'redeemed'
    return aside.state === 'differs' ? 'coupon_differs' : null
  }

  settle(aside: ModelAside, isUsed: boolean): void {
    if (aside.state !== 'differs' || aside.sale === null) return
    if (isUsed) {
      aside.state = 'redeemed'
      aside.coupon.state = 'redeemed'
      return
    }
    aside.sale.aside = null
    this.release(aside)
  }

  refund(sale: CouponSale, fen: number): void {
    sale.refundedFen += fen
    const { aside } = sale
    if (!aside) return
    if (sale.refundedFen >= sale.totalFen) this.#giveBack(aside, false)
    else if (aside.state !== 'released') this.#leave(aside, leftOf(aside, sale))
  }

  ungive(sale: CouponSale): void {
    if (sale.aside) this.#giveBack(sale.aside, true)
    sale.aside = null
    sale.owner = null
  }

  merge(id: string, survivor: CouponPerson, absorbed: CouponPerson): void {
    this.#releaseOf([survivor, absorbed])
    const moved = this.coupons.filter(({ holder }) => holder === absorbed)
    for (const coupon of moved) coupon.holder = survivor
    absorbed.into = survivor
    this.merges.push({ id, absorbed, moved })
  }

  unmerge(): void {
    const last = this.merges.pop()
    if (!last?.absorbed.into) return
    this.#releaseOf([last.absorbed, last.absorbed.into])
    for (const coupon of last.moved)
      if (coupon.holder === last.absorbed.into) coupon.holder = last.absorbed
    last.absorbed.into = null
  }

  /** What time ends: what is set aside for too long, and coupons after their last day. */
  pass(nowMs: number): void {
    for (const aside of this.asides)
      if (aside.state === 'reserved' && aside.deadlineMs <= nowMs) this.release(aside)
    for (const coupon of this.coupons)
      if (coupon.state === 'issued' && coupon.untilMs <= nowMs) coupon.state = 'expired'
  }

  #releaseOf(people: readonly CouponPerson[]): void {
    for (const aside of this.asides)
      if (aside.state === 'reserved' && people.includes(aside.under)) this.release(aside)
  }

  #giveBack(aside: ModelAside, isUndone: boolean): void {
    if (aside.state === 'differs') this.release(aside)
    if (aside.state !== 'redeemed') return
    aside.state = 'released'
    if (isUndone || aside.coupon.template.isGivenBack) this.#free(aside)
    else this.#leave(aside, 0)
  }

  #leave(aside: ModelAside, leftFen: number): void {
    aside.coupon.template.spentFen -= aside.leftFen - leftFen
    aside.leftFen = leftFen
  }

  #hold(aside: ModelAside): void {
    const { coupon, offFen } = aside
    aside.leftFen = offFen
    Object.assign(coupon, { state: 'reserved', aside })
    coupon.template.uses += 1
    coupon.template.spentFen += offFen
  }

  #free({ coupon, leftFen, id }: ModelAside): void {
    if (coupon.aside?.id !== id) return
    Object.assign(coupon, { state: 'issued', aside: null })
    coupon.template.uses -= 1
    coupon.template.spentFen -= leftFen
  }
}

/** Every fen that is returned brings its share along; a fen of the coupon goes once it is whole. */
function leftOf({ offFen }: ModelAside, { totalFen, refundedFen }: CouponSale): number {
  let [left, part] = [offFen, 0]
  for (let one = 0; one < refundedFen; one += 1) {
    part += offFen
    while (part >= totalFen) {
      part -= totalFen
      left -= 1
    }
  }
  return left
}
