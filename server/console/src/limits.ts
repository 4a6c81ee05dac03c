// What the contracts allow, for the forms: the contracts themselves bring their checker along,
// which the pages need not load. limits.spec.ts holds both to the same.

export const STAFF_NAME_MAX = 64
export const STAFF_PASSWORD_MIN = 10
export const STAFF_PASSWORD_MAX = 200
export const STORE_NAME_MAX = 40
export const STATISTICS_DAYS_MAX = 366
export const LOST_AFTER_DAYS = 90
export const CAP_MESSAGES_MAX = 100
export const CAP_DAYS_MAX = 365
export const CAMPAIGN_NAME_MAX = 40
export const MESSAGE_TITLE_MAX = 20
export const MESSAGE_BODY_MAX = 200
export const INACTIVE_DAYS_MAX = 3_650
export const SEND_AHEAD_DAYS_MAX = 90
export const CAME_BACK_WITHIN_DAYS = 30
export const QUIET_DEFAULT = { quietFromMinute: 1_260, quietToMinute: 540 } as const
export const COOLING_OFF_DAYS_MAX = 30
export const CONSENT_DAYS_MAX = 31
export const NUMBER_QUIET_DAYS_MIN = 90
export const NUMBER_QUIET_DAYS_MAX = 3_650
export const SALTS_MAX = 20
export const SALT_CHARACTERS_MAX = 64
export const WHY_CHARACTERS_MIN = 2
export const WHY_CHARACTERS_MAX = 100
/** Minutes of a day. */
export const DAY_MINUTES = 1_440

/** Channels in the order they are offered: the free one last, so that nobody is left out by it. */
export const CHANNELS = ['wechat', 'inbox', 'sms'] as const

/** Short names of a store, a till or a person. */
const CODE = /^[A-Za-z0-9._-]{1,32}$/

/** Is it a short name as the server takes it? */
export function isCode(text: string): boolean {
  return CODE.test(text.trim())
}

/** Short names of a platform. */
const PLATFORM = /^[a-z0-9_-]{1,32}$/

/** Is it a platform's short name as the server takes it? */
export function isPlatformCode(text: string): boolean {
  return PLATFORM.test(text)
}
