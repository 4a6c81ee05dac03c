import { Injectable } from '@nestjs/common'
import { RETENTION_RULES, RETENTION_TERMS, type RetentionName } from '@huike/shared/retention'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { RetentionRule } from './retention-rule.entity.js'
import type { RetentionRun } from './retention-run.entity.js'

// How long things are kept, and what was purged. A purge is claimed by a lease that every commit of
// it renews: a server that was slow deletes nothing more once another has taken over.

export const PURGE_LEASE_MS = 60_000
const PURGE_EVERY_MS = 86_400_000

/** A purge under way. */
export interface Purge {
  rule: RetentionName
  keptDays: number
  runId: string
  leaseUntilMs: number
}

const RULE_COLUMNS = [
  'name',
  'keptDays',
  'nextAtMs',
  'changedAtMs',
  'changedBy',
] as const satisfies (keyof RetentionRule)[]
const RUN_COLUMNS = [
  'id',
  'rule',
  'keptDays',
  'deletedRows',
  'startedAtMs',
  'finishedAtMs',
] as const satisfies (keyof RetentionRun)[]

@Injectable()
export class RetentionService {
  /** Every rule as it stands, by name; one that nobody set and no server has seen is not in it. */
  async rules(statements: Statements): Promise<Map<string, RetentionRule>> {
    const rows = await statements.rows<RetentionRule>('SELECT * FROM retention_rule')
    return new Map(rows.map((row) => [row.name, row]))
  }

  /** The last purge of each rule. */
  async lastRuns(statements: Statements): Promise<Map<string, RetentionRun>> {
    const rows = await statements.rows<RetentionRun>(
      `SELECT r.* FROM retention_run r JOIN
         (SELECT rule, MAX(id) AS id FROM retention_run GROUP BY rule) l ON l.id = r.id`,
    )
    return new Map(rows.map((row) => [row.rule, row]))
  }

  /** A page of purges, newest first. */
  runs(
    statements: Statements,
    ask: { beforeId: string | null; limit: number },
  ): Promise<RetentionRun[]> {
    return statements.rows<RetentionRun>(
      `SELECT * FROM retention_run ${ask.beforeId === null ? '' : 'WHERE id < ?'}
       ORDER BY id DESC LIMIT ${String(ask.limit)}`,
      ask.beforeId === null ? [] : [ask.beforeId],
    )
  }

  /** Writes down the rules that are not yet. Throws UniqueViolation when another was first. */
  async ensure(tx: Tx): Promise<void> {
    const known = await this.rules(tx)
    const fresh = RETENTION_RULES.filter((name) => !known.has(name)).map((name) => ({
      ...{ name, keptDays: RETENTION_TERMS[name].defaultDays, nextAtMs: 0 },
      ...{ changedAtMs: null, changedBy: null },
    }))
    await tx.insert(
      'retention_rule',
      RULE_COLUMNS,
      fresh.map((row) => valuesOf<RetentionRule>(row, RULE_COLUMNS)),
    )
  }

  /** Sets how long something is kept. Refuses `input_invalid` beyond the days it may be. */
  async change(
    tx: Tx,
    change: { name: RetentionName; keptDays: number },
    by: { staffId: string; atMs: number },
  ): Promise<{ ok: true } | Refusal> {
    const { daysMin, daysMax, title } = RETENTION_TERMS[change.name]
    if (change.keptDays < daysMin || change.keptDays > daysMax)
      return refuse('input_invalid', `${title}可保存 ${String(daysMin)} 到 ${String(daysMax)} 天`)
    await this.ensure(tx)
    await tx.run(
      'UPDATE retention_rule SET keptDays = ?, changedAtMs = ?, changedBy = ? WHERE name = ?',
      [change.keptDays, by.atMs, by.staffId, change.name],
    )
    return { ok: true }
  }

  /** Takes the purge that is due the longest; null when none is. */
  async claim(tx: Tx, nowMs: number): Promise<Purge | null> {
    const [rule] = await tx.rows<RetentionRule>(
      `SELECT * FROM retention_rule WHERE nextAtMs <= ?
       ORDER BY nextAtMs, name LIMIT 1${tx.forUpdate}`,
      [nowMs],
    )
    const name = RETENTION_RULES.find((known) => known === rule?.name)
    if (!rule || name === undefined) return null
    const leaseUntilMs = nowMs + PURGE_LEASE_MS
    await tx.run('UPDATE retention_rule SET nextAtMs = ? WHERE name = ?', [leaseUntilMs, name])
    const run: RetentionRun = {
      ...{ id: mintId(nowMs), rule: name, keptDays: rule.keptDays, deletedRows: 0 },
      ...{ startedAtMs: nowMs, finishedAtMs: null },
    }
    await tx.insert('retention_run', RUN_COLUMNS, [valuesOf(run, RUN_COLUMNS)])
    return { rule: name, keptDays: rule.keptDays, runId: run.id, leaseUntilMs }
  }

  /** Renews the lease in the commit that deletes; null when it was lost. */
  async renew(tx: Tx, purge: Purge, nowMs: number): Promise<Purge | null> {
    // A lease of the same moment would look like one that was lost.
    const leaseUntilMs = Math.max(nowMs + PURGE_LEASE_MS, purge.leaseUntilMs + 1)
    const held = await tx.run(
      'UPDATE retention_rule SET nextAtMs = ? WHERE name = ? AND nextAtMs = ?',
      [leaseUntilMs, purge.rule, purge.leaseUntilMs],
    )
    return held === 0 ? null : { ...purge, leaseUntilMs }
  }

  /** Counts what a commit deletes. */
  async count(tx: Tx, purge: Purge, deleted: number): Promise<void> {
    await tx.run('UPDATE retention_run SET deletedRows = deletedRows + ? WHERE id = ?', [
      deleted,
      purge.runId,
    ])
  }

  /** The purge is done; the next is due in a day. */
  async finish(tx: Tx, purge: Purge, nowMs: number): Promise<void> {
    await tx.run('UPDATE retention_run SET finishedAtMs = ? WHERE id = ?', [nowMs, purge.runId])
    await tx.run('UPDATE retention_rule SET nextAtMs = ? WHERE name = ? AND nextAtMs = ?', [
      nowMs + PURGE_EVERY_MS,
      purge.rule,
      purge.leaseUntilMs,
    ])
  }
}
