import type {
  CashierRefund,
  CashierRefundAnswer,
  CashierRefundConfirmed,
  CashierRefundWithdrawn,
} from '@huike/shared/contracts/cashier'
import type { RefundPreview } from '@huike/shared/contracts/spending'
import type { RefundId } from '@huike/shared/ids'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Clock } from '../platform/clock.js'
import { mintRefundId } from '../platform/mint.js'
import { StorageFullError } from '../store/context.js'
import type { KeptRefund } from '../store/kept-refunds.js'
import type { AppliedResult } from '../store/outbox.js'
import type { Store } from '../store/store.js'
import type { SpendingCalls } from '../uplink/spending-calls.js'
import { answered } from './asked.js'
import { RequestRefused } from './problem.js'

// What a refund does with points, told before the money is returned. Only the server knows it, so
// without it the cashier is told at once what cannot be known, and how to go on. The refund itself is
// made at the till, and its receipt moves the points. Where the chain has the cashier keep money back,
// that word is on disk before it is answered, and is told to the server once it has the receipt.

/** What was shown longer ago is asked for again: the member may have spent more since. */
export const SHOWN_MS_MAX = 10 * 60_000
/** More than are looked at between two refunds. */
const SHOWN_MAX = 16
/** A sale that is still on its way to the server is waited for. */
const SALE_WAIT_MS = 1_500
const NOT_CONFIRMED = '这张小票的金额还没有确认，请先按 Esc 返回，按它的 F 键确认金额'
/** The server may say otherwise another time. */
const TRY_AGAIN: readonly OutcomeCode[] = ['busy', 'internal', 'rate_limited', 'member_merged']

export interface RefundPorts {
  store: Store
  clock: Clock
  isOnline: () => boolean
  spending: SpendingCalls
  /** Send what is new; a person waits when `isUrgent`. */
  send: (isUrgent: boolean) => void
  /** Resolves with what became of an event, or null when it takes too long. */
  settled: (eventId: string, limitMs: number) => Promise<AppliedResult | null>
  /** Something of this member is known anew. */
  onChanged: (memberId: string) => void
  onReceipts: () => void
  /** Money was kept back that the server will not book. */
  onUnsettled: (refund: { refundId: RefundId; code: OutcomeCode }) => void
}

/** What a cashier was shown. */
interface Shown {
  receiptNo: string
  preview: RefundPreview
  afterReceiptSeq: number
  atMonotonicMs: number
}

export class RefundsAtTill {
  private readonly shown = new Map<RefundId, Shown>()
  private settling: Promise<void> | null = null

  constructor(private readonly ports: RefundPorts) {}

  /**
   * What a refund would do with points. Refuses `refund_offline`, `refund_unsent` (the server does not
   * have the sale yet), `receipt_conflict`, and as the server does.
   */
  async preview({ receiptNo, refundFen }: CashierRefund): Promise<CashierRefundAnswer> {
    const { store, clock, spending } = this.ports
    if (!this.ports.isOnline()) throw new RequestRefused('refund_offline')
    await this.sent(receiptNo)
    const afterReceiptSeq = await store.keptRefunds.lastReceipt()
    const asked = await spending.previewRefund({ receiptNo, refundFen })
    const { preview } = answered(asked, 'refund_offline')
    const refundId = mintRefundId(clock.correctedNowMs())
    const atMonotonicMs = clock.monotonicMs()
    this.shown.set(refundId, { receiptNo, preview, afterReceiptSeq, atMonotonicMs })
    for (const [id] of this.shown) if (this.shown.size > SHOWN_MAX) this.shown.delete(id)
    const { memberId } = preview
    const member = memberId === null ? null : await store.members.find(memberId)
    return { refundId, preview, phoneMasked: member?.phoneMasked ?? null }
  }

  /**
   * The cashier has read it and makes the refund. Needs no network. Refuses `refund_stale` (shown too
   * long ago, or by an agent that was restarted since) and `busy` (no room on the disk for the word
   * that money is kept back: nothing is promised).
   */
  async confirm(refundId: RefundId): Promise<CashierRefundConfirmed> {
    const { store, clock } = this.ports
    const shown = this.shown.get(refundId)
    if (!shown || clock.monotonicMs() - shown.atMonotonicMs > SHOWN_MS_MAX)
      throw new RequestRefused('refund_stale')
    const { receiptNo, afterReceiptSeq, preview } = shown
    const { refundFen, keptBackFen: keptFen } = preview
    const nowMs = clock.correctedNowMs()
    if (keptFen > 0) {
      try {
        await store.keptRefunds.keep({ refundId, receiptNo, keptFen, afterReceiptSeq, nowMs })
      } catch (error) {
        if (error instanceof StorageFullError) throw new RequestRefused('busy')
        throw error
      }
    }
    return { refundId, refundFen, keptFen }
  }

  /** The cashier keeps nothing back after all. Needs no network; the same once more is the same. */
  async withdraw(refundId: RefundId): Promise<CashierRefundWithdrawn> {
    const { keptRefunds } = this.ports.store
    // Its receipt may be there, and not looked at yet.
    await keptRefunds.due(this.ports.clock.correctedNowMs())
    return { refundId, isWithdrawn: await keptRefunds.withdraw(refundId) }
  }

  /** Tells the server of the money that was kept back of refunds it has by now. */
  settleDue(): Promise<void> {
    this.settling ??= this.settleAll().finally(() => {
      this.settling = null
    })
    return this.settling
  }

  private async settleAll(): Promise<void> {
    const { store, clock } = this.ports
    if (!this.ports.isOnline()) return
    for (const kept of await store.keptRefunds.due(clock.correctedNowMs()))
      if (!(await this.settleOne(kept))) return
  }

  /** False where the server cannot be asked now. */
  private async settleOne({
    refundId,
    checkoutEventId,
    keptFen,
    memberId,
  }: KeptRefund): Promise<boolean> {
    const { store, spending } = this.ports
    const asked = await spending.settleRefund({ checkoutEventId, keptFen })
    if (asked.kind === 'unreachable') return false
    if (asked.kind === 'refused') {
      if (TRY_AGAIN.includes(asked.code)) return false
      await store.keptRefunds.refuse(refundId, asked.code)
      this.ports.onUnsettled({ refundId, code: asked.code })
    } else {
      const { settledPoints, settledFen, balancePoints, serverTimeMs } = asked.answer
      await store.keptRefunds.settle(refundId, { points: settledPoints, settledFen })
      if (memberId !== null) {
        await store.members.noteBalance(memberId, { balancePoints, asOfMs: serverTimeMs })
        this.ports.onChanged(memberId)
      }
    }
    this.ports.onReceipts()
    return true
  }

  /** A sale of this till that the server does not have yet is sent first. */
  private async sent(receiptNo: string): Promise<void> {
    const sale = await this.ports.store.keptRefunds.ownSale(receiptNo)
    switch (sale?.state) {
      case 'needs_confirm':
        throw new RequestRefused('refund_unsent', undefined, NOT_CONFIRMED)
      case 'parked':
        throw new RequestRefused('receipt_conflict')
      case 'waiting': {
        const outcome = this.ports.settled(sale.receiptId, SALE_WAIT_MS)
        this.ports.send(true)
        if ((await outcome)?.status !== 'settled') throw new RequestRefused('refund_unsent')
        return
      }
      case 'settled':
      case 'attached':
      case 'ignored':
      case 'dropped':
      case undefined:
        return
    }
  }
}
