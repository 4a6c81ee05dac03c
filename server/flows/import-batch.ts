import type { IdentityGroup } from '@huike/shared/identities'
import type { ImportTally } from '@huike/shared/contracts/console-imports'
import type { Rejection } from '@huike/shared/import-fields'
import { emptyTally } from '@huike/shared/import-tally'
import type { ImportBatch, ImportItem } from '../imports/import-reading.service.js'
import type { ImportOptions } from '@huike/shared/contracts/console-imports'
import type { ImportLease } from '../imports/import-work.service.js'
import type { Store } from '../stores/store.entity.js'

/** What the batches of one import have in common. */
export interface ImportScene {
  importId: string
  templateId: string
  /** What the orders' channel is called. */
  channelName: string
  store: Store
  options: ImportOptions
  /** What is believed of a person, the first first. */
  order: readonly IdentityGroup[]
  nowMs: number
}

/** What a batch came to: its counts, and the rows it refuses. */
export class BatchOutcome {
  readonly tally: ImportTally = emptyTally()
  readonly refused: { item: ImportItem<unknown>; reason: Rejection }[] = []

  /** Counts the rows, refuses what could not be read, and answers the rest. */
  static begin<Read extends { ok: true }>(
    batch: ImportBatch<Read>,
  ): { outcome: BatchOutcome; items: { item: ImportItem<Read>; read: Read }[] } {
    const outcome = new BatchOutcome()
    const items: { item: ImportItem<Read>; read: Read }[] = []
    for (const item of batch.items) {
      outcome.tally.rows += item.rowCount
      const { read } = item
      if (read.ok) items.push({ item, read })
      else outcome.refuse(item, read.reason)
    }
    return { outcome, items }
  }

  /** Refuses the rows of an item. */
  refuse(item: ImportItem<unknown>, reason: Rejection): void {
    this.refused.push({ item, reason })
    const { rejected } = this.tally
    rejected[reason] = (rejected[reason] ?? 0) + item.rowCount
  }
}

/** The scene of an import that is being worked on. */
export function sceneOf(
  lease: ImportLease,
  place: Pick<ImportScene, 'store' | 'order' | 'nowMs'>,
): ImportScene {
  const { job, plan } = lease
  const { options } = plan
  const { id: importId, templateId } = job
  return { importId, templateId, channelName: options.namespace, options, ...place }
}
