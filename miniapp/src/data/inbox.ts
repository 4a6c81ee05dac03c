import type { InboxPage } from '@huike/shared/contracts/account'
import type { Result } from '../api/result.js'
import { createPagedRemote, type PagedOptions, type PagedRemote } from './paged-remote.js'

/** Most ids the server takes in one go. */
const READ_IDS_MAX = 100

/** The messages of a member. */
export interface Inbox extends PagedRemote<InboxPage> {
  /**
   * Tells the server that what is on the page has been seen. The marks of this visit stay, so that
   * a person can tell what was new; only the count goes down. Offline it is told the next time.
   */
  markShown(): Promise<void>
}

/** Watches the messages. `tellRead` says to the server which ones have been seen. */
export function createInbox(
  options: Omit<PagedOptions<InboxPage>, 'join'> & {
    readonly tellRead: (ids: readonly string[]) => Promise<Result<unknown>>
  },
): Inbox {
  const list = createPagedRemote<InboxPage>({
    ...options,
    join: (shown, next) => ({ ...next, messages: [...shown.messages, ...next.messages] }),
  })
  const told = new Set<string>()

  return {
    ...list,
    async markShown() {
      const ids = (list.get().kept?.value.messages ?? [])
        .filter(({ id, isRead }) => !isRead && !told.has(id))
        .map(({ id }) => id)
        .slice(0, READ_IDS_MAX)
      if (ids.length === 0) return
      ids.forEach((id) => told.add(id))
      const result = await options.tellRead(ids)
      if (!result.ok) {
        ids.forEach((id) => told.delete(id))
        return
      }
      const shown = list.get().kept?.value
      if (shown)
        list.replace({ ...shown, unreadCount: Math.max(0, shown.unreadCount - ids.length) })
    },
    reset() {
      told.clear()
      list.reset()
    },
  }
}
