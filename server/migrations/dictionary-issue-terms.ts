import type { CouponCodeTry } from '../coupons/coupon-code-try.entity.js'
import type { CouponPoster } from '../coupons/coupon-poster.entity.js'
import type { CouponCode } from '../coupons/coupon-code.entity.js'
import type { CounterGift } from '../coupons/counter-gift.entity.js'
import type { CouponRuleAward } from '../coupons/coupon-rule-award.entity.js'
import type { CouponRuleVersion } from '../coupons/coupon-rule-version.entity.js'
import type { CouponRule } from '../coupons/coupon-rule.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Coupons that are given by themselves. */
export const issueTerms: TableTerms[] = [
  termsOf<CouponRule>('coupon_rule', ['自动发券规则', 'rule that gives coupons'], {
    id: ['规则 id', 'rule id', 'none'],
    kind: [
      '时机：sign_up 入会，first_purchase 首次消费，level_up 升级，birthday 生日，purchase 每次消费',
      'occasion',
      'none',
    ],
    state: ['状态：on 启用，off 停用', 'state', 'none'],
    version: ['现在是第几版', 'version now', 'none'],
    walkedDate: ['生日发到哪一天', 'day of birthdays reached', 'none'],
    walkedUpTo: ['那一天发到哪位会员，空为发完', 'last member of that day', 'personal'],
    createdAtMs: ['创建时间', 'created at', 'none'],
    createdBy: ['谁创建的', 'created by', 'none'],
  }),
  termsOf<CouponRuleVersion>('coupon_rule_version', ['自动发券规则的版本', 'its versions'], {
    ruleId: ['规则', 'rule', 'none'],
    version: ['版本', 'version', 'none'],
    state: ['当时的状态', 'state then', 'none'],
    terms: ['内容（JSON）', 'what it says (JSON)', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
  }),
  termsOf<CouponRuleAward>('coupon_rule_award', ['自动发券记录', 'occasions looked at'], {
    ruleId: ['规则', 'rule', 'none'],
    memberId: ['会员', 'member', 'personal'],
    occasion: ['哪一次（年份、等级变动、消费）', 'which occasion', 'personal'],
    version: ['按第几版', 'version of the rule', 'none'],
    couponId: ['发出的券', 'coupon given', 'personal'],
    refusal: ['没有发的原因，空为已发或待领', 'why none was given', 'personal'],
    atMs: ['时间', 'at', 'personal'],
    purchaseId: ['因哪笔消费', 'purchase that gives it', 'personal'],
    soldAtMs: ['那笔消费的时间', 'when that was bought', 'personal'],
    claimUntilMs: ['领到什么时候为止，空为直接发放', 'to be taken until', 'personal'],
  }),
  termsOf<CouponCode>('coupon_code', ['导入的券码', 'code sold elsewhere'], {
    id: ['券码 id', 'code id', 'none'],
    templateId: ['兑换哪种券', 'kind of coupon', 'none'],
    codeIndex: ['券码的密钥散列', 'keyed hash of the code', 'secret'],
    memberId: ['谁兑换的', 'who typed it', 'personal'],
    couponId: ['换到的券', 'coupon it gave', 'personal'],
    usedAtMs: ['兑换时间', 'used at', 'personal'],
    createdAtMs: ['导入时间', 'brought in at', 'none'],
    createdBy: ['谁导入的', 'brought in by', 'none'],
    posterId: ['是哪张海报的口令，空为一次性券码', 'poster that says it', 'none'],
  }),
  termsOf<CouponPoster>('coupon_poster', ['活动海报', 'poster with a code'], {
    id: ['海报 id', 'poster id', 'none'],
    templateId: ['领哪种券', 'kind of coupon', 'none'],
    name: ['活动名称', 'event', 'none'],
    storeId: ['贴在哪家门店', 'store', 'none'],
    code: ['海报上的口令', 'code on the poster', 'none'],
    fromMs: ['何时起可领', 'taken from', 'none'],
    untilMs: ['可领到何时', 'taken until', 'none'],
    total: ['最多领多少张，空为不限', 'most that are taken', 'none'],
    taken: ['已领张数', 'taken so far', 'none'],
    takenByNew: ['其中新会员领的', 'of these, by new members', 'none'],
    createdAtMs: ['创建时间', 'created at', 'none'],
    createdBy: ['谁创建的', 'created by', 'none'],
    stoppedAtMs: ['停止时间', 'stopped at', 'none'],
    stoppedBy: ['谁停止的', 'stopped by', 'none'],
  }),
  termsOf<CouponCodeTry>('coupon_code_try', ['输错券码的次数', 'wrong codes typed'], {
    memberId: ['会员', 'member', 'personal'],
    day: ['哪一天', 'day', 'personal'],
    failures: ['错了几次', 'how often', 'personal'],
  }),
  termsOf<CounterGift>('counter_gift', ['收银台发的券', 'coupon given at a counter'], {
    couponId: ['券', 'coupon', 'personal'],
    templateId: ['模板', 'template', 'none'],
    storeId: ['门店', 'store', 'none'],
    terminalId: ['收银台', 'till', 'none'],
    day: ['发放日期', 'day', 'none'],
    reason: ['原因', 'why', 'none'],
  }),
]
