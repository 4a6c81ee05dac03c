import type { ConsolePickup } from '@huike/shared/contracts/console-pickups'
import { localTime } from '@huike/shared/local-time'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { isFetchedIn, whyNotEnded } from '../../mall/exchange-endings.service.js'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'

// Why something cannot be handed over at a till, in words for its cashier: when, where, by whom. Pure.

const STORES_NAMED_MAX = 3
const CLOCK = { from: 11, to: 16 }
const MONTH = { from: 5, to: 7 }
const DAY = { from: 8, to: 10 }

/** Where it is asked, and where something was handed over, at which till. */
export interface PickupSeen {
  storeId: string
  timeZone: string
  endedStoreName: string | null
  endedTillCode: string | null
  isThisTill: boolean
  nowMs: number
}

/** Stores where something can be fetched; none named: everywhere. */
type Stores = readonly { storeId: string; name: string }[]

/** Why an exchange cannot be handed over here now, with what exactly; null where it can. */
export function whyNotHandedOver(
  exchange: MallExchange,
  stores: Stores,
  seen: PickupSeen,
): Refusal | null {
  const ended = whyNotEnded(exchange, seen.nowMs)
  if (ended) return refuse(ended.code, sentenceOf(exchange, seen) ?? undefined)
  const ids = stores.map(({ storeId }) => storeId)
  if (isFetchedIn(ids, seen.storeId)) return null
  return refuse('mall_store', `不能在本店领取，请到${storesInWords(stores)}领取`)
}

/** Why an order cannot be handed over here now, with what exactly; null where it can. */
export function whyOrderNot(
  { state, storeId, storeName, endedAtMs }: ConsolePickup,
  seen: PickupSeen,
): Refusal | null {
  if (state === 'fetched')
    return refuse('pickup_fetched', handedInWords({ storeId, endedAtMs }, seen, '取走'))
  if (state === 'cancelled') return refuse('pickup_cancelled')
  return storeId === seen.storeId
    ? null
    : refuse('pickup_store', `不在本店自提，请到${storeName}取`)
}

function sentenceOf(exchange: MallExchange, seen: PickupSeen): string | null {
  const { state, endedAtMs, fetchUntilMs } = exchange
  const { timeZone } = seen
  if (state === 'fetched') return `${handedInWords(exchange, seen, '领取')}，不能再领`
  if (state === 'cancelled' && endedAtMs !== null)
    return `${momentInWords(endedAtMs, timeZone)} 已经取消，积分已退回，不能再领`
  // The last day, not the midnight after it.
  return fetchUntilMs === null
    ? null
    : `领取期限到${dayInWords(fetchUntilMs - 1, timeZone)}，已经过了`
}

function handedInWords(
  { storeId, endedAtMs }: { storeId: string | null; endedAtMs: number | null },
  seen: PickupSeen,
  verb: string,
): string {
  const moment = momentInWords(endedAtMs ?? seen.nowMs, seen.timeZone)
  if (seen.isThisTill) return `${moment} 已由本收银台交付`
  const store = storeId === seen.storeId ? '本店' : (seen.endedStoreName ?? '别的门店')
  const till = seen.endedTillCode === null ? '' : `（收银台 ${seen.endedTillCode}）`
  return `${moment} 已在${store}${till}${verb}`
}

function storesInWords(stores: Stores): string {
  const named = stores.slice(0, STORES_NAMED_MAX).map(({ name }) => name)
  const isMore = stores.length > STORES_NAMED_MAX
  return `${named.join('、')}${isMore ? `等 ${String(stores.length)} 家门店` : ''}`
}

function momentInWords(atMs: number, timeZone: string): string {
  return `${dayInWords(atMs, timeZone)} ${localTime(atMs, timeZone).slice(CLOCK.from, CLOCK.to)}`
}

function dayInWords(atMs: number, timeZone: string): string {
  const local = localTime(atMs, timeZone)
  const [month, day] = [MONTH, DAY].map(({ from, to }) => String(Number(local.slice(from, to))))
  return `${month ?? ''}月${day ?? ''}日`
}
