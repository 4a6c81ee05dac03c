// What personal data may be used for, purpose by purpose (PIPL art. 6, 13, 14). Membership itself
// rests on the notice the shopper was shown; every other purpose needs a grant of its own, is never
// ticked beforehand, and is withdrawn as easily as it was given.

/** Purposes that a shopper grants or withdraws, in the order they are shown. */
export const CONSENT_PURPOSES = [
  'marketing',
  'marketing_sms',
  'marketing_phone',
  'profiling',
] as const
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number]

export interface PurposeText {
  /** Changes whenever the text does: kept with each grant as evidence of what was shown. */
  policyVersion: string
  title: string
  text: string
}

/** What the shopper reads before granting each purpose. */
export const PURPOSE_TEXTS: Record<ConsentPurpose, PurposeText> = {
  marketing: {
    policyVersion: '2026-01',
    title: '优惠与活动消息',
    text: '在小程序消息和微信订阅消息里收到优惠、活动和到期提醒。不同意也能正常积分和使用会员权益，随时可以关闭。',
  },
  marketing_sms: {
    policyVersion: '2026-01',
    title: '优惠短信',
    text: '用您的手机号给您发送优惠和活动短信。不同意也能正常积分和使用会员权益，随时可以关闭。',
  },
  marketing_phone: {
    policyVersion: '2026-11',
    title: '电话通知',
    text: '门店用您的手机号给您打电话，告诉您优惠和活动。不同意也能正常积分和使用会员权益，随时可以关闭。',
  },
  profiling: {
    policyVersion: '2026-11',
    title: '个性化服务',
    text: '根据您在门店和线上的消费习惯，让店员为您提供更合适的服务和推荐。不同意也能正常积分和使用会员权益，随时可以关闭。',
  },
}

/** How a consent came about, in words. */
const CONSENT_WAYS: Readonly<Record<string, string>> = {
  till_notice: '收银台',
  wechat_phone: '微信授权手机号',
  member_page: '会员在小程序里操作',
  deletion_asked: '申请注销时自动撤回',
  merge: '会员档案合并，从严处理',
  merge_undo: '撤销会员档案合并，从严处理',
}

/** How a consent came about, in words; one that is not here yet is shown as it is kept. */
export function consentWayWords(how: string): string {
  return CONSENT_WAYS[how] ?? how
}
