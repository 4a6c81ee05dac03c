import { randomInt } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type {
  Sample,
  SampleAsk,
  SamplePrecision,
  SampleVerdict,
} from '@huike/shared/contracts/console-quality'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StaffService } from '../staff/staff.service.js'
import { whoWasDrawn, type Drawn } from './chance-draw.js'
import { QualityRunsService } from './quality-runs.service.js'
import type { QualitySampleItem } from './quality-sample-item.entity.js'
import type { QualitySample } from './quality-sample.entity.js'
import { wilson } from './wilson.js'

// Samples: drawn in the background by a stored seed, looked up by people, and told as a share with
// its interval for each source. "Cannot tell" is no answer and counts neither way.

const LISTED_MAX = 20
const DRAWING_MAX = 3
const SEED_MAX = 2 ** 47

const ITEM_COLUMNS = [
  'sampleId',
  'itemNo',
  'source',
  'memberId',
  'otherMemberId',
  'verdict',
  'decidedAtMs',
  'decidedBy',
] as const satisfies (keyof QualitySampleItem)[]

@Injectable()
export class QualitySamplesService {
  constructor(
    private readonly runs: QualityRunsService,
    private readonly staff: StaffService,
  ) {}

  /** Begins to draw. Refuses `rate_limited` while three are being drawn. */
  async ask(
    tx: Tx,
    { kind, perSource }: SampleAsk,
    by: { staffId: string; atMs: number },
  ): Promise<{ ok: true; id: string } | Refusal> {
    const drawing = await tx.rows(
      `SELECT id FROM quality_run WHERE state IN ('waiting', 'running') AND kind = 'sample'
       LIMIT ${String(DRAWING_MAX)}`,
    )
    if (drawing.length >= DRAWING_MAX) return refuse('rate_limited', '正在抽样，请等前面的完成')
    const { staffId, atMs } = by
    const id = mintId(atMs)
    await tx.insert(
      'quality_sample',
      ['id', 'kind', 'state', 'seed', 'perSource', 'populations', 'createdBy', 'createdAtMs'],
      [[id, kind, 'drawing', randomInt(SEED_MAX), perSource, '{}', staffId, atMs]],
    )
    await this.runs.add(tx, {
      ...{ runKey: `sample|${id}`, kind: 'sample', nowMs: atMs, sampleId: id, phase: 'draw' },
    })
    return { ok: true, id }
  }

  /** One sample; throws when there is none. */
  async find(statements: Statements, id: string): Promise<QualitySample> {
    const [sample] = await samplesWhere(statements, 'id = ?', [id])
    if (!sample) throw new Error(`sample ${id} is gone`)
    return sample
  }

  /** Writes down who was drawn. */
  async fill(tx: Tx, id: string, drawn: Drawn): Promise<void> {
    const items = whoWasDrawn(drawn).map((one, index) => [
      ...[id, index + 1, one.source, one.memberId, one.otherMemberId, null, null, null],
    ])
    await tx.insert('quality_sample_item', ITEM_COLUMNS, items)
    await tx.run('UPDATE quality_sample SET state = ?, populations = ? WHERE id = ?', [
      items.length === 0 ? 'done' : 'open',
      JSON.stringify(drawn.populations),
      id,
    ])
  }

  /** No server could draw it. */
  async fail(tx: Tx, id: string): Promise<void> {
    await tx.run("UPDATE quality_sample SET state = 'failed' WHERE id = ?", [id])
  }

