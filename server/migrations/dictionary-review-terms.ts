import type { Review } from '../reviews/review.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** What shoppers say of their purchases. */
export const reviewTerms: TableTerms[] = [
  termsOf<Review>('review', ['评价', 'review of a purchase'], {
    id: ['评价 id', 'id', 'none'],
    purchaseId: ['评价的消费', 'purchase', 'none'],
    memberId: ['写评价的会员', 'who wrote it', 'personal'],
    storeId: ['消费的门店', 'store of the purchase', 'none'],
    stars: ['几颗星；撤回后为空', 'stars; empty once withdrawn', 'personal'],
    textSealed: ['评价内容（加密）；撤回后为空', 'text, sealed; empty once withdrawn', 'sealed'],
    state: [
      '状态：waiting 待审核，approved 通过，declined 不通过，withdrawn 已撤回',
      'state',
      'personal',
    ],
    ruleVersion: ['写评价时的活动规则版本', 'version of the rule it was written under', 'none'],
    points: ['写评价时答应的积分', 'points promised', 'none'],
    givenPoints: ['通过时给的积分；没有通过为空', 'points given', 'personal'],
    reasonSealed: ['不通过的原因（加密）', 'why it was declined, sealed', 'sealed'],
    writtenAtMs: ['写的时间', 'written at', 'none'],
    decidedAtMs: ['审核时间', 'decided at', 'none'],
    decidedBy: ['审核人', 'decided by', 'none'],
    withdrawnAtMs: ['撤回时间', 'withdrawn at', 'none'],
  }),
]
