import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import {
  QUALITY_CHECKS,
  QUALITY_FIELDS,
  type QualityIssueKind,
  type QualitySettings,
  type SampleKind,
} from '@huike/shared/contracts/console-quality'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Pace } from '../platform/pace.js'
import { Clock } from '../platform/clock.js'
import { BusyError, Database, valuesOf, type Tx } from '../platform/database.js'
import { EventLogService } from '../platform/event-log.js'
import { LOGGER } from '../platform/tokens.js'
import { ChainSettingsService } from '../stores/chain-settings.service.js'
import { drawOn } from './chance-draw.js'
import { drawStepOf } from './draw-steps.js'
import { stepOverIdentities, stepOverMembers } from './member-steps.js'
import { stepOverPairs } from './pair-step.js'
import { stepOverPurchases } from './purchase-step.js'
import type { QualityFigure } from './quality-figure.entity.js'
import { LISTED_PER_KIND_MAX, QualityIssuesService } from './quality-issues.service.js'
import type { QualityRun } from './quality-run.entity.js'
import { LEASE_MS, QualityRunsService } from './quality-runs.service.js'
import { QualitySamplesService } from './quality-samples.service.js'
import { quantityConsumer } from './quantity-consumer.js'
import type { Step, StepAnswer } from './step.js'
import { stepOverStores } from './store-step.js'
import {
  addShares,
  passes,
  shareKey,
  shareOf,
  type Doubt,
  type Shares,
  type Tally,
} from './tally.js'

// Works runs off in the background, a stretch of rows at a time with a rest between two. What a
// stretch came to, and where it ended, is one commit: a run that was killed goes on where it was.

const REST_MS = 5
/** How often it is asked whether the run of the day is there; by the machine's own clock. */
const DAILY_LOOK_EVERY_MS = 60_000
const PHASES: readonly [name: string, step: Step][] = [
  ['members', stepOverMembers],
  ['identities', stepOverIdentities],
  ['purchases', stepOverPurchases],
  ['stores', stepOverStores],
  ['pairs', stepOverPairs],
]
const FINISH_PHASE = 'finish'

const FIGURE_COLUMNS = [
  'runId',
  'code',
  'groupKey',
  'part',
  'whole',
  'threshold',
  'passes',
  'businessDate',
  'atMs',
] as const satisfies (keyof QualityFigure)[]

@Injectable()
export class QualityWorkerService extends BackgroundWorker implements OnModuleInit {
  readonly #daily = new Pace(DAILY_LOOK_EVERY_MS)

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly eventLog: EventLogService,
    private readonly settings: ChainSettingsService,
    private readonly runs: QualityRunsService,
    private readonly issues: QualityIssuesService,
    private readonly samples: QualitySamplesService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'data quality')
  }

  onModuleInit(): void {
    this.eventLog.register(quantityConsumer(this.settings, this.issues))
  }

  /** Puts down the run of the day where it is due, and works off everything. For tests. */
  async drainDaily(): Promise<void> {
    await this.runs.beginDaily()
    await this.drain()
  }

  /** What falls due with the day comes before what is asked for. */
  protected override async round(): Promise<void> {
    if (this.#daily.isDue()) await this.runs.beginDaily()
    await super.round()
  }

  protected async step(): Promise<boolean> {
    const run = await this.runs.claim()
    if (!run) return false
    if (run.state === 'failed') {
      this.logger.error({ runId: run.id }, 'a run of data quality was given up')
      if (run.sampleId !== null) await this.#failSample(run.sampleId)
      return true
    }
    let now: QualityRun | null = run
    while (now?.state === 'running' && !this.isStopping) {
      now = now.phase === FINISH_PHASE ? await this.#finish(now) : await this.#countOn(now)
      await pause(REST_MS)
    }
    return true
  }

  /** One stretch; null when another server has the run. */
  async #countOn(run: QualityRun): Promise<QualityRun | null> {
    const nowMs = this.clock.nowMs()
    const { answer, sample } = await this.database.read(async (rx) => {
      const settings = await this.settings.quality(rx)
      const sample = run.sampleId === null ? null : await this.samples.find(rx, run.sampleId)
      const step = sample ? drawStepOf(sample.kind as SampleKind) : stepOf(run.phase)
      return { answer: await step(rx, { after: run.place, settings, nowMs }), sample }
    })
    const tally = tallyOf(run)
    const doubts = listable(tally, answer.doubts)
    const after = placeAfter(run, answer)
    const counted: Tally = {
      shares: addShares(tally.shares, answer.shares),
      listed: withListed(tally.listed, doubts),
      drawn: sample ? drawOn(tally.drawn, answer.candidates, sample) : tally.drawn,
    }
    return this.#commit(run, { ...after, tally: JSON.stringify(counted) }, (tx) =>
      this.issues.list(tx, doubts, nowMs),
    )
  }

  /** What was counted becomes figures, and what was drawn a sample. */
  async #finish(run: QualityRun): Promise<QualityRun | null> {
    const nowMs = this.clock.nowMs()
    const tally = tallyOf(run)
    const done = { ...run, state: 'done', finishedAtMs: nowMs }
    const { sampleId } = run
    if (sampleId !== null)
      return this.#commit(run, done, (tx) => this.samples.fill(tx, sampleId, tally.drawn))
    let isMore = true
    while (isMore)
      isMore = await this.database.write((tx) =>
        this.issues.letGo(tx, kindsThatGo(tally), run.createdAtMs),
      )
    const settings = await this.database.read((rx) => this.settings.quality(rx))
    const figures = figuresOf(run, { shares: tally.shares, settings, nowMs })
    const judged = figures.filter((figure) => figure.passes !== null)
    const counts = {
      judged: judged.length,
      failing: judged.filter((figure) => figure.passes === 0).length,
    }
    return this.#commit(run, { ...done, ...counts }, (tx) =>
      tx.insert(
        'quality_figure',
        FIGURE_COLUMNS,
        figures.map((figure) => valuesOf(figure, FIGURE_COLUMNS)),
      ),
    )
  }

  async #commit(
    before: QualityRun,
    after: QualityRun,
    effect: (tx: Tx) => Promise<void>,
  ): Promise<QualityRun | null> {
    const nextAtMs = this.clock.nowMs() + LEASE_MS
    const next = { ...after, step: before.step + 1, nextAtMs }
    try {
      return await this.database.write(async (tx) => {
        if (!(await this.runs.moveOn(tx, before, next))) return null
        await effect(tx)
        return next
      })
    } catch (error) {
      if (!(error instanceof BusyError)) throw error
      // The database was not there for it: the next attempt comes after the lease.
      this.logger.warn({ err: error }, 'a run of data quality was put off')
      return null
    }
  }

  async #failSample(sampleId: string): Promise<void> {
    await this.database.write((tx) => this.samples.fail(tx, sampleId))
  }
}

