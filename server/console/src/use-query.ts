import { useCallback, useEffect, useRef, useState } from 'react'
import { withQuery, type Answer } from './api.js'
import { useSession } from './session.js'

/** How often a page that watches something reads again while it is in sight. */
export const REFRESH_EVERY_MS = 30_000

/** One answer of the server, as a page holds it. */
export interface Query<T> {
  /** The last good answer; null before the first. */
  value: T | null
  /** When it was read. */
  readAtMs: number
  /** Why the last try failed, or null. With a value, the value is stale. */
  problem: string | null
  /** A try is under way. */
  isLoading: boolean
  refresh(): void
  /** Puts in what a change was answered with, without asking again. */
  replace(value: T): void
}

export interface QueryOptions {
  /** Reads again this often while the page is in sight, and when it comes back into sight. */
  everyMs?: number
  /** While another path is read, the answer of the last one stays. */
  keepsLast?: boolean
}

interface Good<T> {
  path: string
  value: T
  readAtMs: number
}

/**
 * Reads `path` (below /console/v1, with its query) now and whenever it changes, and keeps the last
 * good answer when a try fails. A path of null reads nothing.
 */
export function useQuery<T>(path: string | null, options: QueryOptions = {}): Query<T> {
  const { everyMs, keepsLast = false } = options
  const { api } = useSession()
  const [good, setGood] = useState<Good<T> | null>(null)
  const [problem, setProblem] = useState<{ path: string; sentence: string } | null>(null)
  const [isLoading, setIsLoading] = useState(path !== null)
  const wanted = useRef(path)
  wanted.current = path

  const look = useCallback(async () => {
    if (path === null) return
    setIsLoading(true)
    const answer: Answer<T> = await api.get(path)
    if (wanted.current !== path) return
    setIsLoading(false)
    if (answer.ok) {
      setGood({ path, value: answer.value, readAtMs: Date.now() })
      setProblem(null)
    } else setProblem({ path, sentence: answer.sentence })
  }, [api, path])
  const refresh = useCallback(() => void look(), [look])
  useWatch(refresh, everyMs)

  const isMine = good !== null && (keepsLast || good.path === path)
  return {
    value: isMine ? good.value : null,
    readAtMs: isMine ? good.readAtMs : 0,
    problem: problem?.path === path ? problem.sentence : null,
    isLoading,
    refresh,
    replace: (value) => {
      if (path !== null) setGood({ path, value, readAtMs: Date.now() })
    },
  }
}

/** Looks at once, then every `everyMs` and whenever the page comes back into sight. */
function useWatch(look: () => void, everyMs: number | undefined): void {
  useEffect(() => {
    look()
    if (everyMs === undefined) return undefined
    const lookInSight = () => {
      if (document.visibilityState === 'visible') look()
    }
    const timer = setInterval(lookInSight, everyMs)
    document.addEventListener('visibilitychange', lookInSight)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', lookInSight)
    }
  }, [look, everyMs])
}

/** A list that is read page after page. */
export interface Pages<Item> {
  /** Null before the first page. */
  items: readonly Item[] | null
  hasMore: boolean
  problem: string | null
  isLoading: boolean
  /** Reads the next page, or tries again what failed. */
  more: () => void
  /** Forgets what was read and starts again. */
  restart: () => void
  /** Changes what was read, such as to take one out. */
  change(update: (items: readonly Item[]) => readonly Item[]): void
}

/**
 * Reads a keyset-paginated list. `path` holds its query without the cursor; `itemsOf` takes the
 * items out of a page and must stay the same function from render to render.
 */
export function usePages<Page extends { nextCursor: string | null }, Item>(
  path: string | null,
  itemsOf: (page: Page) => readonly Item[],
): Pages<Item> {
  const { api } = useSession()
  const [read, setRead] = useState<{ items: readonly Item[]; nextCursor: string | null } | null>(
    null,
  )
  const [problem, setProblem] = useState<string | null>(null)
  const [isLoading, setIsLoading] = useState(path !== null)
  // Counts the lists: an answer to an older one is dropped.
  const round = useRef(0)

  const load = useCallback(
    async (before: typeof read) => {
      if (path === null) return
      const mine = round.current
      setIsLoading(true)
      const [plain = '', query = ''] = path.split('?', 2)
      const words = Object.fromEntries(new URLSearchParams(query))
      const answer: Answer<Page> = await api.get(
        withQuery(plain, { ...words, cursor: before?.nextCursor }),
      )
      if (round.current !== mine) return
      setIsLoading(false)
      if (!answer.ok) {
        setProblem(answer.sentence)
        return
      }
      setProblem(null)
      const items = [...(before?.items ?? []), ...itemsOf(answer.value)]
      setRead({ items, nextCursor: answer.value.nextCursor })
    },
    [api, path, itemsOf],
  )
  const restart = useCallback(() => {
    round.current += 1
    setRead(null)
    setProblem(null)
    void load(null)
  }, [load])
  useEffect(() => {
    restart()
    return () => {
      round.current += 1
    }
  }, [restart])
  return {
    items: read?.items ?? null,
    hasMore: read !== null && read.nextCursor !== null,
    problem,
    isLoading,
    more: () => {
      if (!isLoading) void load(read)
    },
    restart,
    change: (update) => {
      setRead((now) => now && { ...now, items: update(now.items) })
    },
  }
}
