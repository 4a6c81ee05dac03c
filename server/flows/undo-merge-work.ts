import { Injectable } from '@nestjs/common'
import type { UndoChanges } from '@huike/shared/contracts/console-identity'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { points } from '@huike/shared/quantities'
import { MergedConsentsService } from '../consent/merged-consents.service.js'
import type { MemberMerge } from '../members/member-merge.entity.js'
import type { Member } from '../members/member.entity.js'
import { MergeJournalService, type NewStep } from '../members/merge-journal.service.js'
import { MergePairsService } from '../members/merge-pairs.service.js'
import { MergeProfilesService } from '../members/merge-profiles.service.js'
import { MergeRecordsService } from '../members/merge-records.service.js'
import { CouponOwnersService } from '../coupons/coupon-owners.service.js'
import { MallOwnersService } from '../mall/mall-owners.service.js'
import { PackOwnersService } from '../packs/pack-owners.service.js'
import { MessageOwnersService } from '../messages/message-owners.service.js'
import type { Tx } from '../platform/database.js'
import { settleDebts } from '../points/debts.service.js'
import { EventLogService } from '../platform/event-log.js'
import { PointsBook } from '../points/points-book.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { PurchaseOwnersService, type OwnedPurchase } from '../purchases/purchase-owners.service.js'
import { ReferralMergesService } from '../referrals/referral-merges.service.js'
import { MetricsMovesService } from '../segments/metrics-moves.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { actorOf, countsOf, idsOf, mergeEvent } from './merge-work.js'

// Taking a merge back, at any later time. Who owns what:
// - what moved with the merge goes back, if it is still the survivor's;
// - what was bought since under an identity of the absorbed record (its phones, cards, accounts, its
//   member number, or an account that signed in with one of them) is the absorbed record's, with
//   its refunds and its points; everything else since stays with the survivor;
// - of points: what moved, and what those purchases earned or gave back since. A balance may go
//   below zero, as with a refund;
// - a word against being written to is both's; a value told since stays where it was told;
// - sessions opened since are ended: whose they are is found out at the next sign-in.

export interface Unmerged {
  ok: true
  merge: MemberMerge
  changes: UndoChanges
}

interface Hands {
  fromMemberId: string
  toMemberId: string
}

@Injectable()
export class UndoMergeWork {
  constructor(
    private readonly records: MergeRecordsService,
    private readonly journal: MergeJournalService,
    private readonly pairs: MergePairsService,
    private readonly profiles: MergeProfilesService,
    private readonly purchases: PurchaseOwnersService,
    private readonly messages: MessageOwnersService,
    private readonly coupons: CouponOwnersService,
    private readonly packs: PackOwnersService,
    private readonly mall: MallOwnersService,
    private readonly consents: MergedConsentsService,
    private readonly metrics: MetricsMovesService,
    private readonly holds: PointsHoldsService,
    private readonly referrals: ReferralMergesService,
    private readonly settings: ChainSettingsService,
    private readonly eventLog: EventLogService,
  ) {}

