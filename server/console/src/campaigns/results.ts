import type {
  AudiencePreview,
  Campaign,
  CampaignHead,
  CampaignState,
  MessageReason,
  MessageState,
} from '@huike/shared/contracts/console-campaigns'

// What a campaign's numbers mean: how far it is, and why some were not written to.

/** States of messages in the order they are told. */
export const MESSAGE_STATES: readonly MessageState[] = [
  'sent',
  'sending',
  'waiting',
  'skipped',
  'failed',
  'doubtful',
]

const LIVE_REFRESH_MS = 2_000
const SCHEDULED_REFRESH_MS = 15_000

/** Are there fewer coupons than people? Which of them get one is chance, and so is by which channel. */
export function isCouponShort({ leftOut }: Pick<AudiencePreview, 'leftOut'>): boolean {
  return leftOut.some(({ reason, count }) => reason === 'coupon_out_of_stock' && count > 0)
}

/** Of those picked, how many are settled one way or another. */
export function settledOf(counts: Campaign['counts']): number {
  return counts.sent + counts.failed + counts.skipped + counts.doubtful
}

/** 0 to 100; 100 only when nobody waits any more. */
export function percentOf({ state, counts }: Pick<CampaignHead, 'state' | 'counts'>): number {
  if (state === 'done') return 100
  if (counts.picked === 0) return 0
  return Math.min(99, Math.floor((settledOf(counts) / counts.picked) * 100))
}

/** May somebody still stop it? */
export function isStoppable(state: CampaignState): boolean {
  return state === 'scheduled' || state === 'picking' || state === 'sending'
}

/** How soon to look again; null when nothing changes any more. */
export function refreshMsOf(state: CampaignState): number | null {
  switch (state) {
    case 'picking':
    case 'sending':
      return LIVE_REFRESH_MS
    case 'scheduled':
      return SCHEDULED_REFRESH_MS
    case 'done':
    case 'cancelled':
      return null
  }
}

/** How many of a state, and why: the most frequent reason first. */
export interface StateRow {
  state: MessageState
  count: number
  reasons: { reason: MessageReason; count: number }[]
}

/** A row for every state that has somebody, and always one for those sent to. */
export function stateRows({ counts, reasons }: Pick<Campaign, 'counts' | 'reasons'>): StateRow[] {
  return MESSAGE_STATES.map((state) => ({
    state,
    count: counts[state],
    reasons: reasons
      .filter((one) => one.state === state && one.count > 0)
      .map(({ reason, count }) => ({ reason, count }))
      .sort((a, b) => b.count - a.count),
  })).filter((row) => row.count > 0 || row.state === 'sent')
}
