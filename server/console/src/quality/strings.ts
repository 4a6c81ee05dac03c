import type {
  BeforeJoined,
  QualityFigureCode,
  QualityIssueState,
  QualityRun,
  Sample,
  SampleKind,
  SampleVerdict,
} from '@huike/shared/contracts/console-quality'
import { importSource } from '../import-source.js'

/** Every figure, in the order in which they are shown. */
export const FIGURES: Readonly<Record<QualityFigureCode, string>> = {
  has_phone: '手机号',
  has_name: '姓名',
  has_birthday: '生日',
  has_gender: '性别',
  has_email: '邮箱',
  has_address: '地址',
  has_city: '城市',
  has_openid: '微信小程序',
  has_card: '会员卡号',
  member_without_key: '没有任何身份的会员',
  identity_orphan: '找不到会员的身份',
  identity_twice: '属于两位会员的身份',
  receipt_missing: '没有小票号的消费',
  receipt_twice: '重复记录的小票',
  pair_open: '待判断的疑似重复',
  pair_merged: '已合并的重复',
  pair_rejected: '已确认不是同一人',
  same_person_apart: '同一人在两个渠道各有记录',
  bought_before_joined: '消费早于入会（无法解释）',
  refund_without_sale: '找不到原单的退货',
  lines_not_total: '明细合计与总额不符',
  business_day_off: '营业日与时间不符',
  clock_ahead: '时间在将来',
  quantity_huge: '数量异常大',
  amount_outlier: '金额异常大',
}
const HOW: Readonly<Record<BeforeJoined, string>> = {
  imported: '从其他系统导入的历史',
  given_later: '消费后补记给会员',
  arrived_late: '收银台断网后补传',
  unexplained: '无法解释',
}
const STATES: Readonly<Record<QualityIssueState, string>> = {
  open: '待看',
  seen: '看过',
  right: '数据没错',
  wrong: '数据有错',
  gone: '已消失',
}
const CHANNELS: Readonly<Record<string, string>> = {
  pos: '收银台',
  wechat: '小程序',
  online: '线上',
  import: '从表格导入',
}
const SOURCES: Readonly<Record<string, string>> = {
  till: '收银台登记',
  wechat: '小程序',
  unknown: '没有来源',
  other: '其他来源',
}
const RUN_KINDS: Readonly<Record<QualityRun['kind'], string>> = {
  daily: '每日自动',
  asked: '手动',
  recheck: '合并后复查',
}
const SAMPLE_KINDS: Readonly<Record<SampleKind, string>> = {
  pair: '疑似重复',
  merge: '已合并',
  record: '会员资料',
}
const SAMPLE_STATES: Readonly<Record<Sample['state'], string>> = {
  drawing: '正在抽',
  open: '核实中',
  done: '已核实完',
  failed: '没有抽成',
}
const VERDICTS: Readonly<Record<SampleVerdict, string>> = {
  right: '对',
  wrong: '不对',
  unsure: '看不出',
}

