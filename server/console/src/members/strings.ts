import type { ExportJob, MemberFile, TimelineItem } from '@huike/shared/contracts/console-members'
import type { ConsentState } from '@huike/shared/contracts/account'
import { ASSURANCE_NAMES, IDENTITY_KIND_NAMES, type Assurance } from '@huike/shared/identities'
import { importSource } from '../import-source.js'

// Every sentence of the members' pages. What the server says in words (points explained, how a
// consent came about) is shown as it is.

type MessageState = Extract<TimelineItem, { kind: 'message' }>['state']

const EXPORT_STATES: Readonly<Record<ExportJob['state'], string>> = {
  waiting: '排队中',
  running: '正在生成',
  done: '可以下载',
  failed: '没有成功',
  expired: '文件已过期',
}
const CONSENT_STATES: Readonly<Record<ConsentState, string>> = {
  granted: '已同意',
  withdrawn: '已关闭',
  never_asked: '没有同意过',
}
const CHANNELS: Readonly<Record<MemberFile['registeredChannel'], string>> = {
  pos: '收银台登记',
  wechat: '小程序登记',
  online: '网店登记',
  import: '从表格导入',
}
/** By the name the server gives it; others are shown as they are. */
const IDENTITY_NAMES = new Map<string, string>(Object.entries(IDENTITY_KIND_NAMES))
const SOURCES: Readonly<Record<string, string>> = {
  wechat: '小程序',
}
/** Tills sign with the code of their store. */
const TILL_SOURCE = /^till:(.+)$/
const MESSAGE_STATES: Readonly<Record<MessageState, string>> = {
  waiting: '等待发送',
  sending: '发送中',
  sent: '已发送',
  failed: '发送失败',
  skipped: '没有发送',
  doubtful: '可能已送达，系统不会重发',
}
const MESSAGE_CHANNELS: Readonly<Record<'inbox' | 'wechat' | 'sms', string>> = {
  inbox: '小程序消息',
  wechat: '微信订阅消息',
  sms: '短信',
}

