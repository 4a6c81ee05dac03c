import { Injectable } from '@nestjs/common'
import type { MergeChanges } from '@huike/shared/contracts/console-identity'
import type { RefundPolicy } from '@huike/shared/contracts/spending'
import { IDENTITY_KINDS, type IdentityKind } from '@huike/shared/identities'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { points, type Fen } from '@huike/shared/quantities'
import { MergedConsentsService } from '../consent/merged-consents.service.js'
import { CouponOwnersService } from '../coupons/coupon-owners.service.js'
import { MallOwnersService } from '../mall/mall-owners.service.js'
import { PackOwnersService } from '../packs/pack-owners.service.js'
import type { MemberMerge } from '../members/member-merge.entity.js'
import type { Member } from '../members/member.entity.js'
import { MergeJournalService, type NewStep } from '../members/merge-journal.service.js'
import { MergePairsService } from '../members/merge-pairs.service.js'
import { MergeProfilesService } from '../members/merge-profiles.service.js'
import { MergeRecordsService } from '../members/merge-records.service.js'
import { MessageOwnersService } from '../messages/message-owners.service.js'
import type { Tx } from '../platform/database.js'
import { EventLogService, type MergeEvent } from '../platform/event-log.js'
import { mintId } from '../platform/ids.js'
import { recallDebts, settleDebts } from '../points/debts.service.js'
import { PointsBook } from '../points/points-book.service.js'
import { PointsHoldsService } from '../points/points-holds.service.js'
import { PurchaseOwnersService } from '../purchases/purchase-owners.service.js'
import { ReferralMergesService } from '../referrals/referral-merges.service.js'
import { MetricsMovesService } from '../segments/metrics-moves.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'

// Merging two records of one person, in one transaction. Everything that is moved is a step in the
// journal; nothing is thrown away. The two members are locked first, by id, then their accounts: a
// checkout holds the account it earns on, so that whatever has it is met afterwards, and whatever
// waits for it finds the survivor.

/** More than this is no shopper; moving it would hold up the tills. */
const PURCHASES_MOVED_MAX = 20_000

export interface MergeOrder {
  survivorId: string
  absorbedId: string
  moveHistory: boolean
  how: 'chosen' | 'pair' | 'rule' | 'sign_in'
  pairId: string | null
  /** The staff member; null when a rule does it. */
  by: string | null
  idempotency: { key: string; inputSha256: string } | null
  nowMs: number
}

export interface Merged {
  ok: true
  merge: MemberMerge
  changes: MergeChanges
}

interface Hands {
  fromMemberId: string
  toMemberId: string
}

