import { CAMPAIGN_STORES_MAX, type Audience } from '@huike/shared/contracts/console-campaigns'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { Campaign } from './campaign.entity.js'

// Whose campaign it is: a manager picks people of the own stores only, and sees the campaigns that
// stay within the stores of now, their own too; an owner picks and sees all.

/** Who asks: `storeIds` null stands for every store of the chain. */
export interface Acting {
  readonly id: string
  readonly storeIds: readonly string[] | null
}

/** An audience as it is kept: what was asked for, and the stores it stood for then. */
export interface KeptAudience extends Audience {
  stores: string[] | null
}

/**
 * The stores an audience stands for when `acting` asks for it; null: every store. Refuses `forbidden`
 * for a store that is not theirs, and `input_invalid` for more stores than can be named.
 */
export function storesOf(
  acting: Acting,
  asked: readonly string[],
): { ok: true; stores: string[] | null } | Refusal {
  const wanted = [...new Set(asked)]
  const own = acting.storeIds
  if (own === null) return { ok: true, stores: wanted.length === 0 ? null : wanted }
  if (!wanted.every((storeId) => own.includes(storeId))) return refuse('forbidden')
  const stores = wanted.length === 0 ? [...own] : wanted
  if (stores.length > CAMPAIGN_STORES_MAX)
    return refuse('input_invalid', `请选择门店，最多 ${String(CAMPAIGN_STORES_MAX)} 家`)
  return { ok: true, stores }
}

export function keptAudience(campaign: Pick<Campaign, 'audience'>): KeptAudience {
  return JSON.parse(campaign.audience) as KeptAudience
}

/** True when `acting` may see the campaign. */
export function maySee(acting: Acting, campaign: Campaign): boolean {
  const own = acting.storeIds
  if (own === null) return true
  const { stores } = keptAudience(campaign)
  return stores !== null && stores.length > 0 && stores.every((id) => own.includes(id))
}
