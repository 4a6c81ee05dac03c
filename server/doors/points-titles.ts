const TITLES: Readonly<Record<string, string>> = {
  purchase: '消费得积分',
  refund: '退款扣回积分',
  unassigned: '消费记错会员，积分已撤回',
  merge: '会员档案合并，积分一并转移',
  expired: '积分到期',
  merge_undo: '会员档案合并已撤销，积分各归其主',
  held: '积分抵现',
  released: '抵现未用，积分退回',
  spend_returned: '退款退回抵现积分',
  lent: '退款时积分不足，暂记待扣',
  repaid: '补扣此前待扣的积分',
  settled: '退款时已用现金补足积分',
  sign_in: '每日签到',
  profile: '填齐资料',
  review: '评价得积分',
  referral: '推荐好友',
  referred: '应朋友推荐注册',
  exchanged: '积分商城兑换',
  exchange_returned: '兑换取消，积分退回',
  referral_undone: '推荐人和好友是同一人，推荐积分收回',
  referral_again: '合并已撤销，推荐积分退回',
}

/** What a movement of points is called, by its reason. */
export function pointsTitle(reason: string): string {
  return TITLES[reason] ?? '积分变动'
}
