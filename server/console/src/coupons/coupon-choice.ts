import type { CouponTemplateView } from '@huike/shared/contracts/console-coupons'
import type { CouponTemplateId } from '@huike/shared/ids'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'

// Which coupons may go with something that gives them, as far as a form can tell. The server decides.

const DATE_CHARACTERS = 10

/** A coupon as a form keeps it. */
export interface ChosenCoupon {
  templateId: CouponTemplateId
  name: string
  headline: string
}

/** Is it worth offering? `storeIds` are those of the person; null stands for every store. */
export function isOffered(
  { terms, limits, issued }: CouponTemplateView,
  by: { storeIds: readonly string[] | null; nowMs: number },
): boolean {
  const { storeIds, nowMs } = by
  return (
    limits.state === 'open' &&
    (limits.stock === null || issued < limits.stock) &&
    (terms.validity.kind === 'days' || terms.validity.toDate >= dayAt(nowMs)) &&
    (storeIds === null || terms.when.storeIds.every((id) => storeIds.includes(id)))
  )
}

/** The day of the chain at an instant, `YYYY-MM-DD`. */
export function dayAt(atMs: number): string {
  return localTime(atMs, CHAIN_TIME_ZONE).slice(0, DATE_CHARACTERS)
}
