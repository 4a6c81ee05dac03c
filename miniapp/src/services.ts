import type {
  ConsentChange,
  InboxPage,
  Privacy,
  Profile,
  ProfileChange,
  SubscriptionAnswer,
  Subscriptions,
} from '@huike/shared/contracts/account'
import type { ClaimedCode } from '@huike/shared/contracts/coupon-codes'
import type { OfferClaim } from '@huike/shared/contracts/coupon-offers'
import type {
  ClaimableList,
  ClaimRequest,
  HeldCoupon,
  WalletPage,
} from '@huike/shared/contracts/coupons'
import type { Copy, Deletion, DeletionAsk } from '@huike/shared/contracts/rights'
import type {
  PackOrderRequest,
  PackOrdersPage,
  PackOrderWhole,
  PackPayment,
  PackRefundRequest,
  PackShelf,
} from '@huike/shared/contracts/packs'
import type {
  Exchange,
  ExchangeAnswer,
  ExchangeRequest,
  ExchangesPage,
  MallItemAnswer,
  MallShelf,
} from '@huike/shared/contracts/mall'
import type { WaitingPickups } from '@huike/shared/contracts/pickups'
import type { LevelPage } from '@huike/shared/contracts/levels'
import type {
  MemberCard,
  PointsPage,
  PurchaseDetail,
  PurchasePage,
} from '@huike/shared/contracts/member'
import type { ReferralPage } from '@huike/shared/contracts/referrals'
import type { OwnReview, ReviewDraft } from '@huike/shared/contracts/reviews'
import type { SignInAnswer } from '@huike/shared/contracts/sign-in'
import type { Result } from './api/result.js'
import { routes, type Channel } from './api/routes.js'
import { createBirthdayAsk, type BirthdayAsk } from './data/birthday-ask.js'
import { createCouponClaims } from './data/coupon-claims.js'
import { createCoupons, type Coupons } from './data/coupons.js'
import { createInbox, type Inbox } from './data/inbox.js'
import { createPosterCode, type PosterCode } from './data/poster-code.js'
import { createGivenCode, type GivenCode } from './data/referral-code.js'
import { createMall, exchangeOf, type Mall } from './data/mall.js'
import { createOpenRequests } from './data/open-requests.js'
import { createPacks, type Packs, type RequestPayment } from './data/packs.js'
import type { KeptName } from './data/keeper.js'
import { createPagedRemote, type PagedRemote } from './data/paged-remote.js'
import { createReminders, type ReminderPorts, type Reminders } from './data/reminders.js'
import { createRemote, type Remote } from './data/remote.js'
import { partOf, shelfBeside, shelfOf, shelfOfOne } from './data/shelf.js'
import { createSession, type SessionPorts, type SessionStore } from './session/session.js'

/** Everything the services need from the platform. */
export type ServicePorts = SessionPorts &
  ReminderPorts & {
    /** Calls back whenever the network returns. */
    readonly onNetworkBack: (listener: () => void) => void
    /** Opens WeChat's payment page; null where there is none. */
    readonly requestPayment: RequestPayment | null
    /** Reads a code with the camera, null where that was left; null where there is none. */
    readonly scanCode: (() => Promise<string | null>) | null
  }