@Injectable()
export class MergeWork {
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
   * Merges. Refuses `member_not_found`, `member_merged` (one of them is not a record of its own any
   * more), `input_invalid` (the two are one; a pending record may not outlive an active one),
   * `merge_too_large`, `pair_decided` (somebody was first), and `idempotency_conflict`. The same key with the same input answers as before.
   */
  async run(tx: Tx, order: MergeOrder): Promise<Merged | Refusal> {
    const { survivorId, absorbedId, nowMs } = order
    const found = await this.records.lock(tx, [survivorId, absorbedId])
    const before = await this.#doneBefore(tx, order)
    if (before) return before
    const [survivor, absorbed] = [found.get(survivorId), found.get(absorbedId)]
    const refusal = refusalOf(survivor, absorbed)
    if (refusal) return refusal
    if (!survivor || !absorbed) return refuse('member_not_found')
    if (!(await this.#isUndecided(tx, order.pairId))) return refuse('pair_decided')
    const book = await PointsBook.open(tx, [survivorId, absorbedId])
    // What a till has set aside comes back first: its order is of neither record as it is now.
    await this.holds.releaseAll(tx, book, {
      memberIds: [survivorId, absorbedId],
      actor: actorOf(order.by),
      nowMs,
    })
    const { refunds: policy } = await this.settings.points(tx)
    const own = await this.purchases.ofMember(tx, absorbedId, PURCHASES_MOVED_MAX)
    if (own.length > PURCHASES_MOVED_MAX) return refuse('merge_too_large')
    const moved = order.moveHistory ? own : []
    const purchasePoints = await this.purchases.pointsOf(tx, absorbedId)
    const hands = { fromMemberId: absorbedId, toMemberId: survivorId }
    const mergeId = mintId(nowMs)
    const merging = { mergeId, survivorId, absorbedId, actor: actorOf(order.by), nowMs }
    await this.referrals.takeBack(tx, book, merging)
    const steps: NewStep[] = []
    const noted = (kind: NewStep['kind'], ids: readonly string[]) => {
      steps.push(...ids.map((subjectId) => ({ kind, subjectId, ...hands })))
      return ids.length
    }
    const identities = await this.records.identityRowsOf(tx, absorbedId)
    const changes: MergeChanges = {
      identities: countsOf(identities),
      aliases: 1 + noted('alias', await this.#takeAliases(tx, hands)),
      purchases: {
        moved: noted('purchase', idsOf(moved)),
        left: own.length - moved.length,
        movedFen: sumOf(moved),
      },
      points: await takePoints(tx, { mergeId, order, book, policy }),
      messages: noted('message', await this.#takeMessages(tx, hands)),
      sessions: noted('session', await this.#takeSessions(tx, hands)),
      coupons: noted('coupon', await this.#takeCoupons(tx, hands, { ...order, mergeId })),
      profile: await this.profiles.merge(tx, { ...hands, nowMs, steps }),
      consents: await this.consents.merge(tx, { mergeId, survivorId, absorbedId, nowMs }),
      stores: 0,
    }
    noted('pack', await this.packs.give(tx, hands, null))
    noted('exchange', await this.mall.give(tx, hands, null))
    noted('identity', idsOf(identities))
    await this.records.giveIdentities(tx, idsOf(identities), survivorId)
    await this.purchases.give(tx, idsOf(moved), survivorId)
    const sales = moved.filter(({ kind }) => kind === 'sale')
    if (sales.length > 0) await this.metrics.moveSales(tx, hands, sales)
    changes.stores = noted('store', await this.metrics.copyTies(tx, hands))
    await this.#putStates(tx, { survivor, absorbed, nowMs })
    const decided = { state: 'merged' as const, by: order.by, atMs: nowMs }
    await this.pairs.decide(tx, [survivorId, absorbedId], decided)
    const merge = mergeRow({ id: mergeId, order, survivor, absorbed, changes, purchasePoints })
    await this.journal.insert(tx, merge)
    await this.journal.append(tx, { mergeId, phase: 'merge', nowMs }, steps)
    await this.eventLog.append(tx, [mergeEvent('member.merged', merge, nowMs)], nowMs)
    return { ok: true, merge, changes }
  }

  async #doneBefore(tx: Tx, { idempotency }: MergeOrder): Promise<Merged | Refusal | null> {
    if (idempotency === null) return null
    const merge = await this.journal.byKey(tx, idempotency.key)
    if (!merge) return null
    if (merge.inputSha256 !== idempotency.inputSha256) return refuse('idempotency_conflict')
    return { ok: true, merge, changes: JSON.parse(merge.changes) as MergeChanges }
  }

  /** A pair that somebody decided against at this moment is not merged; it is locked until the end. */
  async #isUndecided(tx: Tx, pairId: string | null): Promise<boolean> {
    return pairId === null || (await this.pairs.lock(tx, pairId))?.state === 'open'
  }

  async #takeAliases(tx: Tx, { fromMemberId, toMemberId }: Hands): Promise<string[]> {
    const ids = await this.records.aliasesOf(tx, fromMemberId)
    await this.records.pointAliases(tx, ids, toMemberId)
    return ids
  }

  async #takeMessages(tx: Tx, hands: Hands): Promise<string[]> {
    const ids = await this.messages.movable(tx, hands.fromMemberId, hands.toMemberId)
    return this.messages.give(tx, ids, hands)
  }

  #takeCoupons(
    tx: Tx,
    hands: Hands,
    { by, nowMs, mergeId }: MergeOrder & { mergeId: string },
  ): Promise<string[]> {
    return this.coupons.give(tx, hands, { actor: actorOf(by), nowMs, mergeId, ids: null })
  }

  async #takeSessions(tx: Tx, { fromMemberId, toMemberId }: Hands): Promise<string[]> {
    const ids = idsOf(await this.records.sessionsOf(tx, fromMemberId))
    await this.records.giveSessions(tx, ids, toMemberId)
    return ids
  }

