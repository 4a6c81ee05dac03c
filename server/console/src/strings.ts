import type { StaffRole } from '@huike/shared/contracts/console'

// Every sentence of the console, in one place. Error sentences that the server gives are shown as
// they are.

const ROLES: Readonly<Record<StaffRole, string>> = {
  owner: '总部',
  manager: '店长',
  clerk: '店员',
}

export const strings = {
  brand: '回客',
  product: '管理台',
  signIn: {
    title: '登录',
    username: '账号',
    password: '密码',
    submit: '登录',
    expired: '登录已过期,请重新登录',
  },
  home: {
    greeting: (hour: number) =>
      hour < 5
        ? '夜深了'
        : hour < 11
          ? '早上好'
          : hour < 13
            ? '中午好'
            : hour < 18
              ? '下午好'
              : '晚上好',
    role: (role: StaffRole) => ROLES[role],
    signOut: '退出',
    today: '今日',
    businessDay: (date: string) => `营业日 ${date}`,
    sales: '销售额',
    salesCount: (times: string) => `${times} 笔`,
    memberSales: '会员销售额',
    memberShare: (percent: string, times: string) => `占 ${percent},${times} 笔`,
    newMembers: '新会员',
    newMembersUnit: '今天登记',
    pointsGiven: '发出积分',
    pointsUnit: '今天入账',
    stores: '门店与收银台',
    storesEmpty: '还没有门店。请管理员用 huike 命令建立门店和收银台。',
    terminalsEmpty: '这家店还没有收银台',
    retry: '再试一次',
    stale: (sentence: string) => `没有刷新成功,显示的是上一次的数字。${sentence}`,
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
  failure: {
    unreachable: '连不上服务器,请检查网络后再试',
    strange: '服务器的回答看不懂,请刷新页面',
  },
} as const
