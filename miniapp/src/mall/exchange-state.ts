import type { Exchange } from '@huike/shared/contracts/mall'
import { EXCHANGE_WORDS } from '@huike/shared/mall-words'
import { points } from '@huike/shared/quantities'
import { formatPoints, formatStoreDate, formatStoreTime, storeDay } from '../format.js'
import { texts } from '../texts.js'

/** How exchanges are sorted: what was got is one pile, whether fetched or in the wallet. */
export type ExchangePile = keyof typeof texts.mallPile

const PILES = {
  waiting: 'waiting',
  given: 'done',
  fetched: 'done',
  cancelled: 'cancelled',
  lapsed: 'lapsed',
} as const satisfies Record<Exchange['state'], ExchangePile>

/** Where an exchange is found at `nowMs`. The server ends what is past its time a little later. */
export function pileOf(exchange: Exchange, nowMs: number): ExchangePile {
  return isOverdue(exchange, nowMs) ? 'lapsed' : PILES[exchange.state]
}

/** Whether its time is over and the server has not said so yet. */
export function isOverdue({ state, fetchUntilMs }: Exchange, nowMs: number): boolean {
  return state === 'waiting' && fetchUntilMs !== null && nowMs >= fetchUntilMs
}

/** `待领取`, `已领取`. */
export function stateWords(exchange: Exchange, nowMs: number): string {
  return EXCHANGE_WORDS[isOverdue(exchange, nowMs) ? 'lapsed' : exchange.state]
}

/** The last day on which it can be fetched; the same day is told with emphasis. */
export function fetchBy(untilMs: number, nowMs: number): { words: string; isSoon: boolean } {
  const words = texts.mallFetchBy(formatStoreDate(untilMs - 1))
  const isSoon = storeDay(untilMs - 1) <= storeDay(nowMs)
  return { words: isSoon ? `${words}，${texts.mallFetchToday}` : words, isSoon }
}

/** When what happened to it last happened: `2026-11-21 22:56`. */
export function lastTime({ createdAtMs, endedAtMs }: Exchange): string {
  return formatStoreTime(endedAtMs ?? createdAtMs)
}

/** What became of it and of its points, in whole sentences; none while it waits. */
export function outcomeSentences(exchange: Exchange, nowMs: number): string[] {
  const { state, cancelledBy, returnedPoints } = exchange
  if (isOverdue(exchange, nowMs)) return [texts.mallOverdue]
  const cameBack =
    returnedPoints > 0
      ? texts.mallCameBack(formatPoints(points(returnedPoints)))
      : texts.mallNotBack
  switch (state) {
    case 'waiting':
      return []
    case 'given':
      return [texts.mallGiven]
    case 'fetched':
      return [texts.mallFetched]
    case 'cancelled':
      return [texts.mallCancelled[cancelledBy ?? 'shop'], cameBack]
    case 'lapsed':
      return [texts.mallLapsed, cameBack]
  }
}