  async #putStates(
    tx: Tx,
    { survivor, absorbed, nowMs }: { survivor: Member; absorbed: Member; nowMs: number },
  ): Promise<void> {
    // Who came by WeChat alone has no store yet: then the store that knew the other one is theirs.
    const registeredStoreId = survivor.registeredStoreId ?? absorbed.registeredStoreId
    await this.records.putState(tx, survivor.id, { ...survivor, registeredStoreId }, nowMs)
    const gone = { ...absorbed, state: 'merged', mergedIntoId: survivor.id }
    await this.records.putState(tx, absorbed.id, gone, nowMs)
  }
}

async function takePoints(
  tx: Tx,
  {
    mergeId,
    order,
    book,
    policy,
  }: { mergeId: string; order: MergeOrder; book: PointsBook; policy: RefundPolicy },
): Promise<MergeChanges['points']> {
  const { survivorId, absorbedId, nowMs } = order
  const actor = actorOf(order.by)
  recallDebts(book, absorbedId, { actor, nowMs })
  const survivorBefore = book.balanceOf(survivorId)
  const absorbedBefore = book.balanceOf(absorbedId)
  book.moveBetween({
    mergeId,
    reason: 'merge',
    fromMemberId: absorbedId,
    toMemberId: survivorId,
    points: absorbedBefore,
    explanation: `会员档案合并，转移 ${String(absorbedBefore)} 分`,
    actor,
    nowMs,
  })
  settleDebts(book, survivorId, policy, { actor, nowMs })
  await book.close(tx)
  return { survivorBefore, absorbedBefore, survivorAfter: book.balanceOf(survivorId) }
}

/** Who acts in the book. */
export function actorOf(staffId: string | null): string {
  return staffId === null ? 'system:merge' : `staff:${staffId}`
}

/** What consumers of events are told of a merge, and of its undoing. */
export function mergeEvent(
  type: MergeEvent['type'],
  { id, survivorId, absorbedId }: Pick<MemberMerge, 'id' | 'survivorId' | 'absorbedId'>,
  nowMs: number,
): MergeEvent {
  return { type, aggregateId: id, occurredAtMs: nowMs, payload: { survivorId, absorbedId } }
}

/** How many of each kind. */
export function countsOf(identities: readonly { kind: string }[]): MergeChanges['identities'] {
  return IDENTITY_KINDS.flatMap((kind: IdentityKind) => {
    const count = identities.filter((identity) => identity.kind === kind).length
    return count === 0 ? [] : [{ kind, count }]
  })
}

/** The ids of rows, in their order. */
export function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id)
}

function refusalOf(survivor: Member | undefined, absorbed: Member | undefined): Refusal | null {
  if (!survivor || !absorbed) return refuse('member_not_found')
  if (survivor.state === 'erased' || absorbed.state === 'erased') return refuse('member_not_found')
  if (survivor.id === absorbed.id) return refuse('input_invalid', '请选择两位不同的会员')
  if (survivor.state === 'merged' || absorbed.state === 'merged') return refuse('member_merged')
  if (survivor.state === 'pending' && absorbed.state === 'active')
    return refuse('input_invalid', '已激活的会员要作为保留的一方')
  return null
}

function sumOf(purchases: readonly { kind: string; totalFen: number }[]): Fen {
  const sum = purchases.reduce(
    (total, { kind, totalFen }) => total + (kind === 'sale' ? totalFen : -totalFen),
    0,
  )
  return sum as Fen
}

function mergeRow(of: {
  id: string
  order: MergeOrder
  survivor: Member
  absorbed: Member
  changes: MergeChanges
  purchasePoints: number
}): MemberMerge {
  const { order, survivor, absorbed, changes } = of
  return {
    id: of.id,
    survivorId: survivor.id,
    absorbedId: absorbed.id,
    state: 'done',
    how: order.how,
    pairId: order.pairId,
    survivorState: survivor.state,
    absorbedState: absorbed.state,
    survivorStoreId: survivor.registeredStoreId,
    moveHistory: order.moveHistory ? 1 : 0,
    movedPoints: points(changes.points.absorbedBefore),
    purchasePoints: of.purchasePoints,
    changes: JSON.stringify(changes),
    mergedAtMs: order.nowMs,
    mergedBy: order.by,
    changedAtMs: order.nowMs,
    undoneAtMs: null,
    undoneBy: null,
    undoChanges: null,
    idempotencyKey: order.idempotency?.key ?? null,
    inputSha256: order.idempotency?.inputSha256 ?? null,
  }
}
