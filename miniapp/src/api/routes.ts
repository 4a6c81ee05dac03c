import type { CouponState } from '@huike/shared/contracts/coupons'
import type { PurchaseQuery } from '@huike/shared/contracts/member'

// The doors of /member/v1 the mini-program knocks at.

const ROOT = '/member/v1'

/** Where something was bought. */
export type Channel = NonNullable<PurchaseQuery['channel']>

export const routes = {
  signInWithWechat: `${ROOT}/session/wechat`,
  signInInSandbox: `${ROOT}/session/sandbox`,
  refresh: `${ROOT}/session/refresh`,
  phone: `${ROOT}/phone`,
  session: `${ROOT}/session`,
  card: `${ROOT}/me`,
  level: `${ROOT}/level`,
  points: (cursor: string | null) => paged(`${ROOT}/points`, cursor),
  signInToday: `${ROOT}/sign-in`,
  purchases: (cursor: string | null, channel: Channel | null) =>
    paged(`${ROOT}/purchases`, cursor, channel === null ? [] : [`channel=${channel}`]),
  purchase: (id: string) => `${ROOT}/purchases/${encodeURIComponent(id)}`,
  pickups: `${ROOT}/pickups`,
  review: (id: string) => `${ROOT}/purchases/${encodeURIComponent(id)}/review`,
  referrals: (cursor: string | null) => paged(`${ROOT}/referrals`, cursor),
  messages: (cursor: string | null) => paged(`${ROOT}/messages`, cursor),
  messagesRead: `${ROOT}/messages/read`,
  profile: `${ROOT}/profile`,
  privacy: `${ROOT}/privacy`,
  consents: `${ROOT}/consents`,
  subscriptions: `${ROOT}/subscriptions`,
  deletion: `${ROOT}/deletion`,
  copies: `${ROOT}/copies`,
  coupons: (state: CouponState, cursor: string | null) =>
    paged(`${ROOT}/coupons`, cursor, [`state=${state}`]),
  couponsClaimable: `${ROOT}/coupons/claimable`,
  couponClaims: `${ROOT}/coupons/claims`,
  offerClaims: `${ROOT}/coupons/offers/claims`,
  packs: `${ROOT}/packs`,
  packOrders: (cursor: string | null) => paged(`${ROOT}/packs/orders`, cursor),
  packOrder: (id: string) => `${ROOT}/packs/orders/${encodeURIComponent(id)}`,
  packPayment: (id: string) => `${ROOT}/packs/orders/${encodeURIComponent(id)}/payment`,
  packRefunds: (id: string) => `${ROOT}/packs/orders/${encodeURIComponent(id)}/refunds`,
  packSandbox: (id: string) => `${ROOT}/packs/orders/${encodeURIComponent(id)}/sandbox-payment`,
  couponCodes: `${ROOT}/coupons/codes`,
  mall: `${ROOT}/mall`,
  mallItem: (id: string) => `${ROOT}/mall/items/${encodeURIComponent(id)}`,
  mallExchanges: (cursor: string | null) => paged(`${ROOT}/mall/exchanges`, cursor),
  mallExchange: (id: string) => `${ROOT}/mall/exchanges/${encodeURIComponent(id)}`,
  mallCancel: (id: string) => `${ROOT}/mall/exchanges/${encodeURIComponent(id)}/cancel`,
} as const

function paged(path: string, cursor: string | null, filters: readonly string[] = []): string {
  const query = [
    ...filters,
    ...(cursor === null ? [] : [`cursor=${encodeURIComponent(cursor)}`]),
  ].join('&')
  return query === '' ? path : `${path}?${query}`
}
