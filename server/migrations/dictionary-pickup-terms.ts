import type { OrderPickup } from '../pickups/order-pickup.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Orders that are fetched in a store. */
export const pickupTerms: TableTerms[] = [
  termsOf<OrderPickup>('order_pickup', ['自提订单', 'online order fetched in a store'], {
    purchaseId: ['消费', 'purchase', 'none'],
    storeId: ['自提门店', 'store where it is fetched', 'none'],
    code: ['取货码', 'code to fetch it', 'none'],
    state: [
      '状态：preparing 备货中，ready 可自提，fetched 已取走，cancelled 已取消',
      'state',
      'none',
    ],
    orderedAtMs: ['下单记录时间', 'recorded at', 'none'],
    expectedAtMs: ['预计何时可取', 'expected to be ready at', 'none'],
    readyAtMs: ['何时备好', 'ready at', 'none'],
    readyBy: ['谁备好的', 'made ready by', 'none'],
    endedAtMs: ['何时取走或取消', 'fetched or cancelled at', 'none'],
    endedBy: ['由谁（后台员工或系统）', 'by whom', 'none'],
    terminalId: ['在哪台收银台交付', 'till that handed it over', 'none'],
    endRequestId: ['收银台交付的请求', 'request of the till that handed it over', 'none'],
  }),
]
