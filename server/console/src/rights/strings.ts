import type { DeletionRow } from '@huike/shared/contracts/rights'

// The sentences of consents, deletions and how long things are kept.

/** What somebody said to a purpose. */
const SAID: Readonly<Record<'noticed' | 'granted' | 'withdrawn', string>> = {
  noticed: '已告知',
  granted: '同意',
  withdrawn: '撤回',
}
const STATES: Readonly<Record<DeletionRow['state'], string>> = {
  waiting: '冷静期中',
  cancelled: '已撤回',
  erased: '已注销',
}
const ASKED_BY: Readonly<Record<DeletionRow['how'], string>> = {
  member_page: '会员自己在小程序里申请',
  console: '会员到店，员工代办',
}

export const rightsStrings = {
  tabs: '同意与注销',
  consents: '同意记录',
  deletions: '注销申请',
  retention: '保存期限',
} as const

export const consentStrings = {
  title: '同意记录',
  note: '谁在什么时候、怎样同意或撤回了哪种用途，看的是哪一版文字。记录只增不改。',
  filter: '筛选',
  purpose: '用途',
  anyPurpose: '所有用途',
  membership: '成为会员',
  from: '从哪天',
  to: '到哪天',
  wrongDays: '结束日期要在开始日期之后',
  clear: '清除筛选',
  memberOnly: '只看一位会员的记录',
  onlyThis: '只看这位会员',
  onlyThisOf: (member: string) => `只看这位会员：${member}`,
  empty: '没有同意记录',
  nobody: '已注销的会员',
  said: (state: keyof typeof SAID) => SAID[state],
  version: (version: string) => `文字版本 ${version}`,
  hash: (sha256: string) => `文字指纹 ${sha256}`,
  late: (recorded: string) => `${recorded} 收到`,
  counts: '各用途、各途径的次数',
  countsOf: (from: string, to: string) => `${from} 至 ${to}，按收到的日期`,
  countsEmpty: '这段时间没有同意记录',
  way: '途径',
  texts: '现行的告知与同意文字',
  textsNote: '会员看到的就是这些文字。文字一改，版本就变；已有的同意要按新文字重新征求。',
} as const

export const deletionStrings = {
  title: '注销申请',
  note: '会员可以要求注销。冷静期内随时可以撤回；到期自动执行，任何人都不能提前。',
  filter: '看哪一些',
  all: '全部',
  state: (state: DeletionRow['state']) => STATES[state],
  due: '到期，等待执行',
  empty: '没有注销申请',
  nobody: '已注销的会员',
  askedBy: (how: DeletionRow['how']) => ASKED_BY[how],
  asked: (time: string) => `${time} 申请`,
  dueOn: (time: string) => `${time} 到期`,
  left: (days: number) => (days > 0 ? `还有 ${String(days)} 天` : '不到一天'),
  settled: {
    waiting: () => '',
    cancelled: (time: string) => `${time} 撤回`,
    erased: (time: string) => `${time} 注销完成`,
  },
  pointsThen: (points: string) => `申请时 ${points} 积分`,
  terms: '会失去什么',
  termsOf: (member: string) => `会失去什么：会员 ${member}`,
  termsWords: (lost: {
    points: string
    level: string
    purchases: string
    messages: string
    goods: string | null
    orders: string | null
  }) =>
    `按现在计算：${lost.points} 积分、${lost.level}等级、${lost.purchases} 笔消费记录的查询、` +
    (lost.goods === null ? '' : `${lost.goods} 件待领取的礼品、`) +
    `${lost.messages} 条消息。` +
    (lost.orders === null
      ? ''
      : `还有 ${lost.orders} 笔待自提的订单，注销后只能凭取货码取，请会员先记下。`) +
    '注销后姓名、手机号等个人信息会被删除，不能恢复；账目保留，但不再对应任何人。',
  takeBack: '撤回注销',
  takeBackOf: (member: string) => `撤回注销：会员 ${member}`,
  takeBackPromise: (member: string) =>
    `会员 ${member} 决定不注销了：积分和消费记录都还在。申请时撤回的营销同意不会恢复，要由会员重新同意。`,
  takeBackConfirm: '撤回这 1 份申请',
  coolingOff: (days: number) => `冷静期 ${String(days)} 天`,
  coolingOffChange: '修改冷静期',
  coolingOffField: '冷静期（天）',
  coolingOffHint: (most: number) => `1 到 ${String(most)} 天`,
  coolingOffPromise: (days: string) =>
    `从现在起的新申请按 ${days} 天计算。已经提交的申请，到期日不变。`,
} as const

export const memberRightsStrings = {
  title: '同意记录与注销',
  history: '查看同意记录',
  ask: '代会员申请注销',
  none: '没有申请注销',
  waiting: (time: string) => `已申请注销，${time} 到期`,
  promise: (days: number) =>
    `提交后进入 ${String(days)} 天冷静期，营销同意立即全部撤回；到期自动注销，期间随时可以撤回。`,
  why: '怎样确认是本人',
  whyPlaceholder: '例如：本人到店，核对了手机号后四位',
  whyHint: '2 到 100 个字，会记进操作日志。不要写姓名和手机号。',
  submit: '提交这 1 份注销申请',
} as const

export const retentionStrings = {
  title: '保存期限',
  note: '各类记录保存多久。到期由系统每天自动清理，清理后找不回来。消费、积分和同意的凭证不在此列。',
  rules: '各项期限',
  kept: (days: string) => `保存 ${days} 天`,
  default: (days: string) => `默认 ${days} 天`,
  next: (time: string) => `下次清理 ${time}`,
  nextSoon: '即将开始清理',
  notYet: '还没有清理过',
  last: (time: string, rows: string) => `上次清理 ${time}，删除 ${rows} 条`,
  running: (time: string, rows: string) => `${time} 开始清理，已删除 ${rows} 条`,
  change: '修改',
  changeOf: (title: string) => `修改：${title}`,
  days: '保存天数',
  daysHint: (least: number, most: number) => `${String(least)} 到 ${String(most)} 天`,
  shorter: (title: string, days: string) =>
    `缩短期限：下一次清理会把超过 ${days} 天的“${title}”全部删除，找不回来。`,
  longer: (title: string, days: string) => `保存后，“${title}”满 ${days} 天才清理。`,
  sure: '我知道到期的记录会被永久删除',
  runs: '清理记录',
  runsEmpty: '还没有清理过',
  run: (days: string, rows: string) => `按 ${days} 天清理，删除 ${rows} 条`,
  unfinished: '没有做完，下次接着清理',
} as const