/** Everything a page can ask for. */
export interface Services {
  readonly session: SessionStore
  readonly card: Remote<MemberCard>
  readonly level: Remote<LevelPage>
  readonly points: PagedRemote<PointsPage>
  /** Once a day, for points. */
  signInToday(): Promise<Result<SignInAnswer>>
  readonly purchases: Readonly<Record<'all' | Channel, PagedRemote<PurchasePage>>>
  /** What waits for them in stores. */
  readonly pickups: Remote<WaitingPickups>
  /** A watcher of one purchase; make one per page. */
  purchase(id: string): Remote<PurchaseDetail>
  readonly coupons: Coupons
  /** The code of a poster that waits for somebody to sign in. */
  readonly posterCode: PosterCode
  readonly scanCode: ServicePorts['scanCode']
  readonly packs: Packs
  readonly mall: Mall
  /** Once for a purchase. */
  writeReview(purchaseId: string, draft: ReviewDraft): Promise<Result<OwnReview>>
  withdrawReview(purchaseId: string): Promise<Result<OwnReview>>
  readonly inbox: Inbox
  readonly profile: Remote<Profile>
  saveProfile(change: ProfileChange): Promise<Result<Profile>>
  readonly birthdayAsk: BirthdayAsk
  readonly referrals: PagedRemote<ReferralPage>
  /** The code of who brought this person, until they are a member. */
  readonly givenCode: GivenCode
  readonly privacy: Remote<Privacy>
  setConsent(change: ConsentChange): Promise<Result<Privacy>>
  readonly deletion: Remote<Deletion>
  askDeletion(ask: DeletionAsk): Promise<Result<Deletion>>
  takeDeletionBack(): Promise<Result<Deletion>>
  askCopy(): Promise<Result<Copy>>
  readonly subscriptions: Remote<Subscriptions>
  readonly reminders: Reminders
}

/** Puts the mini-program together over a transport, a storage and a clock. */
export function createServices(ports: ServicePorts): Services {
  const { keeper, nowMs } = ports
  const session = createSession(ports)
  const get = <T>(path: string) => session.send<T>({ method: 'GET', path })
  const remote = <T>(name: KeptName, path: string) =>
    createRemote<T>({ load: () => get<T>(path), shelf: shelfOf(keeper, name), nowMs })
  const purchasesOf = (name: KeptName, channel: Channel | null) =>
    createPagedRemote<PurchasePage>({
      loadPage: (cursor) => get<PurchasePage>(routes.purchases(cursor, channel)),
      join: (shown, next) => ({ ...next, purchases: [...shown.purchases, ...next.purchases] }),
      shelf: shelfOf(keeper, name),
      nowMs,
    })

  const card = createRemote<MemberCard>({
    load: async () => noted(session, await get<MemberCard>(routes.card)),
    shelf: shelfOf(keeper, 'card'),
    nowMs,
  })
  const level = remote<LevelPage>('level', routes.level)
  const points = createPagedRemote<PointsPage>({
    loadPage: (cursor) => get<PointsPage>(routes.points(cursor)),
    join: ({ asCash, entries }, next) => ({
      ...next,
      asCash,
      entries: [...entries, ...next.entries],
    }),
    shelf: shelfOf(keeper, 'points'),
    nowMs,
  })
  const purchases = {
    all: purchasesOf('purchases', null),
    pos: purchasesOf('purchases-pos', 'pos'),
    online: purchasesOf('purchases-online', 'online'),
  }
  const pickups = remote<WaitingPickups>('pickups', routes.pickups)
  const coupons = couponServices(ports, session, remote)
  const packs = packServices(ports, session, remote)
  const mall = mallServices(ports, session, remote)
  const account = accountServices(ports, session, remote)
  const ofOnePerson = [
    ...[card, level, points, ...Object.values(purchases), pickups, coupons, packs, mall],
    ...account.ofOnePerson,
  ]

  let owner = memberOf(session)
  session.subscribe(() => {
    if (memberOf(session) === owner) return
    owner = memberOf(session)
    for (const thing of ofOnePerson) thing.reset()
  })

  return {
    session,
    card,
    level,
    points,
    signInToday: () =>
      session.send<SignInAnswer>({ method: 'POST', path: routes.signInToday, body: {} }),
    ...{ purchases, pickups },
    purchase: (id) =>
      createRemote<PurchaseDetail>({
        load: () => get<PurchaseDetail>(routes.purchase(id)),
        shelf: shelfOfOne(keeper, 'purchase-details', id),
        nowMs,
      }),
    ...{ coupons, packs, mall, scanCode: ports.scanCode },
    writeReview: (id, draft) =>
      session.send<OwnReview>({ method: 'POST', path: routes.review(id), body: draft }),
    withdrawReview: (id) => session.send<OwnReview>({ method: 'DELETE', path: routes.review(id) }),
    ...account.services,
  }
}

