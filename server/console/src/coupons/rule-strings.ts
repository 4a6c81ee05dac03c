import type {
  CouponRuleKind,
  CouponRuleRefusal,
} from '@huike/shared/contracts/console-coupon-rules'

// The sentences of the rules that give coupons.

const KINDS: Readonly<Record<CouponRuleKind, string>> = {
  birthday: '生日',
  sign_up: '入会',
  first_purchase: '首次消费',
  level_up: '升级',
}
const REFUSALS: Readonly<Record<CouponRuleRefusal, string>> = {
  coupon_member_max: '这种券已经领满',
  coupon_day_max: '今天的这种券已经领满',
  coupon_out_of_stock: '券已经发完',
  coupon_stopped: '券已停发或过期',
  again: '一年内升到过同一级',
}

export const ruleStrings = {
  title: '自动发券',
  note: '到了时机，系统自己发一张券，并在小程序消息里告诉会员。每位会员每次只发一张。',
  back: '返回优惠券',
  open: '自动发券',
  create: '新建规则',
  changeTitle: '修改规则',
  change: '修改',
  changeNamed: (name: string) => `修改${name}`,
  list: '全部规则',
  empty: '还没有规则。比如：会员生日当天送一张券。',
  kinds: KINDS,
  on: '启用',
  off: '停用',
  gives: (name: string, headline: string) => `送“${name}”（${headline}）`,
  couponGone: '送的券已找不到',
  from: (from: string, to: string | null) => (to === null ? `${from} 起` : `${from} 至 ${to}`),
  before: (days: string) => `提前 ${days} 天`,
  forLevels: (names: string) => `仅 ${names}`,
  given: (count: string) => `已发 ${count} 张`,
  refused: (reason: CouponRuleRefusal, count: string) => `${REFUSALS[reason]} ${count} 人次`,
  changed: (version: string, by: string, at: string) => `第 ${version} 版，${by} ${at} 修改`,
  saved: (name: string) => `“${name}”已保存`,
  name: '规则名称',
  nameHint: '只有您和同事看得到。',
  kind: '什么时候发',
  kindHint: {
    birthday: '每年一次。没有填生日的会员不发；当天才填生日的，明年发。',
    sign_up: '在门店或小程序成为会员时。文件导入的会员不发。',
    first_purchase: '第一次有记录的消费。退货以后再买不算。',
    level_up: '买到了新的等级。同一等级一年内只发一次。',
  } satisfies Record<CouponRuleKind, string>,
  daysBefore: '提前几天发',
  daysBeforeHint: '0 就是生日当天，最多 30 天',
  coupon: '送哪种券',
  couponPlaceholder: '选一种券',
  fromDate: '从哪天起',
  toDate: '到哪天为止',
  toDateHint: '含这一天；不填就一直有效',
  backward: '不能早于开始的日子',
  levels: '哪些等级',
  levelsHint: '按会员当时的等级；升级按升到的等级',
  allLevels: '不限等级',
  state: '状态',
  states: (isOn: boolean) => (isOn ? '启用' : '停用'),
  save: '保存',
  unanswered: '没有收到回答，不确定有没有保存。可以再点一次，不会重复。',
} as const
