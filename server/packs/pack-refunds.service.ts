import { Injectable } from '@nestjs/common'
import type { StaffRefundReason } from '@huike/shared/contracts/console-packs'
import type { PackRefundRequest } from '@huike/shared/contracts/packs'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { isUnused, SoldCouponsService } from '../coupons/sold-coupons.service.js'
import type { Coupon } from '../coupons/coupon.entity.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, UniqueViolation, valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { PayRefund } from '../platform/wechat-pay.js'
import type { PackGrant } from './pack-grant.entity.js'
import type { PackOrder } from './pack-order.entity.js'
import type { PackRefund } from './pack-refund.entity.js'
import { OPEN_REFUNDS, REFUND_COLUMNS, grantsOf, orderBy, refundsOf } from './pack-rows.js'
import { PayFindingsService } from './pay-findings.service.js'

// Refunds of coupons nobody used. The coupons are void, and the refund has its number, before WeChat
// Pay hears of it; whatever is lost on the way, the same number is asked for again, so that the money
// goes once. Money that WeChat Pay says will not go gives the coupons back; money that is stuck is
// named for a person.

const REFUND_PREFIX = 'HR'
const REFUNDABLE: ReadonlySet<string> = new Set(['issued', 'refunding', 'partly'])
const RACES_MAX = 3
/** A refund that is stuck is mended by a person at WeChat Pay; then it ends there. */
const ABNORMAL_LOOK_MS = 6 * 3_600_000
/** WeChat Pay takes a while. */
const SENT_LOOK_MS = 60_000

export type RefundAsked = { ok: true; refund: PackRefund } | Refusal

/** Who of the staff gives money back, and why. */
export interface RefundingStaff {
  staffId: string
  reason: StaffRefundReason
  note: string
  /** Runs once, in the transaction that writes the refund down. */
  also: (tx: Tx, refund: PackRefund) => Promise<void>
}

interface Asking {
  /** Whose order it has to be; null: staff may of anybody. */
  memberId: string | null
  orderId: string
  request: PackRefundRequest
  by: RefundingStaff | null
}

