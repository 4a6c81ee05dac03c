import { Injectable } from '@nestjs/common'
import type {
  QualityFigureCode,
  QualityRun as QualityRunView,
} from '@huike/shared/contracts/console-quality'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { Clock, localDate } from '../platform/clock.js'
import {
  Database,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StaffService } from '../staff/staff.service.js'
import type { QualityFigure } from './quality-figure.entity.js'
import type { QualityRun } from './quality-run.entity.js'
import { NOTHING_COUNTED } from './tally.js'

// Runs as rows: one for each day of the chain, whoever asks for another, and one after merges. A run
// is claimed for a minute at a time; each commit of it asks for the number of the last, so that a
// server which was slow changes nothing of what another goes on with.

export const LEASE_MS = 60_000
/** A run that no server could finish in a day is not tried again. */
const GIVE_UP_AFTER_MS = 86_400_000
/** The daily run begins when the chain sleeps. */
const DAILY_HOUR = 3
/** Merges come in rows: they are counted together. */
const RECHECK_AFTER_MS = 600_000
const LISTED_MAX = 30
const TREND_POINTS_MAX = 180
/** Counted runs, without the drawings of samples. */
const IS_COUNT = "kind <> 'sample'"

const COLUMNS = [
  'id',
  'runKey',
  'kind',
  'sampleId',
  'businessDate',
  'state',
  'phase',
  'place',
  'step',
  'doneRows',
  'totalRows',
  'tally',
  'nextAtMs',
  'startedBy',
  'createdAtMs',
  'finishedAtMs',
  'judged',
  'failing',
] as const satisfies (keyof QualityRun)[]

