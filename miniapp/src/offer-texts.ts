/** What is said of coupons that a purchase gives. */
export const offerTexts = {
  offersTitle: '消费后可领',
  offersWaiting: (coupons: number) => `${String(coupons)} 张待领`,
  offerFrom: (store: string, time: string) => `${store} ${time} 消费`,
  offerUntil: (time: string) => `请在 ${time} 前领取`,
  offerClaimed: '已领取，在“优惠券”里',
  offerOver: '领取时间已过',
} as const
