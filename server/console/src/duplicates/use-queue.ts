import type { Pair, PairPage } from '@huike/shared/contracts/console-identity'
import { useEffect } from 'react'
import { withQuery } from '../api.js'
import { replacePlace, usePlace } from '../router.js'
import { usePages, useQuery, type Pages, type Query } from '../use-query.js'

const PAGE_ROWS = 20
/** The next page is read when this few are left. */
const AHEAD_PAIRS = 5
export const REVIEW_PATH = '/duplicates/review'

export const pairsOf = (page: PairPage) => page.pairs

/** The open pairs one after the other, and the one that is looked at. */
export interface Queue {
  list: Pages<Pair>
  /** The pair that is looked at; null while it is not there, or when there is none. */
  pair: Pair | null
  /** Its own answer, where the list does not hold it: a pair that was decided. */
  single: Query<Pair>
  /** Its place in the list; -1 outside of it. */
  at: number
  next: Pair | null
  previous: Pair | null
  /** The address names a pair that the list does not hold. */
  isOutside: boolean
  show: (pair: Pair | null) => void
  /** Takes a pair out once it is decided, and shows what comes next. */
  settle: (pair: Pair) => void
}

/** The queue as the address names it: `pair` is looked at, of the pairs of `verdict`. */
export function useQueue(): Queue {
  const { query } = usePlace()
  const [id, verdict] = [query.get('pair'), query.get('verdict')]
  const list = usePages(withQuery('/identity/pairs', { verdict, limit: PAGE_ROWS }), pairsOf)
  const items = list.items ?? []
  const at = id === null ? Math.min(0, items.length - 1) : items.findIndex((one) => one.id === id)
  const isOutside = id !== null && list.items !== null && at < 0
  const single = useQuery<Pair>(isOutside ? `/identity/pairs/${encodeURIComponent(id)}` : null)
  const { hasMore, isLoading, problem, more } = list
  const isNearEnd = at >= items.length - AHEAD_PAIRS
  const mayRead = list.items !== null && hasMore && !isLoading && problem === null
  useEffect(() => {
    if (isNearEnd && mayRead) more()
  })
  const show = (pair: Pair | null) => {
    replacePlace(withQuery(REVIEW_PATH, { verdict, pair: pair?.id }))
  }
  const next = (isOutside ? items[0] : items[at + 1]) ?? null
  const previous = at > 0 ? (items[at - 1] ?? null) : null
  return {
    ...{ list, single, at, isOutside, next, previous, show },
    pair: at >= 0 ? (items[at] ?? null) : single.value,
    settle: (pair) => {
      const following = pair.id === id || id === null ? (next ?? previous) : null
      list.change((all) => all.filter((one) => one.id !== pair.id))
      show(following)
    },
  }
}
