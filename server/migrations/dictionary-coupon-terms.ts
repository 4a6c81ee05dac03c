import type { CouponReservation } from '../coupons/coupon-reservation.entity.js'
import type { CouponStep } from '../coupons/coupon-step.entity.js'
import type { CouponTemplateVersion } from '../coupons/coupon-template-version.entity.js'
import type { CouponTemplate } from '../coupons/coupon-template.entity.js'
import type { Coupon } from '../coupons/coupon.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Coupons. */
export const couponTerms: TableTerms[] = [
  termsOf<CouponTemplate>('coupon_template', ['券模板', 'kind of coupon'], {
    id: ['模板 id', 'template id', 'none'],
    state: ['状态：open 发放中，stopped 已停发', 'state', 'none'],
    version: ['现在发的是第几版', 'version given now', 'none'],
    stock: ['总量，空为不限', 'stock, empty: no limit', 'none'],
    issued: ['已发张数', 'given so far', 'none'],
    memberMax: ['每人最多几张', 'most for a member', 'none'],
    memberDayMax: ['每人每天最多几张', 'most for a member and day', 'none'],
    counterDayMax: ['收银台每店每天最多发几张，空为不能发', 'most a store gives in a day', 'none'],
    budgetFen: ['预算（分）', 'budget in fen', 'none'],
    usesMax: ['最多核销次数', 'most uses', 'none'],
    spentFen: ['已减金额（分），含预留', 'taken off, set aside included, in fen', 'none'],
    uses: ['已用次数，含预留', 'uses, set aside included', 'none'],
    claimFromMs: ['从何时起可领', 'members take it from', 'none'],
    claimUntilMs: ['可领到何时', 'members take it until', 'none'],
    createdAtMs: ['创建时间', 'created at', 'none'],
    createdBy: ['谁创建的', 'created by', 'none'],
  }),
  termsOf<CouponTemplateVersion>('coupon_template_version', ['券模板的版本', 'its versions'], {
    templateId: ['模板', 'template', 'none'],
    version: ['版本', 'version', 'none'],
    terms: ['内容（JSON）', 'what it promises (JSON)', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
  }),
  termsOf<Coupon>('coupon', ['券', 'coupon'], {
    id: ['券 id', 'coupon id', 'none'],
    code: ['券码', 'code', 'personal'],
    templateId: ['模板', 'template', 'none'],
    version: ['按第几版', 'version of the template', 'none'],
    memberId: ['会员', 'member', 'personal'],
    state: [
      '状态：issued 可用，reserved 使用中，redeemed 已用，expired 过期，void 作废',
      'state',
      'personal',
    ],
    sourceKey: ['为何发放（唯一）', 'why it was given, once', 'personal'],
    givenById: ['由哪个活动、规则或海报发放', 'campaign, rule or poster that gave it', 'none'],
    issuedAtMs: ['发放时间', 'given at', 'personal'],
    validFromMs: ['何时起可用', 'good from', 'none'],
    validUntilMs: ['何时失效', 'good until', 'none'],
    reservationId: ['为哪一单预留', 'set aside for', 'personal'],
    purchaseId: ['用在哪笔消费', 'redeemed with', 'personal'],
    offFen: ['减了多少（分）', 'taken off, in fen', 'personal'],
    endedAtMs: ['结束时间', 'ended at', 'personal'],
  }),
  termsOf<CouponReservation>('coupon_reservation', ['用券预留', 'coupons set aside'], {
    id: ['预留 id', 'reservation id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    storeId: ['门店', 'store', 'none'],
    terminalId: ['收银台', 'till', 'none'],
    goodsFen: ['商品金额（分）', 'what the goods come to, in fen', 'personal'],
    offFen: ['应减金额（分）', 'to be taken off, in fen', 'personal'],
    applied: [
      '用了哪些券、各减多少（JSON）',
      'which coupons, and how much each (JSON)',
      'personal',
    ],
    state: [
      '状态：reserved 预留中，redeemed 已核销，released 已退回，differs 与小票不符',
      'state',
      'none',
    ],
    differenceFen: ['与小票相差（分）', 'difference to the receipt, in fen', 'personal'],
    createdAtMs: ['预留时间', 'set aside at', 'personal'],
    deadlineAtMs: ['保留到何时', 'kept until', 'none'],
    endedAtMs: ['结束时间', 'ended at', 'none'],
    purchaseId: ['用在哪笔消费', 'redeemed with', 'personal'],
  }),
  termsOf<CouponStep>('coupon_step', ['券的经历', 'what happened to a coupon'], {
    id: ['记录 id', 'step id', 'none'],
    couponId: ['券', 'coupon', 'none'],
    kind: [
      '事项：issued 发放，reserved 预留，released 退回，redeemed 核销，given_back 退款返还，moved 合并转移，expired 过期，voided 作废',
      'what happened',
      'none',
    ],
    atMs: ['时间', 'at', 'none'],
    actor: ['谁做的', 'by whom', 'none'],
    aboutId: ['相关的预留、消费或合并', 'reservation, purchase or merge it is about', 'none'],
  }),
]
