// The sentences of the settings.

export const settingsStrings = {
  title: '设置',
  note: '全部门店共用，只有总部能改。',
  security: '登录',
  securityNote: '总部、运营和审计看得到全部门店，只用密码不够稳妥。',
  factorRequired: '总部、运营和审计必须设置动态口令',
  factorHint:
    '打开后，还没有设置的人登录后只能打开“我的账号”，设好才能看其他页面。请先给自己设好。',
  securitySaved: '已保存，马上生效。',
  duplicates: '重复会员',
  duplicatesNote: '系统会找出可能是同一个人的会员记录。',
  mergesAlone: '把握很大的，由系统自动合并',
  mergesAloneHint:
    '不打开时，每一对都等人判断。自动合并的也记在“合并记录”里，随时可以撤销；人判断过的不会再动。',
  valuableFrom: '重点会员：累计消费达到多少元，只由人合并',
  valuableHint: '1 到 10,000,000 的整数',
  applyDuplicates: '按此设置',
  duplicatesSaved: (time: string) => `${time} 已保存，从下一对开始生效。`,
  messages: '营销消息',
  messagesNote: '活动消息发出去之前都要过这一关，不管走哪个渠道。',
  quiet: '安静时间',
  quietOn: '设安静时间',
  from: '从',
  to: '到',
  quietHint: '按会员所在门店的时间。安静时间里到点的消息，等到安静时间结束再发。',
  cap: '每位会员最多收到',
  capDays: '在多少天里',
  capMessages: '最多几条',
  capHint: '小程序、微信和短信合起来算。超过的不发，并记下原因。',
  summary: '这样设的意思是',
  quietWords: (from: string, to: string, isNextDay: boolean) =>
    `${from} 到${isNextDay ? '第二天 ' : ' '}${to} 不发营销消息。`,
  noQuietWords: '全天都可能发营销消息。',
  capWords: (messages: string, days: string) =>
    `同一位会员，任意 ${days} 天里最多收到 ${messages} 条。`,
  wrong: '条数要在 1 到 100 之间，天数要在 1 到 365 之间',
  saved: (time: string) => `${time} 已保存，马上生效。`,
} as const
