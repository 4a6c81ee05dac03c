import type { Failure, Result } from '../api/result.js'
import { createRemote, type Remote, type RemoteState, type Shelf } from './remote.js'
import { createStore, type Store } from './store.js'

/** Rows fetched page by page. The first page is kept on the phone, further ones are not. */
export interface PagedRemote<P> extends Store<PagedState<P>> {
  /** Fetches the first page again. */
  refresh(): Promise<void>
  /** Fetches the page after the last; does nothing when there is none or one is under way. */
  more(): Promise<void>
  /** Puts a better value of what is shown in place. */
  replace(value: P): void
  reset(): void
}

export interface PagedState<P> extends RemoteState<P> {
  readonly isMoreBusy: boolean
  readonly moreFailure: Failure | null
}

export interface PagedOptions<P> {
  readonly loadPage: (cursor: string | null) => Promise<Result<P>>
  /** The pages so far and the next one as one page, with the cursor of the latter. */
  readonly join: (shown: P, next: P) => P
  readonly shelf: Shelf<P>
  readonly nowMs: () => number
}

interface MoreState {
  readonly isMoreBusy: boolean
  readonly moreFailure: Failure | null
}

const NO_MORE_YET: MoreState = { isMoreBusy: false, moreFailure: null }

/** Watches a list that is paged by cursor. */
export function createPagedRemote<P extends { readonly nextCursor: string | null }>(
  options: PagedOptions<P>,
): PagedRemote<P> {
  const first = createRemote<P>({ ...options, load: () => options.loadPage(null) })
  const more = createStore<MoreState>(NO_MORE_YET)
  const both = createStore<PagedState<P>>({ ...first.get(), ...more.get() })
  const update = () => {
    both.set({ ...first.get(), ...more.get() })
  }
  first.subscribe(update)
  more.subscribe(update)

  return {
    get: both.get,
    subscribe: both.subscribe,
    async refresh() {
      more.set(NO_MORE_YET)
      await first.refresh()
    },
    more: () => fetchMore(first, more, options),
    replace: first.replace,
    reset() {
      more.set(NO_MORE_YET)
      first.reset()
    },
  }
}

async function fetchMore<P extends { readonly nextCursor: string | null }>(
  first: Remote<P>,
  more: Store<MoreState> & { set(next: MoreState): void },
  { loadPage, join }: PagedOptions<P>,
): Promise<void> {
  // Reached the end while the first page is being renewed: what follows depends on what comes.
  if (first.get().isBusy) await first.refresh()
  const cursor = first.get().kept?.value.nextCursor ?? null
  if (cursor === null || more.get().isMoreBusy) return
  const mine: MoreState = { isMoreBusy: true, moreFailure: null }
  more.set(mine)
  const result = await loadPage(cursor)
  // A refresh or a sign-out in between made this page the continuation of something else.
  if (more.get() !== mine) return
  const shown = first.get().kept?.value
  if (result.ok && shown) first.replace(join(shown, result.value))
  more.set({ isMoreBusy: false, moreFailure: result.ok ? null : result })
}