export const memberStrings = {
  title: '会员',
  unnamed: '未留姓名',
  pending: '未领卡',
  pendingLong: '收银台登记，还没有在小程序领卡',
  mayMarket: '可发优惠',
  search: {
    label: '查找会员',
    placeholder: '手机号、后 4 位或会员号',
    submit: '查找',
    clear: '清除',
    badForm: '请输入 11 位手机号、手机号后 4 位，或 12 位会员号',
  },
  filter: {
    label: '筛选',
    store: '门店',
    allStores: '全部门店',
    state: '状态',
    anyState: '全部状态',
    active: '已领卡',
    pendingOnly: '未领卡',
    bought: '购买时间',
    anyBought: '不限时间',
    within: (days: number) => `${String(days)} 天内买过`,
    inactive: (days: number) => `超过 ${String(days)} 天没来`,
    silent: (days: number) => `${String(days)} 天没有消费也没打开小程序`,
    consent: '营销同意',
    anyConsent: '不限',
    marketing: '同意优惠消息',
    marketing_sms: '同意优惠短信',
    marketing_phone: '同意电话通知',
    profiling: '同意个性化服务',
    owner: '归属员工',
    anyOwner: '不限员工',
    oneOwner: '指定员工的客户',
    clear: '清除筛选',
  },
  column: {
    member: '会员',
    lastPurchase: '最近购买',
    total: '累计消费',
    balance: '积分',
    since: '入会',
  },
  purchases: (times: string) => `${times} 笔`,
  neverBought: '还没有消费',
  shown: (rows: string) => `已显示 ${rows} 位`,
  empty: '还没有会员。第一位会员在收银台登记后，会出现在这里。',
  emptyFiltered: '没有符合条件的会员',
  exports: {
    title: '导出',
    start: '导出名单',
    about: '导出按现在的条件筛选出的会员。手机号和姓名已打码，每次导出都会留下记录。',
    all: '全部会员',
    progress: (done: string, all: string) => `${done} / ${all} 位`,
    counting: '正在统计人数',
    rows: (rows: string) => `${rows} 位`,
    state: (state: ExportJob['state']) => EXPORT_STATES[state],
    download: '下载',
    downloadOf: (rows: string, at: string) => `下载 ${at} 导出的 ${rows} 位会员`,
    until: (at: string) => `${at} 前可以下载`,
    expired: '到期后文件已删除，需要时请重新导出',
    failed: '没有生成文件，请重新导出',
    by: (name: string, at: string) => `${name} ${at} 导出`,
    empty: '还没有导出过',
    fileName: (day: string) => `会员名单-${day}.csv`,
  },
  file: {
    back: '返回会员列表',
    memberNo: (no: string) => `会员号 ${no}`,
    balance: '积分',
    pending: (points: string, fromDate: string, isAtOnce: boolean) =>
      `${points} 分待生效，${fromDate} 起${isAtOnce ? '' : '陆续'}可用`,
    total: '累计消费',
    purchases: (all: string, online: string) => `${all} 笔，其中线上 ${online} 笔`,
    lastPurchase: '最近购买',
    since: '入会',
    registered: (channel: MemberFile['registeredChannel']) => CHANNELS[channel],
    cashier: (name: string) => `经手 ${name}`,
    owner: '归属员工',
    noOwner: '没有指定，归门店',
    ownerChange: '修改',
    ownerChangeLabel: '修改归属员工',
    ownerHint: '在店里照看这位会员的同事。停用员工时，他的客户会一起移交。',
    birthday: '生日',
    birthdayWords: (month: number, day: number) => `${String(month)} 月 ${String(day)} 日`,
    unknown: '未填写',
    details: '资料',
    fold: '资料：营销同意、注销、门店、身份',
    consents: '营销同意',
    consentState: (state: ConsentState) => CONSENT_STATES[state],
    credits: '微信订阅消息',
    creditsWords: (times: string) => `还可以发 ${times} 次`,
    level: {
      title: (name: string) => `等级：${name}`,
      growth: (growth: string) => `成长值 ${growth}`,
      until: (day: string) => `有效期至 ${day}`,
      forEver: '长期有效',
      changed: (from: string, to: string) => `${from} → ${to}`,
      kept: (name: string) => `保留${name}`,
    },
    stores: '去过的门店',
    noStores: '还没有在门店消费',
    identities: '身份',
    identityKind: (kind: string) => IDENTITY_NAMES.get(kind) ?? kind,
    assurance: (assurance: Assurance) => ASSURANCE_NAMES[assurance],
    source: (source: string) => {
      const storeCode = TILL_SOURCE.exec(source)?.[1]
      if (storeCode !== undefined) return `收银台（门店 ${storeCode}）`
      return SOURCES[source] ?? importSource(source) ?? source
    },
    from: (no: string) => `来自已并入的会员 ${no}`,
    findDuplicates: '找重复',
    absorbed: '您打开的会员已并入另一位，这里是保留的那一位。',
    merges: '合并',
    merge: (role: MemberFile['merges'][number]['role'], otherNo: string) =>
      role === 'survivor' ? `会员 ${otherNo} 并入` : `并入会员 ${otherNo}`,
    mergedAt: (at: string, undone: string | null) =>
      undone === null ? `${at} 合并` : `${at} 合并，${undone} 已撤销`,
    seen: (first: string, last: string) => `首次 ${first} · 最近 ${last}`,
  },
  phone: {
    show: '查看完整手机号',
    about: '为保护会员隐私，每次查看都会记录您的姓名、时间和用途。',
    why: '查看用途',
    whyPlaceholder: '例如：顾客来电，核对订单',
    whyShort: '请写明用途，至少 2 个字',
    reasons: ['顾客来电核对', '联系取货或退货', '处理投诉'],
    submit: '查看并记录',
    cancel: '取消',
    hides: (seconds: number) => `${String(seconds)} 秒后隐藏`,
    hide: '立即隐藏',
    shown: '完整手机号',
  },
  timeline: {
    title: '往来记录',
    filter: '记录类型',
    all: '全部',
    kinds: { purchase: '消费', points: '积分', message: '消息', consent: '同意' },
    empty: '还没有记录',
    emptyKind: '没有这类记录',
    sale: '消费',
    refund: '退货',
    online: '线上',
    terminal: (code: string) => `收银台 ${code}`,
    receiptNo: (no: string) => `小票号 ${no}`,
    refunded: (amount: string) => `已退 ${amount}`,
    points: (signed: string) => `积分 ${signed}`,
    balanceAfter: (points: string) => `余额 ${points}`,
    moreLines: (all: string) => `只显示前 10 件，共 ${all} 件`,
    goods: (names: readonly string[], all: string) => `${names.join('、')}，共 ${all} 件商品`,
    quantity: (quantity: string) => `× ${quantity}`,
    messageState: (state: MessageState) => MESSAGE_STATES[state],
    messageChannel: (channel: keyof typeof MESSAGE_CHANNELS) => MESSAGE_CHANNELS[channel],
    campaign: (name: string) => `活动“${name}”`,
    more: '更早的记录',
    end: '以上是全部记录',
  },
} as const
