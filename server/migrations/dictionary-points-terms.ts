import type { PointsActivityRule } from '../points/points-activity-rule.entity.js'
import type { PointsActivity } from '../points/points-activity.entity.js'
import type { PointsCheckpointHead } from '../points/points-checkpoint-head.entity.js'
import type { PointsCheckpoint } from '../points/points-checkpoint.entity.js'
import type { PointsHold } from '../points/points-hold.entity.js'
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
  termsOf<PointsHold>('points_hold', ['为订单预留的积分', 'points set aside for an order'], {
    id: ['预留 id，在收银台生成', 'minted on the till', 'none'],
    memberId: ['会员', 'member', 'personal'],
    storeId: ['门店', 'store', 'none'],
    terminalId: ['收银台', 'terminal', 'none'],
    points: ['积分', 'points', 'personal'],
    valueFen: ['抵扣金额（分）', 'what they take off, fen', 'none'],
    orderFen: ['订单抵扣前金额（分）', 'order before, fen', 'none'],
    state: ['状态', 'state', 'none'],
    round: ['第几次预留', 'how often set aside', 'none'],
    heldTransferId: ['预留的流水', 'transfer that set them aside', 'none'],
    expiresAtMs: ['其中最晚何时到期', 'when the last of them expire', 'personal'],
    createdAtMs: ['预留时间', 'set aside at', 'none'],
    deadlineAtMs: ['最晚何时退回', 'given back at', 'none'],
    endedAtMs: ['结束时间', 'ended at', 'none'],
    purchaseId: ['抵扣的消费', 'order they paid', 'none'],
    allowanceId: ['离线时按哪份额度预留', 'allowance they were set aside by offline', 'none'],
  }),
  termsOf<PointsRule>('points_rule', ['积分规则', 'rule of earning'], {
    version: ['版本', 'version', 'none'],
    effectiveFromMs: ['从何时的消费起', 'for sales from', 'none'],
    terms: ['规则内容（JSON）', 'what it says (JSON)', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
    withdrawnAtMs: ['生效前撤回的时间', 'withdrawn at, before it held', 'none'],
    withdrawnBy: ['谁撤回的', 'withdrawn by', 'none'],
  }),
  termsOf<PointsActivityRule>(
    'points_activity_rule',
    ['积分活动规则', 'rule of points without a purchase'],
    {
      version: ['版本', 'version', 'none'],
      effectiveFromMs: ['从何时起', 'from', 'none'],
      terms: ['规则内容（JSON）', 'what it says (JSON)', 'none'],
      publishedAtMs: ['发布时间', 'published at', 'none'],
      publishedBy: ['谁发布的', 'published by', 'none'],
      withdrawnAtMs: ['生效前撤回的时间', 'withdrawn at, before it held', 'none'],
      withdrawnBy: ['谁撤回的', 'withdrawn by', 'none'],
    },
  ),
  termsOf<PointsActivity>('points_activity', ['积分活动', 'points without a purchase'], {
    id: ['id，即流水的来源', 'id: the source of its transfer', 'none'],
    memberId: ['会员', 'member', 'personal'],
    kind: [
      '签到 sign_in，填齐资料 profile，评价 review，推荐好友 referral，被推荐 referred',
      'what was done',
      'personal',
    ],
    occasion: [
      '哪一天；只能一次的为空；其他为第几次',
      'day; empty where it is done once; number',
      'personal',
    ],
    streakDays: ['连续第几天', 'days in a row', 'personal'],
    points: ['所得积分', 'points', 'personal'],
    atMs: ['时间', 'at', 'personal'],
  }),
  termsOf<PointsCheckpoint>(
    'points_checkpoint',
    ['积分账本检查点', 'checkpoint of the points book'],
    {
      number: ['第几个', 'number', 'none'],
      takenAtMs: ['签发时间', 'taken at', 'none'],
      heads: ['有变动的账户数', 'accounts that had moved', 'none'],
      previousRoot: ['上一个的摘要', 'root of the one before', 'none'],
      root: ['摘要（Merkle 根）', 'Merkle root', 'none'],
      signature: ['签名（Ed25519）', 'signature', 'none'],
    },
  ),
  termsOf<PointsCheckpointHead>(
    'points_checkpoint_head',
    ['检查点的链头', 'head at a checkpoint'],
    {
      memberId: ['会员', 'member', 'personal'],
      headSeq: ['当时最后一笔的序号', 'number of its last transfer then', 'none'],
      headHash: ['当时最后一笔的链哈希', 'hash of its last transfer then', 'none'],
      number: ['检查点', 'checkpoint', 'none'],
    },
  ),
]
