/** What is said of orders that are fetched in a store. */
export const pickupTexts = {
  pickupsTitle: '到店自提',
  pickupAt: (store: string) => `到 ${store} 取货`,
  pickupExpected: (time: string) => `预计 ${time} 可取`,
  pickupPreparing: '门店正在备货，备好后会通知您',
  pickupReady: '已备好，可以去取了',
  pickupLeft: (goods: string) => `退货后还剩：${goods}`,
  pickupGoods: (name: string, quantity: string) => `${name} × ${quantity}`,
  pickupLeftNone: '商品已退货，请到店核对',
  pickupRefunded: (money: string) => `已退 ${money}`,
  pickupCodeLabel: '取货码条形码',
  pickupCodeDigits: (digits: string) => `取货码数字 ${digits}`,
  pickupCodeName: '取货码',
  pickupCodeHint: '到店出示给店员，交付后就不能再用。',
  pickupFetched: (store: string, time: string) => `${time} 已在 ${store} 取走`,
  pickupCancelled: '已全部退款，不用再取了',
} as const
