// Expected outcomes are values with a code from this one list. The order is precedence: when
// several apply, the first is told. Every code has a sentence for people and an HTTP status.

const OUTCOMES = [
  ['body_malformed', 400, '请求内容无法识别，不是有效的 JSON'],
  ['body_too_large', 413, '请求内容太大'],
  ['media_type_unsupported', 415, '不支持这种内容类型'],
  ['rate_limited', 429, '操作太频繁，请稍后再试'],
  ['token_missing', 401, '请先登录'],
  ['token_invalid', 401, '登录凭证无效，请重新登录'],
  ['token_expired', 401, '登录已过期，请重新登录'],
  ['terminal_unknown', 401, '收银台未登记，请用登记码重新登记'],
  ['terminal_revoked', 403, '这台收银台已被停用，请联系店长'],
  ['clock_skew', 401, '本机时间与服务器相差太多，请校准时间'],
  ['enrolment_code_invalid', 403, '登记码不正确或已使用'],
  ['enrolment_code_expired', 403, '登记码已过期，请重新生成'],
  ['credentials_wrong', 401, '账号或密码不正确'],
  ['sign_in_locked', 429, '尝试次数太多，请稍后再试'],
  ['second_factor_needed', 401, '请输入动态口令'],
  ['second_factor_missing', 403, '请先在“我的账号”里设置动态口令'],
  ['forbidden', 403, '没有权限做这件事'],
  ['policy_changed', 409, '告知内容已更新，请重新阅读后再选择'],
  ['input_invalid', 422, '内容不符合要求'],
  ['password_wrong', 422, '密码不正确'],
  ['second_factor_wrong', 422, '动态口令不正确或已用过'],
  ['second_factor_set', 409, '已经设置了动态口令'],
  ['phone_invalid', 422, '手机号不正确'],
  ['member_code_invalid', 422, '会员码不正确'],
  ['member_code_expired', 422, '会员码已过期，请刷新后再出示'],
  ['wechat_code_invalid', 422, '微信登录凭证无效或已使用，请重试'],
  ['wechat_busy', 503, '微信服务繁忙，请稍后再试'],
  ['not_found', 404, '没有找到'],
  ['member_not_found', 404, '没有找到这位会员'],
  ['purchase_not_found', 404, '没有找到这笔消费'],
  ['file_too_large', 413, '文件太大，请拆分后再上传'],
  ['file_empty', 422, '文件是空的'],
  ['file_truncated', 422, '文件不完整，可能没有传完或已损坏'],
  ['file_over_limits', 422, '文件展开后超出可读取的限度'],
  ['file_old_excel', 422, '不支持旧版 .xls 或加密的 Excel 文件，请另存为 .xlsx 或 CSV'],
  ['file_not_table', 422, '不是能识别的表格文件，请上传 CSV 或 .xlsx'],
  ['file_no_header', 422, '没有找到表头，第一行应是列名'],
  ['columns_unknown', 422, '有必需的列没有对应上'],
  ['import_not_now', 409, '这个导入现在不能做这一步'],
  ['name_taken', 409, '这个编号或账号已被使用'],
  ['campaign_ended', 409, '这个活动已经结束，不能再更改'],
  ['export_not_ready', 409, '文件还没有准备好'],
  ['export_expired', 410, '文件已过期，请重新导出'],
  ['idempotency_conflict', 409, '同一幂等键已用于另一项内容'],
  ['event_conflict', 409, '同一编号的记录内容不一致，已搁置待核对'],
  ['receipt_conflict', 409, '同一小票号的内容不一致，已搁置待核对'],
  ['receipt_already_claimed', 409, '这张小票已记在另一位会员名下'],
  ['undo_too_late', 409, '已超过可撤销的时间'],
  ['member_merged', 409, '这位会员已并入另一位会员'],
  ['rule_changed', 409, '积分规则刚刚有人改过，请在最新的一版上再改'],
  ['rule_in_past', 422, '生效时间不能早于现在：已经发出的积分不会改变'],
  ['activity_off', 409, '现在没有这项积分活动'],
  ['review_closed', 409, '这笔消费现在不能评价'],
  ['review_exists', 409, '这笔消费已经评价过了'],
  ['review_decided', 409, '这条评价已经有人处理过，或已被顾客撤回'],
  ['rule_begun', 409, '这一版已经生效，不能撤回；要改就发布新的一版'],
  ['rule_generous', 409, '这条规则给出的积分可能比实付的分还多，请确认后再发布'],
  ['spending_off', 409, '本店还没有开通积分抵现'],
  ['spending_code_needed', 403, '请会员出示会员码，扫码后再使用积分'],
  ['spending_order_small', 409, '订单金额太小，不能使用积分'],
  ['points_short', 409, '可用积分不足'],
  ['spending_too_few', 422, '使用的积分太少'],
  ['spending_step', 422, '使用的积分不是规定的倍数'],
  ['spending_too_many', 409, '这一单用不了这么多积分'],
  ['spending_offline', 503, '连不上服务器，暂时不能用积分抵现；请按原价收银，积分照常累计'],
  ['hold_ended', 409, '预留的积分已退回会员，请重新选择'],
  ['refund_elsewhere', 409, '这个小票号本店没有，别的门店有：别店的小票请到原门店退'],
  ['refund_done', 409, '这张小票没有可以再退的金额，积分已经按退货处理过'],
  ['refund_too_much', 422, '退款金额比这张小票还能退的多'],
  ['refund_unsent', 409, '这张小票还没有传到服务器，请过几秒再按 Enter'],
  ['refund_stale', 409, '查过已经有一会儿了，积分可能有变，请按 Enter 再查一次'],
  [
    'refund_offline',
    503,
    '连不上服务器：要收回多少积分、会员是不是已经用掉，现在都算不出来。请照常在收银机上全额退款，不要少退现金，联网后积分自动收回',
  ],
  ['coupon_not_found', 404, '没有找到这张券'],
  ['coupon_code_unknown', 404, '券码不正确，请核对后再输'],
  ['coupon_code_used', 409, '这个券码已经用过了'],
  ['coupon_code_locked', 429, '输错太多次，请明天再试'],
  ['coupon_poster_early', 409, '活动还没开始，请到时候再来领'],
  ['coupon_poster_over', 409, '活动已经结束，不能再领了'],
  ['coupon_poster_stopped', 409, '这个活动已停止发券'],
  ['coupon_poster_empty', 409, '来晚了，这个活动的券已经领完'],
  ['coupon_poster_taken', 409, '这个活动的券你已经领过了'],
  ['coupon_poster_code_taken', 409, '这个口令已经用过，请换一个'],
  ['coupon_redeemed', 409, '这张券已经用过了'],
  ['coupon_reserved', 409, '这张券正在另一单里使用'],
  ['coupon_void', 409, '这张券已作废'],
  ['coupon_expired', 409, '这张券已过期'],
  ['coupon_early', 409, '这张券还没到可用的日子'],
  ['coupon_store', 409, '这张券不能在本店用'],
  ['coupon_channel', 409, '这张券不能在这里用'],
  ['coupon_level', 409, '会员等级不够用这张券'],
  ['coupon_first_purchase', 409, '这张券只能用在第一次购买'],
  ['coupon_day', 409, '这张券今天不能用'],
  ['coupon_hour', 409, '这张券现在这个时间不能用'],
  ['coupon_points', 409, '用了这张券，这一单就不能再用积分'],
  ['coupon_goods_unseen', 409, '请核对商品后再选用这张券'],
  ['coupon_goods', 409, '没有可用这张券的商品'],
  ['coupon_threshold', 409, '还没有达到用券的金额'],
  ['coupon_nothing', 409, '这张券这一单减不了钱'],
  ['coupon_together', 409, '这些券不能一起用'],
  ['coupon_not_best', 409, '选用的券更优惠'],
  ['coupon_budget', 409, '这种券的优惠额度已用完'],
  ['coupon_template_changed', 409, '有人刚刚改过这种券，请在最新的一版上再改'],
  ['coupon_rule_changed', 409, '有人刚刚改过这条规则，请在最新的一版上再改'],
  ['coupon_template_stopped', 409, '这种券已停止发放'],
  ['coupon_claim_closed', 409, '现在不能领这种券'],
  ['coupon_offer_over', 409, '领取时间已过，这张券不能再领'],
  ['coupon_offer_returned', 409, '这笔消费已退货，这张券不能再领'],
  ['coupon_out_of_stock', 409, '券已经领完了'],
  ['coupon_member_max', 409, '这种券每人能领的已经领完'],
  ['coupon_day_max', 409, '这种券今天能领的已经领完'],
  ['coupon_counter_closed', 409, '这种券不能在收银台发'],
  ['coupon_counter_day_max', 409, '本店今天能在收银台发的这种券已经发完'],
  ['coupon_gone', 409, '预留的券已退回会员，并用在了别处'],
  ['coupon_differs', 409, '小票上的金额与用券后的金额不符，请核对'],
  ['coupons_let_go', 409, '预留的券已退回会员，请重新选择'],
  ['coupons_offline', 503, '连不上服务器，暂时不能用券；请按原价收银，券还在会员名下'],
  ['coupon_leased', 409, '这张券留给了另一台收银台离线使用，正在请它归还，请稍后再试'],
  ['offline_none', 503, '连不上服务器，这位会员没有留给本收银台离线使用的券或积分；请按原价收银'],
  ['offline_code_needed', 503, '连不上服务器，请会员出示会员码，扫码后才能离线使用'],
  ['offline_code_invalid', 422, '会员码不正确，不能离线使用'],
  ['offline_code_used', 409, '这个会员码已经用过一次，请会员刷新后再出示'],
  ['offline_clock', 503, '本机时间比之前倒退了，校准时间前不能离线使用'],
  ['offline_over', 409, '留给本收银台离线使用的时间已过'],
  ['pack_closed', 409, '这个券包现在不卖'],
  ['pack_changed', 409, '券包的内容或价格刚刚变了，请看过最新的再买'],
  ['pack_out_of_stock', 409, '券包已经卖完了'],
  ['pack_member_max', 409, '您已经买过这个券包了'],
  ['pack_order_ended', 409, '这笔订单已经结束，不能再支付'],
  ['pack_nothing_back', 409, '没有可以退的券：已用、使用中或已过期的券不能退'],
  ['pack_refund_changed', 409, '可退的金额有变化，请看过最新的再退'],
  ['pack_coupon_limited', 422, '券包里的券要不限量、不限每人张数和预算，并从发放起计算有效期'],
  ['mall_item_changed', 409, '有人刚刚改过这件商品，请在最新的一版上再改'],
  ['mall_shelf_full', 409, '货架已满，请先停止几件再开放'],
  ['mall_closed', 409, '这件商品已经下架'],
  ['mall_early', 409, '还没有到开始兑换的时间'],
  ['mall_over', 409, '兑换已经结束'],
  ['mall_price_changed', 409, '所需积分刚刚变了，请看过最新的再兑换'],
  ['mall_level', 409, '会员等级不够兑换这件商品'],
  ['mall_member_max', 409, '每人能兑的已经兑完'],
  ['mall_period_max', 409, '这段时间能兑的已经兑完'],
  ['mall_sold_out', 409, '已经兑完了'],
  ['mall_coupon_given', 409, '兑换的券已经到账，不能取消'],
  ['mall_fetched', 409, '已经领取过了'],
  ['mall_cancelled', 409, '这次兑换已经取消，积分已退回'],
  ['mall_lapsed', 409, '已经过了领取期限'],
  ['mall_store', 409, '不能在这家门店领取'],
  ['pickup_store_unknown', 422, '没有这个编号的自提门店'],
  ['pickup_fetched', 409, '这个订单已经取走了'],
  ['pickup_cancelled', 409, '这个订单已全部退款，不能再取'],
  ['pickup_store', 409, '这个订单不在本店自提'],
  ['pickup_changed', 409, '这个订单刚刚有退货，请看过最新的再交付'],
  ['pickup_unknown', 404, '没有这个取货码，请核对后再输'],
  ['counter_offline', 503, '连不上服务器，发券要联网；什么都没有发，联网后再试'],
  ['counter_unanswered', 503, '没有收到服务器的回答，请再按一次 Enter：同一张不会发两次'],
  ['pickup_offline', 503, '连不上服务器，取货要联网；什么都没有改动，联网后再试'],
  ['pickup_unanswered', 503, '没有收到服务器的回答，请再按一次 Enter：同一件不会交付两次'],
  ['pay_off', 503, '还没有开通微信支付'],
  ['pay_openid_missing', 409, '请在微信里打开再支付'],
  ['pay_refused', 409, '微信支付没有接受这笔订单，请稍后重新下单'],
  ['trial_running', 409, '正在试算另一版，请等它算完'],
  ['scheme_changed', 409, '有人刚刚发布了新的等级方案，请在它的基础上再改'],
  ['scheme_in_past', 422, '生效时间不能早于现在：已经达到的等级不会改变'],
  ['scheme_invalid', 422, '这个等级方案不成立'],
  ['merge_undone', 409, '这次合并已经撤销过了'],
  ['merge_has_later', 409, '之后还有别的合并，请先撤销那一次'],
  ['merge_too_large', 409, '这位会员的记录太多，不能在线合并'],
  ['pair_decided', 409, '这一对已经有人处理过了'],
  [
    'identity_conflict',
    409,
    '这个手机号已属于另一位会员，我们会尽快核对；您现在的会员身份、积分和记录都没有变动',
  ],
  ['member_exists', 409, '这个手机号已是会员'],
  ['deletion_changed', 409, '将失去的积分有变化，请重新确认'],
  ['deletion_waiting', 409, '正在注销，请先撤销注销'],
  ['points_insufficient', 409, '积分不足'],
  ['busy', 503, '系统繁忙，请稍后再试'],
  ['internal', 500, '系统出错了，我们已记录'],
] as const

