import { Injectable } from '@nestjs/common'
import {
  earningTermsSchema,
  type EarningDraft,
  type EarningTerms,
} from '@huike/shared/contracts/console-points'
import { FIRST_RULE, mostPointsOf } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { EarningRules, NO_RULES, type PublishedRule } from './earning-rules.js'
import type { PointsRule } from './points-rule.entity.js'

// The rules of earning as they were published. A version is a row that is never changed; a new one
// says from when it holds, never in the past: points that were given stay as they were told.

const COLUMNS = [
  'version',
  'effectiveFromMs',
  'terms',
  'publishedAtMs',
  'publishedBy',
] as const satisfies (keyof PointsRule)[]

@Injectable()
export class PointsRulesService {
  /** Version → its terms: a version never changes. */
  readonly #read = new Map<string, EarningTerms>()

  /** Every version, by which sales earn. */
  async published(statements: Statements): Promise<EarningRules> {
    return new EarningRules(
      (await this.versions(statements)).map(({ rule, row }) => ({
        rule,
        effectiveFromMs: row.effectiveFromMs,
      })),
    )
  }

  /** By which nothing is earned: for what was sold before a chain came here. */
  none(): EarningRules {
    return NO_RULES
  }

  /** Every published version, the oldest first; the one before them is `FIRST_RULE`. */
  async versions(
    statements: Statements,
  ): Promise<(Pick<PublishedRule, 'rule'> & { row: PointsRule })[]> {
    const rows = await statements.rows<PointsRule>(
      'SELECT * FROM points_rule WHERE version > ? ORDER BY version',
      [FIRST_RULE.version],
    )
    return rows.map((row) => ({ row, rule: { version: row.version, ...this.#termsOf(row) } }))
  }

  /**
   * Publishes a version. Refuses `rule_changed` (somebody published another one since the draft was
   * begun), `rule_in_past` (sales of the past have their points) and `rule_generous` (it may give
   * more points than fen are paid, and nobody said that this is meant).
   */
  async publish(
    tx: Tx,
    draft: EarningDraft,
    by: { staffId: string; nowMs: number },
  ): Promise<{ ok: true; row: PointsRule } | Refusal> {
    const rows = await tx.rows<Pick<PointsRule, 'version'>>(
      `SELECT version FROM points_rule ORDER BY version DESC LIMIT 1${tx.forUpdate}`,
    )
    const latest = rows[0]?.version ?? FIRST_RULE.version
    if (draft.basedOnVersion !== latest) return refuse('rule_changed')
    const effectiveFromMs = draft.effectiveFromMs ?? by.nowMs
    if (effectiveFromMs < by.nowMs) return refuse('rule_in_past')
    const isGenerous = mostPointsOf(draft.terms) > draft.terms.perFen
    if (isGenerous && !draft.isGenerousMeant) return refuse('rule_generous')
    const row: PointsRule = {
      version: latest + 1,
      effectiveFromMs,
      terms: JSON.stringify(draft.terms),
      publishedAtMs: by.nowMs,
      publishedBy: by.staffId,
    }
    await tx.insert('points_rule', COLUMNS, [valuesOf(row, COLUMNS)])
    return { ok: true, row }
  }

  #termsOf({ terms }: PointsRule): EarningTerms {
    const known = this.#read.get(terms)
    if (known) return known
    const read = earningTermsSchema.parse(JSON.parse(terms))
    this.#read.set(terms, read)
    return read
  }
}
