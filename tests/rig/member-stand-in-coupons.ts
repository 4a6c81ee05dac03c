import {
  type couponOfferSchema,
  offerClaimSchema,
  type OfferClaim,
} from '@huike/shared/contracts/coupon-offers'
import { claimedCodeSchema, codeTypedSchema } from '@huike/shared/contracts/coupon-codes'
import {
  claimableListSchema,
  claimRequestSchema,
  couponStateSchema,
  heldCouponSchema,
  walletPageSchema,
  type ClaimRequest,
  type CouponState,
} from '@huike/shared/contracts/coupons'
import type { z } from 'zod'
import type { AccountAnswer, AccountQuestion } from './member-stand-in-account.js'

// The wallet and the claim centre of the stand-in. Like the rest of it, every body and every answer
// passes the contract's schema.

const PAGE_ROWS = 20
const DAY_MS = 86_400_000
const ORDINARY_COUPONS = 22
const CODE_DIGITS = 12
/** The one code there is. */
export const SOLD_CODE = 'HK12345678'
/** On posters: of an event that is on, and of one that is over. */
export const POSTER_CODE = 'HUIKE2026'
export const OVER_CODE = 'SPRING2026'

type PlainCoupon = z.input<typeof heldCouponSchema>
type BoughtOffer = z.input<typeof couponOfferSchema>
type PlainOffer = z.input<typeof claimableListSchema>['templates'][number] & {
  /** How many are left, and how many one member may have. */
  stock: number
  memberMax: number
}

/** One member's coupons; tests change its fields and read what was told to it. */
export class StandInCoupons {
  coupons: PlainCoupon[] = manyCoupons()
  offers: PlainOffer[] = manyOffers()
  /** What purchases give. */
  bought: BoughtOffer[] = []
  /** Everything that was told, repetitions included. */
  readonly told: ClaimRequest[] = []
  /** Codes as they were typed. */
  readonly typed: string[] = []
  readonly #given = new Map<string, PlainCoupon>()

  /** Answers, or gives undefined for a question that is not about coupons. */
  answer(asked: AccountQuestion & { readonly state: string | null }): AccountAnswer | undefined {
    switch (`${asked.method} ${asked.path}`) {
      case 'GET /coupons':
        return { body: this.#page(couponStateSchema.parse(asked.state), Number(asked.cursor)) }
      case 'GET /coupons/claimable':
        return { body: this.#claimable() }
      case 'POST /coupons/claims':
        return this.#claim(claimRequestSchema.parse(asked.body))
      case 'POST /coupons/offers/claims':
        return this.#claimBought(offerClaimSchema.parse(asked.body))
      case 'POST /coupons/codes':
        return this.#claimCode(codeTypedSchema.parse(asked.body).code)
      default:
        return undefined
    }
  }

  /** Puts one into the wallet; gives its id. */
  give(printed: Pick<Printed, 'name' | 'headline' | 'conditions'>): string {
    const coupon = couponOf(800 + this.coupons.length, { ...printed, days: 60 })
    this.coupons.unshift(coupon)
    return coupon.couponId
  }

  #page(state: CouponState, from: number): unknown {
    const rest = this.coupons.filter((coupon) => coupon.state === state).slice(from)
    return walletPageSchema.parse({
      coupons: rest.slice(0, PAGE_ROWS),
      nextCursor: rest.length > PAGE_ROWS ? String(from + PAGE_ROWS) : null,
    })
  }

  #claimable(): unknown {
    const open = this.offers.filter(({ stock }) => stock > 0)
    return claimableListSchema.parse({
      offers: this.bought.filter(({ state }) => state === 'waiting'),
      templates: open.map((offer) => ({
        ...offer,
        why: this.#isFull(offer) ? '这种券每人能领的已经领完' : null,
      })),
    })
  }

  #claim(request: ClaimRequest): AccountAnswer {
    this.told.push(request)
    const before = this.#given.get(request.requestId)
    if (before) return { body: heldCouponSchema.parse(before) }
    const offer = this.offers.find(({ templateId }) => templateId === request.templateId)
    if (!offer) return { refusal: 'not_found' }
    if (offer.stock === 0) return { refusal: 'coupon_out_of_stock' }
    if (this.#isFull(offer)) return { refusal: 'coupon_member_max' }
    const coupon = couponOf(500 + this.#given.size, { ...offer, days: 60 })
    offer.stock -= 1
    this.#given.set(request.requestId, coupon)
    this.coupons.unshift(coupon)
    return { body: heldCouponSchema.parse(coupon) }
  }

  #claimBought({ ruleId, purchaseId }: OfferClaim): AccountAnswer {
    const key = `${ruleId}|${purchaseId}`
    const offer = this.bought.find((one) => `${one.ruleId}|${one.purchaseId}` === key)
    if (!offer) return { refusal: 'not_found' }
    if (offer.state === 'over') return { refusal: 'coupon_offer_over' }
    const coupon = this.#given.get(key) ?? couponOf(800, { ...offer, days: 7, state: 'issued' })
    if (offer.state === 'waiting') this.coupons.unshift(coupon)
    offer.state = 'claimed'
    this.#given.set(key, coupon)
    return { body: heldCouponSchema.parse(coupon) }
  }