  /**
   * Undoes a merge. Refuses `not_found`, `merge_undone` (it was undone before) and `merge_has_later`
   * (another merge stands on top of it: its time is told).
   */
  async run(
    tx: Tx,
    order: { mergeId: string; by: string | null; nowMs: number },
  ): Promise<Unmerged | Refusal> {
    const { mergeId, by, nowMs } = order
    const merge = await this.journal.lock(tx, mergeId)
    if (!merge) return refuse('not_found')
    if (merge.state === 'undone') return refuse('merge_undone')
    const { survivorId, absorbedId } = merge
    const found = await this.records.lock(tx, [survivorId, absorbedId])
    const later = await this.journal.standingOn(tx, merge)
    if (later) return refuse('merge_has_later', `请先撤销之后的合并（${later.id}）`)
    const [survivor, absorbed] = [found.get(survivorId), found.get(absorbedId)]
    if (survivor?.state === 'erased')
      return refuse('member_not_found', '这位会员已经注销，合并不能再撤销')
    if (!survivor || absorbed?.mergedIntoId !== survivorId) return refuse('member_merged')
    const hands = { fromMemberId: survivorId, toMemberId: absorbedId }
    const steps: NewStep[] = []
    const noted = (kind: NewStep['kind'], ids: readonly string[]) => {
      steps.push(...ids.map((subjectId) => ({ kind, subjectId, ...hands })))
      return ids.length
    }
    const book = await this.#openBook(tx, merge, order)
    const identities = await this.records.withThoseVia(
      tx,
      survivorId,
      await this.#moved(tx, mergeId, 'identity'),
    )
    const aliases = await this.#returnAliases(tx, merge)
    const under = new Set([absorbedId, ...aliases, ...idsOf(identities)])
    const { back, since } = await this.#purchasesOf(tx, merge, under)
    const mine = [...back, ...since]
    await this.purchases.give(tx, idsOf(mine), absorbedId)
    await this.coupons.giveOffers(tx, hands, idsOf(mine))
    const settled = await this.#settlePoints(tx, merge, { ...order, book })
    await this.records.giveIdentities(tx, idsOf(identities), absorbedId)
    const sales = mine.filter(({ kind }) => kind === 'sale')
    if (sales.length > 0) await this.metrics.moveSales(tx, hands, sales)
    const stores = await this.#moved(tx, mergeId, 'store')
    await this.metrics.dropTies(tx, survivorId, stores)
    const changes: UndoChanges = {
      identities: countsOf(identities),
      aliases: 1 + noted('alias', aliases),
      purchases: { back: noted('purchase', idsOf(back)), since: noted('purchase', idsOf(since)) },
      points: settled,
      coupons: noted('coupon', await this.#returnCoupons(tx, hands, { ...order, mergeId })),
      messages: noted('message', await this.#returnMessages(tx, mergeId, hands)),
      sessions: await this.#returnSessions(tx, merge, nowMs),
      stores: stores.length,
      profile: await this.profiles.undo(tx, await this.journal.steps(tx, mergeId, 'profile'), {
        survivorId,
        nowMs,
      }),
      consents: await this.consents.undo(tx, { mergeId, survivorId, absorbedId, nowMs }),
    }
    noted('pack', await this.packs.give(tx, hands, await this.#moved(tx, mergeId, 'pack')))
    noted('exchange', await this.mall.give(tx, hands, await this.#moved(tx, mergeId, 'exchange')))
    noted('identity', idsOf(identities))
    await this.#putStates(tx, { merge, survivor, absorbed, nowMs })
    await this.pairs.decide(tx, [survivorId, absorbedId], { state: 'rejected', by, atMs: nowMs })
    await this.journal.append(tx, { mergeId, phase: 'undo', nowMs }, steps)
    await this.eventLog.append(tx, [mergeEvent('member.unmerged', merge, nowMs)], nowMs)
    await this.journal.markUndone(tx, mergeId, {
      atMs: nowMs,
      by,
      changes: JSON.stringify(changes),
    })
    return { ok: true, merge, changes }
  }

  /** The accounts of both, with what a till has set aside, and what was given for bringing one. */
  async #openBook(
    tx: Tx,
    { id: mergeId, survivorId, absorbedId }: MemberMerge,
    { by, nowMs }: { by: string | null; nowMs: number },
  ): Promise<PointsBook> {
    const [actor, memberIds] = [actorOf(by), [survivorId, absorbedId]]
    const book = await PointsBook.open(tx, memberIds)
    // What is set aside comes back first: its order is of neither record as it is now.
    await this.holds.releaseAll(tx, book, { memberIds, actor, nowMs })
    await this.referrals.giveAgain(tx, book, { mergeId, survivorId, absorbedId, actor, nowMs })
    return book
  }

  async #moved(tx: Tx, mergeId: string, kind: NewStep['kind']): Promise<string[]> {
    return (await this.journal.steps(tx, mergeId, kind)).map(({ subjectId }) => subjectId)
  }

  async #returnAliases(tx: Tx, { id, survivorId, absorbedId }: MemberMerge): Promise<string[]> {
    const moved = new Set(await this.#moved(tx, id, 'alias'))
    const ids = (await this.records.aliasesOf(tx, survivorId)).filter((one) => moved.has(one))
    await this.records.pointAliases(tx, ids, absorbedId)
    return ids
  }

  /** The survivor's purchases that are the absorbed record's: moved with the merge, and made since. */
  async #purchasesOf(
    tx: Tx,
    { id, survivorId }: MemberMerge,
    under: ReadonlySet<string>,
  ): Promise<{ back: OwnedPurchase[]; since: OwnedPurchase[] }> {
    const movedIds = await this.#moved(tx, id, 'purchase')
    const moved = new Set(movedIds)
    const still = await this.purchases.amongOf(tx, survivorId, movedIds)
    // One that was taken back and given anew since is whose it was given to by then.
    const back = still.filter(({ madeUnderId }) => madeUnderId === null || under.has(madeUnderId))
    const madeUnder = await this.purchases.madeUnder(tx, survivorId, [...under])
    const made = madeUnder.filter((one) => !moved.has(one.id))
    const theirs = new Set(idsOf([...back, ...made]))
    // A refund is whose the sale is that it answers.
    const answers = await this.purchases.refundsOf(tx, survivorId, [...theirs])
    const refunds = answers.filter((one) => !theirs.has(one.id) && !moved.has(one.id))
    return { back, since: [...made, ...refunds] }
  }

  async #settlePoints(
    tx: Tx,
    merge: MemberMerge,
    { by, nowMs, book }: { by: string | null; nowMs: number; book: PointsBook },
  ): Promise<UndoChanges['points']> {
    const { id, survivorId, absorbedId, movedPoints } = merge
    const survivorBefore = book.balanceOf(survivorId)
    // Whatever chain they stand in by now: what its purchases give today, less what they gave then.
    const earned = (await this.purchases.pointsOf(tx, absorbedId)) - merge.purchasePoints
    // What came back since for exchanges that go back with their record.
    const exchanges = await this.#moved(tx, id, 'exchange')
    const back = { memberId: survivorId, mergeId: id }
    const since = earned + (await this.mall.returnedSince(tx, back, exchanges))
    book.moveBetween({
      mergeId: id,
      reason: 'merge_undo',
      fromMemberId: survivorId,
      toMemberId: absorbedId,
      points: movedPoints + since,
      explanation: `撤销会员档案合并：当时转移 ${String(movedPoints)} 分，其后变动 ${String(since)} 分`,
      actor: actorOf(by),
      nowMs,
    })
    const { refunds } = await this.settings.points(tx)
    for (const memberId of [survivorId, absorbedId])
      settleDebts(book, memberId, refunds, { actor: actorOf(by), nowMs })
    await book.close(tx)
    return {
      moved: points(movedPoints),
      since: points(since),
      survivorBefore,
      survivorAfter: book.balanceOf(survivorId),
      absorbedAfter: book.balanceOf(absorbedId),
    }
  }

  async #returnCoupons(
    tx: Tx,
    hands: { fromMemberId: string; toMemberId: string },
    { mergeId, by, nowMs }: { mergeId: string; by: string | null; nowMs: number },
  ): Promise<string[]> {
    const ids = await this.#moved(tx, mergeId, 'coupon')
    return this.coupons.give(tx, hands, { actor: actorOf(by), nowMs, mergeId, ids })
  }

  async #returnMessages(tx: Tx, mergeId: string, hands: Hands): Promise<string[]> {
    return this.messages.give(tx, await this.#moved(tx, mergeId, 'message'), hands)
  }

  async #returnSessions(
    tx: Tx,
    { id, survivorId, absorbedId }: MemberMerge,
    nowMs: number,
  ): Promise<UndoChanges['sessions']> {
    const moved = new Set(await this.#moved(tx, id, 'session'))
    const now = await this.records.sessionsOf(tx, survivorId)
    const back = now.filter((session) => moved.has(session.id))
    // Ids tell the order in which things came to be.
    const since = now.filter((session) => !moved.has(session.id) && session.id > id)
    await this.records.giveSessions(tx, idsOf(back), absorbedId)
    await this.records.endSessions(tx, idsOf(since), nowMs)
    return { back: back.length, ended: since.length }
  }

  async #putStates(
    tx: Tx,
    of: { merge: MemberMerge; survivor: Member; absorbed: Member; nowMs: number },
  ): Promise<void> {
    const { merge, survivor, absorbed, nowMs } = of
    const isLent = merge.survivorStoreId === null && survivor.registeredStoreId !== null
    const registeredStoreId = isLent ? null : survivor.registeredStoreId
    await this.records.putState(tx, survivor.id, { ...survivor, registeredStoreId }, nowMs)
    const own = { ...absorbed, state: merge.absorbedState, mergedIntoId: null }
    await this.records.putState(tx, absorbed.id, own, nowMs)
  }
}
