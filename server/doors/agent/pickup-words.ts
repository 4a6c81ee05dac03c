import { localTime } from '@huike/shared/local-time'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { isFetchedIn, whyNotEnded } from '../../mall/exchange-endings.service.js'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'

// Why something cannot be handed over at a till, in words for its cashier: when, where, by whom. Pure.

const STORES_NAMED_MAX = 3
const CLOCK = { from: 11, to: 16 }
const MONTH = { from: 5, to: 7 }
const DAY = { from: 8, to: 10 }

/** Where it is asked, and what is known of the exchange. */
export interface PickupSeen {
  storeId: string
  timeZone: string
  /** Where it can be fetched; none named: everywhere. */
  stores: readonly { storeId: string; name: string }[]
  /** Where it was handed over, and at which till. */
  endedStoreName: string | null
  endedTillCode: string | null
  isThisTill: boolean
  nowMs: number
}

/** Why an exchange cannot be handed over here now, with what exactly; null where it can. */
export function whyNotHandedOver(exchange: MallExchange, seen: PickupSeen): Refusal | null {
  const ended = whyNotEnded(exchange, seen.nowMs)
  if (ended) return refuse(ended.code, sentenceOf(exchange, seen) ?? undefined)
  const ids = seen.stores.map(({ storeId }) => storeId)
  if (isFetchedIn(ids, seen.storeId)) return null
  return refuse('mall_store', `不能在本店领取，请到${storesInWords(seen.stores)}领取`)
}

function sentenceOf(exchange: MallExchange, seen: PickupSeen): string | null {
  const { state, endedAtMs, fetchUntilMs } = exchange
  const { timeZone } = seen
  if (state === 'fetched' && endedAtMs !== null)
    return `${momentInWords(endedAtMs, timeZone)} ${handedInWords(exchange, seen)}，不能再领`
  if (state === 'cancelled' && endedAtMs !== null)
    return `${momentInWords(endedAtMs, timeZone)} 已经取消，积分已退回，不能再领`
  // The last day, not the midnight after it.
  return fetchUntilMs === null
    ? null
    : `领取期限到${dayInWords(fetchUntilMs - 1, timeZone)}，已经过了`
}

function handedInWords({ storeId }: MallExchange, seen: PickupSeen): string {
  if (seen.isThisTill) return '已由本收银台交付'
  const store = storeId === seen.storeId ? '本店' : (seen.endedStoreName ?? '别的门店')
  return `已在${store}${seen.endedTillCode === null ? '' : `（收银台 ${seen.endedTillCode}）`}领取`
}

function storesInWords(stores: PickupSeen['stores']): string {
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
