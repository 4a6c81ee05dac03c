import type {
  MemberCard,
  PointsPage,
  PurchaseDetail,
  PurchasePage,
} from '@huike/shared/contracts/member'
import type { Result } from './api/result.js'
import { routes } from './api/routes.js'
import { createPagedRemote, type PagedRemote } from './data/paged-remote.js'
import { createRemote, type Remote } from './data/remote.js'
import { shelfOf, shelfOfOne } from './data/shelf.js'
import { createSession, type SessionPorts, type SessionStore } from './session/session.js'

/** Everything a page can ask for. */
export interface Services {
  readonly session: SessionStore
  readonly card: Remote<MemberCard>
  readonly points: PagedRemote<PointsPage>
  readonly purchases: PagedRemote<PurchasePage>
  /** A watcher of one purchase; make one per page. */
  purchase(id: string): Remote<PurchaseDetail>
}

/** Puts the mini-program together over a transport, a storage and a clock. */
export function createServices(ports: SessionPorts): Services {
  const { keeper, nowMs } = ports
  const session = createSession(ports)
  const get = <T>(path: string) => session.send<T>({ method: 'GET', path })

  const card = createRemote<MemberCard>({
    load: async () => noted(session, await get<MemberCard>(routes.card)),
    shelf: shelfOf(keeper, 'card'),
    nowMs,
  })
  const points = createPagedRemote<PointsPage>({
    loadPage: (cursor) => get<PointsPage>(routes.points(cursor)),
    join: (shown, next) => ({ ...next, entries: [...shown.entries, ...next.entries] }),
    shelf: shelfOf(keeper, 'points'),
    nowMs,
  })
  const purchases = createPagedRemote<PurchasePage>({
    loadPage: (cursor) => get<PurchasePage>(routes.purchases(cursor)),
    join: (shown, next) => ({ ...next, purchases: [...shown.purchases, ...next.purchases] }),
    shelf: shelfOf(keeper, 'purchases'),
    nowMs,
  })

  let owner = memberOf(session)
  session.subscribe(() => {
    if (memberOf(session) === owner) return
    owner = memberOf(session)
    for (const remote of [card, points, purchases]) remote.reset()
  })

  return {
    session,
    card,
    points,
    purchases,
    purchase: (id) =>
      createRemote<PurchaseDetail>({
        load: () => get<PurchaseDetail>(routes.purchase(id)),
        shelf: shelfOfOne(keeper, 'purchase-details', id),
        nowMs,
      }),
  }
}

function memberOf(session: SessionStore): string | null {
  const state = session.get()
  return state.kind === 'member' ? state.memberId : null
}

/** The card tells the server's time, which the member code is computed from. */
function noted(session: SessionStore, result: Result<MemberCard>): Result<MemberCard> {
  if (result.ok) session.learnClock(result.value.serverTimeMs)
  return result
}
