import type { MemberPickup } from '@huike/shared/contracts/pickups'
import { formatFen } from '@huike/shared/quantities'
import { formatMilli, formatStoreTime } from '../format.js'
import { texts } from '../texts.js'

/** When it can be fetched, and what is left of it where something came back. */
export function pickupSentences(pickup: MemberPickup): string[] {
  const { state, expectedAtMs, endedAtMs, storeName, refundedFen } = pickup
  switch (state) {
    case 'preparing':
      return [
        texts.pickupPreparing,
        ...(expectedAtMs === null ? [] : [texts.pickupExpected(formatStoreTime(expectedAtMs))]),
        ...leftOf(pickup),
      ]
    case 'ready':
      return [texts.pickupReady, ...leftOf(pickup)]
    case 'fetched':
      return endedAtMs === null ? [] : [texts.pickupFetched(storeName, formatStoreTime(endedAtMs))]
    case 'cancelled':
      return [
        ...(refundedFen > 0 ? [texts.pickupRefunded(formatFen(refundedFen))] : []),
        texts.pickupCancelled,
      ]
  }
}

function leftOf({ lines, refundedFen }: MemberPickup): string[] {
  const isChanged = lines.some(({ returnedMilli }) => returnedMilli > 0)
  const left = lines.filter(({ quantityMilli, returnedMilli }) => quantityMilli > returnedMilli)
  const goods = left.map(({ name, quantityMilli, returnedMilli }) =>
    texts.pickupGoods(name, formatMilli(quantityMilli - returnedMilli)),
  )
  return [
    ...(refundedFen > 0 ? [texts.pickupRefunded(formatFen(refundedFen))] : []),
    ...(isChanged
      ? [goods.length === 0 ? texts.pickupLeftNone : texts.pickupLeft(goods.join('、'))]
      : []),
  ]
}
