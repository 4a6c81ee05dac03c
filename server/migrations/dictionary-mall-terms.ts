import type { MallExchange } from '../mall/mall-exchange.entity.js'
import type { MallItem } from '../mall/mall-item.entity.js'
import type { MallPickup } from '../mall/mall-pickup.entity.js'
import type { MallVersion } from '../mall/mall-version.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** The points mall. */
export const mallTerms: TableTerms[] = [
  termsOf<MallItem>('mall_item', ['积分商城的商品', 'item of the points mall'], {
    id: ['商品 id', 'item id', 'none'],
    kind: ['种类：goods 礼品，coupon 优惠券', 'goods or coupon', 'none'],
    state: ['状态：draft 草稿，open 开放，stopped 停止', 'state', 'none'],
    version: ['现在是第几版', 'version given now', 'none'],
    stock: ['总量，空为不限', 'stock, empty: no limit', 'none'],
    memberMax: ['每人最多兑几件', 'most for a member', 'none'],
    period: ['按什么周期限兑：day 日，week 周，month 月', 'period of a limit', 'none'],
    periodMax: ['每个周期每人最多兑几件', 'most for a member in a period', 'none'],
    taken: ['已兑件数，取消的除外', 'exchanged, cancelled ones left out', 'none'],
    fromMs: ['何时开始', 'from', 'none'],
    untilMs: ['何时结束', 'until', 'none'],
    sort: ['排序', 'order on the shelf', 'none'],
    createdAtMs: ['创建时间', 'created at', 'none'],
    createdBy: ['谁创建的', 'created by', 'none'],
  }),
  termsOf<MallVersion>('mall_version', ['商品的版本', 'its versions'], {
    itemId: ['商品', 'item', 'none'],
    version: ['版本', 'version', 'none'],
    terms: ['内容（JSON）', 'what it promises (JSON)', 'none'],
    limits: ['限额（JSON）', 'its limits (JSON)', 'none'],
    requestId: ['发布的请求', 'request that published it', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
  }),
  termsOf<MallPickup>('mall_pickup', ['商品的领取门店', 'store where an item is fetched'], {
    itemId: ['商品', 'item', 'none'],
    version: ['版本', 'version', 'none'],
    storeId: ['门店', 'store', 'none'],
  }),
  termsOf<MallExchange>('mall_exchange', ['积分兑换', 'exchange of points'], {
    id: ['兑换 id', 'exchange id', 'none'],
    itemId: ['商品', 'item', 'personal'],
    version: ['按第几版', 'version of the item', 'none'],
    kind: ['种类：goods 礼品，coupon 优惠券', 'goods or coupon', 'personal'],
    memberId: ['会员', 'member', 'personal'],
    requestKey: ['谁的哪次请求', 'whose request', 'personal'],
    quantity: ['件数', 'pieces', 'personal'],
    points: ['用了多少积分', 'points', 'personal'],
    state: [
      '状态：given 已发券，waiting 待领取，fetched 已领取，cancelled 已取消，lapsed 逾期未领',
      'state',
      'personal',
    ],
    code: ['兑换码', 'code to fetch it with', 'personal'],
    couponId: ['发出的券', 'coupon that was given', 'none'],
    takenTransferId: ['扣积分的流水', 'transfer that took the points', 'none'],
    expiresAtMs: ['这些积分原本何时到期', 'when its points would have expired', 'none'],
    createdAtMs: ['兑换时间', 'exchanged at', 'personal'],
    fetchUntilMs: ['最晚领取时间', 'to be fetched until', 'none'],
    endedAtMs: ['领取或取消的时间', 'ended at', 'personal'],
    endedBy: ['谁领取、交付或取消的', 'ended by', 'none'],
    endRequestId: ['收银台交付的请求', 'request of the till that handed it over', 'none'],
    storeId: ['在哪家门店领取', 'store where it was fetched', 'personal'],
    reason: ['取消的原因', 'why it was cancelled', 'personal'],
    returnTransferId: ['退积分的流水', 'transfer that gave the points back', 'none'],
    returnedPoints: ['退回的积分', 'points that came back', 'personal'],
  }),
]
