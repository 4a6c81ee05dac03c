import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { z } from 'zod'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import type { PointsRule } from './points-rule.entity.js'

// Rules as they were published. A version is a row that is never changed; a new one says from when it
// holds, never in the past: points that were given stay as they were told. One whose day has not
// come may be withdrawn; its row stays and says so. The version before all is not a row.

const FIRST_VERSION = 1
const COLUMNS = [
  'version',
  'effectiveFromMs',
  'terms',
  'publishedAtMs',
  'publishedBy',
  'withdrawnAtMs',
  'withdrawnBy',
] as const satisfies (keyof PointsRule)[]

/** A version, from when it holds, and who published it. */
export interface Published<Rule> extends Omit<PointsRule, 'version' | 'terms'> {
  rule: Rule
}

export interface RuleDraft<Terms> {
  terms: Terms
  effectiveFromMs: number | null
  basedOnVersion: number
}

/** Who publishes or withdraws, and when. */
export interface PublishedBy {
  staffId: string
  nowMs: number
}

/** The rule at a moment: of those that hold by then the last one to begin, and of two the later. */
export function ruleAt<Rule>(
  published: readonly Published<Rule>[],
  first: Rule,
  atMs: number,
): Rule {
  const begun = published.filter(
    ({ effectiveFromMs, withdrawnAtMs }) => effectiveFromMs <= atMs && withdrawnAtMs === null,
  )
  const last = begun.reduce<Published<Rule> | null>(
    (latest, one) =>
      latest !== null && latest.effectiveFromMs > one.effectiveFromMs ? latest : one,
    null,
  )
  return last?.rule ?? first
}

export class RuleVersions<Terms extends object> {
  /** What versions say → their terms: a version never changes. */
  readonly #read = new Map<string, Terms>()

  constructor(
    private readonly table: 'points_rule' | 'points_activity_rule',
    private readonly schema: z.ZodType<Terms>,
  ) {}

  /** Every version, the oldest first, those withdrawn included. */
  async published(statements: Statements): Promise<Published<Terms & { version: number }>[]> {
    const rows = await statements.rows<PointsRule>(
      `SELECT * FROM ${this.table} WHERE version > ? ORDER BY version`,
      [FIRST_VERSION],
    )
    return rows.map((row) => ({ ...row, rule: { version: row.version, ...this.#termsOf(row) } }))
  }

  /**
   * Publishes a version. Refuses `rule_changed` (somebody published another one, or withdrew the
   * latest, since the draft was begun), `rule_in_past`, and what `refusal` refuses.
   */
  async publish(
    tx: Tx,
    draft: RuleDraft<Terms>,
    by: PublishedBy,
    refusal: () => Refusal | null = () => null,
  ): Promise<{ ok: true; row: PointsRule } | Refusal> {
    const [newest] = await tx.rows<Pick<PointsRule, 'version'>>(
      `SELECT version FROM ${this.table} ORDER BY version DESC LIMIT 1${tx.forUpdate}`,
    )
    const [standing] = await tx.rows<Pick<PointsRule, 'version'>>(
      `SELECT version FROM ${this.table} WHERE withdrawnAtMs IS NULL
       ORDER BY version DESC LIMIT 1`,
    )
    if (draft.basedOnVersion !== (standing?.version ?? FIRST_VERSION)) return refuse('rule_changed')
    const effectiveFromMs = draft.effectiveFromMs ?? by.nowMs
    if (effectiveFromMs < by.nowMs) return refuse('rule_in_past')
    const refused = refusal()
    if (refused !== null) return refused
    const row: PointsRule = {
      version: (newest?.version ?? FIRST_VERSION) + 1,
      effectiveFromMs,
      terms: JSON.stringify(draft.terms),
      publishedAtMs: by.nowMs,
      publishedBy: by.staffId,
      withdrawnAtMs: null,
      withdrawnBy: null,
    }
    await tx.insert(this.table, COLUMNS, [valuesOf(row, COLUMNS)])
    return { ok: true, row }
  }

  /**
   * Withdraws a version that is to come; `isFresh` is false when it was withdrawn before. Refuses
   * `not_found`, and `rule_begun` (points were given by it, or might have been).
   */
  async withdraw(
    tx: Tx,
    version: number,
    by: PublishedBy,
  ): Promise<{ ok: true; isFresh: boolean } | Refusal> {
    const [row] = await tx.rows<PointsRule>(
      `SELECT * FROM ${this.table} WHERE version = ?${tx.forUpdate}`,
      [version],
    )
    if (!row) return refuse('not_found')
    if (row.withdrawnAtMs !== null) return { ok: true, isFresh: false }
    if (row.effectiveFromMs <= by.nowMs) return refuse('rule_begun')
    await tx.run(`UPDATE ${this.table} SET withdrawnAtMs = ?, withdrawnBy = ? WHERE version = ?`, [
      by.nowMs,
      by.staffId,
      version,
    ])
    return { ok: true, isFresh: true }
  }

  #termsOf({ terms }: PointsRule): Terms {
    const known = this.#read.get(terms)
    if (known) return known
    const read = this.schema.parse(JSON.parse(terms))
    this.#read.set(terms, read)
    return read
  }
}