export const qualityStrings = {
  title: '数据质量',
  note: '每天凌晨自动检查一遍，下面是最近一次的结果。',
  figure: (code: QualityFigureCode) => FIGURES[code],
  countNow: '重新检查',
  counting: (done: string, all: string | null) =>
    all === null ? `正在检查，已看 ${done} 行` : `正在检查，已看 ${done} / 约 ${all} 行`,
  waiting: '等着开始检查',
  never: '还没有检查过。每天凌晨会自动检查，也可以现在检查。',
  lastRun: (kind: QualityRun['kind'], at: string, by: string | null) =>
    `${at} ${RUN_KINDS[kind]}${by === null ? '' : `（${by}）`}`,
  allPass: (judged: string) => `${judged} 项标准都达到了`,
  failing: (failing: string, judged: string) => `${judged} 项标准里有 ${failing} 项没达到`,
  completeness: '资料完整率',
  completenessNote: (members: string) => `共 ${members} 位会员；已合并的记录不算。`,
  field: '资料',
  everybody: '全部',
  by: { channel: '按登记渠道', source: '按来源' },
  group: (group: string) => {
    const [kind = ''] = group.split(':', 1)
    const name = group.slice(kind.length + 1)
    return (kind === 'channel' ? CHANNELS : SOURCES)[name] ?? importSource(name) ?? name
  },
  groups: '分组',
  problems: '重复、矛盾与异常',
  problemsNote: '占比是有问题的条数除以看过的条数。',
  what: '检查什么',
  share: '占比',
  counted: '条数',
  threshold: '标准',
  atLeast: (percent: string) => `至少 ${percent}`,
  atMost: (percent: string) => `至多 ${percent}`,
  result: '结果',
  passes: '达标',
  fails: '未达标',
  open: (times: string) => `${times} 条待看`,
  trend: '走势',
  trendOf: '看哪一项',
  trendLabel: (name: string, from: string, to: string) => `${name}从 ${from} 到 ${to} 的走势`,
  trendNote: '每个点是一次检查；虚线是当时的标准。',
  trendEmpty: '检查两次以后，这里会画出走势。',
  history: '检查记录',
  historyWords: (run: QualityRun, at: string) =>
    `${at} · ${RUN_KINDS[run.kind]}${run.by === null ? '' : ` · ${run.by}`}`,
  historyState: (run: QualityRun) => {
    switch (run.state) {
      case 'waiting':
        return '等着开始'
      case 'running':
        return '检查中'
      case 'failed':
        return '没有完成'
      case 'done':
        return run.failing === 0 ? '全部达标' : `${String(run.failing)} 项未达标`
    }
  },
  samples: '抽样核实',
  silent: '沉睡会员清单',
  settings: '标准与询问',
  // One kind of doubt.
  states: '看哪一些',
  state: (state: QualityIssueState) => STATES[state],
  emptyIssues: (state: QualityIssueState) =>
    state === 'open' ? '没有要看的' : `没有“${STATES[state]}”的`,
  issueNote: '这里只列出疑问，数据本身没有改动。看完后说一声，下次检查不会再提。',
  member: (no: string) => `会员 ${no}`,
  receipt: (no: string) => `小票 ${no}`,
  item: (name: string, quantity: string) => `${name} × ${quantity}`,
  total: (amount: string) => `总额 ${amount}`,
  lines: (amount: string) => `明细合计 ${amount}`,
  limit: (amount: string) => `这家店平常不超过 ${amount}`,
  day: (day: string) => `营业日 ${day}`,
  at: (time: string) => `时间 ${time}`,
  recorded: (time: string) => `收到 ${time}`,
  joined: (time: string) => `入会 ${time}`,
  how: (how: BeforeJoined) => HOW[how],
  found: (time: string) => `${time} 发现`,
  settle: '结论',
  settledBy: (state: QualityIssueState, by: string | null, time: string) =>
    `${by ?? '已离职的员工'} ${time}：${STATES[state]}`,
  back: '数据质量',
} as const

export const settingsStrings = {
  title: '标准与询问',
  note: '下一次检查起按新标准判断；以前的结果不变。留空表示不设标准。',
  highNote: '完整率至少（%）',
  lowNote: '问题占比至多（%）',
  huge: '一笔里同一商品达到多少件算异常（至少 50）',
  deviations: '金额超出平常多少倍标准差算异常',
  days: '平常按最近多少天的销售算',
  ask: '会员没填时，请收银员和小程序提醒补填',
  askName: '姓名',
  askBirthday: '生日',
  wrong: '有一项不是能用的数字',
  saved: '已保存',
} as const

export const sampleStrings = {
  title: '抽样核实',
  note: '按来源随机抽几条，对照原始资料看对不对，就能说出每个来源有多准。',
  back: '数据质量',
  fresh: '新抽一批',
  kind: (kind: SampleKind) => SAMPLE_KINDS[kind],
  kindLabel: '抽什么',
  kindHint: {
    pair: '找出来的疑似重复，真的是同一个人吗？',
    merge: '已经合并的，真的是同一个人吗？',
    record: '会员资料和原始登记一致吗？',
  } satisfies Record<SampleKind, string>,
  perSource: '每个来源抽几条',
  perSourceHint: '1 到 100。不够的来源全部抽出。',
  draw: '开始抽',
  state: (state: Sample['state']) => SAMPLE_STATES[state],
  empty: '还没有抽过',
  drawnBy: (by: string | null, at: string) => `${by ?? '已离职的员工'} ${at}`,
  source: '来源',
  population: '总数',
  drawn: '抽出',
  right: '对',
  wrong: '不对',
  unsure: '看不出',
  precision: '准确率',
  interval: '95% 区间',
  between: (low: string, high: string) => `${low} – ${high}`,
  left: (left: string) => `还有 ${left} 条没看`,
  allDone: '都看完了',
  verify: '去核实',
  nobody: '这一类里没有可抽的记录',
  itemOf: (no: number, all: number) => `第 ${String(no)} 条，共 ${String(all)} 条`,
  verdict: (verdict: SampleVerdict) => VERDICTS[verdict],
  verdictLabel: '结论',
  question: {
    pair: '这两条记录是同一个人吗？',
    merge: '这两条记录合并得对吗？',
    record: '这位会员的资料和原始登记一致吗？',
  } satisfies Record<SampleKind, string>,
  phone: '手机号',
  name: '姓名',
  birthday: '生日',
  channel: '登记渠道',
  store: '登记门店',
  since: '登记时间',
  memberNo: '会员号',
  merged: '已并入另一条',
  gone: '会员已不在',
  previous: '上一条',
  next: '下一条',
  seed: (seed: string) => `随机种子 ${seed}`,
} as const
