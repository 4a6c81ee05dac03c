import type {
  PackOrderRequest,
  PackOrderWhole,
  PackOrdersPage,
  PackPayment,
  PackRefundRequest,
  PackShelf,
  PackView,
} from '@huike/shared/contracts/packs'
import { isPassing, type Result } from '../api/result.js'
import type { OpenRequests } from './open-requests.js'
import type { PagedRemote } from './paged-remote.js'
import type { Remote } from './remote.js'

// Coupon packs: what is for sale, a member's orders, paying for one and giving unused coupons back.
// What the phone says of a payment proves nothing: whoever paid, or did not, looks at the order, and
// the server asks WeChat Pay.

/** How WeChat's own payment page was left. */
export type PayOutcome = 'paid' | 'cancelled' | 'failed'
/** Opens WeChat's payment page; null in a browser. */
export type RequestPayment = (payment: PackPayment['payment']) => Promise<PayOutcome>

export interface Packs {
  readonly shelf: Remote<PackShelf>
  readonly orders: PagedRemote<PackOrdersPage>
  /** A watcher of one order; make one per page. */
  order(orderId: string): Remote<PackOrderWhole>
  /** Orders one and opens WeChat's payment page; answers the order, however that was left. */
  buy(pack: PackView): Promise<Result<PackPayment>>
  /** Opens WeChat's payment page once more for an order that is not paid. */
  payAgain(orderId: string): Promise<Result<PackPayment>>
  /** Gives unused coupons back, once however often it is tapped. */
  refund(order: PackOrderWhole, seqs: number[] | null): Promise<Result<PackOrderWhole>>
  /** Only where the sandbox plays WeChat Pay: pays without WeChat. Null on a phone. */
  readonly payInSandbox: ((orderId: string) => Promise<Result<PackOrderWhole>>) | null
  reset(): void
}

export interface PackPorts {
  readonly shelf: Remote<PackShelf>
  readonly orders: PagedRemote<PackOrdersPage>
  readonly order: (orderId: string) => Remote<PackOrderWhole>
  readonly open: OpenRequests
  readonly requestPayment: RequestPayment | null
  readonly tellOrder: (request: PackOrderRequest) => Promise<Result<PackPayment>>
  readonly tellPayment: (orderId: string) => Promise<Result<PackPayment>>
  readonly tellRefund: (
    orderId: string,
    request: PackRefundRequest,
  ) => Promise<Result<PackOrderWhole>>
  readonly tellSandbox: (orderId: string) => Promise<Result<PackOrderWhole>>
}

/** What the coupons of an order come to when they go back: the shares of those that can. */
export function refundFenOf(order: PackOrderWhole, seqs: number[] | null): number {
  return order.grants
    .filter(({ isRefundable, seq }) => isRefundable && (seqs?.includes(seq) ?? true))
    .reduce((sum, { shareFen }) => sum + shareFen, 0)
}

/** Sells packs. */
export function createPacks(ports: PackPorts): Packs {
  const { shelf, orders, open, requestPayment } = ports

  /** The phone is asked where the order can be paid; what it says is not believed. */
  async function pay(asked: Result<PackPayment>): Promise<Result<PackPayment>> {
    if (asked.ok && requestPayment !== null) await requestPayment(asked.value.payment)
    return asked
  }

  return {
    shelf,
    orders,
    order: ports.order,
    async buy({ packId, version }) {
      const key = `buy|${packId}|${String(version)}`
      const asked = await ports.tellOrder({ requestId: open.idFor(key), packId, version })
      if (asked.ok || !isPassing(asked)) open.settle(key)
      return pay(asked)
    },
    payAgain: async (orderId) => pay(await ports.tellPayment(orderId)),
    async refund(order, seqs) {
      const refundFen = refundFenOf(order, seqs) as PackRefundRequest['refundFen']
      const key = `refund|${order.orderId}|${seqs?.join(',') ?? 'all'}|${String(refundFen)}`
      const request = { requestId: open.idFor(key), seqs, refundFen }
      const answer = await ports.tellRefund(order.orderId, request)
      if (answer.ok || !isPassing(answer)) open.settle(key)
      return answer
    },
    payInSandbox: requestPayment === null ? ports.tellSandbox : null,
    reset() {
      open.reset()
      shelf.reset()
      orders.reset()
    },
  }
}
