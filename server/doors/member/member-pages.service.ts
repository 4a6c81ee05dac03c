import { Inject, Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type { LevelPage } from '@huike/shared/contracts/levels'
import type {
  MemberCard,
  PointsEntry,
  PointsPage,
  PurchaseDetail,
  PurchasePage,
  PurchaseQuery,
  PurchaseSummary,
} from '@huike/shared/contracts/member'
import type { MemberPickup, WaitingPickups } from '@huike/shared/contracts/pickups'
import type { MallExchangeId, MemberId, PurchaseId, TransferId } from '@huike/shared/ids'
import { benefitsInWords, schemeInWords } from '@huike/shared/levels'
import { fen, points, type BusinessDate, type EpochMs, type Points } from '@huike/shared/quantities'
import { wholeSteps, worthOf } from '@huike/shared/spending'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { LevelsService } from '../../levels/levels.service.js'
import { MembersService } from '../../members/members.service.js'
import { InboxService } from '../../messages/inbox.service.js'
import { Clock, localDate } from '../../platform/clock.js'
import { CONFIG, type Config } from '../../platform/config.js'
import { Database, inList, listParameter, type Rx } from '../../platform/database.js'
import { ProblemError } from '../../platform/problems.js'
import { PickupListsService } from '../../pickups/pickup-lists.service.js'
import { PointsHoldsService } from '../../points/points-holds.service.js'
import { PointsActivitiesService } from '../../points/points-activities.service.js'
import { PointsService, type MemberTransfer } from '../../points/points.service.js'
import { ReviewsService } from '../../reviews/reviews.service.js'
import { DeletionsService } from '../../rights/deletions.service.js'
import type { Purchase } from '../../purchases/purchase.entity.js'
import { PurchasesService } from '../../purchases/purchases.service.js'
import { ChainSettingsService } from '../../stores/chain-settings.service.js'
import { StoresService } from '../../stores/stores.service.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import { PickupViewsService } from '../pickup-views.service.js'
import { pointsTitle } from '../points-titles.js'
import { MemberOffersService } from './member-offers.service.js'

// What a shopper sees of their own membership. Every query is bound to the calling member's id.

/** Points that go within this time are told of. */
const EXPIRING_SOON_MS = 60 * 86_400_000

@Injectable()
export class MemberPagesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly purchasesService: PurchasesService,
    private readonly pointsService: PointsService,
    private readonly activities: PointsActivitiesService,
    private readonly inbox: InboxService,
    private readonly stores: StoresService,
    private readonly deletions: DeletionsService,
    private readonly holds: PointsHoldsService,
    private readonly settings: ChainSettingsService,
    private readonly clock: Clock,
    private readonly levels: LevelsService,
    private readonly reviews: ReviewsService,
    private readonly offers: MemberOffersService,
    private readonly pickups: PickupListsService,
    private readonly pickupViews: PickupViewsService,
  ) {}

  /** The member card, with the key of the rotating code; null when the member is gone. */
  async card(memberId: string): Promise<MemberCard | null> {
    return this.database.read(async (rx) => {
      const member = (await this.members.findByIds(rx, [memberId])).get(memberId)
      if (!member) return null
      return {
        memberId: member.id as MemberId,
        memberNo: member.memberNo,
        phoneMasked: await this.members.maskedPhoneOf(rx, member.id),
        state: member.state === 'pending' ? ('pending' as const) : ('active' as const),
        programmeName: this.config.programmeName,
        ...(await this.levels.cardOf(rx, member)),
        balancePoints: await this.pointsService.balanceOf(rx, member.id),
        ...(await this.#comingAndGoing(rx, member.id)),
        couponsToClaim: await this.offers.waitingCount(rx, member.id),
        unreadMessages: (await this.inbox.countsOf(rx, member.id)).unread,
        deletionDueAtMs: ((await this.deletions.waitingOf(rx, member.id))?.dueAtMs ??
          null) as EpochMs | null,
        memberSinceMs: member.createdAtMs as EpochMs,
        codeKey: this.config.keyring.memberCodeKey(member.id).toString('base64url'),
        serverTimeMs: this.clock.nowMs(),
      }
    })
  }

  /** Where the member stands, and every level there is; null when the member is gone. */
  async level(memberId: string): Promise<LevelPage | null> {
    return this.database.read(async (rx) => {
      const member = (await this.members.findByIds(rx, [memberId])).get(memberId)
      if (!member) return null
      const { scheme, level } = await this.levels.standingOf(rx, member)
      return {
        ...level,
        levels: scheme.levels.map((one) => ({
          ...{ code: one.code, name: one.name, threshold: points(one.threshold) },
          isOwn: one.code === level.code,
          benefits: benefitsInWords(one),
        })),
        rules: scheme.levels.length > 1 ? schemeInWords(scheme) : [],
      }
    })
  }

  /** From when points may be spent that were given already, and until when those that go first. */
  async #comingAndGoing(
    rx: Rx,
    memberId: string,
  ): Promise<Pick<PointsPage, 'pending' | 'expiringSoon'>> {
    const nowMs = this.clock.nowMs()
    const pending =
      (await this.pointsService.pendingOf(rx, [memberId], nowMs)).get(memberId) ?? null
    const next = await this.pointsService.expiringNext(rx, memberId, {
      nowMs,
      untilMs: nowMs + EXPIRING_SOON_MS,
    })
    if (next === null) return { pending, expiringSoon: null }
    const onDate = localDate(next.expiresAtMs - 1, CHAIN_TIME_ZONE) as BusinessDate
    return { pending, expiringSoon: { points: next.points, onDate } }
  }

  /** A page of the points history, newest first, each line in words. */
  async points(memberId: string, query: PageQuery): Promise<PointsPage> {
    const beforeSeq = query.cursor === undefined ? null : cursorNumber(query.cursor)
    return this.database.read(async (rx) => {
      const rows = await this.pointsService.history(rx, { memberId, beforeSeq, limit: query.limit })
      const places = await storeNamesOfPurchases(
        rx,
        rows.map((row) => row.purchaseId),
      )
      const last = rows.at(-1)
      return {
        balancePoints: await this.pointsService.balanceOf(rx, memberId),
        ...(await this.#comingAndGoing(rx, memberId)),
        signIn: await this.activities.signInOf(rx, memberId, this.clock.nowMs()),
        profilePoints: await this.activities.profilePointsOf(rx, memberId, this.clock.nowMs()),
        isReferralOn: (await this.activities.referralTerms(rx, this.clock.nowMs())) !== null,
        entries: rows.map((row) => entryOf(row, places.get(row.purchaseId))),
        nextCursor: rows.length === query.limit && last ? String(last.seq) : null,
        asCash: beforeSeq === null ? await this.#asCash(rx, memberId) : null,
      }
    })
  }

  /** What the member could pay with points at a till. */
  async #asCash(rx: Rx, memberId: string): Promise<PointsPage['asCash']> {
    const { spending } = await this.settings.points(rx)
    if (spending === null) return null
    const { leastPoints, isCodeNeeded } = spending
    const spendable = await this.holds.spendableOf(rx, memberId, this.clock.nowMs())
    const usable = wholeSteps(spending, points(Math.max(0, spendable)))
    const worthFen = worthOf(spending, usable)
    return { points: usable, worthFen, leastPoints: points(leastPoints), isCodeNeeded }
  }

  /** A page of purchases from every channel, or of one, newest first. */
  async purchases(memberId: string, query: PurchaseQuery): Promise<PurchasePage> {
    const before = placeOf(query.cursor)
    return this.database.read(async (rx) => {
      const rows = await this.purchasesService.ofMember(rx, {
        memberId,
        channel: query.channel ?? null,
        before: before && { occurredAtMs: before.atMs, id: before.id },
        limit: query.limit,
      })
      const names = await this.stores.namesOf(
        rx,
        rows.map((row) => row.storeId),
      )
      const last = rows.at(-1)
      return {
        purchases: rows.map((row) => summaryOf(row, names)),
        nextCursor:
          rows.length === query.limit && last
            ? cursorOf({ atMs: last.occurredAtMs, id: last.id })
            : null,
      }
    })
  }

  /** One purchase of this member with everything on it; null when it is not theirs. */
  async purchase(memberId: string, purchaseId: string): Promise<PurchaseDetail | null> {
    return this.database.read(async (rx) => {
      const found = await this.purchasesService.detailOfMember(rx, memberId, purchaseId)
      if (!found) return null
      const { purchase, lines, payments } = found
      const names = await this.stores.namesOf(rx, [purchase.storeId])
      return {
        ...summaryOf(purchase, names),
        lines: lines.map((line) => ({
          name: line.name,
          quantityMilli: line.quantityMilli,
          unitPriceFen: line.unitPriceFen === null ? null : fen(line.unitPriceFen),
          amountFen: line.amountFen,
        })),
        payments: payments.map(({ method, amountFen }) => ({ method, amountFen: fen(amountFen) })),
        points: pointsMoved(purchase),
        originalPurchaseId: purchase.originalPurchaseId as PurchaseId | null,
        review: await this.reviews.ownOf(rx, { memberId, purchase, nowMs: this.clock.nowMs() }),
        offers: await this.offers.ofPurchase(rx, memberId, purchaseId),
        pickup: await this.#pickupOf(rx, purchaseId),
      }
    })
  }

  /** What waits for the member in a store. */
  pickupsWaiting(memberId: string): Promise<WaitingPickups> {
    return this.database.read(async (rx) => {
      const at = { scope: null, nowMs: this.clock.nowMs() }
      const waiting = await this.pickups.waitingOf(rx, memberId, at)
      const pickups = await this.pickupViews.ofMember(rx, waiting)
      return { pickups: pickups.filter(({ code }) => code !== null) }
    })
  }

  async #pickupOf(rx: Rx, purchaseId: string): Promise<MemberPickup | null> {
    const rows = await this.pickups.of(rx, [purchaseId])
    const [pickup] = await this.pickupViews.ofMember(rx, [...rows.values()])
    return pickup ?? null
  }
}

