import type { ReferralCode } from '../referrals/referral-code.entity.js'
import type { ReferralMark } from '../referrals/referral-mark.entity.js'
import type { Referral } from '../referrals/referral.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Members who bring friends. */
export const referralTerms: TableTerms[] = [
  termsOf<ReferralCode>('referral_code', ['推荐码', 'code a member brings friends with'], {
    memberId: ['会员', 'member', 'personal'],
    code: ['推荐码', 'code', 'personal'],
    createdAtMs: ['生成时间', 'made at', 'none'],
  }),
  termsOf<Referral>('referral', ['推荐', 'friend who was brought'], {
    id: ['推荐 id', 'id', 'none'],
    friendId: ['来的好友', 'who came', 'personal'],
    referrerId: ['推荐人', 'who brought them', 'personal'],
    ruleVersion: ['注册时的活动规则版本', 'version of the rule they came under', 'none'],
    state: ['状态：waiting 等消费，given 已给分，void 不给，reversed 已收回', 'state', 'personal'],
    reason: ['为什么不给', 'why nothing is given', 'personal'],
    purchaseId: ['算数的那笔消费', 'purchase that counted', 'personal'],
    referrerPoints: ['给推荐人的积分', 'points given to who brought them', 'personal'],
    friendPoints: ['给好友的积分', 'points given to who came', 'personal'],
    boundAtMs: ['好友注册时间', 'when they came', 'none'],
    nextAtMs: ['下次查看时间', 'looked at again', 'none'],
    settledAtMs: ['给分或作废的时间', 'settled at', 'none'],
  }),
  termsOf<ReferralMark>(
    'referral_mark',
    ['注销好友的号码短记号', 'mark of numbers of erased friends'],
    {
      mark: [
        '号码索引的前 4 位，几百个号码共用，不能认出是谁',
        'beginning of a blind index, shared by hundreds of numbers',
        'none',
      ],
      untilMs: ['保留到', 'kept until', 'none'],
    },
  ),
]
