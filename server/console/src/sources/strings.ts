import type {
  ParkedItem,
  ParkedQuery,
  SourceKind,
  SourceState,
  SyncMode,
} from '@huike/shared/contracts/console'

// The sentences of the sources and of what waits for a person.

const SOURCE_STATES: Readonly<Record<SourceState, string>> = {
  ok: '正常',
  behind: '落后',
  silent: '失联',
  stopped: '停用',
  unenrolled: '未登记',
}
const SOURCE_KINDS: Readonly<Record<SourceKind, string>> = {
  escpos_tap: '打印口',
  file_drop: '导出文件',
  till: '还没有小票',
}
const SYNC_MODES: Readonly<Record<SyncMode, string>> = {
  realtime: '实时',
  near_realtime: '准实时',
  batch: '批量',
}
/** Consumers of events, by the name the server gives them. */
const CONSUMERS: Readonly<Record<string, string>> = {
  'member-stat': '会员统计',
  'store-day': '门店日报',
  'quality-quantity': '异常数量检查',
  webhook: '外部推送',
}
const PARKED_STATES: Readonly<Record<ParkedQuery['state'], string>> = {
  waiting: '待处理',
  resolved: '已处理',
}

export const sourcesStrings = {
  offline: '离线核销',
  title: '数据来源',
  note: '每台收银台的小票从哪里来，传到了哪里。',
  summary: '概况',
  state: (state: SourceState) => SOURCE_STATES[state],
  ofAll: (all: number) => `共 ${String(all)} 个来源`,
  behindNote: '连着，但还没传完',
  silentNote: '一段时间没有心跳',
  parked: '待处理',
  parkedNote: '无法入账，等人核对',
  dead: '后台失败',
  deadNote: '重试多次后放弃',
  list: '各个来源',
  empty: '还没有数据来源。登记一台收银台后，它会出现在这里。',
  showAll: (all: string) => `显示全部 ${all} 个`,
  legend: (limits: { silent: string; lag: string; outbox: string }) =>
    `超过 ${limits.silent}没有心跳为失联；延迟超过 ${limits.lag}，或待上传超过 ${limits.outbox} 条，为落后。`,
  kind: (kind: SourceKind) => SOURCE_KINDS[kind],
  mode: '同步方式',
  modeWords: (mode: SyncMode) => SYNC_MODES[mode],
  lastSync: '最近同步',
  lastSeen: '最近心跳',
  lag: '延迟',
  outbox: '待上传',
  never: '从未',
  pieces: (pieces: string) => `${pieces} 条`,
  clock: (isSlow: boolean, words: string) => `本机时间${isSlow ? '慢' : '快'} ${words}`,
  deliveries: '后台处理',
  deliveriesDone: '都处理完了',
  consumer: (name: string) => CONSUMERS[name] ?? name,
  pending: (events: string) => `待处理 ${events} 条`,
  retrying: (events: string) => `重试中 ${events} 条`,
  given: (events: string) => `已放弃 ${events} 条，请联系技术支持`,
} as const

export const parkedStrings = {
  title: '待处理',
  note: '收银台传来、系统无法自动入账的记录。核对以后，标为已处理。',
  choices: '看哪一些',
  state: (state: ParkedQuery['state']) => PARKED_STATES[state],
  empty: (state: ParkedQuery['state']) =>
    state === 'waiting' ? '没有要核对的记录' : '还没有处理过的记录',
  what: (type: ParkedItem['type'], kind: ParkedItem['kind']) => {
    switch (type) {
      case 'checkout.captured':
        return kind === 'refund' ? '退货小票' : '销售小票'
      case 'receipt.assigned':
        return '补记会员'
      case 'receipt.assignment_undone':
        return '撤回补记'
      case 'member.registered':
        return '登记会员'
      case null:
        return '内容无法解读'
    }
  },
  receiptNo: (no: string) => `小票号 ${no}`,
  settle: '处理',
  promise:
    '标为已处理后，这 1 条记录会移到“已处理”，并记下您的名字和时间。它不会入账，变动的积分为 0。',
  confirm: '标为已处理',
  settled: (by: string | null, at: string) => `${by ?? '已离职的员工'} ${at} 处理`,
} as const