function couponServices(
  ports: ServicePorts,
  session: SessionStore,
  remote: <T>(name: KeptName, path: string) => Remote<T>,
): Coupons {
  const { keeper, nowMs } = ports
  return createCoupons({
    loadPage: (state, cursor) =>
      session.send<WalletPage>({ method: 'GET', path: routes.coupons(state, cursor) }),
    shelves: {
      issued: shelfOf(keeper, 'coupons-issued'),
      redeemed: shelfOf(keeper, 'coupons-redeemed'),
      expired: shelfOf(keeper, 'coupons-expired'),
    },
    claimable: remote<ClaimableList>('coupons-claimable', routes.couponsClaimable),
    claims: createCouponClaims(ports, (body: ClaimRequest) =>
      session.send<HeldCoupon>({ method: 'POST', path: routes.couponClaims, body }),
    ),
    tellOffer: (body: OfferClaim) =>
      session.send<HeldCoupon>({ method: 'POST', path: routes.offerClaims, body }),
    tellCode: (code) =>
      session.send<ClaimedCode>({ method: 'POST', path: routes.couponCodes, body: { code } }),
    nowMs,
  })
}

function packServices(
  ports: ServicePorts,
  session: SessionStore,
  remote: <T>(name: KeptName, path: string) => Remote<T>,
): Packs {
  const { keeper, nowMs, requestPayment } = ports
  const post = <T>(path: string, body: unknown) => session.send<T>({ method: 'POST', path, body })
  return createPacks({
    shelf: remote<PackShelf>('packs-shelf', routes.packs),
    orders: createPagedRemote<PackOrdersPage>({
      loadPage: (cursor) =>
        session.send<PackOrdersPage>({ method: 'GET', path: routes.packOrders(cursor) }),
      join: (shown, next) => ({ ...next, orders: [...shown.orders, ...next.orders] }),
      shelf: shelfOf(keeper, 'pack-orders'),
      nowMs,
    }),
    order: (id) =>
      createRemote<PackOrderWhole>({
        load: () => session.send<PackOrderWhole>({ method: 'GET', path: routes.packOrder(id) }),
        shelf: shelfOfOne(keeper, 'pack-order-details', id),
        nowMs,
      }),
    open: createOpenRequests(ports),
    requestPayment,
    tellOrder: (body: PackOrderRequest) => post<PackPayment>(routes.packOrders(null), body),
    tellPayment: (id) => post<PackPayment>(routes.packPayment(id), {}),
    tellRefund: (id, body: PackRefundRequest) => post<PackOrderWhole>(routes.packRefunds(id), body),
    tellSandbox: (id) => post<PackOrderWhole>(routes.packSandbox(id), {}),
  })
}

function mallServices(
  ports: ServicePorts,
  session: SessionStore,
  remote: <T>(name: KeptName, path: string) => Remote<T>,
): Mall {
  const { keeper, nowMs } = ports
  const get = <T>(path: string) => session.send<T>({ method: 'GET', path })
  const post = <T>(path: string, body: unknown) => session.send<T>({ method: 'POST', path, body })
  const shelf = remote<MallShelf>('mall-shelf', routes.mall)
  const exchanges = createPagedRemote<ExchangesPage>({
    loadPage: (cursor) => get<ExchangesPage>(routes.mallExchanges(cursor)),
    join: (shown, next) => ({ ...next, exchanges: [...shown.exchanges, ...next.exchanges] }),
    shelf: shelfOf(keeper, 'mall-exchanges'),
    nowMs,
  })
  const shelfOfExchange = (id: string) =>
    shelfBeside<Exchange>(shelfOfOne(keeper, 'mall-exchange-details', id), () =>
      partOf(exchanges.get(), (page) => page.exchanges.find((one) => one.exchangeId === id)),
    )
  return createMall({
    ...{ shelf, exchanges },
    // What the shelf showed is there at once, and not kept a second time.
    item: (id) =>
      createRemote<MallItemAnswer>({
        load: () => get<MallItemAnswer>(routes.mallItem(id)),
        shelf: shelfBeside<MallItemAnswer>(null, () =>
          partOf(shelf.get(), ({ spendablePoints, items }) => {
            const item = items.find(({ itemId }) => itemId === id)
            return item && { spendablePoints, item }
          }),
        ),
        nowMs,
      }),
    exchange: (id) =>
      createRemote<Exchange>({
        load: async () => exchangeOf(await get<ExchangeAnswer>(routes.mallExchange(id))),
        shelf: shelfOfExchange(id),
        nowMs,
      }),
    keep: (exchange) => {
      shelfOfExchange(exchange.exchangeId).write({ value: exchange, atMs: nowMs() })
    },
    tellExchange: (body: ExchangeRequest) => post<ExchangeAnswer>(routes.mallExchanges(null), body),
    tellCancel: (id) => post<ExchangeAnswer>(routes.mallCancel(id), {}),
    keeper,
    nowMs,
    chance: ports.chance,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  })
}

