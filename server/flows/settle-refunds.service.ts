import { Injectable } from '@nestjs/common'
import { RECEIPT_LINES_MAX } from '@huike/shared/contracts/agent'
import type {
  RefundPreview,
  RefundPreviewRequest,
  RefundSettleRequest,
  SpendingTerms,
} from '@huike/shared/contracts/spending'
import type { MemberId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { points, type Fen, type Points } from '@huike/shared/quantities'
import { coveredBy, worthOf } from '@huike/shared/spending'
import { CouponReservationsService } from '../coupons/coupon-reservations.service.js'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { Database, type Rx, type Tx } from '../platform/database.js'
import { missingAfter, settledBy, settleInMoney } from '../points/debts.service.js'
import { PointsBook } from '../points/points-book.service.js'
import { PointsService } from '../points/points.service.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import { PurchasesService } from '../purchases/purchases.service.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { StoresService } from '../stores/stores.service.js'
import { TerminalInboxService } from '../stores/terminal-inbox.service.js'
import type { TerminalContext } from '../stores/terminals.service.js'
import { previewCoupons, previewRefund, refundableOf } from './refund-preview.js'

// Refunds of points that are spent by now: told to the cashier before the money is returned, and
// settled where the cashier kept the worth of them back.

const UNKNOWN_NUMBER = '本店没有这个小票号的销售，请核对号码；没有小票就请店长处理'

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
    private readonly stores: StoresService,
    private readonly purchases: PurchasesService,
    private readonly members: MembersService,
    private readonly points: PointsService,
    private readonly inbox: TerminalInboxService,
    private readonly reservations: CouponReservationsService,
  ) {}

  /**
   * What a refund of a sale of this store would do. Refuses `purchase_not_found`, `refund_elsewhere`
   * (another store has a sale of this number), `refund_done` and `refund_too_much`.
   */
  preview(
    from: TerminalContext,
    { receiptNo, refundFen }: RefundPreviewRequest,
  ): Promise<{ ok: true; preview: RefundPreview } | Refusal> {
    return this.database.read(async (rx) => {
      const at = { storeId: from.store.id, terminalId: from.terminal.id }
      const sale = await this.purchases.saleByReceiptNo(rx, at, receiptNo)
      if (!sale) {
        const others = await this.stores.idsBeside(rx, from.store.id)
        return (await this.purchases.hasSaleIn(rx, others, receiptNo))
          ? refuse('refund_elsewhere')
          : refuse('purchase_not_found', UNKNOWN_NUMBER)
      }
      const refundable = refundableOf(sale, refundFen)
      if (!refundable.ok) return refundable
      const settings = await this.settings.points(rx)
      const owner =
        sale.memberId === null
          ? undefined
          : (await this.members.findByIds(rx, [sale.memberId])).get(sale.memberId)
      const account = owner ? await this.points.accountOf(rx, owner.id) : null
      const preview = previewRefund(sale, refundable.refundFen, { account, settings })
      const memberId = owner ? (owner.id as MemberId) : null
      const coupons = await this.#coupons(rx, sale, refundable.refundFen)
      return { ok: true as const, preview: { memberId, ...preview, coupons } }
    })
  }

  /**
   * Notes that the cashier kept money back for points that were missing after a refund; once per
   * refund, never more than was missing, and never more than the money is worth. Refuses
   * `purchase_not_found` (no refund of this till that answers a member's sale) and `spending_off` (the
   * chain settles nothing in money).
   */
  settle(
    from: TerminalContext,
    { checkoutEventId, keptFen }: RefundSettleRequest,
  ): Promise<Settled | Refusal> {
    return this.database.write(async (tx) => {
      const event = (await this.inbox.find(tx, [checkoutEventId])).get(checkoutEventId)
      const isOwn = event?.terminalId === from.terminal.id && event.purchaseId !== null
      const [refund] = isOwn ? await this.purchases.findByIds(tx, [event.purchaseId ?? '']) : []
      if (refund?.kind !== 'refund' || refund.originalPurchaseId === null)
        return refuse('purchase_not_found')
      const { spending, refunds } = await this.settings.points(tx)
      if (spending === null || refunds !== 'cash') return refuse('spending_off')
      const actor = `terminal:${from.terminal.id}`
      return this.#settle(tx, refund, { spending, keptFen, actor })
    })
  }

  async #coupons(rx: Rx, sale: Purchase, refundFen: Fen): Promise<RefundPreview['coupons']> {
    if (sale.couponFen === null) return null
    const paid = await this.reservations.paidWith(rx, sale.id)
    const lines = await this.purchases.firstLinesOf(rx, [sale.id], RECEIPT_LINES_MAX)
    return previewCoupons(sale, refundFen, { paid, lines: lines.get(sale.id) ?? [] })
  }

  async #settle(
    tx: Tx,
    refund: Purchase,
    { spending, keptFen, actor }: { spending: SpendingTerms; keptFen: Fen; actor: string },
  ): Promise<Settled | Refusal> {
    const ownerOf = async () =>
      (await this.members.findByIds(tx, [refund.memberId ?? ''])).get(refund.memberId ?? '')?.id
    const ownerId = await ownerOf()
    if (ownerId === undefined) return refuse('purchase_not_found')
    const book = await PointsBook.open(tx, [ownerId])
    // Asked again now that the account is held.
    if ((await ownerOf()) !== ownerId) return refuse('member_merged')
    const before = await settledBy(tx, refund.id)
    const settledPoints = points(
      before ??
        Math.min(
          refund.reversedPoints,
          await missingAfter(tx, refund.id),
          coveredBy(spending, keptFen),
        ),
    )
    const settledFen = worthOf(spending, settledPoints)
    if (before === null)
      settleInMoney(book, ownerId, {
        ...{ refundId: refund.id, count: settledPoints, worthFen: settledFen },
        ...{ actor, nowMs: this.clock.nowMs() },
      })
    await book.close(tx)
    return { ok: true, settledPoints, settledFen, balancePoints: book.balanceOf(ownerId) }
  }
}