@Injectable()
export class PackRefundsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sold: SoldCouponsService,
    private readonly findings: PayFindingsService,
  ) {}

  /**
   * Asks for money back, once per request: voids the coupons and writes the refund down. Refuses
   * `not_found`, `pack_nothing_back` (also where one that was named cannot go back),
   * `pack_refund_changed` and `idempotency_conflict`.
   */
  ask(memberId: string, orderId: string, request: PackRefundRequest): Promise<RefundAsked> {
    return this.#askOnce({ memberId, orderId, request, by: null })
  }

  /** Staff give money back for a member, by the same rules. Refuses as `ask` does. */
  askByStaff(
    by: RefundingStaff,
    orderId: string,
    request: PackRefundRequest,
  ): Promise<RefundAsked> {
    return this.#askOnce({ memberId: null, orderId, request, by })
  }

  async #askOnce(asking: Asking): Promise<RefundAsked> {
    for (let race = 1; ; race += 1) {
      try {
        const asked = await this.database.write((tx) => this.#ask(tx, asking))
        crashPoint('pack.after-void')
        return asked
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** Has a refund learn what WeChat Pay says of it. What ended stays as it ended. */
  async settle(tx: Tx, told: PayRefund): Promise<void> {
    const [known] = await tx.rows<PackRefund>('SELECT * FROM pack_refund WHERE refundNo = ?', [
      told.refundNo,
    ])
    const order = known ? await orderBy(tx, 'id', known.orderId) : null
    if (!known || !order) return
    const [refund] = await tx.rows<PackRefund>(
      `SELECT * FROM pack_refund WHERE id = ?${tx.forUpdate}`,
      [known.id],
    )
    if (!refund || !OPEN_REFUNDS.has(refund.state)) return
    if (told.orderNo !== order.orderNo || told.refundFen !== refund.refundFen) {
      await this.#note(tx, 'mismatch', { refund, theirFen: told.refundFen, detail: '退款金额不符' })
      return
    }
    await this.#become(tx, { order, refund }, told.state)
    crashPoint('pack.inside-refunded')
  }

  /** WeChat Pay refused it for now: it is asked for again, and somebody should know why. */
  async noteRefused(tx: Tx, refund: PackRefund, code: string): Promise<void> {
    await this.#note(tx, 'refund_refused', { refund, theirFen: null, detail: code })
  }

  /** Which coupons of an order could go back now, and their rows. */
  refundable(
    order: PackOrder,
    grants: readonly PackGrant[],
    coupons: ReadonlyMap<string, Coupon>,
  ): PackGrant[] {
    if (!REFUNDABLE.has(order.state)) return []
    return grants.filter(({ state, couponId }) => {
      if (state === 'due') return true
      const coupon = couponId === null ? undefined : coupons.get(couponId)
      return state === 'issued' && coupon !== undefined && this.#isBack(order, coupon)
    })
  }

  /** Unused, and still of whoever has the order. */
  #isBack(order: PackOrder, coupon: Coupon): boolean {
    return coupon.memberId === order.memberId && isUnused(coupon, this.clock.nowMs())
  }

  async #ask(tx: Tx, { memberId, orderId, request, by }: Asking): Promise<RefundAsked> {
    const order = await orderBy(tx, 'id', orderId)
    if (!order || order.memberId !== (memberId ?? order.memberId)) return refuse('not_found')
    const requestKey = `${by?.staffId ?? order.memberId}|${request.requestId}`
    const grants = await grantsOf(tx, [orderId])
    const [before] = await tx.rows<PackRefund>('SELECT * FROM pack_refund WHERE requestKey = ?', [
      requestKey,
    ])
    if (before) {
      const isSame = before.orderId === orderId && isSameAsking(before, grants, { request, by })
      return isSame ? { ok: true, refund: before } : refuse('idempotency_conflict')
    }
    const ids = grants.flatMap(({ couponId }) => (couponId === null ? [] : [couponId]))
    const coupons = new Map((await this.sold.byIds(tx, ids)).map((coupon) => [coupon.id, coupon]))
    const able = this.refundable(order, grants, coupons)
    const chosen = request.seqs
    const back = chosen === null ? able : able.filter(({ seq }) => chosen.includes(seq))
    const refundFen = back.reduce((sum, { shareFen }) => sum + shareFen, 0)
    const isShort = chosen !== null && back.length < chosen.length
    if (isShort || refundFen === 0) return refuse('pack_nothing_back')
    if (refundFen !== request.refundFen) return refuse('pack_refund_changed')
    const backIds = back.flatMap(({ couponId }) => couponId ?? [])
    const refusal = await this.sold.whyNotVoid(tx, backIds, this.clock.nowMs())
    if (refusal) return refusal
    const refund = await this.#take(tx, { order, back, coupons, requestKey, by })
    await by?.also(tx, refund)
    return { ok: true, refund }
  }

  /** The coupons first: from here on nobody can use them. */
  async #take(
    tx: Tx,
    of: {
      order: PackOrder
      back: readonly PackGrant[]
      coupons: ReadonlyMap<string, Coupon>
      requestKey: string
      by: RefundingStaff | null
    },
  ): Promise<PackRefund> {
    const { order, back, coupons, requestKey, by } = of
    const nowMs = this.clock.nowMs()
    const id = mintId(nowMs)
    const actor = by ? `staff:${by.staffId}` : `member:${order.memberId}`
    const given = back.flatMap(({ couponId }) => {
      const coupon = couponId === null ? undefined : coupons.get(couponId)
      return coupon ? [coupon] : []
    })
    await this.sold.void(tx, given, { actor, nowMs, aboutId: id })
    await tx.updateEach(
      'pack_grant',
      'id',
      ['state', 'refundId'],
      back.map((grant) => [grant.id, 'void', id]),
    )
    const refund: PackRefund = {
      ...{ id, orderId: order.id, refundNo: REFUND_PREFIX + id, requestKey },
      refundFen: back.reduce((sum, { shareFen }) => sum + shareFen, 0),
      ...{ coupons: back.length, state: 'asked', createdAtMs: nowMs, nextAtMs: nowMs },
      ...{ endedAtMs: null, attempts: 0, billedOn: null, staffId: by?.staffId ?? null },
      ...{ reason: by?.reason ?? null, note: by && by.note !== '' ? by.note : null },
    }
    await tx.insert('pack_refund', REFUND_COLUMNS, [valuesOf(refund, REFUND_COLUMNS)])
    await tx.run("UPDATE pack_order SET state = 'refunding' WHERE id = ?", [order.id])
    crashPoint('pack.inside-void')
    return refund
  }

  async #become(
    tx: Tx,
    of: { order: PackOrder; refund: PackRefund },
    state: string,
  ): Promise<void> {
    const { order, refund } = of
    const nowMs = this.clock.nowMs()
    switch (state) {
      case 'SUCCESS':
        await this.#put(tx, refund, { state: 'done', endedAtMs: nowMs, nextAtMs: null })
        await this.#putOrder(tx, order, refund.refundFen)
        return
      case 'CLOSED':
        await this.#put(tx, refund, { state: 'closed', endedAtMs: nowMs, nextAtMs: null })
        await this.#giveBack(tx, refund, nowMs)
        await this.#putOrder(tx, order, 0)
        return
      case 'ABNORMAL': {
        await this.#note(tx, 'refund_abnormal', { refund, theirFen: null, detail: '退款异常' })
        const nextAtMs = nowMs + ABNORMAL_LOOK_MS
        await this.#put(tx, refund, { state: 'abnormal', endedAtMs: null, nextAtMs })
        return
      }
      default: {
        const nextAtMs = nowMs + SENT_LOOK_MS
        await this.#put(tx, refund, { state: 'sent', endedAtMs: null, nextAtMs })
      }
    }
  }

  async #put(
    tx: Tx,
    { id }: PackRefund,
    as: Pick<PackRefund, 'state' | 'endedAtMs' | 'nextAtMs'>,
  ): Promise<void> {
    await tx.run('UPDATE pack_refund SET state = ?, endedAtMs = ?, nextAtMs = ? WHERE id = ?', [
      as.state,
      as.endedAtMs,
      as.nextAtMs,
      id,
    ])
  }

  /** What an order is after one of its refunds ended. */
  async #putOrder(tx: Tx, order: PackOrder, moreFen: number): Promise<void> {
    const refundedFen = order.refundedFen + moreFen
    const isOpen = (await refundsOf(tx, order.id)).some(({ state }) => OPEN_REFUNDS.has(state))
    const ended = refundedFen === order.totalFen ? 'refunded' : 'partly'
    const state = isOpen ? 'refunding' : refundedFen === 0 ? 'issued' : ended
    await tx.run('UPDATE pack_order SET state = ?, refundedFen = ? WHERE id = ?', [
      state,
      refundedFen,
      order.id,
    ])
  }

  /** The money does not come: the coupons are the member's again, those of later days are due again. */
  async #giveBack(tx: Tx, refund: PackRefund, nowMs: number): Promise<void> {
    const grants = (await grantsOf(tx, [refund.orderId])).filter(
      ({ refundId }) => refundId === refund.id,
    )
    const ids = grants.flatMap(({ couponId }) => (couponId === null ? [] : [couponId]))
    await this.sold.restore(tx, ids, { actor: 'system:packs', nowMs, aboutId: refund.id })
    await tx.updateEach(
      'pack_grant',
      'id',
      ['state', 'refundId'],
      grants.map(({ id, couponId }) => [id, couponId === null ? 'due' : 'issued', null]),
    )
    if (ids.length < grants.length)
      await tx.run('UPDATE pack_order SET nextAtMs = ? WHERE id = ?', [nowMs, refund.orderId])
  }

  async #note(
    tx: Tx,
    kind: 'mismatch' | 'refund_abnormal' | 'refund_refused',
    { refund, theirFen, detail }: { refund: PackRefund; theirFen: number | null; detail: string },
  ): Promise<void> {
    const { refundNo: number, refundFen: ourFen } = refund
    await this.findings.note(tx, [{ kind, number, ourFen, theirFen, detail }], this.clock.nowMs())
  }
}

/** Asked again, it says the same; coupons that a closed refund gave back are told by their number. */
function isSameAsking(
  { id, state, refundFen, coupons, reason, note }: PackRefund,
  grants: readonly PackGrant[],
  { request, by }: Pick<Asking, 'request' | 'by'>,
): boolean {
  const { seqs } = request
  const taken = grants.filter(({ refundId }) => refundId === id).map(({ seq }) => seq)
  const isSameCoupons =
    seqs === null ||
    (seqs.length === coupons && (state === 'closed' || seqs.every((seq) => taken.includes(seq))))
  const isSameWhy = by === null || (by.reason === reason && by.note === (note ?? ''))
  return refundFen === request.refundFen && isSameCoupons && isSameWhy
}
