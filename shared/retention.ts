// How long things are kept (PIPL art. 19: no longer than the purpose needs). What the books, the
// telling apart of what comes twice, or taking something back still need is kept at least that long:
// that is what the fewest days are for. Purchases, points and the proofs of consents are no matter of
// these rules; neither are people who stopped coming, who are listed for a person to decide about.

export interface RetentionTerms {
  title: string
  /** Why it is kept at all, and what goes. */
  text: string
  defaultDays: number
  daysMin: number
  daysMax: number
}

/** Every rule, in the order in which they are shown. */
export const RETENTION_RULES = [
  'sessions',
  'messages',
  'copies',
  'exports',
  'idempotency',
  'agent_events',
  'parked_events',
  'event_deliveries',
  'event_log',
  'webhook_deliveries',
  'stray_purchases',
  'points_jobs',
  'coupon_rule_awards',
] as const
export type RetentionName = (typeof RETENTION_RULES)[number]

export const RETENTION_TERMS: Readonly<Record<RetentionName, RetentionTerms>> = {
  sessions: {
    title: '会员登录会话',
    text: '登录失效后，用来查明异常登录。到期删除会话和其中的微信账号。',
    defaultDays: 30,
    daysMin: 1,
    daysMax: 180,
  },
  messages: {
    title: '已发送的消息',
    text: '供会员回看和统计活动效果。到期删除每位会员的收发记录，旧活动的人数会随之减少。',
    defaultDays: 730,
    daysMin: 365,
    daysMax: 1_825,
  },
  copies: {
    title: '个人信息副本链接',
    text: '链接十分钟失效，记录用来限制次数。到期删除。',
    defaultDays: 7,
    daysMin: 2,
    daysMax: 30,
  },
  exports: {
    title: '导出任务',
    text: '文件七天后删除；任务记录里有筛选条件。到期删除。',
    defaultDays: 30,
    daysMin: 8,
    daysMax: 180,
  },
  idempotency: {
    title: '接口幂等记录',
    text: '用来认出重复的请求。到期删除应答原文。',
    defaultDays: 90,
    daysMin: 30,
    daysMax: 365,
  },
  agent_events: {
    title: '收银台上报记录',
    text: '收银台会保留 90 天小票并可能重传，要靠它认出重复。到期删除；消费和积分不受影响。',
    defaultDays: 400,
    daysMin: 180,
    daysMax: 1_825,
  },
  parked_events: {
    title: '已处理的搁置记录',
    text: '供复核。到期删除原文。',
    defaultDays: 180,
    daysMin: 30,
    daysMax: 730,
  },
  event_deliveries: {
    title: '已完成的内部任务',
    text: '用来确认统计没有重复。到期删除。',
    defaultDays: 30,
    daysMin: 7,
    daysMax: 365,
  },
  event_log: {
    title: '内部事件',
    text: '只有编号和数字，供补算统计。全部处理完并到期后删除。',
    defaultDays: 400,
    daysMin: 180,
    daysMax: 1_825,
  },
  webhook_deliveries: {
    title: '对外推送记录',
    text: '供核对合作方收到了什么。到期删除。',
    defaultDays: 90,
    daysMin: 30,
    daysMax: 365,
  },
  stray_purchases: {
    title: '待认领的消费',
    text: '当时留了号码、还不是会员的消费，本人登录后归到名下。到期不再等待，消费本身不删除。',
    defaultDays: 90,
    daysMin: 7,
    daysMax: 90,
  },
  points_jobs: {
    title: '积分账的核对和试算',
    text: '供比较和查阅。到期删除任务和结果；每一种最近的一次留着。',
    defaultDays: 90,
    daysMin: 30,
    daysMax: 730,
  },
  coupon_rule_awards: {
    title: '自动发券的记录',
    text: '生日、升级、消费等每一次是不是发过，用来不发第二次。到期删除，规则页的累计数会随之减少；每人只发一次的留到注销，发出的券不受影响。',
    defaultDays: 730,
    daysMin: 400,
    daysMax: 1_825,
  },
}