function entryOf(row: MemberTransfer, storeName: string | undefined): PointsEntry {
  const place = storeName === undefined ? '' : `在${storeName}`
  return {
    id: row.id as TransferId,
    points: row.signedPoints,
    balanceAfterPoints: points(row.balanceAfterPoints),
    title: place + pointsTitle(row.reason),
    explanation: row.explanation,
    occurredAtMs: row.occurredAtMs as EpochMs,
    purchaseId: storeName === undefined ? null : (row.purchaseId as PurchaseId),
    exchangeId: row.exchangeId as MallExchangeId | null,
  }
}

function summaryOf(row: Purchase, names: Map<string, string>): PurchaseSummary {
  return {
    id: row.id as PurchaseId,
    kind: row.kind as 'sale' | 'refund',
    channel: row.channel as 'pos' | 'online',
    storeName: names.get(row.storeId) ?? '',
    receiptNo: row.receiptNo,
    businessDate: row.businessDate as BusinessDate,
    occurredAtMs: row.occurredAtMs as EpochMs,
    totalFen: fen(row.totalFen),
    refundedFen: fen(row.refundedFen),
    lineCount: row.lineCount,
    firstLineName: row.firstLineName,
  }
}

function pointsMoved(purchase: Purchase): Points {
  return points(
    purchase.kind === 'sale'
      ? purchase.earnedPoints - purchase.reversedPoints
      : -purchase.reversedPoints,
  )
}

async function storeNamesOfPurchases(
  rx: Rx,
  purchaseIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await rx.rows<{ id: string; name: string }>(
    `SELECT p.id, s.name FROM purchase p JOIN store s ON s.id = p.storeId
     WHERE p.id IN ${inList(rx)}`,
    [listParameter(rx, purchaseIds)],
  )
  return new Map(rows.map((row) => [row.id, row.name]))
}

function cursorNumber(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new ProblemError('input_invalid', 'cursor')
  return Number(cursor)
}
