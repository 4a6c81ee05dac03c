import { TILL_OFFERS_MAX } from '@huike/shared/till-limits'

// Every sentence about what is fetched in the store.

export const pickupStrings = {
  title: '取货',
  code: '取货码(10 位)',
  hint: '扫顾客手机上的取货条码，或输入 10 位取货码',
  asking: '正在查询…',
  missing: (digits: number) => `取货码是 10 位数字，还差 ${String(digits)} 位`,
  tooMany: '取货码是 10 位数字，请重新输入',
  none: '这位会员在本店没有待取的',
  list: '按数字键选一份，↑ 改输取货码',
  listAside: '也可以按 ↓ 从下面选',
  pages: (page: number, pages: number) => `第 ${String(page)} / ${String(pages)} 页，↓ 看后面的`,
  times: (quantity: string) => `×\u00a0${quantity}`,
  returned: (quantity: string) => `已退 ${quantity}`,
  returnedAll: '已全退',
  refunded: (amount: string) => `这个订单已退款 ${amount}：退了的不要再给`,
  preparing: '门店还没有标记备好：找到货，核对后再交付',
  kinds: (kinds: number) => `共 ${String(kinds)} 种，PgUp PgDn 上下翻`,
  order: '订单',
  lines: '要交付的货品',
  whose: '顾客',
  nobody: '会员',
  tail: (tail: string) => `码尾 ${tail}`,
  codeTail: '取货码尾号',
  until: '领取期限',
  untilDay: (day: string) => `${day}为止`,
  ready: '可以在本店交付。请核对货品和件数，再交给顾客。',
  notReady: '不能交付',
  readFirst: '请先看清是什么、几件，再按 Enter 交付',
  leave: '不交付',
  handOver: (pieces: number | null) =>
    pieces === null ? '已交给顾客' : `已交给顾客，共 ${String(pieces)} 件`,
  handing: '正在记下…',
  find: '查取货码',
  handed: (what: string, whose: string) => `已交付：${what}，${whose}`,
  handedBefore: (what: string, time: string) => `${what} 在 ${time} 已由本收银台交付，不用再给一次`,
  waiting: (pickups: string) => `有 ${pickups} 份在本店待取，按 F8 取货`,
  /** `told`: how many the till was told of; where those are all it is told of, there may be more. */
  offer: (headline: string, until: string, offers: number, told: number) =>
    `可在小程序领券：${headline}，${until} 前${howMany(offers, told)}`,
  more: (name: string, lines: number) => `${name} 等\u00a0${String(lines)}\u00a0种`,
} as const

function howMany(offers: number, told: number): string {
  if (told >= TILL_OFFERS_MAX) return `（${String(offers)} 张以上）`
  return offers > 1 ? `（共 ${String(offers)} 张）` : ''
}
