import type { TemplateLimits } from '@huike/shared/contracts/console-coupons'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import type { StoreId } from '@huike/shared/ids'
import type { GoodsForm } from '../points/goods-form.js'

// The fields of a coupon as they are typed, and how far each may go. The spec holds the ends to those
// of the contract.

export const NAME_MAX = 20
export const ONE_FEN = 1
export const ZHE_TENTHS = { least: 1, most: 99 }
export const DAYS = { least: 1, most: 3_650 }
export const AFTER_DAYS = { least: 0, most: 3_650 }
export const PER_ORDER = { least: 1, most: 10 }
export const COUNT = { least: 1, most: 100_000_000 }

/** The fields as they are typed; '' sets nothing where nothing need be set. */
export interface TemplateForm {
  /** Of a new one: it is made once. */
  requestId: string
  /** 0 for a new one. */
  basedOnVersion: number
  /** As they were when it was begun; null for a new one. */
  basedOnLimits: TemplateLimits | null
  name: string
  kind: CouponTerms['gives']['kind']
  /** In yuan. */
  least: string
  amount: string
  /** What is left to pay, in tenths of the price: 8.5 is 15 % off. */
  zhe: string
  most: string
  goodsIn: GoodsForm
  goodsOut: GoodsForm
  storeIds: readonly StoreId[]
  channel: 'all' | 'pos' | 'online'
  levelCodes: readonly string[]
  buyer: 'any' | 'first'
  weekdays: readonly number[]
  /** `HH:mm`. */
  fromTime: string
  toTime: string
  validity: 'days' | 'dates'
  days: string
  afterDays: string
  /** `YYYY-MM-DD`. */
  fromDate: string
  toDate: string
  class: 'goods' | 'order'
  stacking: CouponTerms['stacking']
  perOrder: string
  points: 'with' | 'without'
  refund: CouponTerms['refund']
  bearer: CouponTerms['bearer']
  state: TemplateLimits['state']
  stock: string
  memberMax: string
  memberDayMax: string
  counterDayMax: string
  /** In yuan. */
  budget: string
  uses: string
  claims: 'none' | 'some'
  /** `YYYY-MM-DDTHH:mm`, by the chain's clock. */
  claimFrom: string
  claimUntil: string
}

/** Whether an order may take several of them. */
export function isSeveral({ kind, stacking }: Pick<TemplateForm, 'kind' | 'stacking'>): boolean {
  return stacking === 'classes' && (kind === 'amount' || kind === 'gift')
}
