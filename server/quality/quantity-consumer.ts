import { HUGE_QUANTITY_MIN } from '@huike/shared/contracts/console-quality'
import { inList, listParameter } from '../platform/database.js'
import type { EventConsumer } from '../platform/event-log.js'
import type { ChainSettingsService } from '../stores/chain-settings.service.js'
import { hugeQuantities, MILLI } from './huge-quantities.js'
import { hugeDoubt } from './purchase-step.js'
import type { QualityIssuesService } from './quality-issues.service.js'

/**
 * Flags a purchase of an implausible quantity as soon as it is recorded. The purchase itself stays as
 * it came. Idempotent: a subject is listed once for each kind.
 */
export function quantityConsumer(
  settings: ChainSettingsService,
  issues: QualityIssuesService,
): EventConsumer {
  return {
    name: 'quality-quantity',
    types: ['purchase.recorded'],
    // Hardly ever: an ordinary checkout costs no row and no look at its lines.
    concerns: (event) =>
      event.type === 'purchase.recorded' &&
      event.payload.quantityMilli >= HUGE_QUANTITY_MIN * MILLI,
    consume: async (tx, events) => {
      const ids = [...new Set(events.map(({ aggregateId }) => aggregateId))].sort()
      const huge = await hugeQuantities(tx, {
        where: `l.purchaseId IN ${inList(tx)}`,
        parameters: [listParameter(tx, ids)],
        pieces: (await settings.quality(tx)).hugeQuantity,
      })
      const atMs = events.reduce((latest, one) => Math.max(latest, one.occurredAtMs), 0)
      await issues.list(tx, huge.map(hugeDoubt), atMs)
    },
  }
}
