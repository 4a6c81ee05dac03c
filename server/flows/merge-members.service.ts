import { Injectable } from '@nestjs/common'
import type { Refusal } from '@huike/shared/outcomes'
import { Database, UniqueViolation, type Tx } from '../platform/database.js'
import { QualityRunsService } from '../quality/quality-runs.service.js'
import { MergeWork, type Merged, type MergeOrder } from './merge-work.js'
import { UndoMergeWork, type Unmerged } from './undo-merge-work.js'

// Merging, and taking it back. A dry run does the whole work and then leaves nothing of it: what it
// tells is exactly what would change, because it is what changed.

/** Two may meet at a unique key; the later one then finds what the earlier wrote. */
const RACES_MAX = 3

/** Ends a dry run: everything it did is rolled back. */
class DryRun<T> extends Error {
  constructor(readonly outcome: T) {
    super('a dry run leaves nothing')
  }
}

/** What is to be done with the outcome in the same transaction: an audit row, a decision. */
export type Beside<T> = (tx: Tx, outcome: T) => Promise<void>

@Injectable()
export class MergeMembersService {
  constructor(
    private readonly database: Database,
    private readonly merging: MergeWork,
    private readonly undoing: UndoMergeWork,
    private readonly quality: QualityRunsService,
  ) {}

  /** Merges; see MergeWork for what it refuses. */
  merge(order: MergeOrder, beside: Beside<Merged> = nothing): Promise<Merged | Refusal> {
    return this.#retried(async (tx) => {
      const merged = await this.mergeWithin(tx, order)
      if (merged.ok) await beside(tx, merged)
      return merged
    })
  }

  /**
   * Merges within a transaction that decided it, whose members are locked. Throws UniqueViolation:
   * the whole of it is then to be done again.
   */
  async mergeWithin(tx: Tx, order: MergeOrder): Promise<Merged | Refusal> {
    const merged = await this.merging.run(tx, order)
    if (merged.ok) await this.quality.recheck(tx, order.nowMs)
    return merged
  }

  /** What merging would change, exactly; nothing is changed. */
  previewMerge(order: MergeOrder): Promise<Merged | Refusal> {
    return this.#dryRun((tx) => this.merging.run(tx, order))
  }

  /** Undoes a merge; see UndoMergeWork for what it refuses. */
  undo(
    order: { mergeId: string; by: string | null; nowMs: number },
    beside: Beside<Unmerged> = nothing,
  ): Promise<Unmerged | Refusal> {
    return this.#retried(async (tx) => {
      const undone = await this.undoing.run(tx, order)
      if (!undone.ok) return undone
      await beside(tx, undone)
      // What is known of the data is not what it was.
      await this.quality.recheck(tx, order.nowMs)
      return undone
    })
  }

  /** What undoing would change, exactly; nothing is changed. */
  previewUndo(order: {
    mergeId: string
    by: string | null
    nowMs: number
  }): Promise<Unmerged | Refusal> {
    return this.#dryRun((tx) => this.undoing.run(tx, order))
  }

  async #dryRun<T extends { ok: true }>(work: (tx: Tx) => Promise<T | Refusal>) {
    try {
      return await this.#retried<T | Refusal>(async (tx) => {
        const outcome = await work(tx)
        if (!outcome.ok) return outcome
        throw new DryRun(outcome)
      })
    } catch (error) {
      if (error instanceof DryRun) return error.outcome as T
      throw error
    }
  }

  async #retried<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write(work)
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }
}

async function nothing(): Promise<void> {
  await Promise.resolve()
}
