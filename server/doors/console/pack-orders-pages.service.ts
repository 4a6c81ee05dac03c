import { Injectable } from '@nestjs/common'
import type { PageQuery } from '@huike/shared/contracts/common'
import type {
  ConsolePackOrdersPage,
  ConsolePackOrderWhole,
  StaffRefundRequest,
} from '@huike/shared/contracts/console-packs'
import type { MemberId, PackOrderId } from '@huike/shared/ids'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { STAFF_REFUND_WORDS } from '@huike/shared/pack-words'
import { epochMs, fen, formatFen } from '@huike/shared/quantities'
import type { PackOrder } from '../../packs/pack-order.entity.js'
import { PackOrdersService, packRefunds } from '../../packs/pack-orders.service.js'
import type { PackRefund } from '../../packs/pack-refund.entity.js'
import { PackRefundsService } from '../../packs/pack-refunds.service.js'
import { PackTemplatesService, packKey } from '../../packs/pack-templates.service.js'
import { PacksWorkerService } from '../../packs/packs-worker.service.js'
import { Clock } from '../../platform/clock.js'
import { Database, type Statements } from '../../platform/database.js'
import { StaffAuditService } from '../../staff/staff-audit.service.js'
import { StaffService } from '../../staff/staff.service.js'
import { PackContentsService } from '../pack-contents.service.js'
import type { ActingStaff } from '../staff-caller.js'
import { nextOf, placeOf } from './pages.js'

type OrderShown = { ok: true; order: ConsolePackOrderWhole } | Refusal
type OrderLine = ConsolePackOrdersPage['orders'][number]

/** Orders of coupon packs in the console, and money back for what nobody used. */
@Injectable()
export class PackOrdersPagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly packs: PackTemplatesService,
    private readonly orders: PackOrdersService,
    private readonly refunds: PackRefundsService,
    private readonly worker: PacksWorkerService,
    private readonly contents: PackContentsService,
    private readonly staff: StaffService,
    private readonly audit: StaffAuditService,
  ) {}

  /** Every order, the newest first. */
  page(query: PageQuery): Promise<ConsolePackOrdersPage> {
    const { beforeId, limit } = placeOf(query)
    return this.database.read(async (rx) => {
      const rows = await this.orders.page(rx, { memberId: null, beforeId, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return { orders: await this.#lines(rx, shown), nextCursor: nextOf(rows, limit) }
    })
  }

  /** One order. Refuses `not_found`. */
  one(orderId: string): Promise<OrderShown> {
    return this.database.read(async (rx) => {
      const order = await this.orders.byId(rx, orderId)
      const [line] = order ? await this.#lines(rx, [order]) : []
      if (!order || !line) return refuse('not_found')
      const refunds = await packRefunds(rx, order.id)
      const names = await this.staff.namesOf(
        rx,
        refunds.flatMap(({ staffId }) => staffId ?? []),
      )
      return {
        ok: true as const,
        order: {
          ...line,
          ...(await this.contents.of(rx, order)),
          refunds: refunds.map((refund) => refundView(refund, names)),
        },
      }
    })
  }

  /** Gives money back, with an audit row. Refuses as `PackRefundsService.askByStaff` does. */
  async refund(by: ActingStaff, orderId: string, request: StaffRefundRequest): Promise<OrderShown> {
    const { reason, note, ...asked } = request
    const atMs = this.clock.nowMs()
    const staff = {
      ...{ staffId: by.id, reason, note },
      also: (tx: Parameters<StaffAuditService['append']>[0], refund: PackRefund) =>
        this.audit.append(tx, {
          ...{ staffId: by.id, action: 'pack.refunded', subjectId: orderId, atMs },
          detail: deedOf(refund, { reason, note }),
        }),
    }
    const done = await this.refunds.askByStaff(staff, orderId, asked)
    if (!done.ok) return done
    this.worker.wake()
    return this.one(orderId)
  }

  async #lines(rx: Statements, orders: readonly PackOrder[]): Promise<OrderLine[]> {
    const termsOf = await this.packs.termsOf(rx, orders)
    return orders.map((order) => ({
      ...{ orderId: order.id as PackOrderId, orderNo: order.orderNo },
      memberId: order.memberId as MemberId,
      title: termsOf.get(packKey(order))?.title ?? '',
      ...{ totalFen: fen(order.totalFen), refundedFen: fen(order.refundedFen) },
      state: order.state as OrderLine['state'],
      createdAtMs: epochMs(order.createdAtMs),
      paidAtMs: order.paidAtMs === null ? null : epochMs(order.paidAtMs),
    }))
  }
}

function refundView(
  refund: PackRefund,
  names: ReadonlyMap<string, string>,
): ConsolePackOrderWhole['refunds'][number] {
  const { refundNo, refundFen, coupons, state, createdAtMs, staffId, reason, note } = refund
  return {
    ...{ refundNo, refundFen: fen(refundFen), coupons },
    state: state as ConsolePackOrderWhole['refunds'][number]['state'],
    isByShop: staffId !== null,
    createdAtMs: epochMs(createdAtMs),
    staffName: staffId === null ? null : (names.get(staffId) ?? '员工'),
    reason: reason as ConsolePackOrderWhole['refunds'][number]['reason'],
    note,
  }
}

function deedOf(
  { refundNo, refundFen, coupons }: PackRefund,
  { reason, note }: Pick<StaffRefundRequest, 'reason' | 'note'>,
): string {
  const what = `${String(coupons)} 张，${formatFen(fen(refundFen))}，退款单 ${refundNo}`
  const why = STAFF_REFUND_WORDS[reason]
  return `${what}，${note === '' ? why : `${why}：${note}`}`
}
