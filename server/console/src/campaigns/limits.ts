// The bounds of the campaign contract, repeated so that its schemas stay out of the page's bundle;
// limits.spec.ts holds the two together.

export const NAME_CHARACTERS_MAX = 40
export const TITLE_CHARACTERS_MAX = 20
export const BODY_CHARACTERS_MAX = 200
export const INACTIVE_DAYS_MAX = 3_650
export const SEND_AHEAD_DAYS_MAX = 90
export const CAME_BACK_DAYS = 30
export const QUIET_DEFAULT = { quietFromMinute: 1_260, quietToMinute: 540 } as const

/** Channels in the order they are offered: the free one last, so that nobody is left out by it. */
export const CHANNELS = ['wechat', 'inbox', 'sms'] as const
