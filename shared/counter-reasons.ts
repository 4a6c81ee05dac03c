// Why a cashier gives a coupon at the counter; chosen, never typed, so that nothing personal gets in.

export const COUNTER_REASONS = ['sorry', 'regular', 'event', 'missed'] as const
/** Why a coupon was given at a counter. */
export type CounterReason = (typeof COUNTER_REASONS)[number]

/** The reasons as the cashier and the owner read them. */
export const COUNTER_REASON_WORDS: Readonly<Record<CounterReason, string>> = {
  sorry: '安抚顾客',
  regular: '答谢老顾客',
  event: '门店活动',
  missed: '补发漏发的券',
}
