import Taro from '@tarojs/taro'

/** The ways from page to page. */
export const goTo = {
  home: () => void Taro.switchTab({ url: '/pages/home/index' }),
  points: () => void Taro.switchTab({ url: '/pages/points/index' }),
  code: () => void Taro.navigateTo({ url: '/pages/code/index' }),
  purchase: (id: string) => void Taro.navigateTo({ url: `/purchase/detail/index?id=${id}` }),
  coupons: () => void Taro.navigateTo({ url: '/coupon/wallet/index' }),
  coupon: (id: string) => void Taro.navigateTo({ url: `/coupon/code/index?id=${id}` }),
  claim: () => void Taro.navigateTo({ url: '/coupon/claim/index' }),
  packs: () => void Taro.navigateTo({ url: '/pack/shelf/index' }),
  packOrders: () => void Taro.navigateTo({ url: '/pack/orders/index' }),
  packOrder: (id: string) => void Taro.navigateTo({ url: `/pack/order/index?id=${id}` }),
  mall: () => void Taro.navigateTo({ url: '/mall/shelf/index' }),
  mallItem: (id: string) => void Taro.navigateTo({ url: `/mall/item/index?id=${id}` }),
  mallRecords: () => void Taro.navigateTo({ url: '/mall/records/index' }),
  mallExchange: (id: string) => void Taro.navigateTo({ url: `/mall/exchange/index?id=${id}` }),
  /** In the place of the page on which it was exchanged: the way back is the shelf. */
  mallExchanged: (id: string) => void Taro.redirectTo({ url: `/mall/exchange/index?id=${id}` }),
  inbox: () => void Taro.navigateTo({ url: '/account/inbox/index' }),
  level: () => void Taro.navigateTo({ url: '/account/level/index' }),
  profile: () => void Taro.navigateTo({ url: '/account/profile/index' }),
  referrals: () => void Taro.navigateTo({ url: '/account/referrals/index' }),
  leave: () => void Taro.navigateTo({ url: '/account/leave/index' }),
  privacy: () => void Taro.navigateTo({ url: '/account/privacy/index' }),
} as const
