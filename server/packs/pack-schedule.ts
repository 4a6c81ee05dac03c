import { localTime, midnightMs } from '@huike/shared/local-time'
import type { PackWhen, SoldItem } from '@huike/shared/contracts/packs'
import { mulDivFloor } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'

// Which coupons a pack comes to, when each is given, and what of the price each stands for: a pure
// function of the terms and the moment of the payment. The shares add up to the price, to the fen:
// share n is what the first n+1 are worth of it, less what the first n are.

const DATE_CHARACTERS = 10

export interface PlannedCoupon {
  seq: number
  templateId: string
  version: number
  dueAtMs: number
  shareFen: number
}

/** The coupons of a pack that was paid at `paidAtMs`, in their order. */
export function plannedCoupons(
  { priceFen, items }: { priceFen: number; items: readonly SoldItem[] },
  paidAtMs: number,
): PlannedCoupon[] {
  const each = items.flatMap((item) =>
    dueTimes(item.when, paidAtMs).flatMap((dueAtMs) =>
      Array.from({ length: item.count }, () => ({ item, dueAtMs })),
    ),
  )
  const worthFen = each.reduce((sum, { item }) => sum + item.worthFen, 0)
  let reached = 0
  let givenFen = 0
  return each.map(({ item, dueAtMs }, seq) => {
    reached += item.worthFen
    const untilFen = mulDivFloor(priceFen, reached, worthFen)
    const shareFen = untilFen - givenFen
    givenFen = untilFen
    return { seq, templateId: item.templateId, version: item.version, dueAtMs, shareFen }
  })
}

/** When coupons are given, in words. */
export function whenInWords(when: PackWhen, count: number): string {
  switch (when.kind) {
    case 'now':
      return '付款后马上到账'
    case 'day':
      return `付款后第 ${String(when.day)} 天到账`
    case 'monthly':
      return `每月 ${String(count)} 张，共 ${String(when.months)} 个月`
  }
}

function dueTimes(when: PackWhen, paidAtMs: number): number[] {
  const [year = 0, month = 1, day = 1] = localTime(paidAtMs, CHAIN_TIME_ZONE)
    .slice(0, DATE_CHARACTERS)
    .split('-')
    .map(Number)
  switch (when.kind) {
    case 'now':
      return [paidAtMs]
    case 'day':
      return [beginOf(Date.UTC(year, month - 1, day + when.day))]
    case 'monthly':
      return Array.from({ length: when.months }, (_, at) =>
        at === 0 ? paidAtMs : beginOf(sameDay({ year, month: month - 1 + at, day })),
      )
  }
}

/** The same day of another month, or its last day where it is shorter. */
function sameDay({ year, month, day }: { year: number; month: number; day: number }): number {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(day, last))
}

function beginOf(utcMs: number): number {
  return midnightMs(new Date(utcMs).toISOString().slice(0, DATE_CHARACTERS), CHAIN_TIME_ZONE)
}
