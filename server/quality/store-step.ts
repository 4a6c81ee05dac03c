import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { localDate } from '../platform/clock.js'
import type { Rx } from '../platform/database.js'
import { amountLimitFen } from './amount-limit.js'
import { answerOf, stretchAfter, type Step } from './step.js'
import { shareKey, type Doubt } from './tally.js'

// Amounts that can hardly be true, store by store: the middle is of the sales of many days, and those
// of the last week are held against it.

const STORES_PER_STEP = 1
const SALES_READ_MAX = 2_000
const FLAGGED_DAYS = 7
const FLAGGED_PER_STORE_MAX = 200
const DAY_MS = 86_400_000

interface Outlier {
  id: string
  memberId: string | null
  receiptNo: string | null
  totalFen: number
  businessDate: string
  occurredAtMs: number
}

/** The sales of one store that are too large by far for it. */
export const stepOverStores: Step = async (rx, { after, settings, nowMs }) => {
  const { upTo, isLast } = await stretchAfter(rx, 'store', after, STORES_PER_STEP)
  if (upTo === null) return answerOf({})
  const dayAgo = (days: number) => localDate(nowMs - days * DAY_MS, CHAIN_TIME_ZONE)
  const amounts = await rx.rows<{ totalFen: number }>(
    `SELECT totalFen FROM purchase WHERE storeId = ? AND businessDate >= ? AND kind = 'sale'
       AND totalFen > 0 ORDER BY businessDate DESC LIMIT ${String(SALES_READ_MAX)}`,
    [upTo, dayAgo(settings.amountDays)],
  )
  const limitFen = amountLimitFen(
    amounts.map(({ totalFen }) => totalFen),
    settings.amountDeviations,
  )
  const outliers = limitFen === null ? [] : await salesAbove(rx, upTo, limitFen, dayAgo)
  const doubts = outliers.map((row) => doubtOf(row, upTo, limitFen ?? 0))
  return answerOf({
    place: isLast ? null : upTo,
    rows: amounts.length,
    shares: { [shareKey('amount_outlier')]: [doubts.length, amounts.length] },
    doubts,
  })
}

function salesAbove(
  rx: Rx,
  storeId: string,
  limitFen: number,
  dayAgo: (days: number) => string,
): Promise<Outlier[]> {
  return rx.rows<Outlier>(
    `SELECT id, memberId, receiptNo, totalFen, businessDate, occurredAtMs FROM purchase
     WHERE storeId = ? AND businessDate >= ? AND kind = 'sale' AND totalFen > ?
     ORDER BY businessDate DESC LIMIT ${String(FLAGGED_PER_STORE_MAX)}`,
    [storeId, dayAgo(FLAGGED_DAYS), limitFen],
  )
}

function doubtOf(row: Outlier, storeId: string, limitFen: number): Doubt {
  const { id, memberId, receiptNo, totalFen, businessDate, occurredAtMs } = row
  return {
    ...{ kind: 'amount_outlier', subjectId: id, storeId, memberId, otherMemberId: null },
    evidence: {
      ...(receiptNo === null ? {} : { receiptNo }),
      totalFen: totalFen as never,
      limitFen: limitFen as never,
      businessDate: businessDate as never,
      occurredAtMs: occurredAtMs as never,
    },
  }
}
