import type { PickupState } from '@huike/shared/contracts/pickups'
import { codeInGroups } from '@huike/shared/mall-words'
import { PICKUP_WORDS } from '@huike/shared/pickup-words'
import type { OrderPickup } from '../../pickups/order-pickup.entity.js'
import type { Purchase } from '../../purchases/purchase.entity.js'
import { moneyInWords, timeInWords, type CopyRow } from './copy-sections.js'

/** A purchase in a member's copy, with where and when it was fetched. */
export function purchaseRow(
  purchase: Purchase,
  lines: readonly { name: string; quantityMilli: number; amountFen: number }[],
  fetched: { pickup: OrderPickup; storeName: string } | null,
): CopyRow {
  const { id, kind, channel, receiptNo, businessDate, occurredAtMs, totalFen } = purchase
  const goods = lines.map(({ name, quantityMilli, amountFen }) => ({
    ...{ name, quantityMilli, amountFen },
  }))
  const earnedPoints = purchase.earnedPoints - purchase.reversedPoints
  return {
    facts: {
      ...{ id, kind, channel, receiptNo, businessDate, occurredAtMs, totalFen, earnedPoints },
      lines: goods,
      ...(fetched === null ? {} : { pickup: [pickupFacts(fetched)] }),
    },
    words: [
      [kind === 'refund' ? '退款' : '消费', moneyInWords(totalFen)],
      ['小票号', receiptNo ?? '无'],
      ['商品', goods.map((one) => `${one.name} ${moneyInWords(one.amountFen)}`).join('；')],
      ['时间', timeInWords(occurredAtMs)],
      ...(fetched === null ? [] : pickupWords(fetched)),
    ],
  }
}

function pickupFacts({ pickup, storeName }: { pickup: OrderPickup; storeName: string }) {
  const { state, code, orderedAtMs, expectedAtMs, readyAtMs, endedAtMs } = pickup
  return { storeName, state, code, orderedAtMs, expectedAtMs, readyAtMs, endedAtMs }
}

function pickupWords({ pickup, storeName }: { pickup: OrderPickup; storeName: string }) {
  const { state, code, readyAtMs, endedAtMs } = pickup
  return [
    ['到店自提', `${storeName}，${PICKUP_WORDS[state as PickupState]}`],
    ['取货码', codeInGroups(code)],
    ['备好时间', readyAtMs === null ? '没有记录' : timeInWords(readyAtMs)],
    ['取走或取消的时间', endedAtMs === null ? '还没有' : timeInWords(endedAtMs)],
  ] as const
}
