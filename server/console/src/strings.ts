import type {
  ParkedItem,
  ParkedQuery,
  SourceKind,
  SourceState,
  StaffRole,
  SyncMode,
} from '@huike/shared/contracts/console'

// Every sentence of the console, in one place. Error sentences that the server gives are shown as
// they are.

const ROLES: Readonly<Record<StaffRole, string>> = {
  owner: '总部',
  manager: '店长',
  clerk: '店员',
}

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
  webhook: '外部推送',
}
const PARKED_STATES: Readonly<Record<ParkedQuery['state'], string>> = {
  waiting: '待处理',
  resolved: '已处理',
}

export const strings = {
  brand: '回客',
  product: '管理台',
  signIn: {
    title: '登录',
    username: '账号',
    password: '密码',
    submit: '登录',
    expired: '登录已过期，请重新登录',
  },
  home: {
    greeting: (hour: number, name: string) => `${timeOfDay(hour)}，${name}`,
    role: (role: StaffRole) => ROLES[role],
    signOut: '退出',
    today: '今日',
    businessDay: (date: string) => `营业日 ${date}`,
    sales: '销售额',
    salesCount: (times: string) => `${times} 笔`,
    memberSales: '会员销售额',
    memberShare: (percent: string, times: string) => `占 ${percent}，${times} 笔`,
    newMembers: '新会员',
    newMembersUnit: '今天登记',
    pointsGiven: '发出积分',
    pointsUnit: '今天入账',
    stores: '门店与收银台',
    storesEmpty: '还没有门店。请管理员用 huike 命令建立门店和收银台。',
    terminalsEmpty: '这家店还没有收银台',
  },
  nav: {
    label: '主菜单',
    home: '今日',
    sources: '数据来源',
  },
  sources: {
    title: '数据来源',
    summary: '概况',
    state: (state: SourceState) => SOURCE_STATES[state],
    ofAll: (all: number) => `共 ${String(all)} 个来源`,
    behindNote: '连着，但还没传完',
    silentNote: '一段时间没有心跳',
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
    nothing: '—',
    pieces: (pieces: string) => `${pieces} 条`,
    clock: (isSlow: boolean, words: string) => `本机时间${isSlow ? '慢' : '快'} ${words}`,
    deliveries: '后台处理',
    deliveriesDone: '都处理完了',
    consumer: (name: string) => CONSUMERS[name] ?? name,
    pending: (events: string) => `待处理 ${events} 条`,
    retrying: (events: string) => `重试中 ${events} 条`,
    given: (events: string) => `已放弃 ${events} 条，请联系技术支持`,
  },
  parked: {
    title: '待核对',
    waitingNote: '收银台传来、无法入账',
    state: (state: ParkedQuery['state']) => PARKED_STATES[state],
    empty: (state: ParkedQuery['state']) =>
      state === 'waiting' ? '没有要核对的记录' : '还没有处理过的记录',
    what: (type: ParkedItem['type'], kind: ParkedItem['kind']) => {
      switch (type) {
        case 'checkout.captured':
          return kind === 'refund' ? '退货小票' : '销售小票'
        case 'receipt.assigned':
          return '补记会员'
        case 'member.registered':
          return '登记会员'
        case null:
          return '内容无法解读'
      }
    },
    receiptNo: (no: string) => `小票号 ${no}`,
    ofCode: (sentence: string, times: string) => `${sentence}：${times} 条`,
    settle: '处理',
    promise:
      '标为已处理后，这 1 条记录会移到“已处理”，并记下您的名字和时间。它不会入账，变动的积分为 0。',
    confirm: '标为已处理',
    cancel: '取消',
    settled: (by: string | null, at: string) => `${by ?? '已离职的员工'} ${at} 处理`,
    more: '显示更多',
  },
  terminal: {
    online: '在线',
    offline: '离线',
    unenrolled: '未登记',
    revoked: '已停用',
    neverSeen: '从未连接',
    lastSeen: (words: string) => `最近连接 ${words}`,
    outbox: (events: string) => `待上传 ${events}`,
    version: (version: string) => `版本 ${version}`,
  },
  ago: {
    now: '刚刚',
    minutes: (minutes: number) => `${String(minutes)} 分钟前`,
    hours: (hours: number) => `${String(hours)} 小时前`,
    days: (days: number) => `${String(days)} 天前`,
  },
  duration: {
    seconds: (seconds: number) => `${String(seconds)} 秒`,
    minutes: (minutes: number) => `${String(minutes)} 分钟`,
    hours: (hours: number) => `${String(hours)} 小时`,
    days: (days: number) => `${String(days)} 天`,
  },
  failure: {
    retry: '再试一次',
    stale: (sentence: string) => `没有刷新成功，显示的是上一次的数字。${sentence}`,
    unreachable: '连不上服务器，请检查网络后再试',
    strange: '服务器的回答看不懂，请刷新页面',
  },
} as const

function timeOfDay(hour: number): string {
  if (hour < 5) return '夜深了'
  if (hour < 11) return '早上好'
  if (hour < 13) return '中午好'
  return hour < 18 ? '下午好' : '晚上好'
}
