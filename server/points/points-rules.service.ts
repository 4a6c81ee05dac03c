import { Injectable } from '@nestjs/common'
import {
  earningTermsSchema,
  type EarningDraft,
  type EarningTerms,
} from '@huike/shared/contracts/console-points'
import { mostPointsOf } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { Statements, Tx } from '../platform/database.js'
import { EarningRules, NO_RULES } from './earning-rules.js'
import type { PointsRule } from './points-rule.entity.js'
import { RuleVersions, type PublishedBy } from './rule-versions.js'

/** The rules of earning as they were published; see rule-versions.ts. */
@Injectable()
export class PointsRulesService {
  readonly #versions = new RuleVersions<EarningTerms>('points_rule', earningTermsSchema)

  /** Every version, by which sales earn. */
  async published(statements: Statements): Promise<EarningRules> {
    return new EarningRules(await this.#versions.published(statements))
  }

  /** By which nothing is earned: for what was sold before a chain came here. */
  none(): EarningRules {
    return NO_RULES
  }

  /**
   * Publishes a version. Refuses as `RuleVersions.publish` does, and `rule_generous` (it may give
   * more points than fen are paid, and nobody said that this is meant).
   */
  publish(
    tx: Tx,
    draft: EarningDraft,
    by: PublishedBy,
  ): Promise<{ ok: true; row: PointsRule } | Refusal> {
    const { terms, isGenerousMeant } = draft
    return this.#versions.publish(tx, draft, by, () =>
      mostPointsOf(terms) > terms.perFen && !isGenerousMeant ? refuse('rule_generous') : null,
    )
  }

  /** Withdraws a version that is to come. Refuses as `RuleVersions.withdraw` does. */
  withdraw(
    tx: Tx,
    version: number,
    by: PublishedBy,
  ): Promise<{ ok: true; isFresh: boolean } | Refusal> {
    return this.#versions.withdraw(tx, version, by)
  }
}
