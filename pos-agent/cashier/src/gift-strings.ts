// Every sentence about coupons a cashier gives.

export const giftStrings = {
  title: '发券',
  needsMember: '先查会员，再按 F7 发券',
  asking: '正在查可以发的券…',
  none: '本店现在没有收银台可以发的券。要发，请总部在优惠券里填“收银台每店每天最多发几张”。',
  choose: '按数字键选一种券',
  why: '按数字键选原因',
  pages: (page: number, pages: number) => `第 ${String(page)} / ${String(pages)} 页，↓ 看后面的`,
  left: (coupons: string) => `今天还能发 ${coupons} 张`,
  promise: (name: string, who: string) => `按 Enter 发 1 张“${name}”给 ${who}`,
  readFirst: '请先看清是什么券、发给谁，再按 Enter',
  needReason: '请先按数字键选原因',
  giving: '正在发…',
  give: '发 1 张',
  given: (who: string, name: string, until: string) => `已发给 ${who}：${name}，${until}前有效`,
  keys: { open: '发券', choose: '选券', reason: '选原因', give: '发出', other: '换一种' },
} as const
