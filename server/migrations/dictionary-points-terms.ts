import type { PointsLotUse } from '../points/points-lot-use.entity.js'
import type { PointsLot } from '../points/points-lot.entity.js'
import type { PointsRule } from '../points/points-rule.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Which earned points are still there. */
export const pointsTerms: TableTerms[] = [
  termsOf<PointsLot>('points_lot', ['积分批次', 'lot of points'], {
    id: ['批次 id，即带来它的流水', 'lot id: the transfer that brought it', 'none'],
    memberId: ['会员', 'member', 'personal'],
    leftPoints: ['剩余积分', 'points left', 'personal'],
    availableAtMs: ['何时起可用', 'may be spent from', 'personal'],
    expiresAtMs: ['何时到期', 'expires at', 'personal'],
    state: ['是否还有剩余', 'whether any are left', 'none'],
  }),
  termsOf<PointsLotUse>('points_lot_use', ['批次的使用', 'use of a lot'], {
    transferId: ['使用它的流水', 'transfer that took them', 'none'],
    lotId: ['批次', 'lot', 'none'],
    points: ['取用的积分', 'points taken', 'personal'],
    returnedPoints: ['其中已退回', 'of these, given back', 'personal'],
  }),
  termsOf<PointsRule>('points_rule', ['积分规则', 'rule of earning'], {
    version: ['版本', 'version', 'none'],
    effectiveFromMs: ['从何时的消费起', 'for sales from', 'none'],
    terms: ['规则内容（JSON）', 'what it says (JSON)', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
  }),
]
