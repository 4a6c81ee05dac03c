import type {
  IdentityScan,
  Merge,
  MergeChanges,
  PairQuery,
  PairSide,
} from '@huike/shared/contracts/console-identity'

// Every sentence of the pages of records that may be one person. What was compared, and why a value
// wins, the server says in words: they are shown as they are.

type State = PairQuery['state']
type Verdict = NonNullable<PairQuery['verdict']>
type Field = PairSide['profile'][number]['field']
type Said = MergeChanges['consents'][number]['after']

const FIELDS: Readonly<Record<Field, string>> = {
  name: '姓名',
  birthday: '生日',
  gender: '性别',
  email: '邮箱',
  address: '地址',
  city: '城市',
}
const STATES: Readonly<Record<State, string>> = {
  open: '待判断',
  merged: '已合并',
  rejected: '不是同一人',
}
const VERDICTS: Readonly<Record<Verdict, string>> = {
  merge: '把握很大',
  review: '需要人看',
}
const HOW: Readonly<Record<Merge['how'], string>> = {
  chosen: '人工选定',
  pair: '人工判断',
  rule: '系统自动',
  sign_in: '登录时自动',
}

export const pairStrings = {
  title: '重复会员',
  note: '可能是同一个人的两条会员记录。合并前会说清楚改什么，合并后随时可以撤销。',
  begin: '开始判断',
  history: '合并记录',
  states: '看哪一些',
  state: (state: State) => STATES[state],
  verdicts: '系统的建议',
  anyVerdict: '全部',
  verdict: (verdict: Verdict) => VERDICTS[verdict],
  score: (bits: string) => `${bits} 分`,
  scoreHint: '分数越高越像同一人，每多 1 分可能性翻一倍',
  raised: '人工提出',
  shown: (rows: string) => `已显示 ${rows} 对`,
  empty: (state: State, isFiltered: boolean) => {
    if (isFiltered) return '没有符合条件的'
    return state === 'open'
      ? '没有要判断的。系统找到可能重复的会员时，会出现在这里。'
      : `还没有“${STATES[state]}”的`
  },
  decided: (by: string | null, at: string) => `${by ?? '系统自动'} ${at} 判断`,
  found: (at: string) => `${at} 发现`,
  ofMember: '疑似与这位会员重复的',
  noneOfMember: '系统没有找到与这位会员重复的记录。',
} as const

const PHASES: Readonly<Record<IdentityScan['phase'], string>> = {
  reading: '正在读取会员',
  comparing: '正在比较',
  judging: '正在判断',
  keeping: '正在保存结果',
}

export const scanStrings = {
  title: '全部会员查找',
  searchNow: '把全部会员查一遍',
  never: '还没有把全部会员查过一遍。新登记和改过资料的会员，系统会自己比较。',
  last: (at: string, members: string) => `${at} 把全部 ${members} 位会员查过一遍`,
  came: (merges: string, reviews: string, fresh: string) =>
    `把握很大的 ${merges} 对，需要人看的 ${reviews} 对，其中新找到 ${fresh} 对`,
  unreadable: (members: string, ids: string) =>
    `有 ${members} 位会员的资料解不开，没有比较，请技术人员处理：${ids}`,
  failed: (at: string) => `${at} 的查找没有完成，请再查一遍`,
  waiting: '已经排上，马上开始',
  underWay: (phase: IdentityScan['phase'], done: string, total: string | null) =>
    total === null ? `${PHASES[phase]}（${done}）` : `${PHASES[phase]}（${done}／${total}）`,
} as const

export const reviewStrings = {
  title: '是同一个人吗？',
  back: '重复会员',
  place: (at: number, all: string) => `第 ${String(at)} 对，已列出 ${all} 对`,
  evidence: '依据',
  noEvidence: '没有逐项比较过，请自己对照。',
  sides: '两条记录',
  stays: '保留',
  goes: '并入',
  first: '记录一',
  second: '记录二',
  field: (field: Field) => FIELDS[field],
  phone: '手机号',
  purchases: '消费',
  times: (times: string, amount: string) => `${times} 笔，${amount}`,
  points: '积分',
  lastVisit: '最近购买',
  never: '还没有消费',
  since: '入会',
  identities: '身份',
  marketing: '优惠消息',
  mayMarket: '同意',
  mayNotMarket: '没有同意',
  same: '一致',
  differs: '不同',
  verdictLabel: '结论',
  merge: '合并',
  reject: '不是同一人',
  next: '跳过',
  previous: '上一对',
  swap: '对调：保留另一条',
  keys: '键盘：M 合并，N 不是同一人，X 对调，S 或 J 下一对，K 上一对，U 撤销刚才的判断',
  key: (key: string) => `（${key}）`,
  merged: (goes: string, stays: string) => `已合并：${goes} 并入 ${stays}`,
  rejected: (one: string, other: string) => `已记下：${one} 与 ${other} 不是同一人，以后不再提`,
  reopened: '已放回，等人判断',
  undoMerge: '撤销这次合并',
  reopen: '放回去重新判断',
  showMember: '看会员',
  allDone: '都判断完了',
  wasMerged: '这一对已经合并了。',
  wasRejected: '这一对已判断为不是同一人。',
  toMerges: '看合并记录',
} as const