  /** A verdict; a later one replaces it. Refuses `not_found`. */
  async judge(
    tx: Tx,
    item: { sampleId: string; itemNo: number },
    by: { verdict: SampleVerdict; staffId: string; atMs: number },
  ): Promise<{ ok: true } | Refusal> {
    const { sampleId, itemNo } = item
    // Two who judge the last two at once must not both leave it open.
    await tx.rows(`SELECT id FROM quality_sample WHERE id = ?${tx.forUpdate}`, [sampleId])
    const [known] = await tx.rows(
      'SELECT itemNo FROM quality_sample_item WHERE sampleId = ? AND itemNo = ?',
      [sampleId, itemNo],
    )
    if (!known) return refuse('not_found')
    await tx.run(
      `UPDATE quality_sample_item SET verdict = ?, decidedAtMs = ?, decidedBy = ?
       WHERE sampleId = ? AND itemNo = ?`,
      [by.verdict, by.atMs, by.staffId, sampleId, itemNo],
    )
    const waiting = await tx.rows(
      'SELECT itemNo FROM quality_sample_item WHERE sampleId = ? AND verdict IS NULL LIMIT 1',
      [sampleId],
    )
    if (waiting.length === 0)
      await tx.run("UPDATE quality_sample SET state = 'done' WHERE id = ?", [sampleId])
    return { ok: true }
  }

  /** The latest samples with what came of them. */
  async list(statements: Statements): Promise<Sample[]> {
    return this.#views(statements, await samplesWhere(statements, '1 = 1', []))
  }

  /** One sample with what came of it; null when there is none. */
  async one(statements: Statements, id: string): Promise<Sample | null> {
    const [view] = await this.#views(statements, await samplesWhere(statements, 'id = ?', [id]))
    return view ?? null
  }

  /** What a sample drew, in its order. */
  items(statements: Statements, sampleId: string): Promise<QualitySampleItem[]> {
    return statements.rows<QualitySampleItem>(
      'SELECT * FROM quality_sample_item WHERE sampleId = ? ORDER BY itemNo',
      [sampleId],
    )
  }

  async #views(statements: Statements, samples: readonly QualitySample[]): Promise<Sample[]> {
    const names = await this.staff.namesOf(statements, [
      ...new Set(samples.map(({ createdBy }) => createdBy)),
    ])
    const counts = await verdictCounts(
      statements,
      samples.map(({ id }) => id),
    )
    return samples.map((sample) => ({
      id: sample.id as Sample['id'],
      kind: sample.kind as Sample['kind'],
      state: sample.state as Sample['state'],
      ...{ seed: sample.seed, perSource: sample.perSource },
      createdAtMs: sample.createdAtMs as Sample['createdAtMs'],
      by: names.get(sample.createdBy) ?? null,
      sources: precisionsOf(
        sample,
        counts.filter(({ sampleId }) => sampleId === sample.id),
      ),
    }))
  }
}

interface VerdictCount {
  sampleId: string
  source: string
  verdict: SampleVerdict | null
  n: number
}

function precisionsOf(sample: QualitySample, counts: readonly VerdictCount[]): SamplePrecision[] {
  const populations = JSON.parse(sample.populations) as Record<string, number>
  return Object.keys(populations)
    .sort()
    .map((source) => {
      const own = counts.filter((count) => count.source === source)
      const times = (verdict: SampleVerdict) =>
        own.filter((count) => count.verdict === verdict).reduce((sum, { n }) => sum + n, 0)
      const [right, wrong] = [times('right'), times('wrong')]
      const interval = wilson(right, right + wrong)
      return {
        ...{ source, population: populations[source] ?? 0 },
        drawn: own.reduce((sum, { n }) => sum + n, 0),
        ...{ right, wrong, unsure: times('unsure') },
        precision: interval?.share ?? null,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
      }
    })
}

async function verdictCounts(
  statements: Statements,
  sampleIds: readonly string[],
): Promise<VerdictCount[]> {
  if (sampleIds.length === 0) return []
  const rows = await statements.rows<Omit<VerdictCount, 'n'> & { n: number | string }>(
    `SELECT sampleId, source, verdict, COUNT(*) AS n FROM quality_sample_item
     WHERE sampleId IN ${inList(statements)} GROUP BY sampleId, source, verdict`,
    [listParameter(statements, sampleIds)],
  )
  return rows.map((row) => ({ ...row, n: Number(row.n) }))
}

function samplesWhere(
  statements: Statements,
  condition: string,
  parameters: readonly string[],
): Promise<QualitySample[]> {
  return statements.rows<QualitySample>(
    `SELECT * FROM quality_sample WHERE ${condition}
     ORDER BY createdAtMs DESC, id DESC LIMIT ${String(LISTED_MAX)}`,
    parameters,
  )
}
