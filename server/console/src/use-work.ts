import { useState } from 'react'
import { REFRESH_EVERY_MS, useQuery, type Query } from './use-query.js'

/** While the server works on something, a page asks this often how far it is. */
const WATCH_EVERY_MS = 1_500

/** What a page tells of work in the background: read more often while some is under way. */
export function useWork<Page>(
  path: string,
  isAtWork: (page: Page) => boolean,
): { query: Query<Page>; isUnderWay: boolean } {
  const [isWatching, setIsWatching] = useState(false)
  const query = useQuery<Page>(path, { everyMs: isWatching ? WATCH_EVERY_MS : REFRESH_EVERY_MS })
  const isUnderWay = query.value !== null && isAtWork(query.value)
  if (isUnderWay !== isWatching) setIsWatching(isUnderWay)
  return { query, isUnderWay }
}
