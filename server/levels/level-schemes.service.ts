import { Injectable } from '@nestjs/common'
import {
  schemeTermsSchema,
  type Level,
  type LevelScheme,
  type SchemeDraft,
  type SchemeTerms,
} from '@huike/shared/contracts/levels'
import { FIRST_SCHEME, levelNameIn, rankOf, schemeFault } from '@huike/shared/levels'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { LevelSchemes } from './level-schemes.js'
import type { LevelSchemeRow } from './level-scheme.entity.js'

// The levels as they were published. A version is a row that is never changed; a new one says from
// when it holds, never in the past: a level that was reached stays until its day.

const COLUMNS = [
  'version',
  'effectiveFromMs',
  'terms',
  'publishedAtMs',
  'publishedBy',
] as const satisfies (keyof LevelSchemeRow)[]

@Injectable()
export class LevelSchemesService {
  /** What was published → its terms: a version never changes. */
  readonly #read = new Map<string, SchemeTerms>()

  constructor(private readonly clock: Clock) {}

  /** Every version, by which growth and levels are decided. */
  async published(statements: Statements): Promise<LevelSchemes> {
    return new LevelSchemes(
      (await this.versions(statements)).map(({ scheme, row }) => ({
        scheme,
        effectiveFromMs: row.effectiveFromMs,
      })),
    )
  }

  /** Whether anybody published a scheme: until then nothing grows. */
  async isAny(statements: Statements): Promise<boolean> {
    const first = await statements.rows(
      'SELECT version FROM level_scheme WHERE version > ? LIMIT 1',
      [FIRST_SCHEME.version],
    )
    return first.length > 0
  }

  /** The scheme in force now. */
  async now(statements: Statements): Promise<LevelScheme> {
    return (await this.published(statements)).at(this.clock.nowMs())
  }

  /** What people read for a level code now. */
  async names(statements: Statements): Promise<(code: string) => string> {
    const schemes = await this.published(statements)
    const nowMs = this.clock.nowMs()
    return (code) => schemes.nameOf(code, nowMs)
  }

  /**
   * Every level there is, from the lowest, also those that are still to come: a level that was
   * published stays in every later version. Called as they are now.
   */
  async levels(statements: Statements): Promise<Pick<Level, 'code' | 'name'>[]> {
    const schemes = await this.published(statements)
    const now = schemes.at(this.clock.nowMs())
    return schemes.latest.levels.map(({ code, name }) => ({
      ...{ code, name: rankOf(now, code) < 0 ? name : levelNameIn(now, code) },
    }))
  }

  /** Every published version, the oldest first; the one before them is `FIRST_SCHEME`. */
  async versions(statements: Statements): Promise<{ row: LevelSchemeRow; scheme: LevelScheme }[]> {
    const rows = await statements.rows<LevelSchemeRow>(
      'SELECT * FROM level_scheme WHERE version > ? ORDER BY version',
      [FIRST_SCHEME.version],
    )
    return rows.map((row) => ({ row, scheme: { version: row.version, ...this.#termsOf(row) } }))
  }

  /**
   * Publishes a version. Refuses `scheme_changed` (somebody published another one since the draft was
   * begun), `scheme_in_past` and `scheme_invalid` (told why in words; see `schemeFault`).
   */
  async publish(
    tx: Tx,
    draft: SchemeDraft,
    by: { staffId: string; nowMs: number },
  ): Promise<{ ok: true; row: LevelSchemeRow } | Refusal> {
    const [last] = await tx.rows<LevelSchemeRow>(
      `SELECT * FROM level_scheme ORDER BY version DESC LIMIT 1${tx.forUpdate}`,
    )
    const latest = last?.version ?? FIRST_SCHEME.version
    if (draft.basedOnVersion !== latest) return refuse('scheme_changed')
    const effectiveFromMs = draft.effectiveFromMs ?? by.nowMs
    if (effectiveFromMs < by.nowMs) return refuse('scheme_in_past')
    const fault = schemeFault(draft.terms, last ? this.#termsOf(last) : FIRST_SCHEME)
    if (fault !== null) return refuse('scheme_invalid', fault)
    const row: LevelSchemeRow = {
      version: latest + 1,
      effectiveFromMs,
      terms: JSON.stringify(draft.terms),
      publishedAtMs: by.nowMs,
      publishedBy: by.staffId,
    }
    await tx.insert('level_scheme', COLUMNS, [valuesOf(row, COLUMNS)])
    return { ok: true, row }
  }

  #termsOf({ terms }: LevelSchemeRow): SchemeTerms {
    const known = this.#read.get(terms)
    if (known) return known
    const read = schemeTermsSchema.parse(JSON.parse(terms))
    this.#read.set(terms, read)
    return read
  }
}
