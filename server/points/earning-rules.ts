import type { EarningRule } from '@huike/shared/contracts/console-points'
import { earnedPoints, expiresAtMs, FIRST_RULE, type Earned } from '@huike/shared/earning'
import { fen } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { PointsRule } from './points-rule.entity.js'
import type { LotDates } from './postings.js'

// The published rules of earning, each from its day on. A sale earns by the rule of the moment it
// was made, however late it arrives.

/** What transfers name a rule of earning by, beside its version. */
export const EARNING_RULE_ID = 'base'

/** A version, the sales it is for, and who published it. */
export interface PublishedRule extends Omit<PointsRule, 'version' | 'terms'> {
  rule: EarningRule
}

/** What a sale earns, by which rule, and until when. */
export interface EarnedBySale extends Earned {
  rule: { id: string; version: number }
  lot: LotDates
}

type Sale = Pick<Purchase, 'totalFen' | 'channel' | 'storeId' | 'businessDate' | 'occurredAtMs'>

export class EarningRules {
  /**
   * `published` in the order of their versions, those taken back included; the one before them is
   * `first`.
   */
  constructor(
    readonly published: readonly PublishedRule[],
    private readonly first: EarningRule = FIRST_RULE,
  ) {}

  /** The rule for sales made at a moment; the later one holds where two begin together. */
  at(occurredAtMs: number): EarningRule {
    const begun = this.published.filter(
      ({ effectiveFromMs, withdrawnAtMs }) =>
        effectiveFromMs <= occurredAtMs && withdrawnAtMs === null,
    )
    const last = begun.reduce<PublishedRule | null>(
      (latest, one) =>
        latest !== null && latest.effectiveFromMs > one.effectiveFromMs ? latest : one,
      null,
    )
    return last?.rule ?? this.first
  }

  /** What a sale earns. */
  earnedBy(sale: Sale): EarnedBySale {
    const { occurredAtMs, storeId, businessDate } = sale
    const rule = this.at(occurredAtMs)
    const earned = earnedPoints(rule, {
      totalFen: fen(sale.totalFen),
      channel: sale.channel as 'pos' | 'online',
      storeId,
      businessDate,
    })
    return {
      ...earned,
      rule: { id: EARNING_RULE_ID, version: rule.version },
      lot: {
        availableAtMs: occurredAtMs,
        expiresAtMs: expiresAtMs(rule.expiry, occurredAtMs, CHAIN_TIME_ZONE),
      },
    }
  }
}

/** Nothing is earned: what was sold before a chain came here. */
export const NO_RULES = new EarningRules([], { ...FIRST_RULE, points: 0 })