  #claimCode(typed: string): AccountAnswer {
    this.typed.push(typed)
    if (typed === OVER_CODE) return { refusal: 'coupon_poster_over' }
    if (![SOLD_CODE, POSTER_CODE].includes(typed)) return { refusal: 'coupon_code_unknown' }
    const before = this.#given.get(typed)
    const terms = { headline: '满 ¥20 减 ¥6', name: '门票附赠券', conditions: ['每单一张'] }
    const coupon = before ?? couponOf(700 + this.#given.size, { ...terms, days: 60 })
    if (!before) this.coupons.unshift(coupon)
    this.#given.set(typed, coupon)
    return { body: claimedCodeSchema.parse({ ...coupon, isAgain: before !== undefined }) }
  }

  #isFull({ name, memberMax }: PlainOffer): boolean {
    return [...this.#given.values()].filter((coupon) => coupon.name === name).length >= memberMax
  }
}

interface Printed {
  readonly headline: string
  readonly name: string
  readonly conditions: readonly string[]
  /** It ends at the end of a day, so many days from now. */
  readonly days: number
  readonly state?: CouponState
  readonly fromDays?: number
}

function couponOf(position: number, printed: Printed): PlainCoupon {
  const { headline, name, conditions, days, state = 'issued', fromDays = -30 } = printed
  const nowMs = Date.now()
  return {
    couponId: ulid('C0VP0N', position),
    code: String(480_126_000_000 + position).padStart(CODE_DIGITS, '0'),
    ...{ name, headline, conditions: [...conditions], state },
    validFromMs: nowMs + fromDays * DAY_MS,
    validUntilMs: nowMs + days * DAY_MS,
  }
}

/** One of every kind and state, and everyday ones enough for a second page. */
function manyCoupons(): PlainCoupon[] {
  const everyday = Array.from({ length: ORDINARY_COUPONS }, (_, i) =>
    couponOf(100 + i, {
      headline: `满 ¥${String(50 + i)} 减 ¥5`,
      name: '老会员回馈券',
      conditions: ['每单一张'],
      days: 90 + i,
    }),
  )
  const tenOff = { headline: '满 ¥100 减 ¥10', name: '满 100 减 10' }
  return [
    couponOf(1, { ...tenOff, conditions: ['每单一张'], days: 20, state: 'reserved' }),
    couponOf(2, {
      headline: '8.5 折',
      name: '周末烘焙 85 折',
      conditions: ['最多减 ¥20', '限“面包与蛋糕”', '限周六、周日', '不与积分同用'],
      days: 1,
    }),
    couponOf(3, {
      headline: '免费得 有机纯牛奶 250ml×12 礼盒装',
      name: '生日礼券',
      conditions: ['每单一张', '不与其他券同用'],
      ...{ days: 40, fromDays: 10 },
    }),
    {
      ...couponOf(6, { ...tenOff, conditions: ['每单一张'], days: 60 }),
      leftWords:
        '已留给“人民广场地铁站旗舰店”断网时用，到 2026-11-24 06:30。去别的店用，请店员先请它归还。',
    },
    ...everyday,
    {
      ...couponOf(4, { ...tenOff, conditions: ['每单一张'], days: 5, state: 'redeemed' }),
      used: { atMs: Date.now() - DAY_MS, offFen: 1_000 },
    },
    couponOf(5, {
      ...{ headline: '免运费', name: '包邮券', conditions: ['线上用'] },
      ...{ days: -3, state: 'expired' },
    }),
  ]
}

function manyOffers(): PlainOffer[] {
  return [
    {
      templateId: ulid('TEMPKATE', 1),
      ...{ name: '新品尝鲜券', headline: '满 ¥30 减 ¥8', conditions: ['每单一张', '到店用'] },
      ...{ claimUntilMs: Date.now() + 100 * DAY_MS, why: null, stock: 100, memberMax: 1 },
    },
    {
      templateId: ulid('TEMPKATE', 2),
      ...{ name: '限量早餐券', headline: '免费得 鲜肉包', conditions: ['限 06:00–10:00'] },
      ...{ claimUntilMs: null, why: null, stock: 100, memberMax: 3 },
    },
    {
      templateId: ulid('TEMPKATE', 3),
      ...{ name: '会员日券', headline: '9 折', conditions: ['最多减 ¥15'] },
      ...{ claimUntilMs: null, why: null, stock: 100, memberMax: 0 },
    },
  ]
}

function ulid(word: string, position: number): string {
  return `01J${word}${String(position).padStart(23 - word.length, '0')}`
}

/** A coupon for the next visit, that a purchase gives. */
export function boughtOffer(purchaseId: string, over: Partial<BoughtOffer> = {}): BoughtOffer {
  const nowMs = Date.now()
  return {
    ...{ ruleId: ulid('RVEE', 1), purchaseId, name: '下次到店券', headline: '满 ¥100 减 ¥20' },
    conditions: ['到店用', '限周一、周二、周三、周四、周五', '每单一张'],
    ...{ storeName: '人民路店', boughtAtMs: nowMs - DAY_MS, claimUntilMs: nowMs + DAY_MS },
    state: 'waiting',
    ...over,
  }
}
