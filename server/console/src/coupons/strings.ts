import type { CouponState } from '@huike/shared/contracts/coupons'

// The sentences of the coupons there are, of giving one, and of what became of one.

const STATES: Readonly<Record<CouponState, string>> = {
  issued: '可用',
  reserved: '收银台预留中',
  redeemed: '已用',
  expired: '已过期',
  void: '已作废',
}

const STEPS: Readonly<Record<string, string>> = {
  issued: '发给会员',
  reserved: '收银台为一单预留',
  released: '没有用，退回会员',
  redeemed: '用掉了',
  returned: '退货，按比例收回优惠',
  given_back: '整单退货，还给会员',
  moved: '合并会员，转到保留的会员名下',
  expired: '过期了',
  voided: '作废了',
}

export const couponStrings = {
  title: '优惠券',
  note: '有哪些券、发了多少、用了多少、减了多少。收银台、小程序和这里看到的是同一张券。',
  create: '新建优惠券',
  created: (name: string) => `“${name}”已建好`,
  saved: (name: string) => `“${name}”已保存`,
  empty: '还没有优惠券。先建一种：满多少减多少，填几项就好。',
  list: '全部优惠券',
  version: (version: string) => `第 ${version} 版`,
  change: '修改',
  changeNamed: (name: string) => `修改${name}`,
  issued: '已发',
  uses: '已用',
  usesNote: '含收银台预留中的',
  spent: '已减',
  of: (part: string, whole: string) => `${part} / ${whole}`,
  noLimit: (part: string) => `${part}，不限`,
  meter: (what: string, name: string) => `${name}：${what}`,
  state: { open: '发放中', stopped: '已停发', out: '已发完', spent: '额度已用完' },
  claim: {
    none: '会员不能自己领',
    always: (from: string) => `会员 ${from} 起可自己领`,
    until: (until: string) => `会员可自己领，到 ${until}`,
    coming: (from: string) => `会员 ${from} 起才可自己领`,
    over: (until: string) => `会员自己领已于 ${until} 结束`,
  },
} as const

export const selectStrings = {
  option: (name: string, headline: string) => `${name}（${headline}）`,
  more: '看更早的券',
  none: '现在没有可以送的券。',
} as const

export const giveStrings = {
  open: '发给会员',
  openNamed: (name: string) => `把${name}发给会员`,
  title: '发一张给会员',
  what: (name: string, headline: string) => `${name}（${headline}）`,
  find: '哪位会员',
  placeholder: '手机号、后四位或会员号',
  submitFind: '查找',
  bad: '请填 11 位手机号、后 4 位，或 12 位会员号',
  none: '没有找到这位会员，或者不在您的门店',
  many: '可能还有，请填完整的手机号或会员号',
  chosen: '发给',
  choose: '选这位',
  other: '换一位',
  reason: '为什么发',
  reasonHint: (most: string) => `写进操作日志，最多 ${most} 个字`,
  reasons: ['补偿', '线下活动', '老会员关怀'],
  promise: (name: string, who: string) => `将给 ${who} 发 1 张“${name}”。`,
  submit: '发一张',
  unanswered: '没有收到回答，可能已经发了。再点一次不会多发。',
  done: (code: string) => `已发：券码 ${code}`,
} as const

export const storyStrings = {
  title: '查一张券',
  note: '会员或收银员报出十二位券码，看它从发出到现在的每一步。',
  code: '券码',
  placeholder: '12 位数字',
  submit: '查询',
  bad: '券码是 12 位数字',
  none: '没有找到这张券，或者会员不在您的门店',
  result: (code: string) => `券 ${code}`,
  state: (state: CouponState) => STATES[state],
  valid: (from: string, until: string) => `${from} 起可用，${until} 前有效`,
  counter: (reason: string) => `收银台发的，原因：${reason}`,
  poster: (name: string, code: string) => `从海报“${name}”领取，口令 ${code}`,
  member: '看会员',
  steps: '经过',
  step: (kind: string) => STEPS[kind] ?? kind,
  close: '收起',
} as const
