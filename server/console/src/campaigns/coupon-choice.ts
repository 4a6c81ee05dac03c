import type { CouponTemplateView } from '@huike/shared/contracts/console-coupons'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'

// Which coupons a campaign may give, as far as the form can tell. The server decides.

const DATE_CHARACTERS = 10

/** Is it worth offering? `storeIds` are those of the person; null stands for every store. */
export function isOffered(
  { terms, limits, issued }: CouponTemplateView,
  by: { storeIds: readonly string[] | null; nowMs: number },
): boolean {
  const { storeIds, nowMs } = by
  const today = localTime(nowMs, CHAIN_TIME_ZONE).slice(0, DATE_CHARACTERS)
  return (
    limits.state === 'open' &&
    (limits.stock === null || issued < limits.stock) &&
    (terms.validity.kind === 'days' || terms.validity.toDate >= today) &&
    (storeIds === null || terms.when.storeIds.every((id) => storeIds.includes(id)))
  )
}
