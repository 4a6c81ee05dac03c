import type { OfflineFinding } from '@huike/shared/contracts/offline'
import { OFFLINE_FINDING_WORDS } from '@huike/shared/offline-words'

// The sentences about redeeming without a network.

export const offlineStrings = {
  title: '离线核销',
  note: '收银台断网时，可以用事先留给它的券和积分。券不会用两次；积分最多超出您设的上限，超出的记成欠分并列在下面。',
  settings: '留给收银台什么',
  settingsNote: '留给会员最近买过东西的那台收银台。会员要出示会员码。',
  on: '断网时可以用券和积分',
  onHint: '不打开时，断网的收银台只按原价收银，积分照常累计。',
  hours: '联网中断后还能用多少小时',
  hoursHint: '1 到 24。留在一台收银台的券，别处要等它归还才能用，所以不要太长。',
  points: '每位会员一次断网最多用多少积分',
  pointsHint: '0 到 100,000；0 为不能用积分。这就是最多会超出的数。',
  saved: (time: string) => `${time} 已保存，十分钟内各收银台生效。`,
  tills: '留在收银台的',
  tillsEmpty: '现在没有留给哪台收银台',
  till: (store: string, code: string) => `${store} ${code} 号收银台`,
  holds: (coupons: string, members: string) => `${members} 位会员，券 ${coupons} 张`,
  until: (at: string) => `可用到 ${at}`,
  release: '收回',
  releaseOf: (till: string) => `收回${till}的额度`,
  releaseNote:
    '只在收银机坏了、丢了的时候收回。收回以后这些券马上可以在别处用；它之前已经离线用过的，可能会用两次，用了两次的会列在下面。',
  reason: '原因',
  reasonHint: '2 到 100 个字，会写进操作日志；不要写手机号',
  findings: '需要看一看的',
  findingsEmpty: '没有需要看的',
  kind: (kind: OfflineFinding['kind']) => OFFLINE_FINDING_WORDS[kind],
  excess: (points: string) => `${points} 分`,
  member: '看会员',
} as const