export const changeStrings = {
  preview: '合并后会这样',
  previewNote: '这是试算，还没有改动。下面的数字就是真正合并时的数字。',
  done: '改动了什么',
  inShort: (points: string, purchases: string) => `合并后积分 ${points}，${purchases}。`,
  history: '以前的消费也转给保留的会员',
  historyOff: '以前的消费留在并入的记录上，只有以后的消费记给保留的会员。',
  points: '积分',
  pointsSum: (survivor: string, absorbed: string, after: string) =>
    `${survivor} + ${absorbed} = ${after}`,
  purchases: '消费',
  moved: (times: string, amount: string) => `转移 ${times} 笔，共 ${amount}`,
  left: (times: string) => `${times} 笔留在并入的记录上`,
  noPurchases: '并入的记录没有消费',
  identities: '身份',
  identity: (kind: string, times: string) => `${kind} ${times} 个`,
  noIdentities: '没有要转移的身份',
  rest: '其他',
  messages: (times: string) => `消息 ${times} 条`,
  coupons: (coupons: string) => `优惠券 ${coupons} 张`,
  sessions: (times: string) => `登录 ${times} 处`,
  stores: (times: string) => `去过的门店 ${times} 家`,
  aliases: (times: string) => `${times} 个旧会员号继续能用，都找到保留的会员`,
  profile: '资料',
  noProfile: '两边的资料没有冲突',
  stays: (winner: 'survivor' | 'absorbed') =>
    winner === 'survivor' ? '用保留一方的' : '用并入一方的',
  value: (shown: string) => `用 ${shown}`,
  kept: '另一个留存',
  keptValue: (shown: string) => `另一个 ${shown} 留存`,
  consents: '同意',
  consentsNote: '只要有一方不同意，合并后就是不同意；保留方没说过的，不算同意。',
  membership: '会员服务',
  said: (said: Said) => {
    if (said === null) return '没说过'
    return said === 'granted' ? '同意' : '不同意'
  },
  consent: (survivor: string, absorbed: string, after: string) =>
    `保留方${survivor}，并入方${absorbed} → ${after}`,
  noConsents: '双方都没有表示过',
} as const

export const mergeStrings = {
  title: '合并记录',
  note: '每一次合并都记在这里：谁、什么时候、改了什么。随时可以撤销；合并过几次的会员，从最近的一次撤起。',
  back: '重复会员',
  empty: '还没有合并过',
  emptyOfMember: '这位会员没有合并过',
  all: '看全部合并',
  ofMember: '看这位会员的合并',
  one: '一次合并',
  how: (how: Merge['how']) => HOW[how],
  into: (absorbed: string, survivor: string) => `${absorbed} 并入 ${survivor}`,
  by: (how: Merge['how'], name: string | null, at: string) =>
    name === null ? `${at} ${HOW[how]}` : `${at} ${name}（${HOW[how]}）`,
  undone: '已撤销',
  standing: '已合并',
  undoneBy: (name: string | null, at: string) => `${at} ${name ?? '系统'} 撤销`,
  survivor: '保留的会员',
  absorbed: '并入的记录',
  memberNo: (no: string) => `会员号 ${no}`,
  kept: '留存的资料',
  keptNote: '合并时没有采用的值，撤销时会用到。',
  undo: '撤销合并',
  undoTitle: '撤销后会这样',
  undoNote: '这是试算，还没有改动。',
  wasUndone: '撤销时改动了什么',
  confirmUndo: '确认撤销',
  owns: '积分归谁',
  ownsWords: (survivor: string, absorbed: string) =>
    `保留的会员有 ${survivor} 分，分出来的会员有 ${absorbed} 分`,
  ownsHow: (moved: string, since: string) =>
    `分出来的：合并时转来的 ${moved} 分，合并后用它的身份消费得的 ${since} 分`,
  ownsRule: '合并后用并入方身份的消费归分出来的会员，其余的都留给保留的会员。积分可能因此为负。',
  negative: '有一方的积分会低于零，以后消费时先补上。',
  purchases: '消费',
  returned: (times: string) => `${times} 笔合并时转来的退回`,
  since: (times: string) => `${times} 笔合并后的消费一并归它`,
  coupons: '优惠券',
  couponWords: (coupons: string) => `${coupons} 张合并时转来的退回`,
  identities: '身份',
  profile: '资料',
  restored: (field: string) => `${field}恢复合并前的值`,
  notRestored: (field: string) => `${field}合并后又改过，保持现在的值`,
  noProfile: '没有要恢复的',
  sessions: '登录',
  sessionWords: (back: string, ended: string) =>
    `退回 ${back} 处，${ended} 处合并后的登录要重新登录`,
  consents: '同意',
  consentsWords: (titles: readonly string[]) =>
    titles.length === 0 ? '不改变' : `${titles.join('、')}：有一方说过不同意，撤销后两边都是不同意`,
  after: '撤销后，这两条记录记为“不是同一人”，系统不会再提。',
} as const

export const byHandStrings = {
  title: '与另一位会员合并',
  find: '另一位会员',
  placeholder: '手机号、后 4 位或会员号',
  submit: '查找',
  none: '没有找到另一位会员',
  choose: '对照',
  reviewTitle: '合并这两位会员？',
  back: '返回会员',
  twice: '请选择两位不同的会员',
  confirm: '合并',
} as const