function stepOf(phase: string): Step {
  const found = PHASES.find(([name]) => name === phase)
  if (!found) throw new Error(`unknown phase ${phase}`)
  return found[1]
}

function placeAfter(run: QualityRun, answer: StepAnswer): QualityRun {
  const doneRows = run.doneRows + answer.rows
  if (answer.place !== null) return { ...run, doneRows, place: answer.place }
  const index = PHASES.findIndex(([name]) => name === run.phase)
  const next = index < 0 ? undefined : PHASES[index + 1]
  return { ...run, doneRows, phase: next?.[0] ?? FINISH_PHASE, place: '' }
}

function tallyOf(run: QualityRun): Tally {
  return JSON.parse(run.tally) as Tally
}

/** As many as a kind may still list in this run; the others are counted only. */
function listable({ listed }: Tally, doubts: readonly Doubt[]): Doubt[] {
  const left = new Map<QualityIssueKind, number>()
  return doubts.filter(({ kind }) => {
    const room = left.get(kind) ?? LISTED_PER_KIND_MAX - (listed[kind] ?? 0)
    left.set(kind, room - 1)
    return room > 0
  })
}

function withListed(listed: Tally['listed'], doubts: readonly Doubt[]): Tally['listed'] {
  const after = { ...listed }
  for (const { kind } of doubts) after[kind] = (after[kind] ?? 0) + 1
  return after
}

/** Anomalies stay until somebody answers; a kind that was not listed whole proves nothing gone. */
function kindsThatGo({ listed }: Tally): QualityIssueKind[] {
  return QUALITY_CHECKS.filter((kind) => (listed[kind] ?? 0) < LISTED_PER_KIND_MAX)
}

function figuresOf(
  run: QualityRun,
  counted: { shares: Shares; settings: QualitySettings; nowMs: number },
): QualityFigure[] {
  const { shares, settings, nowMs } = counted
  const [firstField] = QUALITY_FIELDS
  const members = shares[shareKey(`has_${firstField}`)]?.[1] ?? 0
  return Object.entries(shares).map(([key, [part, ownWhole]]) => {
    const { code, group } = shareOf(key)
    // Pairs are held against the members they are found among.
    const whole = code.startsWith('pair_') || code === 'same_person_apart' ? members : ownWhole
    const threshold = group === '' ? (settings.thresholds[code] ?? null) : null
    const passed = passes(code, [part, whole], threshold)
    return {
      ...{ runId: run.id, code, groupKey: group, part, whole, threshold },
      passes: passed === null ? null : Number(passed),
      ...{ businessDate: run.businessDate, atMs: nowMs },
    }
  })
}