/** Messages, profile, privacy and reminders. */
function accountServices(
  ports: ServicePorts,
  session: SessionStore,
  remote: <T>(name: KeptName, path: string) => Remote<T>,
) {
  const { keeper, nowMs } = ports
  const post = <T>(path: string, body: unknown) => session.send<T>({ method: 'POST', path, body })
  const inbox = createInbox({
    loadPage: (cursor) => session.send<InboxPage>({ method: 'GET', path: routes.messages(cursor) }),
    tellRead: (ids) => post(routes.messagesRead, { ids }),
    shelf: shelfOf(keeper, 'inbox'),
    nowMs,
  })
  const profile = remote<Profile>('profile', routes.profile)
  const privacy = remote<Privacy>('privacy', routes.privacy)
  const subscriptions = remote<Subscriptions>('subscriptions', routes.subscriptions)
  const deletion = remote<Deletion>('deletion', routes.deletion)
  const birthdayAsk = createBirthdayAsk(keeper, nowMs)
  const reminders = createReminders(ports, subscriptions, (answer: SubscriptionAnswer) =>
    post<Subscriptions>(routes.subscriptions, answer),
  )
  ports.onNetworkBack(() => {
    if (memberOf(session) !== null) void reminders.flush()
  })
  const referrals = createPagedRemote<ReferralPage>({
    loadPage: (cursor) =>
      session.send<ReferralPage>({ method: 'GET', path: routes.referrals(cursor) }),
    join: (shown, next) => ({ ...next, referrals: [...shown.referrals, ...next.referrals] }),
    shelf: shelfOf(keeper, 'referrals'),
    nowMs,
  })
  const givenCode = createGivenCode(keeper)
  const services = {
    referrals,
    givenCode,
    posterCode: createPosterCode(keeper, () => memberOf(session) !== null),
    inbox,
    profile,
    saveProfile: async (change: ProfileChange) =>
      accepted(
        profile,
        await session.send<Profile>({ method: 'PUT', path: routes.profile, body: change }),
      ),
    birthdayAsk,
    privacy,
    setConsent: async (change: ConsentChange) =>
      accepted(privacy, await post<Privacy>(routes.consents, change)),
    deletion,
    askDeletion: async (ask: DeletionAsk) =>
      accepted(deletion, await post<Deletion>(routes.deletion, ask)),
    takeDeletionBack: async () =>
      accepted(deletion, await session.send<Deletion>({ method: 'DELETE', path: routes.deletion })),
    askCopy: () => post<Copy>(routes.copies, {}),
    subscriptions,
    reminders,
  }
  return {
    services,
    ofOnePerson: [
      ...[inbox, profile, privacy, deletion, subscriptions, birthdayAsk, reminders],
      ...[referrals, givenCode],
    ],
  }
}

/** The answer to a change is the new state: what is shown follows it at once. */
function accepted<T>(remote: Remote<T>, result: Result<T>): Result<T> {
  if (result.ok) remote.accept(result.value)
  return result
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
