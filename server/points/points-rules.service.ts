import { Injectable } from '@nestjs/common'
import {
  earningTermsSchema,
  type EarningDraft,
  type EarningTerms,
} from '@huike/shared/contracts/console-points'
import { FIRST_RULE, mostPointsOf } from '@huike/shared/earning'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { EarningRules, NO_RULES } from './earning-rules.js'
import type { PointsRule } from './points-rule.entity.js'

// The rules of earning as they were published. A version is a row that is never changed; a new one
// says from when it holds, never in the past: points that were given stay as they were told. One
// whose day has not come may be withdrawn; its row stays and says so.

const COLUMNS = [
  'version',
  'effectiveFromMs',
  'terms',
  'publishedAtMs',
  'publishedBy',
  'withdrawnAtMs',
  'withdrawnBy',
] as const satisfies (keyof PointsRule)[]

interface By {
  staffId: string
  nowMs: number
}

@Injectable()
export class PointsRulesService {
  /** What versions say → their terms: a version never changes. */
  readonly #read = new Map<string, EarningTerms>()

  /** Every version, by which sales earn. */
  async published(statements: Statements): Promise<EarningRules> {
    const rows = await statements.rows<PointsRule>(
      'SELECT * FROM points_rule WHERE version > ? ORDER BY version',
      [FIRST_RULE.version],
    )
    return new EarningRules(
      rows.map((row) => ({ ...row, rule: { version: row.version, ...this.#termsOf(row) } })),
    )
  }

  /** By which nothing is earned: for what was sold before a chain came here. */
  none(): EarningRules {
    return NO_RULES
  }

  /**
   * Publishes a version. Refuses `rule_changed` (somebody published another one, or withdrew the
   * latest, since the draft was begun), `rule_in_past` (sales of the past have their points) and
   * `rule_generous` (it may give more points than fen are paid, and nobody said that this is meant).
   */
  async publish(
    tx: Tx,
    draft: EarningDraft,
    by: By,
  ): Promise<{ ok: true; row: PointsRule } | Refusal> {
    const [newest] = await tx.rows<Pick<PointsRule, 'version'>>(
      `SELECT version FROM points_rule ORDER BY version DESC LIMIT 1${tx.forUpdate}`,
    )
    const [standing] = await tx.rows<Pick<PointsRule, 'version'>>(
      `SELECT version FROM points_rule WHERE withdrawnAtMs IS NULL
       ORDER BY version DESC LIMIT 1`,
    )
    if (draft.basedOnVersion !== (standing?.version ?? FIRST_RULE.version))
      return refuse('rule_changed')
    const effectiveFromMs = draft.effectiveFromMs ?? by.nowMs
    if (effectiveFromMs < by.nowMs) return refuse('rule_in_past')
    const isGenerous = mostPointsOf(draft.terms) > draft.terms.perFen
    if (isGenerous && !draft.isGenerousMeant) return refuse('rule_generous')
    const row: PointsRule = {
      version: (newest?.version ?? FIRST_RULE.version) + 1,
      effectiveFromMs,
      terms: JSON.stringify(draft.terms),
      publishedAtMs: by.nowMs,
      publishedBy: by.staffId,
      withdrawnAtMs: null,
      withdrawnBy: null,
    }
    await tx.insert('points_rule', COLUMNS, [valuesOf(row, COLUMNS)])
    return { ok: true, row }
  }

  /**
   * Withdraws a version that is to come; `isFresh` is false when it was withdrawn before. Refuses
   * `not_found`, and `rule_begun` (sales have earned by it, or might have).
   */
  async withdraw(
    tx: Tx,
    version: number,
    by: By,
  ): Promise<{ ok: true; isFresh: boolean } | Refusal> {
    const [row] = await tx.rows<PointsRule>(
      `SELECT * FROM points_rule WHERE version = ?${tx.forUpdate}`,
      [version],
    )
    if (!row) return refuse('not_found')
    if (row.withdrawnAtMs !== null) return { ok: true, isFresh: false }
    if (row.effectiveFromMs <= by.nowMs) return refuse('rule_begun')
    await tx.run('UPDATE points_rule SET withdrawnAtMs = ?, withdrawnBy = ? WHERE version = ?', [
      by.nowMs,
      by.staffId,
      version,
    ])
    return { ok: true, isFresh: true }
  }

  #termsOf({ terms }: PointsRule): EarningTerms {
    const known = this.#read.get(terms)
    if (known) return known
    const read = earningTermsSchema.parse(JSON.parse(terms))
    this.#read.set(terms, read)
    return read
  }
}
