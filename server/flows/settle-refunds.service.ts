import { Injectable } from '@nestjs/common'
import type {
  PointsSettings,
  RefundPreview,
  RefundPreviewRequest,
} from '@huike/shared/contracts/spending'
import { reversedPoints } from '@huike/shared/earning'
import type { MemberId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { fen, formatFen, points, type Fen, type Points } from '@huike/shared/quantities'
import { worthOf } from '@huike/shared/spending'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { Database, type Tx } from '../platform/database.js'
import { settledBy, settleInMoney } from '../points/debts.service.js'
import { PointsBook } from '../points/points-book.service.js'
import { PointsService } from '../points/points.service.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'

// Refunds of points that are spent by now: told to the cashier before the money is returned, and
// settled where the cashier kept the worth of them back.

/** What was paid in money, and what that leaves. */
export interface Settled {
  ok: true
  settledPoints: Points
  settledFen: Fen
  balancePoints: Points
}

@Injectable()
export class SettleRefundsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: ChainSettingsService,
    private readonly purchases: PurchasesService,
    private readonly members: MembersService,
    private readonly points: PointsService,
    private readonly inbox: TerminalInboxService,
  ) {}

  /** What a refund of a sale of this store would do. Refuses `purchase_not_found`. */
  preview(
    from: TerminalContext,
    { receiptNo, refundFen }: RefundPreviewRequest,
  ): Promise<{ ok: true; preview: RefundPreview } | Refusal> {
    return this.database.read(async (rx) => {
      const sale = await this.purchases.saleByReceiptNo(rx, from.store.id, receiptNo)
      if (!sale) return refuse('purchase_not_found')
      const settings = await this.settings.points(rx)
      const owner =
        sale.memberId === null
          ? undefined
          : (await this.members.findByIds(rx, [sale.memberId])).get(sale.memberId)
      if (!owner) return { ok: true as const, preview: nobodys(settings) }
      const balance = await this.points.balanceOf(rx, owner.id)
      const preview = previewOf(sale, { refundFen, balance, settings })
      return { ok: true as const, preview: { memberId: owner.id as MemberId, ...preview } }
    })
  }

  /**
   * Notes that the cashier kept money back for points that are missing after a refund; once per
   * refund, and never more than is missing. Refuses `purchase_not_found` (no refund of this till that
   * answers a member's sale) and `spending_off` (the chain settles nothing in money).
   */
  settle(from: TerminalContext, checkoutEventId: string): Promise<Settled | Refusal> {
    return this.database.write(async (tx) => {
      const event = (await this.inbox.find(tx, [checkoutEventId])).get(checkoutEventId)
      const isOwn = event?.terminalId === from.terminal.id && event.purchaseId !== null
      const [refund] = isOwn ? await this.purchases.findByIds(tx, [event.purchaseId ?? '']) : []
      if (refund?.kind !== 'refund' || refund.originalPurchaseId === null)
        return refuse('purchase_not_found')
      const { spending, refunds } = await this.settings.points(tx)
      if (spending === null || refunds !== 'cash') return refuse('spending_off')
      return this.#settle(tx, refund, { spending, actor: `terminal:${from.terminal.id}` })
    })
  }

  async #settle(
    tx: Tx,
    refund: Purchase,
    { spending, actor }: { spending: NonNullable<PointsSettings['spending']>; actor: string },
  ): Promise<Settled | Refusal> {
    const ownerOf = async () =>
      (await this.members.findByIds(tx, [refund.memberId ?? ''])).get(refund.memberId ?? '')?.id
    const ownerId = await ownerOf()
    if (ownerId === undefined) return refuse('purchase_not_found')
    const book = await PointsBook.open(tx, [ownerId])
    // Asked again now that the account is held.
    if ((await ownerOf()) !== ownerId) return refuse('member_merged')
    const before = await settledBy(tx, refund.id)
    const settled =
      before ??
      settleInMoney(book, ownerId, {
        refundId: refund.id,
        most: refund.reversedPoints,
        worth: (count) => worthOf(spending, count),
        actor,
        nowMs: this.clock.nowMs(),
      })
    await book.close(tx)
    const settledPoints = points(settled)
    return {
      ok: true,
      settledPoints,
      settledFen: worthOf(spending, settledPoints),
      balancePoints: book.balanceOf(ownerId),
    }
  }
}

function nobodys({ refunds }: PointsSettings): RefundPreview {
  const none = points(0)
  return {
    memberId: null,
    ...{ takenPoints: none, returnedPoints: none, missingPoints: none, balanceAfterPoints: none },
    policy: refunds,
    keptBackFen: fen(0),
    words: '这张小票没有记在会员名下，退款不影响积分。',
  }
}

/** What a refund would do with the points of its sale. */
function previewOf(
  sale: Purchase,
  { refundFen, balance, settings }: { refundFen: Fen; balance: Points; settings: PointsSettings },
): Omit<RefundPreview, 'memberId'> {
  const refundedFen = fen(Math.min(sale.totalFen, sale.refundedFen + refundFen))
  const partOf = (whole: number, before: number) =>
    reversedPoints({
      earned: points(whole),
      totalFen: fen(sale.totalFen),
      refundedFen,
      alreadyReversed: points(before),
    })
  const takenPoints = partOf(sale.earnedPoints, sale.reversedPoints)
  const returnedPoints = partOf(sale.spentPoints ?? 0, sale.returnedPoints ?? 0)
  const after = balance - takenPoints + returnedPoints
  const missingPoints = points(Math.max(0, -after) - Math.max(0, -balance))
  const { spending, refunds: policy } = settings
  const isCash = policy === 'cash' && spending !== null && missingPoints > 0
  const keptBackFen = isCash ? worthOf(spending, missingPoints) : fen(0)
  const words = [
    `收回积分 ${String(takenPoints)} 分`,
    ...(returnedPoints > 0 ? [`退回抵现用的 ${String(returnedPoints)} 分`] : []),
    ...(missingPoints > 0 ? [missingInWords(missingPoints, policy, keptBackFen)] : []),
  ]
  return {
    ...{ takenPoints, returnedPoints, missingPoints, policy, keptBackFen },
    balanceAfterPoints: points(policy === 'negative' ? after : Math.max(0, after)),
    words: `${words.join('，')}。`,
  }
}

function missingInWords(
  missing: Points,
  policy: RefundPreview['policy'],
  keptBackFen: Fen,
): string {
  const spent = `其中 ${String(missing)} 分会员已经用掉`
  if (policy === 'negative') return `${spent}，余额将为负`
  if (policy === 'next_earn') return `${spent}，从以后的积分中扣`
  return `${spent}，请从退款中扣下 ${formatFen(keptBackFen)}`
}
