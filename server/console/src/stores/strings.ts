import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { TillHealth } from './till-health.js'

// The sentences of the stores and their tills.

const HEALTH: Readonly<Record<TillHealth, string>> = {
  online: '在线',
  offline: '离线',
  unenrolled: '未登记',
  revoked: '已停用',
}

export const storesStrings = {
  title: '门店与收银台',
  note: (stores: string, tills: string) => `${stores} 家门店，${tills} 台收银台`,
  search: '按店名或编号查找',
  empty: '还没有门店。先建一家，再登记它的收银台。',
  noneFound: '没有找到这样的门店',
  showAll: (stores: string) => `显示全部 ${stores} 家`,
  terminalsEmpty: '这家店还没有收银台',
  create: '新建门店',
  code: '门店编号',
  codeHint: '字母、数字、点、横线或下划线，最多 32 个。建好后不能改。',
  codeWrong: '只能用字母、数字、点、横线和下划线，最多 32 个',
  name: '店名',
  nameHint: (most: number) => `最多 ${String(most)} 个字`,
  timeZone: '时区',
  timeZoneHint: '营业日和时间按这个时区算。',
  zones: [
    { value: CHAIN_TIME_ZONE, label: '北京时间（UTC+8）' },
    { value: 'Asia/Urumqi', label: '乌鲁木齐时间（UTC+6）' },
  ],
  rename: '改名',
  renameOf: (store: string) => `改店名：${store}`,
  terminal: {
    health: (health: TillHealth) => HEALTH[health],
    neverSeen: '从未连接',
    lastSeen: (words: string) => `最近连接 ${words}`,
    outbox: (events: string) => `待上传 ${events}`,
    version: (version: string) => `版本 ${version}`,
  },
  enrol: {
    open: '登记收银台',
    again: '重新登记',
    title: (store: string) => `登记收银台：${store}`,
    code: '收银台编号',
    codeHint: '例如 01。写已有的编号，就是把那台收银台换到新机器上。',
    submit: '生成登记码',
    movesPromise: (till: string) =>
      `${till} 已经登记过。新机器用了这个登记码以后，原来的机器就不能再上传。`,
    issued: (till: string) => `${till} 的登记码`,
    copy: '复制',
    copied: '已复制',
    expires: (time: string) => `${time} 前有效，只能用一次`,
    expired: '登记码已过期，请重新生成',
    onceOnly: '登记码只在这里显示这一次。关掉以后要用，请重新生成。',
    how: '怎么用',
    steps: (code: string) => [
      '在收银机上装好收银助手。',
      `运行：npm run agent -- enrol ${code} --config 配置文件`,
      '启动收银助手，回到这一页，看到“在线”就好了。',
    ],
    done: '好了',
  },
  revoke: {
    open: '停用',
    label: (till: string) => `停用 ${till}`,
    promise: (till: string, waiting: string) =>
      `停用后，${till} 立刻不能再上传和查会员。机器上还没上传的 ${waiting} 条会留在那台机器里；已经入账的消费和积分不变。要再用，得重新登记。`,
    confirm: '停用这 1 台',
  },
} as const
