import type { EarningRule } from '@huike/shared/contracts/console-points'
import {
  availableAtMs,
  earnedPoints,
  expiresAtMs,
  FIRST_RULE,
  type Earned,
  type EarningSale,
} from '@huike/shared/earning'
import {
  asksMember,
  heldBonuses,
  type EarningMember,
  type SoldLine,
} from '@huike/shared/earning-conditions'
import { fen } from '@huike/shared/quantities'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { LotDates } from './postings.js'
import { ruleAt, type Published } from './rule-versions.js'

// The published rules of earning, each from its day on. A sale earns by the rule of the moment it
// was made, however late it arrives.

/** What transfers name a rule of earning by, beside its version. */
export const EARNING_RULE_ID = 'base'

/** What is known of a sale beside itself, as far as its rule asks for it; see `askedBy`. */
export interface SaleFacts {
  lines: readonly SoldLine[]
  member: EarningMember
  /** What the member's other sales of the same business date gave. */
  dayPoints: number
}

/** For rules that ask for nothing beside the sale. */
export const NO_FACTS: SaleFacts = {
  lines: [],
  member: { levelCode: '', birthday: null, isFirstPurchase: false },
  dayPoints: 0,
}

/** What a sale earns, by which rule, and from when until when. */
export interface EarnedBySale extends Earned {
  rule: { id: string; version: number }
  lot: LotDates
  /** What was decided about the member, to be kept with the sale; null where nothing was asked. */
  earnedAs: string | null
}

type Sale = Pick<Purchase, 'totalFen' | 'channel' | 'storeId' | 'businessDate' | 'occurredAtMs'>

export class EarningRules {
  /**
   * `published` in the order of their versions, those taken back included; the one before them is
   * `first`.
   */
  constructor(
    readonly published: readonly Published<EarningRule>[],
    private readonly first: EarningRule = FIRST_RULE,
  ) {}

  /** The rule for sales made at a moment. */
  at(occurredAtMs: number): EarningRule {
    return ruleAt(this.published, this.first, occurredAtMs)
  }

  /** A version, by its number: what was given names it. */
  version(version: number): EarningRule {
    const found = [this.first, ...this.published.map(({ rule }) => rule)].find(
      (rule) => rule.version === version,
    )
    if (!found) throw new Error(`there is no version ${String(version)} of the rules of earning`)
    return found
  }

  /** What a sale earns now. */
  earnedBy(sale: Sale, { lines, member, dayPoints }: SaleFacts): EarnedBySale {
    const rule = this.at(sale.occurredAtMs)
    const hasDayCap = rule.dayPointsMax !== null
    const as: EarnedAs = {
      heldBonuses: heldBonuses(rule, member, sale.businessDate),
      dayPoints: hasDayCap ? dayPoints : 0,
    }
    const isAsked = hasDayCap || rule.bonuses.some(({ when }) => asksMember(when))
    const earnedAs = isAsked ? JSON.stringify(as) : null
    const fromMs = availableAtMs(rule.pendingDays, sale.occurredAtMs, CHAIN_TIME_ZONE)
    return {
      ...earnedAgain(rule, sale, { earnedAs, lines }),
      earnedAs,
      rule: { id: EARNING_RULE_ID, version: rule.version },
      lot: {
        availableAtMs: fromMs,
        expiresAtMs: expiresAtMs(rule.expiry, fromMs, CHAIN_TIME_ZONE),
      },
    }
  }
}

/** What is kept with a sale, as JSON. */
type EarnedAs = Pick<EarningSale, 'heldBonuses' | 'dayPoints'>

const NOTHING_ASKED: EarnedAs = { heldBonuses: [], dayPoints: 0 }

/**
 * What a sale earns by a rule, worked out from what was kept with it when it earned by that rule; so
 * it comes to the same at any later time.
 */
export function earnedAgain(
  rule: EarningRule,
  sale: Sale,
  kept: { earnedAs: string | null; lines: readonly SoldLine[] },
): Earned {
  return earnedPoints(rule, {
    totalFen: fen(sale.totalFen),
    channel: sale.channel as 'pos' | 'online',
    storeId: sale.storeId,
    businessDate: sale.businessDate,
    lines: kept.lines,
    ...(kept.earnedAs === null ? NOTHING_ASKED : (JSON.parse(kept.earnedAs) as EarnedAs)),
  })
}

/** Nothing is earned: what was sold before a chain came here. */
export const NO_RULES = new EarningRules([], { ...FIRST_RULE, points: 0 })