@Injectable()
export class QualityRunsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly staff: StaffService,
  ) {}

  /** Puts down today's run, once its hour has come; nothing when it is there. */
  async beginDaily(): Promise<void> {
    const nowMs = this.clock.nowMs()
    const hour = Number(localTime(nowMs, CHAIN_TIME_ZONE).slice(11, 13))
    if (hour < DAILY_HOUR) return
    const runKey = `daily|${localDate(nowMs, CHAIN_TIME_ZONE)}`
    const isThere = await this.database.read(async (rx) => (await byKey(rx, runKey)) !== null)
    if (isThere) return
    try {
      await this.database.write((tx) => this.add(tx, { runKey, kind: 'daily', nowMs }))
    } catch (error) {
      // Another server was first.
      if (!(error instanceof UniqueViolation)) throw error
    }
  }

  /** Counts anew for a person; answers the run that is under way where there is one. */
  async ask(staffId: string): Promise<QualityRunView> {
    const nowMs = this.clock.nowMs()
    const run = await this.database.write(async (tx) => {
      // Who asks at the same time waits here and finds it.
      await tx.rows(`SELECT id FROM staff ORDER BY id LIMIT 1${tx.forUpdate}`)
      const underWay = await current(tx)
      if (underWay) return underWay
      const id = mintId(nowMs)
      return this.add(tx, { id, runKey: `asked|${id}`, kind: 'asked', nowMs, startedBy: staffId })
    })
    const [view] = await this.database.read((rx) => this.#views(rx, [run]))
    if (!view) throw new Error('a run without a view')
    return view
  }

  /** Counts anew soon, in the transaction of a merge; several merges are counted together. */
  async recheck(tx: Tx, nowMs: number): Promise<void> {
    const period = Math.floor(nowMs / RECHECK_AFTER_MS)
    const runKey = `recheck|${String(period)}`
    if ((await byKey(tx, runKey)) !== null) return
    await this.add(tx, { runKey, kind: 'recheck', nowMs, dueAtMs: nowMs + RECHECK_AFTER_MS })
  }

  /** Writes a run down. Throws UniqueViolation when its key is there. */
  async add(
    tx: Tx,
    fresh: {
      id?: string
      runKey: string
      kind: string
      nowMs: number
      dueAtMs?: number
      startedBy?: string
      sampleId?: string
      phase?: string
    },
  ): Promise<QualityRun> {
    const { nowMs, runKey, kind } = fresh
    const run: QualityRun = {
      ...{ id: fresh.id ?? mintId(nowMs), runKey, kind, sampleId: fresh.sampleId ?? null },
      ...{ businessDate: localDate(nowMs, CHAIN_TIME_ZONE), state: 'waiting' },
      ...{ phase: fresh.phase ?? 'members', place: '', step: 0, doneRows: 0 },
      totalRows: kind === 'sample' ? null : await rowsOfLast(tx),
      ...{ tally: JSON.stringify(NOTHING_COUNTED), nextAtMs: fresh.dueAtMs ?? nowMs },
      ...{ startedBy: fresh.startedBy ?? null, createdAtMs: nowMs, finishedAtMs: null },
      ...{ judged: 0, failing: 0 },
    }
    await tx.insert('quality_run', COLUMNS, [valuesOf(run, COLUMNS)])
    return run
  }

  /** Takes the run that waits longest, for a minute; null when none is due. */
  async claim(): Promise<QualityRun | null> {
    const nowMs = this.clock.nowMs()
    const due = `FROM quality_run WHERE state IN ('waiting', 'running') AND nextAtMs <= ?`
    const waiting = await this.database.read((rx) => rx.rows(`SELECT id ${due} LIMIT 1`, [nowMs]))
    if (waiting.length === 0) return null
    return this.database.write(async (tx) => {
      const [run] = await tx.rows<QualityRun>(
        `SELECT * ${due} ORDER BY nextAtMs, id LIMIT 1${tx.forUpdate}`,
        [nowMs],
      )
      if (!run) return null
      const isTooOld = run.createdAtMs + GIVE_UP_AFTER_MS <= nowMs && run.state === 'running'
      const state = isTooOld ? 'failed' : 'running'
      const claimed = { ...run, state, step: run.step + 1, nextAtMs: nowMs + LEASE_MS }
      await tx.run('UPDATE quality_run SET state = ?, step = ?, nextAtMs = ? WHERE id = ?', [
        ...[claimed.state, claimed.step, claimed.nextAtMs, run.id],
      ])
      return claimed
    })
  }

  /** Writes how far a run has come; false when another server has it now. */
  async moveOn(tx: Tx, before: QualityRun, after: QualityRun): Promise<boolean> {
    const changed = COLUMNS.slice(COLUMNS.indexOf('state'))
    const matched = await tx.run(
      `UPDATE quality_run SET ${changed.map((name) => `${name} = ?`).join(', ')}
       WHERE id = ? AND step = ?`,
      [...valuesOf(after, changed), before.id, before.step],
    )
    return matched > 0
  }

  /** The last that was done, and one that is under way. */
  async lastAndCurrent(
    statements: Statements,
  ): Promise<{ last: QualityRunView | null; current: QualityRunView | null }> {
    const last = await lastDone(statements)
    const underWay = await current(statements)
    const views = await this.#views(
      statements,
      [last, underWay].flatMap((run) => run ?? []),
    )
    const viewOf = (run: QualityRun | null) => views.find(({ id }) => id === run?.id) ?? null
    return { last: viewOf(last), current: viewOf(underWay) }
  }

  /** The latest runs, newest first. */
  async list(statements: Statements): Promise<QualityRunView[]> {
    const rows = await statements.rows<QualityRun>(
      `SELECT * FROM quality_run WHERE ${IS_COUNT}
       ORDER BY createdAtMs DESC, id DESC LIMIT ${String(LISTED_MAX)}`,
    )
    return this.#views(statements, rows)
  }

  /** The figures of one run. */
  figures(statements: Statements, runId: string): Promise<QualityFigure[]> {
    return statements.rows<QualityFigure>(
      'SELECT * FROM quality_figure WHERE runId = ? ORDER BY code, groupKey',
      [runId],
    )
  }

  /** What the last run said of all members, by figure: part of whole, from 0 to 1. */
  async lastShares(statements: Statements): Promise<Map<string, number>> {
    const last = await lastDone(statements)
    const figures = last === null ? [] : await this.figures(statements, last.id)
    return new Map(
      figures
        .filter(({ groupKey }) => groupKey === '')
        .map(({ code, part, whole }) => [code, whole === 0 ? 0 : part / whole]),
    )
  }

  /** One figure over the latest runs, oldest first. */
  async trend(statements: Statements, code: QualityFigureCode): Promise<QualityFigure[]> {
    const rows = await statements.rows<QualityFigure>(
      `SELECT * FROM quality_figure WHERE code = ? AND groupKey = ''
       ORDER BY atMs DESC, runId DESC LIMIT ${String(TREND_POINTS_MAX)}`,
      [code],
    )
    return rows.reverse()
  }

  async #views(statements: Statements, runs: readonly QualityRun[]): Promise<QualityRunView[]> {
    const askers = [...new Set(runs.flatMap(({ startedBy }) => startedBy ?? []))]
    const names = await this.staff.namesOf(statements, askers)
    return runs.map((run) => ({
      id: run.id as QualityRunView['id'],
      kind: run.kind as QualityRunView['kind'],
      state: run.state as QualityRunView['state'],
      businessDate: run.businessDate as QualityRunView['businessDate'],
      ...{ doneRows: run.doneRows, totalRows: run.totalRows },
      createdAtMs: run.createdAtMs as QualityRunView['createdAtMs'],
      finishedAtMs: run.finishedAtMs as QualityRunView['finishedAtMs'],
      by: run.startedBy === null ? null : (names.get(run.startedBy) ?? ''),
      ...{ failing: run.failing, judged: run.judged },
    }))
  }
}

async function byKey(statements: Statements, runKey: string): Promise<{ id: string } | null> {
  const [run] = await statements.rows<{ id: string }>(
    'SELECT id FROM quality_run WHERE runKey = ?',
    [runKey],
  )
  return run ?? null
}

async function lastDone(statements: Statements): Promise<QualityRun | null> {
  const [run] = await statements.rows<QualityRun>(
    `SELECT * FROM quality_run WHERE ${IS_COUNT} AND state = 'done'
     ORDER BY createdAtMs DESC, id DESC LIMIT 1`,
  )
  return run ?? null
}

async function current(statements: Statements): Promise<QualityRun | null> {
  const [run] = await statements.rows<QualityRun>(
    `SELECT * FROM quality_run WHERE ${IS_COUNT} AND state IN ('waiting', 'running')
     ORDER BY nextAtMs LIMIT 1`,
  )
  return run ?? null
}

/** About how many rows a run looks at: as many as the last one did. */
async function rowsOfLast(statements: Statements): Promise<number | null> {
  return (await lastDone(statements))?.doneRows ?? null
}
