import type { OfflineAllowance } from '../coupons/offline-allowance.entity.js'
import type { OfflineFinding } from '../coupons/offline-finding.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Redeeming without a network. */
export const offlineTerms: TableTerms[] = [
  termsOf<OfflineAllowance>('offline_allowance', ['离线额度', 'what a till may redeem offline'], {
    id: ['额度 id', 'allowance id', 'none'],
    kind: ['种类：coupon 券，points 积分', 'kind', 'none'],
    memberId: ['会员', 'member', 'personal'],
    subjectKey: ['占用的是什么，结束后为空', 'what it holds, empty once ended', 'personal'],
    couponId: ['券', 'coupon', 'none'],
    points: ['最多用多少积分', 'most points', 'none'],
    storeId: ['门店', 'store', 'none'],
    terminalId: ['收银台', 'till', 'none'],
    state: ['状态：held 占用，returned 归还，used 已用，released 人工收回', 'state', 'none'],
    grantedAtMs: ['给出时间', 'granted at', 'none'],
    expiresAtMs: ['可用到', 'may be redeemed until', 'none'],
    recalledAtMs: ['何时有别处要用', 'wanted elsewhere since', 'none'],
    endedAtMs: ['结束时间', 'ended at', 'none'],
    purchaseId: ['用在哪笔消费', 'purchase it was used for', 'none'],
  }),
  termsOf<OfflineFinding>('offline_finding', ['离线核销的问题', 'what to read of it'], {
    id: ['记录 id', 'id', 'none'],
    kind: ['哪一种', 'kind', 'none'],
    code: ['拒绝的原因', 'why it was refused', 'none'],
    storeId: ['门店', 'store', 'none'],
    terminalId: ['收银台', 'till', 'none'],
    memberId: ['会员', 'member', 'personal'],
    allowanceId: ['离线额度', 'allowance', 'none'],
    purchaseId: ['消费', 'purchase', 'none'],
    points: ['超出的积分', 'points in excess', 'none'],
    offFen: ['超出的优惠（分）', 'discount in excess, in fen', 'none'],
    atMs: ['发生时间', 'happened at', 'none'],
    recordedAtMs: ['记录时间', 'recorded at', 'none'],
  }),
]
