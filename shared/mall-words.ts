import type { ExchangeState } from './contracts/mall.js'
import type { MemberPeriod } from './contracts/console-mall.js'

// The points mall in words, the same on the phone, in the console, in the points book and in a
// member's copy.

/** What became of an exchange. */
export const EXCHANGE_WORDS: Readonly<Record<ExchangeState, string>> = {
  given: '已到账',
  waiting: '待领取',
  fetched: '已领取',
  cancelled: '已取消',
  lapsed: '逾期未领',
}

/** The periods of a member's limit. */
export const PERIOD_WORDS: Readonly<Record<MemberPeriod, string>> = {
  day: '每天',
  week: '每周',
  month: '每月',
}

const CODE_GROUPS = /^(\d{3})(\d{3})(\d{4})$/

/** What the points book says of an exchange; the verifier asks for these words. */
export function exchangedInWords(name: string, quantity: number): string {
  return `兑换 ${name}${quantity === 1 ? '' : ` × ${String(quantity)}`}`
}

/** What the points book says where its points come back. */
export function returnedInWords(
  name: string,
  quantity: number,
  ending: 'cancelled' | 'lapsed',
): string {
  const what = exchangedInWords(name, quantity)
  return ending === 'cancelled' ? `取消${what}，积分退回` : `逾期未领（${what}），积分退回`
}

/** The code of an exchange in groups, as it is shown and read out: `123 456 7890`. */
export function codeInGroups(code: string): string {
  return code.replace(CODE_GROUPS, '$1 $2 $3')
}
