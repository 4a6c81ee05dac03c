import { STAFF_ROLE_NAMES, type StaffRole } from '@huike/shared/permissions'

// The sentences of the frame around every page, and of today's page, which is seen first. The pages
// that are loaded later hold their own in a strings.ts beside them. Error sentences that the server
// gives are shown as they are.

export const strings = {
  brand: '回客',
  product: '管理台',
  tab: (title: string) => `${title} · 回客`,
  role: (role: StaffRole) => STAFF_ROLE_NAMES[role],
  nothing: '—',
  cancel: '取消',
  save: '保存',
  more: '显示更多',
  restored: '已恢复您上次没有发布的内容。',
  startOver: '重新填',
  end: '没有更多了',
  signIn: {
    title: '登录',
    note: '用总部或店长给您的账号登录',
    username: '账号',
    password: '密码',
    code: '动态口令',
    codeHelp: '手机验证器里的六位数字。手机不在身边，可以填一个恢复码。',
    submit: '登录',
    expired: '登录已过期，请重新登录',
    help: '忘了密码，请店长或总部在“员工”里重设。',
  },
  nav: {
    label: '主菜单',
    today: '今日',
    members: '会员',
    campaigns: '活动',
    statistics: '统计',
    points: '积分规则',
    levels: '会员等级',
    stores: '门店与收银台',
    staff: '员工',
    sources: '数据来源',
    parked: '待处理',
    reviews: '评价',
    quality: '数据质量',
    duplicates: '重复会员',
    imports: '导入',
    rights: '同意与注销',
    audit: '操作日志',
    settings: '设置',
    account: '我的账号',
    more: '更多',
    close: '关闭',
    signOut: '退出',
  },
  noPage: {
    title: '打不开这一页',
    forbidden: '您的角色看不到这一页。需要的话，请店长或总部改您的角色。',
    unknown: '没有这个地址。它可能写错了，或者内容已经不在。',
    home: '回到今日',
  },
  today: {
    greeting: (hour: number, name: string) => `${timeOfDayWords(hour)}，${name}`,
    businessDay: (date: string) => `营业日 ${date}`,
    asOf: (time: string) => `${time} 更新`,
    sales: '销售额',
    salesCount: (times: string) => `${times} 笔`,
    member: '会员消费',
    noMember: '非会员消费',
    part: (percent: string, times: string) => `占 ${percent}，${times} 笔`,
    shareLabel: (member: string, noMember: string) =>
      `会员消费占 ${member}，非会员消费占 ${noMember}`,
    newMembers: '新会员',
    newMembersNote: '今天登记',
    pointsGiven: '发出积分',
    pointsNote: '今天入账',
    empty: '今天还没有小票。第一张进来后，这里会显示数字。',
    attention: '需要留意',
    allWell: '收银台都正常，没有要处理的记录。',
    silent: (tills: string) => `${tills} 台收银台失联`,
    behind: (tills: string) => `${tills} 台收银台还没传完`,
    unenrolled: (tills: string) => `${tills} 台收银台还没登记`,
    parked: (events: string) => `${events} 条记录等人处理`,
    qualityFailing: (figures: string) => `${figures} 项数据质量未达标`,
    anomalies: (times: string) => `${times} 条异常数量或金额等人看`,
    look: '去看看',
    noTerminals: '还没有收银台。先在“门店与收银台”里登记一台。',
    terminals: (tills: string) => `共 ${tills} 台收银台`,
    stores: '门店',
    storeTills: (online: string, all: string) => `${online} / ${all} 台在线`,
    storeNoTills: '没有收银台',
    allStores: (stores: string) => `全部 ${stores} 家`,
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
    stale: (time: string, sentence: string) => `没有刷新成功，显示的是 ${time} 的数字。${sentence}`,
    unreachable: '连不上服务器，请检查网络后再试',
    strange: '服务器的回答看不懂，请刷新页面',
    offline: '网络断了。已经打开的内容还能看，改动要等网络恢复。',
    page: '这一页没有打开成功，请检查网络后再试',
  },
} as const

function timeOfDayWords(hour: number): string {
  if (hour < 5) return '夜深了'
  if (hour < 11) return '早上好'
  if (hour < 13) return '中午好'
  return hour < 18 ? '下午好' : '晚上好'
}
