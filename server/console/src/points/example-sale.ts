import type { EarningExample } from '@huike/shared/contracts/console-points'
import type { StoreId } from '@huike/shared/ids'
import { instantOfLocal } from '@huike/shared/local-time'
import { FEN_MAX, fenFromYuan, type BusinessDate } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { exampleStrings as words } from './strings.js'

/** The sale of an example, as typed. */
export interface SaleForm {
  amount: string
  channel: 'pos' | 'online'
  /** Null: the first there is. */
  storeId: StoreId | null
  day: string
}

/** The sale, or what is wrong with it by field, in words. */
export function saleOf(
  { amount, channel, storeId, day }: SaleForm,
  firstStoreId: StoreId | undefined,
): { sale: EarningExample['sale'] | null; problems: { amount?: string; day?: string } } {
  const totalFen = fenFromYuan(amount.normalize('NFKC'))
  const isAmount = totalFen !== null && totalFen >= 0 && totalFen <= FEN_MAX
  const isDay = instantOfLocal(`${day}T12:00:00`, CHAIN_TIME_ZONE) !== null
  const problems = {
    ...(isAmount ? {} : { amount: words.amountWrong }),
    ...(isDay ? {} : { day: words.dayWrong }),
  }
  if (!isAmount || !isDay) return { sale: null, problems }
  const store = storeId ?? firstStoreId ?? ('' as StoreId)
  return {
    sale: { totalFen, channel, storeId: store, businessDate: day as BusinessDate },
    problems,
  }
}
