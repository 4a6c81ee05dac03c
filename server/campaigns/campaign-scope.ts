import type { Audience } from '@huike/shared/contracts/console-campaigns'
import type { Campaign } from './campaign.entity.js'

// Whose campaign it is: a manager picks people of the own stores only, and sees the own campaigns
// and those that stay within these stores; an owner picks and sees all.

/** Who asks: `storeIds` null stands for every store of the chain. */
export interface Acting {
  readonly id: string
  readonly storeIds: readonly string[] | null
}

/** An audience as it is kept: what was asked for, and the stores it stood for then. */
export interface KeptAudience extends Audience {
  stores: string[] | null
}

/** The stores an audience stands for when `acting` asks for it; `foreign` when one is not theirs. */
export function storesOf(acting: Acting, asked: readonly string[]): string[] | null | 'foreign' {
  const wanted = [...new Set(asked)]
  const own = acting.storeIds
  if (own === null) return wanted.length === 0 ? null : wanted
  if (wanted.length === 0) return [...own]
  return wanted.every((storeId) => own.includes(storeId)) ? wanted : 'foreign'
}

export function keptAudience(campaign: Pick<Campaign, 'audience'>): KeptAudience {
  return JSON.parse(campaign.audience) as KeptAudience
}

/** True when `acting` may see the campaign. */
export function maySee(acting: Acting, campaign: Campaign): boolean {
  const own = acting.storeIds
  if (own === null || campaign.createdBy === acting.id) return true
  const { stores } = keptAudience(campaign)
  return stores !== null && stores.length > 0 && stores.every((id) => own.includes(id))
}