/** The code of an expected outcome. */
export type OutcomeCode = (typeof OUTCOMES)[number][0]

/** All codes, in order of precedence. */
export const OUTCOME_CODES = OUTCOMES.map(([code]) => code) as [OutcomeCode, ...OutcomeCode[]]

const BY_CODE = new Map<OutcomeCode, { status: number; sentence: string }>(
  OUTCOMES.map(([code, status, sentence]) => [code, { status, sentence }]),
)

/** The sentence a person reads for `code`, in Chinese. */
export function outcomeSentence(code: OutcomeCode): string {
  return entry(code).sentence
}

/** The HTTP status that carries `code`. */
export function outcomeStatus(code: OutcomeCode): number {
  return entry(code).status
}

/** A refusal: an expected outcome that is not success. */
export interface Refusal {
  readonly ok: false
  readonly code: OutcomeCode
  /** What exactly, in words; absent when the code's sentence says it all. */
  readonly detail?: string
}

/** Makes a refusal, to be returned. */
export function refuse(code: OutcomeCode, detail?: string): Refusal {
  return detail === undefined ? { ok: false, code } : { ok: false, code, detail }
}

function entry(code: OutcomeCode): { status: number; sentence: string } {
  const found = BY_CODE.get(code)
  if (!found) throw new Error(`unknown outcome code ${code}`)
  return found
}
